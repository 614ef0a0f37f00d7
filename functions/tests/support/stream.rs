//! The stream of the table `inbox`, as Lambda hands it to the fan-out.

use aws_sdk_dynamodbstreams::{
    Client,
    types::{Record, ShardIteratorType},
};
use belfry_dynamo::names;
use serde_json::{Value, json};

use super::world::World;

/// Everything that was written, record by record.
pub(crate) struct Stream {
    client: Client,
    iterator: String,
}

impl Stream {
    /// From its beginning.
    pub(crate) async fn of(world: &World) -> Self {
        let client = Client::new(world.direct.config());
        let described = world.raw.describe_table().table_name(names::INBOX).send().await.unwrap();
        let arn = described.table.unwrap().latest_stream_arn.unwrap();
        let described = client.describe_stream().stream_arn(&arn).send().await.unwrap();
        let shard = described.stream_description.unwrap().shards.unwrap().remove(0).shard_id;
        let iterator = client
            .get_shard_iterator()
            .stream_arn(&arn)
            .set_shard_id(shard)
            .shard_iterator_type(ShardIteratorType::TrimHorizon)
            .send()
            .await
            .unwrap();
        Self { client, iterator: iterator.shard_iterator.unwrap() }
    }

    /// What came since the last time this was asked, but for what the mapping's filter keeps from the function.
    pub(crate) async fn records(&mut self) -> Vec<Value> {
        let mut records = Vec::new();
        loop {
            let answer = self.client.get_records().shard_iterator(&self.iterator).send().await.unwrap();
            let came = answer.records.unwrap_or_default();
            self.iterator = answer.next_shard_iterator.unwrap();
            if came.is_empty() {
                return records;
            }
            records
                .extend(came.into_iter().map(event_record).filter(|record| record["eventName"] != "REMOVE"));
        }
    }
}

fn event_record(record: Record) -> Value {
    let change = record.dynamodb.unwrap();
    let image = |image: Option<std::collections::HashMap<_, _>>| image.map(serde_dynamo::Item::from);
    json!({
        "awsRegion": "eu-west-1",
        "eventID": record.event_id,
        "eventName": record.event_name.unwrap().as_str(),
        "eventSource": "aws:dynamodb",
        "eventVersion": "1.1",
        "dynamodb": {
            "ApproximateCreationDateTime": change.approximate_creation_date_time.map(|time| time.secs()),
            "Keys": image(change.keys),
            "NewImage": image(change.new_image),
            "OldImage": image(change.old_image),
            "SequenceNumber": change.sequence_number,
            "SizeBytes": change.size_bytes.unwrap_or_default(),
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
    })
}
