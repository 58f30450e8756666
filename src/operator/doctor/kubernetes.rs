//! What Kubernetes says: whether it is there, what it serves, who else is at work, and who leads.

use super::{check_result::Finding, crds, objects};
use crate::operator::{cli::options::Run, leader_election, registry::kinds};
use k8s_openapi::{api::coordination::v1::Lease, jiff::Timestamp};
use kube::{Api, Client, Config};
use std::time::Duration;

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
    let kinds = kinds();
    findings.extend(crds::examine(&kube, &kinds).await);
    let mut seen = vec![];
    for entry in &kinds {
        let (finding, held) = objects::list(&kube, entry, options).await;
        findings.push(finding);
        seen.push(held);
    }
    findings.push(objects::finalizers(seen, options.mode));
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
    let lease = match api.get_opt(leader_election::NAME).await {
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
