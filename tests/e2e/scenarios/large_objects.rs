//! Objects that are too large for the cache.

use crate::support::{TestEnv, distribution};
use std::{iter, time::Duration};

/// The size in bytes of a large distribution. The API server accepts 1.5 MB.
const LARGE: usize = 1_400_000;

/// The bound of the memory of the operator in MiB, in a debug build too.
const MAX_MEMORY: u64 = 128;

/// Returns a distribution whose custom headers have random values, which cannot be compressed.
fn large_distribution(name: &str, size: usize) -> String {
    const HEADERS: usize = 48;
    const VALUE: usize = 1_700;
    let mut random = fastrand::Rng::with_seed(1);
    let mut header = |index: usize| {
        let value: String = iter::repeat_with(|| random.alphanumeric())
            .take(VALUE)
            .collect();
        format!("    - {{headerName: x-{index}, headerValue: {value}}}\n")
    };
    let mut origin = |index: usize| {
        let headers: String = (0..HEADERS).map(&mut header).collect();
        format!(
            "  - id: large-{index}\n    domainName: api.example.com\n    customOriginConfig: {{originProtocolPolicy: https-only}}\n    customHeaders:\n{headers}"
        )
    };
    let origins: String = (0..size / (HEADERS * VALUE)).map(&mut origin).collect();
    distribution(name, "large").replace("  origins:\n", &format!("  origins:\n{origins}"))
}

#[test]
fn large_objects_of_one_namespace_take_little_memory() {
    const OBJECTS: usize = 30;
    let mut env = TestEnv::without_operator("large", Duration::ZERO);
    for index in 0..OBJECTS {
        let manifest = large_distribution(&format!("large-{index}"), LARGE);
        let output = env.try_kubectl(&["create", "--filename", "-"], &manifest);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{error}");
    }
    env.apply(&distribution("small", "first"));
    for round in ["start", "restart"] {
        env.start_operator();
        env.wait_until_ready("cfd/small");
        for index in 0..OBJECTS {
            let object = format!("cfd/large-{index}");
            env.wait_until(&object, "is reconciled", |object| {
                object["status"]["observedGeneration"].is_number()
            });
        }
        let peak = env.operator().peak_memory();
        println!("{round}: {peak} MiB");
        assert!(peak <= MAX_MEMORY, "{round}: {peak} MiB");
        env.stop_operator();
    }
}
