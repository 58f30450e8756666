//! Runs the steps of one case.

use super::{objects::Objects, step::Step};
use crate::support::{TestEnv, condition, id_of, message};
use cloudfront_simulator::{Edit, JournalEntry};
use serde_json::Value;
use std::collections::BTreeMap;

/// The state of one case.
pub(super) struct Runner<'a> {
    env: &'a TestEnv,
    objects: &'a Objects,
    /// The applied manifests. Their objects are deleted at the end.
    manifests: Vec<String>,
    /// The saved ids, by name.
    ids: BTreeMap<String, String>,
    /// The end of the journal before the last change of an object.
    before_change: u64,
}

impl<'a> Runner<'a> {
    pub(super) fn new(env: &'a TestEnv, objects: &'a Objects) -> Self {
        Self {
            env,
            objects,
            manifests: vec![],
            ids: BTreeMap::new(),
            before_change: env.journal_end(),
        }
    }

    /// Runs the steps, and deletes the objects. Returns the first problem.
    pub(super) fn run(mut self, steps: &[Step]) -> Result<(), String> {
        for step in steps {
            self.step(step)?;
        }
        if self.manifests.is_empty() {
            return Ok(());
        }
        let all = self.manifests.join("---\n");
        let delete = ["delete", "--ignore-not-found", "--filename=-"];
        self.succeed(&delete, &all).map(drop)
    }

    fn step(&mut self, step: &Step) -> Result<(), String> {
        match step {
            Step::Apply(manifest) => self.apply(manifest),
            Step::Rejected { manifest, messages } => self.rejected(manifest, messages),
            Step::Kubectl {
                arguments,
                input,
                error,
            } => self.kubectl(arguments, input, error.as_deref()),
            Step::Ready(objects) => self.ready(objects),
            Step::AtRest(objects) => self.at_rest(objects),
            Step::Condition {
                object,
                type_,
                status,
                reason,
                message,
            } => self.condition(object, type_, (status, reason.as_deref()), message),
            Step::Field {
                object,
                pointer,
                value,
            } => self.field(object, pointer, value),
            Step::Gone(objects) => objects.iter().try_for_each(|object| {
                let is_gone = |found: &Value| found.is_null().then_some(());
                self.objects.wait(object, "is gone", is_gone)
            }),
            Step::Writes(expected) => self.writes(expected),
            Step::Reconcile(object) => self.reconcile(object),
            Step::SaveId { object, name } => {
                self.ids.insert(name.clone(), self.id(object)?);
                Ok(())
            }
            Step::LeaveOut { object, members } => self.leave_out(object, members),
        }
    }

    /// Replaces the names of saved ids in a text.
    fn with_ids(&self, text: &str) -> String {
        let replace = |text: String, (name, id): (&String, &String)| text.replace(name, id);
        self.ids.iter().fold(text.to_owned(), replace)
    }

    fn run_kubectl(&self, arguments: &[&str], input: &str) -> (bool, String) {
        let output = self.env.try_kubectl(arguments, &self.with_ids(input));
        let printed = [output.stdout, output.stderr].concat();
        let printed = String::from_utf8_lossy(&printed).into_owned();
        (output.status.success(), printed)
    }

    /// Runs kubectl, which must succeed, and returns what it prints.
    fn succeed(&self, arguments: &[&str], input: &str) -> Result<String, String> {
        let (is_success, printed) = self.run_kubectl(arguments, input);
        if is_success {
            Ok(printed)
        } else {
            Err(format!("kubectl {}: {printed}", arguments.join(" ")))
        }
    }

    fn apply(&mut self, manifest: &str) -> Result<(), String> {
        self.before_change = self.env.journal_end();
        self.manifests.push(self.with_ids(manifest));
        self.succeed(&["apply", "--filename=-"], manifest).map(drop)
    }

    fn rejected(&self, manifest: &str, messages: &[String]) -> Result<(), String> {
        let create = ["create", "--dry-run=server", "--filename=-"];
        let (is_success, mut printed) = self.run_kubectl(&create, manifest);
        if printed.contains("strict decoding error") {
            // Unknown fields hide all other errors.
            let lenient = [&create[..], &["--validate=warn"]].concat();
            printed += &self.run_kubectl(&lenient, manifest).1;
        }
        let missing: Vec<&String> = messages
            .iter()
            .filter(|message| !printed.contains(*message))
            .collect();
        if is_success || !missing.is_empty() {
            return Err(format!("lacks {missing:#?}: {printed}"));
        }
        Ok(())
    }

