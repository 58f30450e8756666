//! Clients of `/metrics`: one that scrapes as Prometheus does, and many that send or read nothing.

use std::{
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
    time::Duration,
};

/// The time between two scrapes, and after which a slow client reads a byte.
const INTERVAL: Duration = Duration::from_millis(100);

/// How long a scrape may take, as in Prometheus.
const TIMEOUT: Duration = Duration::from_secs(10);

const REQUEST: &[u8] = b"GET /metrics HTTP/1.1\r\nHost: operator\r\n\r\n";

/// The last line of the metrics.
const END: &str = "# EOF\n";

/// The clients, on threads of their own.
pub(super) struct Scrapers {
    is_stopped: Arc<AtomicBool>,
    scraper: JoinHandle<Scrapes>,
    slow: JoinHandle<()>,
}

/// What the scraper has seen.
#[derive(Debug, Default)]
pub(super) struct Scrapes {
    pub(super) succeeded: usize,
    /// Why the others failed.
    pub(super) failures: Vec<String>,
    /// The last metrics.
    pub(super) text: String,
}

impl Scrapers {
    /// Starts one scraper and this many slow clients, which connect again when they are disconnected.
    pub(super) fn start(address: SocketAddr, slow: usize) -> Self {
        let is_stopped = Arc::new(AtomicBool::new(false));
        let (for_scraper, for_slow) = (is_stopped.clone(), is_stopped.clone());
        Self {
            is_stopped,
            scraper: thread::spawn(move || scrape_until(address, &for_scraper)),
            slow: thread::spawn(move || disturb_until(address, slow, &for_slow)),
        }
    }

    /// Stops all clients, and returns what the scraper has seen.
    pub(super) fn stop(self) -> Result<Scrapes, super::Error> {
        self.is_stopped.store(true, Ordering::Relaxed);
        let joined = (self.scraper.join(), self.slow.join());
        match joined {
            (Ok(scrapes), Ok(())) => Ok(scrapes),
            _ => Err("a client of /metrics panicked".into()),
        }
    }
}

fn scrape_until(address: SocketAddr, is_stopped: &AtomicBool) -> Scrapes {
    let mut scrapes = Scrapes::default();
    while !is_stopped.load(Ordering::Relaxed) {
        match scrape(address) {
            Ok(text) => {
                scrapes.succeeded += 1;
                scrapes.text = text;
            }
            Err(failure) => scrapes.failures.push(failure),
        }
        thread::sleep(INTERVAL);
    }
    scrapes
}

fn scrape(address: SocketAddr) -> Result<String, String> {
    let response = request(address).map_err(|error| error.to_string())?;
    let (head, text) = response.split_once("\r\n\r\n").unwrap_or_default();
    if head.starts_with("HTTP/1.1 200 ") && text.ends_with(END) {
        Ok(text.into())
    } else {
        Err(format!("not the metrics: {head:?}"))
    }
}

fn request(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.write_all(REQUEST)?;
    let mut response = String::new();
    stream.read_to_string(&mut response)?;
    Ok(response)
}

/// Keeps connections open: every second one sends half of a request, the others a whole one, and each reads a byte now and then.
fn disturb_until(address: SocketAddr, count: usize, is_stopped: &AtomicBool) {
    let mut clients: Vec<Option<TcpStream>> = vec![];
    clients.resize_with(count, || None);
    while !is_stopped.load(Ordering::Relaxed) {
        for (number, client) in clients.iter_mut().enumerate() {
            if !client.as_mut().is_some_and(is_open) {
                let length = REQUEST.len() / (1 + number % 2);
                *client = connect(address, &REQUEST[..length]).ok();
            }
        }
        thread::sleep(INTERVAL);
    }
}

fn connect(address: SocketAddr, request: &[u8]) -> std::io::Result<TcpStream> {
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.write_all(request)?;
    stream.set_nonblocking(true)?;
    Ok(stream)
}

/// Reads a byte. Returns whether the server has not closed the connection.
fn is_open(stream: &mut TcpStream) -> bool {
    match stream.read(&mut [0]) {
        Ok(count) => count > 0,
        Err(error) => error.kind() == ErrorKind::WouldBlock,
    }
}
