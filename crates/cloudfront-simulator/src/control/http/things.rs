//! Resources behind the API's back, and what the service knows from elsewhere: seeds, credentials, roles.

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Refusal, body, done};
use crate::{
    control::{Control, Edit},
    options::Credential,
    seeds::Family,
    server::Received,
    sts::Role,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seeding {
    family: Family,
    id: String,
}

#[derive(Deserialize)]
struct RoleSetting {
    arn: String,
    #[serde(flatten)]
    role: Role,
}

#[derive(Deserialize)]
struct Editing {
    id: String,
    #[serde(flatten)]
    edit: Edit,
}

pub(super) fn answer(control: &Control, request: &Received, path: &str) -> Result<Value, Refusal> {
    match (request.method.as_str(), path) {
        ("GET", "/seeds") => return Ok(json!(control.0.lock().kept.seeds)),
        ("POST", "/seeds") => {
            let Seeding { family, id } = body(request)?;
            control.seed(family, &id);
        }
        ("DELETE", "/seeds") => {
            let Seeding { family, id } = body(request)?;
            return Ok(json!({ "removed": control.unseed(family, &id) }));
        }
        ("POST", "/edits") => {
            let Editing { id, edit } = body(request)?;
            control.edit(&id, edit)?;
        }
        ("POST", "/credentials") => control.add_credential(&body::<Credential>(request)?),
        ("DELETE", _) if path.starts_with("/credentials/") => {
            return Ok(
                json!({ "removed": control.revoke(path.trim_start_matches("/credentials/")) }),
            );
        }
        ("POST", "/roles") => {
            let RoleSetting { arn, role } = body(request)?;
            control.set_role(&arn, role);
        }
        _ => return Err(Refusal::not_found(request)),
    }
    Ok(done())
}
