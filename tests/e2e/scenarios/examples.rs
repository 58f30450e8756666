//! Every file of `examples/`, applied as its header describes.

use crate::support::{TestEnv, condition};
use cloudfront_operator::cloudfront::encode_base64;
use cloudfront_simulator::ResourceType;
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

/// The resources that the examples refer to and that no kind creates.
const REFERENCES: [(ResourceType, &str); 3] = [
    (
        ResourceType::WebAcl,
        "arn:aws:wafv2:us-east-1:123456789012:global/webacl/tickets/00000000-0000-4000-8000-000000000000",
    ),
    (
        ResourceType::WebAcl,
        "arn:aws:wafv2:us-east-1:111122223333:global/webacl/club/11111111-0000-4000-8000-000000000000",
    ),
    (
        ResourceType::Certificate,
        "arn:aws:acm:us-east-1:111122223333:certificate/22222222-3333-4444-8555-666666666666",
    ),
];

/// For files whose objects refer to others: the main object, and texts that the CloudFront configuration of the object contains in the
/// end. That of other objects contains each text of the spec.
const EXPECTED: [(&str, &str, &[&str]); 21] = [
    (
        "api-and-static.yaml",
        "cfd/app",
        &[
            "<PathPattern>/api/*</PathPattern><TargetOriginId>app</TargetOriginId>",
            "<PathPattern>/static/*</PathPattern><TargetOriginId>assets</TargetOriginId>",
        ],
    ),
    (
        "directory-index.yaml",
        "cfd/blog",
        &[
            "<FunctionARN>arn:aws:cloudfront::",
            "-directory-index-",
            "</FunctionARN><EventType>viewer-request</EventType>",
        ],
    ),
    (
        "real-time-logs.yaml",
        "cfd/news",
        &[
            "<RealtimeLogConfigArn>arn:aws:cloudfront::",
            ":realtime-log-config/",
            "-news-",
        ],
    ),
    (
        "drift-ignore.yaml",
        "cfd/portal",
        &["<HeaderName>x-origin-verify</HeaderName><HeaderValue>first-value</HeaderValue>"],
    ),
    (
        "error-pages.yaml",
        "cfd/shop",
        &[
            "<ErrorCode>502</ErrorCode><ResponsePagePath>/errors/maintenance.html</ResponsePagePath><ResponseCode>503</ResponseCode>",
        ],
    ),
    (
        "failover.yaml",
        "cfd/downloads",
        &[
            "<OriginGroup><Id>downloads</Id>",
            "<DefaultCacheBehavior><TargetOriginId>downloads</TargetOriginId>",
            "<OriginId>primary</OriginId></OriginGroupMember><OriginGroupMember><OriginId>replica</OriginId>",
        ],
    ),
    (
        "geo-restriction.yaml",
        "cfd/films",
        &[
            "<RestrictionType>whitelist</RestrictionType>",
            "<Location>CH</Location>",
        ],
    ),
    (
        "values-from-config-map.yaml",
        "cfd/club",
        &[
            "<DomainName>club-1234567890.eu-west-1.elb.amazonaws.com</DomainName>",
            "<ACMCertificateArn>arn:aws:acm:us-east-1:111122223333:certificate/22222222-3333-4444-8555-666666666666</ACMCertificateArn>",
            ":global/webacl/club/11111111-0000-4000-8000-000000000000</WebACLId>",
        ],
    ),
    ("invalidation-cronjob.yaml", "", &[]),
    ("invalidation.yaml", "cfinv/site-release-1", &[]),
    ("invalidation-policy.yaml", "cfinvpol/start-page", &[]),
    (
        "logging.yaml",
        "cfd/handbook",
        &["<Bucket>example-logs.s3.amazonaws.com</Bucket><Prefix>handbook/</Prefix>"],
    ),
    (
        "s3-site-oac.yaml",
        "cfd/pages",
        &[
            "<OriginAccessControlId>E",
            "<OriginAccessIdentity></OriginAccessIdentity>",
        ],
    ),
    (
        "s3-site.yaml",
        "cfd/site",
        &["<OriginAccessIdentity>origin-access-identity/cloudfront/E"],
    ),
    ("key-group.yaml", "cfkg/reports", &["<Items><PublicKey>K"]),
    (
        "public-key-from-secret.yaml",
        "cfpk/archive-2026",
        &["<EncodedKey>-----BEGIN PUBLIC KEY-----\nMII"],
    ),
    (
        "secret-header.yaml",
        "cfd/booking",
        &["<HeaderName>X-Origin-Verify</HeaderName><HeaderValue>replace-me</HeaderValue>"],
    ),
    (
        "signed-urls.yaml",
        "cfd/courses",
        &["<TrustedKeyGroups><Enabled>true</Enabled><Quantity>1</Quantity><Items><KeyGroup>"],
    ),
    (
        "spa.yaml",
        "cfd/spa",
        &[
            "<ErrorCode>403</ErrorCode><ResponsePagePath>/index.html</ResponsePagePath><ResponseCode>200</ResponseCode>",
            "<ErrorCode>404</ErrorCode><ResponsePagePath>/index.html</ResponsePagePath><ResponseCode>200</ResponseCode>",
        ],
    ),
    (
        "streaming.yaml",
        "cfsd/media",
        &["<AwsAccountNumber>self</AwsAccountNumber>"],
    ),
    (
        "web-acl.yaml",
        "cfd/tickets",
        &[
            "<WebACLId>arn:aws:wafv2:us-east-1:123456789012:global/webacl/tickets/00000000-0000-4000-8000-000000000000</WebACLId>",
        ],
    ),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")
}

