//! The child processes of this process. A signal ends all of them ([`stop_all`]).

use std::io::{self, PipeWriter, Read, Write};
use std::os::unix::process::CommandExt;
use std::process::{
    Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Output, Stdio,
};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::Duration;

/// The interval between two checks whether a child has ended.
const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// Every child that [`ChildProcess::spawn`] has started and that has an owner.
static CHILDREN: Mutex<Children> = Mutex::new(Children {
    is_stopping: false,
    started: Vec::new(),
});

struct Children {
    /// Whether no further child may start.
    is_stopping: bool,
    started: Vec<Weak<ChildProcess>>,
}

/// A child process that [`stop_all`] ends. It is the leader of its own process group, so that Ctrl-C in a terminal reaches
/// only this process.
#[derive(Debug)]
pub(crate) struct ChildProcess {
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    child: Child,
    /// The write end of the pipe that ends the child when it is dropped. `None` for a child without such a pipe.
    pipe: Option<PipeWriter>,
}

impl ChildProcess {
    /// Starts a command. Fails after [`stop_all`].
    pub(crate) fn spawn(command: &mut Command, pipe: Option<PipeWriter>) -> io::Result<Arc<Self>> {
        // The lock is held while the child starts, so that `stop_all` either prevents or ends it.
        let mut children = lock(&CHILDREN);
        if children.is_stopping {
            return Err(io::Error::other("this process is stopping"));
        }
        let child = command.process_group(0).spawn()?;
        let started = Arc::new(Self {
            state: Mutex::new(State { child, pipe }),
        });
        children.started.retain(|child| child.strong_count() > 0);
        children.started.push(Arc::downgrade(&started));
        Ok(started)
    }

    /// Returns the exit status of the process if it has ended.
    pub(crate) fn exit_status(&self) -> io::Result<Option<ExitStatus>> {
        lock(&self.state).child.try_wait()
    }

    /// Waits until the process has ended. Does not lock the process meanwhile, so that [`stop_all`] can end it.
    pub(crate) fn wait(&self) -> io::Result<ExitStatus> {
        loop {
            if let Some(status) = self.exit_status()? {
                return Ok(status);
            }
            thread::sleep(POLL_INTERVAL);
        }
    }

    /// Returns another write end of the pipe, which postpones the end of the process until it is dropped.
    pub(crate) fn clone_pipe(&self) -> io::Result<Option<PipeWriter>> {
        let state = lock(&self.state);
        state.pipe.as_ref().map(PipeWriter::try_clone).transpose()
    }

    /// Drops the write end of the pipe. Returns whether there was one.
    pub(crate) fn drop_pipe(&self) -> bool {
        lock(&self.state).pipe.take().is_some()
    }

    /// Kills the process group with SIGKILL.
    pub(crate) fn kill(&self) -> io::Result<()> {
        let mut state = lock(&self.state);
        if state.child.try_wait()?.is_some() {
            return Ok(());
        }
        // The standard library can kill a process, but no process group.
        let mut kill = Command::new("/bin/sh");
        kill.args(["-c", r#"kill -s KILL -- "-$1""#, "kill"]);
        kill.arg(state.child.id().to_string()).status().map(drop)
    }

    fn take_pipes(&self) -> (Option<ChildStdin>, Option<ChildStdout>, Option<ChildStderr>) {
        let child = &mut lock(&self.state).child;
        (child.stdin.take(), child.stdout.take(), child.stderr.take())
    }

    /// Returns the read end of the standard error.
    pub(crate) fn take_stderr(&self) -> Option<ChildStderr> {
        lock(&self.state).child.stderr.take()
    }
}

/// Ends all children of this process, and returns when they have ended. From now on, no child starts.
///
/// A child with a pipe ends as if its owner had dropped it: with SIGTERM, and after the children that depend on it. Every
/// other child is killed.
pub(crate) fn stop_all() {
    let started = {
        let mut children = lock(&CHILDREN);
        children.is_stopping = true;
        std::mem::take(&mut children.started)
    };
    let running: Vec<Arc<ChildProcess>> = started.iter().filter_map(Weak::upgrade).collect();
    let (_, killed): (Vec<_>, Vec<_>) = running.iter().partition(|child| child.drop_pipe());
    for child in killed {
        let _ = child.kill();
    }
    for child in running {
        let _ = child.wait();
    }
}

/// Runs a command with `input` as its standard input, and returns its output.
pub(crate) fn output(command: &mut Command, input: &str) -> io::Result<Output> {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let child = ChildProcess::spawn(command, None)?;
    let (stdin, stdout, stderr) = child.take_pipes();
    if let Some(mut stdin) = stdin {
        // A program that ends before it has read all of the input reports the reason by its exit status.
        let _ = stdin.write_all(input.as_bytes());
    }
    let (stdout, stderr) = thread::scope(|scope| {
        let stderr = scope.spawn(|| read_all(stderr));
        (read_all(stdout), stderr.join())
    });
    Ok(Output {
        stdout: stdout?,
        stderr: stderr.unwrap_or_else(|_| Ok(Vec::new()))?,
        status: child.wait()?,
    })
}

fn read_all(output: Option<impl Read>) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    if let Some(mut output) = output {
        output.read_to_end(&mut text)?;
    }
    Ok(text)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // A panic in another thread cannot leave the values in an invalid state.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
