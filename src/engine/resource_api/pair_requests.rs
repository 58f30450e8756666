//! The requests for the pairs of a key-value store, which a service of its own has.

use crate::{
    cloudfront::{Method, Request, Response, encode_segment},
    engine::api::pairs::Pairs,
};
use bytes::Bytes;
use serde_json::{Value, json};

/// The number of keys in a request or a response that CloudFront accepts. Source: `ListKeysRequestMaxResultsInteger` in AWS's model, and
/// "Quotas" in the Amazon CloudFront Developer Guide.
pub(crate) const MAX_KEYS: usize = 50;

/// Builds the requests for the pairs of the store with this ARN.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PairRequests<'a> {
    pub(crate) arn: &'a str,
}

/// The changes of a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct PairChanges {
    /// The pairs to add or to replace.
    pub(crate) puts: Pairs,
    /// The keys to remove.
    pub(crate) deletes: Vec<String>,
}

/// The pairs in a page of a list.
#[derive(Debug)]
pub(crate) struct PairPage {
    pub(crate) pairs: Vec<(String, String)>,
    /// What the request for the next page names.
    pub(crate) next: Option<String>,
}

/// A version of all pairs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PairVersion {
    pub(crate) etag: String,
    /// The number of the pairs. `None`: CloudFront did not report it.
    pub(crate) count: Option<usize>,
    /// The size of the pairs in bytes. `None`: CloudFront did not report it.
    pub(crate) size: Option<i64>,
}

impl PairRequests<'_> {
    /// Returns the request that reads the version of the pairs.
    pub(crate) fn describe(self) -> Request {
        self.about(Request::get("DescribeKeyValueStore", self.path("")))
    }

    /// Returns the request for the page of the pairs that starts at `next`.
    pub(crate) fn list(self, next: Option<&str>) -> Request {
        let request = Request::get("ListKeys", self.path("/keys"));
        let request = request.query("MaxResults", MAX_KEYS.to_string());
        self.about(match next {
            Some(next) => request.query("NextToken", next.to_owned()),
            None => request,
        })
    }

    /// Returns the request that makes all changes of a batch, if the pairs still have this version.
    pub(crate) fn update(self, etag: &str, changes: &PairChanges) -> Request {
        let puts = changes.puts.iter();
        let puts: Vec<Value> = puts
            .map(|(key, value)| json!({ "Key": key, "Value": value }))
            .collect();
        let deletes = changes.deletes.iter();
        let deletes: Vec<Value> = deletes.map(|key| json!({ "Key": key })).collect();
        let body = json!({ "Puts": puts, "Deletes": deletes });
        let request = Request {
            method: Method::Post,
            if_match: Some(etag.to_owned()),
            json: Some(Bytes::from(body.to_string())),
            ..Request::get("UpdateKeys", self.path("/keys"))
        };
        self.about(request)
    }

    /// Returns one request for each operation.
    pub(super) fn operations(self) -> [Request; 3] {
        [
            self.describe(),
            self.list(None),
            self.update("*", &PairChanges::default()),
        ]
    }

    fn path(self, end: &str) -> String {
        format!("key-value-stores/{}{end}", encode_segment(self.arn))
    }

    /// Sends a request to the service of the account in the ARN.
    fn about(self, request: Request) -> Request {
        request.about_pairs(self.arn.split(':').nth(4).unwrap_or_default())
    }
}

impl PairVersion {
    /// Reads the response to a request for the version, or to a write. `None`: it has no ETag.
    pub(crate) fn read(response: Response) -> Option<Self> {
        let body: Option<Value> = response
            .bytes
            .and_then(|it| serde_json::from_slice(&it).ok());
        Some(Self {
            etag: response.etag?,
            count: body
                .as_ref()
                .and_then(|it| usize::try_from(it["ItemCount"].as_u64()?).ok()),
            size: body.and_then(|it| it["TotalSizeInBytes"].as_i64()),
        })
    }
}

impl PairPage {
    /// Reads a page. `None`: it has another form.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let body: Value = serde_json::from_slice(body).ok()?;
        let items = body["Items"].as_array().map_or(&[][..], Vec::as_slice);
        let text = |item: &Value, name: &str| item[name].as_str().map(str::to_owned);
        let pairs = items
            .iter()
            .map(|item| Some((text(item, "Key")?, text(item, "Value")?)));
        Some(Self {
            pairs: pairs.collect::<Option<_>>()?,
            next: text(&body, "NextToken").filter(|it| !it.is_empty()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:cloudfront::111122223333:key-value-store/1-2";

    #[test]
    fn a_request_has_the_arn_in_one_segment_and_shows_no_value() {
        let puts = Pairs::from_iter([("/a".to_owned(), "hunter2".to_owned())]);
        let deletes = vec!["/b".to_owned()];
        let request = PairRequests { arn: ARN }.update("KV1", &PairChanges { puts, deletes });
        let path = "key-value-stores/arn%3Aaws%3Acloudfront%3A%3A111122223333%3Akey-value-store%2F1-2/keys";
        assert_eq!(request.path, path);
        assert!(request.is_write());
        let body: Value = serde_json::from_slice(request.json.as_deref().unwrap()).unwrap();
        let puts = json!([{ "Key": "/a", "Value": "hunter2" }]);
        assert_eq!(body, json!({ "Puts": puts, "Deletes": [{ "Key": "/b" }] }));
        let shown = format!("{request:?}");
        assert!(
            !shown.contains("hunter2") && shown.contains("111122223333"),
            "{shown}"
        );
    }

    #[test]
    fn a_version_has_an_etag_and_perhaps_a_size() {
        let version = |etag: Option<&str>, body: &str| {
            PairVersion::read(Response {
                etag: etag.map(str::to_owned),
                request_id: None,
                document: None,
                bytes: Some(body.into()),
            })
        };
        let sized = version(Some("KV1"), r#"{"ItemCount": 1, "TotalSizeInBytes": 7}"#);
        let sized = sized.map(|it| (it.count, it.size));
        assert_eq!(sized, Some((Some(1), Some(7))));
        let unsized_version = PairVersion {
            etag: "KV1".into(),
            count: None,
            size: None,
        };
        assert_eq!(version(Some("KV1"), "<html/>"), Some(unsized_version));
        assert_eq!(version(None, "{}"), None);
    }

    #[test]
    fn a_page_has_pairs_and_the_next_page() {
        let page = br#"{"Items": [{"Key": "/a", "Value": "b"}], "NextToken": "t"}"#;
        let page = PairPage::read(page).unwrap();
        assert_eq!(page.pairs, [("/a".to_owned(), "b".to_owned())]);
        assert_eq!(page.next.as_deref(), Some("t"));
        assert!(PairPage::read(b"{}").unwrap().pairs.is_empty());
        assert!(PairPage::read(br#"{"Items": [{"Key": 1}]}"#).is_none());
        assert!(PairPage::read(b"<html/>").is_none());
    }
}
