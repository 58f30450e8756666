//! What may go wrong between the operator and CloudFront.

use super::seeded_rng::Chance;
use cloudfront_simulator::{Fault, FaultMode, HostileBody};

const NAMES: [&str; 3] = [
    "Distribution",
    "StreamingDistribution",
    "CloudFrontOriginAccessIdentity",
];
const VERBS: [&str; 7] = ["Get", "Get", "Get", "Update", "Update", "Create", "Delete"];
const OTHERS: [&str; 7] = [
    "*",
    "ListDistributions",
    "ListTagsForResource",
    "TagResource",
    "CreateDistributionWithTags",
    "CreateInvalidation",
    "GetInvalidation",
];

/// A fault on one of the next calls.
pub(super) fn fault(chance: &mut Chance) -> Fault {
    let verb = *chance.pick(&VERBS);
    // Most of the objects are distributions.
    let name = NAMES[usize::try_from(chance.below(5).saturating_sub(2)).expect("a small number")];
    let operation = if chance.below(5) == 0 {
        (*chance.pick(&OTHERS)).to_owned()
    } else {
        format!("{verb}{name}")
    };
    let mode = if verb == "Get" && operation.starts_with("Get") && chance.below(3) == 0 {
        read_trouble(chance, name)
    } else {
        trouble(chance)
    };
    Fault::on(&operation, mode).times(1 + chance.below(3))
}

/// What only a read can answer.
fn read_trouble(chance: &mut Chance, name: &str) -> FaultMode {
    match chance.below(2) {
        0 => FaultMode::StaleRead {
            lag: 1 + chance.below(2),
        },
        _ => FaultMode::error(404, &format!("NoSuch{name}"), "injected"),
    }
}

fn trouble(chance: &mut Chance) -> FaultMode {
    let error = |status, code: &str, committed| FaultMode::Error {
        status,
        code: code.into(),
        message: "injected".into(),
        committed,
    };
    match chance.below(12) {
        0 => FaultMode::throttling(),
        1 => FaultMode::service_unavailable(),
        2 => error(500, "InternalError", false),
        3 => error(503, "ServiceUnavailable", true),
        4 => FaultMode::ResetBeforeCommit,
        5 => FaultMode::ResetAfterCommit,
        6 => FaultMode::TruncatedBody { at: None },
        7 => FaultMode::Hold,
        8 => error(403, "AccessDenied", false),
        9 => error(412, "PreconditionFailed", false),
        10 => FaultMode::Hostile {
            body: HostileBody::Html,
        },
        _ => FaultMode::Delay { milliseconds: 700 },
    }
}
