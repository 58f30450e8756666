//! The requests for code with two stages: a change goes to `DEVELOPMENT`, and a publication copies that version to `LIVE`, which
//! distributions run.

use crate::{
    cloudfront::{Method, Request, encode_base64, encode_segment},
    xml::Element,
};

/// A stage of a resource with code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The version that updates change.
    Development,
    /// The version that distributions run.
    Live,
}

impl Stage {
    /// Returns the name in CloudFront. Requests always contain it, since AWS documents no default.
    fn name(self) -> String {
        match self {
            Self::Development => "DEVELOPMENT",
            Self::Live => "LIVE",
        }
        .to_owned()
    }
}

/// Builds the requests for the code of one family.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CodeRequests {
    /// The name in the operations.
    pub(super) name: &'static str,
    /// The collection in the paths.
    pub(super) collection: &'static str,
}

impl CodeRequests {
    /// Returns the request that reads the configuration in a stage.
    pub(crate) fn describe(self, id: &str, stage: Stage) -> Request {
        let path = format!("{}/{}/describe", self.collection, encode_segment(id));
        Request::get(format!("Describe{}", self.name), path).query("Stage", stage.name())
    }

    /// Returns the request that reads the code in `DEVELOPMENT`.
    pub(crate) fn code(self, id: &str) -> Request {
        let path = format!("{}/{}", self.collection, encode_segment(id));
        let request = Request::get(format!("Get{}", self.name), path);
        request.query("Stage", Stage::Development.name()).raw()
    }

    /// Returns the request that publishes this version of `DEVELOPMENT`.
    pub(crate) fn publish(self, id: &str, etag: &str) -> Request {
        let path = format!("{}/{}/publish", self.collection, encode_segment(id));
        Request {
            if_match: Some(etag.to_owned()),
            method: Method::Post,
            ..Request::get(format!("Publish{}", self.name), path)
        }
    }

    /// Returns the request that runs this version of `DEVELOPMENT` with an event in JSON.
    pub(crate) fn test(self, id: &str, etag: &str, event: &str) -> Request {
        let body = Element::new(format!("Test{}Request", self.name))
            .with(Element::leaf("Stage", Stage::Development.name()))
            .with(Element::leaf("EventObject", encode_base64(event)));
        let path = format!("{}/{}/test", self.collection, encode_segment(id));
        Request {
            if_match: Some(etag.to_owned()),
            ..Request::post(format!("Test{}", self.name), path, body)
        }
    }

    /// Returns one request for each operation that only resources with code have.
    pub(super) fn operations(self) -> [Request; 3] {
        [
            self.code("*"),
            self.publish("*", "*"),
            self.test("*", "*", "*"),
        ]
    }
}
