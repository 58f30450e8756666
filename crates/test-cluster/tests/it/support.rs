//! Shared test helpers.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A simulated machine with a home directory, a cache, and one directory on `PATH` that a test fills.
pub(crate) struct Machine {
    root: TempDir,
}

impl Machine {
    pub(crate) fn new() -> Self {
        Self {
            root: tempfile::tempdir().unwrap(),
        }
    }

    /// Returns the only directory on `PATH`.
    pub(crate) fn bin(&self) -> PathBuf {
        self.directory("bin")
    }

    pub(crate) fn cache(&self) -> PathBuf {
        self.directory("cache")
    }

    /// Creates a directory unless it exists, and returns its path.
    pub(crate) fn directory(&self, name: &str) -> PathBuf {
        let path = self.root.path().join(name);
        fs::create_dir_all(&path).unwrap();
        path
    }

    /// Returns a command that runs the program `cluster` on this machine.
    pub(crate) fn cluster(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cluster"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.root.path())
            .env("PATH", self.bin())
            .env("XDG_CACHE_HOME", self.cache())
            .stdin(Stdio::null());
        command
    }

    /// Returns the directories in the cache, complete and partial ones.
    pub(crate) fn cached(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.cache().join("cloudfront-operator/control-plane"));
        let paths = entries
            .into_iter()
            .flatten()
            .map(|entry| entry.unwrap().path());
        paths.filter(|path| path.is_dir()).collect()
    }
}

/// Writes a shell script as a program into a directory.
pub(crate) fn write_script(directory: &Path, name: &str, body: &str) {
    let path = directory.join(name);
    // A child process of another thread may inherit the open file, and a file that is open for writing cannot be run.
    let partial = directory.join(format!(".{name}"));
    fs::write(&partial, format!("#!/bin/sh\n{body}\n")).unwrap();
    fs::set_permissions(&partial, fs::Permissions::from_mode(0o755)).unwrap();
    fs::rename(&partial, &path).unwrap();
}

/// Writes programs that only print their versions into a directory.
pub(crate) fn write_servers(directory: &Path, etcd: &str, kube_apiserver: &str) {
    write_script(directory, "etcd", &format!("echo etcd Version: {etcd}"));
    write_script(
        directory,
        "kube-apiserver",
        &format!("echo Kubernetes v{kube_apiserver}"),
    );
    write_script(directory, "kubectl", "exit 0");
}

pub(crate) fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap().trim()
}

pub(crate) fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap().trim()
}

/// Returns the command lines of all processes that contain `word`.
pub(crate) fn processes(word: &str) -> Vec<String> {
    let output = Command::new("ps")
        .args(["-A", "-ww", "-o", "args="])
        .output()
        .expect("ps is installed");
    assert!(output.status.success(), "{}", stderr(&output));
    stdout(&output)
        .lines()
        .filter(|line| line.contains(word))
        .map(String::from)
        .collect()
}

/// Waits until `condition` returns true. The timeout only prevents a failed test from running forever.
pub(crate) fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(2);
    while !condition() {
        assert!(Instant::now() < deadline, "false after two minutes: {what}");
        thread::sleep(Duration::from_millis(50));
    }
}

/// Asserts that neither processes nor the directory of a cluster remain.
pub(crate) fn assert_no_remains(directory: &Path) {
    assert_eq!(
        processes(&directory.to_string_lossy()),
        Vec::<String>::new()
    );
    assert!(!directory.exists(), "{} remains", directory.display());
}
