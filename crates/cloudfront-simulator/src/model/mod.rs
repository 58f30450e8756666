//! The service models of CloudFront and of key-value pairs: operations, shapes and error codes.
//!
//! `model/extract.py` creates the files in `model` from botocore 1.44.5 (Apache-2.0).

mod route;
mod types;

pub(crate) use route::{Route, percent_decode};
pub(crate) use types::{Address, ListItem, Operation, Shape, ShapeKind};

use std::sync::LazyLock;

use types::Model;

/// The XML namespace of this API version.
pub(crate) const NAMESPACE: &str = "http://cloudfront.amazonaws.com/doc/2020-05-31/";

/// The service model, parsed on first use.
pub(crate) static MODEL: LazyLock<Model> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../model/cloudfront.json"))
        .expect("the embedded model is fixed at build time and parsed by this crate's tests")
});

/// The service model of key-value pairs, parsed on first use.
pub(crate) static PAIRS_MODEL: LazyLock<Model> = LazyLock::new(|| {
    serde_json::from_str(include_str!("../../model/cloudfront-keyvaluestore.json"))
        .expect("the embedded model is fixed at build time and parsed by this crate's tests")
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_model_has_all_operations() {
        assert_eq!(MODEL.operations.len() + MODEL.not_simulated.len(), 167);
        assert_eq!(PAIRS_MODEL.operations.len(), 6);
    }

    #[test]
    fn every_error_of_every_operation_has_a_status() {
        for operation in MODEL.operations.values() {
            for code in &operation.errors {
                assert!(MODEL.status_of(code).is_some(), "{code}");
            }
        }
    }
}
