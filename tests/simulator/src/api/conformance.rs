//! Answers against the service model: what the simulator says must be what the model lets it say.

use std::{collections::BTreeMap, time::Duration};

use super::{Answer, Call, execute};
use crate::{
    model::{MODEL, NAMESPACE, Target},
    options::{Credential, DEFAULT_ACCOUNT},
    settings::Settings,
    validate,
    world::{Kept, World},
};

const DISTRIBUTION: &str = "<CallerReference>r</CallerReference><Aliases><Quantity>1</Quantity><Items>\
    <CNAME>a.example.com</CNAME></Items></Aliases><Comment></Comment><Enabled>true</Enabled><Origins>\
    <Quantity>1</Quantity><Items><Origin><Id>o</Id><DomainName>o.example.com</DomainName><CustomOriginConfig>\
    <HTTPPort>80</HTTPPort><HTTPSPort>443</HTTPSPort><OriginProtocolPolicy>https-only</OriginProtocolPolicy>\
    </CustomOriginConfig></Origin></Items></Origins><DefaultCacheBehavior><TargetOriginId>o</TargetOriginId>\
    <TrustedSigners><Enabled>true</Enabled><Quantity>1</Quantity><Items><AwsAccountNumber>self</AwsAccountNumber>\
    </Items></TrustedSigners><ViewerProtocolPolicy>allow-all</ViewerProtocolPolicy><ForwardedValues>\
    <QueryString>true</QueryString><Cookies><Forward>all</Forward></Cookies></ForwardedValues>\
    </DefaultCacheBehavior>";
const STREAMING: &str = "<CallerReference>r</CallerReference><S3Origin><DomainName>b.s3.amazonaws.com</DomainName>\
    <OriginAccessIdentity></OriginAccessIdentity></S3Origin><Comment></Comment><TrustedSigners>\
    <Enabled>true</Enabled><Quantity>1</Quantity><Items><AwsAccountNumber>self</AwsAccountNumber></Items>\
    </TrustedSigners><Enabled>true</Enabled>";
const IDENTITY: &str = "<CallerReference>r</CallerReference><Comment>c</Comment>";
const BATCH: &str = "<CallerReference>r</CallerReference><Paths><Quantity>1</Quantity><Items><Path>/</Path></Items></Paths>";

struct Client {
    world: World,
}

impl Client {
    fn new() -> Self {
        let mut world = World::new(Kept::new(1), Settings::new(Duration::ZERO, Duration::ZERO));
        world.add_credential(&Credential::for_tests());
        Self { world }
    }

    /// Calls an operation by address and checks the answer against its shape.
    fn call(&mut self, method: &str, path: &str, inside: &str) -> Answer {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let query: Vec<_> = query
            .split_once('=')
            .map(|(n, v)| (n.to_owned(), v.to_owned()))
            .into_iter()
            .collect();
        let path = format!("/2020-05-31/{path}");
        let Target::Operation {
            name,
            operation,
            path,
        } = MODEL.route(method, &path, &query)
        else {
            panic!("{method} {path} is an operation");
        };
        let root = operation.body_root.as_deref().unwrap_or_default();
        let body = format!("<{root} xmlns=\"{NAMESPACE}\">{inside}</{root}>");
        let account = DEFAULT_ACCOUNT.to_owned();
        let call = Call {
            name,
            operation,
            path,
            query,
            if_match: None,
            body: body.as_bytes(),
            account,
            lag: 0,
        };
        let answer = execute(&mut self.world, &call).unwrap();
        let shape = operation.answer_root.as_deref().unwrap();
        let given = answer.body.as_ref().unwrap();
        assert_eq!(given.name, shape);
        validate::answer(given, shape).unwrap();
        answer
    }
}

#[test]
fn every_answer_conforms_to_the_model() {
    let mut client = Client::new();
    let mut ids = BTreeMap::new();
    for (path, body) in [
        ("distribution", DISTRIBUTION),
        ("streaming-distribution", STREAMING),
        ("origin-access-identity/cloudfront", IDENTITY),
    ] {
        let id = client.call("POST", path, body).id.unwrap();
        client.call("GET", &format!("{path}/{id}"), "");
        client.call("GET", &format!("{path}/{id}/config"), "");
        client.call("GET", path, "");
        ids.insert(path, id);
    }
    let distribution = &ids["distribution"];
    let invalidations = format!("distribution/{distribution}/invalidation");
    let id = client.call("POST", &invalidations, BATCH).id.unwrap();
    client.call("GET", &invalidations, "");
    client.call("GET", &format!("{invalidations}/{id}"), "");
    client.call("GET", "distributionsByWebACLId/null", "");
    let arn = format!("arn:aws:cloudfront::{DEFAULT_ACCOUNT}:distribution/{distribution}");
    client.call("GET", &format!("tagging?Resource={arn}"), "");
}
