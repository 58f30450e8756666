//! Why a call failed, and the questions callers ask about it.

use super::classify::{self, ErrorClass};
use std::borrow::Cow;

/// Why a call failed. [`CloudFrontError::class`] says who must move next; the texts never hold credentials.
#[derive(Clone, Debug, PartialEq, Eq, strum::IntoStaticStr, thiserror::Error)]
pub enum CloudFrontError {
    /// The service understood the call and said no.
    #[error("{operation} was refused: {code}: {message}{}", request(request_id.as_ref()))]
    #[strum(to_string = "UnknownCode")]
    Refused {
        /// What was asked: the same code means one thing to a read and another to an update.
        operation: Cow<'static, str>,
        /// HTTP status. The code tells more: throttling, for one, is a 400.
        status: u16,
        /// AWS's code, such as `NoSuchDistribution`.
        code: String,
        /// AWS's explanation, for people.
        message: String,
        /// AWS's id of the call, for its support.
        request_id: Option<String>,
    },
    /// No answer, or the service says that it is unwell: connection, time-out, reset, HTTP 5xx.
    #[error("{operation} got no answer: {detail}{}{}", doubt(*outcome_unknown), request(request_id.as_ref()))]
    Unreachable {
        /// What was asked.
        operation: Cow<'static, str>,
        /// What happened.
        detail: String,
        /// AWS's code, if it gave one.
        code: Option<String>,
        /// AWS's id of the call, if it gave one.
        request_id: Option<String>,
        /// Whether the call may have taken effect all the same.
        outcome_unknown: bool,
    },
    /// An answer that cannot be read: not XML, broken off, too large, a redirect, a success that says nothing.
    #[error("{operation} got an answer that cannot be read: {detail}{}{}", doubt(*outcome_unknown), request(request_id.as_ref()))]
    #[strum(to_string = "Garbled")]
    InvalidResponse {
        /// What was asked.
        operation: Cow<'static, str>,
        /// What is wrong with the answer.
        detail: String,
        /// AWS's id of the call, if it gave one.
        request_id: Option<String>,
        /// Whether the call may have taken effect all the same.
        outcome_unknown: bool,
    },
    /// There are no credentials to sign with. Nothing was sent.
    #[error("no AWS credentials: {detail}")]
    #[strum(to_string = "Credentials")]
    NoCredentials {
        /// What each source of credentials answered.
        detail: String,
    },
    /// This process does not lead any more, so its write was not sent.
    #[error("{operation} was not sent: another replica leads")]
    NotLeader {
        /// What was not sent.
        operation: Cow<'static, str>,
    },
    /// The request cannot be sent as it is. Nothing was sent.
    #[error("{operation} was not sent: {detail}")]
    Invalid {
        /// What was not sent.
        operation: Cow<'static, str>,
        /// What is wrong with it.
        detail: String,
    },
    /// The client cannot be set up as asked.
    #[error("{detail}")]
    #[strum(to_string = "Invalid")]
    Configuration {
        /// Which setting, why, and what to do.
        detail: String,
    },
}

impl CloudFrontError {
    /// A refusal as CloudFront would send it.
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

    /// Who must move next.
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::Refused {
                operation,
                status,
                code,
                message,
                ..
            } => classify::refusal(operation, *status, code, message),
            Self::Unreachable { .. } => ErrorClass::Unreachable,
            Self::InvalidResponse { .. } => ErrorClass::InvalidResponse,
            Self::NoCredentials { .. } => ErrorClass::Denied,
            Self::NotLeader { .. } => ErrorClass::NotLeader,
            Self::Invalid { .. } | Self::Configuration { .. } => ErrorClass::Terminal,
        }
    }

    /// AWS's code, if it gave one.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused { code, .. } => Some(code),
            Self::Unreachable { code, .. } => code.as_deref(),
            _ => None,
        }
    }

    /// AWS's id of the call, if it gave one.
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Refused { request_id, .. }
            | Self::Unreachable { request_id, .. }
            | Self::InvalidResponse { request_id, .. } => request_id.as_deref(),
            _ => None,
        }
    }

    /// One word for a metric's label: AWS's code if it is one that we know, so that nobody else can invent labels.
    pub fn label(&self) -> &'static str {
        match self.code().and_then(classify::known) {
            Some((code, _)) => code,
            None => self.into(),
        }
    }

    /// The very resource that the call named is gone, on CloudFront's own word: a proxy's 404 page is [`ErrorClass::InvalidResponse`].
    pub fn is_not_found(&self) -> bool {
        self.class() == ErrorClass::NotFound
    }

    /// CloudFront asks for fewer calls.
    pub fn is_throttled(&self) -> bool {
        self.class() == ErrorClass::Throttled
    }

    /// The version that the write named is not the present one: read again.
    pub fn is_conflict(&self) -> bool {
        self.class() == ErrorClass::Conflict
    }

    /// Something else in CloudFront still uses the resource. Not so `DistributionNotDisabled`: there nobody else has to move.
    pub fn is_in_use(&self) -> bool {
        self.class() == ErrorClass::InUse && self.code().is_some_and(|code| code.contains("InUse"))
    }

    /// The caller reference, or the name, was used before: perhaps by us, in a create whose answer was lost.
    pub fn is_already_exists(&self) -> bool {
        self.class() == ErrorClass::AlreadyExists
    }

    /// The id of the resource that is there already, when the message names it: `… Already exists: E1S…`.
    ///
    /// Only what looks like an id of CloudFront's is returned, since it comes from outside and goes into paths. Source: aws-sdk-js-v3#2618.
    pub fn existing_id(&self) -> Option<&str> {
        let Self::Refused { message, .. } = self else {
            return None;
        };
        let (_, rest) = message.split_once("Already exists:")?;
        let id = rest.split_whitespace().next()?.trim_end_matches('.');
        let valid = (1..=64).contains(&id.len())
            && id
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
        (valid && self.is_already_exists()).then_some(id)
    }

    /// Whether the call may have taken effect although it failed: look before doing anything else.
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

fn request(id: Option<&String>) -> String {
    id.map(|id| format!(" (request {id})")).unwrap_or_default()
}

fn doubt(unknown: bool) -> &'static str {
    if unknown {
        "; it may have taken effect"
    } else {
        ""
    }
}
