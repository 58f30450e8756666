//! Directories that appear complete or not at all, and that one process at a time works on.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use crate::{Error, progress};

/// Makes `directory` by filling an empty one beside it and renaming that. Nothing is done when `is_complete` says so,
/// which is asked again when another process had to be waited for.
pub(crate) fn fill(
    directory: &Path,
    is_complete: impl Fn(&Path) -> bool,
    fill: impl FnOnce(&Path) -> Result<(), Error>,
) -> Result<(), Error> {
    let _lock = lock(&beside(directory, "lock"))?;
    if is_complete(directory) {
        return Ok(());
    }
    let partial = beside(directory, "partial");
    // Whoever left it is gone, because the lock is ours.
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

fn beside(directory: &Path, suffix: &str) -> PathBuf {
    // Not `with_extension`, which would take a version number for one.
    let mut path = directory.as_os_str().to_owned();
    path.push(".");
    path.push(suffix);
    path.into()
}

/// Takes the lock, which the system gives back when the process ends in any way.
fn lock(path: &Path) -> Result<File, Error> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(|source| Error::io("make", parent, source))?;
    }
    let file = File::create(path).map_err(|source| Error::io("open", path, source))?;
    match file.try_lock() {
        Ok(()) => return Ok(file),
        Err(TryLockError::WouldBlock) => progress(&format!(
            "waiting for the process that holds {}",
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
