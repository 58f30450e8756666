//! Each `ResourceApi` builds the requests of the model's operations, and reads members that the model's responses have.

use super::service_model::{Form, Operation, Shape, final_status, operation, shape};
use cloudfront_operator::{
    cloudfront::Request,
    engine::{
        Identity, Lifecycle, ListItem, ListRevision, NameMember, ResourceApi, UpdatePath, UsersList,
    },
    operator::kinds,
    xml::Element,
};
use serde_json::{Value, json};
use std::{fs, path::Path, sync::LazyLock};

/// The model with the errors of each operation.
static ERRORS: LazyLock<Value> = LazyLock::new(|| {
    let path = "crates/cloudfront-simulator/model/cloudfront.json";
    let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    serde_json::from_str(&text).unwrap()
});

/// The differences of a row from the model.
fn differences(api: &ResourceApi) -> Vec<String> {
    let mut found = vec![];
    for request in api.operations() {
        match operation(&request.operation) {
            Some(operation) => compare_request(&request, operation, &mut found),
            None => found.push(format!("the model has no {}", request.operation)),
        }
    }
    if !found.is_empty() {
        // Without the operations of the model, there is nothing to compare the responses with.
        return found;
    }
    compare_responses(api, &mut found);
    let members = &shape(api.config).members;
    if !members.contains_key(api.identity.member()) {
        found.push(format!("{} has no {}", api.config, api.identity.member()));
    }
    let has_name = members.contains_key("Name");
    if has_name != api.name_member().is_some_and(|it| it.member == "Name") {
        found.push(format!("a resource has a name: {has_name}"));
    }
    if api.identity != Identity::CallerReference && api.additional_name.is_some() {
        found.push("two members are the name".into());
    }
    compare_immutable(api, &mut found);
    let has_reference = members.contains_key("CallerReference");
    if has_reference != (api.identity == Identity::CallerReference) {
        found.push(format!("a create has a caller reference: {has_reference}"));
    }
    let is_managed = operation(&format!("Update{}", api.name)).is_some();
    if is_managed != (api.lifecycle == Lifecycle::Managed) {
        found.push(format!("the model has an update: {is_managed}"));
    }
    let has_tags = operation(&format!("Create{}WithTags", api.name)).is_some();
    if has_tags != api.supports_tags {
        found.push(format!("the model creates it with tags: {has_tags}"));
    }
    let by_users = ["", "Id"].map(|end| format!("ListDistributionsBy{}{end}", api.name));
    let lists_users = by_users.iter().any(|name| operation(name).is_some());
    if lists_users != api.users.is_some() {
        found.push(format!("the model lists its users: {lists_users}"));
    }
    let status = final_status(api.document);
    if status.is_some_and(|status| status != api.deployed_status) {
        found.push(format!("the final status is {status:?}"));
    }
    found
}

fn compare_request(request: &Request, model: &Operation, found: &mut Vec<String>) {
    let name = &request.operation;
    let mut check = |what: &str, sent: &str, expected: &str| {
        if sent != expected {
            found.push(format!("{what} of {name} is {sent}, not {expected}"));
        }
    };
    let method = format!("{:?}", request.method).to_uppercase();
    check("the method", &method, &model.method);
    let (path, fixed) = model.path.split_once('?').unwrap_or((&model.path, ""));
    let sent = format!("/2020-05-31/{}", request.path.replace("%2A", "*"));
    check("the path", &sent, path);
    let mut expected: Vec<&str> = fixed
        .split('=')
        .take(1)
        .filter(|it| !it.is_empty())
        .collect();
    expected.extend(model.query.iter().map(String::as_str));
    // The request for the first page has no marker.
    expected.retain(|parameter| *parameter != "Marker");
    let sent: Vec<&str> = request.query.iter().map(|(name, _)| &**name).collect();
    check("the query", &sent.join("&"), &expected.join("&"));
    let sent = request.if_match.iter().map(|_| "If-Match");
    let sent: Vec<&str> = sent.collect();
    check("the headers", &sent.join(", "), &model.headers.join(", "));
    let sent = request.body.as_ref().map(Element::name);
    let expected = model.body.as_deref();
    check(
        "the document",
        sent.unwrap_or("none"),
        expected.unwrap_or("none"),
    );
    if let (Some(body), Some(root)) = (&request.body, expected)
        && root.ends_with("WithTags")
    {
        let model = shape(root).members.keys().map(String::as_str);
        let sent: Vec<&str> = body.children().iter().map(Element::name).collect();
        let expected: Vec<&str> = model.collect();
        check("the document", &sent.join(", "), &expected.join(", "));
    }
}

