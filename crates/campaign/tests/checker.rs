//! The checker finds each kind of violation.

use campaign::{INVARIANTS, scenarios, seeded_defects};
use std::collections::BTreeSet;

#[test]
fn each_seeded_defect_is_found() {
    let scenarios = scenarios().expect("each kind has an example");
    let mut missed = vec![];
    for defect in seeded_defects() {
        let is_found = defect.is_found(&scenarios).expect("the scenario runs");
        if !is_found {
            missed.push(defect.name);
        }
    }
    assert_eq!(missed, [""; 0]);
}

#[test]
fn each_invariant_has_a_seeded_defect() {
    let violated = seeded_defects().into_iter().flat_map(|it| it.violates);
    let violated: BTreeSet<&str> = violated.copied().collect();
    assert_eq!(violated, BTreeSet::from(INVARIANTS));
}
