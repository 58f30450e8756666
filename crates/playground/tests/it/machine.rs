//! A simulated machine on which the playground runs.

use cluster::{Binaries, Environment};
use std::{
    env, fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// A home directory, a cache, a directory for temporary files, and a directory on `PATH` for scripts.
pub(crate) struct Machine {
    root: TempDir,
}

impl Machine {
    pub(crate) fn new() -> Self {
        Self {
            root: tempfile::tempdir().unwrap(),
        }
    }

    /// Creates a directory unless it exists, and returns its path.
    pub(crate) fn directory(&self, name: &str) -> PathBuf {
        let path = self.root.path().join(name);
        fs::create_dir_all(&path).unwrap();
        path
    }

    /// Returns the environment in which the playground searches for a control plane.
    pub(crate) fn environment(&self) -> Environment {
        let system = ["/usr/bin", "/bin"].map(PathBuf::from);
        let path = [self.directory("bin")].into_iter().chain(system);
        Environment {
            path: env::join_paths(path).unwrap(),
            cache: Some(self.directory("cache")),
            ..Environment::default()
        }
    }

    /// Returns a command that runs the playground. It is the leader of its own session, which all of its children belong to.
    pub(crate) fn playground(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("setsid");
        command
            .arg(env!("CARGO_BIN_EXE_playground"))
            .args(arguments)
            .env_clear()
            .env("HOME", self.root.path())
            .env("PATH", self.environment().path)
            .env("TMPDIR", self.directory("tmp"))
            .env("XDG_CACHE_HOME", self.directory("cache"))
            .stdin(Stdio::null());
        command
    }

    /// Returns the names of the temporary files.
    pub(crate) fn temporary_files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.directory("tmp")).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name());
        names
            .map(|name| name.to_string_lossy().into_owned())
            .collect()
    }

    /// Creates a directory with scripts that run a real control plane, with kube-controller-manager. `before_kubectl` runs
    /// before kubectl. Nothing is downloaded: without a control plane, this builds one.
    pub(crate) fn real_control_plane(&self, before_kubectl: &str) -> PathBuf {
        let assets = self.directory("assets");
        for (name, body) in real_programs() {
            let before = if name == "kubectl" {
                before_kubectl
            } else {
                ""
            };
            write_script(&assets, name, &format!("{before}\n{body}"));
        }
        assets
    }

    /// Writes a `go` that writes the file `go.called`, runs `before`, and builds programs that fail with `message`.
    pub(crate) fn write_go(&self, before: &str, message: &str) {
        let body = format!(
            r#"echo >"$0.called"
{before}
while [ "$1" != -o ]; do shift; done
echo '#!/bin/sh' >"$2"
echo 'echo {message} >&2; exit 3' >>"$2"
chmod 755 "$2""#
        );
        write_script(&self.directory("bin"), "go", &body);
    }

    /// Whether Go has been called.
    pub(crate) fn has_called_go(&self) -> bool {
        self.directory("bin").join("go.called").exists()
    }
}

/// Returns the names of the programs of a real control plane, and the bodies of scripts that run them.
pub(crate) fn real_programs() -> [(&'static str, String); 4] {
    let binaries = Binaries::find_or_build(&Environment::from_process(), true).unwrap();
    let controller_manager = binaries.kube_controller_manager.unwrap();
    [
        ("etcd", binaries.etcd),
        ("kube-apiserver", binaries.kube_apiserver),
        ("kubectl", binaries.kubectl),
        ("kube-controller-manager", controller_manager),
    ]
    .map(|(name, path)| (name, format!("exec '{}' \"$@\"", path.display())))
}

/// Writes a shell script as a program into a directory.
pub(crate) fn write_script(directory: &Path, name: &str, body: &str) {
    // A child process of another thread may inherit the open file, and a file that is open for writing cannot be run.
    let partial = directory.join(format!(".{name}"));
    fs::write(&partial, format!("#!/bin/sh\n{body}\n")).unwrap();
    fs::set_permissions(&partial, fs::Permissions::from_mode(0o755)).unwrap();
    fs::rename(&partial, directory.join(name)).unwrap();
}

/// Waits until `condition` returns true. The timeout only prevents a failed test from running forever.
pub(crate) fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_mins(2);
    while !condition() {
        assert!(Instant::now() < deadline, "false after two minutes: {what}");
        thread::sleep(Duration::from_millis(50));
    }
}

pub(crate) fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
