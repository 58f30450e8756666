//! What the charts promise: rendered in many ways, judged by Kubernetes' schemas and by a real API server, installed, upgraded and
//! uninstalled there, and the operator run exactly as the Deployment says.

#![allow(
    clippy::unwrap_used,
    reason = "the lint lets only functions marked as tests fail by unwrap, not their helpers"
)]

mod alerts;
mod argo;
mod audit;
mod copies;
mod doctor;
mod golden;
mod helm;
mod kubeconform;
mod life;
mod page;
mod pages;
mod pod;
mod readme;
mod release;
mod rights;
mod rules;
mod schema;
mod server;
mod shell;
mod try_out;
mod values;
