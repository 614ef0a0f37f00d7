//! Files and folders that only their owner may open, whatever the umask is.

use std::{
    fs::{self, File, OpenOptions},
    io,
    path::Path,
};

/// Creates a file that only its owner can read and write. It is an error if there is one.
pub fn create_private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    // The umask may have removed rights of the owner, too.
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(file)
}

/// Creates a folder that only its owner can look into, or restricts the one that is there.
pub fn create_private_folder(path: &Path) -> io::Result<()> {
    let mut folder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    folder.recursive(true).create(path)?;
    restrict_to_owner(path)
}

/// Takes all rights of other users from a file or folder, with a warning that they had some. Does nothing if there is none.
///
/// Files that belong to another user can't be restricted, which is an error.
pub fn restrict_to_owner(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = match fs::metadata(path) {
            Ok(metadata) => metadata.permissions().mode() & 0o777,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(error),
        };
        if mode & 0o077 != 0 {
            fs::set_permissions(path, PermissionsExt::from_mode(mode & 0o700))?;
            let (path, mode) = (path.display(), format!("{mode:o}"));
            tracing::warn!(%path, mode, "restricted file to its owner");
        }
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}