    fn kubectl(
        &mut self,
        arguments: &[String],
        input: &str,
        error: Option<&str>,
    ) -> Result<(), String> {
        let input = match (input, self.manifests.last()) {
            ("LAST", Some(last)) => last.clone(),
            _ => input.to_owned(),
        };
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let Some(error) = error else {
            self.before_change = self.env.journal_end();
            return self.succeed(&arguments, &input).map(drop);
        };
        let (is_success, printed) = self.run_kubectl(&arguments, &input);
        if is_success || !printed.contains(error) {
            return Err(format!("lacks {error:?}: {printed}"));
        }
        Ok(())
    }

    fn ready(&self, objects: &[String]) -> Result<(), String> {
        objects.iter().try_for_each(|object| {
            self.objects.wait(object, "is ready", |found| {
                let is_current =
                    found["status"]["observedGeneration"] == found["metadata"]["generation"];
                let is_ready = condition(found, "Ready") == ("True".into(), "InSync".into());
                (is_current && is_ready).then_some(())
            })
        })
    }

    fn at_rest(&mut self, objects: &[String]) -> Result<(), String> {
        self.ready(objects)?;
        self.before_change = self.env.journal_end();
        let last = self.manifests.last().cloned().unwrap_or_default();
        let printed = self.succeed(&["apply", "--filename=-"], &last)?;
        if !printed.lines().all(|line| line.ends_with(" unchanged")) {
            return Err(printed);
        }
        self.succeed(&["diff", "--filename=-"], &last)?;
        self.succeed(&["apply", "--server-side", "--filename=-"], &last)?;
        let none = objects.iter().map(|object| (object.clone(), vec![]));
        self.writes(&none.collect())?;
        for object in objects {
            let id = self.id(object)?;
            let failed =
                |call: &&JournalEntry| call.id.as_ref() == Some(&id) && call.code.is_some();
            let journal = self.env.control().journal();
            let failed: Vec<&JournalEntry> = journal.iter().filter(failed).collect();
            if !failed.is_empty() {
                return Err(format!(
                    "CloudFront rejects requests of {object}: {failed:?}"
                ));
            }
        }
        self.ready(objects)
    }

    fn condition(
        &self,
        object: &str,
        type_: &str,
        (status, reason): (&str, Option<&str>),
        text: &str,
    ) -> Result<(), String> {
        let description = format!("has {type_}={status} {reason:?} {text}");
        self.objects.wait(object, &description, |found| {
            let (its_status, its_reason) = condition(found, type_);
            let is_wanted =
                its_status == status && reason.is_none_or(|reason| its_reason == reason);
            (is_wanted && message(found, type_).contains(text)).then_some(())
        })
    }

    fn field(&self, object: &str, pointer: &str, value: &Value) -> Result<(), String> {
        let value = match value {
            Value::String(text) => Value::String(self.with_ids(text)),
            other => other.clone(),
        };
        self.objects
            .wait(object, &format!("has {pointer}={value}"), |found| {
                let exists = !found.is_null();
                let is_equal = found.pointer(pointer).unwrap_or(&Value::Null) == &value;
                (exists && is_equal).then_some(())
            })
    }

    fn writes(&self, expected: &BTreeMap<String, Vec<String>>) -> Result<(), String> {
        let now = self.env.journal_end();
        self.env.wait_for_calls("ListDistributions", 2, now);
        for (object, operations) in expected {
            let id = self.id(object)?;
            let writes = self.env.writes_since(self.before_change);
            let writes = writes.iter().filter(|call| call.id.as_ref() == Some(&id));
            let found: Vec<&str> = writes.map(|call| call.operation.as_str()).collect();
            if found != *operations {
                return Err(format!("writes of {object}: {found:?}"));
            }
        }
        Ok(())
    }

    fn reconcile(&mut self, object: &str) -> Result<(), String> {
        self.before_change = self.env.journal_end();
        self.env.request_reconcile(object, "now");
        self.objects.wait(object, "reports the request", |found| {
            (found["status"]["lastHandledReconcileAt"] == "now").then_some(())
        })
    }

    fn id(&self, object: &str) -> Result<String, String> {
        self.objects.wait(object, "has an id", |found| {
            found["status"]["id"].is_string().then(|| id_of(found))
        })
    }

    fn leave_out(&self, object: &str, members: &[String]) -> Result<(), String> {
        let id = self.id(object)?;
        for member in members {
            let edit = Edit::Remove {
                path: member.clone(),
            };
            // The simulator may leave the member out already.
            let _ = self.env.control().edit(&id, edit);
        }
        Ok(())
    }
}
