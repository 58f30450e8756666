//! The last observation of a CloudFront resource, compressed.

use crate::{
    engine::{cache::compressed::Compressed, remote::resource::Remote},
    xml::Element,
};

/// A compressed copy of an observed resource, which saves a get request.
///
/// The copy can be outdated: every write that is based on it sends `If-Match`, so CloudFront rejects it then.
#[derive(Clone, Debug)]
pub(crate) struct RemoteSnapshot {
    pub(crate) id: String,
    etag: String,
    document: Compressed,
}

impl RemoteSnapshot {
    /// Returns a copy of the resource. `None`: it is too large to be kept, and is read for each reconciliation.
    pub(crate) fn new(remote: &Remote) -> Option<Self> {
        // `Debug` redacts the values of headers.
        let redacted = || format!("{:?}", remote.document);
        Some(Self {
            id: remote.id.clone(),
            etag: remote.etag.clone(),
            document: Compressed::new(remote.document.to_string().as_bytes(), redacted)?,
        })
    }

    /// Returns the resource. `None`: the copy cannot be decoded.
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

    fn assert_round_trip(document: &str) {
        let remote = Remote {
            id: "E1".into(),
            etag: "A".into(),
            document: Element::parse(document.as_bytes()).unwrap(),
        };
        let snapshot = RemoteSnapshot::new(&remote).unwrap();
        assert_eq!(snapshot.decode(), Some(remote));
    }

    #[test]
    fn a_snapshot_decodes_to_the_same_resource() {
        let document = "<Distribution><Id>E1</Id><DistributionConfig><Comment>a &amp; b</Comment><Aliases/></DistributionConfig></Distribution>";
        assert_round_trip(document);
    }

    #[test]
    fn values_of_headers_are_not_in_the_dictionary() {
        let document = "<OriginCustomHeader><HeaderName>X-Key</HeaderName><HeaderValue>hush-4711-1147</HeaderValue></OriginCustomHeader>";
        assert_round_trip(document);
        let dictionary = compressed::dictionary();
        assert!(dictionary.contains("X-Key"), "it was new: {dictionary}");
        assert!(!dictionary.contains("hush-4711"), "{dictionary}");
    }
}
