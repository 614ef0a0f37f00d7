//! What is kept of a record that was given up, and when it is.

use std::fs;

use belfry_cloud::clock;
use belfry_dynamo::Fault;
use serde_json::{Value, json};

use super::{
    log,
    scene::{Scene, unparsable},
};

/// More than the SDK's own tries of a read, fewer than all tries of the pump.
const REFUSED_READS: usize = 4;

#[tokio::test]
async fn a_record_whose_user_can_not_be_told_yet_is_told_when_they_can() {
    let mut scene = Scene::new().await;
    scene.store("ana", "Late").await;
    let records = scene.read().await;
    for _ in 0..REFUSED_READS {
        scene.wire.order("Query", Fault::ServerError);
    }
    scene.deliver(&records).await;
    assert_eq!(scene.wire.faults_left(), 0);
    assert_eq!(scene.told("ana").await, ["Late"]);
    assert!(scene.given_up().is_empty());
}

#[tokio::test]
async fn what_is_given_up_is_kept_as_lambda_keeps_it() {
    let mut scene = Scene::new().await;
    scene.store_poison("ana", "Whole").await;
    let mut records = scene.read().await;
    records.push(unparsable("2"));
    scene.deliver(&records).await;
    let [reported, failed] = scene.given_up().try_into().unwrap();
    assert_eq!(reported["version"], "1.0");
    assert_eq!(reported["requestContext"]["condition"], "RetryAttemptsExhausted");
    assert_eq!(reported["requestContext"]["approximateInvokeCount"], 5);
    assert_eq!(reported["responseContext"], json!({ "statusCode": 200, "executedVersion": "$LATEST" }));
    assert_eq!(failed["responseContext"]["functionError"], "Unhandled");
    let batch = &reported["DDBStreamBatchInfo"];
    assert_eq!(batch["startSequenceNumber"], records[0]["dynamodb"]["SequenceNumber"]);
    assert_eq!((&batch["batchSize"], &batch["shardId"]), (&json!(1), &json!("shard-1")));
    assert_eq!(batch["streamArn"], records[0]["eventSourceARN"]);
    assert!(
        batch["streamArn"].is_string() && batch["approximateArrivalOfFirstRecord"].is_string(),
        "{batch}"
    );
    let payload: Value = serde_json::from_str(reported["payload"].as_str().unwrap()).unwrap();
    assert_eq!(payload["Records"][0]["dynamodb"]["NewImage"]["title"], json!({ "S": "Whole" }));
}

#[tokio::test]
async fn a_record_that_is_too_old_is_not_tried_again() {
    let mut scene = Scene::new().await;
    scene.store_poison("ana", "Old").await;
    scene.store("ana", "Young").await;
    let mut records = scene.read().await;
    for (record, minutes) in records.iter_mut().zip([11, 9]) {
        record["dynamodb"]["ApproximateCreationDateTime"] = json!(clock::now().as_seconds() - minutes * 60);
    }
    scene.deliver(&records).await;
    let [old] = scene.given_up().try_into().unwrap();
    assert_eq!(old["requestContext"]["condition"], "RecordAgeExceeded");
    assert_eq!(old["requestContext"]["approximateInvokeCount"], 1);
    assert_eq!(scene.told("ana").await, ["Young", "Young"]);
}

#[cfg(unix)]
#[tokio::test]
async fn only_their_owner_reads_what_was_given_up() {
    use std::os::unix::fs::PermissionsExt;

    let mut scene = Scene::new().await;
    scene.store_poison("ana", "Private").await;
    let records = scene.read().await;
    scene.deliver(&records).await;
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&scene.folder), 0o700);
    let files: Vec<_> = fs::read_dir(&scene.folder).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 1);
    assert_eq!(mode(&files[0]), 0o600);
}

#[tokio::test]
async fn where_nothing_can_be_kept_the_others_are_told_all_the_same() {
    let mut scene = Scene::new().await;
    fs::write(&scene.folder, "a file where the folder would be").unwrap();
    scene.store_poison("ana", "Poison").await;
    scene.store("ana", "Behind").await;
    let records = scene.read().await;
    scene.deliver(&records).await;
    assert_eq!(scene.told("ana").await.last().unwrap(), "Behind");
    fs::remove_file(&scene.folder).unwrap();
}

#[tokio::test]
async fn the_log_names_the_file_and_nothing_that_is_in_it() {
    log::begin();
    let mut scene = Scene::new().await;
    scene.store_poison("ana", "A secret").await;
    let mut records = scene.read().await;
    records.push(unparsable("another secret"));
    scene.deliver(&records).await;
    let text = log::of_this_thread();
    for file in fs::read_dir(&scene.folder).unwrap() {
        assert!(text.contains(file.unwrap().path().to_str().unwrap()), "{text}");
    }
    for secret in ["ana", "secret", "unheard_of"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}
