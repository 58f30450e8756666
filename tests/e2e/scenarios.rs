//! Scenarios: the shipped binary against a real API server, driven by kubectl, with the simulator as CloudFront.
//!
//! All scenarios share one control plane. Each has its own namespace, simulator and operator, so they run in parallel.

mod status_contract;
mod support;

mod scenarios {
    mod access_control;
    mod adopt_output;
    mod burst;
    mod chart_rbac;
    mod continuous_deployment;
    mod contract;
    mod crash;
    mod deletion;
    mod doctor;
    mod drift_ignore;
    mod each_kind;
    mod event_series;
    mod examples;
    mod external_users;
    mod external_values;
    mod failed_writes;
    mod faults;
    mod finalizer_policy;
    mod foreign_distribution;
    mod foreign_status;
    mod full_spec;
    mod functions;
    mod idle;
    mod invalidation;
    mod invalidation_policy;
    mod invariants;
    mod key_value_pairs;
    mod key_value_stores;
    mod large_objects;
    mod leader_election;
    mod lifecycle;
    mod list_poller;
    mod lost_create;
    mod namespace_deletion;
    mod not_converging;
    mod not_found;
    mod obstacles;
    mod out_of_band_changes;
    mod outage;
    mod ownership;
    mod pipeline_examples;
    mod policies;
    mod printer_columns;
    mod probes;
    mod public_key;
    mod reference;
    mod rejected_spec;
    mod repeated_drift;
    mod secret;
    mod secret_leaks;
    mod selected_kinds;
    mod stale_reads;
    mod streaming;
    mod tag_edits;
    mod traces;
    mod two_clusters;
    mod unique_names;
    mod unknown_elements;
    mod user_cases;
    mod write_queue;
}
