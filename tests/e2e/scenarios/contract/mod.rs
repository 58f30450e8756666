//! Random walks that check the status contract: users edit objects, CloudFront fails, the operator crashes, and resources change in
//! the AWS console.
//!
//! Each walk records every version of every object, and checks them at its end. A failure names the seed of its walk.
//! `CONTRACT_SEED=7` repeats one walk; `CONTRACT_WALKS` and `CONTRACT_STEPS` set the number of walks and of steps.

mod fixture;
mod invariants;
mod kubectl_wait;
mod object_watch;
mod random_faults;
mod random_walk;
mod revision_history;
mod seeded_rng;

use std::{env, thread};

/// The number of walks in parallel. Each has its own operator.
const MAX_PARALLEL: u64 = 3;

/// Returns the number in an environment variable.
fn number(variable: &str, default: u64) -> u64 {
    match env::var(variable) {
        Ok(text) => text.parse().expect("the variable is a number"),
        Err(_) => default,
    }
}

#[test]
fn every_status_of_a_random_walk_is_a_row_of_the_state_table_and_every_object_becomes_ready() {
    let first = number("CONTRACT_SEED", 1);
    let walks = if env::var_os("CONTRACT_SEED").is_some() {
        1
    } else {
        3
    };
    let end = first + number("CONTRACT_WALKS", walks);
    let steps = number("CONTRACT_STEPS", 25);
    let seeds: Vec<u64> = (first..end).collect();
    for parallel in seeds.chunks(usize::try_from(MAX_PARALLEL).expect("a small number")) {
        thread::scope(|scope| {
            for seed in parallel {
                scope.spawn(move || random_walk::run(*seed, steps));
            }
        });
    }
}
