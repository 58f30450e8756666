//! The operations, from a validated call to an answer.

mod checks;
mod defaults;
mod distribution;
mod identity;
mod invalidation;
mod list;
mod order;
mod streaming;
mod tags;
mod writes;

use std::collections::BTreeMap;

use tags::Tags;

use crate::{
    error::ApiError,
    model::{NAMESPACE, Operation},
    validate,
    world::World,
    xml::Element,
};

/// A request whose operation is known and whose signature is right.
pub(crate) struct Call<'a> {
    pub(crate) name: &'a str,
    pub(crate) operation: &'a Operation,
    /// Path parameters, decoded.
    pub(crate) path: BTreeMap<String, String>,
    /// Query parameters, decoded.
    pub(crate) query: Vec<(String, String)>,
    pub(crate) if_match: Option<String>,
    pub(crate) body: &'a [u8],
    pub(crate) account: String,
    /// How many writes a read lags behind; 0 without a fault.
    pub(crate) lag: u64,
}

impl Call<'_> {
    fn id(&self) -> &str {
        self.path.get("Id").map_or("", String::as_str)
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        self.query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

/// A success.
#[derive(Default)]
pub(crate) struct Answer {
    pub(crate) etag: Option<String>,
    /// The path of what was created, without the API version.
    pub(crate) location: Option<String>,
    pub(crate) body: Option<Element>,
    /// The id of what was created.
    pub(crate) id: Option<String>,
    pub(crate) committed: bool,
}

impl Answer {
    fn of(body: Element) -> Self {
        Self {
            body: Some(body),
            ..Self::default()
        }
    }

    /// The body as a document; the root is the shape's name.
    pub(crate) fn document(&self) -> String {
        self.body
            .as_ref()
            .map(|body| body.to_document(NAMESPACE))
            .unwrap_or_default()
    }
}

/// Carries out a call.
pub(crate) fn execute(world: &mut World, call: &Call<'_>) -> Result<Answer, ApiError> {
    let body = validate::body(call.operation, call.body, &world.kept.switches)?.unwrap_or_default();
    check_query(call)?;
    let answer =
        dispatch(world, call, body).map_err(|error| error.within(&call.operation.errors))?;
    world.dirty |= answer.committed;
    Ok(answer)
}

fn dispatch(world: &mut World, call: &Call<'_>, body: Element) -> Result<Answer, ApiError> {
    match call.name {
        "CreateDistribution" => distribution::create(world, call, body, Tags::new()),
        "CreateDistributionWithTags" => distribution::create_with_tags(world, call, body),
        "UpdateDistribution" => distribution::update(world, call, body),
        "DeleteDistribution" => distribution::delete(world, call),
        "CreateStreamingDistribution" => streaming::create(world, call, body, Tags::new()),
        "CreateStreamingDistributionWithTags" => streaming::create_with_tags(world, call, body),
        "UpdateStreamingDistribution" => streaming::update(world, call, body),
        "DeleteStreamingDistribution" => streaming::delete(world, call),
        "CreateCloudFrontOriginAccessIdentity" => identity::create(world, call, body),
        "UpdateCloudFrontOriginAccessIdentity" => identity::update(world, call, body),
        "DeleteCloudFrontOriginAccessIdentity" => identity::delete(world, call),
        "CreateInvalidation" => invalidation::create(world, call, body),
        "TagResource" => tags::tag(world, call, &body),
        "UntagResource" => tags::untag(world, call, &body),
        _ => read(world, call),
    }
}

fn read(world: &World, call: &Call<'_>) -> Result<Answer, ApiError> {
    match call.name {
        "GetDistribution" => distribution::get(world, call),
        "GetDistributionConfig" => distribution::get_config(world, call),
        "ListDistributions" => distribution::list(world, call),
        "ListDistributionsByWebACLId" => distribution::list_by_web_acl(world, call),
        "GetStreamingDistribution" => streaming::get(world, call),
        "GetStreamingDistributionConfig" => streaming::get_config(world, call),
        "ListStreamingDistributions" => streaming::list(world, call),
        "GetCloudFrontOriginAccessIdentity" => identity::get(world, call),
        "GetCloudFrontOriginAccessIdentityConfig" => identity::get_config(world, call),
        "ListCloudFrontOriginAccessIdentities" => identity::list(world, call),
        "GetInvalidation" => invalidation::get(world, call),
        "ListInvalidations" => invalidation::list(world, call),
        "ListTagsForResource" => tags::list(world, call),
        name => {
            let message = format!("{name} is in the model but not in the simulator");
            Err(ApiError::with_status(501, "NotImplemented", message))
        }
    }
}

fn check_query(call: &Call<'_>) -> Result<(), ApiError> {
    for (name, member) in &call.operation.query {
        let given = call.parameter(name);
        if member.required && given.is_none_or(str::is_empty) {
            return Err(ApiError::argument(format!(
                "The parameter {name} is required."
            )));
        }
        let mismatch =
            |(pattern, text): &(&String, &str)| !validate::matches_pattern(pattern, text);
        if let Some((pattern, text)) = member.pattern.as_ref().zip(given).filter(mismatch) {
            return Err(ApiError::argument(format!(
                "1 validation error detected: Value '{text}' at '{name}' failed to satisfy constraint: Member must \
                 satisfy regular expression pattern: {pattern}"
            )));
        }
    }
    Ok(())
}

/// The `CallerReference` in a body, wherever it is, for the journal.
pub(crate) fn reference_in(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let (_, rest) = text.split_once("<CallerReference>")?;
    rest.split_once("</CallerReference>")
        .map(|(reference, _)| reference.to_owned())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        model::{MODEL, Target},
        options::{Credential, DEFAULT_ACCOUNT},
        settings::Settings,
        world::Kept,
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
}
