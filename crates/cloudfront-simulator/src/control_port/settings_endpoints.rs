//! Endpoints for the clock, the settings, the switches and the quotas.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::request::{RequestError, done, parse_body, query_parameter};
use crate::{
    clock::parse_duration, control::Control, http::HttpRequest, options::DEFAULT_ACCOUNT,
    settings::Settings, switches::Switch,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "struct QuotaChange")]
struct QuotaRequest {
    account: Option<String>,
    limits: BTreeMap<String, u64>,
}

pub(super) fn respond(
    control: &Control,
    request: &HttpRequest,
    path: &str,
) -> Result<Value, RequestError> {
    match (request.method.as_str(), path) {
        ("GET", "/clock") => Ok(json!({ "now": control.now() })),
        ("POST", "/advance") => {
            control.advance(parse_duration(
                &query_parameter(request, "by").unwrap_or_default(),
            )?);
            Ok(json!({ "now": control.now() }))
        }
        ("GET", "/settings") => Ok(json!(control.settings())),
        ("PATCH", "/settings") => patch_settings(control, &request.body),
        ("GET", "/switches") => Ok(json!(control.switches())),
        ("PATCH", "/switches") => {
            let changes: BTreeMap<Switch, bool> = parse_body(request)?;
            for (switch, is_on) in changes {
                control.set_switch(switch, is_on);
            }
            Ok(done())
        }
        ("GET", "/quotas") => {
            let account = query_parameter(request, "account");
            let quotas = control.quotas(account.as_deref().unwrap_or(DEFAULT_ACCOUNT));
            Ok(json!(quotas.limits()))
        }
        ("PATCH", "/quotas") => {
            let QuotaRequest { account, limits } = parse_body(request)?;
            for (name, limit) in limits {
                control.set_quota(account.as_deref(), &name, limit)?;
            }
            Ok(done())
        }
        _ => Err(RequestError::not_found(request)),
    }
}

/// Changes the settings that the patch contains.
fn patch_settings(control: &Control, patch: &[u8]) -> Result<Value, RequestError> {
    let mut settings = json!(control.settings());
    let patch: BTreeMap<String, Value> = serde_json::from_slice(patch)?;
    for (name, value) in patch {
        settings[name] = value;
    }
    let changed: Settings = serde_json::from_value(settings)?;
    control.change_settings(|settings| *settings = changed);
    Ok(json!(control.settings()))
}
