//! Updates that correct drift, that do not converge, or that another client changes back.

use crate::{
    engine::{
        api::outcome::Outcome,
        kind::Kind,
        object_state::UpdateHistory,
        plan::Plan,
        reconcile::{
            convergence::{attempt, is_drift_correction, is_not_converging, not_converging},
            fixtures::{both, identity, inputs, recorded, remote, shape},
            withheld::withheld_update,
        },
    },
    kinds::origin_access_identity::OriginAccessIdentity,
    xml::{Drift, Element},
};
use serde_json::json;

#[test]
fn two_identical_updates_do_not_converge_and_a_status_remembers_it() {
    let known = recorded("True", "InSync");
    let gave_up = recorded("False", "NotConverging");
    let edited = both(gave_up.clone(), &json!({ "metadata": { "generation": 3 } }));
    let request = |etag| OriginAccessIdentity::API.update_request("E1", etag, Element::new("X"));
    let fields = [Drift::at("comment")];
    for (parts, etag, expected) in [
        (&known, "A", false),
        (&gave_up, "A", true),
        (&gave_up, "B", false),
        (&edited, "A", false),
    ] {
        let subject = identity(parts);
        let updates = UpdateHistory::default();
        let found = is_not_converging(&subject, &updates, &request(etag), &fields, etag);
        assert_eq!(found, expected, "{parts} {etag}");
    }
    let subject = identity(&known);
    let mut updates = UpdateHistory::default();
    for (etag, new_etag, expected) in [("A", "B", false), ("B", "C", false), ("C", "D", true)] {
        let request = request(etag);
        let found = is_not_converging(&subject, &updates, &request, &fields, etag);
        assert_eq!(found, expected, "{etag}");
        updates.record(&attempt(&subject, &request, &fields, etag), new_etag);
    }
    assert_eq!(shape(&not_converging(&fields)), "Stalled(NotConverging)");
}

#[test]
fn a_stall_names_the_first_five_fields_that_differ() {
    let fields = ["a", "b", "c", "d", "e", "f"].map(Drift::at);
    let Outcome::Stalled { message, .. } = not_converging(&fields) else {
        panic!("updates that do not converge are a stall");
    };
    assert!(message.contains("differs at a, b, c, d, e. "), "{message}");
}

#[test]
fn an_update_corrects_drift_if_the_spec_was_applied_before() {
    let subject = identity(&json!({}));
    let hashes = inputs(&subject).hashes;
    assert!(!is_drift_correction(&subject, &hashes));
    let other = Some("of another spec".to_owned());
    for (generation, hash, expected) in [
        (2, &hashes.recorded, true),
        (1, &hashes.recorded, false),
        (2, &other, false),
    ] {
        let status = json!({ "appliedGeneration": generation, "appliedSpecHash": hash });
        let parts = both(recorded("True", "InSync"), &json!({ "status": status }));
        let found = is_drift_correction(&identity(&parts), &hashes);
        assert_eq!(found, expected, "{generation} {hash:?}");
    }
}

#[test]
fn an_update_is_withheld_if_it_does_not_converge_or_is_changed_back_repeatedly() {
    let request = OriginAccessIdentity::API.update_request("E1", "A", Element::new("X"));
    let observed = remote("E1", "", "");
    let update = Plan::Update(request, vec![Drift::at("comment")]);
    let requested = "cloudfront-operator.dev/reconcile-requested-at";
    let annotated = json!({ "metadata": { "annotations": { requested: "now" } } });
    let plain = identity(&recorded("True", "InSync"));
    let asked = identity(&both(recorded("True", "InSync"), &annotated));
    let gave_up = identity(&recorded("False", "NotConverging"));
    let mut updates = UpdateHistory::default();
    let shapes = |updates: &UpdateHistory| {
        [&plain, &asked, &gave_up].map(|subject| {
            let withheld =
                withheld_update(subject, updates, &inputs(subject), &update, Some(&observed));
            withheld.map(|(outcome, pause)| (shape(&outcome), pause.is_some()))
        })
    };
    let not_converging = Some(("Stalled(NotConverging)".to_owned(), false));
    assert_eq!(shapes(&updates), [None, None, not_converging.clone()]);
    for _ in 0..4 {
        updates.record_request(inputs(&plain).hashes.requested);
    }
    let paused = Some(("Stalled(Conflict)".to_owned(), true));
    assert_eq!(shapes(&updates), [paused, None, not_converging]);
    let waits = withheld_update(&plain, &updates, &inputs(&plain), &Plan::UpToDate, None);
    assert_eq!(waits, None);
}
