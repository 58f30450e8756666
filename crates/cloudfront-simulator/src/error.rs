//! Error responses of CloudFront.

use crate::{
    model::{MODEL, NAMESPACE},
    xml::Element,
};

/// An error response with its HTTP status, code and message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{status} {code}: {message}")]
pub(crate) struct ApiError {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
}

impl ApiError {
    /// Creates an error with the status of the code in the service model. A code that is not in the model has status
    /// 400.
    pub(crate) fn new(code: &str, message: impl Into<String>) -> Self {
        Self::with_status(MODEL.status_of(code).unwrap_or(400), code, message)
    }

    pub(crate) fn with_status(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self {
            status,
            code: code.to_owned(),
            message: message.into(),
        }
    }

    pub(crate) fn malformed_xml(message: impl Into<String>) -> Self {
        Self::new("MalformedXML", message)
    }

    pub(crate) fn invalid_argument(message: impl Into<String>) -> Self {
        Self::new("InvalidArgument", message)
    }

    pub(crate) fn signature_mismatch(message: &str) -> Self {
        Self::with_status(403, "SignatureDoesNotMatch", message)
    }

    /// Returns the XML document of the error. Logs of real responses and the parser of the AWS SDK for Rust confirm the
    /// format.
    pub(crate) fn to_document(&self, request_id: &str) -> String {
        let error_type = if self.status < 500 {
            "Sender"
        } else {
            "Receiver"
        };
        let error = Element::new("Error")
            .with(Element::leaf("Type", error_type))
            .with(Element::leaf("Code", &self.code))
            .with(Element::leaf("Message", &self.message));
        Element::new("ErrorResponse")
            .with(error)
            .with(Element::leaf("RequestId", request_id))
            .to_document(NAMESPACE)
    }

    /// Replaces a code of the service model that the operation does not declare with `InvalidArgument`.
    pub(crate) fn restricted_to(self, declared: &[String]) -> Self {
        let is_undeclared = MODEL.status_of(&self.code).is_some() && !declared.contains(&self.code);
        let can_replace =
            self.status == 400 && declared.iter().any(|code| code == "InvalidArgument");
        if is_undeclared && can_replace {
            Self::invalid_argument(self.message)
        } else {
            self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_of_the_model_has_the_status_of_the_model() {
        assert_eq!(ApiError::new("NoSuchDistribution", "").status, 404);
        assert_eq!(ApiError::new("MalformedXML", "").status, 400);
    }

    #[test]
    fn a_code_that_the_operation_does_not_declare_becomes_invalid_argument() {
        let declared = ["InvalidArgument".to_owned(), "InvalidOrigin".to_owned()];
        assert_eq!(
            ApiError::new("InvalidOrigin", "")
                .restricted_to(&declared)
                .code,
            "InvalidOrigin"
        );
        assert_eq!(
            ApiError::new("InvalidProtocolSettings", "")
                .restricted_to(&declared)
                .code,
            "InvalidArgument"
        );
        assert_eq!(
            ApiError::new("MalformedXML", "")
                .restricted_to(&declared)
                .code,
            "MalformedXML"
        );
    }
}
