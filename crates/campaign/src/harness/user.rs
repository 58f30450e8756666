//! The user of a scenario: changes objects and resources, and waits for the operator.

use super::{faults::NextFault, process::Environment};
use crate::{
    history::{Resource, What, has_created, is_finished, name_of},
    objects::{GROUP, objects_of},
    scenario::Step,
};
use cloudfront_operator::{
    engine::{DocumentForm, RECONCILE_REQUESTED_AT},
    operator::kind,
    xml::Element,
};
use cloudfront_simulator::{Edit, Switch};
use k8s_openapi::{ByteString, api::core::v1::Secret};
use kube::{
    Api, Client,
    api::{DeleteParams, DynamicObject, Patch, PatchParams, PostParams},
};
use parking_lot::Mutex;
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, HashMap},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::Notify,
    time::{Instant, sleep},
};

/// The longest simulated time that a step may take.
const DEADLINE: Duration = Duration::from_mins(60);

/// The time between two checks of the objects.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);

/// The user.
pub(super) struct User {
    environment: Environment,
    client: Client,
    sent_requests: AtomicUsize,
    /// The ids that the objects had, by `Kind/name`.
    ids: Mutex<HashMap<String, String>>,
    /// The resources before the last change by another client.
    before: Mutex<Vec<Resource>>,
    /// Whether a step may find that its object does not exist.
    is_walk: bool,
}

impl User {
    pub(super) fn new(environment: &Environment, is_walk: bool) -> Self {
        Self {
            client: environment.server.client(),
            environment: environment.clone(),
            sent_requests: AtomicUsize::new(0),
            ids: Mutex::default(),
            before: Mutex::default(),
            is_walk,
        }
    }

    /// Returns how many requests the user has sent to the API server.
    pub(super) fn sent_requests(&self) -> usize {
        self.sent_requests.load(Ordering::Relaxed)
    }

    /// Takes a step of the scenario.
    pub(super) async fn take(&self, step: &Step, restart: &Notify) {
        match step {
            Step::Apply(manifest) => self.apply(manifest).await,
            Step::Adopt { manifest, from } => {
                let mut manifest = manifest.clone();
                let id = self.ids.lock().get(from).cloned();
                manifest["spec"]["adoptId"] = json!(id);
                self.apply(&manifest).await;
            }
            Step::Delete(name) => self.delete(name).await,
            Step::ChangeResource {
                object,
                path,
                value,
            } => {
                self.edit_resource(object, change_of(object, path, value));
            }
            Step::ChangePairs {
                object,
                puts,
                deletes,
            } => self.change_pairs(object, puts, deletes),
            Step::DeleteResource(object) => {
                self.edit_resource(object, Edit::Delete);
            }
            Step::AddElement { object, element } => self.add_element(object, element),
            Step::StoreSecret { name, key, value } => self.store_secret(name, key, value).await,
            Step::Restored => {
                self.wait("the change is corrected", || self.is_restored())
                    .await;
            }
            Step::WaitUntilFinished => self.wait_until_finished().await,
            Step::WaitForId(name) => self.wait("an id", || self.id_of(name).is_some()).await,
            Step::Wait(time) => sleep(*time).await,
            Step::Restart => restart.notify_one(),
            Step::PatchStatus { object, status } => {
                let forged = What::StatusForged(object.clone());
                self.environment.recorder.lock().push(forged);
                self.patch(object, &json!({ "status": status }), true).await;
            }
            Step::RequestReconciliation { object, value } => {
                let annotations = json!({ RECONCILE_REQUESTED_AT: value });
                let patch = json!({ "metadata": { "annotations": annotations } });
                self.patch(object, &patch, false).await;
            }
            Step::Fault { after, choice } => {
                let (after, choice) = (*after, *choice);
                self.set_next_fault(Some(NextFault { after, choice }));
            }
            Step::NoMoreFaults => self.set_next_fault(None),
        }
        self.environment.recorder.lock().observe();
    }

    /// Waits until all objects have finished.
    pub(super) async fn wait_until_finished(&self) {
        // The operator needs a moment to notice the step.
        sleep(CHECK_INTERVAL).await;
        self.wait("all objects have finished", || self.are_finished())
            .await;
    }

    async fn wait(&self, what: &str, is_reached: impl Fn() -> bool) {
        let begun = Instant::now();
        while !is_reached() {
            if begun.elapsed() > DEADLINE {
                let failure = format!("{what}: {}", self.conditions());
                self.environment
                    .recorder
                    .lock()
                    .push(What::StepFailed(failure));
                return;
            }
            sleep(CHECK_INTERVAL).await;
        }
    }

    fn objects(&self) -> Vec<Arc<Value>> {
        self.environment.server.objects(GROUP)
    }

