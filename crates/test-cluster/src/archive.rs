//! The official test archives of Kubernetes: their checksums, and the programs inside.

use std::env::consts::{ARCH, OS};
use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use flate2::read::GzDecoder;

use crate::environment::find_executable;
use crate::error::Error;

/// The URL of the directory where Kubernetes publishes the archives.
pub(crate) const BASE_URL: &str =
    "https://github.com/kubernetes-sigs/controller-tools/releases/download/envtest-v1.36.2";

/// The version in the names of the archives.
pub(crate) const VERSION: &str = "envtest-v1.36.2";

/// The directory inside the archive that contains the programs.
const FOLDER: &str = "controller-tools/envtest";

/// The files of [`FOLDER`] that are unpacked. All other files are ignored.
pub(crate) const PROGRAMS: [&str; 3] = ["etcd", "kube-apiserver", "kubectl"];

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

/// An archive and its checksum.
#[derive(Debug)]
pub(crate) struct Archive {
    pub(crate) url: String,
    /// The SHA-512 of the archive in hexadecimal.
    pub(crate) sha512: String,
}

impl Archive {
    /// Returns the archive for this platform. Its URL begins with `base_url`, which is [`BASE_URL`] or a mirror of it.
    pub(crate) fn official(base_url: &str) -> Result<Self, Error> {
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

    /// Unpacks the programs of the archive into `directory`.
    pub(crate) fn unpack(&self, archive: File, directory: &Path) -> Result<(), Error> {
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
