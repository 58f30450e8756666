//! Generates the parts of the pages that list the kinds.

use cloudfront_operator::{
    engine::{DocumentForm, Identity, KindDefinition, UpdatePath},
    operator::{kind_names, kinds},
};
use serde_json::Value;
use std::{collections::BTreeSet, fs, path::Path};

/// The address of the pages that `llms.txt` lists.
const RAW: &str =
    "https://raw.githubusercontent.com/cloudfront-operator/cloudfront-operator/main/docs/";

/// The kinds of API version 2016-01-13, about which the pages are written by hand.
const KINDS_OF_2016: [&str; 4] = [
    "Distribution",
    "Invalidation",
    "OriginAccessIdentity",
    "StreamingDistribution",
];

const PLAIN_TEST: &str =
    "each_kind::an_object_without_tags_is_created_renamed_corrected_and_deleted";
const CODE_TEST: &str =
    "functions::a_function_is_published_after_its_tests_and_a_distribution_waits_for_it";
const CONFLICT_TEST: &str = "unique_names::two_objects_with_the_same_name_never_share_a_resource";

const USERS_TEST: &str = "external_users::a_deletion_names_the_distributions_that_no_object_explains_and_lists_them_once";

const TAKEN_NAME_TEST: &str =
    "public_key::a_key_with_the_name_of_another_one_is_not_created_and_names_it";

/// Returns the kinds that API version 2016-01-13 does not have.
pub(crate) fn newer_kinds() -> impl Iterator<Item = &'static KindDefinition> {
    let kinds = kinds().into_iter();
    kinds.filter(|it| !KINDS_OF_2016.contains(&it.kind))
}

/// Replaces the text between two texts, the first of which occurs once.
fn between(text: &str, start: &str, end: &str, new: &str) -> String {
    let (before, rest) = text.split_once(start).expect("the page has the start");
    let at = rest.find(end).expect("the page has the end");
    [before, start, new, &rest[at..]].concat()
}

fn reference_links(separator: &str) -> String {
    let links = kind_names()
        .into_iter()
        .map(|kind| format!("[{kind}](reference/{}.md)", kind.to_lowercase()));
    links.collect::<Vec<_>>().join(separator)
}

/// Returns the table of contents with the reference page of each kind.
pub(crate) fn summary(present: &str) -> String {
    let links = reference_links("\n- ");
    between(present, "# Reference\n\n- ", "\n- [Command line]", &links)
}

/// Returns the list of pages for programs, which follows from the table of contents.
pub(crate) fn llms(present: &str, summary: &str) -> String {
    let names = kind_names();
    let (last, others) = names.split_last().expect("there are kinds");
    let names = format!("{} and {last}", others.join(", "));
    let introduced = between(present, "the custom resources ", " (group", &names);
    let (_, chapters) = summary
        .split_once("[Overview](README.md)\n")
        .expect("the summary begins with the overview");
    let chapters = chapters.replace("\n# ", "\n## ");
    let chapters = chapters.replace("](", &format!("]({RAW}"));
    let chapters = format!("{chapters}\n");
    between(
        &introduced,
        &format!("- [Overview]({RAW}README.md)\n"),
        "## Other files",
        &chapters,
    )
}

/// Returns the overview with the reference page of each kind.
pub(crate) fn overview(present: &str) -> String {
    between(present, "reference of ", " |", &reference_links(", "))
}

/// Returns the page of IAM policies with the files of each kind.
pub(crate) fn iam(present: &str) -> String {
    let row = |entry: &KindDefinition| {
        let file = |suffix: &str| {
            let name = format!("iam/{}{suffix}", entry.kind.to_lowercase());
            format!("[JSON]({name}.json), [CloudFormation]({name}.yaml), [Terraform]({name}.tf)")
        };
        format!(
            "| `{}` | {} | {} |\n",
            entry.kind,
            file(""),
            file("-read-only")
        )
    };
    let rows: String = kinds().into_iter().map(row).collect();
    let start = "(iam/policy-read-only.tf) |\n";
    between(present, start, "\nWith the program", &rows)
}

/// Returns the page of API methods with rows for each kind that API version 2016-01-13 does not have.
pub(crate) fn methods(present: &str) -> String {
    let rows: String = newer_kinds().map(method_rows).collect();
    let start = "crash::an_identity_edited_after_a_lost_create_response_is_found_by_its_caller_reference` |\n";
    between(present, start, "| `CreateInvalidation`", &rows)
}

/// Returns the method, the cause and the test of the list. `None`: CloudFront has none.
fn list_row(entry: &KindDefinition) -> Option<(String, String, &'static str)> {
    let (list_cause, list_test) = match entry.api.identity {
        Identity::UniqueName { .. } => (
            "You create objects with a `name`: one list before them shows whether another owner has it",
            CONFLICT_TEST,
        ),
        Identity::CallerReference if entry.api.additional_name.is_none() => (
            "A response is lost: a list shows which resource exists",
            PLAIN_TEST,
        ),
        Identity::CallerReference => (
            "CloudFront rejects a create because of its `name`, or a response is lost: a list shows which resource exists",
            TAKEN_NAME_TEST,
        ),
        Identity::UniqueText { .. } => (
            "One list before a create shows whether another owner has the staging distribution",
            CONFLICT_TEST,
        ),
        Identity::Parent { .. } => return None,
    };
    let cause = format!("one list serves all objects, at every resync. {list_cause}");
    Some((format!("List{}", entry.api.list_name?), cause, list_test))
}

