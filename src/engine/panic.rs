//! Panics, which are bugs: one that ends a reconciliation leaves the others alone.

use futures::FutureExt;
use std::{
    cell::RefCell,
    fmt,
    panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook},
};

thread_local! {
    /// Where the last panic of this thread happened. Its payload does not contain the place.
    static LAST_LOCATION: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// A panic that was caught.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CaughtPanic {
    location: Option<String>,
}

/// Logs each panic of the process with its place in the source, and with the object that is being reconciled.
///
/// The message is logged only if it is a constant: one that was formatted may contain values of the object.
pub fn log_panics() {
    set_hook(Box::new(|info| {
        record_location(info);
        let message = info.payload().downcast_ref::<&str>().copied();
        let location = info.location().map(ToString::to_string);
        tracing::error!(
            location,
            panic = message.unwrap_or("(not logged, since it may contain values of the object)"),
            "the operator panicked, which is a bug: please report it"
        );
    }));
}

/// Runs a future, and returns the panic that ends it, if any.
pub(crate) async fn catch<T>(future: impl Future<Output = T>) -> Result<T, CaughtPanic> {
    let result = AssertUnwindSafe(future).catch_unwind().await;
    result.map_err(|_| CaughtPanic::last())
}

/// Calls a function, and returns the panic that ends it, if any.
pub(crate) fn catch_call<T>(function: impl FnOnce() -> T) -> Result<T, CaughtPanic> {
    catch_unwind(AssertUnwindSafe(function)).map_err(|_| CaughtPanic::last())
}

fn record_location(info: &PanicHookInfo<'_>) {
    LAST_LOCATION.set(info.location().map(ToString::to_string));
}

impl CaughtPanic {
    /// Returns the panic of this thread that was caught just now.
    fn last() -> Self {
        Self {
            location: LAST_LOCATION.take(),
        }
    }
}

impl fmt::Display for CaughtPanic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.location {
            Some(location) => write!(f, "a panic at {location}"),
            None => f.write_str("a panic"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::take_hook;

    #[tokio::test]
    async fn a_panic_becomes_an_error_with_its_place() {
        let previous = take_hook();
        set_hook(Box::new(move |info| {
            record_location(info);
            previous(info);
        }));
        let caught = catch(async { panic!("as the test expects") }).await;
        let caught = caught.expect_err("a panic");
        assert!(
            caught.to_string().contains("src/engine/panic.rs:"),
            "{caught}"
        );
        assert_eq!(catch(std::future::ready(7)).await, Ok(7));
        let caught = catch_call(|| panic!("as the test expects"));
        let caught = caught.expect_err("a panic");
        assert!(
            caught.to_string().contains("src/engine/panic.rs:"),
            "{caught}"
        );
        assert_eq!(catch_call(|| 7), Ok(7));
    }
}
