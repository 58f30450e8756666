//! The error of the CloudFront client.

use super::{
    ErrorClass, classify,
    error_codes::{find, is_about_credentials},
    is_read,
};
use std::borrow::Cow;

/// Why a request failed. [`CloudFrontError::class`] returns what the caller can do about it. The texts contain no credentials.
#[derive(Clone, Debug, PartialEq, Eq, strum::IntoStaticStr, thiserror::Error)]
pub enum CloudFrontError {
    /// The service processed the request and rejected it. The message of a known code ends with a link to the fix.
    #[error("{operation} was rejected: {code}: {message}{}{}", request_id_suffix(request_id.as_ref()), help_suffix(code))]
    #[strum(to_string = "UnknownCode")]
    Refused {
        /// The operation, which decides what the code means: a read and an update differ.
        operation: Cow<'static, str>,
        /// The HTTP status. The code is more specific: throttling, for example, has status 400.
        status: u16,
        /// AWS's error code, such as `NoSuchDistribution`.
        code: String,
        /// AWS's message.
        message: String,
        /// AWS's request ID, for its support.
        request_id: Option<String>,
    },
    /// No response, or a server error: a failed connection, a timeout, a reset, or HTTP 5xx.
    #[error("{operation} got no response: {detail}{}{}", outcome_suffix(*outcome_unknown), request_id_suffix(request_id.as_ref()))]
    Unreachable {
        /// The operation.
        operation: Cow<'static, str>,
        /// What happened.
        detail: String,
        /// AWS's error code, if there was a response.
        code: Option<String>,
        /// AWS's request ID, if there was a response.
        request_id: Option<String>,
        /// Whether the request may have taken effect.
        outcome_unknown: bool,
    },
    /// A response that is not valid: not XML, truncated, too large, a redirect, or a success without the expected document.
    #[error("{operation} got a response that cannot be read: {detail}{}{}", outcome_suffix(*outcome_unknown), request_id_suffix(request_id.as_ref()))]
    InvalidResponse {
        /// Whether the response has more bytes than the client reads.
        is_too_large: bool,
        /// The operation.
        operation: Cow<'static, str>,
        /// What is wrong with the response.
        detail: String,
        /// AWS's request ID, if the response has one.
        request_id: Option<String>,
        /// Whether the request may have taken effect.
        outcome_unknown: bool,
    },
    /// No credentials are available for the signature. Nothing was sent.
    #[error("no AWS credentials: {detail}")]
    NoCredentials {
        /// The error of each credentials source.
        detail: String,
    },
    /// This process is no longer the leader, so the write was not sent.
    #[error("{operation} was not sent: another replica leads")]
    NotLeader {
        /// The operation.
        operation: Cow<'static, str>,
    },
    /// The request is not valid. Nothing was sent.
    #[error("{operation} was not sent: {detail}")]
    #[strum(to_string = "Invalid")]
    InvalidRequest {
        /// The operation.
        operation: Cow<'static, str>,
        /// What is wrong with the request.
        detail: String,
    },
    /// The client's configuration is not valid.
    #[error("{detail}")]
    #[strum(to_string = "Invalid")]
    Configuration {
        /// The setting, what is wrong with it, and what to do.
        detail: String,
    },
}

impl CloudFrontError {
    /// Builds a refusal as CloudFront would send it.
    pub fn refused(
        operation: impl Into<Cow<'static, str>>,
        status: u16,
        code: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self::Refused {
            operation: operation.into(),
            status,
            code: code.into(),
            message: message.into(),
            request_id: None,
        }
    }

