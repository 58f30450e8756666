//! A program under measurement, and what the system says it used.

use crate::Outcome;
use std::{
    fs::{self, File},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;

/// A program at work. It is killed when this is dropped.
pub(crate) struct Process {
    child: Child,
    logs: TempDir,
    ticks: f64,
}

/// What a process has used so far.
#[derive(Clone, Copy, Default)]
pub(crate) struct Usage {
    /// Seconds of CPU, in the kernel and outside of it.
    pub(crate) cpu: f64,
    /// Resident memory at this moment, in MiB.
    pub(crate) resident: f64,
    /// The most resident memory so far, in MiB.
    pub(crate) peak: f64,
}

impl Process {
    /// Starts a program; its output goes to a log.
    pub(crate) fn start(command: &mut Command) -> Outcome<Self> {
        let logs = TempDir::new()?;
        let log = File::create(logs.path().join("log"))?;
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()?;
        let ticks = Command::new("getconf").arg("CLK_TCK").output()?.stdout;
        let ticks = String::from_utf8(ticks)?.trim().parse()?;
        Ok(Self { child, logs, ticks })
    }

    /// From `/proc/PID/stat` and `/proc/PID/status`.
    pub(crate) fn usage(&self) -> Outcome<Usage> {
        let folder = Path::new("/proc").join(self.child.id().to_string());
        let stat = fs::read_to_string(folder.join("stat"))?;
        // The program's name may contain anything, but ends with the last parenthesis.
        let fields = stat.rsplit(')').next().unwrap_or_default();
        let fields: Vec<&str> = fields.split_whitespace().collect();
        let ticks = |at: usize| -> Outcome<f64> {
            Ok(fields.get(at).ok_or("a short /proc/PID/stat")?.parse()?)
        };
        let status = fs::read_to_string(folder.join("status"))?;
        Ok(Usage {
            cpu: (ticks(11)? + ticks(12)?) / self.ticks,
            resident: mebibytes(&status, "VmRSS:")?,
            peak: mebibytes(&status, "VmHWM:")?,
        })
    }

    /// Asks it to end, and waits until it has.
    pub(crate) fn stop(mut self) -> Outcome<()> {
        self.signal("TERM")?;
        self.child.wait()?;
        Ok(())
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, name: &str) -> Outcome<()> {
        Command::new("kill")
            .args(["-s", name, &self.child.id().to_string()])
            .status()?;
        Ok(())
    }

    /// Waits until it has ended, and looks seldom enough for others to work meanwhile.
    pub(crate) async fn end(&mut self) -> Outcome<()> {
        while self.child.try_wait()?.is_none() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// What it has logged.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.logs.path().join("log")).unwrap_or_default()
    }

    /// The end of its log, for when something went wrong.
    pub(crate) fn log_tail(&self) -> String {
        let text = self.log();
        let lines: Vec<&str> = text.lines().collect();
        lines[lines.len().saturating_sub(10)..].join("\n")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone afterwards.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn mebibytes(status: &str, field: &str) -> Outcome<f64> {
    let line = status.lines().find(|line| line.starts_with(field));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    let kibibytes: f64 = number.ok_or("a short /proc/PID/status")?.parse()?;
    Ok(kibibytes / 1024.0)
}
