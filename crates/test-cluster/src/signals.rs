//! The end of a program by a signal.

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;
use std::thread;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

use crate::children;

/// What happens first.
enum Event<T> {
    /// The work ended, without a result after a panic.
    End(Option<T>),
    /// The process received a signal.
    Signal(&'static str, SignalKind),
}

/// Runs `work`, which is everything that a program does, and returns the program's exit code.
///
/// On SIGINT or SIGTERM, all children that this crate has started end, and the exit code is 128 and the number of the
/// signal: 130 or 143. An error of `work` is printed after `program`, and the exit code is 1.
pub fn run_program<E: Display + Send + 'static>(
    program: &str,
    work: impl FnOnce() -> Result<(), E> + Send + 'static,
) -> ExitCode {
    match first_event(work) {
        Ok(Event::End(Some(Ok(())))) => ExitCode::SUCCESS,
        Ok(Event::End(Some(Err(error)))) => fail(program, &error),
        Ok(Event::End(None)) => ExitCode::FAILURE,
        Ok(Event::Signal(name, kind)) => {
            print(program, &format!("stopping after {name}"));
            children::stop_all();
            // A signal has a number below 128.
            ExitCode::from(128 + u8::try_from(kind.as_raw_value()).unwrap_or_default())
        }
        Err(error) => fail(program, &format!("cannot handle signals: {error}")),
    }
}

/// Runs `work` in another thread until the first event.
fn first_event<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<Event<T>> {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_io().build()?.block_on(async {
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let (sender, end) = oneshot::channel();
        // After a signal, the process ends without this thread.
        thread::spawn(move || drop(sender.send(work())));
        Ok(tokio::select! {
            biased;
            _ = interrupt.recv() => Event::Signal("SIGINT", SignalKind::interrupt()),
            _ = terminate.recv() => Event::Signal("SIGTERM", SignalKind::terminate()),
            result = end => Event::End(result.ok()),
        })
    })
}

fn fail(program: &str, error: &dyn Display) -> ExitCode {
    print(program, error);
    ExitCode::FAILURE
}

fn print(program: &str, message: &dyn Display) {
    // Without standard error there is nowhere to report a failed write.
    let _ = writeln!(io::stderr(), "{program}: {message}");
}
