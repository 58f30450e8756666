//! Errors as CloudFront answers them.

use crate::{
    model::{MODEL, NAMESPACE},
    xml::Element,
};

/// A refusal with its HTTP status, code and message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{status} {code}: {message}")]
pub(crate) struct ApiError {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
}

impl ApiError {
    /// A modelled code gets the model's status; any other is a bad request.
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

    pub(crate) fn malformed(message: impl Into<String>) -> Self {
        Self::new("MalformedXML", message)
    }

    pub(crate) fn argument(message: impl Into<String>) -> Self {
        Self::new("InvalidArgument", message)
    }

    /// The error document; the form is confirmed by real logs and by the Rust SDK's parser.
    pub(crate) fn to_document(&self, request_id: &str) -> String {
        let fault = if self.status < 500 {
            "Sender"
        } else {
            "Receiver"
        };
        let error = Element::new("Error")
            .with(Element::leaf("Type", fault))
            .with(Element::leaf("Code", &self.code))
            .with(Element::leaf("Message", &self.message));
        Element::new("ErrorResponse")
            .with(error)
            .with(Element::leaf("RequestId", request_id))
            .to_document(NAMESPACE)
    }

    /// The operation's own list decides: a modelled code that it does not name becomes `InvalidArgument`.
    pub(crate) fn within(self, modelled: &[String]) -> Self {
        let foreign = MODEL.status_of(&self.code).is_some() && !modelled.contains(&self.code);
        let bad_request =
            self.status == 400 && modelled.iter().any(|code| code == "InvalidArgument");
        if foreign && bad_request {
            Self::argument(self.message)
        } else {
            self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_modelled_code_has_the_models_status() {
        assert_eq!(ApiError::new("NoSuchDistribution", "").status, 404);
        assert_eq!(ApiError::new("MalformedXML", "").status, 400);
    }

    #[test]
    fn a_code_foreign_to_the_operation_becomes_an_invalid_argument() {
        let modelled = ["InvalidArgument".to_owned(), "InvalidOrigin".to_owned()];
        assert_eq!(
            ApiError::new("InvalidOrigin", "").within(&modelled).code,
            "InvalidOrigin"
        );
        assert_eq!(
            ApiError::new("InvalidProtocolSettings", "")
                .within(&modelled)
                .code,
            "InvalidArgument"
        );
        assert_eq!(
            ApiError::new("MalformedXML", "").within(&modelled).code,
            "MalformedXML"
        );
    }
}
