//! What is kept beside the data file, for nobody's eyes but its owner's.

use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

use belfry_dynamo::create_private_file;

/// The path of the same name with an ending more.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Writes a file that only its owner can read, whole or not at all.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let unfinished = beside(path, ".new");
    // An earlier run may have been stopped in the middle of it.
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    create_private_file(&unfinished)?.write_all(bytes)?;
    fs::rename(unfinished, path)
}
