//! The stream of the inbox into the fan-out, as Lambda's event source mapping does it.

use std::{sync::Arc, time::Duration};

use aws_config::SdkConfig;
use aws_sdk_dynamodb as dynamodb;
use aws_sdk_dynamodbstreams::{
    Client,
    error::DisplayErrorContext,
    types::{Record, ShardIteratorType},
};
use serde_json::{Value, json};
use tokio::sync::watch;

use crate::handlers::{Handlers, invoke};

/// A write rings; should one not have, the stream is looked at all the same after this time.
const POLL: Duration = Duration::from_secs(1);

/// After an error, lest a broken store be asked in a tight loop.
const PAUSE: Duration = Duration::from_millis(200);

const BATCH_RECORDS: i32 = 100;

/// A record that fails this often is left behind and logged.
const MAX_TRIES: u32 = 5;

/// Reads one table's stream.
pub(crate) struct Pump {
    streams: Client,
    stream_arn: String,
    iterator: Option<String>,
    handlers: Arc<Handlers>,
}

impl Pump {
    /// Starts behind the newest record: nobody is connected yet who could be told of older ones.
    pub(crate) async fn new(
        config: &SdkConfig,
        table: &str,
        handlers: Arc<Handlers>,
    ) -> Result<Self, String> {
        let described = dynamodb::Client::new(config).describe_table().table_name(table).send().await;
        let table = described.map_err(|error| DisplayErrorContext(error).to_string())?.table;
        let stream_arn = table.and_then(|table| table.latest_stream_arn).ok_or("the table has no stream")?;
        let mut pump = Self { streams: Client::new(config), stream_arn, iterator: None, handlers };
        pump.iterator = Some(pump.iterator_at(ShardIteratorType::Latest).await?);
        Ok(pump)
    }

    /// Pumps until it is told to stop; a batch in hand is finished first.
    pub(crate) async fn run(mut self, mut stopped: watch::Receiver<bool>) {
        let handlers = Arc::clone(&self.handlers);
        loop {
            let pause = match self.pump().await {
                Ok(true) => continue,
                Ok(false) => POLL,
                Err(error) => {
                    tracing::error!(error, "the stream can't be read");
                    PAUSE
                }
            };
            tokio::select! {
                _ = stopped.wait_for(|stopped| *stopped) => return,
                () = handlers.written.notified(), if pause == POLL => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Hands one batch to the fan-out; false where nothing was there.
    async fn pump(&mut self) -> Result<bool, String> {
        let iterator = match self.iterator.take() {
            Some(iterator) => iterator,
            None => self.iterator_at(ShardIteratorType::TrimHorizon).await?,
        };
        let answer = self.streams.get_records().shard_iterator(&iterator).limit(BATCH_RECORDS).send().await;
        let answer = match answer {
            Ok(answer) => answer,
            Err(error) => {
                self.iterator = Some(iterator);
                return Err(DisplayErrorContext(error).to_string());
            }
        };
        self.iterator = answer.next_shard_iterator;
        let records: Vec<Value> = answer.records.unwrap_or_default().into_iter().map(event_record).collect();
        self.deliver(&records).await;
        Ok(!records.is_empty())
    }

    /// Repeats what the fan-out reports as failed, from there on, and leaves behind what keeps failing.
    async fn deliver(&self, mut records: &[Value]) {
        let mut tries = 0;
        while !records.is_empty() {
            let failed =
                match invoke(|event| self.handlers.fanout.handle(event), json!({ "Records": records })).await
                {
                    Ok(answer) => first_failed(records, &answer),
                    Err(error) => {
                        tracing::error!(%error, "the fan-out failed");
                        Some(0)
                    }
                };
            let Some(failed) = failed else { return };
            tries = if failed == 0 { tries + 1 } else { 1 };
            records = &records[failed..];
            if tries == MAX_TRIES {
                tracing::error!(event_id = %records[0]["eventID"], "a stream record is left behind");
                (records, tries) = (&records[1..], 0);
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn iterator_at(&self, position: ShardIteratorType) -> Result<String, String> {
        let described = self.streams.describe_stream().stream_arn(&self.stream_arn).send().await;
        let stream = described.map_err(|error| DisplayErrorContext(error).to_string())?.stream_description;
        let shard = stream.and_then(|stream| stream.shards?.into_iter().next_back()?.shard_id);
        let iterator = self
            .streams
            .get_shard_iterator()
            .stream_arn(&self.stream_arn)
            .set_shard_id(shard)
            .shard_iterator_type(position)
            .send()
            .await
            .map_err(|error| DisplayErrorContext(error).to_string())?;
        iterator.shard_iterator.ok_or_else(|| "the shard has no iterator".to_owned())
    }
}

/// Where in the batch the failed record is that the fan-out named; the first where it named none of them.
fn first_failed(records: &[Value], answer: &Value) -> Option<usize> {
    let failure = answer["batchItemFailures"].as_array()?.first()?;
    let named = |record: &Value| record["dynamodb"]["SequenceNumber"] == failure["itemIdentifier"];
    Some(records.iter().position(named).unwrap_or(0))
}

fn event_record(record: Record) -> Value {
    let change =
        record.dynamodb.unwrap_or_else(|| aws_sdk_dynamodbstreams::types::StreamRecord::builder().build());
    let image = |image: Option<std::collections::HashMap<_, _>>| image.map(serde_dynamo::Item::from);
    json!({
        "awsRegion": record.aws_region.unwrap_or_default(),
        "eventID": record.event_id.unwrap_or_default(),
        "eventName": record.event_name.as_ref().map(aws_sdk_dynamodbstreams::types::OperationType::as_str),
        "eventSource": record.event_source,
        "eventVersion": record.event_version,
        "dynamodb": {
            "ApproximateCreationDateTime": change.approximate_creation_date_time.map(|time| time.secs()),
            "Keys": image(change.keys),
            "NewImage": image(change.new_image),
            "OldImage": image(change.old_image),
            "SequenceNumber": change.sequence_number,
            "SizeBytes": change.size_bytes.unwrap_or_default(),
            "StreamViewType": change.stream_view_type.as_ref().map(aws_sdk_dynamodbstreams::types::StreamViewType::as_str),
        },
    })
}
