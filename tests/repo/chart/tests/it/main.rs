//! What the charts promise: rendered in many ways, judged by Kubernetes' schemas and by a real API server, installed, upgraded and
//! uninstalled there, and the operator run exactly as the Deployment says.

#![allow(
    clippy::unwrap_used,
    reason = "the lint lets only functions marked as tests fail by unwrap, not their helpers"
)]

mod alert_rules;
mod api_server;
mod argo;
mod audit_log;
mod container;
mod copied_files;
mod doc_blocks;
mod doc_commands;
mod golden;
mod helm;
mod helm_test;
mod kubeconform;
mod lifecycle;
mod rbac;
mod readme;
mod release;
mod schema;
mod served_metrics;
mod shell;
mod simulator;
mod values;
