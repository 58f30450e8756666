//! The download of an archive from a server on loopback.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Output;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha512};
use tar::{EntryType, Header};

use crate::support::{Machine, stderr, stdout};

/// An HTTP server that sends the same response to every request until the test process ends.
struct ArchiveServer {
    url: String,
    requests: Arc<AtomicUsize>,
}

fn serve(status: &'static str, body: Vec<u8>) -> ArchiveServer {
    let length = body.len();
    serve_part(status, body, length)
}

/// Starts a server that sends only the first bytes of the body and then keeps the connection open.
fn serve_part(status: &'static str, body: Vec<u8>, sent: usize) -> ArchiveServer {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/mirror", listener.local_addr().unwrap());
    let requests = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&requests);
    thread::spawn(move || {
        let mut open = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            counter.fetch_add(1, Ordering::SeqCst);
            let lines = BufReader::new(stream.try_clone().unwrap()).lines();
            lines
                .map_while(Result::ok)
                .take_while(|line| !line.is_empty())
                .for_each(drop);
            let head = format!(
                "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            stream
                .write_all(&[head.as_bytes(), &body[..sent]].concat())
                .unwrap();
            if sent < body.len() {
                open.push(stream);
            }
        }
    });
    ArchiveServer { url, requests }
}

/// Starts a server that accepts connections and never answers.
fn serve_nothing(scheme: &str) -> (ArchiveServer, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let server = ArchiveServer {
        url: format!("{scheme}://{}/mirror", listener.local_addr().unwrap()),
        requests: Arc::default(),
    };
    (server, listener)
}

/// Returns a gzipped tar archive of files with these paths. Paths are not sanitized.
fn archive(paths: &[&str]) -> Vec<u8> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    for path in paths {
        let content = b"#!/bin/sh\n";
        let mut header = Header::new_old();
        header.as_old_mut().name[..path.len()].copy_from_slice(path.as_bytes());
        header.set_entry_type(EntryType::Regular);
        header.set_mode(0o4777);
        header.set_size(content.len() as u64);
        header.set_cksum();
        builder.append(&header, content.as_slice()).unwrap();
    }
    builder.into_inner().unwrap().finish().unwrap()
}

/// The paths of the programs in the official archive.
const OFFICIAL: [&str; 3] = [
    "controller-tools/envtest/etcd",
    "controller-tools/envtest/kube-apiserver",
    "controller-tools/envtest/kubectl",
];

fn sha512(body: &[u8]) -> String {
    Sha512::digest(body)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect::<Vec<_>>()
        .concat()
}

fn download(machine: &Machine, server: &ArchiveServer, checksum: &str) -> Output {
    machine
        .cluster(&["download", "--base-url", &server.url, "--sha512", checksum])
        .output()
        .unwrap()
}

/// Downloads with a short timeout from a server that does not send a whole archive, and returns the error.
fn failed_download(server: &ArchiveServer, timeout: [&str; 2]) -> String {
    let machine = Machine::new();
    let mut command = machine.cluster(&["download", "--base-url", &server.url]);
    let output = command.args(timeout).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(machine.cached(), Vec::<PathBuf>::new());
    stderr(&output).to_owned()
}

#[test]
fn a_valid_archive_is_unpacked_once_and_found_afterwards() {
    let machine = Machine::new();
    let body = archive(&OFFICIAL);
    let checksum = sha512(&body);
    let server = serve("200 OK", body);
    let first = download(&machine, &server, &checksum);
    assert!(first.status.success(), "{}", stderr(&first));
    assert!(
        stderr(&first).contains("/mirror/envtest-v1.36.2-"),
        "{}",
        stderr(&first)
    );
    let second = download(&machine, &server, &checksum);
    assert_eq!(stdout(&second), stdout(&first));
    assert_eq!(server.requests.load(Ordering::SeqCst), 1);
    let found = machine.cluster(&["build"]).output().unwrap();
    assert_eq!(stdout(&found), stdout(&first), "{}", stderr(&found));
}

