//! The stream of the inbox into the fan-out, as Lambda's event source mapping does it.

mod delivery;
mod destination;
mod record;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use aws_config::SdkConfig;
use aws_sdk_dynamodb as dynamodb;
use aws_sdk_dynamodbstreams::{Client, error::DisplayErrorContext, types::ShardIteratorType};
use serde_json::Value;
use tokio::sync::watch;

use crate::handlers::Handlers;
use delivery::Delivery;

pub(crate) use destination::Destination;

/// A write rings; should one not have, the stream is looked at all the same after this time.
const POLL: Duration = Duration::from_secs(1);

/// The pause after an error, so that a broken store isn't called in a tight loop.
const PAUSE: Duration = Duration::from_millis(200);

const BATCH_RECORDS: i32 = 100;

/// Reads one table's stream.
pub(crate) struct Pump {
    streams: Client,
    stream_arn: String,
    shard: String,
    iterator: Option<String>,
    handlers: Arc<Handlers>,
    delivery: Delivery,
}

impl Pump {
    /// Starts after the newest record: nobody is connected yet to whom older ones could be pushed.
    pub(crate) async fn new(
        config: &SdkConfig,
        table: &str,
        handlers: Arc<Handlers>,
        given_up: Destination,
    ) -> Result<Self, String> {
        let described = dynamodb::Client::new(config).describe_table().table_name(table).send().await;
        let table = described.map_err(|error| DisplayErrorContext(error).to_string())?.table;
        let stream_arn = table.and_then(|table| table.latest_stream_arn).ok_or("the table has no stream")?;
        let delivery = Delivery::new(Arc::clone(&handlers), given_up);
        let (streams, shard) = (Client::new(config), String::new());
        let mut pump = Self { streams, stream_arn, shard, iterator: None, handlers, delivery };
        pump.iterator = Some(pump.iterator_at(ShardIteratorType::Latest).await?);
        Ok(pump)
    }

    /// Pumps until it is stopped; a batch in hand is finished first.
    pub(crate) async fn run(mut self, mut stopped: watch::Receiver<bool>) {
        let handlers = Arc::clone(&self.handlers);
        loop {
            let pause = match self.read().await {
                Ok(records) if !records.is_empty() => {
                    self.delivery.deliver(&self.shard, &records).await;
                    continue;
                }
                Ok(_) => POLL,
                Err(error) => {
                    tracing::error!(error, "failed to read the stream");
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

    /// The next batch; empty where nothing is there.
    async fn read(&mut self) -> Result<Vec<Value>, String> {
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
        let records = answer.records.unwrap_or_default().into_iter();
        Ok(records.map(|record| record::event_record(record, &self.stream_arn)).collect())
    }

    async fn iterator_at(&mut self, position: ShardIteratorType) -> Result<String, String> {
        let described = self.streams.describe_stream().stream_arn(&self.stream_arn).send().await;
        let stream = described.map_err(|error| DisplayErrorContext(error).to_string())?.stream_description;
        let shard = stream.and_then(|stream| stream.shards?.into_iter().next_back()?.shard_id);
        self.shard = shard.ok_or("the stream has no shard")?;
        let iterator = self
            .streams
            .get_shard_iterator()
            .stream_arn(&self.stream_arn)
            .shard_id(&self.shard)
            .shard_iterator_type(position)
            .send()
            .await
            .map_err(|error| DisplayErrorContext(error).to_string())?;
        iterator.shard_iterator.ok_or_else(|| "the shard has no iterator".to_owned())
    }
}