fn example(name: &str) -> String {
    fs::read_to_string(folder().join(name)).expect("the example exists")
}

/// Returns the argument of kubectl for a file or a folder of the examples.
pub(super) fn filename_argument(name: &str) -> String {
    format!("--filename={}", folder().join(name).display())
}

/// Creates the resources that the examples refer to.
pub(super) fn seed_references(env: &TestEnv) {
    for (family, id) in REFERENCES {
        env.control().seed(family, id);
    }
}

/// Returns the configuration of a resource.
fn configuration(state: &Value, id: &Value) -> String {
    let accounts = state["accounts"]
        .as_object()
        .expect("the state has accounts");
    let families = accounts.values().filter_map(Value::as_object).flatten();
    let resources = families
        .filter_map(|(_, family)| family.as_array())
        .flatten();
    let found = resources.filter(|resource| resource["id"] == *id);
    let texts: Vec<&str> = found.filter_map(|one| one["config"].as_str()).collect();
    texts.concat()
}

#[test]
fn all_examples_together_become_ready_with_the_expected_configuration_and_are_deleted() {
    let env = TestEnv::with_deploy_delay("examples", Duration::from_secs(1));
    seed_references(&env);
    env.kubectl(&["apply", &filename_argument("")]);
    for (object, texts) in plain_objects() {
        let found = env.wait_until_ready(&object);
        let configuration = configuration(&env.control().state(), &found["status"]["id"]);
        for text in texts {
            // CloudFront has code in Base64.
            let forms = [encode_base64(&text), text];
            let is_there = |text: &String| configuration.contains(&format!(">{text}<"));
            assert!(
                forms.iter().any(is_there),
                "{object}: none of {forms:?} in {configuration}"
            );
        }
    }
    for (file, object, expected) in EXPECTED {
        if object.is_empty() {
            continue;
        }
        let found = env.wait_until(object, &format!("of {file} is ready"), |value| {
            condition(value, "Ready").0 == "True"
                && value["status"]["observedGeneration"] == value["metadata"]["generation"]
        });
        let state = env.control().state();
        let configuration = configuration(&state, &found["status"]["id"]);
        for text in expected {
            assert!(
                configuration.contains(text),
                "{file}: no {text} in {configuration}"
            );
        }
    }
    env.kubectl(&["delete", &filename_argument("")]);
    let remaining = env.kubectl(&["get", "cloudfront", "--output", "name"]);
    assert_eq!(remaining, "");
    let state = env.control().state().to_string();
    assert!(!state.contains("<DistributionConfig"), "{state}");
}

/// Returns the names of the files.
fn files() -> BTreeSet<String> {
    let entries = fs::read_dir(folder()).expect("the folder exists");
    let paths = entries.map(|entry| entry.expect("the folder is readable").path());
    let yaml = paths.filter(|path| path.extension().is_some_and(|it| it == "yaml"));
    yaml.filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned()))
        .collect()
}

/// Returns the objects of a file.
fn manifests(file: &str) -> Vec<Value> {
    let text = example(file);
    let documents = text.split("\n---\n");
    let objects = documents.map(|it| serde_saphyr::from_str(it).expect("a manifest"));
    objects.collect()
}