    /// Returns what the caller can do about the error.
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::Refused {
                operation,
                status,
                code,
                message,
                ..
            } => classify(operation, *status, code, message),
            Self::Unreachable { .. } => ErrorClass::Unreachable,
            Self::InvalidResponse { .. } => ErrorClass::InvalidResponse,
            Self::NoCredentials { .. } => ErrorClass::AccessDenied,
            Self::NotLeader { .. } => ErrorClass::NotLeader,
            Self::InvalidRequest { .. } | Self::Configuration { .. } => ErrorClass::Terminal,
        }
    }

    /// Returns AWS's error code, if the response has one.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { code, .. } => Some(code),
            Self::Unreachable { code, .. } => code.as_deref(),
            _ => None,
        }
    }

    /// Returns AWS's request ID, if the response has one.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Refused { request_id, .. }
            | Self::Unreachable { request_id, .. }
            | Self::InvalidResponse { request_id, .. } => request_id.as_deref(),
            _ => None,
        }
    }

    /// Returns a metric label: AWS's error code if it is in the table, so that responses cannot create labels.
    pub fn label(&self) -> &'static str {
        match self.code().and_then(find) {
            Some((code, _)) => code,
            None => self.into(),
        }
    }

    /// Returns whether CloudFront says that the resource does not exist. The 404 page of a proxy is [`ErrorClass::InvalidResponse`].
    pub fn is_not_found(&self) -> bool {
        self.class() == ErrorClass::NotFound
    }

    /// Returns whether all requests of the account fail like this one: throttling, no response, or credentials that AWS refuses.
    pub fn is_account_wide(&self) -> bool {
        match self.class() {
            ErrorClass::Throttled | ErrorClass::Unreachable => true,
            ErrorClass::InvalidResponse => !self.is_too_large(),
            ErrorClass::AccessDenied => self.code().is_none_or(is_about_credentials),
            _ => false,
        }
    }

    /// Returns whether a refusal often ends without an edit of the object: what another user or controller creates or releases.
    pub fn passes_by_itself(&self) -> bool {
        matches!(
            self.class(),
            ErrorClass::MissingDependency | ErrorClass::AlreadyExists
        ) || self.is_alias_taken()
    }

    /// Returns whether another distribution has one of the aliases.
    pub fn is_alias_taken(&self) -> bool {
        self.code() == Some("CNAMEAlreadyExists")
    }

    /// Returns whether the response has more bytes than the client reads. A list with fewer items a page can be read.
    pub fn is_too_large(&self) -> bool {
        matches!(self, Self::InvalidResponse { is_too_large, .. } if *is_too_large)
    }

    /// Returns whether CloudFront says that the request is not valid. A read has nothing but an id that can be wrong.
    pub fn is_invalid_request(&self) -> bool {
        matches!(self, Self::Refused { status: 400, .. }) && self.class() == ErrorClass::Terminal
    }

    /// Returns whether CloudFront throttled the request.
    pub fn is_throttled(&self) -> bool {
        self.class() == ErrorClass::Throttled
    }

    /// Returns whether the request was a read.
    pub fn is_of_read(&self) -> bool {
        self.sent_operation().is_some_and(is_read)
    }

    /// Returns whether the request read or wrote the tags of a resource, so that it left the configuration unchanged.
    pub fn is_of_tags(&self) -> bool {
        let operations = ["ListTagsForResource", "TagResource", "UntagResource"];
        let operation = self.sent_operation();
        operation.is_some_and(|it| operations.contains(&it))
    }

    /// Returns the operation of a request that was sent.
    fn sent_operation(&self) -> Option<&str> {
        match self {
            Self::Refused { operation, .. }
            | Self::Unreachable { operation, .. }
            | Self::InvalidResponse { operation, .. } => Some(operation),
            _ => None,
        }
    }

    /// Returns whether the write named an outdated version of the resource.
    pub fn is_conflict(&self) -> bool {
        self.class() == ErrorClass::Conflict
    }

    /// Returns whether another CloudFront resource still uses this one. False for `DistributionNotDisabled`, which the operator resolves itself.
    pub fn is_in_use(&self) -> bool {
        self.class() == ErrorClass::InUse && self.code().is_some_and(|code| code.contains("InUse"))
    }

    /// Returns whether the caller reference or the name is taken, possibly by an earlier create whose response was lost.
    pub fn is_already_exists(&self) -> bool {
        self.class() == ErrorClass::AlreadyExists
    }

    /// Returns the id of the existing resource if the message contains it: `… Already exists: E1S…`.
    ///
    /// The id comes from a response and becomes part of a path, so only the form of a CloudFront id is accepted. Source: aws-sdk-js-v3#2618.
    pub fn existing_id(&self) -> Option<&str> {
        let Self::Refused { message, .. } = self else {
            return None;
        };
        let (_, rest) = message.split_once("Already exists:")?;
        let id = rest.split_whitespace().next()?.trim_end_matches('.');
        let is_valid = (1..=64).contains(&id.len())
            && id
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        (is_valid && self.is_already_exists()).then_some(id)
    }

    /// Whether the request was sent and no response arrived, so that CloudFront may still execute it.
    pub fn is_unanswered(&self) -> bool {
        matches!(
            self,
            Self::Unreachable {
                code: None,
                outcome_unknown: true,
                ..
            }
        )
    }

    /// Returns whether the request may have taken effect although it failed. The caller must then read before it writes again.
    pub fn outcome_unknown(&self) -> bool {
        match self {
            Self::Unreachable {
                outcome_unknown, ..
            }
            | Self::InvalidResponse {
                outcome_unknown, ..
            } => *outcome_unknown,
            _ => false,
        }
    }
}

fn request_id_suffix(id: Option<&String>) -> String {
    id.map(|id| format!(" (request {id})")).unwrap_or_default()
}

/// Returns the address of the fix of a known code: an anchor of `docs/errors.md`.
fn help_suffix(code: &str) -> String {
    let Some((code, _)) = find(code) else {
        return String::new();
    };
    let anchor = code.to_lowercase();
    format!(
        " Fix: {}/blob/main/docs/errors.md#{anchor}",
        env!("CARGO_PKG_REPOSITORY")
    )
}

fn outcome_suffix(outcome_unknown: bool) -> &'static str {
    if outcome_unknown {
        "; it may have taken effect"
    } else {
        ""
    }
}
