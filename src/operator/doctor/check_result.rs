//! The result of one check, and how the report shows it.

use serde::Serialize;
use std::fmt::Write;
use strum::IntoStaticStr;

/// The outcome of a check. Serde's names stand in the JSON report, strum's in the text report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, Serialize)]
#[serde(rename_all = "camelCase")]
#[strum(serialize_all = "lowercase")]
pub(super) enum CheckStatus {
    Ok,
    #[strum(serialize = "FAILED")]
    Failed,
    /// The check did not run: no request can answer it, or an earlier check failed.
    Skipped,
    /// Nothing failed, but the user should know.
    Warning,
}

/// One line of the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct CheckResult {
    pub(super) check: String,
    pub(super) status: CheckStatus,
    pub(super) message: String,
    /// The command or the setting that fixes the problem.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fix: Option<String>,
}

impl CheckResult {
    pub(super) fn ok(check: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(check, CheckStatus::Ok, message)
    }

    pub(super) fn skipped(check: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(check, CheckStatus::Skipped, message)
    }

    pub(super) fn warning(check: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(check, CheckStatus::Warning, message)
    }

    pub(super) fn failed(
        check: impl Into<String>,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            fix: Some(fix.into()),
            ..Self::new(check, CheckStatus::Failed, message)
        }
    }

    fn new(check: impl Into<String>, status: CheckStatus, message: impl Into<String>) -> Self {
        Self {
            check: check.into(),
            status,
            message: message.into(),
            fix: None,
        }
    }
}

/// Renders the report as text: one line for each result, and a last line with their numbers.
pub(super) fn render(results: &[CheckResult]) -> String {
    let width = results.iter().map(|it| it.check.chars().count()).max();
    let width = width.unwrap_or_default();
    let mut text = String::new();
    for CheckResult {
        check,
        status,
        message,
        fix,
    } in results
    {
        let status: &str = status.into();
        // Writing to a string does not fail.
        let _ = write!(text, "{status:<7}  {check:<width$}  {message}");
        if let Some(fix) = fix {
            let _ = write!(text, " Fix: {fix}");
        }
        text.push('\n');
    }
    let count = |status| results.iter().filter(|it| it.status == status).count();
    let _ = writeln!(
        text,
        "\n{} ok, {} failed, {} skipped",
        count(CheckStatus::Ok),
        count(CheckStatus::Failed),
        count(CheckStatus::Skipped)
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_has_a_name_for_text_and_one_for_json() {
        for (status, text, json) in [
            (CheckStatus::Ok, "ok", "ok"),
            (CheckStatus::Failed, "FAILED", "failed"),
            (CheckStatus::Skipped, "skipped", "skipped"),
            (CheckStatus::Warning, "warning", "warning"),
        ] {
            assert_eq!(<&str>::from(status), text);
            assert_eq!(serde_json::to_value(status).unwrap(), json);
        }
    }
}
