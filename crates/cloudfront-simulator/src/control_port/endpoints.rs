//! Endpoints for out-of-band edits, seeded resources, credentials and roles.

use serde::Deserialize;
use serde_json::{Value, json};

use super::request::{RequestError, done, parse_body};
use crate::{
    control::{Control, Edit},
    http::HttpRequest,
    options::Credential,
    seeds::ResourceType,
    service::RoleTrust,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "struct Seeding")]
struct SeedRequest {
    #[serde(rename = "family")]
    resource_type: ResourceType,
    id: String,
}

#[derive(Deserialize)]
#[serde(expecting = "struct RoleSetting")]
struct RoleRequest {
    arn: String,
    #[serde(flatten)]
    trust: RoleTrust,
}

#[derive(Deserialize)]
#[serde(expecting = "struct Editing")]
struct EditRequest {
    id: String,
    #[serde(flatten)]
    edit: Edit,
}

pub(super) fn respond(
    control: &Control,
    request: &HttpRequest,
    path: &str,
) -> Result<Value, RequestError> {
    match (request.method.as_str(), path) {
        ("GET", "/seeds") => return Ok(json!(control.seeds())),
        ("POST", "/seeds") => {
            let SeedRequest { resource_type, id } = parse_body(request)?;
            control.seed(resource_type, &id);
        }
        ("DELETE", "/seeds") => {
            let SeedRequest { resource_type, id } = parse_body(request)?;
            return Ok(json!({ "removed": control.unseed(resource_type, &id) }));
        }
        ("POST", "/edits") => {
            let EditRequest { id, edit } = parse_body(request)?;
            control.edit(&id, edit)?;
        }
        ("GET", "/function-tests") => return Ok(json!(control.function_tests())),
        ("POST", "/function-tests") => control.set_function_test(parse_body(request)?),
        ("DELETE", "/function-tests") => control.clear_function_tests(),
        ("POST", "/credentials") => control.add_credential(&parse_body::<Credential>(request)?),
        ("DELETE", _) if path.starts_with("/credentials/") => {
            let access_key = path.trim_start_matches("/credentials/");
            return Ok(json!({ "removed": control.revoke_credential(access_key) }));
        }
        ("POST", "/roles") => {
            let RoleRequest { arn, trust } = parse_body(request)?;
            control.set_role_trust(&arn, trust);
        }
        _ => return Err(RequestError::not_found(request)),
    }
    Ok(done())
}