#[test]
fn an_archive_with_another_checksum_is_not_unpacked() {
    let machine = Machine::new();
    let server = serve("200 OK", archive(&OFFICIAL));
    let output = machine
        .cluster(&["download", "--base-url", &server.url])
        .output()
        .unwrap();
    assert!(!output.status.success());
    let message = stderr(&output);
    assert!(
        message.contains("SHA-512") && message.contains(&sha512(&archive(&OFFICIAL))),
        "{message}"
    );
    assert_eq!(machine.cached(), Vec::<PathBuf>::new());
}

#[test]
fn a_missing_archive_is_an_error_with_its_url() {
    let machine = Machine::new();
    let server = serve("404 Not Found", Vec::new());
    let output = download(&machine, &server, "");
    assert!(!output.status.success());
    let message = stderr(&output);
    assert!(
        message.contains("404 Not Found") && message.contains(&server.url),
        "{message}"
    );
    assert_eq!(machine.cached(), Vec::<PathBuf>::new());
}

#[test]
fn a_server_that_does_not_complete_the_connection_is_an_error_after_the_timeout() {
    // The connection of an HTTPS client includes the TLS handshake.
    let (server, _listener) = serve_nothing("https");
    let message = failed_download(&server, ["--connect-timeout", "0.2"]);
    assert!(message.contains("no connection within 0.2 s"), "{message}");
}

#[test]
fn a_server_that_does_not_answer_is_an_error_after_the_timeout() {
    let (server, _listener) = serve_nothing("http");
    let message = failed_download(&server, ["--stall-timeout", "0.3"]);
    assert!(message.contains("no data for 0.3 s"), "{message}");
}

#[test]
fn a_stalled_body_is_an_error_after_the_timeout_and_the_progress_is_shown() {
    let server = serve_part("200 OK", vec![0; 4_000_000], 3_000_000);
    // Long enough for the first part of the body, even on a machine under load.
    let message = failed_download(&server, ["--stall-timeout", "3"]);
    let progress = message.find("of 4 MB downloaded");
    let stalled = message.find("no data for 3 s");
    assert!(progress.is_some() && progress < stalled, "{message}");
}

#[test]
fn an_archive_without_one_of_the_programs_is_an_error_that_names_the_program() {
    let machine = Machine::new();
    let body = archive(&OFFICIAL[..2]);
    let checksum = sha512(&body);
    let output = download(&machine, &serve("200 OK", body), &checksum);
    assert!(!output.status.success());
    assert!(
        stderr(&output).contains("has no controller-tools/envtest/kubectl"),
        "{}",
        stderr(&output)
    );
    assert_eq!(machine.cached(), Vec::<PathBuf>::new());
}

#[test]
fn only_the_programs_are_unpacked() {
    let machine = Machine::new();
    let outside = machine.directory("outside").join("evil");
    let absolute = outside.to_string_lossy();
    let unexpected = [
        "../evil",
        "controller-tools/envtest/../../../evil",
        &*absolute,
        "controller-tools/envtest/README",
    ];
    let body = archive(&[&unexpected[..], &OFFICIAL].concat());
    let checksum = sha512(&body);
    let output = download(&machine, &serve("200 OK", body), &checksum);
    assert!(output.status.success(), "{}", stderr(&output));
    let mut names: Vec<_> = PathBuf::from(stdout(&output))
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["etcd", "kube-apiserver", "kubectl"]);
    assert_eq!(machine.cached().len(), 1);
    assert!(!outside.exists());
}

#[test]
fn an_archive_with_a_duplicate_program_is_rejected() {
    let machine = Machine::new();
    let body = archive(&[&OFFICIAL[..], &OFFICIAL[..1]].concat());
    let checksum = sha512(&body);
    let output = download(&machine, &serve("200 OK", body), &checksum);
    assert!(!output.status.success());
    assert_eq!(machine.cached(), Vec::<PathBuf>::new());
}

#[test]
fn the_archive_is_insufficient_if_kube_controller_manager_is_required() {
    let machine = Machine::new();
    let body = archive(&OFFICIAL);
    let checksum = sha512(&body);
    assert!(
        download(&machine, &serve("200 OK", body), &checksum)
            .status
            .success()
    );
    let output = machine
        .cluster(&["build", "--with-controller-manager"])
        .output()
        .unwrap();
    assert!(!output.status.success());
    let message = stderr(&output);
    assert!(
        message.contains("has no kube-controller-manager") && message.contains("install Go"),
        "{message}"
    );
}
