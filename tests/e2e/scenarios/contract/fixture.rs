//! The manifests of the objects of a walk.

use crate::support;

/// For each kind: its short name in kubectl, its plural, and the collection of its resources in the simulator's state.
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

/// The desired state of one object.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an optional line of the manifest"
)]
pub(super) struct Fixture {
    /// The short name of the kind.
    pub(super) kind: &'static str,
    pub(super) name: &'static str,
    pub(super) comment: String,
    /// The comment before the last edit of it.
    pub(super) previous_comment: String,
    /// Whether CloudFront rejects the spec, which the API server accepts.
    pub(super) is_rejected: bool,
    pub(super) suspend: bool,
    /// Whether `driftPolicy` is `Report`.
    pub(super) report_drift: bool,
    /// Whether `managementPolicy` is `Observe`.
    pub(super) observe: bool,
    pub(super) adopt_id: Option<String>,
    /// Whether the origin refers to identity `site`.
    pub(super) refers_to_identity: bool,
    /// The value of tag `team`.
    pub(super) team: Option<String>,
}

impl Fixture {
    pub(super) fn new(kind: &'static str, name: &'static str) -> Self {
        Self {
            kind,
            name,
            comment: "first".into(),
            previous_comment: "first".into(),
            is_rejected: false,
            suspend: false,
            report_drift: false,
            observe: false,
            adopt_id: None,
            refers_to_identity: false,
            team: None,
        }
    }

    /// Returns the argument of kubectl that names the object.
    pub(super) fn kubectl_name(&self) -> String {
        format!("{}/{}", self.kind, self.name)
    }

    /// Returns the same object without the fields that keep it from becoming ready.
    pub(super) fn corrected(&self) -> Self {
        Self {
            is_rejected: false,
            suspend: false,
            report_drift: false,
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
        lines.extend(self.report_drift.then(|| "  driftPolicy: Report".into()));
        lines.extend(self.observe.then(|| "  managementPolicy: Observe".into()));
        lines.extend(self.adopt_id.as_ref().map(|id| format!("  adoptId: {id}")));
        lines.extend(
            self.team
                .as_ref()
                .map(|team| format!("  tags: {{team: {team}}}")),
        );
        lines.push(match self.kind {
            "cfoai" => String::new(),
            "cfsd" => "  s3Origin: {domainName: media.s3.amazonaws.com}".into(),
            _ => self.origins_and_behavior(),
        });
        lines.join("\n")
    }

    fn origins_and_behavior(&self) -> String {
        let origin = if self.refers_to_identity {
            "s3OriginConfig: {originAccessIdentityRef: {name: site}}"
        } else {
            "customOriginConfig: {originProtocolPolicy: https-only}"
        };
        let policy = if self.is_rejected {
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

/// Returns the manifest of an invalidation of distribution `www`.
pub(super) fn invalidation(number: u64) -> String {
    let (name, path) = (format!("inv-{number}"), format!("/{number}"));
    support::invalidation(&name, "distributionRef: {name: www}", &path)
}
