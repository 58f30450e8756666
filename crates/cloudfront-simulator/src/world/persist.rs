//! The state file.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{Kept, World};
use crate::settings::Settings;

/// A state file that could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The file system said no.
    #[error("the state file {path} cannot be used: {source}; name a file in a writable directory")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the file system said.
        source: io::Error,
    },
    /// The file is of another version or damaged.
    #[error("the state file {path} cannot be read: {source}; delete it to start anew")]
    Format {
        /// The file.
        path: PathBuf,
        /// Where reading stopped.
        source: serde_json::Error,
    },
}

/// A snapshot of the world, written outside its lock.
pub(crate) struct Saved(Vec<u8>);

impl Saved {
    /// Takes a snapshot if something changed since the last one.
    pub(crate) fn take(world: &mut World) -> Option<Self> {
        if !std::mem::take(&mut world.dirty) {
            return None;
        }
        serde_json::to_vec(&(&world.kept, &world.settings))
            .ok()
            .map(Self)
    }

    /// Replaces the file in one step, so that a crash leaves the old or the new one.
    pub(crate) fn write(&self, path: &Path) -> Result<(), StateError> {
        let unfinished = path.with_extension("unfinished");
        fs::write(&unfinished, &self.0)
            .and_then(|()| fs::rename(&unfinished, path))
            .map_err(|source| StateError::Io {
                path: path.to_owned(),
                source,
            })
    }

    /// What the file keeps; `None` if there is no file.
    pub(crate) fn read(path: &Path) -> Result<Option<(Kept, Settings)>, StateError> {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => {
                return Err(StateError::Io {
                    path: path.to_owned(),
                    source,
                });
            }
        };
        let parsed = serde_json::from_slice(&bytes);
        parsed.map(Some).map_err(|source| StateError::Format {
            path: path.to_owned(),
            source,
        })
    }
}
