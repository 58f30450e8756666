//! The requests for resources that are identified by their parents: the path has the id of the parent, and nothing has an ETag.

use crate::{
    cloudfront::{Request, encode_segment},
    xml::Element,
};

/// Builds the requests for resources of one family that are identified by their parents.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ParentRequests {
    /// The name in the operations.
    pub(super) name: &'static str,
    /// The member of the configuration with the id of the parent.
    pub(super) member: &'static str,
    /// The path, with `*` in the place of that id.
    pub(super) collection: &'static str,
}

impl ParentRequests {
    pub(super) fn get(self, parent: &str) -> Request {
        Request::get(format!("Get{}", self.name), self.path(parent))
    }

    /// Returns the request that creates the resource, or replaces its configuration. Without the member, it is the one of all parents.
    pub(super) fn write(self, mut config: Element) -> Request {
        let parent = config.remove(self.member);
        let parent = parent.as_ref().map_or("*", Element::text);
        let path = self.path(parent);
        Request::post(format!("Create{}", self.name), path, config)
    }

    pub(super) fn delete(self, parent: &str) -> Request {
        Request {
            if_match: None,
            ..Request::delete(format!("Delete{}", self.name), self.path(parent), "")
        }
    }

    fn path(self, parent: &str) -> String {
        self.collection.replace('*', &encode_segment(parent))
    }

    /// Adds the id of the parent, which is in the path of the request, to the document of a response.
    pub(crate) fn add_parent(self, document: &mut Element, config: &str, path: &str) {
        let mut segments = self.collection.split('/').zip(path.split('/'));
        let Some((_, parent)) = segments.find(|(pattern, _)| *pattern == "*") else {
            return;
        };
        document.set_text("Id", parent);
        if let Some(config) = document.child_mut(config) {
            config.set_text(self.member, parent);
        }
    }
}
