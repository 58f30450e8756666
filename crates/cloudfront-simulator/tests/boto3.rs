//! Tests of the simulator program with boto3, a client that is independent of this project.
//!
//! Each file `tests/boto3/test_*.py` is one test, with its own simulator processes.

#[path = "boto3/python.rs"]
mod python;

use python::python;
use std::{fs, path::Path, process::Command};

fn run_test_file(module: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/boto3");
    let output = Command::new(python())
        .args(["-B", "-m", "unittest", module])
        .current_dir(folder)
        .env(
            "CLOUDFRONT_SIMULATOR",
            env!("CARGO_BIN_EXE_cloudfront-simulator"),
        )
        // The tests must not use the AWS configuration of the user.
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("NO_PROXY", "127.0.0.1,localhost,.localhost")
        // The library that signs requests for key-value pairs would sign all others too, instead of boto3 itself.
        .env(
            "BOTO_DISABLE_CRT",
            (!module.starts_with("test_pair")).to_string(),
        )
        .output()
        .expect("the interpreter exists");
    print!("{}", String::from_utf8_lossy(&output.stdout));
    let report = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{report}");
    assert!(
        !report.contains("Ran 0 tests"),
        "{module} has no test: {report}"
    );
    assert!(
        !report.contains("skipped"),
        "{module} skips a test: {report}"
    );
}

macro_rules! test_files {
    ($($name:ident)*) => {
        $(#[test] fn $name() { run_test_file(concat!("test_", stringify!($name))); })*

        #[test]
        fn every_test_file_is_run() {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/boto3");
            let mut found: Vec<_> = fs::read_dir(folder).unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .filter_map(|name| Some(name.strip_prefix("test_")?.strip_suffix(".py")?.to_owned()))
                .collect();
            found.sort();
            let mut run = vec![$(stringify!($name)),*];
            run.sort_unstable();
            assert_eq!(found, run);
        }
    };
}

test_files! {
    behavior_rules control distribution_rules distributions echo faults identities invalid_configurations invalidations lists
    origin_rules scale schema signatures streaming sts tags
    tenant_rules updates users
    access_controls continuous_deployment staging functions identity_codes key_value_stores pairs pair_signatures keys monitoring realtime_logs encryption cache_policies origin_request_policies response_headers_policies
}
