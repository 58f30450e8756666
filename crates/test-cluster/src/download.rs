//! Downloads a control plane: the official test archive, an alternative to the build with Go.

use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use reqwest::blocking::{Client, Response};
use sha2::{Digest, Sha512};

use crate::archive::{Archive, BASE_URL, PROGRAMS, VERSION};
use crate::cache;
use crate::environment::{Environment, find_executable};
use crate::error::Error;
use crate::progress::progress;

/// The number of progress lines of a download.
const PROGRESS_LINES: u64 = 10;

/// The number of bytes in a megabyte, the unit of progress lines.
const MEGABYTE: u64 = 1_000_000;

/// Download of the control plane
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Download of the control plane")]
pub struct DownloadOptions {
    /// URL of the directory that contains the official archive, such as a mirror
    #[arg(long, value_name = "URL", default_value = BASE_URL)]
    pub base_url: String,

    /// SHA-512 of an archive that is not the official one [default: the checksum of the official archive]
    #[arg(long, value_name = "HEX")]
    pub sha512: Option<String>,

    /// Timeout for a connection to the server, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "5", value_parser = parse_seconds)]
    pub connect_timeout: Duration,

    /// Timeout for the next data from the server, in seconds
    #[arg(long, value_name = "SECONDS", default_value = "15", value_parser = parse_seconds)]
    pub stall_timeout: Duration,
}

impl DownloadOptions {
    /// Downloads the archive unless the cache contains its programs, and returns their directory.
    ///
    /// The archive is unpacked only after its checksum has been verified.
    pub fn download(&self, environment: &Environment) -> Result<PathBuf, Error> {
        let mut archive = Archive::official(&self.base_url)?;
        if let Some(sha512) = &self.sha512 {
            archive.sha512.clone_from(sha512);
        }
        let directory = directory(environment)?;
        let is_complete = |directory: &Path| {
            PROGRAMS
                .iter()
                .all(|name| find_executable(directory, name).is_some())
        };
        cache::fill_once(&directory, is_complete, |partial| {
            let path = partial.join("archive");
            let file = self.download_archive(&archive, &path)?;
            progress("verified the checksum; unpacking");
            archive.unpack(file, partial)?;
            fs::remove_file(&path).map_err(|source| Error::io("remove", &path, source))?;
            progress(&format!(
                "keeping etcd, kube-apiserver and kubectl in {}",
                directory.display()
            ));
            Ok(())
        })?;
        Ok(directory)
    }

    /// Downloads an archive to `path` and verifies its checksum.
    fn download_archive(&self, archive: &Archive, path: &Path) -> Result<File, Error> {
        let url = &archive.url;
        progress(&format!(
            "downloading a control plane, once, usually in a minute: {url}"
        ));
        let failed = |message| Error::Download {
            url: url.clone(),
            message,
        };
        let mut response = self.send(url).map_err(|error| failed(self.cause(error)))?;
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .open(path)
            .map_err(|source| Error::io("make", path, source))?;
        let actual = copy_and_hash(&mut response, &mut file)
            .map_err(|error| failed(self.cause_of_read(error)))?;
        if actual != archive.sha512.to_ascii_lowercase() {
            return Err(Error::Checksum {
                url: url.clone(),
                expected: archive.sha512.clone(),
                actual,
            });
        }
        file.rewind()
            .map_err(|source| Error::io("read", path, source))?;
        Ok(file)
    }

    fn send(&self, url: &str) -> reqwest::Result<Response> {
        // The blocking client applies its timeout to the response's head, and to each read of the body.
        let client = Client::builder()
            .connect_timeout(self.connect_timeout)
            .timeout(self.stall_timeout)
            .build()?;
        client.get(url).send()?.error_for_status()
    }

    /// Returns the cause of an error in words.
    fn cause(&self, error: reqwest::Error) -> String {
        let seconds = |timeout: Duration| timeout.as_secs_f64();
        match (error.is_connect(), error.is_timeout()) {
            (true, true) => format!("no connection within {} s", seconds(self.connect_timeout)),
            (true, false) => format!("no connection: {}", root_cause(&error)),
            (false, true) => format!("no data for {} s", seconds(self.stall_timeout)),
            (false, false) => error_chain(&error.without_url()),
        }
    }

    fn cause_of_read(&self, error: io::Error) -> String {
        match error.downcast::<reqwest::Error>() {
            Ok(error) => self.cause(error),
            Err(error) => error.to_string(),
        }
    }
}

/// Returns the directory of the downloaded programs.
pub(crate) fn directory(environment: &Environment) -> Result<PathBuf, Error> {
    Ok(environment.control_plane_cache()?.join(VERSION))
}

/// Copies the body of a response, prints the progress, and returns the SHA-512 in hexadecimal.
fn copy_and_hash(response: &mut Response, to: &mut impl Write) -> io::Result<String> {
    let total = response.content_length().unwrap_or_default();
    let (mut received, mut printed) = (0, 0);
    let mut hash = Sha512::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = response.read(&mut buffer)?;
        if count == 0 {
            return Ok(hex(&hash.finalize()));
        }
        hash.update(&buffer[..count]);
        to.write_all(&buffer[..count])?;
        received += count as u64;
        let step = received * PROGRESS_LINES / total.max(1);
        if total > MEGABYTE && step > printed {
            printed = step;
            progress(&format!(
                "{} of {} MB downloaded",
                received / MEGABYTE,
                total / MEGABYTE
            ));
        }
    }
}

fn parse_seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "it is not a number".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Returns the messages of an error and of all its sources. The outermost error of reqwest does not contain the cause.
fn error_chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}

/// Returns the message of the innermost source of an error.
fn root_cause(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), root_cause)
}
