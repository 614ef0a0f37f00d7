//! A record of the stream, as Lambda's event shows it.

use std::collections::HashMap;

use aws_sdk_dynamodbstreams::types::{AttributeValue, OperationType, Record, StreamRecord, StreamViewType};
use serde_json::{Value, json};

pub(super) fn event_record(record: Record, stream_arn: &str) -> Value {
    let change = record.dynamodb.unwrap_or_else(|| StreamRecord::builder().build());
    let image = |image: Option<HashMap<String, AttributeValue>>| image.map(serde_dynamo::Item::from);
    json!({
        "awsRegion": record.aws_region.unwrap_or_default(),
        "eventID": record.event_id.unwrap_or_default(),
        "eventName": record.event_name.as_ref().map(OperationType::as_str),
        "eventSource": record.event_source,
        "eventSourceARN": stream_arn,
        "eventVersion": record.event_version,
        "dynamodb": {
            "ApproximateCreationDateTime": change.approximate_creation_date_time.map(|time| time.secs()),
            "Keys": image(change.keys),
            "NewImage": image(change.new_image),
            "OldImage": image(change.old_image),
            "SequenceNumber": change.sequence_number,
            "SizeBytes": change.size_bytes.unwrap_or_default(),
            "StreamViewType": change.stream_view_type.as_ref().map(StreamViewType::as_str),
        },
    })
}
