//! Requests whose body has the name or the ARN of a resource, and the page of a list.

use std::borrow::Cow;

use super::{Family, FamilyOperation, roles::Role};
use crate::{api::request::ApiRequest, error::ApiError, service::Service, xml::Element};

/// The members of a body with the name and the ARN of a resource.
const NAMES: [&str; 2] = ["Name", "RealtimeLogConfigName"];
const ARNS: [&str; 2] = ["ARN", "RealtimeLogConfigArn"];

/// The members of a body that are query parameters of other lists.
const PAGE: [&str; 2] = ["Marker", "MaxItems"];

/// Moves the name, and the page of a list, from the body to the places where other requests have them.
pub(super) fn resolve<'r, 'a>(
    service: &Service,
    request: &'r ApiRequest<'a>,
    operation: FamilyOperation,
    body: &mut Element,
) -> Result<Cow<'r, ApiRequest<'a>>, ApiError> {
    let names_resource = matches!(
        operation.role,
        Role::Get | Role::Update | Role::Delete | Role::ListUsers
    );
    if !names_resource || !request.path.is_empty() {
        return Ok(Cow::Borrowed(request));
    }
    let by_arn = take_text(body, ARNS).map(|arn| id_of(service, request, operation.family, arn));
    let name = take_text(body, NAMES).or(by_arn);
    let message = "The name or the ARN of the resource is required.";
    let name = name.ok_or_else(|| ApiError::invalid_argument(message))?;
    let mut request = request.clone();
    request.path.insert("Name".to_owned(), name);
    for parameter in PAGE {
        let value = body.remove(parameter).map(|value| value.text);
        let value = value.map(|value| (parameter.to_owned(), value));
        request.query.extend(value);
    }
    Ok(Cow::Owned(request))
}

/// Removes the first of some members. An empty text counts as absent.
fn take_text(body: &mut Element, members: [&str; 2]) -> Option<String> {
    let mut found = members.into_iter().filter_map(|member| body.remove(member));
    found
        .next()
        .map(|member| member.text)
        .filter(|text| !text.is_empty())
}

/// Returns the ID of the resource with an ARN. An ARN of no resource is an ID that no resource has.
fn id_of(service: &Service, request: &ApiRequest<'_>, family: &Family, arn: String) -> String {
    let account = service.account(&request.account);
    let found = account.and_then(|account| family.find_referenced(account, &arn));
    found.map_or(arn, |view| view.resource.id.clone())
}
