//! One response of each operation, from the simulator.

use cloudfront_operator::{
    cloudfront::{Client, CredentialsSource, Options, Request, Response, StaticCredentials},
    xml::Element,
};
use cloudfront_simulator::Simulator;

const DISTRIBUTION: &str = "<DistributionConfig><CallerReference>r</CallerReference>
<Origins><Quantity>1</Quantity><Items><Origin><Id>api</Id><DomainName>api.example.com</DomainName>
<CustomHeaders><Quantity>1</Quantity><Items><OriginCustomHeader><HeaderName>x-key</HeaderName><HeaderValue>v</HeaderValue></OriginCustomHeader></Items></CustomHeaders>
<CustomOriginConfig><HTTPPort>80</HTTPPort><HTTPSPort>443</HTTPSPort><OriginProtocolPolicy>https-only</OriginProtocolPolicy></CustomOriginConfig></Origin></Items></Origins>
<DefaultCacheBehavior><TargetOriginId>api</TargetOriginId><ViewerProtocolPolicy>allow-all</ViewerProtocolPolicy><CachePolicyId>658327ea-f89d-4fab-a63d-7e88639e58f6</CachePolicyId></DefaultCacheBehavior>
<Comment>a &amp; b</Comment><Enabled>true</Enabled></DistributionConfig>";
const TAGS: &str = "<Tags><Items><Tag><Key>team</Key><Value>web</Value></Tag></Items></Tags>";
const IDENTITY: &str = "<CloudFrontOriginAccessIdentityConfig><CallerReference>r</CallerReference><Comment>c</Comment></CloudFrontOriginAccessIdentityConfig>";
const STREAMING: &str = "<StreamingDistributionConfig><CallerReference>r</CallerReference>
<S3Origin><DomainName>site.s3.amazonaws.com</DomainName><OriginAccessIdentity></OriginAccessIdentity></S3Origin>
<Comment>c</Comment><TrustedSigners><Enabled>false</Enabled><Quantity>0</Quantity></TrustedSigners><Enabled>true</Enabled></StreamingDistributionConfig>";
const INVALIDATION: &str = "<InvalidationBatch><Paths><Quantity>2</Quantity><Items><Path>/a</Path><Path>/b*</Path></Items></Paths><CallerReference>r</CallerReference></InvalidationBatch>";

/// The response of an operation.
pub(crate) struct Recorded {
    pub(crate) operation: String,
    pub(crate) document: Element,
}

/// Records the responses of a simulator.
struct Recorder {
    client: Client,
    recorded: Vec<Recorded>,
}

impl Recorder {
    async fn send(&mut self, request: Request) -> Response {
        let response = self.client.send(&request).await.unwrap();
        let document = response.document.clone().unwrap();
        let operation = request.operation.into_owned();
        self.recorded.push(Recorded {
            operation,
            document,
        });
        response
    }

    /// Sends create, get, get of the configuration, update and list.
    async fn lifecycle(&mut self, name: &str, path: &str, config: &str) -> Element {
        let config = element(config);
        let created = self
            .send(Request::post(format!("Create{name}"), path, config))
            .await;
        let document = created.document.unwrap();
        let one = format!("{path}/{}", document.text_of("Id").unwrap());
        self.send(Request::get(format!("Get{name}"), &one)).await;
        let config_path = format!("{one}/config");
        let read = self
            .send(Request::get(format!("Get{name}Config"), &config_path))
            .await;
        let (etag, config) = (read.etag.unwrap(), read.document.unwrap());
        self.send(Request::put(
            format!("Update{name}"),
            config_path,
            etag,
            config,
        ))
        .await;
        self.send(Request::get(format!("List{name}s"), path)).await;
        document
    }
}

fn element(text: &str) -> Element {
    Element::parse(text.as_bytes()).unwrap()
}

fn with_tags(name: &str, config: &str) -> Element {
    let mut config = element(config);
    config.set_text("CallerReference", "tagged");
    Element::new(name).with(config).with(element(TAGS))
}

/// Sends every used operation whose response has a document once, and returns the responses.
pub(crate) async fn record() -> Vec<Recorded> {
    let simulator = Simulator::start(cloudfront_simulator::Options::default())
        .await
        .unwrap();
    let credential = &simulator.credentials()[0];
    let options = Options {
        endpoint: Some(simulator.endpoint()),
        credentials: CredentialsSource::Static(StaticCredentials {
            access_key_id: credential.access_key.clone(),
            secret_access_key: credential.secret_key.clone(),
            session_token: None,
        }),
        read_qps: 0.0,
        write_qps: 0.0,
        ..Options::default()
    };
    let client = Client::new(options).await.unwrap();
    let mut recorder = Recorder {
        client,
        recorded: vec![],
    };
    let distribution = recorder
        .lifecycle("Distribution", "distribution", DISTRIBUTION)
        .await;
    recorder
        .lifecycle(
            "CloudFrontOriginAccessIdentity",
            "origin-access-identity/cloudfront",
            IDENTITY,
        )
        .await;
    recorder
        .lifecycle("StreamingDistribution", "streaming-distribution", STREAMING)
        .await;
    for (name, path, config) in [
        ("Distribution", "distribution", DISTRIBUTION),
        ("StreamingDistribution", "streaming-distribution", STREAMING),
    ] {
        let body = with_tags(&format!("{name}ConfigWithTags"), config);
        let create = Request::post(format!("Create{name}WithTags"), path, body);
        recorder.send(create.flag("WithTags")).await;
    }
    let arn = distribution.text_of("ARN").unwrap().to_owned();
    recorder
        .send(Request::get("ListTagsForResource", "tagging").query("Resource", arn))
        .await;
    let invalidations = format!(
        "distribution/{}/invalidation",
        distribution.text_of("Id").unwrap()
    );
    let create = Request::post("CreateInvalidation", &invalidations, element(INVALIDATION));
    let created = recorder.send(create).await.document.unwrap();
    let one = format!("{invalidations}/{}", created.text_of("Id").unwrap());
    recorder.send(Request::get("GetInvalidation", one)).await;
    recorder
        .send(Request::get("ListInvalidations", invalidations))
        .await;
    recorder.recorded
}
