//! What a site consists of: a distribution and all objects that it references, many times at once.

use crate::{
    Outcome,
    environment::{Counts, DEPLOYMENT_DELAY, Environment},
    figure::{Case, Figure, per},
    harness::{Harness, Role},
    objects::Objects,
};
use cloudfront_operator::kinds::{
    cache_policy::CachePolicy, distribution::Distribution, function::Function,
    origin_access_control::OriginAccessControl, origin_request_policy::OriginRequestPolicy,
    realtime_log_config::RealtimeLogConfig, response_headers_policy::ResponseHeadersPolicy,
};
use kube::api::ApiResource;
use serde_json::{Value, json};
use std::time::{Duration, Instant};
use tokio::time::sleep;

const SITES: usize = 50;

/// The quotas that 50 sites exceed. CloudFront raises them on request.
const QUOTAS: [&str; 3] = [
    "TooManyCachePolicies",
    "TooManyOriginRequestPolicies",
    "TooManyResponseHeadersPolicies",
];

/// Within the default rate limit, 400 writes take 200 seconds.
const TIMEOUT: Duration = Duration::from_mins(20);

/// Lets the watches start before the first object is created.
const START_UP: Duration = Duration::from_secs(3);

/// One kind of object of a site, and what CloudFront calls its operations.
struct Part {
    resource: ApiResource,
    noun: &'static str,
    spec: Value,
}

/// Creates all objects of all sites at once, and waits until they are ready. Without flags the default rate limit applies.
pub(crate) async fn measure(harness: &Harness, role: Role, flags: &[&str]) -> Outcome<Vec<Figure>> {
    let mut environment = Environment::new(harness, "site", Duration::from_millis(20)).await?;
    let control = environment.simulator.control();
    for quota in QUOTAS {
        control.set_quota(None, quota, 1_000)?;
    }
    let process = environment.start(role, flags)?;
    let parts = parts();
    let objects: Vec<Objects> = parts
        .iter()
        .map(|part| {
            let kube = harness.kube.clone();
            Objects::of(kube, &environment.namespace, part.resource.clone())
        })
        .collect();
    sleep(START_UP).await;
    environment.counts().await?;
    let before = process.usage()?;
    let started = Instant::now();
    for (part, objects) in parts.iter().zip(&objects) {
        let specs = (0..SITES).map(|n| (format!("site-{n}"), part.spec_of(n)));
        objects.create(specs.collect()).await?;
    }
    let mut ready = started;
    for objects in &objects {
        let last = objects.until_ready(SITES, 1, TIMEOUT).await;
        ready = ready.max(last.map_err(|error| format!("{error}\n{}", process.log_tail()))?);
    }
    let after = process.usage()?;
    let counts = environment.counts().await?;

    let limit = if flags.is_empty() {
        "defaults"
    } else {
        "no rate limit"
    };
    let mut case = Case::new(format!("{SITES} sites at once, {limit}"));
    let seconds = (ready - started).saturating_sub(DEPLOYMENT_DELAY);
    let seconds = seconds.as_secs_f64();
    case.add("all Ready, without the deployment delay", "s", seconds);
    case.add("CPU", "s", after.cpu - before.cpu);
    case.add("RSS peak", "MiB", after.peak);
    add_counts(&mut case, &parts, &counts);
    Ok(case.into_figures())
}

fn add_counts(case: &mut Case, parts: &[Part], counts: &Counts) {
    for part in parts {
        let writes = counts.operations.iter();
        let writes = writes.filter(|(operation, _)| {
            let is_list = operation.starts_with("List");
            !is_list && operation.ends_with(part.noun)
        });
        let calls = writes.map(|(_, count)| count).sum();
        let name = format!("calls for each {}", part.resource.kind);
        case.add(name, "count", per(calls, SITES));
    }
    let objects = SITES * parts.len();
    case.add("list calls", "count", per(counts.list_calls, 1));
    let all = counts.object_calls + counts.list_calls;
    case.add("all calls for each object", "count", per(all, objects));
    case.count("calls refused", counts.refused);
    let writes = per(counts.writes.objects, objects);
    case.add("Kubernetes writes for each object", "count", writes);
    case.add(
        "events for each object",
        "count",
        per(counts.writes.events, objects),
    );
}

