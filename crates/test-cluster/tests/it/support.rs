//! Helpers that several tests share.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A person's machine: a home with a cache, and nothing on `PATH` but what a test puts there.
pub(crate) struct Machine {
    root: TempDir,
}

impl Machine {
    pub(crate) fn new() -> Self {
        Self {
            root: tempfile::tempdir().unwrap(),
        }
    }

    /// The one directory on `PATH`.
    pub(crate) fn bin(&self) -> PathBuf {
        self.directory("bin")
    }

    pub(crate) fn cache(&self) -> PathBuf {
        self.directory("cache")
    }

    pub(crate) fn directory(&self, name: &str) -> PathBuf {
        let path = self.root.path().join(name);
        fs::create_dir_all(&path).unwrap();
        path
    }

    /// The program `cluster` on this machine.
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

    /// The finished directories in the cache.
    pub(crate) fn cached(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.cache().join("cloudfront-operator/control-plane"));
        let paths = entries
            .into_iter()
            .flatten()
            .map(|entry| entry.unwrap().path());
        paths.filter(|path| path.is_dir()).collect()
    }
}

/// Puts a script in a directory as a program.
pub(crate) fn script(directory: &Path, name: &str, body: &str) {
    let path = directory.join(name);
    // Renamed into place, so that no other thread's child can hold it open for writing when it is run.
    let partial = directory.join(format!(".{name}"));
    fs::write(&partial, format!("#!/bin/sh\n{body}\n")).unwrap();
    fs::set_permissions(&partial, fs::Permissions::from_mode(0o755)).unwrap();
    fs::rename(&partial, &path).unwrap();
}

/// Puts programs in a directory that only tell their versions.
pub(crate) fn servers(directory: &Path, etcd: &str, kube_apiserver: &str) {
    script(directory, "etcd", &format!("echo etcd Version: {etcd}"));
    script(
        directory,
        "kube-apiserver",
        &format!("echo Kubernetes v{kube_apiserver}"),
    );
    script(directory, "kubectl", "exit 0");
}

pub(crate) fn out(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap().trim()
}

pub(crate) fn err(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap().trim()
}

/// What runs on this machine with `word` in its command line.
pub(crate) fn processes(word: &str) -> Vec<String> {
    let output = Command::new("ps")
        .args(["-A", "-ww", "-o", "args="])
        .output()
        .expect("ps is installed");
    assert!(output.status.success(), "{}", err(&output));
    out(&output)
        .lines()
        .filter(|line| line.contains(word))
        .map(String::from)
        .collect()
}

/// Waits until `condition` holds. The limit only keeps a failing test from hanging.
pub(crate) fn eventually(what: &str, condition: impl Fn() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(2);
    while !condition() {
        assert!(
            Instant::now() < deadline,
            "not so after two minutes: {what}"
        );
        thread::sleep(Duration::from_millis(50));
    }
}

/// Checks that a cluster has gone without a trace.
pub(crate) fn assert_nothing_left(directory: &Path) {
    assert_eq!(
        processes(&directory.to_string_lossy()),
        Vec::<String>::new()
    );
    assert!(
        !directory.exists(),
        "{} is left behind",
        directory.display()
    );
}
