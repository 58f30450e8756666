//! CloudFront's responses to minimal configurations, written by hand: the fields that it adds, their values, and the order of lists.

use super::{CACHING_OPTIMIZED, bucket, distribution, drift, sent};
use crate::xml::Element;
use serde_json::json;

const BEHAVIOR: &str = "<TargetOriginId>TARGET</TargetOriginId>\
    <TrustedSigners><Enabled>false</Enabled><Quantity>0</Quantity></TrustedSigners>\
    <TrustedKeyGroups><Enabled>false</Enabled><Quantity>0</Quantity></TrustedKeyGroups>\
    <ViewerProtocolPolicy>redirect-to-https</ViewerProtocolPolicy>\
    <AllowedMethods><Quantity>2</Quantity><Items><Method>HEAD</Method><Method>GET</Method></Items>\
    <CachedMethods><Quantity>2</Quantity><Items><Method>HEAD</Method><Method>GET</Method></Items></CachedMethods>\
    </AllowedMethods><SmoothStreaming>false</SmoothStreaming><Compress>false</Compress>\
    <LambdaFunctionAssociations><Quantity>0</Quantity></LambdaFunctionAssociations>\
    <FunctionAssociations><Quantity>0</Quantity></FunctionAssociations><FieldLevelEncryptionId></FieldLevelEncryptionId>";

const POLICY: &str = "<CachePolicyId>658327ea-f89d-4fab-a63d-7e88639e58f6</CachePolicyId>";

const FORWARDED: &str = "<ForwardedValues><QueryString>false</QueryString><Cookies><Forward>none</Forward></Cookies>\
    <Headers><Quantity>0</Quantity></Headers><QueryStringCacheKeys><Quantity>0</Quantity></QueryStringCacheKeys>\
    </ForwardedValues><MinTTL>0</MinTTL><DefaultTTL>86400</DefaultTTL><MaxTTL>31536000</MaxTTL>";

const BUCKET: &str = "<Origin><Id>bucket</Id><DomainName>site.s3.amazonaws.com</DomainName><OriginPath></OriginPath>\
    <CustomHeaders><Quantity>0</Quantity></CustomHeaders>\
    <S3OriginConfig><OriginAccessIdentity></OriginAccessIdentity><OriginReadTimeout>30</OriginReadTimeout></S3OriginConfig>\
    <ConnectionAttempts>3</ConnectionAttempts><ConnectionTimeout>10</ConnectionTimeout>\
    <OriginShield><Enabled>false</Enabled></OriginShield><OriginAccessControlId></OriginAccessControlId></Origin>";

const SERVER: &str = "<Origin><Id>api</Id><DomainName>api.example.com</DomainName><OriginPath></OriginPath>\
    <CustomHeaders><Quantity>0</Quantity></CustomHeaders>\
    <CustomOriginConfig><HTTPPort>80</HTTPPort><HTTPSPort>443</HTTPSPort>\
    <OriginProtocolPolicy>https-only</OriginProtocolPolicy>\
    <OriginSslProtocols><Quantity>2</Quantity><Items><SslProtocol>SSLv3</SslProtocol><SslProtocol>TLSv1</SslProtocol></Items>\
    </OriginSslProtocols><OriginReadTimeout>30</OriginReadTimeout><OriginKeepaliveTimeout>5</OriginKeepaliveTimeout>\
    </CustomOriginConfig><ConnectionAttempts>3</ConnectionAttempts><ConnectionTimeout>10</ConnectionTimeout></Origin>";

pub(super) const DEFAULT_CERTIFICATE: &str = "<CloudFrontDefaultCertificate>true</CloudFrontDefaultCertificate>\
    <SSLSupportMethod>vip</SSLSupportMethod><MinimumProtocolVersion>TLSv1</MinimumProtocolVersion>\
    <CertificateSource>cloudfront</CertificateSource>";

/// The configuration in a response for these origins, this cache configuration of the default behavior and this certificate.
pub(super) fn response(origins: &[&str], caching: &str, certificate: &str) -> Element {
    let target = if origins[0].contains("<Id>bucket") {
        "bucket"
    } else {
        "api"
    };
    let document = format!(
        "<DistributionConfig><CallerReference>uid</CallerReference><Aliases><Quantity>0</Quantity></Aliases>\
         <DefaultRootObject></DefaultRootObject>\
         <Origins><Quantity>{}</Quantity><Items>{}</Items></Origins><OriginGroups><Quantity>0</Quantity></OriginGroups>\
         <DefaultCacheBehavior>{}{caching}</DefaultCacheBehavior><CacheBehaviors><Quantity>0</Quantity></CacheBehaviors>\
         <CustomErrorResponses><Quantity>0</Quantity></CustomErrorResponses><Comment></Comment>\
         <Logging><Enabled>false</Enabled><IncludeCookies>false</IncludeCookies><Bucket></Bucket><Prefix></Prefix></Logging>\
         <PriceClass>PriceClass_All</PriceClass><Enabled>true</Enabled>\
         <ViewerCertificate>{certificate}</ViewerCertificate>\
         <Restrictions><GeoRestriction><RestrictionType>none</RestrictionType><Quantity>0</Quantity></GeoRestriction></Restrictions>\
         <WebACLId></WebACLId><HttpVersion>http2</HttpVersion><IsIPV6Enabled>false</IsIPV6Enabled>\
         <ContinuousDeploymentPolicyId></ContinuousDeploymentPolicyId><Staging>false</Staging></DistributionConfig>",
        origins.len(),
        origins.concat(),
        BEHAVIOR.replace("TARGET", target),
    );
    Element::parse(document.as_bytes()).unwrap()
}

