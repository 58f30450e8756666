//! The examples of invalidations by a pipeline and by a CronJob, with the permissions of both.

use super::examples::filename_argument;
use crate::support::TestEnv;
use std::{fs, path::Path, time::Duration};
use tempfile::TempDir;

/// Returns whether a ServiceAccount has a permission.
fn can_i(env: &TestEnv, user: &str, permission: [&str; 2]) -> bool {
    let arguments = [&["auth", "can-i", user], &permission[..]].concat();
    let output = env.try_kubectl(&arguments, "");
    let answer = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    assert!(["yes", "no"].contains(&answer.as_str()), "{output:?}");
    answer == "yes"
}

fn assert_only_invalidation_permissions(env: &TestEnv, user: &str) {
    for permission in [
        ["delete", "invalidations"],
        ["update", "invalidations"],
        ["get", "distributions"],
        ["get", "secrets"],
        ["create", "jobs"],
    ] {
        assert!(!can_i(env, user, permission), "{user} may {permission:?}");
    }
}

#[test]
fn a_pipeline_creates_an_invalidation_and_waits_for_it() {
    let env = TestEnv::with_deploy_delay("pipeline", Duration::from_secs(1));
    env.kubectl(&[
        "apply",
        &filename_argument("s3-site.yaml"),
        &filename_argument("ci/role.yaml"),
    ]);
    let user = format!("--as=system:serviceaccount:{}:pipeline", env.namespace);
    let file = filename_argument("ci/invalidation.yaml");
    let name = env.kubectl(&["create", &user, &file, "--output", "name"]);
    let complete = "--for=condition=Complete";
    env.kubectl(&["wait", &user, name.trim(), complete, "--timeout=15m"]);
    assert_only_invalidation_permissions(&env, &user);
}

#[test]
fn a_cron_job_creates_invalidations_and_has_no_other_permission() {
    let env = TestEnv::with_deploy_delay("cron", Duration::from_secs(1));
    let file = filename_argument("invalidation-cronjob.yaml");
    env.kubectl(&["apply", &filename_argument("s3-site.yaml"), &file]);
    let from = "--from=cronjob/nightly-invalidation";
    env.kubectl(&["create", "job", "tonight", from, "--dry-run=server"]);

    let job = env
        .get("cronjob/nightly-invalidation")
        .expect("the object exists");
    let pod = &job["spec"]["jobTemplate"]["spec"]["template"]["spec"];
    let (container, volume) = (&pod["containers"][0], &pod["volumes"][0]);
    assert_eq!(container["command"], serde_json::json!(["kubectl"]));
    let mounted = container["volumeMounts"][0]["mountPath"]
        .as_str()
        .expect("a path");
    let map = volume["configMap"]["name"].as_str().expect("a name");
    let map = env
        .get(&format!("configmap/{map}"))
        .expect("the object exists");
    let directory = TempDir::new().expect("a temporary directory is created");
    for (name, content) in map["data"].as_object().expect("the ConfigMap has data") {
        let content = content.as_str().expect("a text");
        fs::write(directory.path().join(name), content).expect("the file is written");
    }
    let account = pod["serviceAccountName"].as_str().expect("a name");
    let user = format!("--as=system:serviceaccount:{}:{account}", env.namespace);
    let arguments = container["args"].as_array().expect("a list").iter();
    let mut command: Vec<String> = arguments
        .map(|word| word.as_str().expect("a text"))
        .map(|word| match Path::new(word).strip_prefix(mounted) {
            Ok(file) => directory.path().join(file).display().to_string(),
            Err(_) => word.to_owned(),
        })
        .collect();
    command.push(user.clone());
    let command: Vec<&str> = command.iter().map(String::as_str).collect();
    env.kubectl(&command);
    let all = [
        "wait",
        "cfinv",
        "--all",
        "--for=condition=Complete",
        "--timeout=60s",
    ];
    env.kubectl(&all);
    assert_only_invalidation_permissions(&env, &user);
    assert!(!can_i(&env, &user, ["get", "invalidations"]));
}
