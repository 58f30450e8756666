//! A remote, remembered in as few bytes as possible.

use crate::{
    engine::{cache::compressed::Compressed, remote::resource::Remote},
    xml::Element,
};

/// What CloudFront last said of a remote, compressed.
///
/// A hint that saves a look: every write made from it carries `If-Match`, so that an outdated one is refused.
#[derive(Clone, Debug)]
pub(crate) struct RemoteSnapshot {
    pub(crate) id: String,
    etag: String,
    document: Compressed,
}

impl RemoteSnapshot {
    /// Remembers a remote.
    pub(crate) fn new(remote: &Remote) -> Self {
        Self {
            id: remote.id.clone(),
            etag: remote.etag.clone(),
            // `Debug` hides the values of headers.
            document: Compressed::new(remote.document.to_string().as_bytes(), || {
                format!("{:?}", remote.document)
            }),
        }
    }

    /// The remote as it was remembered.
    pub(crate) fn decode(&self) -> Option<Remote> {
        let document = self.document.decompress().ok()?;
        Some(Remote {
            id: self.id.clone(),
            etag: self.etag.clone(),
            document: Element::parse(&document).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::cache::compressed;

    fn comes_back(document: &str) {
        let remote = Remote {
            id: "E1".into(),
            etag: "A".into(),
            document: Element::parse(document.as_bytes()).unwrap(),
        };
        assert_eq!(RemoteSnapshot::new(&remote).decode(), Some(remote));
    }

    #[test]
    fn what_was_remembered_comes_back_as_it_was() {
        let document = "<Distribution><Id>E1</Id><DistributionConfig><Comment>a &amp; b</Comment><Aliases/></DistributionConfig></Distribution>";
        comes_back(document);
    }

    #[test]
    fn values_of_headers_are_not_kept_for_the_sake_of_other_remotes() {
        let document = "<OriginCustomHeader><HeaderName>X-Key</HeaderName><HeaderValue>hush-4711-1147</HeaderValue></OriginCustomHeader>";
        comes_back(document);
        let sample = compressed::sample();
        assert!(sample.contains("X-Key"), "it was new: {sample}");
        assert!(!sample.contains("hush-4711"), "{sample}");
    }
}
