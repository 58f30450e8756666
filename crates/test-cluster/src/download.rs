//! Downloads the official test archive, an alternative to the build with Go.

use std::env::consts::{ARCH, OS};
use std::fmt::Write as _;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use flate2::read::GzDecoder;
use sha2::{Digest, Sha512};

use crate::cache;
use crate::environment::{Environment, find_executable};
use crate::error::Error;
use crate::progress::progress;

/// The URL of the directory where Kubernetes publishes the archives.
pub const BASE_URL: &str =
    "https://github.com/kubernetes-sigs/controller-tools/releases/download/envtest-v1.36.2";

/// The directory inside the archive that contains the programs.
const FOLDER: &str = "controller-tools/envtest";

/// The files of [`FOLDER`] that are unpacked. All other files are ignored.
const PROGRAMS: [&str; 3] = ["etcd", "kube-apiserver", "kubectl"];

/// The timeout of a download. The archives have about 70 MB, which takes up to half an hour on a slow connection.
const DOWNLOAD_TIMEOUT: Duration = Duration::from_mins(30);

/// Operating system, architecture, file name and SHA-512 of each archive, from `envtest-releases.yaml` of
/// kubernetes-sigs/controller-tools.
const CHECKSUMS: [(&str, &str, &str, &str); 4] = [
    (
        "macos",
        "x86_64",
        "envtest-v1.36.2-darwin-amd64.tar.gz",
        "b4fe9f973cd1992e3880f8b230ed32c0c243b83371591e3e3315f4404df2cdbef8ee94eeb9bb245b7e5feb987d5c4a76c43e0877654ab73f00d7bbc2b9984514",
    ),
    (
        "macos",
        "aarch64",
        "envtest-v1.36.2-darwin-arm64.tar.gz",
        "9278f9e5af556b2f1f2d139769c1f0d717c7b4426917fdebdba898bcb725a916e4910d6160886194ff9be9589ea7c5c32c2b8ae0754703874b7c8ba8ddfc41ce",
    ),
    (
        "linux",
        "x86_64",
        "envtest-v1.36.2-linux-amd64.tar.gz",
        "ea743186c8a799f5cf8faf16969f86189d003cb7d130e0ac4b58789f1e5748dcf30ebe91c837a10d5ac415383da3e10b9e64d65785c938c23e739781cfb76f08",
    ),
    (
        "linux",
        "aarch64",
        "envtest-v1.36.2-linux-arm64.tar.gz",
        "2d72ee985a8e262a3c57dc9f7f0fd891f6a8c7bf7ebaa2db6dc6d8eac8ae28181afe51c1f368b67756cdb40b10de9b205609e1726e5f27f7c6d824dd9c6649ac",
    ),
];

/// An archive that can be downloaded.
#[derive(Clone, Debug)]
pub struct Archive {
    /// The URL of the archive.
    pub url: String,
    /// The SHA-512 of the archive in hexadecimal.
    pub sha512: String,
}

impl Archive {
    /// Returns the archive for this platform. Its URL begins with `base_url`, which is [`BASE_URL`] or a mirror of it.
    pub fn official(base_url: &str) -> Result<Self, Error> {
        CHECKSUMS
            .iter()
            .find(|(system, architecture, ..)| (*system, *architecture) == (OS, ARCH))
            .map(|(_, _, file, sha512)| Self {
                url: format!("{}/{file}", base_url.trim_end_matches('/')),
                sha512: (*sha512).to_owned(),
            })
            .ok_or_else(|| Error::NoArchive {
                platform: format!("{OS} on {ARCH}"),
            })
    }

    /// Downloads the archive unless the cache contains its programs, and returns their directory.
    ///
    /// The archive is unpacked only after its checksum has been verified.
    pub fn fetch(&self, environment: &Environment) -> Result<PathBuf, Error> {
        let directory = directory(environment)?;
        let is_complete = |directory: &Path| {
            PROGRAMS
                .iter()
                .all(|name| find_executable(directory, name).is_some())
        };
        cache::fill_once(&directory, is_complete, |partial| {
            let path = partial.join("archive");
            let archive = self.download(&path)?;
            self.unpack(archive, partial)?;
            std::fs::remove_file(&path).map_err(|source| Error::io("remove", &path, source))
        })?;
        Ok(directory)
    }

    fn download(&self, path: &Path) -> Result<File, Error> {
        progress(&format!("downloading {}", self.url));
        let failed = |error: reqwest::Error| Error::Download {
            url: self.url.clone(),
            message: error_chain(&error.without_url()),
        };
        let client = reqwest::blocking::Client::builder()
            .timeout(DOWNLOAD_TIMEOUT)
            .build()
            .map_err(failed)?;
        let mut response = client
            .get(&self.url)
            .send()
            .and_then(reqwest::blocking::Response::error_for_status)
            .map_err(failed)?;
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .open(path)
            .map_err(|source| Error::io("make", path, source))?;
        let actual = copy_and_hash(&mut response, &mut file).map_err(|error| Error::Download {
            url: self.url.clone(),
            message: error.to_string(),
        })?;
        if actual != self.sha512.to_ascii_lowercase() {
            return Err(Error::Checksum {
                url: self.url.clone(),
                expected: self.sha512.clone(),
                actual,
            });
        }
        file.rewind()
            .map_err(|source| Error::io("read", path, source))?;
        Ok(file)
    }

    fn unpack(&self, archive: File, directory: &Path) -> Result<(), Error> {
        let unreadable = |error: io::Error| Error::Download {
            url: self.url.clone(),
            message: error.to_string(),
        };
        for entry in tar::Archive::new(GzDecoder::new(archive))
            .entries()
            .map_err(unreadable)?
        {
            let mut entry = entry.map_err(unreadable)?;
            let path = entry.path().map_err(unreadable)?.into_owned();
            let wanted = PROGRAMS
                .iter()
                .find(|name| path == Path::new(FOLDER).join(name));
            if let (Some(name), tar::EntryType::Regular) = (wanted, entry.header().entry_type()) {
                write_program(&directory.join(name), &mut entry)?;
            }
        }
        let missing = PROGRAMS
            .iter()
            .find(|name| find_executable(directory, name).is_none());
        missing.map_or(Ok(()), |name| {
            Err(Error::Incomplete {
                url: self.url.clone(),
                file: format!("{FOLDER}/{name}"),
            })
        })
    }
}

/// Returns the directory of the downloaded programs.
pub(crate) fn directory(environment: &Environment) -> Result<PathBuf, Error> {
    Ok(environment.control_plane_cache()?.join("envtest-v1.36.2"))
}

fn copy_and_hash(from: &mut impl Read, to: &mut impl Write) -> io::Result<String> {
    let mut hash = Sha512::new();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = from.read(&mut buffer)?;
        if count == 0 {
            return Ok(hex(&hash.finalize()));
        }
        hash.update(&buffer[..count]);
        to.write_all(&buffer[..count])?;
    }
}

fn write_program(path: &Path, content: &mut impl Read) -> Result<(), Error> {
    // `create_new` fails if the archive contains a file twice, and does not follow a symbolic link.
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o755)
        .open(path)
        .and_then(|mut file| io::copy(content, &mut file))
        .map(|_| ())
        .map_err(|source| Error::io("unpack", path, source))
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