/// Compares the members and headers that the engine reads.
fn compare_responses(api: &ResourceApi, found: &mut Vec<String>) {
    let resource = shape(api.document);
    for member in ["Id", api.config] {
        if !resource.members.contains_key(member) {
            found.push(format!("a {} has no {member}", api.document));
        }
    }
    let mut requests = vec![
        format!("Get{}", api.document),
        format!("Create{}", api.name),
    ];
    if api.lifecycle == Lifecycle::Managed {
        requests.push(format!("Update{}", api.name));
    }
    for name in requests {
        let model = operation(&name).unwrap();
        if model.response.as_deref() != Some(api.document) {
            found.push(format!("{name} returns {:?}", model.response));
        }
        let has_etag = model.response_headers.iter().any(|it| it == "ETag");
        if has_etag != (api.lifecycle == Lifecycle::Managed) {
            found.push(format!("{name} returns an ETag: {has_etag}"));
        }
    }
    let list = operation(&format!("List{}", api.list_name)).unwrap();
    let list = shape(list.response.as_ref().unwrap());
    let summary = list.summary().unwrap();
    let nested = summary.members.get(api.document);
    if nested.is_some() != (api.list_item == ListItem::Resource) {
        found.push(format!(
            "a list item has a {}: {}",
            api.document,
            nested.is_some()
        ));
    }
    let item = nested.map_or(summary, |member| shape(&member.shape));
    if !item.members.contains_key("Id") || !list.members.contains_key("NextMarker") {
        found.push("a list has no ids or no markers".into());
    }
    let revision = most_precise_revision(api, item);
    if !is_same_revision(api.revision, &revision) {
        found.push(format!("a list has {revision:?}, not {:?}", api.revision));
    }
}

/// Compares the immutable members. The model has an error for their change, and does not name them in a form that can be parsed.
fn compare_immutable(api: &ResourceApi, found: &mut Vec<String>) {
    let members = &shape(api.config).members;
    let unknown = api
        .immutable
        .iter()
        .filter(|it| !members.contains_key(**it));
    found.extend(unknown.map(|it| format!("{} has no {it}", api.config)));
    let error = format!("CannotChangeImmutable{}Fields", api.name);
    let errors = &ERRORS["operations"][format!("Update{}", api.name)]["errors"];
    let has_error = errors
        .as_array()
        .is_some_and(|it| it.contains(&json!(error)));
    if has_error == api.immutable.is_empty() {
        found.push(format!("an update returns {error}: {has_error}"));
    }
}

/// What shows in a list that a resource has changed, as a list of members. An ETag is as good as a configuration of texts, and a time with a
/// precision of milliseconds is less than both.
fn most_precise_revision(api: &ResourceApi, item: &Shape) -> Vec<String> {
    let config = shape(api.config).members.keys();
    let config: Vec<String> = config
        .filter(|name| *name != "CallerReference")
        .cloned()
        .collect();
    if operation(&format!("Update{}", api.name)).is_none() {
        vec![]
    } else if item.members.contains_key("ETag") {
        vec!["ETag".into()]
    } else if config.iter().all(|it| is_text(item, it)) {
        config
    } else {
        assert!(shape(api.document).members.contains_key("LastModifiedTime"));
        assert!(item.members.contains_key("LastModifiedTime"));
        vec!["LastModifiedTime".into()]
    }
}

/// Whether a structure has a member without members of its own.
fn is_text(structure: &Shape, member: &str) -> bool {
    let member = structure.members.get(member);
    member.is_some_and(|it| matches!(shape(&it.shape).form(), Form::Leaf(_)))
}

fn is_same_revision(revision: ListRevision, members: &[String]) -> bool {
    match revision {
        ListRevision::ETag => members == ["ETag"],
        ListRevision::LastModified => members == ["LastModifiedTime"],
        ListRevision::Members(own) => members == own,
        ListRevision::Constant => members.is_empty(),
    }
}

