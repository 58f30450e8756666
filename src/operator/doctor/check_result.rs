//! What one check found, and how that is shown.

use serde::Serialize;
use std::fmt::Write;

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Verdict {
    Ok,
    Failed,
    /// Nothing that was asked could show it, or something else failed first.
    NotChecked,
    /// Nothing is wrong, and somebody should know.
    Hint,
}

/// One line of the report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    pub(super) check: String,
    pub(super) verdict: Verdict,
    pub(super) message: String,
    /// The command or the setting that puts it right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) fix: Option<String>,
}

impl Finding {
    fn new(check: impl Into<String>, verdict: Verdict, message: impl Into<String>) -> Self {
        Self {
            check: check.into(),
            verdict,
            message: message.into(),
            fix: None,
        }
    }

    pub(super) fn ok(check: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(check, Verdict::Ok, message)
    }

    pub(super) fn not_checked(check: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(check, Verdict::NotChecked, message)
    }

    pub(super) fn hint(check: impl Into<String>, message: impl Into<String>) -> Self {
        Self::new(check, Verdict::Hint, message)
    }

    pub(super) fn failed(
        check: impl Into<String>,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self {
            fix: Some(fix.into()),
            ..Self::new(check, Verdict::Failed, message)
        }
    }
}

/// A line for each finding, and a last one that counts.
pub(super) fn render(findings: &[Finding]) -> String {
    let width = findings.iter().map(|it| it.check.chars().count()).max();
    let width = width.unwrap_or_default();
    let mut text = String::new();
    for Finding {
        check,
        verdict,
        message,
        fix,
    } in findings
    {
        let word = match verdict {
            Verdict::Ok => "ok",
            Verdict::Failed => "FAILED",
            Verdict::NotChecked => "not checked",
            Verdict::Hint => "hint",
        };
        // Writing to a string does not fail.
        let _ = write!(text, "{word:<11}  {check:<width$}  {message}");
        if let Some(fix) = fix {
            let _ = write!(text, " Fix: {fix}");
        }
        text.push('\n');
    }
    let count = |verdict| findings.iter().filter(|it| it.verdict == verdict).count();
    let _ = writeln!(
        text,
        "\n{} ok, {} failed, {} not checked",
        count(Verdict::Ok),
        count(Verdict::Failed),
        count(Verdict::NotChecked)
    );
    text
}
