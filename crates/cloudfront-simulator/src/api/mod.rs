//! The operations of the API.

mod address;
mod continuous_deployment;
mod defaults;
mod distribution;
mod family;
mod invalidation;
mod monitoring_subscription;
mod ordering;
mod pagination;
mod preconditions;
mod request;
mod streaming_distribution;
mod tags;
mod validation;

pub(crate) use address::ResourceAddress;
pub(crate) use family::{FAMILIES, KEY_VALUE_STORE, publish_current, status_of};
pub(crate) use request::{ApiRequest, ApiResult};

use crate::{error::ApiError, schema, service::Service, xml::Element};
use family::{CONTINUOUS_DEPLOYMENT_POLICY, FamilyOperation};
use tags::Tags;

/// Validates and executes a request.
pub(crate) fn execute(
    service: &mut Service,
    request: &ApiRequest<'_>,
) -> Result<ApiResult, ApiError> {
    let body = schema::parse_body(request.operation, request.body, &service.state.switches)?
        .unwrap_or_default();
    check_query(request)?;
    let result = dispatch(service, request, body)
        .map_err(|error| error.restricted_to(&request.operation.errors))?;
    service.is_dirty |= result.committed;
    Ok(result)
}

fn dispatch(
    service: &mut Service,
    request: &ApiRequest<'_>,
    body: Element,
) -> Result<ApiResult, ApiError> {
    if let Some(operation) = FamilyOperation::named(request.name) {
        return if operation.is_of(&CONTINUOUS_DEPLOYMENT_POLICY) {
            continuous_deployment::execute(service, request, operation, body)
        } else {
            family::execute(service, request, operation, body)
        };
    }
    match request.name {
        "CreateDistribution" => distribution::create(service, request, body, Tags::new()),
        "CreateDistributionWithTags" => distribution::create_with_tags(service, request, body),
        "UpdateDistribution" => distribution::update(service, request, body),
        "DeleteDistribution" => distribution::delete(service, request),
        "CopyDistribution" => continuous_deployment::copy(service, request, &body),
        "UpdateDistributionWithStagingConfig" => continuous_deployment::promote(service, request),
        "CreateStreamingDistribution" => {
            streaming_distribution::create(service, request, body, Tags::new())
        }
        "CreateStreamingDistributionWithTags" => {
            streaming_distribution::create_with_tags(service, request, body)
        }
        "UpdateStreamingDistribution" => streaming_distribution::update(service, request, body),
        "DeleteStreamingDistribution" => streaming_distribution::delete(service, request),
        "CreateInvalidation" => invalidation::create(service, request, body),
        "CreateMonitoringSubscription" => monitoring_subscription::create(service, request, body),
        "DeleteMonitoringSubscription" => monitoring_subscription::delete(service, request),
        "TagResource" => tags::tag_resource(service, request, &body),
        "UntagResource" => tags::untag_resource(service, request, &body),
        _ => dispatch_read(service, request),
    }
}

fn dispatch_read(service: &Service, request: &ApiRequest<'_>) -> Result<ApiResult, ApiError> {
    match request.name {
        "GetDistribution" => distribution::get(service, request),
        "GetDistributionConfig" => distribution::get_config(service, request),
        "ListDistributions" => distribution::list(service, request),
        "ListDistributionsByWebACLId" => distribution::list_by_web_acl(service, request),
        "GetStreamingDistribution" => streaming_distribution::get(service, request),
        "GetStreamingDistributionConfig" => streaming_distribution::get_config(service, request),
        "ListStreamingDistributions" => streaming_distribution::list(service, request),
        "GetInvalidation" => invalidation::get(service, request),
        "ListInvalidations" => invalidation::list(service, request),
        "GetMonitoringSubscription" => monitoring_subscription::get(service, request),
        "ListTagsForResource" => tags::list_for_resource(service, request),
        name => {
            let message = format!("{name} is in the model but not in the simulator");
            Err(ApiError::with_status(501, "NotImplemented", message))
        }
    }
}