/// Returns the first of two values that the row does not have.
fn other(own: &str, values: [&'static str; 2]) -> &'static str {
    let [first, second] = values;
    if own == first { second } else { first }
}

/// Returns a copy of a row with a change of a field, and the name of the field.
fn changed(
    api: &ResourceApi,
    field: &'static str,
    change: &dyn Fn(&mut ResourceApi),
) -> (&'static str, ResourceApi) {
    let mut copy = *api;
    change(&mut copy);
    (field, copy)
}

/// Returns copies of a row with one false name each.
fn falsified_names(api: &ResourceApi) -> Vec<(&'static str, ResourceApi)> {
    let row = |field, change: &dyn Fn(&mut ResourceApi)| changed(api, field, change);
    vec![
        row("name", &|it| {
            it.name = other(api.name, ["CachePolicy", "KeyGroup"]);
        }),
        row("document", &|it| {
            it.document = other(api.document, ["CachePolicy", "KeyGroup"]);
        }),
        row("list_name", &|it| {
            it.list_name = other(api.list_name, ["CachePolicies", "KeyGroups"]);
        }),
        row("collection", &|it| {
            it.collection = other(api.collection, ["cache-policy", "key-group"]);
        }),
        row("config", &|it| {
            it.config = other(api.config, ["CachePolicyConfig", "KeyGroupConfig"]);
        }),
    ]
}

/// Returns copies of a row with one false field each, and the names of these fields.
fn falsified(api: &ResourceApi) -> Vec<(&'static str, ResourceApi)> {
    let ResourceApi {
        name: _,
        document: _,
        list_name: _,
        collection: _,
        config: _,
        lifecycle,
        identity,
        additional_name,
        immutable,
        revision,
        list_item,
        list_query,
        update,
        deployed_status: _,
        users,
        supports_tags,
    } = *api;
    let row = |field, change: &dyn Fn(&mut ResourceApi)| changed(api, field, change);
    let mut rows = falsified_names(api);
    rows.extend([
        row("lifecycle", &|it| {
            it.lifecycle = match lifecycle {
                Lifecycle::Managed => Lifecycle::OneShot,
                Lifecycle::OneShot => Lifecycle::Managed,
            };
        }),
        row("identity", &|it| {
            it.identity = match identity {
                Identity::CallerReference => Identity::UniqueName {
                    member: "Comment",
                    max_length: 64,
                },
                Identity::UniqueName { .. } => Identity::CallerReference,
            };
        }),
        row("additional_name", &|it| {
            it.additional_name = match additional_name {
                None => Some(NameMember {
                    member: "Name",
                    max_length: 64,
                }),
                Some(_) => None,
            };
        }),
        row("immutable", &|it| {
            it.immutable = match immutable {
                [] => &["CallerReference"],
                _ => &[],
            };
        }),
        row("users", &|it| {
            it.users = match users {
                None => Some(UsersList {
                    operation: "ListDistributionsByKeyGroup",
                    collection: "distributionsByKeyGroupId",
                }),
                Some(_) => None,
            };
        }),
        row("supports_tags", &|it| it.supports_tags = !supports_tags),
        row("list_item", &|it| {
            it.list_item = match list_item {
                ListItem::Summary => ListItem::Resource,
                ListItem::Resource => ListItem::Summary,
            };
        }),
        row("list_query", &|it| {
            it.list_query = match list_query {
                [] => &[("Type", "custom")],
                _ => &[],
            };
        }),
    ]);
    if lifecycle == Lifecycle::Managed {
        rows.push(row("update", &|it| {
            it.update = match update {
                UpdatePath::Config => UpdatePath::Resource,
                UpdatePath::Resource => UpdatePath::Config,
            };
        }));
    }
    let revisions = [
        ListRevision::ETag,
        ListRevision::LastModified,
        ListRevision::Members(&["Comment"]),
        ListRevision::Members(&["Comment", "Enabled"]),
        ListRevision::Constant,
    ];
    for other in revisions.into_iter().filter(|other| *other != revision) {
        rows.push(row("revision", &|it| it.revision = other));
    }
    // The engine does not read the status of a resource that has none.
    if final_status(api.document).is_some() {
        rows.push(row("deployed_status", &|it| it.deployed_status = "Ready"));
    }
    rows
}

#[test]
fn each_row_has_the_operations_and_members_of_the_model() {
    for entry in kinds() {
        assert_eq!(
            differences(entry.api),
            Vec::<String>::new(),
            "{}",
            entry.kind
        );
    }
}

#[test]
fn a_row_with_a_false_field_differs_from_the_model() {
    for entry in kinds() {
        for (field, row) in falsified(entry.api) {
            let found = differences(&row);
            assert!(!found.is_empty(), "{}: {field} in {row:?}", entry.kind);
        }
    }
}