/// Returns the objects of the files without an entry in [`EXPECTED`], each with the texts of its spec.
fn plain_objects() -> Vec<(String, Vec<String>)> {
    let expected = EXPECTED.map(|(file, ..)| file);
    let plain = files().into_iter();
    let plain = plain.filter(|file| !expected.contains(&file.as_str()));
    let mut objects = vec![];
    for file in plain {
        for manifest in manifests(&file) {
            let kind = manifest["kind"].as_str().expect("a kind");
            let entry = cloudfront_operator::operator::kind(kind);
            let plural = entry
                .expect("a kind of the operator")
                .crd()
                .spec
                .names
                .plural;
            let name = manifest["metadata"]["name"].as_str().expect("a name");
            objects.push((format!("{plural}/{name}"), texts(&manifest["spec"])));
        }
    }
    objects
}

/// Returns all texts, numbers and switches of a value that CloudFront gets in the configuration. It has IDs in the place of the names of
/// objects and of policies of AWS, and the tests of a function and the pairs of a store are requests of their own.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => {
            let is_other = |field: &str, value: &Value| {
                let is_pairs = field == "items" && value.is_object();
                is_pairs
                    || field.ends_with("Ref")
                    || field.ends_with("Refs")
                    || field.starts_with("managed")
                    || field == "tests"
            };
            let sent = members
                .iter()
                .filter(|(field, value)| !is_other(field, value));
            sent.flat_map(|(_, value)| texts(value)).collect()
        }
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::String(text) => vec![text.clone()],
        other => vec![other.to_string()],
    }
}

#[test]
fn every_expected_example_exists() {
    let files = files();
    for (file, ..) in EXPECTED {
        assert!(files.contains(file), "{file}");
    }
    assert!(files.len() > EXPECTED.len());
}

#[test]
fn no_two_examples_have_an_object_with_the_same_name() {
    let mut names = BTreeSet::new();
    for file in files() {
        for manifest in manifests(&file) {
            let name = format!("{} {}", manifest["kind"], manifest["metadata"]["name"]);
            assert!(names.insert(name.clone()), "{file}: {name}");
        }
    }
}

/// Creates a distribution without an object, and returns its id.
fn create_unmanaged(env: &TestEnv) -> String {
    let manifest = example("adopt/manage.yaml")
        .replace("name: legacy", "name: creator")
        .replace("adoptId: E1EXAMPLE", "deletionPolicy: Retain");
    env.apply(&manifest);
    let id = env.wait_until_ready("cfd/creator")["status"]["id"].clone();
    env.kubectl(&["delete", "cfd/creator"]);
    id.as_str().expect("the status has an id").to_owned()
}

fn set_timeout(env: &TestEnv, id: &str, seconds: &str) {
    let path = "Origins/Items/0/CustomOriginConfig/OriginReadTimeout";
    env.edit_out_of_band(id, path, seconds);
}

#[test]
fn an_existing_distribution_is_observed_managed_and_retained() {
    let env = TestEnv::with_deploy_delay("legacy", Duration::ZERO);
    let id = create_unmanaged(&env);
    set_timeout(&env, &id, "60");
    let before = env.journal_end();
    env.apply(&example("adopt/observe.yaml").replace("E1EXAMPLE", &id));
    env.wait_for_condition("cfd/legacy", "Stalled", "True", "Drifted");
    let shown =
        "jsonpath={range .status.drift[*]}{.path}: {.observed}, not {.desired}{\"\\n\"}{end}";
    assert_eq!(
        env.kubectl(&["get", "cfd", "legacy", "--output", shown]),
        "origins[server].customOriginConfig.originReadTimeout: 60, not 30\n"
    );
    set_timeout(&env, &id, "30");
    env.wait_until_ready("cfd/legacy");
    assert_eq!(
        env.writes_since(before),
        [],
        "managementPolicy Observe writes nothing"
    );

    env.apply(&example("adopt/manage.yaml").replace("E1EXAMPLE", &id));
    let managed = env.wait_until_ready("cfd/legacy");
    assert_eq!(managed["status"]["id"], id.as_str());
    assert_eq!(
        env.writes_since(before),
        [],
        "the distribution already matches"
    );
    set_timeout(&env, &id, "60");
    env.eventually("the operator has corrected the drift", || {
        (!env.writes_since(before).is_empty()).then_some(())
    });
    env.kubectl(&["delete", "cfd/legacy"]);
    assert_eq!(
        TestEnv::operations(&env.writes_since(before)),
        ["UpdateDistribution"],
        "the distribution is retained"
    );
}
