//! What Kubernetes says: whether it is there, what it serves, who else is at work, and who leads.

use super::{definition::difference, finding::Finding};
use crate::operator::{
    leadership,
    options::Run,
    registry::{Entry, kinds},
};
use k8s_openapi::{
    api::coordination::v1::Lease,
    apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
    jiff::Timestamp,
};
use kube::{
    Api, Client, Config, Error,
    api::{ApiResource, DynamicObject, ListParams},
};
use std::time::Duration;

const INSTALL: &str = "cloudfront-operator crds | kubectl apply --server-side -f -";

/// API groups of others who manage CloudFront.
const OTHERS: [(&str, &str); 4] = [
    ("cloudfront.services.k8s.aws", "ACK"),
    ("cloudfront.aws.upbound.io", "Crossplane"),
    ("cloudfront.aws.m.upbound.io", "Crossplane"),
    ("cloudfront.aws.crossplane.io", "Crossplane"),
];

pub(super) async fn examine(options: &Run) -> Vec<Finding> {
    let connected = connect().await;
    let (kube, version) = match connected {
        Ok(connected) => connected,
        Err(error) => {
            return vec![Finding::failed(
                "kubernetes",
                format!("{error}."),
                "set KUBECONFIG to a file with good credentials, or run inside of a cluster",
            )];
        }
    };
    let mut findings = vec![Finding::ok("kubernetes", version)];
    for entry in kinds() {
        findings.push(definition(&kube, &entry).await);
        findings.push(objects(&kube, &entry, options).await);
    }
    findings.push(others(&kube).await);
    findings.push(leader(&kube, options).await);
    findings
}

async fn connect() -> Result<(Client, String), String> {
    let mut config = Config::infer().await.map_err(|error| error.to_string())?;
    config.default_retry = false;
    config.connect_timeout = Some(Duration::from_secs(5));
    config.read_timeout = Some(Duration::from_secs(10));
    let kube = Client::try_from(config).map_err(|error| error.to_string())?;
    let version = kube.apiserver_version().await;
    let version = version.map_err(|error| error.to_string())?.git_version;
    Ok((kube, version))
}

/// Whether the definition is there, and ours.
async fn definition(kube: &Client, entry: &Entry) -> Finding {
    let ours = (entry.crd)();
    let name = ours.metadata.name.clone().unwrap_or_default();
    let check = format!("definition {name}");
    let found = Api::<CustomResourceDefinition>::all(kube.clone())
        .get_opt(&name)
        .await;
    match found {
        Ok(Some(found)) => match difference(&found, &ours) {
            None => Finding::ok(check, "as this version has it"),
            Some(place) => Finding::failed(
                check,
                format!("it is another version's: it differs from this program's at {place}."),
                INSTALL,
            ),
        },
        Ok(None) => Finding::failed(check, "it is not installed.", INSTALL),
        Err(Error::Api(refusal)) if refusal.code == 403 => Finding::not_checked(
            check,
            "the operator has no need to read definitions, and may not; run doctor as somebody who may",
        ),
        Err(error) => Finding::failed(check, format!("{error}."), "kubectl get crd"),
    }
}

/// Whether the operator may list what it is to watch.
async fn objects(kube: &Client, entry: &Entry, options: &Run) -> Finding {
    let spec = (entry.crd)().spec;
    let check = format!("list {}", spec.names.plural);
    let version = spec.versions.first().map(|version| version.name.clone());
    let version = version.unwrap_or_default();
    let resource = ApiResource {
        api_version: format!("{}/{version}", spec.group),
        group: spec.group,
        version,
        kind: spec.names.kind,
        plural: spec.names.plural.clone(),
    };
    let apis: Vec<Api<DynamicObject>> = match &options.namespaces[..] {
        [] => vec![Api::all_with(kube.clone(), &resource)],
        names => names
            .iter()
            .map(|name| Api::namespaced_with(kube.clone(), name, &resource))
            .collect(),
    };
    let mut few = ListParams::default().limit(1);
    few.label_selector.clone_from(&options.selector);
    for api in apis {
        match api.list(&few).await {
            Ok(_) => {}
            Err(Error::Api(refusal)) if refusal.code == 404 => {
                return Finding::failed(check, "Kubernetes does not know them.", INSTALL);
            }
            Err(error) => {
                return Finding::failed(
                    check,
                    format!("{error}."),
                    format!(
                        "set rbac.create and watch.namespaces in the chart, and see kubectl auth can-i list {}.cloudfront-operator.dev",
                        resource.plural
                    ),
                );
            }
        }
    }
    Finding::ok(check, "allowed")
}

/// Whoever else may manage the same resources of CloudFront.
async fn others(kube: &Client) -> Finding {
    let check = "other controllers";
    let groups = match kube.list_api_groups().await {
        Ok(groups) => groups.groups,
        Err(error) => return Finding::not_checked(check, error.to_string()),
    };
    let found: Vec<String> = OTHERS
        .iter()
        .filter(|(group, _)| groups.iter().any(|served| served.name == *group))
        .map(|(group, whose)| format!("{group} ({whose})"))
        .collect();
    if found.is_empty() {
        return Finding::ok(check, "none is known here");
    }
    Finding::hint(
        check,
        format!(
            "{} is served here: take care that no distribution is managed by both",
            found.join(", ")
        ),
    )
}

/// Whether somebody leads, where leaders are elected.
async fn leader(kube: &Client, options: &Run) -> Finding {
    let check = "leader";
    if !options.leader_elect {
        return Finding::ok(check, "none is elected (--leader-elect is off)");
    }
    let look = "kubectl get pods -l app.kubernetes.io/name=cloudfront-operator, and their logs";
    let failed = |what: String| Finding::failed(check, what, look);
    let api = Api::<Lease>::default_namespaced(kube.clone());
    let lease = match api.get_opt(leadership::NAME).await {
        Ok(Some(lease)) => lease.spec.unwrap_or_default(),
        Ok(None) => return failed("no replica has ever led in this namespace.".into()),
        Err(error) => {
            let fix = "grant get on leases in the operator's namespace (rbac.create in the chart)";
            return Finding::failed(check, format!("{error}."), fix);
        }
    };
    let holder = lease.holder_identity.unwrap_or_default();
    let (Some(renewed), false) = (lease.renew_time, holder.is_empty()) else {
        return failed("no replica leads.".into());
    };
    let duration = i64::from(lease.lease_duration_seconds.unwrap_or_default());
    if Timestamp::now().as_second() - renewed.0.as_second() > duration {
        return failed(format!(
            "{holder} has not renewed its Lease since {}.",
            renewed.0
        ));
    }
    Finding::ok(check, holder)
}
