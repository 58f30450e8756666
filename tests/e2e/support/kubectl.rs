//! kubectl in the namespace of a scenario, and waits for what it shows.

use super::{TestEnv, condition, control_plane, distribution, id_of, object_reader::printed};
use serde_json::Value;
use std::{
    io::Write,
    process::{Output, Stdio},
    thread,
    time::{Duration, Instant},
};

/// The timeout of each wait. A working operator never reaches it.
const TIMEOUT: Duration = Duration::from_mins(5);

impl TestEnv {
    /// Runs kubectl, requires success, and returns its standard output.
    pub(crate) fn kubectl(&self, arguments: &[&str]) -> String {
        let output = self.try_kubectl(arguments, "");
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            output.status.success(),
            "kubectl {}: {error}",
            arguments.join(" ")
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Runs kubectl with this standard input.
    pub(crate) fn try_kubectl(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = control_plane()
            .kubectl()
            .args(["--namespace", &self.namespace])
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("kubectl starts");
        child
            .stdin
            .take()
            .expect("standard input is piped")
            .write_all(input.as_bytes())
            .expect("kubectl reads its standard input");
        child.wait_with_output().expect("kubectl exits")
    }

    /// Runs `kubectl apply` with a manifest.
    pub(crate) fn apply(&self, manifest: &str) {
        let output = self.try_kubectl(&["apply", "--filename", "-"], manifest);
        assert!(
            output.status.success(),
            "{}\n{manifest}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// Applies `count` distributions with one command, and returns their names.
    pub(crate) fn apply_distributions(&self, count: usize) -> Vec<String> {
        let names: Vec<String> = (0..count).map(|n| format!("site-{n}")).collect();
        let manifests: Vec<String> = names
            .iter()
            .map(|name| distribution(name, "first"))
            .collect();
        self.apply(&manifests.join("---\n"));
        names
    }

    /// Applies a merge patch to an object.
    pub(crate) fn patch(&self, object: &str, patch: &str) {
        self.kubectl(&["patch", object, "--type=merge", "--patch", patch]);
    }

    /// Applies a merge patch to the status of an object.
    pub(crate) fn patch_status(&self, object: &str, patch: &str) {
        let arguments = ["patch", object, "--subresource=status", "--type=merge"];
        self.kubectl(&[&arguments[..], &["--patch", patch]].concat());
    }

    /// Sets annotation `reconcile-requested-at` of an object.
    pub(crate) fn request_reconcile(&self, object: &str, value: &str) {
        let annotation = format!("cloudfront-operator.dev/reconcile-requested-at={value}");
        self.kubectl(&["annotate", "--overwrite", object, &annotation]);
    }

    /// Returns the object, or `None` if it does not exist.
    pub(crate) fn get(&self, object: &str) -> Option<Value> {
        if let Some((objects, name)) = self.reader.find(&self.namespace, object) {
            let found = self.runtime.block_on(objects.get_opt(name));
            return found.expect("the API server responds").map(printed);
        }
        let output = self.try_kubectl(
            &["get", object, "--output", "json", "--ignore-not-found"],
            "",
        );
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        (!output.stdout.is_empty())
            .then(|| serde_json::from_slice(&output.stdout).expect("kubectl prints JSON"))
    }

    /// Returns all objects of the operator's kinds.
    pub(crate) fn list(&self) -> Vec<Value> {
        let found = self.runtime.block_on(self.reader.list(&self.namespace));
        found.expect("the API server responds")
    }

    /// Waits until the object exists and the predicate holds. The description completes the name of the object to a sentence.
    pub(crate) fn wait_until(
        &self,
        object: &str,
        description: &str,
        predicate: impl Fn(&Value) -> bool,
    ) -> Value {
        self.eventually(&format!("{object} {description}"), || {
            self.get(object).filter(&predicate)
        })
    }

    /// Waits until the object is ready for its current generation.
    pub(crate) fn wait_until_ready(&self, object: &str) -> Value {
        self.wait_until(object, "is ready", |value| {
            value["status"]["observedGeneration"] == value["metadata"]["generation"]
                && condition(value, "Ready") == ("True".into(), "InSync".into())
        })
    }

    /// Waits until the object is ready, and returns the id of its CloudFront resource.
    pub(crate) fn ready_id(&self, object: &str) -> String {
        id_of(&self.wait_until_ready(object))
    }

    /// Waits until the object's condition has this status and reason.
    pub(crate) fn wait_for_condition(
        &self,
        object: &str,
        type_: &str,
        status: &str,
        reason: &str,
    ) -> Value {
        self.wait_until(
            object,
            &format!("has {type_}={status} ({reason})"),
            |value| condition(value, type_) == (status.into(), reason.into()),
        )
    }

    /// Waits until the operator has handled this value of annotation `reconcile-requested-at`.
    pub(crate) fn wait_until_handled(&self, object: &str, value: &str) -> Value {
        self.wait_until(object, "reports the requested reconciliation", |found| {
            found["status"]["lastHandledReconcileAt"] == value
        })
    }

    /// Waits until the object does not exist.
    pub(crate) fn wait_until_gone(&self, object: &str) {
        self.eventually(&format!("{object} is gone"), || {
            self.get(object).is_none().then_some(())
        });
    }

    /// Repeats an attempt until it returns a value. The description completes "timed out waiting until" in the panic message.
    pub(crate) fn eventually<T>(
        &self,
        description: &str,
        mut attempt: impl FnMut() -> Option<T>,
    ) -> T {
        let started = Instant::now();
        loop {
            if let Some(value) = attempt() {
                return value;
            }
            assert!(
                started.elapsed() <= TIMEOUT,
                "timed out waiting until {description}\n{}",
                self.diagnostics()
            );
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Returns the objects of the namespace and the log of the operator.
    fn diagnostics(&self) -> String {
        let objects = self.try_kubectl(&["get", "cloudfront", "--output", "yaml"], "");
        let objects = String::from_utf8_lossy(&objects.stdout).into_owned();
        format!("{objects}\n{}", self.log())
    }
}
