//! The embedded DynamoDB: its data file, its index and its sweep.

#![expect(clippy::unwrap_used, reason = "what can't go on fails its test")]

use std::{
    collections::HashMap,
    env, fs,
    path::{Path, PathBuf},
    process,
    sync::atomic::{AtomicU32, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use belfry_dynamo::{Embedded, EmbeddedError, names, tables};

/// A folder of one test's own, gone with it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("belfry-dynamo-{}-{number}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn file(&self) -> PathBuf {
        self.0.join("belfry.db")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

async fn client(database: &Embedded) -> Client {
    Client::new(&database.sdk_config().await)
}

fn item(name: &str, expires_in: i64) -> HashMap<String, AttributeValue> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let end = i64::try_from(now).unwrap() + expires_in;
    HashMap::from([
        ("user".to_owned(), AttributeValue::S("ana".to_owned())),
        ("item".to_owned(), AttributeValue::S(name.to_owned())),
        ("state".to_owned(), AttributeValue::S(format!("u#{name}"))),
        ("expires_at".to_owned(), AttributeValue::N(end.to_string())),
    ])
}

async fn put(client: &Client, item: HashMap<String, AttributeValue>) {
    client.put_item().table_name(names::INBOX).set_item(Some(item)).send().await.unwrap();
}

/// The sort keys in the inbox.
async fn stored(client: &Client) -> Vec<String> {
    let items = client.scan().table_name(names::INBOX).send().await.unwrap().items.unwrap();
    let mut names: Vec<_> = items.iter().map(|item| item["item"].as_s().unwrap().clone()).collect();
    names.sort();
    names
}

/// What `SQLite` says to one question about a data file.
fn ask(path: &Path, question: &str) -> Vec<String> {
    let connection = rusqlite::Connection::open(path).unwrap();
    let mut statement = connection.prepare(question).unwrap();
    let last = statement.column_count() - 1;
    statement.query_map([], |row| row.get(last)).unwrap().map(Result::unwrap).collect()
}

#[tokio::test]
async fn a_data_file_survives_a_restart() {
    let folder = Folder::new();
    for start in 1..=3 {
        let database = Embedded::file(&folder.file()).await.unwrap();
        let client = client(&database).await;
        put(&client, item(&format!("n#{start}"), 60)).await;
        let so_far: Vec<_> = (1..=start).map(|start| format!("n#{start}")).collect();
        assert_eq!(stored(&client).await, so_far);
    }
}

#[tokio::test]
async fn two_in_memory_share_nothing() {
    let (one, other) = (Embedded::memory().await.unwrap(), Embedded::memory().await.unwrap());
    put(&client(&one).await, item("n#1", 60)).await;
    assert_eq!(stored(&client(&other).await).await, Vec::<String>::new());
    assert_ne!(one.endpoint(), other.endpoint());
}

#[tokio::test]
async fn a_file_that_is_no_database_is_named_and_left_alone() {
    let folder = Folder::new();
    let text = "These are not the bytes of a database.\n".repeat(100);
    fs::write(folder.file(), &text).unwrap();
    let Err(EmbeddedError::DataFile { path, reason }) = Embedded::file(&folder.file()).await else {
        panic!("opened")
    };
    assert_eq!(path, folder.file().to_string_lossy());
    assert!(!reason.is_empty());
    assert_eq!(fs::read_to_string(folder.file()).unwrap(), text);
}

#[tokio::test]
async fn a_file_whose_tables_have_other_keys_is_named_and_left_alone() {
    let folder = Folder::new();
    drop(Embedded::file(&folder.file()).await.unwrap());
    ask(
        &folder.file(),
        "UPDATE _tables SET attribute_definitions = replace(attribute_definitions, 'listed', 'role') RETURNING table_name",
    );
    let Err(error) = Embedded::file(&folder.file()).await else { panic!("opened") };
    assert!(error.to_string().contains("another version of Belfry"), "{error}");
}

#[tokio::test]
async fn a_file_in_no_folder_is_named() {
    let folder = Folder::new();
    let nowhere = folder.0.join("nowhere").join("belfry.db");
    let Err(error) = Embedded::file(&nowhere).await else { panic!("opened") };
    assert!(matches!(&error, EmbeddedError::DataFile { .. }), "{error}");
    assert!(error.to_string().contains(nowhere.to_str().unwrap()));
}

#[tokio::test]
async fn the_sweep_takes_what_is_past_its_time_and_nothing_else() {
    let database = Embedded::memory().await.unwrap();
    let client = client(&database).await;
    for (name, expires_in) in [("n#1", -3_600), ("n#2", 3_600), ("n#3", -1)] {
        put(&client, item(name, expires_in)).await;
    }
    assert_eq!(database.sweep_ttl().unwrap(), 2);
    assert_eq!(stored(&client).await, ["n#2"]);
    assert_eq!(database.sweep_ttl().unwrap(), 0);
}

#[tokio::test]
async fn the_tables_are_made_as_the_template_declares_them() {
    let database = Embedded::memory().await.unwrap();
    let client = client(&database).await;
    let mut listed = client.list_tables().send().await.unwrap().table_names.unwrap();
    let mut declared: Vec<_> = tables().unwrap().into_iter().map(|table| table.name).collect();
    listed.sort();
    declared.sort();
    assert_eq!(listed, declared);
    let inbox = client.describe_table().table_name(names::INBOX).send().await.unwrap().table.unwrap();
    assert_eq!(inbox.local_secondary_indexes.unwrap()[0].index_name.as_deref(), Some("by_state"));
    assert!(inbox.latest_stream_arn.is_some());
}

#[tokio::test]
async fn a_write_finds_the_end_of_its_stream_by_an_index() {
    let folder = Folder::new();
    let _database = Embedded::file(&folder.file()).await.unwrap();
    let indexes = ask(&folder.file(), "SELECT name FROM sqlite_master WHERE type = 'index'");
    assert!(indexes.iter().any(|index| index == "belfry_stream_sequence"), "{indexes:?}");
    // The question that the database asks at each write.
    let plan = ask(
        &folder.file(),
        "EXPLAIN QUERY PLAN SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1 \
         FROM _stream_records WHERE table_name = 'InboxTable'",
    );
    assert!(plan.iter().any(|step| step.contains("belfry_stream_sequence")), "{plan:?}");
}

/// Calls of another user's, who can reach the port as everybody on the machine can.
mod access_key {
    use super::*;
    use belfry_dynamo::access_key;

    async fn ask(database: &Embedded, authorization: Option<&str>) -> reqwest::Response {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let request = http.post(database.endpoint()).header("x-amz-target", "DynamoDB_20120810.Scan");
        let request = match authorization {
            Some(text) => request.header("authorization", text),
            None => request,
        };
        request.body(r#"{"TableName":"InboxTable"}"#).send().await.unwrap()
    }

    #[tokio::test]
    async fn is_required() {
        let database = Embedded::memory().await.unwrap();
        put(&client(&database).await, item("n#1", 60)).await;
        let key = access_key().id();
        let signed = |id: &str| format!("AWS4-HMAC-SHA256 Credential={id}/20261130/any, Signature=any");
        let others =
            [signed("embedded"), signed(&key[1..]), signed(&format!("{key}x")), signed(""), key.to_owned()];
        for wrong in std::iter::once(None).chain(others.iter().map(|text| Some(text.as_str()))) {
            let answer = ask(&database, wrong).await;
            assert_eq!(answer.status(), 403, "{wrong:?}");
            assert!(answer.headers().get("access-control-allow-origin").is_none());
            assert!(!answer.text().await.unwrap().contains("n#1"), "{wrong:?}");
        }
        let answer = ask(&database, Some(&signed(key))).await;
        assert_eq!(answer.status(), 200);
        assert!(answer.text().await.unwrap().contains("n#1"));
    }
}

#[cfg(unix)]
mod permissions {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn modes(folder: &Folder) -> Vec<(String, u32)> {
        let files = fs::read_dir(&folder.0).unwrap().map(Result::unwrap);
        let mode = |file: &fs::DirEntry| file.metadata().unwrap().permissions().mode() & 0o777;
        let mut modes: Vec<_> =
            files.map(|file| (file.file_name().into_string().unwrap(), mode(&file))).collect();
        modes.sort();
        modes
    }

    #[tokio::test]
    async fn new_files_are_their_owners_alone() {
        let folder = Folder::new();
        let database = Embedded::file(&folder.file()).await.unwrap();
        put(&client(&database).await, item("n#1", 60)).await;
        let modes = modes(&folder);
        assert!(modes.len() >= 2, "no file beside the data file: {modes:?}");
        assert!(modes.iter().all(|(_, mode)| *mode == 0o600), "{modes:?}");
    }

    #[tokio::test]
    async fn files_that_others_could_read_are_restricted() {
        let folder = Folder::new();
        drop(Embedded::file(&folder.file()).await.unwrap());
        let beside = folder.0.join("belfry.db-journal");
        fs::write(&beside, "").unwrap();
        for file in [folder.file(), beside] {
            fs::set_permissions(file, PermissionsExt::from_mode(0o666)).unwrap();
        }
        let _database = Embedded::file(&folder.file()).await.unwrap();
        let modes = modes(&folder);
        assert!(modes.iter().all(|(_, mode)| *mode == 0o600), "{modes:?}");
    }
}
