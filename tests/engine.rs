//! The engine's decisions: pure functions, held against the tables that describe them.

mod contract;

mod engine {
    mod conditions;
    mod plan;
    mod walk;
}
