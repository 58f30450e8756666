//! Each `ResourceApi` builds the requests of the model's operations, and reads members that the model's responses have.

use super::{
    falsified_rows::falsified,
    service_model::{Form, Operation, Shape, final_status, list_of, operation, shape},
};
use cloudfront_operator::{
    cloudfront::{Request, Service},
    engine::{
        Addressing, DocumentForm, FlatDocuments, Identity, Lifecycle, ListItem, ListRevision,
        ResourceApi, TagSupport, UpdatePath,
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
    let own = |it: &Request| it.service == Service::CloudFront;
    for request in api.operations().into_iter().filter(own) {
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
    compare_identity(api, &mut found);
    let members = &shape(api.config).members;
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
    let is_managed = operation(&format!("Delete{}", api.name)).is_some();
    if is_managed != (api.lifecycle == Lifecycle::Managed) {
        found.push(format!("the model has a deletion: {is_managed}"));
    }
    let has_update = operation(&format!("Update{}", api.name)).is_some();
    if is_managed && has_update != (api.update != UpdatePath::Create) {
        found.push(format!("the model has an update: {has_update}"));
    }
    let tags = tag_support(api);
    if tags != api.tags {
        found.push(format!("the tags of the model are {tags:?}"));
    }
    let has_code = operation(&format!("Publish{}", api.name)).is_some();
    if has_code != api.code.is_some() {
        found.push(format!("the model publishes it: {has_code}"));
    }
    let has_staging = operation(&format!("Update{}WithStagingConfig", api.name)).is_some();
    if has_staging != api.has_staging {
        found.push(format!("the model has staging resources: {has_staging}"));
    }
    found.extend(
        api.code
            .filter(|code| !members.contains_key(*code))
            .map(str::to_owned),
    );
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

/// Compares the member that identifies a resource. That of a parent is a parameter of the path.
fn compare_identity(api: &ResourceApi, found: &mut Vec<String>) {
    let is_member = |name: &str| shape(api.config).members.contains_key(name);
    let has_member = match api.identity {
        Identity::Parent { member } => {
            let create = operation(&format!("Create{}", api.name)).unwrap();
            create.parameters == [member]
        }
        Identity::UniqueText { path, .. } => has_text(api.config, path),
        other => other.member().is_some_and(is_member),
    };
    if !has_member {
        found.push(format!("{} has no {:?}", api.config, api.identity));
    }
}

/// Whether a structure has a path of members, whose last one is the item of a list.
fn has_text(structure: &str, path: &[&str]) -> bool {
    let (item, members) = path.split_last().unwrap();
    let list = members.iter().try_fold(shape(structure), |it, name| {
        it.members.get(*name).map(|member| shape(&member.shape))
    });
    list.is_some_and(|it| it.item.as_deref() == Some(*item))
}

/// How the model gives tags to a resource.
fn tag_support(api: &ResourceApi) -> TagSupport {
    let create = operation(&format!("Create{}", api.name));
    let is_member = |create: &Operation| create.members.iter().any(|it| it == "Tags");
    if operation(&format!("Create{}WithTags", api.name)).is_some() {
        TagSupport::OwnOperation
    } else if create.is_some_and(is_member) {
        TagSupport::Member
    } else {
        TagSupport::None
    }
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
    // The request for the first page has no marker, and lists have resources in each status.
    expected.retain(|parameter| !["Marker", "Status"].contains(parameter));
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
    match api.form {
        DocumentForm::Nested => {
            let resource = shape(api.document).members.keys();
            let resource: Vec<&str> = resource.map(String::as_str).collect();
            let missing = ["Id", api.config].into_iter();
            let missing = missing.filter(|it| !resource.contains(it));
            found.extend(missing.map(|it| format!("a {} has no {it}", api.document)));
        }
        DocumentForm::Flat(flat) => compare_flat(api, &flat, found),
    }
    let get = match api.code {
        Some(_) => format!("Describe{}", api.name),
        None => format!("{}{}", api.read_verb, api.document),
    };
    let mut requests = vec![get, format!("Create{}", api.name)];
    if api.lifecycle == Lifecycle::Managed && api.update != UpdatePath::Create {
        requests.push(format!("Update{}", api.name));
    }
    for name in requests {
        let Some(model) = operation(&name) else {
            found.push(format!("the model has no {name}"));
            continue;
        };
        if model.response.as_deref() != Some(api.document) {
            found.push(format!("{name} returns {:?}", model.response));
        }
        let is_etag = |it: &String| it == "ETag" || it == "ETtag";
        let has_etag = model.response_headers.iter().any(is_etag);
        if has_etag != (api.lifecycle == Lifecycle::Managed && api.has_etags()) {
            found.push(format!("{name} returns an ETag: {has_etag}"));
        }
    }
    compare_list(api, found);
}

fn compare_list(api: &ResourceApi, found: &mut Vec<String>) {
    let Some(list) = api.list_name else {
        if list_of(api.collection).is_some() {
            found.push("the model has a list".into());
        }
        if api.revision != ListRevision::Configuration {
            found.push("without a list, only the configuration is compared".into());
        }
        return;
    };
    let list = operation(&format!("List{list}")).unwrap();
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
    let has_id = match api.form {
        DocumentForm::Nested => item.members.contains_key("Id"),
        DocumentForm::Flat(_) => api.list_item == ListItem::Summary,
    };
    if !has_id || !list.members.contains_key("NextMarker") {
        found.push("a list has no ids or no markers".into());
    }
    let revision = most_precise_revision(api, item);
    if !is_same_revision(api.revision, &revision) {
        found.push(format!("a list has {revision:?}, not {:?}", api.revision));
    }
}

/// Compares the members of a response in the flat form. It has all of the configuration apart from the code, the tags and what only a create
/// sends.
fn compare_flat(api: &ResourceApi, flat: &FlatDocuments, found: &mut Vec<String>) {
    let resource = shape(api.document);
    let config = shape(api.config).members.keys().map(String::as_str);
    let separate = ["Tags", api.code.unwrap_or_default()];
    let is_separate = |it: &&str| separate.contains(it) || api.create_only.contains(it);
    let mut config: Vec<&str> = config.filter(|it| !is_separate(it)).collect();
    let mut own = flat.config.to_vec();
    config.sort_unstable();
    own.sort_unstable();
    if own != config || !own.iter().all(|it| resource.members.contains_key(*it)) {
        found.push(format!("the configuration has {config:?}"));
    }
    for (path, _) in flat.assigned {
        let (first, rest) = path.split_once('/').unwrap_or((path, ""));
        let member = resource.members.get(first);
        let has_member =
            member.is_some_and(|it| rest.is_empty() || shape(&it.shape).members.contains_key(rest));
        if !has_member {
            found.push(format!("a {} has no {path}", api.document));
        }
    }
    let has_time = api.revision == ListRevision::LastModified;
    let needed = [
        ("Id", !matches!(api.identity, Identity::Parent { .. })),
        ("LastModifiedTime", has_time),
        ("ARN", api.supports_tags()),
    ];
    for (name, is_needed) in needed {
        if is_needed && !flat.assigned.iter().any(|(_, it)| *it == name) {
            found.push(format!("{name} is not among the assigned members"));
        }
    }
    let create = operation(&format!("Create{}", api.name)).unwrap();
    let element = (!create.is_payload).then_some(api.document);
    if flat.element != element {
        found.push(format!("a response has the members in {element:?}"));
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
    if api.update == UpdatePath::Create {
        if !api.immutable.is_empty() || !api.create_only.is_empty() {
            found.push("an update is a create".into());
        }
        return;
    }
    if api.form != DocumentForm::Nested {
        let members = |verb| &operation(&format!("{verb}{}", api.name)).unwrap().members;
        let fixed = members("Create")
            .iter()
            .filter(|it| !members("Update").contains(it));
        let fixed = fixed.map(String::as_str).filter(|it| *it != "Tags");
        // A document that names the resource has the name in an update as well.
        let named = (api.addressing != Addressing::Path).then(|| api.identity.member().unwrap());
        let mut fixed: Vec<&str> = named.into_iter().chain(fixed).collect();
        let mut own = [api.immutable, api.create_only].concat();
        fixed.sort_unstable();
        own.sort_unstable();
        if fixed != own {
            found.push(format!("an update cannot have {fixed:?}"));
        }
        return;
    }
    found.extend(
        api.create_only
            .iter()
            .map(|it| format!("a response may have {it}")),
    );
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
    } else if api.form != DocumentForm::Nested {
        let members = config.iter().filter(|it| item.members.contains_key(*it));
        if members.count() == config.len() {
            return vec!["the configuration".into()];
        }
        vec!["LastModifiedTime".into()]
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
        ListRevision::Configuration => members == ["the configuration"],
        ListRevision::Constant => members.is_empty(),
    }
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
