//! The CustomResourceDefinition of a kind.

use crate::engine::{
    api::input::{InputField, InputSource, ValueFormat},
    columns,
    definition::KindDefinition,
    kind::Kind,
    resource_api::{Identity, Lifecycle, ResourceApi},
};
use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    CustomResourceDefinition, JSON, JSONSchemaProps, JSONSchemaPropsOrArray, JSONSchemaPropsOrBool,
    ValidationRule,
};
use serde_json::json;
use std::collections::BTreeMap;

/// Returns the CustomResourceDefinition of a kind: the definition that kube derives, with these changes.
///
/// - No field is `nullable` and no enum contains `null`: an explicit `null` would satisfy `has()` in a validation rule.
/// - Nothing in a list has a default. Server-side apply compares lists as a whole, so a list with defaults would always differ from its
///   manifest, and a second field manager would get a conflict. Deserialization fills in the same defaults.
/// - Managed resources have the [standard columns](columns::with_standard) beside those of the kind.
/// - A description is one paragraph, since `kubectl explain` would keep the line breaks of the source.
/// - `status` has a default with `Ready` as `Unknown` from the first moment: kstatus treats an object without conditions as ready.
/// - `status` lacks the fields that the kind does not use.
/// - The description of the root is that of the spec.
/// - Validation rules reject a field of [`Kind::INPUTS`] beside a sibling that replaces its value, and two such siblings.
/// - A validation rule rejects an `adoptId` that differs from the id in the status, and another one that of a resource of
///   [`Kind::MANAGED_BY_AWS`].
/// - A validation rule rejects control characters in each text of the spec without rules of its own. No text of CloudFront has them, and
///   most of them cannot be written as XML.
pub fn crd<K: Kind>() -> CustomResourceDefinition {
    K::DEFINITION.crd()
}

impl KindDefinition {
    /// Returns the CustomResourceDefinition as shipped: see [`crd`].
    pub fn crd(&self) -> CustomResourceDefinition {
        let mut crd = (self.derived_crd)();
        for version in &mut crd.spec.versions {
            let Some(root) = version
                .schema
                .as_mut()
                .and_then(|s| s.open_api_v3_schema.as_mut())
            else {
                continue;
            };
            normalize_schema(root, false);
            let properties = root.properties.get_or_insert_default();
            if let Some(status) = properties.get_mut("status") {
                let fields = status.properties.get_or_insert_default();
                if self.api.lifecycle == Lifecycle::Managed {
                    let own = version.additional_printer_columns.take();
                    let own = own.unwrap_or_default();
                    let all = columns::with_standard(&own, fields.contains_key("status"));
                    version.additional_printer_columns = Some(all);
                }
                status.description = Some("State of the CloudFront resource and its differences from the spec. The operator writes it.".into());
                status.default = Some(JSON(default_status()));
                fields.retain(|name, _| !unused_status_fields(self.api).contains(&name.as_str()));
            }
            let Some(spec) = properties.get_mut("spec") else {
                continue;
            };
            let description = "Desired configuration in CloudFront, and the operator's policies for the resource.";
            root.description = spec.description.replace(description.into());
            for input in self.inputs.iter().filter(|it| !it.adds_to_field()) {
                if let Some(structure) = structure(spec, input.split().0) {
                    let rules = structure.x_kubernetes_validations.get_or_insert_default();
                    rules.push(one_source_rule(input));
                    let named = self.inputs.iter().filter(|it| it.path == input.path);
                    rules.extend(named.filter_map(|it| one_sibling_rule(input, it)));
                }
            }
            if !self.managed_by_aws.is_empty() {
                let rules = spec.x_kubernetes_validations.get_or_insert_default();
                rules.push(managed_by_aws_rule(self));
            }
            reject_control_characters(spec);
            let fields = spec.properties.iter().flatten();
            if fields.into_iter().any(|(name, _)| name == "adoptId") {
                root.x_kubernetes_validations = Some(vec![adopt_id_rule()]);
            }
        }
        crd
    }
}

