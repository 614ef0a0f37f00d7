//! Starting the embedded DynamoDB.

use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, Read},
    net::{Ipv4Addr, SocketAddr},
    path::Path,
};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::Credentials;
use dynoxide::Database;
use rusqlite::Connection;
use serde_json::Value;
use tokio::{net::TcpListener, sync::oneshot};

use crate::{
    access_key::access_key,
    private_files::{create_private_file, restrict_to_owner},
    server,
    tables::{Table, TemplateError, tables},
};

/// dynoxide looks through all stream records at each write, by sequence number; without this index a write takes ten
/// times as long after ten thousand others.
const STREAM_INDEX: &str = "CREATE INDEX IF NOT EXISTS belfry_stream_sequence \
                            ON _stream_records (table_name, CAST(sequence_number AS INTEGER))";

/// A DynamoDB in this process. Dropping it stops it.
pub struct Embedded {
    database: Database,
    address: SocketAddr,
    _stop: oneshot::Sender<()>,
}

/// The embedded DynamoDB could not be started or used.
#[derive(Debug, thiserror::Error)]
pub enum EmbeddedError {
    /// The data file can't be opened or isn't one.
    #[error("the data file {path} can't be used: {reason}")]
    DataFile {
        /// The file.
        path: String,
        /// What the database said.
        reason: String,
    },
    /// The tables can't be read from the template.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// No loopback port could be bound.
    #[error("no loopback port: {0}")]
    Port(#[from] io::Error),
    /// The database refused something that it was expected to do.
    #[error("the embedded DynamoDB failed: {0}")]
    Database(String),
}

impl Embedded {
    /// Starts an empty one that is gone with the process.
    pub async fn memory() -> Result<Self, EmbeddedError> {
        let name = format!("file:belfry-{}?mode=memory&cache=shared", uuid::Uuid::now_v7().simple());
        Self::open(&name).await
    }

    /// Starts one that keeps its data in a file, which is created if there is none. Only its owner may open it, and the
    /// files that SQLite keeps beside it.
    pub async fn file(path: &Path) -> Result<Self, EmbeddedError> {
        let text = path.to_string_lossy();
        if let Some(reason) = unusable(path) {
            return Err(EmbeddedError::DataFile { path: text.into_owned(), reason: reason.to_owned() });
        }
        make_private(path).map_err(|error| EmbeddedError::DataFile {
            path: text.clone().into_owned(),
            reason: format!("it can't be restricted to its owner: {error}"),
        })?;
        Self::open(&text).await.map_err(|error| match error {
            EmbeddedError::Database(reason) => {
                EmbeddedError::DataFile { path: text.clone().into_owned(), reason }
            }
            other => other,
        })
    }

    async fn open(path: &str) -> Result<Self, EmbeddedError> {
        let database = Database::new(path).map_err(failed)?;
        for table in tables()? {
            create(&database, &table)?;
        }
        Connection::open(path)
            .and_then(|connection| connection.execute_batch(STREAM_INDEX))
            .map_err(failed)?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let served = axum::serve(listener, server::routes(database.clone()));
        let served = served.with_graceful_shutdown(async move { drop(stopped.await) });
        tokio::spawn(async move { served.await });
        Ok(Self { database, address, _stop: stop })
    }

    /// The URL to speak to.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// An SDK configuration for it, with the access key of this process, which its port requires.
    pub async fn sdk_config(&self) -> SdkConfig {
        sdk_config(&self.endpoint()).await
    }

    /// Deletes what is past its time, as DynamoDB does on its own; returns how many items that were.
    pub fn sweep_ttl(&self) -> Result<usize, EmbeddedError> {
        self.database.sweep_ttl().map_err(failed)
    }
}

/// Why a path can't be a data file, as far as that is known before it is opened.
fn unusable(path: &Path) -> Option<&'static str> {
    const SQLITE: &[u8] = b"SQLite format 3\0";
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if path.as_os_str().is_empty() {
        return Some("it has no name");
    } else if path.is_dir() {
        return Some("it is a folder");
    } else if folder.is_some_and(|folder| !folder.is_dir()) {
        return Some("its folder doesn't exist");
    }
    let mut start = [0; SQLITE.len()];
    let read = File::open(path).and_then(|mut file| file.read(&mut start));
    read.is_ok_and(|length| length > 0 && start != SQLITE).then_some("it is a file of another kind")
}

/// Creates the data file if there is none, and restricts it, and the files that SQLite keeps beside it, to their owner.
/// SQLite gives the files beside it the mode of the data file.
fn make_private(path: &Path) -> io::Result<()> {
    match create_private_file(path) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(error),
    }
    for ending in ["", "-wal", "-shm", "-journal"] {
        let mut file = path.as_os_str().to_owned();
        file.push(ending);
        restrict_to_owner(Path::new(&file))?;
    }
    Ok(())
}

/// An SDK configuration for an emulator at that URL.
pub(crate) async fn sdk_config(endpoint: &str) -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .credentials_provider(Credentials::new(access_key().id(), "embedded", None, None, "embedded"))
        .endpoint_url(endpoint)
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .load()
        .await
}

fn create(database: &Database, table: &Table) -> Result<(), EmbeddedError> {
    if let Some(kept) = database.get_table_metadata(&table.name).map_err(failed)? {
        let kept: Value = serde_json::from_str(&kept.attribute_definitions).map_err(failed)?;
        return if keys(&kept) == keys(&table.create["AttributeDefinitions"]) {
            Ok(())
        } else {
            Err(failed("it was made by another version of Belfry, whose tables have other keys"))
        };
    }
    database.create_table(serde_json::from_value(table.create.clone()).map_err(failed)?).map_err(failed)?;
    if let Some(attribute) = &table.ttl_attribute {
        let request = serde_json::json!({
            "TableName": table.name,
            "TimeToLiveSpecification": { "AttributeName": attribute, "Enabled": true },
        });
        database.update_time_to_live(serde_json::from_value(request).map_err(failed)?).map_err(failed)?;
    }
    Ok(())
}

/// The attributes that the keys of a table and its indexes are made of.
fn keys(definitions: &Value) -> BTreeSet<&str> {
    let names = definitions.as_array().into_iter().flatten();
    names.filter_map(|definition| definition["AttributeName"].as_str()).collect()
}

fn failed(error: impl std::fmt::Display) -> EmbeddedError {
    EmbeddedError::Database(error.to_string())
}
