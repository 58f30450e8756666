//! What users apply, and what comes of it: one file of `user_cases/cases` for each case. All cases run at once with one operator.
//!
//! Three more cases need the shipped intervals, and are scenarios of their own: a renamed object with an alias and a policy that is
//! created later in `obstacles.rs`, and a Secret that is created later in `secret.rs`.

mod objects;
mod runner;
mod step;

use crate::support::TestEnv;
use cloudfront_simulator::ResourceType;
use objects::Objects;
use parking_lot::Mutex;
use runner::Runner;
use std::{
    fs,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};
use step::Step;

/// The number of cases that run at once.
const CONCURRENCY: usize = 16;

/// The resources that the manifests refer to and that no kind creates.
const REFERENCES: [(ResourceType, &str); 12] = [
    (
        ResourceType::Certificate,
        "arn:aws:acm:us-east-1:111122223333:certificate/11111111-2222-4333-8444-555555555555",
    ),
    (
        ResourceType::LambdaFunction,
        "arn:aws:lambda:us-east-1:111122223333:function:edge-auth:7",
    ),
    (
        ResourceType::LambdaFunction,
        "arn:aws:lambda:us-east-1:111122223333:function:edge-headers:12",
    ),
    (
        ResourceType::Function,
        "arn:aws:cloudfront::111122223333:function/rewrite",
    ),
    (
        ResourceType::Function,
        "arn:aws:cloudfront::111122223333:function/headers",
    ),
    (
        ResourceType::KeyGroup,
        "aaaaaaaa-0000-4000-8000-000000000001",
    ),
    (
        ResourceType::KeyGroup,
        "aaaaaaaa-0000-4000-8000-000000000002",
    ),
    (
        ResourceType::RealtimeLogConfig,
        "arn:aws:cloudfront::111122223333:realtime-log-config/all-fields",
    ),
    (ResourceType::OriginAccessControl, "E2OAC000000001"),
    (ResourceType::VpcOrigin, "vo_00000000000000000001"),
    (
        ResourceType::WebAcl,
        "arn:aws:wafv2:us-east-1:111122223333:global/webacl/edge/bbbbbbbb-0000-4000-8000-000000000001",
    ),
    (ResourceType::FieldLevelEncryptionConfig, "C2FLE000000001"),
];

/// Returns the files of the cases.
fn files() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/scenarios/user_cases/cases");
    let entries = fs::read_dir(folder).expect("the folder exists");
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.expect("the folder is readable").path())
        .collect();
    files.sort();
    files
}

/// Runs the cases that are left, one after the other, and adds their problems.
fn work(
    env: &TestEnv,
    objects: &Objects,
    left: &Mutex<Vec<PathBuf>>,
    problems: &Mutex<Vec<String>>,
) {
    loop {
        let Some(file) = left.lock().pop() else {
            return;
        };
        let text = fs::read_to_string(&file).expect("the file is readable");
        let steps: Result<Vec<Step>, String> =
            serde_saphyr::from_str(&text).map_err(|error| error.to_string());
        let result = steps.and_then(|steps| Runner::new(env, objects).run(&steps));
        if let Err(problem) = result {
            let name = file.file_stem().unwrap_or_default().to_string_lossy();
            problems.lock().push(format!("{name}: {problem}"));
        }
    }
}

#[test]
fn each_case_of_users_ends_as_its_file_describes() {
    let env = TestEnv::with_deploy_delay("user-cases", Duration::from_secs(1));
    for (family, id) in REFERENCES {
        env.control().seed(family, id);
    }
    let (left, problems) = (Mutex::new(files()), Mutex::default());
    assert!(left.lock().len() >= 46, "{left:?}");
    let objects = Objects::default();
    thread::scope(|scope| {
        scope.spawn(|| objects.follow(&env));
        let workers =
            [(); CONCURRENCY].map(|()| scope.spawn(|| work(&env, &objects, &left, &problems)));
        for worker in workers {
            // A worker that panicked has printed why.
            if worker.join().is_err() {
                problems.lock().push("a worker panicked".into());
            }
        }
        objects.stop();
    });
    let problems = problems.into_inner();
    assert!(
        problems.is_empty(),
        "{}\n{}",
        problems.join("\n\n"),
        env.log()
    );
    assert_eq!(env.kubectl(&["get", "cloudfront", "--output=name"]), "");
    assert_eq!(env.distribution_count(), 0, "nothing remains in CloudFront");
}
