//! `cloudfront-operator doctor`: checks what the operator needs in AWS and Kubernetes, and suggests a fix for each problem.
//!
//! All requests are reads. A check that a read cannot answer is reported as skipped.

mod aws;
mod check_result;
mod crd_comparison;
mod crds;
mod kubernetes;
mod objects;
mod openapi;
pub(super) mod startup;

use super::cli::options::{DoctorArgs, OutputFormat};
use check_result::{CheckStatus, render};
use std::process::ExitCode;

/// Runs all checks. Returns the report and the exit code, which is a success unless a check failed.
///
/// # Errors
///
/// A sentence, if the asynchronous runtime cannot start.
pub(super) fn run(options: &DoctorArgs) -> Result<(String, ExitCode), String> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| format!("cannot start the runtime: {error}"))?;
    let results = runtime.block_on(async {
        let (aws, kubernetes) = tokio::join!(aws::run(&options.run), kubernetes::run(&options.run));
        [aws, kubernetes].concat()
    });
    let is_healthy = results.iter().all(|it| it.status != CheckStatus::Failed);
    let text = match options.output {
        OutputFormat::Text => render(&results),
        OutputFormat::Json => {
            let report = serde_json::json!({ "healthy": is_healthy, "checks": results });
            format!("{report:#}\n")
        }
    };
    let code = if is_healthy {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    };
    Ok((text, code))
}