impl Part {
    fn new<K: kube::Resource<DynamicType = ()>>(noun: &'static str, spec: Value) -> Self {
        Self {
            resource: ApiResource::erase::<K>(&()),
            noun,
            spec,
        }
    }

    /// Returns the spec of the object of one site, whose objects have one name.
    fn spec_of(&self, site: usize) -> Value {
        let text = self
            .spec
            .to_string()
            .replace("SITE", &format!("site-{site}"));
        serde_json::from_str(&text).unwrap_or_default()
    }
}

/// The objects of a site. In the specs, `SITE` is their name.
fn parts() -> [Part; 7] {
    let reference = json!({"name": "SITE"});
    [
        Part::new::<Distribution>(
            "Distribution",
            json!({
                "comment": "SITE",
                "tags": {"team": "web", "environment": "production"},
                "origins": [{
                    "id": "bucket", "domainName": "example-SITE.s3.eu-central-1.amazonaws.com",
                    "originAccessControlRef": reference,
                }],
                "defaultCacheBehavior": {
                    "targetOriginId": "bucket",
                    "viewerProtocolPolicy": "redirect-to-https",
                    "cachePolicyRef": reference,
                    "originRequestPolicyRef": reference,
                    "responseHeadersPolicyRef": reference,
                    "realtimeLogConfigRef": reference,
                    "functionAssociations": [{"eventType": "viewer-request", "functionRef": reference}],
                },
            }),
        ),
        Part::new::<OriginAccessControl>(
            "OriginAccessControl",
            json!({"originAccessControlOriginType": "s3", "signingBehavior": "always", "signingProtocol": "sigv4"}),
        ),
        Part::new::<CachePolicy>("CachePolicy", json!({"minTTL": 1, "defaultTTL": 86_400})),
        Part::new::<OriginRequestPolicy>(
            "OriginRequestPolicy",
            json!({
                "headersConfig": {"headerBehavior": "whitelist", "headers": ["CloudFront-Viewer-Country"]},
                "cookiesConfig": {"cookieBehavior": "none"},
                "queryStringsConfig": {"queryStringBehavior": "all"},
            }),
        ),
        Part::new::<ResponseHeadersPolicy>(
            "ResponseHeadersPolicy",
            json!({"customHeadersConfig": [{"header": "x-site", "value": "SITE", "override": true}]}),
        ),
        Part::new::<RealtimeLogConfig>(
            "RealtimeLogConfig",
            json!({
                "samplingRate": 5,
                "fields": ["timestamp", "c-ip", "sc-status"],
                "endPoints": [{"kinesisStreamConfig": {
                    "roleARN": "arn:aws:iam::111122223333:role/cloudfront-logs",
                    "streamARN": "arn:aws:kinesis:us-east-1:111122223333:stream/cloudfront",
                }}],
            }),
        ),
        Part::new::<Function>("Function", function()),
    ]
}

/// A function with a test, which the operator runs before it publishes the function.
fn function() -> Value {
    json!({
        "functionConfig": {"comment": "SITE", "runtime": "cloudfront-js-2.0"},
        "functionCode": "function handler(event) { return event.request; }",
        "tests": [{
            "name": "a file keeps its path",
            "event": {
                "version": "1.0", "context": {"eventType": "viewer-request"}, "viewer": {"ip": "198.51.100.7"},
                "request": {"method": "GET", "uri": "/style.css", "querystring": {}, "headers": {}, "cookies": {}},
            },
            "expect": {"request": {"uri": "/style.css"}},
        }],
    })
}
