//! Copies of rows with one false field each, which the comparison with the service model must find.

use super::service_model::final_status;
use cloudfront_operator::engine::{
    Addressing, DocumentForm, FlatDocuments, Identity, Lifecycle, ListItem, ListRevision,
    NameMember, ResourceApi, TagSupport, UpdatePath, UsersList,
};

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

/// Returns another form of the documents.
fn other_form(form: DocumentForm) -> DocumentForm {
    match form {
        DocumentForm::Nested => DocumentForm::Flat(FlatDocuments {
            element: None,
            config: &["Name"],
            assigned: &[("Name", "Id"), ("LastModifiedTime", "LastModifiedTime")],
        }),
        DocumentForm::Flat(_) => DocumentForm::Nested,
    }
}

/// Returns another way to name a resource.
fn other_addressing(addressing: Addressing) -> Addressing {
    match addressing {
        Addressing::Path => Addressing::Document {
            get: "get-realtime-log-config",
            delete: "delete-realtime-log-config",
        },
        Addressing::Document { .. } => Addressing::Path,
    }
}

/// Returns copies of a row with one false name each.
fn falsified_names(api: &ResourceApi) -> Vec<(&'static str, ResourceApi)> {
    let row = |field, change: &dyn Fn(&mut ResourceApi)| changed(api, field, change);
    // Code has requests of its own, which read the resource as well.
    let read = api.code.is_none().then(|| {
        row("read_verb", &|it| {
            it.read_verb = other(api.read_verb, ["Get", "Describe"]);
        })
    });
    let names = [
        row("name", &|it| {
            it.name = other(api.name, ["CachePolicy", "KeyGroup"]);
        }),
        row("document", &|it| {
            it.document = other(api.document, ["CachePolicy", "KeyGroup"]);
        }),
        row("list_name", &|it| {
            let own = api.list_name.unwrap_or_default();
            it.list_name = Some(other(own, ["CachePolicies", "KeyGroups"]));
        }),
        row("collection", &|it| {
            it.collection = other(api.collection, ["cache-policy", "key-group"]);
        }),
        row("config", &|it| {
            it.config = other(api.config, ["CachePolicyConfig", "KeyGroupConfig"]);
        }),
    ];
    names.into_iter().chain(read).collect()
}

/// Returns copies of a row with one false fact each about the documents, the tags and the code.
fn falsified_forms(api: &ResourceApi) -> Vec<(&'static str, ResourceApi)> {
    let (tags, form, code, addressing) = (api.tags, api.form, api.code, api.addressing);
    let row = |field, change: &dyn Fn(&mut ResourceApi)| changed(api, field, change);
    vec![
        row("create_only", &|it| {
            it.create_only = match api.create_only {
                [] => &["Comment"],
                _ => &[],
            };
        }),
        row("tags", &|it| {
            it.tags = match tags {
                TagSupport::None => TagSupport::Member,
                TagSupport::OwnOperation | TagSupport::Member => TagSupport::None,
            };
        }),
        row("form", &|it| it.form = other_form(form)),
        row("addressing", &|it| {
            it.addressing = other_addressing(addressing);
        }),
        row("code", &|it| {
            it.code = match code {
                None => Some("Comment"),
                Some(_) => None,
            };
        }),
    ]
}

/// Returns copies of a row with another text that identifies resources, if the row names one.
fn falsified_text(api: &ResourceApi) -> Option<(&'static str, ResourceApi)> {
    let (fact, other) = match api.identity {
        Identity::UniqueText { field, noun, .. } => {
            let path = &["TrafficConfig", "Items", "DnsName"];
            ("path", Identity::UniqueText { path, field, noun })
        }
        Identity::Parent { .. } => ("member", Identity::Parent { member: "Id" }),
        Identity::CallerReference | Identity::UniqueName { .. } => return None,
    };
    Some(changed(api, fact, &|it| it.identity = other))
}

/// Returns copies of a row of a family with a list, with one false fact each about that list.
fn falsified_lists(api: &ResourceApi) -> Vec<(&'static str, ResourceApi)> {
    let (list_item, list_query) = (api.list_item, api.list_query);
    let row = |field, change: &dyn Fn(&mut ResourceApi)| changed(api, field, change);
    vec![
        row("list_name", &|it| it.list_name = None),
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
    ]
}

/// Returns copies of a row with each false revision.
fn falsified_revisions(api: &ResourceApi) -> Vec<(&'static str, ResourceApi)> {
    let revisions = [
        ListRevision::ETag,
        ListRevision::LastModified,
        ListRevision::Members(&["Comment"]),
        ListRevision::Members(&["Comment", "Enabled"]),
        ListRevision::Configuration,
        ListRevision::Constant,
    ];
    let others = revisions.into_iter().filter(|it| *it != api.revision);
    others
        .map(|other| changed(api, "revision", &|it| it.revision = other))
        .collect()
}

/// Returns copies of a row with one false field each, and the names of these fields.
pub(super) fn falsified(api: &ResourceApi) -> Vec<(&'static str, ResourceApi)> {
    let ResourceApi {
        name: _,
        document: _,
        read_verb: _,
        list_name,
        collection: _,
        config: _,
        lifecycle,
        identity,
        additional_name,
        immutable,
        create_only: _,
        revision: _,
        list_item: _,
        list_query: _,
        update,
        // The model does not name the status of a deployment.
        deploying_status: _,
        deployed_status: _,
        users,
        tags: _,
        form: _,
        addressing: _,
        code: _,
        // The pairs have a service of their own.
        has_pairs: _,
        has_staging: _,
    } = *api;
    let row = |field, change: &dyn Fn(&mut ResourceApi)| changed(api, field, change);
    let mut rows = falsified_names(api);
    rows.extend(falsified_forms(api));
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
                _ => Identity::CallerReference,
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
        row("has_staging", &|it| it.has_staging = !it.has_staging),
        row("users", &|it| {
            it.users = match users {
                None => Some(UsersList {
                    operation: "ListDistributionsByKeyGroup",
                    collection: "distributionsByKeyGroupId",
                }),
                Some(_) => None,
            };
        }),
    ]);
    if list_name.is_some() {
        rows.extend(falsified_lists(api));
    }
    rows.extend(falsified_text(api));
    if lifecycle == Lifecycle::Managed {
        rows.push(row("update", &|it| {
            it.update = match update {
                UpdatePath::Config => UpdatePath::Resource,
                UpdatePath::Resource | UpdatePath::Collection | UpdatePath::Create => {
                    UpdatePath::Config
                }
            };
        }));
    }
    rows.extend(falsified_revisions(api));
    // The engine does not read the status of a resource that has none.
    if final_status(api.document).is_some() {
        rows.push(row("deployed_status", &|it| it.deployed_status = "Ready"));
    }
    rows
}
