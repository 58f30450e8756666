//! The status contract while everything goes wrong: users edit, CloudFront fails, the operator dies, and somebody is at the console.
//!
//! Every version of every object is collected on the way and judged afterwards. A failure names its seed; `CONTRACT_SEED=7` walks that
//! way again, `CONTRACT_WALKS` and `CONTRACT_STEPS` say how many ways and how far.

mod fixture;
mod invariants;
mod kubectl_wait;
mod object_watch;
mod random_faults;
mod random_walk;
mod revision_history;
mod seeded_rng;

use std::{env, thread};

/// Walks at the same time: each has an operator of its own.
const AT_ONCE: u64 = 3;

fn number(variable: &str, default: u64) -> u64 {
    match env::var(variable) {
        Ok(text) => text.parse().expect("the variable is a number"),
        Err(_) => default,
    }
}

#[test]
fn every_status_on_every_way_is_a_row_of_the_table_and_every_way_ends_well() {
    let first = number("CONTRACT_SEED", 1);
    let walks = if env::var_os("CONTRACT_SEED").is_some() {
        1
    } else {
        3
    };
    let end = first + number("CONTRACT_WALKS", walks);
    let steps = number("CONTRACT_STEPS", 25);
    let seeds: Vec<u64> = (first..end).collect();
    for together in seeds.chunks(usize::try_from(AT_ONCE).expect("a small number")) {
        thread::scope(|scope| {
            for seed in together {
                scope.spawn(move || random_walk::walk(*seed, steps));
            }
        });
    }
}
