//! Processes that end when their owner does, however that dies.
//!
//! Each runs under a small shell script that reads a pipe. The owner holds the other end, and the kernel closes it on
//! exit, panic, abort and SIGKILL alike. The script of one process holds the pipe of another, which therefore ends
//! later: kube-apiserver before etcd (the other way round it hangs for minutes), and the directory last of all.

use std::ffi::OsStr;
use std::fs::{self, OpenOptions};
use std::io::{self, PipeWriter};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use crate::Error;

/// How long a server may take to end after SIGTERM, in seconds. kube-apiserver needs one or two.
const GRACE: &str = "10";

/// How much of a log goes into an error.
const TAIL_LINES: usize = 20;

/// A process that ends when this is dropped, or when the process that owns it ends.
#[derive(Debug)]
pub(crate) struct Leashed {
    name: &'static str,
    log: PathBuf,
    leash: Option<PipeWriter>,
    script: Child,
}

impl Leashed {
    /// Starts `program`, to be ended before `next` is. Both outputs are appended to `log`.
    pub(crate) fn server(
        name: &'static str,
        program: &Path,
        arguments: &[String],
        log: &Path,
        next: &Self,
    ) -> Result<Self, Error> {
        let mut command = leashed(program);
        let held = next.leash.as_ref().map(PipeWriter::try_clone).transpose();
        let held = held.map_err(|source| Error::io("copy the pipe for", log, source))?;
        let output = OpenOptions::new().create(true).append(true).open(log);
        let output = output.map_err(|source| Error::io("open", log, source))?;
        command
            .args(arguments)
            .stdout(held.map_or_else(Stdio::null, Stdio::from))
            .stderr(output);
        Self::spawn(name, command, log)
    }

    /// Starts the script that removes `directory` when nobody needs it any more. `arguments` are the further arguments
    /// of `cleanup.sh`.
    pub(crate) fn janitor(
        directory: &Path,
        arguments: &[&OsStr],
        environment: &[(&str, PathBuf)],
    ) -> Result<Self, Error> {
        let mut command = script(include_str!("cleanup.sh"), "janitor");
        command
            .arg(directory)
            .args(arguments)
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Self::spawn("janitor", command, &directory.join("janitor.log"))
    }

    fn spawn(name: &'static str, mut command: Command, log: &Path) -> Result<Self, Error> {
        let (script, leash) =
            hold(&mut command).map_err(|source| Error::io("start sh for", log, source))?;
        Ok(Self {
            name,
            log: log.to_owned(),
            leash: Some(leash),
            script,
        })
    }

    /// The status the process has ended with, if it has.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.script.try_wait().ok().flatten()
    }

    /// Kills the process with SIGKILL, and waits until it is gone.
    pub(crate) fn kill(mut self) -> Result<(), Error> {
        // The script leads a group, which has no other members than it and what it started.
        let group = format!("-{}", self.script.id());
        let mut kill = Command::new("/bin/sh");
        kill.arg("-c")
            .arg(r#"kill -s KILL -- "$1""#)
            .arg("kill")
            .arg(group);
        kill.status()
            .map_err(|source| Error::io("kill the server of", &self.log, source))?;
        self.script
            .wait()
            .map_err(|source| Error::io("wait for the server of", &self.log, source))?;
        Ok(())
    }

    /// The name to use in messages.
    pub(crate) fn name(&self) -> &'static str {
        self.name
    }

    /// The last lines of the log.
    pub(crate) fn log_tail(&self) -> String {
        let text = fs::read(&self.log).unwrap_or_default();
        let text = String::from_utf8_lossy(&text);
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
    }
}

impl Drop for Leashed {
    fn drop(&mut self) {
        self.leash = None;
        // The script's own limit bounds this wait; there is nobody to tell about a failure.
        let _ = self.script.wait();
    }
}

/// The command that runs `program` until its leash is let go of. Its standard error is that of the program, too.
pub(crate) fn leashed(program: &Path) -> Command {
    let mut command = script(include_str!("child_guard.sh"), "leash");
    command.arg(GRACE).arg(program);
    command
}

/// Starts a command that ends when the pipe is dropped.
pub(crate) fn hold(command: &mut Command) -> io::Result<(Child, PipeWriter)> {
    let (reader, leash) = io::pipe()?;
    Ok((command.stdin(reader).spawn()?, leash))
}

fn script(text: &str, name: &str) -> Command {
    let mut command = Command::new("/bin/sh");
    // A group of its own, so that Ctrl-C in a terminal reaches the owner alone and the order of ending is kept.
    command.arg("-c").arg(text).arg(name).process_group(0);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A shell that notes SIGTERM in the file `$0` and does `then`.
    fn noting(word: &str, then: &str) -> [String; 3] {
        let body = format!(
            "trap 'echo {word} >>\"$0\"; {then}' TERM; echo up; while :; do sleep 0.05; done"
        );
        ["-c".to_owned(), body, "notes".to_owned()]
    }

    fn is_up(log: &Path) {
        while !fs::read_to_string(log).unwrap_or_default().contains("up") {
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_server_ends_before_the_one_it_needs_when_both_are_let_go_of_at_once() {
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        let janitor_directory = path("janitor");
        fs::create_dir(&janitor_directory).unwrap();
        let mut janitor = Leashed::janitor(&janitor_directory, &[], &[]).unwrap();
        let start = |name: &'static str, then: &str, next: &Leashed| {
            let mut arguments = noting(name, then);
            arguments[2] = path("notes").display().to_string();
            let server =
                Leashed::server(name, Path::new("/bin/sh"), &arguments, &path(name), next).unwrap();
            is_up(&path(name));
            server
        };
        let mut etcd = start("etcd", "exit", &janitor);
        let mut api_server = start("api", "sleep 0.5; echo api gone >>\"$0\"; exit", &etcd);
        for process in [&mut janitor, &mut etcd, &mut api_server] {
            process.leash = None;
        }
        janitor.script.wait().unwrap();
        assert_eq!(
            fs::read_to_string(path("notes")).unwrap(),
            "api\napi gone\netcd\n"
        );
        assert!(!janitor_directory.exists());
    }

    #[test]
    fn a_server_that_ignores_sigterm_is_killed() {
        let directory = tempfile::tempdir().unwrap();
        let log = directory.path().join("log");
        let mut command = script(include_str!("child_guard.sh"), "leash");
        command
            .arg("1")
            .arg("/bin/sh")
            .args(["-c", "trap '' TERM; echo up; while :; do sleep 0.05; done"]);
        command.stderr(fs::File::create(&log).unwrap());
        let (mut script, leash) = hold(&mut command).unwrap();
        is_up(&log);
        drop(leash);
        assert_eq!(script.wait().unwrap().code(), Some(128 + 9));
    }

    #[test]
    fn the_status_of_a_server_that_ends_by_itself_is_told() {
        let mut command = leashed(Path::new("/bin/sh"));
        let (mut script, _leash) = hold(command.args(["-c", "exit 3"])).unwrap();
        assert_eq!(script.wait().unwrap().code(), Some(3));
    }
}
