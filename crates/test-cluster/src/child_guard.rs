//! Child processes that end after their owner ends for any reason.
//!
//! A shell script runs each process and reads a pipe. The owner has the write end, which the kernel closes on exit,
//! panic, abort and SIGKILL.
//!
//! The script of one process also has the write end of the pipe of another process, which therefore ends later.
//! kube-apiserver ends before etcd, because without etcd it takes minutes to end. The removal of the directory is last.

use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;

use crate::children::ChildProcess;
use crate::error::Error;

/// The seconds between SIGTERM and SIGKILL. kube-apiserver ends within two seconds.
const TERMINATION_GRACE_SECONDS: &str = "10";

/// The number of lines of a log that an error contains.
const TAIL_LINES: usize = 20;

/// A child process that ends when this value is dropped or the owning process ends for any reason.
#[derive(Debug)]
pub struct GuardedChild {
    name: &'static str,
    log: PathBuf,
    process: Arc<ChildProcess>,
}

impl GuardedChild {
    /// Starts `program`, which ends before `dependency` does, and appends both of its outputs to `log`. Of `program`, the
    /// path, the arguments, and the changes of the environment are used.
    pub(crate) fn server(
        name: &'static str,
        program: &Command,
        log: &Path,
        dependency: &Self,
    ) -> Result<Self, Error> {
        let mut command = guarded_command(Path::new(program.get_program()));
        command.args(program.get_args());
        for (variable, value) in program.get_envs() {
            match value {
                Some(value) => command.env(variable, value),
                None => command.env_remove(variable),
            };
        }
        let pipe = dependency.process.clone_pipe();
        let pipe = pipe.map_err(|source| Error::io("copy the pipe for", log, source))?;
        let output = OpenOptions::new().create(true).append(true).open(log);
        let output = output.map_err(|source| Error::io("open", log, source))?;
        command
            .stdout(pipe.map_or_else(Stdio::null, Stdio::from))
            .stderr(output);
        Self::spawn(name, command, log)
    }

    /// Starts the script that removes `directory` after the owner and all servers that depend on this value have ended.
    /// `arguments` are the other arguments of `cleanup.sh`.
    pub(crate) fn cleanup(
        directory: &Path,
        arguments: &[&OsStr],
        environment: &[(&str, PathBuf)],
    ) -> Result<Self, Error> {
        let mut command = script_command(include_str!("cleanup.sh"), "cleanup");
        command
            .arg(directory)
            .args(arguments)
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Self::spawn("cleanup", command, &directory.join("cleanup.log"))
    }

    fn spawn(name: &'static str, mut command: Command, log: &Path) -> Result<Self, Error> {
        let process =
            spawn_guarded(&mut command).map_err(|source| Error::io("start sh for", log, source))?;
        Ok(Self {
            name,
            log: log.to_owned(),
            process,
        })
    }

    /// Returns the exit status of the process if it has ended.
    pub(crate) fn exit_status(&self) -> Option<ExitStatus> {
        self.process.exit_status().ok().flatten()
    }

    /// Kills the process with SIGKILL and waits until it has ended.
    pub(crate) fn kill(self) -> Result<(), Error> {
        // The process group consists of the script and its children.
        self.process
            .kill()
            .map_err(|source| Error::io("kill the server of", &self.log, source))?;
        self.process
            .wait()
            .map_err(|source| Error::io("wait for the server of", &self.log, source))?;
        Ok(())
    }

    /// Returns the name for messages.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// Returns the last lines of the log.
    pub(crate) fn log_tail(&self) -> String {
        let text = fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
    }
}

impl Drop for GuardedChild {
    fn drop(&mut self) {
        self.process.drop_pipe();
        // The grace period of the script limits this wait. `drop` cannot return an error.
        let _ = self.process.wait();
    }
}

