//! The shipped binary against a real API server, driven by kubectl, with the simulator as CloudFront.
//!
//! One control plane for all; each scenario has its own namespace, simulator and operator, so they run side by side.

#[path = "status_contract/mod.rs"]
mod contract;

mod scenarios {
    mod burst;
    mod contract;
    mod crash;
    mod doctor;
    mod examples;
    mod faults;
    mod full_spec;
    mod idle;
    mod invalidation;
    mod leader_election;
    mod lifecycle;
    mod list_poller;
    mod lost_create;
    mod not_converging;
    mod not_found;
    #[path = "../support/operator_process.rs"]
    mod operator;
    mod out_of_band_changes;
    mod policies;
    mod printer_columns;
    mod probes;
    #[path = "../support/objects.rs"]
    mod read;
    mod reference;
    mod rejected_spec;
    #[path = "../support/chart_rbac.rs"]
    mod rights;
    mod secret;
    mod secret_leaks;
    #[path = "../support/test_env.rs"]
    mod stage;
    mod streaming;
    mod traces;
    mod unknown_elements;
    mod write_queue;
}