    fn find(&self, name: &str) -> Option<Arc<Value>> {
        self.objects().into_iter().find(|it| name_of(it) == name)
    }

    fn id_of(&self, name: &str) -> Option<String> {
        self.find(name)?["status"]["id"].as_str().map(Into::into)
    }

    fn are_finished(&self) -> bool {
        let is_done = |it: &Value| it["metadata"]["deletionTimestamp"].is_null() && is_finished(it);
        self.objects().iter().all(|it| is_done(it))
    }

    /// Returns the conditions of all objects.
    fn conditions(&self) -> String {
        let objects = self.objects();
        let conditions = objects.iter().map(|it| {
            let conditions = &it["status"]["conditions"];
            format!("{} {conditions}", name_of(it))
        });
        conditions.collect::<Vec<_>>().join("; ")
    }

    /// Whether the resources have the owners and configurations that they had before the last change by another client.
    fn is_restored(&self) -> bool {
        let now = self.environment.recorder.lock().resources();
        let before = self.before.lock();
        let key = |it: &Resource| {
            let (collection, config) = (it.collection.clone(), it.config.clone());
            (collection, config, it.tags.clone(), it.pairs.clone())
        };
        now.len() == before.len()
            && now
                .iter()
                .all(|it| before.iter().any(|old| key(old) == key(it)))
    }

    /// Changes pairs as another client does. Their values are secret.
    fn change_pairs(&self, object: &str, puts: &BTreeMap<String, String>, deletes: &[String]) {
        let secrets = puts.values().cloned().map(What::Secret);
        secrets.for_each(|secret| self.environment.recorder.lock().push(secret));
        let (puts, deletes) = (puts.clone(), deletes.to_vec());
        self.edit_resource(object, Edit::Pairs { puts, deletes });
    }

    fn add_element(&self, object: &str, element: &str) {
        let control = self.environment.simulator.control();
        control.set_switch(Switch::TolerateUnknownElements, true);
        let structure = self.structure_of(object);
        let edit = Edit::Put {
            path: structure.clone().unwrap_or_default(),
            xml: element.into(),
        };
        if let Some(id) = self.edit_resource(object, edit)
            && structure.is_some()
        {
            let element = element.into();
            let foreign = What::Foreign { id, element };
            self.environment.recorder.lock().push(foreign);
        }
    }

    /// Returns the path of a structure of an object's resource whose elements are all configuration. In the flat form with assigned members that
    /// is none of the root: there, an unknown element can be one of these, and an update does not send it. `None`: there is no structure.
    fn structure_of(&self, object: &str) -> Option<String> {
        let found = self.find(object);
        let name = found.as_ref().and_then(|it| it["kind"].as_str());
        let form = name.and_then(kind).map(|it| it.api.form);
        let is_mixed = match form {
            None | Some(DocumentForm::Nested) => false,
            Some(DocumentForm::Flat(flat)) => !flat.assigned.is_empty(),
        };
        if !is_mixed {
            return Some(String::new());
        }
        let resource = self.resource_of(object);
        let config = resource.and_then(|it| Element::parse(it.config.as_bytes()).ok());
        config.and_then(|it| first_structure(&it))
    }

    async fn store_secret(&self, name: &str, key: &str, value: &str) {
        let secret = What::Secret(value.into());
        self.environment.recorder.lock().push(secret);
        let api: Api<Secret> = Api::namespaced(self.client.clone(), self.environment.namespace());
        let data = BTreeMap::from([(key.into(), ByteString(value.into()))]);
        let mut object = Secret {
            data: Some(data),
            ..Secret::default()
        };
        object.metadata.name = Some(name.into());
        self.sent_requests.fetch_add(2, Ordering::Relaxed);
        let result = match api.get_opt(name).await {
            Ok(None) => api.create(&PostParams::default(), &object).await,
            Ok(Some(_)) => {
                let patch = Patch::Merge(&object);
                api.patch(name, &PatchParams::default(), &patch).await
            }
            Err(error) => Err(error),
        };
        self.report(result.err());
    }

    /// Changes the resource of an object in CloudFront, and returns its id. `None`: the object does not exist, which a walk allows.
    fn edit_resource(&self, object: &str, edit: Edit) -> Option<String> {
        let owned = self.resource_of(object).map(|it| it.id);
        let id = owned.or_else(|| (!self.is_walk).then(String::new))?;
        *self.before.lock() = self.environment.recorder.lock().resources();
        let edited = self.environment.simulator.control().edit(&id, edit);
        let mut recorder = self.environment.recorder.lock();
        if let Err(error) = edited {
            recorder.push(What::StepFailed(error.to_string()));
        }
        recorder.observe_resources();
        Some(id)
    }

