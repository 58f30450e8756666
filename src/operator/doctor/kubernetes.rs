//! Checks of Kubernetes: the connection, the CRDs, list permissions, other controllers, and the leader.

use super::{check_result::CheckResult, crds, objects};
use crate::{
    cloudfront::Clock,
    operator::{cli::options::RunArgs, leader_election, registry::selected_crds},
};
use k8s_openapi::api::coordination::v1::Lease;
use kube::{Api, Client, Config};
use std::time::Duration;

/// The API groups of other controllers that manage CloudFront, with the name of their project.
const OTHER_CONTROLLERS: [(&str, &str); 4] = [
    ("cloudfront.services.k8s.aws", "ACK"),
    ("cloudfront.aws.upbound.io", "Crossplane"),
    ("cloudfront.aws.m.upbound.io", "Crossplane"),
    ("cloudfront.aws.crossplane.io", "Crossplane"),
];

/// Runs the checks of Kubernetes. If the API server cannot be reached, that is the only result.
pub(super) async fn run(options: &RunArgs) -> Vec<CheckResult> {
    let (kube, version) = match connect().await {
        Ok(connection) => connection,
        Err(error) => {
            return vec![CheckResult::failed(
                "kubernetes",
                format!("{error}."),
                "set KUBECONFIG to a file with valid credentials, or run it in a cluster",
            )];
        }
    };
    let mut results = vec![CheckResult::ok("kubernetes", version)];
    let definitions = selected_crds(&options.kinds);
    results.extend(crds::run(&kube, &definitions).await);
    let mut counts = vec![];
    for definition in &definitions {
        let (result, of_kind) = objects::check_list(&kube, definition, options).await;
        results.push(result);
        counts.push(of_kind);
    }
    results.push(objects::check_finalizers(&counts, options.read_only));
    let selector = options.watch_label_selector.as_deref();
    results.extend(objects::check_selector(&counts, selector));
    results.extend(check_namespaces(options));
    results.push(check_other_controllers(&kube).await);
    results.push(check_leader(&kube, options).await);
    results
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

/// Reports what to do before a watched namespace is deleted, if the operator has permissions in single namespaces.
fn check_namespaces(options: &RunArgs) -> Option<CheckResult> {
    let protected = &options.protected_role_bindings;
    let (kept, lost): (Vec<&str>, Vec<&str>) = options
        .watch_namespaces
        .iter()
        .map(String::as_str)
        .partition(|namespace| protected.iter().any(|it| it.namespace == *namespace));
    let kept = (!kept.is_empty()).then(|| {
        format!(
            "the permissions in {} are kept until the resources of a deleted namespace are deleted",
            kept.join(", ")
        )
    });
    let lost = (!lost.is_empty()).then(|| {
        format!(
            "before you delete {}, run kubectl delete cloudfront --all --namespace NAME: the deletion of a namespace removes the permissions there, and then does not finish (docs/operations/namespaced.md)",
            lost.join(", ")
        )
    });
    let messages: Vec<String> = kept.into_iter().chain(lost).collect();
    (!messages.is_empty()).then(|| CheckResult::ok("namespaces", messages.join("; ")))
}

/// Checks for other controllers that may manage the same CloudFront resources.
async fn check_other_controllers(kube: &Client) -> CheckResult {
    let check = "other controllers";
    let groups = match kube.list_api_groups().await {
        Ok(groups) => groups.groups,
        Err(error) => return CheckResult::skipped(check, error.to_string()),
    };
    let found: Vec<String> = OTHER_CONTROLLERS
        .iter()
        .filter(|(group, _)| groups.iter().any(|served| served.name == *group))
        .map(|(group, project)| format!("{group} ({project})"))
        .collect();
    if found.is_empty() {
        return CheckResult::ok(check, "no other controller for CloudFront is installed");
    }
    CheckResult::warning(
        check,
        format!(
            "{} is installed in this cluster: make sure that no distribution is managed by both",
            found.join(", ")
        ),
    )
}

/// Checks that a replica holds a Lease that has not expired, if leader election is on.
async fn check_leader(kube: &Client, options: &RunArgs) -> CheckResult {
    let check = "leader";
    if !options.leader_elect {
        return CheckResult::ok(check, "none is elected (--leader-elect is off)");
    }
    let fix = "kubectl get pods -l app.kubernetes.io/name=cloudfront-operator, and their logs";
    let failed = |message: String| CheckResult::failed(check, message, fix);
    let api = Api::<Lease>::default_namespaced(kube.clone());
    let lease = match api.get_opt(leader_election::LEASE_NAME).await {
        Ok(Some(lease)) => lease.spec.unwrap_or_default(),
        Ok(None) => return failed("no replica has ever led in this namespace.".into()),
        Err(error) => {
            let fix = "grant get on leases in the operator's namespace (rbac.create in the chart)";
            return CheckResult::failed(check, format!("{error}."), fix);
        }
    };
    let holder = lease.holder_identity.unwrap_or_default();
    let (Some(renewed), false) = (lease.renew_time, holder.is_empty()) else {
        return failed("no replica leads.".into());
    };
    let duration = i64::from(lease.lease_duration_seconds.unwrap_or_default());
    if Clock::System.timestamp().as_second() - renewed.0.as_second() > duration {
        return failed(format!(
            "{holder} has not renewed its Lease since {}.",
            renewed.0
        ));
    }
    CheckResult::ok(check, holder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operator::{Cli, cli::options::Command};
    use clap::Parser;

    fn message(arguments: &[&str]) -> Option<String> {
        let program = ["cloudfront-operator", "run"];
        let cli = Cli::try_parse_from([&program, arguments].concat()).unwrap();
        let Command::Run(options) = cli.command else {
            panic!("{cli:?}");
        };
        check_namespaces(&options).map(|result| result.message)
    }

    #[test]
    fn the_check_says_what_to_delete_before_a_namespace_without_kept_permissions() {
        assert_eq!(message(&[]), None);
        let watch = ["--watch-namespaces=team-a,team-b"];
        let text = message(&watch).unwrap();
        assert!(
            text.starts_with("before you delete team-a, team-b, run kubectl delete"),
            "{text}"
        );
        let protect = ["--protected-role-bindings=team-b/edge-objects"];
        let text = message(&[watch, protect].concat()).unwrap();
        assert!(
            text.contains("in team-b are kept") && text.contains("delete team-a, run"),
            "{text}"
        );
    }
}
