//! The port of the embedded DynamoDB: the operations of `dynoxide` by the names that the SDK asks for.
//!
//! The server that `dynoxide` brings along can't check a key, and it allows pages of every origin to call it.

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, StatusCode},
    middleware,
    response::{IntoResponse, Response},
    routing::post,
};
use dynoxide::{Database, DynoxideError};

use crate::access_key::require_access_key;

/// DynamoDB takes no larger request.
const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

/// Prefixes of the decoder's messages. The server of `dynoxide` replaces such messages by other words.
const MESSAGE_PREFIXES: [&str; 2] = ["VALIDATION_REQUEST:", "VALIDATION:"];

pub(crate) fn routes(database: Database) -> Router {
    Router::new()
        .route("/", post(answer))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(middleware::from_fn(require_access_key))
        .with_state(database)
}

async fn answer(State(database): State<Database>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get("x-amz-target").and_then(|target| target.to_str().ok()).unwrap_or_default();
    let operation = target.rsplit('.').next().unwrap_or_default();
    let (status, body) = match execute(&database, operation, &body) {
        Ok(body) => (StatusCode::OK, body),
        Err(error) => {
            let status = StatusCode::from_u16(error.status_code()).unwrap_or(StatusCode::BAD_REQUEST);
            (status, error.to_json().into_bytes())
        }
    };
    (status, [("content-type", "application/x-amz-json-1.0")], body).into_response()
}

/// Matches an operation to the method of the database that has its name in snake case.
macro_rules! dispatch {
    ($database:expr, $operation:expr, $body:expr, { $($name:literal => $method:ident,)* }) => {
        match $operation {
            $($name => {
                let request = serde_json::from_slice($body).map_err(|error| invalid(&error))?;
                serde_json::to_vec(&$database.$method(request)?).map_err(|error| invalid(&error))
            })*
            unknown => Err(DynoxideError::ValidationException(format!("unknown operation: {unknown}"))),
        }
    };
}

fn execute(database: &Database, operation: &str, body: &[u8]) -> Result<Vec<u8>, DynoxideError> {
    dispatch!(database, operation, body, {
        "BatchExecuteStatement" => batch_execute_statement,
        "BatchGetItem" => batch_get_item,
        "BatchWriteItem" => batch_write_item,
        "CreateTable" => create_table,
        "DeleteItem" => delete_item,
        "DeleteTable" => delete_table,
        "DescribeStream" => describe_stream,
        "DescribeTable" => describe_table,
        "DescribeTimeToLive" => describe_time_to_live,
        "ExecuteStatement" => execute_statement,
        "ExecuteTransaction" => execute_transaction,
        "GetItem" => get_item,
        "GetRecords" => get_records,
        "GetShardIterator" => get_shard_iterator,
        "ListStreams" => list_streams,
        "ListTables" => list_tables,
        "PutItem" => put_item,
        "Query" => query,
        "Scan" => scan,
        "TransactGetItems" => transact_get_items,
        "TransactWriteItems" => transact_write_items,
        "UpdateItem" => update_item,
        "UpdateTable" => update_table,
        "UpdateTimeToLive" => update_time_to_live,
    })
}

fn invalid(error: &serde_json::Error) -> DynoxideError {
    let text = error.to_string();
    let text = MESSAGE_PREFIXES.iter().find_map(|prefix| text.strip_prefix(prefix)).unwrap_or(&text);
    DynoxideError::ValidationException(text.to_owned())
}
