//! The objects of a walk, as their user has them written down.

/// A kind's short name in kubectl, its plural, and where the simulator's state has its resources.
pub(super) const KINDS: [(&str, &str, &str); 4] = [
    (
        "cfoai",
        "originaccessidentities",
        "origin_access_identities",
    ),
    ("cfd", "distributions", "distributions"),
    ("cfsd", "streamingdistributions", "streaming_distributions"),
    ("cfinv", "invalidations", ""),
];

/// One manifest.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a line of the manifest that is there or not"
)]
pub(super) struct Thing {
    /// The kind's short name.
    pub(super) kind: &'static str,
    pub(super) name: &'static str,
    pub(super) comment: String,
    /// Whether it says what only CloudFront can find wrong.
    pub(super) bad: bool,
    pub(super) suspend: bool,
    pub(super) report: bool,
    pub(super) observe: bool,
    pub(super) adopt: Option<String>,
    /// Whether it names the identity `site`.
    pub(super) refers: bool,
    pub(super) team: Option<String>,
}

impl Thing {
    pub(super) fn new(kind: &'static str, name: &'static str) -> Self {
        Self {
            kind,
            name,
            comment: "first".into(),
            bad: false,
            suspend: false,
            report: false,
            observe: false,
            adopt: None,
            refers: false,
            team: None,
        }
    }

    /// As kubectl names it.
    pub(super) fn address(&self) -> String {
        format!("{}/{}", self.kind, self.name)
    }

    /// With nothing in the way of its being ready.
    pub(super) fn mended(&self) -> Self {
        Self {
            bad: false,
            suspend: false,
            report: false,
            observe: false,
            ..self.clone()
        }
    }

    pub(super) fn manifest(&self) -> String {
        let kind = match self.kind {
            "cfoai" => "OriginAccessIdentity",
            "cfsd" => "StreamingDistribution",
            _ => "Distribution",
        };
        let mut lines = vec![
            "apiVersion: cloudfront-operator.dev/v1alpha1".to_owned(),
            format!("kind: {kind}"),
            format!("metadata: {{name: {}}}", self.name),
            "spec:".into(),
            format!("  comment: {}", self.comment),
            format!("  suspend: {}", self.suspend),
        ];
        lines.extend(self.report.then(|| "  driftPolicy: Report".into()));
        lines.extend(self.observe.then(|| "  managementPolicy: Observe".into()));
        lines.extend(self.adopt.as_ref().map(|id| format!("  adoptId: {id}")));
        lines.extend(
            self.team
                .as_ref()
                .map(|team| format!("  tags: {{team: {team}}}")),
        );
        lines.push(match self.kind {
            "cfoai" => String::new(),
            "cfsd" => "  s3Origin: {domainName: media.s3.amazonaws.com}".into(),
            _ => self.delivery(),
        });
        lines.join("\n")
    }

    fn delivery(&self) -> String {
        let origin = if self.refers {
            "s3OriginConfig: {originAccessIdentityRef: {name: site}}"
        } else {
            "customOriginConfig: {originProtocolPolicy: https-only}"
        };
        let policy = if self.bad {
            "00000000-0000-0000-0000-000000000000"
        } else {
            "658327ea-f89d-4fab-a63d-7e88639e58f6"
        };
        format!(
            "  origins:
  - {{id: main, domainName: site.s3.amazonaws.com, {origin}}}
  defaultCacheBehavior: {{targetOriginId: main, viewerProtocolPolicy: redirect-to-https, cachePolicyId: {policy}}}"
        )
    }
}

/// An invalidation of distribution `www`.
pub(super) fn invalidation(number: u64) -> String {
    format!(
        "apiVersion: cloudfront-operator.dev/v1alpha1
kind: Invalidation
metadata: {{name: inv-{number}}}
spec: {{distributionRef: {{name: www}}, paths: [\"/{number}\"]}}"
    )
}
