//! Random faults between the operator and CloudFront.

use super::seeded_rng::SeededRng;
use cloudfront_simulator::{Fault, FaultMode, HostileBody};

const RESOURCES: [&str; 3] = [
    "Distribution",
    "StreamingDistribution",
    "CloudFrontOriginAccessIdentity",
];
const VERBS: [&str; 7] = ["Get", "Get", "Get", "Update", "Update", "Create", "Delete"];
const OTHER_OPERATIONS: [&str; 7] = [
    "*",
    "ListDistributions",
    "ListTagsForResource",
    "TagResource",
    "CreateDistributionWithTags",
    "CreateInvalidation",
    "GetInvalidation",
];

/// Returns a fault for one to three of the next calls of an operation.
pub(super) fn random_fault(rng: &mut SeededRng) -> Fault {
    let verb = *rng.pick(&VERBS);
    // Most of the objects are distributions.
    let index = rng.below(5).saturating_sub(2);
    let resource = RESOURCES[usize::try_from(index).expect("a small number")];
    let operation = if rng.below(5) == 0 {
        (*rng.pick(&OTHER_OPERATIONS)).to_owned()
    } else {
        format!("{verb}{resource}")
    };
    let mode = if verb == "Get" && operation.starts_with("Get") && rng.below(3) == 0 {
        random_read_mode(rng, resource)
    } else {
        random_mode(rng)
    };
    Fault::on(&operation, mode).times(1 + rng.below(3))
}

/// Returns a mode that only a read can have.
fn random_read_mode(rng: &mut SeededRng, resource: &str) -> FaultMode {
    match rng.below(2) {
        0 => FaultMode::StaleRead {
            lag: 1 + rng.below(2),
        },
        _ => FaultMode::error(404, &format!("NoSuch{resource}"), "injected"),
    }
}

fn random_mode(rng: &mut SeededRng) -> FaultMode {
    let error = |status, code: &str, committed| FaultMode::Error {
        status,
        code: code.into(),
        message: "injected".into(),
        committed,
    };
    match rng.below(12) {
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
