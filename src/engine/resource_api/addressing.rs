//! How requests name a resource and its version, also in families without ids or versions.

use crate::{
    cloudfront::{Request, encode_segment},
    engine::api::hash_of,
    xml::Element,
};

/// How requests name a resource, and its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Addressing {
    /// By the id in the path. An update and a delete have the ETag of the version that they replace in `If-Match`.
    Path,
    /// By the name in the document of a request. Nothing has an ETag, so CloudFront cannot refuse a write that replaces another one.
    Document {
        /// The path of the request that reads a resource.
        get: &'static str,
        /// The path of the request that deletes one.
        delete: &'static str,
    },
}

/// The list of the distributions that use a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsersList {
    /// The operation, for example `ListDistributionsByKeyGroup`.
    pub operation: &'static str,
    /// The collection in the path `/2020-05-31/{collection}/{id}`. Without ids it is the whole path.
    pub collection: &'static str,
}

/// Builds the requests that name a resource of one family in their documents.
#[derive(Clone, Copy, Debug)]
pub(super) struct DocumentRequests {
    /// The name in the operations.
    pub(super) name: &'static str,
    /// The member with the name of a resource.
    pub(super) member: &'static str,
}

impl DocumentRequests {
    /// Returns a request about one resource.
    pub(super) fn post(self, verb: &str, path: &'static str, id: &str) -> Request {
        let operation = format!("{verb}{}", self.name);
        let document = Element::new(format!("{operation}Request"));
        Request::post(
            operation,
            path,
            document.with(Element::leaf(self.member, id)),
        )
    }
}

impl UsersList {
    /// Returns the request for the first distributions that use a resource, which has its id in the path.
    pub(super) fn by_path(self, id: &str, max_items: usize) -> Request {
        let path = format!("{}/{}", self.collection, encode_segment(id));
        Request::get(self.operation, path).query("MaxItems", max_items.to_string())
    }

    /// Returns the same with the name of the resource in the document.
    pub(super) fn by_document(
        self,
        family: DocumentRequests,
        id: &str,
        max_items: usize,
    ) -> Request {
        let member = format!("{}{}", family.name, family.member);
        let document = Element::new(format!("{}Request", self.operation))
            .with(Element::leaf("MaxItems", max_items.to_string()))
            .with(Element::leaf(member, id));
        Request::post(self.operation, self.collection, document)
    }
}

/// Returns what stands for the ETag of a resource that has none: a hash of its configuration. It is equal in all processes of one build.
pub(super) fn version_of(config: Option<&Element>) -> String {
    format!("{:016x}", hash_of(&config.map(ToString::to_string)))
}
