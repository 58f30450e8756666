//! Fields of a distribution whose values come from a ConfigMap.

use crate::support::{TestEnv, message};
use cloudfront_simulator::ResourceType;
use std::time::Duration;

const SITE: &str = "apiVersion: cloudfront-operator.dev/v1alpha1
kind: Distribution
metadata: {name: www}
spec:
  aliases: [www.example.com]
  viewerCertificate:
    acmCertificateArnFrom: {configMapKeyRef: {name: infra, key: certificate}}
    sslSupportMethod: sni-only
  origins:
  - id: server
    domainNameFrom: {configMapKeyRef: {name: infra, key: host}}
    customOriginConfig: {originProtocolPolicy: https-only}
  defaultCacheBehavior:
    targetOriginId: server
    viewerProtocolPolicy: redirect-to-https
    managedCachePolicy: CachingOptimized
";

fn certificate(region: &str, id: &str) -> String {
    format!("arn:aws:acm:{region}:111122223333:certificate/{id}")
}

fn infra(host: &str, certificate: &str) -> String {
    format!(
        "apiVersion: v1
kind: ConfigMap
metadata: {{name: infra}}
data: {{host: \"{host}\", certificate: \"{certificate}\"}}
"
    )
}

#[test]
fn a_distribution_waits_for_its_values_refuses_bad_ones_and_follows_changes() {
    let env = TestEnv::with_deploy_delay("external-values", Duration::ZERO);
    let first = certificate("us-east-1", "first");
    let second = certificate("us-east-1", "second");
    for certificate in [&first, &second] {
        env.control().seed(ResourceType::Certificate, certificate);
    }
    env.apply(&infra("first.example.com", &first).replace("certificate:", "other:"));
    env.apply(SITE);
    let waiting = env.wait_for_condition("cfd/www", "Ready", "False", "ReferenceNotReady");
    assert_eq!(
        message(&waiting, "Ready"),
        "Waits for key certificate of ConfigMap infra, which does not exist in this namespace."
    );

    env.apply(&infra(
        "first.example.com",
        &certificate("eu-west-1", "first"),
    ));
    let refused = env.wait_for_condition("cfd/www", "Stalled", "True", "Invalid");
    let expected = "`viewerCertificate.acmCertificateArnFrom`: key certificate of ConfigMap infra is a certificate in another region, but \
                    CloudFront accepts only certificates in us-east-1: request or import it there";
    let text = message(&refused, "Ready");
    assert!(text.contains(expected), "{text}");
    assert_eq!(env.writes_since(0), [], "no call with an invalid value");

    env.apply(&infra("first.example.com", &first));
    env.wait_until_ready("cfd/www");
    assert!(env.state_contains("<DomainName>first.example.com</DomainName>"));
    assert!(env.state_contains(&format!("<ACMCertificateArn>{first}</ACMCertificateArn>")));

    let before = env.journal_end();
    env.apply(&infra("second.example.com", &second));
    env.eventually("CloudFront has the new values", || {
        let has_host = env.state_contains("<DomainName>second.example.com</DomainName>");
        let certificate = format!("<ACMCertificateArn>{second}</ACMCertificateArn>");
        (has_host && env.state_contains(&certificate)).then_some(())
    });
    env.wait_until_ready("cfd/www");
    assert_eq!(
        TestEnv::operations(&env.writes_since(before)),
        ["UpdateDistribution"]
    );

    env.apply(&infra("https://second.example.com/", &second));
    let refused = env.wait_for_condition("cfd/www", "Stalled", "True", "Invalid");
    let text = message(&refused, "Ready");
    let expected = "`origins[].domainNameFrom`: key host of ConfigMap infra is not a host name: remove the scheme, port, path and spaces";
    assert!(text.contains(expected), "{text}");
    assert_eq!(env.writes_since(before).len(), 1, "the distribution stays");
}
