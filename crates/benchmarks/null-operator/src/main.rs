//! An operator without logic: it makes one create call and one status write for each object.
//!
//! It is the lower bound that the operator is compared with. It uses the operator's own CloudFront client without a rate limit, so that
//! the ratio shows what the logic costs. It never updates, deletes or polls, and does not wait for a deployment.

use cloudfront_operator::{
    cloudfront::{Client, Options, Request},
    kinds::distribution::Distribution,
    xml::Element,
};
use futures::StreamExt;
use kube::{
    Api,
    api::{ApiResource, DynamicObject, Patch, PatchParams},
    runtime::{WatchStreamExt, watcher},
};
use serde_json::{Value, json};
use std::{env, error::Error};

/// Concurrent objects, as many as the operator has by default.
const MAX_CONCURRENT_OBJECTS: usize = 16;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// The arguments are the namespace and the endpoint of CloudFront.
#[tokio::main]
async fn main() -> Outcome<()> {
    let mut arguments = env::args().skip(1);
    let (Some(namespace), Some(endpoint)) = (arguments.next(), arguments.next()) else {
        return Err("usage: null-operator NAMESPACE ENDPOINT".into());
    };
    let cloudfront = Client::new(Options {
        endpoint: Some(endpoint),
        read_qps: 0.0,
        write_qps: 0.0,
        ..Options::default()
    })
    .await?;
    let kube = kube::Client::try_default().await?;
    let resource = ApiResource::erase::<Distribution>(&());
    let api: Api<DynamicObject> = Api::namespaced_with(kube, &namespace, &resource);
    let objects = watcher(api.clone(), watcher::Config::default())
        .default_backoff()
        .applied_objects();
    objects
        .for_each_concurrent(MAX_CONCURRENT_OBJECTS, |object| {
            let (api, cloudfront) = (&api, &cloudfront);
            async move {
                let result = match object {
                    Ok(object) => create(api, cloudfront, &object).await,
                    Err(error) => Err(error.into()),
                };
                if let Err(error) = result {
                    eprintln!("null-operator: {error}");
                }
            }
        })
        .await;
    Ok(())
}

/// Creates the distribution of an object unless its status has an id.
async fn create(
    api: &Api<DynamicObject>,
    cloudfront: &Client,
    object: &DynamicObject,
) -> Outcome<()> {
    if !object.data["status"]["id"].is_null() {
        return Ok(());
    }
    let name = object.metadata.name.as_deref().unwrap_or_default();
    let key = object.metadata.uid.as_deref().unwrap_or_default();
    let comment = object.data["spec"]["comment"].as_str().unwrap_or_default();
    let body = Element::parse(config(key, comment).as_bytes())?;
    let request = Request::post("CreateDistribution", "distribution", body);
    let response = cloudfront.send(&request).await?;
    let id = response
        .document
        .as_ref()
        .and_then(|document| document.text_of("Id"));
    let status = ready_status(id, object.metadata.generation);
    api.patch_status(name, &PatchParams::default(), &Patch::Merge(status))
        .await?;
    Ok(())
}

fn ready_status(id: Option<&str>, generation: Option<i64>) -> Value {
    json!({"status": {
        "id": id,
        "observedGeneration": generation,
        "conditions": [{
            "type": "Ready",
            "status": "True",
            "reason": "InSync",
            "message": "",
            "observedGeneration": generation,
            "lastTransitionTime": "2026-01-01T00:00:00Z",
        }],
    }})
}

/// The same configuration as that of the benchmarks' objects.
fn config(key: &str, comment: &str) -> String {
    format!(
        "<DistributionConfig><CallerReference>{key}</CallerReference><Origins><Quantity>1</Quantity><Items><Origin><Id>api</Id>\
         <DomainName>api.example.com</DomainName><CustomOriginConfig><HTTPPort>80</HTTPPort><HTTPSPort>443</HTTPSPort>\
         <OriginProtocolPolicy>https-only</OriginProtocolPolicy></CustomOriginConfig></Origin></Items></Origins>\
         <DefaultCacheBehavior><TargetOriginId>api</TargetOriginId><ViewerProtocolPolicy>redirect-to-https</ViewerProtocolPolicy>\
         <CachePolicyId>658327ea-f89d-4fab-a63d-7e88639e58f6</CachePolicyId></DefaultCacheBehavior>\
         <Comment>{comment}</Comment><Enabled>true</Enabled></DistributionConfig>"
    )
}
