//! Other users of the same machine can't open a runner's files.

#![cfg(unix)]

use std::{
    env,
    fs::{self, Permissions},
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    process,
};

use belfry_local::{Options, Runner};

#[tokio::test]
async fn files_are_their_owners_alone() {
    let folder = env::temp_dir().join(format!("belfry-files-{}", process::id()));
    fs::create_dir_all(&folder).unwrap();
    let options = Options { data: Some(folder.join("belfry.sqlite")), ..Options::default() };
    let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let modes = || {
        let entries = fs::read_dir(&folder).unwrap().flatten();
        let modes: Vec<_> = entries.map(|entry| (entry.file_name(), mode(entry.path()))).collect();
        assert!(modes.iter().all(|(_, mode)| [0o600, 0o700].contains(mode)), "{modes:?}");
        modes.len()
    };
    Runner::start(options.clone()).await.unwrap().stop().await;
    assert!(modes() >= 2, "data file and key");
    // As an earlier version left them, or a backup that was put back.
    fs::create_dir(folder.join("belfry.sqlite.failed")).unwrap();
    for entry in fs::read_dir(&folder).unwrap().flatten() {
        fs::set_permissions(entry.path(), Permissions::from_mode(0o777)).unwrap();
    }
    let runner = Runner::start(options).await.unwrap();
    modes();
    runner.stop().await;
    fs::remove_dir_all(folder).unwrap();
}
