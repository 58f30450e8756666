//! Test environment shared by the scenarios: the shipped binary, kubectl, the simulator and a real control plane.

mod chart_rbac;
mod kubectl;
mod manifests;
mod object_reader;
mod objects;
mod operator_process;
#[path = "../../../crates/cloudfront-simulator/tests/boto3/python.rs"]
mod python;
mod recorder;
mod test_env;

pub(crate) use chart_rbac::{
    forbidden_requests, grant_chart_rbac, grant_chart_rbac_in, operator_requests,
};
pub(crate) use manifests::{
    distribution, distribution_with_secret_header, identity, invalidation, secret,
    streaming_distribution, with_field,
};
pub(crate) use objects::{condition, control_plane, id_of, install_crds, message};
pub(crate) use operator_process::{AS_SHIPPED, OperatorProcess};
pub(crate) use python::python;
pub(crate) use test_env::TestEnv;