fn method_rows(entry: &KindDefinition) -> String {
    let (kind, name) = (entry.kind, entry.api.name);
    let (document, config) = (entry.api.document, entry.api.config);
    let article = if kind.starts_with(['A', 'E', 'I', 'O']) {
        "an"
    } else {
        "a"
    };
    let get = match entry.api.code {
        Some(_) => format!("Describe{name}"),
        None => format!("{}{document}", entry.api.read_verb),
    };
    let second_get = match entry.api.code {
        Some(_) => Some((
            format!("Get{name}"),
            "the same: it returns the code".into(),
            CODE_TEST,
        )),
        None if entry.api.form == DocumentForm::Nested => Some((
            format!("Get{config}"),
            format!("never: `{get}` returns the same and more"),
            "",
        )),
        None => None,
    };
    let get_cause = match (entry.api.list_name, entry.api.has_etags()) {
        (None, _) => {
            "CloudFront has no list, so each is read at every resync, before a create and before an update"
        }
        (_, true) => "it was changed externally, or you set the annotation",
        (_, false) => {
            "it was changed externally, you set the annotation, or an update follows, which has no ETag"
        }
    };
    let plain_test = entry.api.code.map_or(PLAIN_TEST, |_| CODE_TEST);
    let is_update_a_create = entry.api.update == UpdatePath::Create;
    let update = "you edit the object, or it was changed externally";
    let create_cause = if is_update_a_create {
        format!("you apply {article} `{kind}`, {update}")
    } else {
        format!("you apply {article} `{kind}`")
    };
    let reads = [
        (format!("Create{name}"), create_cause, plain_test),
        (get, get_cause.into(), plain_test),
    ];
    let update = (format!("Update{name}"), update.into(), plain_test);
    let update = Some(update).filter(|_| !is_update_a_create);
    let in_use = entry.api.list_name.map_or("", |_| {
        "; CloudFront rejects the call while another resource uses this one, and the operator waits"
    });
    let delete = (
        format!("Delete{name}"),
        format!("you delete the object{in_use}"),
        plain_test,
    );
    let rows = update.into_iter().chain([delete]).chain(list_row(entry));
    let users = entry.api.users.map(|users| {
        let cause = "CloudFront rejects a deletion because of distributions that no object explains: the message names them";
        (users.operation.to_owned(), cause.to_owned(), USERS_TEST)
    });
    let publication = entry.api.code.map(|_| {
        let publish = "the code differs from the published one, and its tests succeed";
        let test = "once for each version and each test of the spec, before the publication";
        [("Publish", publish), ("Test", test)]
            .map(|(verb, cause)| (format!("{verb}{name}"), cause.to_owned(), CODE_TEST))
    });
    let publication = publication.into_iter().flatten();
    let lines = reads
        .into_iter()
        .chain(second_get)
        .chain(rows)
        .chain(publication)
        .chain(users)
        .map(|(method, cause, test)| {
            let test = if test.is_empty() {
                "–".to_owned()
            } else {
                format!("`{test}`")
            };
            format!("| `{method}` | {cause} | {test} |\n")
        });
    lines.collect()
}

/// Returns the page of errors with the codes for a resource that does not exist.
pub(crate) fn errors(present: &str) -> String {
    let model = "crates/cloudfront-simulator/model/cloudfront.json";
    let model = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(model));
    let model: Value = serde_json::from_str(&model.expect("the model exists")).expect("it is JSON");
    let mut codes = BTreeSet::from(["NoSuchResource".to_owned()]);
    for entry in kinds() {
        let get = entry.api.get_request(entry.api.collection, "*").operation;
        let errors = &model["operations"][&*get]["errors"];
        let errors = errors.as_array().into_iter().flatten();
        let names = errors.filter_map(Value::as_str).map(str::to_owned);
        let is_absent = |it: &String| it.starts_with("NoSuch") || it == "EntityNotFound";
        codes.extend(names.filter(is_absent));
    }
    // It has a heading.
    codes.remove("NoSuchDistribution");
    let codes: Vec<String> = codes
        .iter()
        .map(|code| format!("<a id=\"{}\"></a>`{code}`", code.to_lowercase()))
        .collect();
    between(present, "\nThe same for: ", ".\n", &codes.join(", "))
}

/// Returns the page of examples with those that are named after their kinds and that no other section has.
pub(crate) fn examples(present: &str) -> String {
    let (heading, end) = ("## Manage other resources\n\n", "\n## ");
    let rest = between(present, heading, end, "");
    let mut rows = String::new();
    for kind in kind_names() {
        let name = super::chart::example_file(kind);
        if !rest.contains(&format!("]({name})")) {
            let row = format!("| [{name}]({name}) | {} |\n", example_summary(&name));
            rows.push_str(&row);
        }
    }
    let table = format!("| file | what it is |\n| --- | --- |\n{rows}");
    between(present, heading, end, &table)
}

/// Returns the first sentence of the comment at the beginning of an example.
fn example_summary(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("examples")
        .join(name);
    let text = fs::read_to_string(&path).unwrap_or_default();
    let lines = text.lines().map_while(|line| line.strip_prefix("# "));
    let comment = lines.collect::<Vec<_>>().join(" ");
    let sentence = comment.split(". ").next().unwrap_or_default();
    assert!(
        !sentence.is_empty(),
        "{} needs a comment at its beginning",
        path.display()
    );
    sentence.trim_end_matches('.').to_owned()
}
