//! The shipped binary against a real API server, driven by kubectl, with the simulator as CloudFront.
//!
//! One control plane for all; each scenario has its own namespace, simulator and operator, so they run side by side.

mod contract;

mod scenarios {
    mod absence;
    mod at_rest;
    mod bad_spec;
    mod canary;
    mod contract;
    mod crash;
    mod doctor;
    mod examples;
    mod faults;
    mod fifty;
    mod foreign;
    mod invalidation;
    mod leader;
    mod life;
    mod lookout;
    mod lost;
    mod mended;
    mod not_converging;
    mod operator;
    mod policies;
    mod probes;
    mod read;
    mod reference;
    mod rights;
    mod secret;
    mod stage;
    mod streaming;
    mod table;
    mod traces;
    mod turns;
    mod whole;
}
