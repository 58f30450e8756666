//! A signal stops the playground and all of its children, at any moment.

use crate::{
    archive::{Archive, ArchiveServer, Response},
    machine::{Machine, wait_until, write_script},
};
use std::{
    fs::{self, File},
    path::Path,
    process::{Child, Command, Stdio},
};

/// A running playground. Its session contains all of its children.
struct Running {
    process: Child,
}

impl Running {
    fn start(command: &mut Command) -> Self {
        let process = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        Self {
            process: process.unwrap(),
        }
    }

    /// Returns the processes of the session: IDs and command lines.
    fn session(&self) -> Vec<String> {
        let session = self.process.id().to_string();
        let output = Command::new("ps")
            .args(["-A", "-ww", "-o", "sid=,pid=,args="])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let lines = text.lines().filter_map(|line| {
            let (sid, process) = line.trim_start().split_once(' ')?;
            (sid == session).then(|| process.trim_start().to_owned())
        });
        lines.collect()
    }

    /// Waits until a process of the session has `text` in its command line, and is not its leader.
    fn wait_for_child(&self, text: &str) {
        let leader = format!("{} ", self.process.id());
        wait_until(text, || {
            let session = self.session();
            let mut children = session
                .iter()
                .filter(|process| !process.starts_with(&leader));
            children.any(|process| process.contains(text))
        });
    }

    /// Sends a signal to the playground alone, and asserts that it ends last and with this exit code.
    fn assert_ends_last_after(mut self, signal: &str, code: i32) {
        send(signal, &self.process.id().to_string());
        let mut status = None;
        wait_until("the playground has ended", || {
            status = self.process.try_wait().unwrap();
            status.is_some()
        });
        assert_eq!(self.session(), [""; 0]);
        assert_eq!(status.and_then(|status| status.code()), Some(code));
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        for process in self.session() {
            send("KILL", process.split(' ').next().unwrap_or_default());
        }
        let _ = self.process.wait();
    }
}

fn send(signal: &str, process: &str) {
    let mut kill = Command::new("kill");
    kill.args(["-s", signal, process]).status().unwrap();
}

/// Returns the lines of a shell that record the first call with these arguments, and then wait forever.
fn wait_forever_at(arguments: &str, record: &Path) -> String {
    let record = record.display();
    format!("case \"$*\" in {arguments}) echo >'{record}'; exec sleep 12345;; esac")
}

#[test]
fn during_the_download() {
    let machine = Machine::new();
    let server = ArchiveServer::start(&Archive::new(&[("etcd", "")]), Response::Half);
    let running = Running::start(&mut machine.playground(&["--base-url", &server.url]));
    wait_until("the download has started", || server.requests() == 1);
    running.assert_ends_last_after("TERM", 143);
}

#[test]
fn during_the_build() {
    let machine = Machine::new();
    let server = ArchiveServer::start(&Archive::new(&[]), Response::NotFound);
    machine.write_go("exec sleep 12345", "");
    let running = Running::start(&mut machine.playground(&["--base-url", &server.url]));
    running.wait_for_child("sleep 12345");
    running.assert_ends_last_after("INT", 130);
}

#[test]
fn during_the_start_of_the_control_plane() {
    let machine = Machine::new();
    let assets = machine.directory("assets");
    let etcd = "[ $1 = --version ] && echo Version: 3.6.8 && exit; exec sleep 12345";
    write_script(&assets, "etcd", etcd);
    write_script(&assets, "kube-apiserver", "echo Kubernetes v1.36.2");
    write_script(&assets, "kubectl", "");
    let mut playground = machine.playground(&[]);
    let running = Running::start(playground.env("KUBEBUILDER_ASSETS", &assets));
    running.wait_for_child("sleep 12345");
    running.assert_ends_last_after("TERM", 143);
    assert_eq!(machine.temporary_files(), [""; 0]);
}

/// Starts the playground with a real control plane, whose kubectl waits forever at these arguments. Sends a signal while it
/// waits.
fn assert_stops_during_kubectl(arguments: &str, signal: &str, code: i32) {
    let machine = Machine::new();
    let record = machine.directory("records").join("called");
    let assets = machine.real_control_plane(&wait_forever_at(arguments, &record));
    let mut playground = machine.playground(&[]);
    let running = Running::start(playground.env("KUBEBUILDER_ASSETS", &assets));
    wait_until("kubectl waits", || record.exists());
    running.wait_for_child("sleep 12345");
    running.assert_ends_last_after(signal, code);
    assert_eq!(machine.temporary_files(), [""; 0]);
}

#[test]
fn during_kubectl_apply() {
    assert_stops_during_kubectl("apply*", "TERM", 143);
}

#[test]
fn during_kubectl_get() {
    assert_stops_during_kubectl("'get cloudfront'*", "INT", 130);
}

#[test]
fn while_watching() {
    let machine = Machine::new();
    let assets = machine.real_control_plane("");
    let printed = machine.directory("records").join("stdout");
    let mut playground = machine.playground(&[]);
    playground.env("KUBEBUILDER_ASSETS", &assets);
    let process = playground
        .stdout(File::create(&printed).unwrap())
        .stderr(Stdio::null())
        .spawn();
    let running = Running {
        process: process.unwrap(),
    };
    wait_until("the table is printed", || {
        fs::read_to_string(&printed).unwrap().contains("READY")
    });
    running.wait_for_child("operator run");
    running.assert_ends_last_after("TERM", 143);
    assert_eq!(machine.temporary_files(), [""; 0]);
}
