//! The keys that most charts have, one by one: the line that each key changes in the rendered manifests, or the error message for a key
//! of other charts. `cargo test -p chart-tests usual_keys -- --nocapture` prints them.

use super::helm::template;
use std::collections::BTreeMap;

/// The values of all rows, with which every optional object is rendered.
const BASE: &[&str] = &[
    "--set=metrics.serviceMonitor.enabled=true",
    "--set=metrics.prometheusRule.enabled=true",
    "--set=metrics.dashboard.enabled=true",
    "--api-versions=monitoring.coreos.com/v1/ServiceMonitor",
    "--api-versions=monitoring.coreos.com/v1/PodMonitor",
    "--api-versions=monitoring.coreos.com/v1/PrometheusRule",
];

/// Values, and a line that they add to an object of a kind. A line with the prefix `-` is removed instead.
const CHANGES: &[(&str, &str)] = &[
    ("replicaCount=3", "Deployment replicas: 3"),
    ("replicas=3", "Deployment replicas: 3"),
    ("replicas=3,replicaCount=3", "Deployment replicas: 3"),
    ("replicas=0", "Deployment replicas: 0"),
    (
        "global.imagePullSecrets[0].name=regcred",
        "Deployment - name: regcred",
    ),
    ("global.commonLabels.team=edge", "ClusterRole team: edge"),
    (
        "global.priorityClassName=high",
        "Deployment priorityClassName: high",
    ),
    ("global.nodeSelector.disk=ssd", "Deployment disk: ssd"),
    (
        "global.tolerations[0].key=dedicated",
        "Deployment - key: dedicated",
    ),
    (
        "global.affinity.nodeAffinity.x=y",
        "Deployment nodeAffinity:",
    ),
    (
        "commonLabels.team=edge",
        "CustomResourceDefinition team: edge",
    ),
    ("commonAnnotations.team=edge", "Service team: edge"),
    (
        "image.registry=registry.example.com",
        "Deployment image: registry.example.com/cloudfront-operator/cloudfront-operator:0.1.0",
    ),
    (
        "image.registry=localhost:5000,image.repository=operator",
        "Deployment image: localhost:5000/operator:0.1.0",
    ),
    (
        "simulator.enabled=true,simulator.image.registry=registry.example.com",
        "Deployment image: registry.example.com/cloudfront-operator/cloudfront-simulator:0.1.0",
    ),
    (
        "podDisruptionBudget.minAvailable=1",
        "PodDisruptionBudget minAvailable: 1",
    ),
    (
        "podDisruptionBudget.minAvailable=50%",
        "PodDisruptionBudget minAvailable: 50%",
    ),
    (
        "podDisruptionBudget.maxUnavailable=2",
        "PodDisruptionBudget maxUnavailable: 2",
    ),
    ("strategy.type=Recreate", "Deployment type: Recreate"),
    (
        "revisionHistoryLimit=10",
        "Deployment revisionHistoryLimit: 10",
    ),
    ("deploymentAnnotations.team=edge", "Deployment team: edge"),
    (
        "livenessProbe.initialDelaySeconds=15",
        "Deployment initialDelaySeconds: 15",
    ),
    (
        "livenessProbe.failureThreshold=6",
        "Deployment failureThreshold: 6",
    ),
    (
        "readinessProbe.periodSeconds=7",
        "Deployment periodSeconds: 7",
    ),
    (
        "readinessProbe.timeoutSeconds=9",
        "Deployment timeoutSeconds: 9",
    ),
    (
        "metrics.serviceMonitor.namespace=monitoring",
        "ServiceMonitor namespace: monitoring",
    ),
    (
        "metrics.serviceMonitor.additionalLabels.release=prom",
        "ServiceMonitor release: prom",
    ),
    (
        "metrics.serviceMonitor.annotations.team=edge",
        "ServiceMonitor team: edge",
    ),
    (
        "metrics.serviceMonitor.scrapeTimeout=10s",
        "ServiceMonitor scrapeTimeout: 10s",
    ),
    (
        "metrics.serviceMonitor.honorLabels=true",
        "ServiceMonitor honorLabels: true",
    ),
    (
        "metrics.serviceMonitor.relabelings[0].targetLabel=cluster",
        "ServiceMonitor - targetLabel: cluster",
    ),
    (
        "metrics.serviceMonitor.metricRelabelings[0].action=drop",
        "ServiceMonitor - action: drop",
    ),
    (
        "metrics.serviceMonitor.enabled=false,metrics.podMonitor.enabled=true,metrics.podMonitor.scrapeTimeout=10s",
        "PodMonitor scrapeTimeout: 10s",
    ),
    (
        "metrics.prometheusRule.namespace=monitoring",
        "PrometheusRule namespace: monitoring",
    ),
    (
        "metrics.prometheusRule.additionalLabels.release=prom",
        "PrometheusRule release: prom",
    ),
    (
        "metrics.prometheusRule.rules.CloudFrontObjectDrifted.enabled=false",
        "-PrometheusRule - alert: CloudFrontObjectDrifted",
    ),
    (
        "metrics.prometheusRule.rules.CloudFrontObjectDrifted.threshold=25",
        r#"PrometheusRule expr: "sum by (kind) (cloudfront_operator_objects{namespace=\"cloudfront\", condition=\"Ready\", status=\"False\", reason=\"Drifted\"}) > 25""#,
    ),
    (
        "metrics.prometheusRule.rules.CloudFrontUnreachable.for=3h",
        "PrometheusRule for: 3h",
    ),
    (
        "metrics.prometheusRule.rules.CloudFrontUnreachable.severity=page",
        "PrometheusRule severity: page",
    ),
    (
        "metrics.prometheusRule.additionalRules[0].alert=Mine",
        "PrometheusRule - alert: Mine",
    ),
    (
        "metrics.dashboard.namespace=monitoring",
        "ConfigMap namespace: monitoring",
    ),
    (
        "metrics.dashboard.folder=AWS",
        "ConfigMap grafana_folder: AWS",
    ),
    ("metrics.dashboard.labels.team=edge", "ConfigMap team: edge"),
    (
        "metrics.dashboard.annotations.team=edge",
        "ConfigMap team: edge",
    ),
    (
        "rbac.aggregateToView=false",
        r#"-ClusterRole rbac.authorization.k8s.io/aggregate-to-view: "true""#,
    ),
    (
        "rbac.aggregateToEdit=false",
        r#"-ClusterRole rbac.authorization.k8s.io/aggregate-to-edit: "true""#,
    ),
    (
        "rbac.aggregateToAdmin=false",
        r#"-ClusterRole rbac.authorization.k8s.io/aggregate-to-admin: "true""#,
    ),
    (
        "serviceAccount.labels.team=edge",
        "ServiceAccount team: edge",
    ),
    (
        "serviceAccount.automount=true",
        "ServiceAccount automountServiceAccountToken: true",
    ),
    ("dnsPolicy=None", "Deployment dnsPolicy: None"),
    (
        "dnsConfig.nameservers={192.0.2.53}",
        "Deployment - 192.0.2.53",
    ),
    ("hostAliases[0].ip=192.0.2.1", "Deployment - ip: 192.0.2.1"),
    (
        "runtimeClassName=gvisor",
        "Deployment runtimeClassName: gvisor",
    ),
    (
        "extraEnvFrom[0].secretRef.name=proxy",
        "Deployment name: proxy",
    ),
    ("initContainers[0].name=wait", "Deployment - name: wait"),
    (
        "extraContainers[0].name=shipper",
        "Deployment - name: shipper",
    ),
    ("lifecycle.preStop.sleep.seconds=5", "Deployment seconds: 5"),
    ("openshift.enabled=true", "-Deployment runAsUser: 65532"),
];

