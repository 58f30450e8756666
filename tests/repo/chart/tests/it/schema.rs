//! The charts' value schemas, and the error messages for invalid values.

use super::helm::{chart, documents, repository, template};
use serde_json::Value;
use std::fs;

/// Invalid values, each with a part of the expected error message.
const INVALID_VALUES: &[(&[&str], &str)] = &[
    (
        &["replicaCuont=3"],
        "additional properties 'replicaCuont' not allowed",
    ),
    (
        &["global.domain=example.com"],
        "at '/global': additional properties 'domain' not allowed",
    ),
    (
        &["image.tga=1"],
        "at '/image': additional properties 'tga' not allowed",
    ),
    (
        &["watch.namespace=a"],
        "additional properties 'namespace' not allowed",
    ),
    (
        &["readOnly=yes"],
        "at '/readOnly': got string, want boolean",
    ),
    (
        &["replicas=two"],
        "at '/replicas': got string, want null or integer",
    ),
    (&["replicas=-1"], "at '/replicas': minimum: got -1, want 0"),
    (
        &["resyncPeriod=10"],
        "at '/resyncPeriod': got number, want string",
    ),
    (
        &["resyncPeriod=soon"],
        "at '/resyncPeriod': 'soon' does not match pattern",
    ),
    (
        &["resyncPeriod=500ms"],
        "at '/resyncPeriod': '500ms' does not match pattern",
    ),
    (
        &["resyncPeriod=5s10m"],
        "at '/resyncPeriod': '5s10m' does not match pattern",
    ),
    (
        &["deploymentPollInterval=0s"],
        "at '/deploymentPollInterval': '0s' does not match pattern",
    ),
    (
        &["leaderElection.leaseDuration=2s"],
        "at '/leaderElection/leaseDuration': '2s' does not match pattern",
    ),
    (
        &["watch.labelSelector=tier in prod"],
        "at '/watch/labelSelector': 'tier in prod' does not match pattern",
    ),
    (
        &["image.digest=latest"],
        "at '/image/digest': 'latest' does not match pattern",
    ),
    (
        &["watch.namespaces=a"],
        "at '/watch/namespaces': got string, want array",
    ),
    (&["watch.namespaces={a,a}"], "items at 0 and 1 are equal"),
    (&["watch.namespaces={A_b}"], "'A_b' does not match pattern"),
    (
        &["logging.format=xml"],
        "value must be one of 'json', 'text'",
    ),
    (
        &["aws.endpointUrl=cloudfront.test"],
        "at '/aws/endpointUrl': 'cloudfront.test' does not match pattern",
    ),
    (&["aws.endpointUrl=https://a/path"], "at '/aws/endpointUrl'"),
    (
        &["metrics.port=70000"],
        "at '/metrics/port': maximum: got 70,000, want 65,535",
    ),
    (
        &["leaderElection.enabled=yes"],
        "at '/leaderElection/enabled': got string, want boolean",
    ),
    (
        &["hostUsers=no"],
        "at '/hostUsers': got string, want null or boolean",
    ),
    (
        &["extraArgs=--read-only"],
        "at '/extraArgs': got string, want array",
    ),
    (
        &["simulator.enabled=true", "aws.existingSecret.name=keys"],
        "simulator.enabled=true sets the endpoints and the credentials",
    ),
    (
        &["customCA.secret.name=a", "customCA.configMap.name=b"],
        "customCA.configMap.name and customCA.secret.name exclude each other",
    ),
    (&["leaderElection.enabled=false"], "set replicas=1"),
    (
        &[
            "metrics.serviceMonitor.enabled=true",
            "metrics.service.enabled=false",
        ],
        "set metrics.service.enabled=true, or use metrics.podMonitor",
    ),
    (
        &[
            "metrics.serviceMonitor.enabled=true",
            "metrics.podMonitor.enabled=true",
        ],
        "enable one of them",
    ),
    (&["serviceAccount.create=false"], "set serviceAccount.name"),
    (
        &["replicas=2", "replicaCount=3"],
        "replicas=2 and replicaCount=3 differ: set one of them",
    ),
    (
        &[
            "podDisruptionBudget.minAvailable=1",
            "podDisruptionBudget.maxUnavailable=1",
        ],
        "podDisruptionBudget.minAvailable and podDisruptionBudget.maxUnavailable exclude each other",
    ),
    (
        &["metrics.prometheusRule.rules.CloudFrontOperatorNoLeader.threshold=2"],
        "additional properties 'threshold' not allowed",
    ),
];

#[test]
fn the_error_for_an_invalid_value_names_the_value() {
    for (values, expected) in INVALID_VALUES {
        let arguments: Vec<String> = values
            .iter()
            .map(|value| format!("--set={value}"))
            .collect();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let error = template("cloudfront", &arguments).expect_err(&values.join(" "));
        assert!(error.contains(expected), "{values:?}: {error}");
    }
}

#[test]
fn durations_and_selectors_have_the_same_syntax_as_the_operators_flags() {
    for value in [
        "resyncPeriod=1h30m",
        "resyncPeriod=1h0m0s",
        "deploymentPollInterval=100ms",
        "leaderElection.leaseDuration=3s",
        "leaderElection.leaseDuration=1m",
        r"watch.labelSelector=tier=prod\,team in (web\,shop)\,!example.com/legacy",
    ] {
        template("cloudfront", &[&format!("--set={value}")]).expect(value);
    }
}

/// Whether a property is a key of other charts that a template refuses with an error message.
fn is_refused(property: &Value) -> bool {
    property["description"]
        .as_str()
        .is_some_and(|text| text.starts_with("Refused with an error message"))
}

/// Asserts that values and schema have the same fields, and that the schema rejects other fields.
fn assert_schema_matches(path: &str, values: &Value, schema: &Value) {
    let Some(properties) = schema["properties"].as_object() else {
        let is_open = schema["additionalProperties"] != false;
        assert!(is_open, "{path} rejects all fields");
        return;
    };
    assert_eq!(
        schema["additionalProperties"], false,
        "{path} accepts unknown fields"
    );
    let values = values.as_object().expect(path);
    let mut names: Vec<&String> = values.keys().collect();
    let mut declared: Vec<&String> = properties
        .iter()
        .filter(|(_, property)| !is_refused(property))
        .map(|(name, _)| name)
        .collect();
    names.sort();
    declared.sort();
    assert_eq!(names, declared, "fields of {path:?}");
    for (name, value) in values {
        assert_schema_matches(&format!("{path}.{name}"), value, &properties[name]);
    }
}

#[test]
fn the_schemas_declare_exactly_the_values_and_reject_all_others() {
    for chart in [chart(), repository("charts/cloudfront-operator-crds")] {
        let read = |name: &str| fs::read_to_string(chart.join(name)).unwrap();
        let schema: Value = serde_json::from_str(&read("values.schema.json")).unwrap();
        assert_schema_matches("", &documents(&read("values.yaml"))[0], &schema);
    }
}
