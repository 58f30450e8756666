//! Clock, delays, switches and quotas.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{Refusal, body, done, parameter};
use crate::{
    clock::parse_duration, control::Control, options::DEFAULT_ACCOUNT, server::Received,
    settings::Settings, switches::Switch,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuotaChange {
    account: Option<String>,
    limits: BTreeMap<String, u64>,
}

pub(super) fn answer(control: &Control, request: &Received, path: &str) -> Result<Value, Refusal> {
    match (request.method.as_str(), path) {
        ("GET", "/clock") => Ok(json!({ "now": control.now() })),
        ("POST", "/advance") => {
            control.advance(parse_duration(
                &parameter(request, "by").unwrap_or_default(),
            )?);
            Ok(json!({ "now": control.now() }))
        }
        ("GET", "/settings") => Ok(json!(control.settings())),
        ("PATCH", "/settings") => change_settings(control, &request.body),
        ("GET", "/switches") => Ok(json!(control.0.lock().kept.switches)),
        ("PATCH", "/switches") => {
            let changes: BTreeMap<Switch, bool> = body(request)?;
            for (switch, on) in changes {
                control.switch(switch, on);
            }
            Ok(done())
        }
        ("GET", "/quotas") => {
            let account = parameter(request, "account");
            let quotas = control
                .0
                .lock()
                .quotas(account.as_deref().unwrap_or(DEFAULT_ACCOUNT));
            Ok(json!(quotas.all()))
        }
        ("PATCH", "/quotas") => {
            let change: QuotaChange = body(request)?;
            for (name, limit) in change.limits {
                control.set_quota(change.account.as_deref(), &name, limit)?;
            }
            Ok(done())
        }
        _ => Err(Refusal::not_found(request)),
    }
}

/// Changes the members that the body names.
fn change_settings(control: &Control, change: &[u8]) -> Result<Value, Refusal> {
    let mut settings = json!(control.settings());
    let change: BTreeMap<String, Value> = serde_json::from_slice(change)?;
    for (name, value) in change {
        settings[name] = value;
    }
    let changed: Settings = serde_json::from_value(settings)?;
    control.change_settings(|settings| *settings = changed);
    Ok(json!(control.settings()))
}
