//! Objects that are too large for the cache.

use crate::support::{TestEnv, distribution};
use std::{iter, time::Duration};

/// The number of origins and of headers of each that CloudFront accepts.
const ORIGINS: usize = 100;
const HEADERS: usize = 10;

/// The length of a value. CloudFront accepts 10,240 characters in the names and values of an origin.
const VALUE: usize = 1_000;

/// The length of an annotation. With it an object has 1.3 MB, and the API server accepts 1.5 MB.
const ANNOTATION: usize = 250_000;

/// The bound of the memory of the operator in MiB, in a debug build too.
const MAX_MEMORY: u64 = 128;

/// Returns a distribution whose custom headers and annotation have random values, which cannot be compressed.
fn large_distribution(name: &str) -> String {
    let mut random = fastrand::Rng::with_seed(1);
    let mut text = |length: usize| -> String {
        iter::repeat_with(|| random.alphanumeric())
            .take(length)
            .collect()
    };
    let annotation = format!(
        "  annotations: {{example.org/notes: {}}}\n",
        text(ANNOTATION)
    );
    let mut header = |index: usize| {
        let value = text(VALUE);
        format!("    - {{headerName: x-note-{index}, headerValue: {value}}}\n")
    };
    let mut origin = |index: usize| {
        let headers: String = (0..HEADERS).map(&mut header).collect();
        format!(
            "  - id: large-{index}\n    domainName: api.example.com\n    customOriginConfig: {{originProtocolPolicy: https-only}}\n    customHeaders:\n{headers}"
        )
    };
    // The distribution has one origin already.
    let origins: String = (1..ORIGINS).map(&mut origin).collect();
    distribution(name, "large")
        .replace("  origins:\n", &format!("  origins:\n{origins}"))
        .replace(
            &format!("metadata: {{name: {name}}}\n"),
            &format!("metadata:\n  name: {name}\n{annotation}"),
        )
}

#[test]
fn large_objects_of_one_namespace_take_little_memory() {
    const OBJECTS: usize = 30;
    let mut env = TestEnv::without_operator("large", Duration::ZERO);
    for index in 0..OBJECTS {
        let manifest = large_distribution(&format!("large-{index}"));
        let output = env.try_kubectl(&["create", "--filename", "-"], &manifest);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{error}");
    }
    env.apply(&distribution("small", "first"));
    for round in ["start", "restart"] {
        env.start_operator();
        env.wait_until_ready("cfd/small");
        for index in 0..OBJECTS {
            env.wait_until_ready(&format!("cfd/large-{index}"));
        }
        let peak = env.operator().peak_memory();
        println!("{round}: {peak} MiB");
        assert!(peak <= MAX_MEMORY, "{round}: {peak} MiB");
        env.stop_operator();
    }
}
