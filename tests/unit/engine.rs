//! The engine's decisions: pure functions, held against the tables that describe them.

#[path = "../e2e/status_contract/mod.rs"]
mod status_contract;

mod engine {
    mod conditions;
    mod plan;
    mod walk;
}