/// Returns a command that runs `program` until it ends or the pipe of [`spawn_guarded`] is dropped. The program inherits
/// the standard error of the command.
pub(crate) fn guarded_command(program: &Path) -> Command {
    let mut command = script_command(include_str!("child_guard.sh"), "child-guard");
    command.arg(TERMINATION_GRACE_SECONDS).arg(program);
    command
}

/// Starts a command from [`guarded_command`], which ends when the pipe of the returned process is dropped.
pub(crate) fn spawn_guarded(command: &mut Command) -> io::Result<Arc<ChildProcess>> {
    let (reader, writer) = io::pipe()?;
    ChildProcess::spawn(command.stdin(reader), Some(writer))
}

fn script_command(text: &str, name: &str) -> Command {
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg(text).arg(name);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a shell that records SIGTERM in `record` and then runs `then`.
    fn recording_shell(word: &str, then: &str, record: &Path) -> Command {
        let body = format!(
            "trap 'echo {word} >>\"$0\"; {then}' TERM; echo up; while :; do sleep 0.05; done"
        );
        let mut shell = Command::new("/bin/sh");
        shell.args(["-c", &body]).arg(record);
        shell
    }

    fn wait_until_up(log: &Path) {
        while !fs::read_to_string(log).unwrap_or_default().contains("up") {
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_server_ends_before_its_dependency_when_the_owner_drops_both_pipes_at_once() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        let removed = path("removed");
        fs::create_dir(&removed).unwrap();
        let cleanup = GuardedChild::cleanup(&removed, &[], &[]).unwrap();
        let start = |name: &'static str, then: &str, dependency: &GuardedChild| {
            let shell = recording_shell(name, then, &path("record"));
            let server = GuardedChild::server(name, &shell, &path(name), dependency).unwrap();
            wait_until_up(&path(name));
            server
        };
        let etcd = start("etcd", "exit", &cleanup);
        let api_server = start("api", "sleep 0.5; echo api gone >>\"$0\"; exit", &etcd);
        for child in [&cleanup, &etcd, &api_server] {
            child.process.drop_pipe();
        }
        cleanup.process.wait().unwrap();
        assert_eq!(
            fs::read_to_string(path("record")).unwrap(),
            "api\napi gone\netcd\n"
        );
        assert!(!removed.exists());
    }

    #[test]
    fn a_server_that_ignores_sigterm_is_killed() {
        let directory = tempfile::tempdir().unwrap();
        let log = directory.path().join("log");
        let mut command = script_command(include_str!("child_guard.sh"), "child-guard");
        command
            .arg("1")
            .arg("/bin/sh")
            .args(["-c", "trap '' TERM; echo up; while :; do sleep 0.05; done"]);
        command.stderr(fs::File::create(&log).unwrap());
        let script = spawn_guarded(&mut command).unwrap();
        wait_until_up(&log);
        script.drop_pipe();
        assert_eq!(script.wait().unwrap().code(), Some(128 + 9));
    }

    #[test]
    fn a_program_that_ends_without_a_signal_passes_its_exit_status_on() {
        let mut command = guarded_command(Path::new("/bin/sh"));
        let script = spawn_guarded(command.args(["-c", "exit 3"])).unwrap();
        assert_eq!(script.wait().unwrap().code(), Some(3));
    }

    /// The program ends while its watcher starts. Of 500 such programs, the shell reported 24 watchers as "Terminated".
    #[test]
    fn the_output_of_a_program_that_ends_at_once_has_no_report_of_its_watcher() {
        let directory = tempfile::tempdir().unwrap();
        let log = directory.path().join("log");
        for _ in 0..200 {
            let mut command = guarded_command(Path::new("/nonexistent"));
            command.stderr(fs::File::create(&log).unwrap());
            spawn_guarded(&mut command).unwrap().wait().unwrap();
            let output = fs::read_to_string(&log).unwrap();
            assert_eq!(output.lines().count(), 1, "{output}");
        }
    }
}
