//! A measured program, and the CPU and memory that it uses.

use crate::Outcome;
use std::{
    fs::{self, File},
    path::Path,
    process::{Child, Command, Stdio},
    sync::OnceLock,
};
use tempfile::TempDir;

/// A running program. It is killed when this is dropped.
pub struct Process {
    child: Child,
    log_folder: TempDir,
}

/// CPU and memory that a process has used so far.
#[derive(Clone, Copy, Default)]
pub struct Usage {
    /// Seconds of CPU, in user and kernel mode.
    pub cpu: f64,
    /// Resident memory now, in MiB.
    pub resident: f64,
    /// The highest resident memory so far, in MiB.
    pub peak: f64,
}

impl Process {
    /// Starts a program and writes its standard error to a log.
    pub fn start(command: &mut Command) -> Outcome<Self> {
        let log_folder = TempDir::new()?;
        let log = File::create(log_folder.path().join("log"))?;
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()?;
        Ok(Self { child, log_folder })
    }

    /// Returns what the program has used so far.
    pub fn usage(&self) -> Outcome<Usage> {
        Usage::of(self.child.id())
    }

    /// Returns the number of its threads.
    pub fn threads(&self) -> Outcome<usize> {
        let tasks = Path::new("/proc").join(self.child.id().to_string());
        Ok(fs::read_dir(tasks.join("task"))?.count())
    }

    /// Sends SIGTERM and waits until the program has ended.
    pub fn stop(mut self) -> Outcome<()> {
        self.end("TERM")
    }

    /// Sends a signal and waits until the program has ended.
    pub fn end(&mut self, signal: &str) -> Outcome<()> {
        self.signal(signal)?;
        self.child.wait()?;
        Ok(())
    }

    /// Sends a signal.
    pub fn signal(&self, name: &str) -> Outcome<()> {
        Command::new("kill")
            .args(["-s", name, &self.child.id().to_string()])
            .status()?;
        Ok(())
    }

    /// The log so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.log_folder.path().join("log")).unwrap_or_default()
    }

    /// The last lines of the log, for error messages.
    pub fn log_tail(&self) -> String {
        let text = self.log();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(10)..].join("\n")
    }
}

impl Usage {
    /// Reads `/proc/PID/stat` and `/proc/PID/status` of the process with this id.
    pub fn of(id: u32) -> Outcome<Self> {
        let folder = Path::new("/proc").join(id.to_string());
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
        Ok(Self {
            cpu: (ticks(11)? + ticks(12)?) / ticks_per_second()?,
            resident: mebibytes(&status, "VmRSS:")?,
            peak: mebibytes(&status, "VmHWM:")?,
        })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both calls fail only if the program has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Returns the ticks in which the kernel counts a second of CPU.
fn ticks_per_second() -> Outcome<f64> {
    static TICKS: OnceLock<f64> = OnceLock::new();
    if let Some(ticks) = TICKS.get() {
        return Ok(*ticks);
    }
    let text = Command::new("getconf").arg("CLK_TCK").output()?.stdout;
    let ticks = String::from_utf8(text)?.trim().parse()?;
    Ok(*TICKS.get_or_init(|| ticks))
}

/// The value of a field of `/proc/PID/status`, which is in KiB.
fn mebibytes(status: &str, field: &str) -> Outcome<f64> {
    let line = status.lines().find(|line| line.starts_with(field));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    let kibibytes: f64 = number.ok_or("/proc/PID/status is too short")?.parse()?;
    Ok(kibibytes / 1024.0)
}
