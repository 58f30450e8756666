//! Manifests that several scenarios apply.

/// Returns `OriginAccessIdentity` `site`.
pub(crate) fn identity(comment: &str) -> String {
    format!(
        "apiVersion: cloudfront-operator.dev/v1alpha1
kind: OriginAccessIdentity
metadata: {{name: site}}
spec: {{comment: {comment}}}
"
    )
}

/// Returns a `Distribution` with one custom origin.
pub(crate) fn distribution(name: &str, comment: &str) -> String {
    format!(
        "apiVersion: cloudfront-operator.dev/v1alpha1
kind: Distribution
metadata: {{name: {name}}}
spec:
  comment: {comment}
  origins:
  - id: api
    domainName: api.example.com
    customOriginConfig: {{originProtocolPolicy: https-only}}
  defaultCacheBehavior:
    targetOriginId: api
    viewerProtocolPolicy: redirect-to-https
    cachePolicyId: 658327ea-f89d-4fab-a63d-7e88639e58f6
"
    )
}

/// Returns a `StreamingDistribution` of an S3 bucket, with more lines of its spec.
pub(crate) fn streaming_distribution(name: &str, fields: &str) -> String {
    format!(
        "apiVersion: cloudfront-operator.dev/v1alpha1
kind: StreamingDistribution
metadata: {{name: {name}}}
spec:
  s3Origin: {{domainName: media.s3.amazonaws.com}}
  {fields}
"
    )
}

/// Returns an invalidation of a path. `target` is the field that names the distribution.
pub(crate) fn invalidation(name: &str, target: &str, path: &str) -> String {
    format!(
        "apiVersion: cloudfront-operator.dev/v1alpha1
kind: Invalidation
metadata: {{name: {name}}}
spec:
  {target}
  paths: [\"{path}\"]
"
    )
}

/// Adds fields to the spec of a manifest.
pub(crate) fn with_field(manifest: &str, field: &str) -> String {
    manifest.replace("spec:\n", &format!("spec:\n  {field}\n"))
}

/// Returns distribution `www` with an origin header from key `token` of Secret `origin`.
pub(crate) fn distribution_with_secret_header(comment: &str) -> String {
    let header = "    customHeaders:
    - headerName: x-origin-key
      headerValueFrom: {secretKeyRef: {name: origin, key: token}}
";
    distribution("www", comment).replace(
        "    customOriginConfig",
        &format!("{header}    customOriginConfig"),
    )
}

/// Returns Secret `origin` with this value in key `token`.
pub(crate) fn secret(value: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Secret\nmetadata: {{name: origin}}\nstringData: {{token: \"{value}\"}}\n"
    )
}
