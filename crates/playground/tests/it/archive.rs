//! An archive of a control plane, and HTTP servers on loopback that send it.

use flate2::{Compression, write::GzEncoder};
use sha2::{Digest, Sha512};
use std::{
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};
use tar::{Builder, Header};

/// An archive like the official one: etcd, kube-apiserver and kubectl. The programs are shell scripts.
pub(crate) struct Archive(Vec<u8>);

impl Archive {
    pub(crate) fn new(programs: &[(&str, &str)]) -> Self {
        let mut builder = Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
        for (name, body) in programs {
            let script = format!("#!/bin/sh\n{body}\n");
            let mut header = Header::new_gnu();
            header.set_mode(0o755);
            header.set_size(script.len() as u64);
            let path = format!("controller-tools/envtest/{name}");
            builder
                .append_data(&mut header, path, script.as_bytes())
                .unwrap();
        }
        Self(builder.into_inner().unwrap().finish().unwrap())
    }

    pub(crate) fn sha512(&self) -> String {
        let bytes = Sha512::digest(&self.0);
        let digits = bytes.iter().map(|byte| format!("{byte:02x}"));
        digits.collect::<Vec<_>>().concat()
    }
}

/// What a server sends to a client that has sent a request.
#[derive(Clone, Copy)]
pub(crate) enum Response {
    /// The whole archive.
    Archive,
    /// The first half of the archive. The connection stays open.
    Half,
    /// The status 404.
    NotFound,
}

/// A server that sends the same response to every request until the test process ends.
pub(crate) struct ArchiveServer {
    pub(crate) url: String,
    requests: Arc<AtomicUsize>,
}

impl ArchiveServer {
    pub(crate) fn start(archive: &Archive, response: Response) -> Self {
        let (listener, server) = Self::listen("http");
        let requests = Arc::clone(&server.requests);
        let body = archive.0.clone();
        let (status, sent) = match response {
            Response::Archive => ("200 OK", body.len()),
            Response::Half => ("200 OK", body.len() / 2),
            Response::NotFound => ("404 Not Found", body.len()),
        };
        thread::spawn(move || {
            let mut open = vec![];
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let lines = BufReader::new(stream.try_clone().unwrap()).lines();
                lines
                    .map_while(Result::ok)
                    .take_while(|line| !line.is_empty())
                    .for_each(drop);
                let length = body.len();
                let head = format!(
                    "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
                );
                stream
                    .write_all(&[head.as_bytes(), &body[..sent]].concat())
                    .unwrap();
                requests.fetch_add(1, Ordering::SeqCst);
                if sent < length {
                    open.push(stream);
                }
            }
        });
        server
    }

    /// Starts a server that never completes a connection: the connection of an HTTPS client includes the TLS handshake.
    pub(crate) fn without_connections() -> (TcpListener, Self) {
        Self::listen("https")
    }

    /// Returns the number of requests that the server has answered.
    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }

    fn listen(scheme: &str) -> (TcpListener, Self) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = Self {
            url: format!("{scheme}://{}", listener.local_addr().unwrap()),
            requests: Arc::default(),
        };
        (listener, server)
    }
}
