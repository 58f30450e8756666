//! Processes that end when their owner does, however that dies.
//!
//! Each runs under a small shell script that reads a pipe. The owner holds the other end, and the kernel closes it on
//! exit, panic, abort and SIGKILL alike. The script of one process holds the pipe of another, which therefore ends
//! later: kube-apiserver before etcd (the other way round it hangs for minutes), and the directory last of all.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
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
        let held = next.leash.as_ref().map(PipeWriter::try_clone).transpose();
        let mut command = script(include_str!("leash.sh"), "leash");
        command.arg(GRACE).arg(program).args(arguments);
        let open = || -> io::Result<(Stdio, File)> {
            let held = held?.map_or_else(Stdio::null, Stdio::from);
            Ok((
                held,
                OpenOptions::new().create(true).append(true).open(log)?,
            ))
        };
        let (held, output) = open().map_err(|source| Error::io("open", log, source))?;
        command.stdout(held).stderr(output);
        Self::spawn(name, command, log)
    }

    /// Starts the script that removes `directory` when nobody needs it any more. `arguments` are the further arguments
    /// of `janitor.sh`.
    pub(crate) fn janitor(
        directory: &Path,
        arguments: &[&OsStr],
        environment: &[(&str, PathBuf)],
    ) -> Result<Self, Error> {
        let mut command = script(include_str!("janitor.sh"), "janitor");
        command
            .arg(directory)
            .args(arguments)
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Self::spawn("janitor", command, &directory.join("janitor.log"))
    }

    fn spawn(name: &'static str, mut command: Command, log: &Path) -> Result<Self, Error> {
        let (reader, leash) =
            io::pipe().map_err(|source| Error::io("make a pipe for", log, source))?;
        let script = command
            .stdin(reader)
            .spawn()
            .map_err(|source| Error::io("start sh for", log, source))?;
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
        let mut kill = Command::new("sh");
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

fn script(text: &str, name: &str) -> Command {
    let mut command = Command::new("sh");
    // A group of its own, so that Ctrl-C in a terminal reaches the owner alone and the order of ending is kept.
    command.arg("-c").arg(text).arg(name).process_group(0);
    command
}
