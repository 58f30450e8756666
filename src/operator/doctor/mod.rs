//! `cloudfront-operator doctor`: what would keep the operator from its work, and how to put it right.
//!
//! Only reads are made, of AWS and of Kubernetes. What a read cannot show is said not to be checked.

mod aws;
mod check_result;
mod crds;
mod kubernetes;
mod objects;
mod openapi;

use super::cli::options::{Doctor, Output};
use check_result::{Verdict, render};
use std::process::ExitCode;

/// Looks at everything, and says what it found. The program succeeds unless something failed.
///
/// # Errors
///
/// When the system refuses what any program needs, as a sentence.
pub(super) fn examine(options: &Doctor) -> Result<(String, ExitCode), String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("cannot start the runtime: {error}"))?;
    let findings = runtime.block_on(async {
        let (aws, kubernetes) = tokio::join!(
            aws::examine(&options.run),
            kubernetes::examine(&options.run)
        );
        [aws, kubernetes].concat()
    });
    let healthy = findings.iter().all(|it| it.verdict != Verdict::Failed);
    let text = match options.output {
        Output::Text => render(&findings),
        Output::Json => {
            let report = serde_json::json!({ "healthy": healthy, "checks": findings });
            format!("{report:#}\n")
        }
    };
    let code = if healthy {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    };
    Ok((text, code))
}
