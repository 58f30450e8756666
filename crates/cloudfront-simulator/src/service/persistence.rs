//! The state file.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::state::PersistedState;
use crate::settings::Settings;

/// A state file cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The file system returns an error.
    #[error("the state file {path} cannot be used: {source}; name a file in a writable directory")]
    Io {
        /// The file.
        path: PathBuf,
        /// The error of the file system.
        source: io::Error,
    },
    /// The file is damaged or from another version of the simulator.
    #[error("the state file {path} cannot be read: {source}; delete it to start without resources")]
    Format {
        /// The file.
        path: PathBuf,
        /// The parse error.
        source: serde_json::Error,
    },
    /// The state cannot be serialized.
    #[error("the state cannot be saved as JSON: {source}; report it as a bug of the simulator")]
    Serialize {
        /// The error of the serializer.
        #[from]
        source: serde_json::Error,
    },
}

/// A serialized copy of the state, so that it can be written without holding the service's lock.
pub(crate) struct StateSnapshot(Vec<u8>);

impl StateSnapshot {
    pub(super) fn new(state: &PersistedState, settings: &Settings) -> Result<Self, StateError> {
        Ok(Self(serde_json::to_vec(&(state, settings))?))
    }

    /// Replaces the file atomically, so that a crash leaves either the old or the new content.
    pub(crate) fn write(&self, path: &Path) -> Result<(), StateError> {
        let temporary = path.with_extension("unfinished");
        fs::write(&temporary, &self.0)
            .and_then(|()| fs::rename(&temporary, path))
            .map_err(|source| StateError::Io {
                path: path.to_owned(),
                source,
            })
    }

    /// Reads the file. Returns `None` if it does not exist.
    pub(crate) fn read(path: &Path) -> Result<Option<(PersistedState, Settings)>, StateError> {
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
