//! The control port: JSON over HTTP.

use std::collections::BTreeMap;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{Control, ControlError, Edit};
use crate::{
    clock::{DurationError, parse_duration},
    faults::Fault,
    options::{Credential, DEFAULT_ACCOUNT},
    seeds::Family,
    server::{Delivery, Handler, Received, Reply},
    settings::Settings,
    sts::Role,
    switches::Switch,
};

/// What the control port answers, for `GET /_sim` and `--help`.
pub const CONTROL_HELP: &str = include_str!("help.txt");

#[derive(Clone)]
pub(crate) struct ControlHandler(pub(crate) Control);

impl Handler for ControlHandler {
    async fn handle(&self, request: Received) -> Delivery {
        let reply = match answer(&self.0, &request) {
            Ok(value) => Reply::json(200, &value),
            Err(refusal) => Reply::json(refusal.status(), &json!({ "error": refusal.to_string() })),
        };
        Delivery::Answer(reply)
    }
}

#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("there is no {0}; GET /_sim tells what there is")]
    NotFound(String),
    #[error("the body is not what this needs: {0}")]
    Body(#[from] serde_json::Error),
    #[error("the query is not what this needs: {0}")]
    Query(String),
    #[error(transparent)]
    Duration(#[from] DurationError),
    #[error(transparent)]
    Control(#[from] ControlError),
}

impl Refusal {
    fn status(&self) -> u16 {
        match self {
            Self::NotFound(_) | Self::Control(ControlError::NoSuchResource(_)) => 404,
            _ => 400,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuotaChange {
    account: Option<String>,
    limits: BTreeMap<String, u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seeding {
    family: Family,
    id: String,
}

#[derive(Deserialize)]
struct Editing {
    id: String,
    #[serde(flatten)]
    edit: Edit,
}

#[derive(Deserialize)]
struct RoleSetting {
    arn: String,
    #[serde(flatten)]
    role: Role,
}

fn answer(control: &Control, request: &Received) -> Result<Value, Refusal> {
    let query = Received::pairs(&request.query);
    let parameter = |name: &str| {
        query
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    };
    let path = request.path.strip_prefix("/_sim").unwrap_or_default();
    let done = || Ok(json!({ "done": true }));
    match (request.method.as_str(), path) {
        ("GET", "" | "/") => Ok(json!({ "help": CONTROL_HELP.lines().collect::<Vec<_>>() })),
        ("GET", "/clock") => Ok(json!({ "now": control.now() })),
        ("POST", "/advance") => {
            control.advance(parse_duration(parameter("by").unwrap_or_default())?);
            Ok(json!({ "now": control.now() }))
        }
        ("GET", "/settings") => Ok(json!(control.settings())),
        ("PATCH", "/settings") => change_settings(control, &request.body),
        ("GET", "/switches") => Ok(json!(control.0.lock().kept.switches)),
        ("PATCH", "/switches") => {
            for (switch, on) in body::<BTreeMap<Switch, bool>>(request)? {
                control.switch(switch, on);
            }
            done()
        }
        ("GET", "/quotas") => {
            let account = parameter("account").unwrap_or(DEFAULT_ACCOUNT);
            Ok(json!(control.0.lock().quotas(account).all()))
        }
        ("PATCH", "/quotas") => {
            let change: QuotaChange = body(request)?;
            for (name, limit) in change.limits {
                control.set_quota(change.account.as_deref(), &name, limit)?;
            }
            done()
        }
        ("GET", "/journal") => {
            let since = parameter("since")
                .unwrap_or("0")
                .parse()
                .map_err(|_| Refusal::Query("since is a number".into()))?;
            Ok(json!({ "entries": control.journal_since(since) }))
        }
        ("DELETE", "/journal") => {
            control.clear_journal();
            done()
        }
        ("GET", "/state") => Ok(control.state()),
        ("POST", "/edits") => {
            let Editing { id, edit } = body(request)?;
            control.edit(&id, edit)?;
            done()
        }
        (_, path) if path.starts_with("/faults") => faults(control, request, path),
        _ => things(control, request, path),
    }
}

fn faults(control: &Control, request: &Received, path: &str) -> Result<Value, Refusal> {
    match (request.method.as_str(), path) {
        ("GET", "/faults") => Ok(json!({ "waiting": control.faults(), "held": control.held() })),
        ("POST", "/faults") => Ok(json!({ "number": control.inject(body::<Fault>(request)?) })),
        ("DELETE", "/faults") => {
            control.clear_faults();
            Ok(json!({ "done": true }))
        }
        ("POST", "/faults/release") => Ok(json!({ "released": control.release() })),
        ("DELETE", _) => {
            let number = path.trim_start_matches("/faults/").parse().ok();
            let removed = number.is_some_and(|number| control.remove_fault(number));
            Ok(json!({ "removed": removed }))
        }
        (method, path) => Err(Refusal::NotFound(format!("{method} /_sim{path}"))),
    }
}

/// What the simulated service knows from elsewhere: seeds, credentials, roles.
fn things(control: &Control, request: &Received, path: &str) -> Result<Value, Refusal> {
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
        (method, _) => return Err(Refusal::NotFound(format!("{method} {}", request.path))),
    }
    Ok(json!({ "done": true }))
}

fn body<T: DeserializeOwned>(request: &Received) -> Result<T, Refusal> {
    Ok(serde_json::from_slice(&request.body)?)
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
