//! The resources of the simulator, in a form in which those of two runs can be compared.

use crate::{
    history::{Resource, name_of},
    parents::{
        element, has_id_of_parent, id_in_collection, id_of_operation, key, key_in_config,
        key_of_object,
    },
};
use cloudfront_simulator::{Control, JournalEntry};
use serde_json::Value;
use std::{cmp::Reverse, collections::BTreeMap};

/// The names of objects, by their uids, and by the ids, the names and the domain names of their resources, those in ARNs as well.
pub type Names = BTreeMap<String, String>;

/// Adds an object.
pub fn learn_names(names: &mut Names, object: &Value) {
    let metadata = |member: &str| object["metadata"][member].as_str();
    let (uid, id) = (metadata("uid"), object["status"]["id"].as_str());
    let digits = uid.and_then(|uid| uid.get(..8));
    let default_name = digits.map(|digits| {
        let [namespace, name] = ["namespace", "name"].map(|it| metadata(it).unwrap_or_default());
        format!("{namespace}-{name}-{digits}")
    });
    let name = object["spec"]["name"].as_str();
    // The ARN of a key-value store ends with another id than that in requests.
    let arn = object["status"]["arn"].as_str();
    let in_arn = arn.and_then(|it| it.rsplit_once('/')).map(|(_, id)| id);
    let host = object["status"]["domainName"].as_str();
    let key = key_of_object(object);
    // A resource with the id of its parent has no id of its own.
    let id = id.filter(|_| !has_id_of_parent(object));
    let keys = uid.into_iter().chain(id).chain(digits).chain(name);
    let keys = keys.chain(in_arn).chain(host).map(str::to_owned);
    let keys = keys.chain(default_name).chain(key);
    names.extend(keys.map(|key| (key, name_of(object))));
}

/// Returns the resources of all accounts.
pub fn resources(simulator: &Control, names: &Names) -> Vec<Resource> {
    let owner_of = |id: &str| names.get(id).cloned();
    let mut names: Vec<_> = names.iter().collect();
    // A default name contains digits of a uid.
    names.sort_by_key(|(key, _)| Reverse(key.len()));
    let state = simulator.state();
    let accounts = state["accounts"].as_object().into_iter().flatten();
    let mut found = vec![];
    for (_, account) in accounts {
        for (collection, items) in account.as_object().into_iter().flatten() {
            let items = items.as_array().into_iter().flatten();
            found.extend(items.map(|item| resource(collection, item, &names, owner_of)));
        }
    }
    found
}

/// Adds the name of its resource to a create request without a caller reference, by which the checker then knows the resource.
pub fn add_created_name(simulator: &Control, names: &Names, entry: &mut JournalEntry) {
    entry.id = entry
        .id
        .take()
        .map(|id| id_of_operation(&entry.operation, &id));
    if entry.caller_reference.is_some() || !entry.operation.starts_with("Create") {
        return;
    }
    let Some(id) = &entry.id else { return };
    let mut all = resources(simulator, names).into_iter();
    let name = all.find(|it| it.id == *id).map(|it| it.caller_reference);
    entry.caller_reference = name.filter(|name| !name.is_empty());
}

fn resource(
    collection: &str,
    item: &Value,
    names: &[(&String, &String)],
    owner_of: impl Fn(&str) -> Option<String>,
) -> Resource {
    let text = |member: &str| item[member].as_str().unwrap_or_default().to_owned();
    let reference = text("caller_reference");
    let id = id_in_collection(collection, &text("id"));
    let config = text("config");
    let named = || element(&config, "Name").unwrap_or_default();
    let of_other = key(&id, &owner_of).or_else(|| key_in_config(&config, owner_of));
    let name = of_other.unwrap_or_else(named);
    let texts = |member: &str| {
        let members = item[member].as_object().into_iter().flatten();
        let texts =
            members.map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().into()));
        texts.collect()
    };
    Resource {
        collection: collection.into(),
        id,
        caller_reference: if reference.is_empty() {
            name
        } else {
            reference
        },
        is_deployed: item["status"] != "InProgress",
        config: comparable(&config, names),
        tags: texts("tags"),
        pairs: texts("pairs"),
    }
}

/// Returns a configuration without its caller reference, and with names in the place of ids. CloudFront sets the policy of a staging
/// distribution.
fn comparable(config: &str, names: &[(&String, &String)]) -> String {
    let mut config_alone = without(config, "CallerReference");
    if config_alone.contains("<Staging>true</Staging>") {
        config_alone = without(&config_alone, "ContinuousDeploymentPolicyId");
    }
    let names = names.iter();
    names.fold(config_alone, |config, (key, name)| {
        config.replace(*key, name)
    })
}

/// Returns a document without the first element of a name.
fn without(document: &str, name: &str) -> String {
    let (start, end) = (format!("<{name}>"), format!("</{name}>"));
    match (document.split_once(&start), document.split_once(&end)) {
        (Some((before, _)), Some((_, after))) => format!("{before}{after}"),
        _ => document.to_owned(),
    }
}