fn check_query(request: &ApiRequest<'_>) -> Result<(), ApiError> {
    for (name, member) in &request.operation.query {
        let value = request.query_parameter(name);
        if member.required && value.is_none_or(str::is_empty) {
            return Err(ApiError::invalid_argument(format!(
                "The parameter {name} is required."
            )));
        }
        let is_allowed = |value: &&str| member.allowed_values.iter().any(|a| a == value);
        if let Some(value) =
            value.filter(|value| !member.allowed_values.is_empty() && !is_allowed(value))
        {
            return Err(ApiError::invalid_argument(format!(
                "The parameter {name} is not valid: '{value}' is none of {}.",
                member.allowed_values.join(", ")
            )));
        }
        let mismatch = |(pattern, text): &(&String, &str)| !schema::matches_pattern(pattern, text);
        if let Some((pattern, text)) = member.pattern.as_ref().zip(value).filter(mismatch) {
            return Err(ApiError::invalid_argument(format!(
                "1 validation error detected: Value '{text}' at '{name}' failed to satisfy constraint: Member must \
                 satisfy regular expression pattern: {pattern}"
            )));
        }
    }
    Ok(())
}

/// Returns the first `CallerReference` in a body, which can be invalid.
pub(crate) fn caller_reference_in(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let (_, rest) = text.split_once("<CallerReference>")?;
    rest.split_once("</CallerReference>")
        .map(|(caller_reference, _)| caller_reference.to_owned())
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, time::Duration};

    use super::*;
    use crate::{
        model::{MODEL, NAMESPACE, Route},
        options::{Credential, DEFAULT_ACCOUNT},
        seeds::ResourceType,
        service::PersistedState,
        settings::Settings,
        switches::Switch,
    };

    const DISTRIBUTION: &str = "<CallerReference>r</CallerReference><Aliases><Quantity>1</Quantity><Items>\
    <CNAME>a.example.com</CNAME></Items></Aliases><Comment></Comment><Enabled>true</Enabled><Origins>\
    <Quantity>1</Quantity><Items><Origin><Id>o</Id><DomainName>o.example.com</DomainName><CustomOriginConfig>\
    <HTTPPort>80</HTTPPort><HTTPSPort>443</HTTPSPort><OriginProtocolPolicy>https-only</OriginProtocolPolicy>\
    </CustomOriginConfig></Origin></Items></Origins><DefaultCacheBehavior><TargetOriginId>o</TargetOriginId>\
    <TrustedSigners><Enabled>true</Enabled><Quantity>1</Quantity><Items><AwsAccountNumber>self</AwsAccountNumber>\
    </Items></TrustedSigners><ViewerProtocolPolicy>allow-all</ViewerProtocolPolicy><ForwardedValues>\
    <QueryString>true</QueryString><Cookies><Forward>all</Forward></Cookies></ForwardedValues>\
    </DefaultCacheBehavior><ViewerCertificate><ACMCertificateArn>arn:aws:acm:us-east-1:111122223333:certificate/1\
    </ACMCertificateArn><SSLSupportMethod>sni-only</SSLSupportMethod></ViewerCertificate>";
    const STREAMING: &str = "<CallerReference>r</CallerReference><S3Origin><DomainName>b.s3.amazonaws.com</DomainName>\
    <OriginAccessIdentity></OriginAccessIdentity></S3Origin><Comment></Comment><TrustedSigners>\
    <Enabled>true</Enabled><Quantity>1</Quantity><Items><AwsAccountNumber>self</AwsAccountNumber></Items>\
    </TrustedSigners><Enabled>true</Enabled>";
    const IDENTITY: &str = "<CallerReference>r</CallerReference><Comment>c</Comment>";
    const ACCESS_CONTROL: &str = "<Name>n</Name><SigningProtocol>sigv4</SigningProtocol>\
    <SigningBehavior>always</SigningBehavior><OriginAccessControlOriginType>s3</OriginAccessControlOriginType>";
    const CACHE_POLICY: &str = "<Name>n</Name><MinTTL>1</MinTTL>";
    const REQUEST_POLICY: &str = "<Name>n</Name><HeadersConfig><HeaderBehavior>none</HeaderBehavior></HeadersConfig>\
    <CookiesConfig><CookieBehavior>none</CookieBehavior></CookiesConfig><QueryStringsConfig><QueryStringBehavior>none\
    </QueryStringBehavior></QueryStringsConfig>";
    const HEADERS_POLICY: &str = "<Name>n</Name><ServerTimingHeadersConfig><Enabled>true</Enabled><SamplingRate>5.0E1\
    </SamplingRate></ServerTimingHeadersConfig>";
    const FUNCTION: &str = "<Name>n</Name><FunctionConfig><Comment></Comment><Runtime>cloudfront-js-2.0</Runtime>\
    </FunctionConfig><FunctionCode>eA==</FunctionCode>";
    const LOG_CONFIG: &str = "<EndPoints><member><StreamType>Kinesis</StreamType><KinesisStreamConfig><RoleARN>r</RoleARN>\
    <StreamARN>s</StreamARN></KinesisStreamConfig></member></EndPoints><Fields><Field>c-ip</Field></Fields><Name>n</Name>\
    <SamplingRate>1</SamplingRate>";
    const SUBSCRIPTION: &str = "<RealtimeMetricsSubscriptionConfig><RealtimeMetricsSubscriptionStatus>Enabled\
    </RealtimeMetricsSubscriptionStatus></RealtimeMetricsSubscriptionConfig>";
    const DEPLOYMENT_POLICY: &str = "<StagingDistributionDnsNames><Quantity>1</Quantity><Items><DnsName>d.cloudfront.net\
    </DnsName></Items></StagingDistributionDnsNames><Enabled>true</Enabled><TrafficConfig><SingleWeightConfig><Weight>1.0E-1\
    </Weight></SingleWeightConfig><Type>SingleWeight</Type></TrafficConfig>";
    const BATCH: &str = "<CallerReference>r</CallerReference><Paths><Quantity>1</Quantity><Items><Path>/</Path></Items></Paths>";

    struct TestClient {
        service: Service,
    }

    impl TestClient {
        fn new() -> Self {
            let mut service = Service::new(
                PersistedState::new(1),
                Settings::new(Duration::ZERO, Duration::ZERO),
            );
            service.add_credential(&Credential::for_tests());
            let certificate = "arn:aws:acm:us-east-1:111122223333:certificate/1";
            let seeds = &mut service.state.seeds;
            seeds.add(ResourceType::Certificate, certificate);
            Self { service }
        }

        /// Executes an operation and validates the response against its shape.
        fn send(&mut self, method: &str, path: &str, members: &str) -> ApiResult {
            let (path, query) = path.split_once('?').unwrap_or((path, ""));
            let query: Vec<_> = query
                .split_once('=')
                .map(|(n, v)| (n.to_owned(), v.to_owned()))
                .into_iter()
                .collect();
            let path = format!("/2020-05-31/{path}");
            let Route::Operation {
                name,
                operation,
                path,
            } = MODEL.route(method, &path, &query)
            else {
                panic!("{method} {path} is an operation");
            };
            let root = operation.body_root.as_deref().unwrap_or_default();
            let body = format!("<{root} xmlns=\"{NAMESPACE}\">{members}</{root}>");
            let account = DEFAULT_ACCOUNT.to_owned();
            let request = ApiRequest {
                name,
                operation,
                path,
                query,
                if_match: None,
                staging: false,
                body: body.as_bytes(),
                account,
                lag: 0,
            };
            let result = execute(&mut self.service, &request).unwrap();
            let shape = operation.response_root.as_deref().unwrap();
            let response = result.body.as_ref().unwrap();
            assert_eq!(response.name, shape);
            schema::check_response(response, shape).unwrap();
            result
        }
    }

    #[test]
    fn every_operation_of_the_model_is_simulated() {
        let mut client = TestClient::new();
        for (name, operation) in &MODEL.operations {
            let request = ApiRequest {
                name,
                operation,
                path: BTreeMap::new(),
                query: Vec::new(),
                if_match: None,
                staging: false,
                body: &[],
                account: DEFAULT_ACCOUNT.to_owned(),
                lag: 0,
            };
            let result = dispatch(&mut client.service, &request, Element::default());
            let code = result.err().map(|error| error.code);
            assert_ne!(code.as_deref(), Some("NotImplemented"), "{name}");
        }
    }

    #[test]
    fn all_responses_conform_to_the_service_model() {
        let mut client = TestClient::new();
        let mut ids = BTreeMap::new();
        for (path, body) in [
            ("distribution", DISTRIBUTION),
            ("streaming-distribution", STREAMING),
            ("origin-access-identity/cloudfront", IDENTITY),
            ("origin-access-control", ACCESS_CONTROL),
            ("cache-policy", CACHE_POLICY),
            ("origin-request-policy", REQUEST_POLICY),
            ("response-headers-policy", HEADERS_POLICY),
        ] {
            let id = client.send("POST", path, body).id.unwrap();
            client.send("GET", &format!("{path}/{id}"), "");
            client.send("GET", &format!("{path}/{id}/config"), "");
            client.send("GET", path, "");
            ids.insert(path, id);
        }
        let distribution = &ids["distribution"];
        let invalidations = format!("distribution/{distribution}/invalidation");
        let id = client.send("POST", &invalidations, BATCH).id.unwrap();
        client.send("GET", &invalidations, "");
        client.send("GET", &format!("{invalidations}/{id}"), "");
        client.send("GET", "distributionsByWebACLId/null", "");
        for (users_of, policy) in [
            ("distributionsByCachePolicyId", "cache-policy"),
            (
                "distributionsByOriginRequestPolicyId",
                "origin-request-policy",
            ),
            (
                "distributionsByResponseHeadersPolicyId",
                "response-headers-policy",
            ),
        ] {
            client.send("GET", &format!("{users_of}/{}", ids[policy]), "");
        }
        client.send("POST", "realtime-log-config", LOG_CONFIG);
        client.send("POST", "get-realtime-log-config", "<Name>n</Name>");
        client.send("GET", "realtime-log-config", "");
        let users = "<RealtimeLogConfigName>n</RealtimeLogConfigName>";
        client.send("POST", "distributionsByRealtimeLogConfig", users);
        let subscription = format!("distributions/{distribution}/monitoring-subscription");
        client.send("POST", &subscription, SUBSCRIPTION);
        client.send("GET", &subscription, "");
        client.send("POST", "key-value-store", "<Name>n</Name>");
        client.send("GET", "key-value-store/n", "");
        client.send("GET", "key-value-store", "");
        client.send("POST", "function", FUNCTION);
        client.send("GET", "function/n/describe", "");
        client.send("GET", "function", "");
        let switches = &mut client.service.state.switches;
        switches.set(Switch::AcceptUnknownReferences, true);
        let id = client
            .send("POST", "continuous-deployment-policy", DEPLOYMENT_POLICY)
            .id;
        let path = format!("continuous-deployment-policy/{}", id.unwrap());
        client.send("GET", &path, "");
        client.send("GET", &format!("{path}/config"), "");
        client.send("GET", "continuous-deployment-policy", "");
        let arn = format!("arn:aws:cloudfront::{DEFAULT_ACCOUNT}:distribution/{distribution}");
        client.send("GET", &format!("tagging?Resource={arn}"), "");
    }
}
