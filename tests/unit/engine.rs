//! The pure decisions of the engine, compared with the tables that describe them.

#[path = "../e2e/status_contract/mod.rs"]
mod status_contract;

mod engine {
    mod conditions;
    mod plan;
    mod transitions;
}
