//! Where stream records go that were given up: a folder, in place of the bucket that `template.yaml` names.

use std::{
    env, io,
    path::{Path, PathBuf},
};

use belfry_cloud::clock;
use belfry_domain::Timestamp;
use belfry_dynamo::create_private_folder;
use serde::Serialize;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::data_file::{beside, write_private};

const FUNCTION_ARN: &str = "arn:aws:lambda:us-east-1:000000000000:function:fanout";

/// A folder for one file a record, made with the first of them.
pub(crate) struct Destination {
    folder: PathBuf,
}

/// Why a record was given up, by Lambda's names.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) enum Condition {
    RetryAttemptsExhausted,
    RecordAgeExceeded,
}

/// A record that isn't tried any more.
pub(super) struct GivenUp<'a> {
    pub(super) record: &'a Value,
    pub(super) shard: &'a str,
    /// How often it was tried.
    pub(super) tries: u32,
    pub(super) condition: Condition,
    /// Whether the function named it; else the function itself failed.
    pub(super) reported: bool,
}

impl Destination {
    /// `FILE.failed` beside the data file; where there is none, a folder of this run's own among the temporary files.
    pub(crate) fn new(data: Option<&Path>) -> Self {
        let temporary = || env::temp_dir().join(format!("belfry-{}.failed", Uuid::new_v4().simple()));
        Self { folder: data.map_or_else(temporary, |data| beside(data, ".failed")) }
    }

    /// Keeps the record whole. The log learns of where, and of nothing that is in it.
    pub(super) fn keep(&self, given_up: &GivenUp) {
        let condition = given_up.condition;
        match self.write(given_up) {
            Ok(file) => {
                tracing::error!(?condition, file = %file.display(), "gave up a stream record: kept in a file");
            }
            Err(error) => {
                let folder = self.folder.display();
                tracing::error!(?condition, %error, %folder, "gave up a stream record: failed to keep it");
            }
        }
    }

    fn write(&self, given_up: &GivenUp) -> io::Result<PathBuf> {
        create_private_folder(&self.folder)?;
        let now = clock::now();
        // As Lambda names its objects: colons are no good in names.
        let name = format!("{}-{}.json", now.to_string().replace(':', "."), Uuid::new_v4());
        let file = self.folder.join(name);
        write_private(&file, format!("{:#}\n", given_up.document(now)).as_bytes())?;
        Ok(file)
    }
}

impl GivenUp<'_> {
    /// What Lambda writes to a bucket.
    fn document(&self, now: Timestamp) -> Value {
        let change = &self.record["dynamodb"];
        let arrival = change["ApproximateCreationDateTime"].as_i64();
        let arrival = arrival.map(|seconds| Timestamp::from_millis(seconds * 1000));
        let mut response = json!({ "statusCode": 200, "executedVersion": "$LATEST" });
        if !self.reported {
            response["functionError"] = json!("Unhandled");
        }
        json!({
            "requestContext": {
                "requestId": Uuid::new_v4(),
                "functionArn": FUNCTION_ARN,
                "condition": self.condition,
                "approximateInvokeCount": self.tries,
            },
            "responseContext": response,
            "version": "1.0",
            "timestamp": now,
            "DDBStreamBatchInfo": {
                "shardId": self.shard,
                "startSequenceNumber": change["SequenceNumber"],
                "endSequenceNumber": change["SequenceNumber"],
                "approximateArrivalOfFirstRecord": arrival,
                "approximateArrivalOfLastRecord": arrival,
                "batchSize": 1,
                "streamArn": self.record["eventSourceARN"],
            },
            "payload": json!({ "Records": [self.record] }).to_string(),
        })
    }
}