/// Keys of other charts, and the error message that names the key of this chart.
const REFUSALS: &[(&str, &str)] = &[
    (
        "global.logLevel=debug",
        "global.logLevel is not a value of this chart: set logging.level",
    ),
    (
        "log.level=debug",
        "log.level is not a value of this chart: set logging.level",
    ),
    (
        "namespaceOverride=x",
        "namespaceOverride is not a value of this chart: select the namespace with helm's flag --namespace",
    ),
    (
        "scopedNamespace=x",
        "scopedNamespace is not a value of this chart: set watch.namespaces",
    ),
    (
        "watchNamespace=x",
        "watchNamespace is not a value of this chart: set watch.namespaces",
    ),
    (
        "concurrent=4",
        "concurrent is not a value of this chart: set maxConcurrentReconciles",
    ),
    (
        "https_proxy=http://p:1",
        "https_proxy is not a value of this chart: set proxy.https",
    ),
    (
        "no_proxy=a",
        "no_proxy is not a value of this chart: set proxy.noProxy",
    ),
    (
        "replicas=2,replicaCount=3",
        "replicas=2 and replicaCount=3 differ: set one of them",
    ),
    (
        "podDisruptionBudget.minAvailable=1,podDisruptionBudget.maxUnavailable=1",
        "podDisruptionBudget.minAvailable and podDisruptionBudget.maxUnavailable exclude each other: set one of them",
    ),
];

fn render(set: &str) -> Result<String, String> {
    let flag = format!("--set={set}");
    let mut arguments = BASE.to_vec();
    arguments.push(&flag);
    template("cloudfront", &arguments)
}

/// Counts the lines of the manifests, each with the kind of its object before it.
fn count_lines(manifests: &str) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for manifest in manifests.split("\n---\n") {
        let kind = manifest
            .lines()
            .find_map(|line| line.strip_prefix("kind: "));
        for line in manifest.lines() {
            let line = format!("{} {}", kind.unwrap_or_default(), line.trim());
            *counts.entry(line).or_default() += 1;
        }
    }
    counts
}

#[test]
fn each_usual_key_changes_the_manifests() {
    let before = count_lines(&template("cloudfront", BASE).unwrap());
    for (set, change) in CHANGES {
        let after = count_lines(&render(set).expect(set));
        let count = |counts: &BTreeMap<String, usize>, line: &str| {
            counts.get(line).copied().unwrap_or_default()
        };
        let is_changed = match change.strip_prefix('-') {
            Some(line) => count(&after, line) < count(&before, line),
            None => count(&after, change) > count(&before, change),
        };
        assert!(is_changed, "--set {set} does not change {change}");
        println!("--set {set}\n    {change}");
    }
}

#[test]
fn a_key_of_other_charts_is_refused_with_the_key_of_this_chart() {
    for (set, message) in REFUSALS {
        let error = render(set).expect_err(set);
        assert!(error.contains(message), "--set {set}: {error}");
        println!("--set {set}\n    refused: {message}");
    }
}