    /// Returns the resource that was created for an object.
    fn resource_of(&self, object: &str) -> Option<Resource> {
        let object = self.find(object)?;
        let resources = self.environment.recorder.lock().resources();
        let mut resources = resources.into_iter();
        resources.find(|it| has_created(&object, &it.caller_reference))
    }

    async fn apply(&self, manifest: &Value) {
        let mut manifest = manifest.clone();
        let namespace = self.environment.namespace_of(&manifest).to_owned();
        manifest["metadata"]["namespace"] = json!(namespace);
        let name = name_of(&manifest);
        let api = self.api(&name, &namespace);
        self.sent_requests.fetch_add(1, Ordering::Relaxed);
        let name_only = name.rsplit('/').next().unwrap_or_default();
        let result = match self.find(&name) {
            None => match serde_json::from_value(manifest) {
                Ok(object) => api.create(&PostParams::default(), &object).await,
                Err(error) => Err(kube::Error::SerdeError(error)),
            },
            Some(present) => {
                let spec = merge_patch(&present["spec"], &manifest["spec"]);
                let patch = Patch::Merge(json!({ "spec": spec }));
                api.patch(name_only, &PatchParams::default(), &patch).await
            }
        };
        self.report(result.err());
    }

    fn set_next_fault(&self, next: Option<NextFault>) {
        self.environment.recorder.lock().set_next_fault(next);
    }

    /// Patches an object or its status.
    async fn patch(&self, name: &str, patch: &Value, is_status: bool) {
        self.sent_requests.fetch_add(1, Ordering::Relaxed);
        let (api, name_only) = (
            self.api_of(name),
            name.rsplit('/').next().unwrap_or_default(),
        );
        let (parameters, patch) = (PatchParams::default(), Patch::Merge(patch));
        let patched = if is_status {
            api.patch_status(name_only, &parameters, &patch).await
        } else {
            api.patch(name_only, &parameters, &patch).await
        };
        self.report(patched.err());
    }

    async fn delete(&self, name: &str) {
        if let Some(id) = self.id_of(name) {
            self.ids.lock().insert(name.into(), id);
        }
        self.sent_requests.fetch_add(1, Ordering::Relaxed);
        let name_only = name.rsplit('/').next().unwrap_or_default();
        let deleted = self
            .api_of(name)
            .delete(name_only, &DeleteParams::default())
            .await;
        self.report(deleted.err());
    }

    /// Records a request of the user that failed, which is a mistake of the scenario.
    fn report(&self, error: Option<kube::Error>) {
        let is_absent =
            |it: &kube::Error| matches!(it, kube::Error::Api(status) if status.code == 404);
        if let Some(error) = error.filter(|it| !(self.is_walk && is_absent(it))) {
            let error = What::StepFailed(error.to_string());
            self.environment.recorder.lock().push(error);
        }
    }

    /// Returns the objects of the kind and in the namespace of an object.
    fn api_of(&self, name: &str) -> Api<DynamicObject> {
        let object = self.find(name).unwrap_or_default();
        self.api(name, self.environment.namespace_of(&object))
    }

    fn api(&self, name: &str, namespace: &str) -> Api<DynamicObject> {
        let kind = name.split('/').next().unwrap_or_default();
        objects_of(self.client.clone(), namespace, kind)
    }
}

/// Returns the change of an element of an object's resource. The element of the code has an encoded text, of which each request of CloudFront's
/// API makes a valid one.
fn change_of(object: &str, path: &str, value: &str) -> Edit {
    let (path, value) = (path.to_owned(), value.to_owned());
    let definition = object.split('/').next().and_then(kind);
    if definition.is_some_and(|it| it.api.code == Some(path.as_str())) {
        return Edit::Code { code: value };
    }
    Edit::Set { path, value }
}

/// Returns the merge patch that changes one value to another.
fn merge_patch(before: &Value, after: &Value) -> Value {
    let (Some(old), Some(new)) = (before.as_object(), after.as_object()) else {
        return after.clone();
    };
    let removed = old.keys().filter(|key| !new.contains_key(*key));
    let removed = removed.map(|key| (key.clone(), Value::Null));
    let changed = new.iter().map(|(key, value)| {
        let patch = merge_patch(old.get(key).unwrap_or(&Value::Null), value);
        (key.clone(), patch)
    });
    removed.chain(changed).collect()
}

/// Returns the path of the first element below a configuration that has several members: no list, whose items are known.
fn first_structure(parent: &Element) -> Option<String> {
    let is_structure = |element: &Element| {
        let [first, .., last] = element.children() else {
            return false;
        };
        first.name() != last.name()
    };
    parent.children().iter().find_map(|child| {
        let name = child.name();
        if is_structure(child) {
            return Some(name.to_owned());
        }
        first_structure(child).map(|below| format!("{name}/{below}"))
    })
}
