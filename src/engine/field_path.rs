//! Whether a path in `spec.driftIgnore` names a field of the kind.

use crate::engine::{api::policy::ManagementSpec, definition::KindDefinition};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    JSONSchemaProps, JSONSchemaPropsOrArray, JSONSchemaPropsOrBool,
};
use parking_lot::Mutex;
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, LazyLock},
};

/// The specs of the kinds. A kind's schema is built once: that takes longer than the rest of a reconciliation.
static SPECS: LazyLock<Mutex<HashMap<&'static str, Arc<Field>>>> = LazyLock::new(Mutex::default);

/// The part of a schema on which a path depends.
#[derive(Default)]
struct Field {
    /// The fields that are compared with CloudFront.
    fields: BTreeMap<String, Field>,
    /// The items of a list, or the values of a map.
    item: Option<Box<Field>>,
}

/// Why a path names no field.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("spec.driftIgnore has {path:?}, which names no field: {fix}.")]
pub struct UnknownField {
    path: String,
    fix: String,
}

/// Checks paths in the notation of `status.drift`, such as `origins[api].customHeaders`, against the schema of the kind.
pub fn check_field_paths(
    definition: &KindDefinition,
    paths: &[String],
) -> Result<(), UnknownField> {
    if paths.is_empty() {
        return Ok(());
    }
    let spec = spec(definition);
    paths.iter().try_for_each(|path| {
        resolve(&spec, path).map_err(|fix| UnknownField {
            path: path.clone(),
            fix,
        })
    })
}

/// Returns the path without the labels of items: `origins[].customHeaders` for `origins[api].customHeaders`.
pub(crate) fn without_labels(path: &str) -> String {
    let mut parts = path.split('[');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |path, part| {
        let after = part.split_once(']').map_or("", |(_, after)| after);
        path + "[]" + after
    })
}

/// Returns the spec without the operator's own fields.
fn spec(definition: &KindDefinition) -> Arc<Field> {
    let mut specs = SPECS.lock();
    let spec = specs.entry(definition.kind);
    spec.or_insert_with(|| {
        Arc::new(spec_schema(definition).map_or_else(Field::default, |it| Field::of(&it)))
    })
    .clone()
}

fn spec_schema(definition: &KindDefinition) -> Option<JSONSchemaProps> {
    let version = (definition.derived_crd)().spec.versions.pop()?;
    let root = version.schema?.open_api_v3_schema?;
    let mut spec = root.properties?.remove("spec")?;
    let own = schemars::schema_for!(ManagementSpec);
    let own = own.get("properties").and_then(|it| it.as_object());
    let is_own = |name: &str| own.is_some_and(|own| own.contains_key(name));
    if let Some(fields) = &mut spec.properties {
        fields.retain(|name, _| !is_own(name));
    }
    Some(spec)
}

impl Field {
    fn of(schema: &JSONSchemaProps) -> Self {
        let fields = schema.properties.iter().flatten();
        let compared = fields.filter(|(name, _)| is_compared(name));
        let item = match (&schema.items, &schema.additional_properties) {
            (Some(JSONSchemaPropsOrArray::Schema(item)), _)
            | (_, Some(JSONSchemaPropsOrBool::Schema(item))) => Some(item),
            _ => None,
        };
        Self {
            fields: compared
                .map(|(name, schema)| (name.clone(), Self::of(schema)))
                .collect(),
            item: item.map(|item| Box::new(Self::of(item))),
        }
    }
}

/// Whether a field is compared with CloudFront. A reference or a source of a value is not: its value is, in another field.
fn is_compared(name: &str) -> bool {
    !name.ends_with("Ref") && !name.ends_with("From")
}

/// Follows a path from the spec. Returns how to correct a path that leads nowhere.
fn resolve(spec: &Field, path: &str) -> Result<(), String> {
    let (mut field, mut rest) = (spec, path);
    loop {
        let done = &path[..path.len() - rest.len()];
        let (name, after) = rest.split_at(rest.find(['.', '[']).unwrap_or(rest.len()));
        let named = field.fields.get(name);
        field = named.ok_or_else(|| suggestion(field, done))?;
        rest = after;
        if let Some(label) = rest.strip_prefix('[') {
            let done = &path[..path.len() - rest.len()];
            let item = field.item.as_deref();
            field = item.ok_or_else(|| format!("{done} is not a list"))?;
            let (_, after) = label.split_once(']').ok_or("a ] is missing")?;
            rest = after;
        }
        let done = &path[..path.len() - rest.len()];
        match rest.strip_prefix('.') {
            None if rest.is_empty() => return Ok(()),
            Some(_) if field.item.is_some() => {
                return Err(format!(
                    "{done} is a list, so name an item: {done}[…]{rest}"
                ));
            }
            Some(next) => rest = next,
            None => return Err(format!("{done} is not a list of lists")),
        }
    }
}

/// Returns the fields that may follow the part of a path before the unknown name.
fn suggestion(field: &Field, done: &str) -> String {
    let names: Vec<&str> = field.fields.keys().map(String::as_str).collect();
    match done.trim_end_matches('.') {
        "" => format!("use one of {}", names.join(", ")),
        done if names.is_empty() => format!("{done} has no fields"),
        done => format!("the fields of {done} are {}", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::check_field_paths;
    use crate::engine::Kind;
    use crate::kinds::{
        distribution::Distribution, origin_access_identity::OriginAccessIdentity,
        streaming_distribution::StreamingDistribution,
    };

    fn distribution(path: &str) -> Result<(), String> {
        check_field_paths(Distribution::DEFINITION, &[path.to_owned()])
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_path_of_a_field_a_list_an_item_or_a_tag_is_accepted() {
        for path in [
            "webACLId",
            "logging",
            "logging.bucket",
            "aliases",
            "aliases[www.example.com]",
            "origins[api]",
            "origins[api].customHeaders[X-Key].headerValue",
            "cacheBehaviors[/api/*.json].lambdaFunctionAssociations",
            "restrictions.geoRestriction.items[DE]",
            "tags",
            "tags[team]",
        ] {
            assert_eq!(distribution(path), Ok(()), "{path}");
        }
        assert_eq!(
            check_field_paths(OriginAccessIdentity::DEFINITION, &["comment".into()]),
            Ok(())
        );
        let path = "s3Origin.domainName".to_owned();
        assert_eq!(
            check_field_paths(StreamingDistribution::DEFINITION, &[path]),
            Ok(())
        );
    }

    #[test]
    fn a_path_of_no_field_is_refused_with_the_correction() {
        for (path, fix) in [
            ("webAclId", "use one of aliases, anycastIpListId, "),
            (
                "logging.buckett",
                "the fields of logging are bucket, enabled, ",
            ),
            ("logging[x]", "logging is not a list"),
            ("comment.text", "comment has no fields"),
            (
                "origins.domainName",
                "origins is a list, so name an item: origins[…].domainName",
            ),
            ("aliases[a][b]", "aliases[a] is not a list of lists"),
            ("driftPolicy", "use one of aliases, "),
            (
                "origins[api].s3OriginConfig.originAccessIdentityRef",
                "the fields of origins[api].s3OriginConfig are originAccessIdentity",
            ),
        ] {
            let error = distribution(path).expect_err(path);
            let expected = format!("spec.driftIgnore has {path:?}, which names no field: {fix}");
            assert!(
                error.starts_with(&expected) && error.ends_with('.'),
                "{error}"
            );
        }
    }
}
