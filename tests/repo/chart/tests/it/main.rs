//! Tests of the Helm charts. They render the charts with many values, validate the manifests with Kubernetes' schemas and a real API server,
//! install, upgrade and uninstall releases, and run the operator with the Deployment's container.

#![allow(
    clippy::unwrap_used,
    reason = "the lint allows unwrap in test functions, but not in their helpers"
)]

mod alert_rules;
mod api_server;
mod argo;
mod audit_log;
mod chart_metadata;
mod container;
mod copied_files;
mod doc_blocks;
mod doc_commands;
mod golden;
mod helm;
mod helm_test;
mod install_yaml;
mod kubeconform;
mod lifecycle;
mod rbac;
mod readme;
mod release;
mod schema;
mod served_metrics;
mod shell;
mod simulator;
mod test_env;
mod usual_keys;
mod values;