/// Returns the CustomResourceDefinition of a kind without a resource in CloudFront: the definition that kube derives, with those changes of
/// [`crd`] that are not about such a resource, and with validation rules of the whole object.
pub(crate) fn cluster_crd(
    mut crd: CustomResourceDefinition,
    spec_description: &str,
    status_description: &str,
    rules: &[ValidationRule],
) -> CustomResourceDefinition {
    let versions = crd.spec.versions.iter_mut();
    let roots = versions.filter_map(|it| it.schema.as_mut()?.open_api_v3_schema.as_mut());
    for root in roots {
        normalize_schema(root, false);
        root.x_kubernetes_validations = Some(rules.to_vec());
        let properties = root.properties.get_or_insert_default();
        if let Some(status) = properties.get_mut("status") {
            status.description = Some(status_description.into());
            status.default = Some(JSON(default_status()));
        }
        if let Some(spec) = properties.get_mut("spec") {
            root.description = spec.description.replace(spec_description.into());
            reject_control_characters(spec);
        }
    }
    crd
}

/// Returns the status fields that the engine never writes for a kind.
fn unused_status_fields(api: &ResourceApi) -> Vec<&'static str> {
    // A kind with tags has an ARN, which contains the account.
    let unused = if api.supports_tags() {
        "accountID"
    } else {
        "managedTags"
    };
    let identity: &[&str] = match api.identity {
        Identity::CallerReference if api.additional_name.is_some() => &[],
        Identity::CallerReference => &["name"],
        Identity::UniqueName { .. } => &["callerReference"],
        Identity::UniqueText { .. } | Identity::Parent { .. } => &["callerReference", "name"],
    };
    let versions: &[&str] = match api.lifecycle {
        Lifecycle::Managed => &[],
        Lifecycle::OneShot => &["etag", "appliedGeneration", "drift", "driftCount"],
    };
    let others = identity.iter().chain(versions).copied();
    [unused].into_iter().chain(others).collect()
}

/// Returns the schema of the structure at a path, such as `origins[].s3OriginConfig`. The path of the spec is empty.
fn structure<'a>(spec: &'a mut JSONSchemaProps, path: &str) -> Option<&'a mut JSONSchemaProps> {
    let mut names = path.split('.').filter(|name| !name.is_empty());
    names.try_fold(spec, |schema, name| {
        let list = name.strip_suffix("[]");
        let members = schema.properties.as_mut()?;
        let member = members.get_mut(list.unwrap_or(name))?;
        if list.is_none() {
            return Some(member);
        }
        match member.items.as_mut()? {
            JSONSchemaPropsOrArray::Schema(item) => Some(&mut **item),
            JSONSchemaPropsOrArray::Schemas(_) => None,
        }
    })
}

/// Returns the form of a sibling in a message, and the expression of its value. `None`: the value may be confidential.
fn shown(input: &InputField) -> Option<(&'static str, String)> {
    let source = input.source_name();
    match input.source {
        InputSource::Object { .. } => Some(("\"%s\"", format!("self.{source}.name"))),
        InputSource::Name { .. } => Some(("%s", format!("self.{source}"))),
        InputSource::Objects { .. } | InputSource::Value(_) | InputSource::Documents => None,
    }
}

const EXCLUSIVE: &str = "are mutually exclusive: remove one of them";

/// Returns the rule that a field and the sibling that names the source of its value are not both set. The message does not contain a value
/// that may be confidential.
fn one_source_rule(input: &InputField) -> ValidationRule {
    let ((_, field), source) = (input.split(), input.source_name());
    let is_set = match input.source {
        // An empty text is a value here.
        InputSource::Value(ValueFormat::SingleLine | ValueFormat::MultiLine) => {
            format!("has(self.{field})")
        }
        _ => format!("(has(self.{field}) && self.{field} != '')"),
    };
    let (message, expression) = match shown(input) {
        Some((form, value)) => (
            None,
            Some(format!(
                "'{field} \"%s\" and {source} {form} {EXCLUSIVE}'.format([self.{field}, {value}])"
            )),
        ),
        None => (Some(format!("{field} and {source} {EXCLUSIVE}")), None),
    };
    ValidationRule {
        rule: format!("!({is_set} && has(self.{source}))"),
        message,
        message_expression: expression,
        ..forbidden(&source)
    }
}

/// Returns the rule that a reference to an object and a name are not both set, if these are the two siblings of a field.
fn one_sibling_rule(reference: &InputField, named: &InputField) -> Option<ValidationRule> {
    let (InputSource::Object { .. }, InputSource::Name { sibling, .. }) =
        (reference.source, named.source)
    else {
        return None;
    };
    let source = reference.source_name();
    let ((form, value), (named_form, named_value)) = (shown(reference)?, shown(named)?);
    Some(ValidationRule {
        rule: format!("!(has(self.{source}) && has(self.{sibling}))"),
        message_expression: Some(format!(
            "'{source} {form} and {sibling} {named_form} {EXCLUSIVE}'.format([{value}, {named_value}])"
        )),
        ..forbidden(sibling)
    })
}

