//! The values in the place of references and of keys of Secrets.

use crate::{
    engine::api::{
        input::{InputField, InputSource, take, visit},
        reference::ResolvedReferences,
    },
    xml::XmlError,
};
use serde_json::Value;

/// Replaces the siblings in a spec by the values that they stand for. Fails if one of them is not resolved, and names the sibling: without a
/// value, CloudFront could read a private bucket as if it were public.
pub(crate) fn resolve(
    fields: &[InputField],
    spec: &mut Value,
    resolved: &ResolvedReferences,
) -> Result<(), XmlError> {
    let mut result = Ok(());
    for field in fields
        .iter()
        .filter(|it| !matches!(it.source, InputSource::Documents))
    {
        let sibling_name = field.source_name();
        let (_, name) = field.split();
        visit(spec, field.path, &mut |structure| {
            let Some(sibling) = take(structure, &sibling_name) else {
                return;
            };
            match field.value(sibling, structure.get(name), resolved) {
                Ok(value) => drop(structure.insert(name.to_owned(), value)),
                Err(error) => result = Err(error.at_field(&field.source_path())),
            }
        });
    }
    result
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::engine::api::{
        input::ValueFormat, secret::SecretKey, sources::Sources, value_source::ConfigMapKey,
    };
    use serde_json::json;

    pub(in crate::engine::api) const FIELDS: [InputField; 4] = [
        InputField::prefixed("origins[].s3.identity", "Identity", "identities/"),
        InputField::reference("origins[].controlId", "Control"),
        InputField::text("origins[].headers[].value", ValueFormat::SingleLine),
        InputField::deployed("distributionId", "Distribution"),
    ];

    pub(in crate::engine::api) fn spec() -> Value {
        json!({
            "comment": "kept",
            "origins": [
                { "s3": { "identity": null, "identityRef": { "name": "reader" } }, "controlRef": null },
                { "controlRef": { "name": "signer" }, "headers": [
                    { "value": "literal" },
                    { "value": null, "valueFrom": { "secretKeyRef": { "name": "edge", "key": "token" } } },
                ] },
                { "controlRef": { "name": "signer" }, "controlId": null },
            ],
            "distributionRef": { "name": "www" },
        })
    }

    pub(in crate::engine::api) fn token() -> SecretKey {
        SecretKey {
            name: "edge".into(),
            key: "token".into(),
        }
    }

    #[test]
    fn a_value_takes_the_place_of_each_source() {
        let sources = Sources::of(&FIELDS, spec());
        let targets = sources.objects.into_iter().map(|it| it.target);
        let mut resolved: ResolvedReferences = targets
            .map(|target| (target.clone(), format!("E-{}", target.name)))
            .collect();
        let mut resolution = spec();
        let error = resolve(&FIELDS, &mut resolution, &resolved).unwrap_err();
        assert!(
            error.to_string().contains("key token of Secret edge"),
            "{error}"
        );

        resolved.secrets = [(token(), "hunter2".to_owned())].into_iter().collect();
        let mut resolution = spec();
        resolve(&FIELDS, &mut resolution, &resolved).unwrap();
        let expected = json!({
            "comment": "kept",
            "origins": [
                { "s3": { "identity": "identities/E-reader" } },
                { "controlId": "E-signer", "headers": [{ "value": "literal" }, { "value": "hunter2" }] },
                { "controlId": "E-signer" },
            ],
            "distributionId": "E-www",
        });
        assert_eq!(resolution, expected);
    }

    #[test]
    fn a_text_has_lines_only_where_the_field_allows_it() {
        let resolve_text = |format, value: &str| {
            let key = ConfigMapKey {
                name: "signer".into(),
                key: "pem".into(),
            };
            let mut resolved = ResolvedReferences::default();
            resolved.config_maps.insert(key, value.to_owned());
            let mut spec =
                json!({ "keyFrom": { "configMapKeyRef": { "name": "signer", "key": "pem" } } });
            let result = resolve(&[InputField::text("key", format)], &mut spec, &resolved);
            result
                .map(|()| spec["key"].clone())
                .map_err(|it| it.to_string())
        };
        let lines = resolve_text(ValueFormat::MultiLine, "a\r\n\tb\n");
        assert_eq!(lines, Ok(json!("a\r\n\tb\n")));
        let line = resolve_text(ValueFormat::SingleLine, "a");
        assert_eq!(line, Ok(json!("a")));
        for (format, value) in [
            (ValueFormat::SingleLine, "a\n"),
            (ValueFormat::MultiLine, "a\u{7}"),
        ] {
            let error = resolve_text(format, value).unwrap_err();
            assert!(error.contains("key pem of ConfigMap signer"), "{error}");
        }
    }

    #[test]
    fn a_name_stands_for_its_value() {
        const NAMES: [(&str, &str); 1] = [("Optimized", "1-2-3")];
        let fields = [InputField::named("policyId", "managedPolicy", &NAMES)];
        let resolved = ResolvedReferences::default();
        let mut spec = json!({ "managedPolicy": "Optimized" });
        resolve(&fields, &mut spec, &resolved).unwrap();
        assert_eq!(spec, json!({ "policyId": "1-2-3" }));

        let mut later = json!({ "managedPolicy": "OfALaterVersion" });
        let error = resolve(&fields, &mut later, &resolved).unwrap_err();
        assert!(error.to_string().contains("upgrade it"), "{error}");
    }

    #[test]
    fn an_unknown_object_is_an_error_instead_of_an_absent_value() {
        let error = resolve(&FIELDS, &mut spec(), &ResolvedReferences::default()).unwrap_err();
        assert!(
            error.to_string().contains("has no ID yet") || error.to_string().contains("Secret"),
            "{error}"
        );
    }
}