pub(super) fn with_bucket() -> Element {
    response(&[BUCKET], POLICY, DEFAULT_CERTIFICATE)
}

#[test]
fn fields_that_cloudfront_adds_for_a_bucket_are_not_drift() {
    assert_eq!(drift(&bucket(&json!({})), &with_bucket()), []);
}

#[test]
fn fields_that_cloudfront_leaves_out_are_not_drift() {
    let mut observed = with_bucket();
    for member in [
        "Staging",
        "ContinuousDeploymentPolicyId",
        "WebACLId",
        "OriginGroups",
        "Logging",
        "Aliases",
    ] {
        observed.remove(member);
    }
    let behavior = observed.child_mut("DefaultCacheBehavior").unwrap();
    for member in [
        "TrustedSigners",
        "TrustedKeyGroups",
        "FunctionAssociations",
        "FieldLevelEncryptionId",
    ] {
        behavior.remove(member);
    }
    assert_eq!(drift(&bucket(&json!({})), &observed), []);
}

#[test]
fn unknown_fields_are_not_drift() {
    let mut observed = with_bucket();
    observed.push(Element::leaf("AnycastIpListId", ""));
    observed.push(Element::leaf("FromTheFuture", "on"));
    observed
        .child_mut("DefaultCacheBehavior")
        .unwrap()
        .push(Element::new("GrpcConfig").with(Element::leaf("Enabled", "false")));
    assert_eq!(drift(&bucket(&json!({})), &observed), []);
}

#[test]
fn a_web_acl_that_is_not_in_the_spec_is_not_drift() {
    let mut observed = with_bucket();
    observed.set_text(
        "WebACLId",
        "arn:aws:wafv2:us-east-1:123456789012:global/webacl/fms/1",
    );
    assert_eq!(drift(&bucket(&json!({})), &observed), []);
    assert_eq!(drift(&bucket(&json!({"webACLId": ""})), &observed).len(), 1);
}

#[test]
fn fields_that_cloudfront_adds_to_forwarded_values_are_not_drift() {
    let spec = json!({
        "origins": [{
            "id": "api",
            "domainName": "api.example.com",
            "customOriginConfig": {"originProtocolPolicy": "https-only"},
        }],
        "defaultCacheBehavior": {
            "targetOriginId": "api",
            "viewerProtocolPolicy": "redirect-to-https",
            "forwardedValues": {"queryString": false, "cookies": {"forward": "none"}},
        },
    });
    let observed = response(&[SERVER], FORWARDED, DEFAULT_CERTIFICATE);
    assert_eq!(drift(&distribution(spec), &observed), []);
}

#[test]
fn members_that_a_cache_policy_replaces_are_not_drift_beside_it() {
    let both = response(
        &[BUCKET],
        &format!("{POLICY}{FORWARDED}"),
        DEFAULT_CERTIFICATE,
    );
    assert_eq!(drift(&bucket(&json!({})), &both), []);
    let update = sent(&bucket(&json!({ "comment": "edited" })), &both).to_string();
    assert!(!update.contains("ForwardedValues") && !update.contains("TTL"));
    // Without a policy they have an effect, so that the spec replaces them.
    let legacy = response(&[BUCKET], FORWARDED, DEFAULT_CERTIFICATE);
    let drift = drift(&bucket(&json!({})), &legacy);
    let paths: Vec<_> = drift.iter().map(|it| it.path.as_str()).collect();
    assert!(
        paths.contains(&"defaultCacheBehavior.forwardedValues"),
        "{paths:?}"
    );
}

#[test]
fn another_order_of_origins_is_not_drift() {
    let spec = json!({
        "origins": [
            {"id": "api", "domainName": "api.example.com", "customOriginConfig": {"originProtocolPolicy": "https-only"}},
            {"id": "bucket", "domainName": "site.s3.amazonaws.com", "s3OriginConfig": {}},
        ],
        "defaultCacheBehavior": {
            "targetOriginId": "bucket",
            "viewerProtocolPolicy": "redirect-to-https",
            "cachePolicyId": CACHING_OPTIMIZED,
            "allowedMethods": {"items": ["GET", "HEAD"]},
        },
    });
    let observed = response(&[BUCKET, SERVER], POLICY, DEFAULT_CERTIFICATE);
    assert_eq!(drift(&distribution(spec), &observed), []);
}

#[test]
fn a_bucket_name_and_its_host_name_are_equal() {
    let mut observed = with_bucket();
    let logging = observed.child_mut("Logging").unwrap();
    logging.set_text("Enabled", "true");
    logging.set_text("Bucket", "logs.s3.amazonaws.com");
    for name in ["logs", "logs.s3.amazonaws.com"] {
        let spec = json!({"logging": {"enabled": true, "bucket": name}});
        assert_eq!(drift(&bucket(&spec), &observed), []);
    }
}