/// Returns a rule that reports a field as forbidden.
fn forbidden(field: &str) -> ValidationRule {
    ValidationRule {
        field_path: Some(format!(".{field}")),
        reason: Some("FieldValueForbidden".into()),
        ..ValidationRule::default()
    }
}

/// Returns the rule that an object with a resource cannot adopt another one, which would orphan the first.
fn adopt_id_rule() -> ValidationRule {
    ValidationRule {
        rule: "!has(self.spec.adoptId) || !has(self.status) || !has(self.status.id) || self.spec.adoptId == self.status.id".into(),
        message_expression: Some(
            "'adoptId is \"%s\", and this object has \"%s\" already: create another object to adopt another resource'.format([self.spec.adoptId, self.status.id])".into(),
        ),
        ..forbidden("spec.adoptId")
    }
}

/// Returns the rule that an object does not adopt a resource that AWS manages.
fn managed_by_aws_rule(definition: &KindDefinition) -> ValidationRule {
    let ids = definition.managed_by_aws.iter().copied().flatten();
    let ids: Vec<String> = ids.map(|(_, id)| format!("'{id}'")).collect();
    let (kind, words) = (definition.kind, definition.api.collection.replace('-', " "));
    let field = format!("{}{}Id", kind[..1].to_lowercase(), &kind[1..]);
    ValidationRule {
        rule: format!(
            "!has(self.adoptId) || !(self.adoptId in [{}])",
            ids.join(", ")
        ),
        message_expression: Some(format!(
            "'AWS manages the {words} \"%s\", so this object cannot adopt it: use it in managed{kind} or {field} of a distribution, or remove \
             adoptId to create a policy'.format([self.adoptId])"
        )),
        ..forbidden("adoptId")
    }
}

/// Adds a rule to each text without rules of its own, unless its structure matches it against a pattern.
fn reject_control_characters(schema: &mut JSONSchemaProps) {
    let rules = schema.x_kubernetes_validations.clone().unwrap_or_default();
    for (name, property) in schema.properties.iter_mut().flatten() {
        let pattern = format!("self.{name}.matches(");
        if !rules.iter().any(|it| it.rule.contains(&pattern)) {
            reject_control_characters(property);
        }
    }
    if let Some(JSONSchemaPropsOrArray::Schema(item)) = &mut schema.items {
        reject_control_characters(item);
    }
    if schema.type_.as_deref() == Some("string") && schema.enum_.is_none() && rules.is_empty() {
        schema.x_kubernetes_validations = Some(vec![ValidationRule {
            rule: "!self.matches('[[:cntrl:]]')".into(),
            message: Some(
                "a control character, such as a line break, is not possible here: remove it".into(),
            ),
            reason: Some("FieldValueInvalid".into()),
            ..ValidationRule::default()
        }]);
    }
}

/// Returns the status of an object before its first reconciliation.
fn default_status() -> serde_json::Value {
    json!({
        "observedGeneration": -1,
        "conditions": [{
            "type": "Ready",
            "status": "Unknown",
            "reason": "Pending",
            "message": "The operator has not reconciled this object yet.",
            "lastTransitionTime": "1970-01-01T00:00:00Z",
        }],
    })
}

/// Removes `nullable`, `null` in enums, line breaks in descriptions and, in lists, defaults.
fn normalize_schema(schema: &mut JSONSchemaProps, in_list: bool) {
    schema.nullable = None;
    if in_list {
        schema.default = None;
    }
    if let Some(values) = &mut schema.enum_ {
        values.retain(|value| !value.0.is_null());
    }
    if let Some(description) = &mut schema.description {
        *description = description.replace('\n', " ");
    }
    for property in schema.properties.iter_mut().flat_map(BTreeMap::values_mut) {
        normalize_schema(property, in_list);
    }
    match &mut schema.items {
        Some(JSONSchemaPropsOrArray::Schema(item)) => normalize_schema(item, true),
        Some(JSONSchemaPropsOrArray::Schemas(items)) => {
            for item in items {
                normalize_schema(item, true);
            }
        }
        None => {}
    }
    if let Some(JSONSchemaPropsOrBool::Schema(values)) = &mut schema.additional_properties {
        normalize_schema(values, in_list);
    }
}
