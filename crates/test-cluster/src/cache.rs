//! Cache directories. Each is either complete or absent, and only one process at a time fills it.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::progress::progress;

/// Creates `directory` unless it is complete: `fill` fills an empty sibling directory, which is then renamed.
///
/// A lock file excludes other processes. `is_complete` runs under the lock, so that a process that has waited for another
/// one uses its result.
pub(crate) fn fill_once(
    directory: &Path,
    is_complete: impl Fn(&Path) -> bool,
    fill: impl FnOnce(&Path) -> Result<(), Error>,
) -> Result<(), Error> {
    let _lock = lock(&sibling(directory, "lock"))?;
    if is_complete(directory) {
        return Ok(());
    }
    let partial = sibling(directory, "partial");
    // The process that created an earlier partial directory has ended, because this process has the lock.
    remove(&partial)?;
    fs::create_dir_all(&partial).map_err(|source| Error::io("make", &partial, source))?;
    let filled = fill(&partial);
    if filled.is_err() {
        remove(&partial)?;
    }
    filled?;
    remove(directory)?;
    fs::rename(&partial, directory).map_err(|source| Error::io("rename", &partial, source))
}

fn sibling(directory: &Path, suffix: &str) -> PathBuf {
    // `with_extension` would replace the last part of a version number.
    let mut path = directory.as_os_str().to_owned();
    path.push(".");
    path.push(suffix);
    path.into()
}

/// Waits for the lock and acquires it. The operating system releases it when the process ends for any reason.
fn lock(path: &Path) -> Result<File, Error> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(|source| Error::io("make", parent, source))?;
    }
    let file = File::create(path).map_err(|source| Error::io("open", path, source))?;
    match file.try_lock() {
        Ok(()) => return Ok(file),
        Err(TryLockError::WouldBlock) => progress(&format!(
            "waiting until another process has released {}",
            path.display()
        )),
        Err(TryLockError::Error(source)) => return Err(Error::io("lock", path, source)),
    }
    file.lock()
        .map_err(|source| Error::io("lock", path, source))?;
    Ok(file)
}

fn remove(directory: &Path) -> Result<(), Error> {
    if !directory.exists() {
        return Ok(());
    }
    fs::remove_dir_all(directory).map_err(|source| Error::io("remove", directory, source))
}
