//! The three operations of the Security Token Service that `CloudFront` clients need for credentials.
//!
//! The protocol is the AWS query protocol of STS, version 2011-06-15, as in botocore's `sts` model.

mod session;

use std::collections::BTreeMap;

use crate::{
    error::ApiError,
    http::{HttpRequest, HttpResponse},
    service::Service,
    sigv4::AccessKey,
    xml::Element,
};

const NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

/// Whether the request is for STS. The only path of STS is `/`, which `CloudFront` does not have.
pub(crate) fn is_sts_request(request: &HttpRequest) -> bool {
    request.path == "/"
}

/// Whether an action needs no signature.
pub(crate) fn is_unsigned(action: &str) -> bool {
    action == "AssumeRoleWithWebIdentity"
}

/// Returns the name of the action, or `Unknown`.
pub(crate) fn action(request: &HttpRequest) -> String {
    parameters(request)
        .remove("Action")
        .unwrap_or_else(|| "Unknown".to_owned())
}

/// Executes an action. The caller has verified the signature, if the action needs one.
pub(crate) fn execute(
    service: &mut Service,
    request: &HttpRequest,
    action: &str,
    access_key: Option<&str>,
    request_id: &str,
) -> Result<HttpResponse, ApiError> {
    let parameters = parameters(request);
    let caller = access_key
        .and_then(|key| service.state.keyring.find(key))
        .cloned();
    let result = match (action, caller) {
        ("GetCallerIdentity", Some(caller)) => caller_identity(&caller),
        ("AssumeRole", Some(caller)) => session::assume_role(service, &parameters, &caller.arn)?,
        ("AssumeRoleWithWebIdentity", _) => {
            session::assume_role_with_web_identity(service, &parameters)?
        }
        _ => {
            return Err(ApiError::new(
                "InvalidAction",
                format!("Could not find operation {action} for version 2011-06-15"),
            ));
        }
    };
    let metadata = Element::new("ResponseMetadata").with(Element::leaf("RequestId", request_id));
    let document = Element::new(&format!("{action}Response"))
        .with(result)
        .with(metadata)
        .to_document(NAMESPACE);
    Ok(HttpResponse::xml(200, request_id, document))
}

fn parameters(request: &HttpRequest) -> BTreeMap<String, String> {
    let form = String::from_utf8_lossy(&request.body);
    HttpRequest::decode_pairs(&request.query)
        .into_iter()
        .chain(HttpRequest::decode_pairs(&form))
        .collect()
}

fn caller_identity(caller: &AccessKey) -> Element {
    Element::new("GetCallerIdentityResult")
        .with(Element::leaf("Arn", &caller.arn))
        .with(Element::leaf("UserId", &caller.id))
        .with(Element::leaf("Account", &caller.account))
}
