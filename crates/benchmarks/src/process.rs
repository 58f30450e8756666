//! A measured program, and the CPU and memory that it uses.

use crate::Outcome;
use std::{
    fs::{self, File},
    path::Path,
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

/// A running program. It is killed when this is dropped.
pub(crate) struct Process {
    child: Child,
    log_folder: TempDir,
    ticks_per_second: f64,
}

/// CPU and memory that a process has used so far.
#[derive(Clone, Copy, Default)]
pub(crate) struct Usage {
    /// Seconds of CPU, in user and kernel mode.
    pub(crate) cpu: f64,
    /// Resident memory now, in MiB.
    pub(crate) resident: f64,
    /// The highest resident memory so far, in MiB.
    pub(crate) peak: f64,
}

impl Process {
    /// Starts a program and writes its standard error to a log.
    pub(crate) fn start(command: &mut Command) -> Outcome<Self> {
        let log_folder = TempDir::new()?;
        let log = File::create(log_folder.path().join("log"))?;
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()?;
        let ticks = Command::new("getconf").arg("CLK_TCK").output()?.stdout;
        let ticks_per_second = String::from_utf8(ticks)?.trim().parse()?;
        Ok(Self {
            child,
            log_folder,
            ticks_per_second,
        })
    }

    /// Reads `/proc/PID/stat` and `/proc/PID/status`.
    pub(crate) fn usage(&self) -> Outcome<Usage> {
        let folder = Path::new("/proc").join(self.child.id().to_string());
        let stat = fs::read_to_string(folder.join("stat"))?;
        // The program's name may contain any character, and ends at the last parenthesis.
        let fields = stat.rsplit(')').next().unwrap_or_default();
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let ticks = |at: usize| -> Outcome<f64> {
            Ok(fields
                .get(at)
                .ok_or("/proc/PID/stat is too short")?
                .parse()?)
        };
        let status = fs::read_to_string(folder.join("status"))?;
        Ok(Usage {
            cpu: (ticks(11)? + ticks(12)?) / self.ticks_per_second,
            resident: mebibytes(&status, "VmRSS:")?,
            peak: mebibytes(&status, "VmHWM:")?,
        })
    }

    /// Sends SIGTERM and waits until the program has ended.
    pub(crate) fn stop(mut self) -> Outcome<()> {
        self.end("TERM")
    }

    /// Sends a signal and waits until the program has ended.
    pub(crate) fn end(&mut self, signal: &str) -> Outcome<()> {
        self.signal(signal)?;
        self.child.wait()?;
        Ok(())
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, name: &str) -> Outcome<()> {
        Command::new("kill")
            .args(["-s", name, &self.child.id().to_string()])
            .status()?;
        Ok(())
    }

    /// The log so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.log_folder.path().join("log")).unwrap_or_default()
    }

    /// The last lines of the log, for error messages.
    pub(crate) fn log_tail(&self) -> String {
        let text = self.log();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(10)..].join("\n")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both calls fail only if the program has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The value of a field of `/proc/PID/status`, which is in KiB.
fn mebibytes(status: &str, field: &str) -> Outcome<f64> {
    let line = status.lines().find(|line| line.starts_with(field));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    let kibibytes: f64 = number.ok_or("/proc/PID/status is too short")?.parse()?;
    Ok(kibibytes / 1024.0)
}
