//! Each function may do what it does, and nothing else. Every path of every function is walked over a wire that
//! keeps the requests; what was asked of which table is held against the policies.

use std::collections::{BTreeMap, BTreeSet};

use belfry_dynamo::Call;
use serde_json::Value;

use crate::{
    support::{
        draft,
        world::{BROADCASTS, DEAD_LETTERS, World},
    },
    template::{Resource, Template, named, tag, text, texts},
    walk::{walk, walk_fanout},
};

/// An operation on a table, or on an index of it: `Query InboxTable/by_state`.
type Uses = BTreeSet<String>;

/// What Lambda's stream poller does in the name of the function that it feeds.
const POLLER: [&str; 6] = [
    "DescribeStream InboxTable.StreamArn",
    "GetRecords InboxTable.StreamArn",
    "GetShardIterator InboxTable.StreamArn",
    "ListStreams ${InboxTable.Arn}/stream/*",
    "s3:ListBucket FailureBucket.Arn",
    "s3:PutObject ${FailureBucket.Arn}/*",
];

/// What Lambda's poller of a queue does in the name of the function that it feeds.
const QUEUE_POLLER: [&str; 3] = [
    "sqs:DeleteMessage BroadcastQueue.Arn",
    "sqs:GetQueueAttributes BroadcastQueue.Arn",
    "sqs:ReceiveMessage BroadcastQueue.Arn",
];

/// Doing that with the sockets of the one stage.
fn connections(method: &str) -> String {
    format!(
        "execute-api:ManageConnections arn:${{AWS::Partition}}:execute-api:${{AWS::Region}}:${{AWS::AccountId}}:\
         ${{WebSocketApi}}/${{WebSocketStage}}/{method}/@connections/*"
    )
}

fn used(calls: Vec<Call>) -> Uses {
    let uses = calls.into_iter().flat_map(|Call { operation, request, .. }| {
        let request: Value = serde_json::from_str(&request).unwrap();
        // A statement has a permission of its own, by what it does.
        if operation == "BatchExecuteStatement" {
            let inserted = request["Statements"].as_array().unwrap().iter().map(|statement| {
                let table = statement["Statement"].as_str().unwrap().strip_prefix("INSERT INTO \"").unwrap();
                format!("PartiQLInsert {}", table.split('"').next().unwrap())
            });
            return inserted.collect::<Vec<_>>();
        }
        // So has each write of a transaction.
        if operation == "TransactWriteItems" {
            let written = request["TransactItems"].as_array().unwrap().iter().map(|item| {
                let (write, of) = item.as_object().unwrap().iter().next().unwrap();
                format!("{write}Item {}", of["TableName"].as_str().unwrap())
            });
            return written.collect::<Vec<_>>();
        }
        let tables = match (&request["TableName"], &request["RequestItems"]) {
            (Value::String(table), _) => vec![table.clone()],
            (_, Value::Object(items)) => items.keys().cloned().collect(),
            _ => panic!("{operation} names no table: {request}"),
        };
        let index = request["IndexName"].as_str().map(|index| format!("/{index}")).unwrap_or_default();
        tables.into_iter().map(|table| format!("{operation} {table}{index}")).collect()
    });
    uses.collect()
}

/// A resource of a policy as [`used`] names tables and indexes; anything else as it is written.
fn resource(value: &serde_yaml_ng::Value) -> String {
    let resource = text(value);
    match (tag(value).as_str(), resource.strip_suffix(".Arn"), resource.split_once("/index/")) {
        ("!GetAtt", Some(table), _) if table.ends_with("Table") => table.to_owned(),
        ("!Sub", _, Some((table, index))) => format!("{}/{index}", named(table)[0]),
        _ => resource.to_owned(),
    }
}

fn allowed(function: Resource<'_>) -> Uses {
    let mut allowed = Uses::new();
    for policy in function.properties["Policies"].as_sequence().unwrap() {
        for statement in policy["Statement"].as_sequence().unwrap() {
            assert_eq!(statement["Effect"], "Allow");
            for action in texts(&statement["Action"]) {
                assert!(!action.contains('*'), "actions are spelled out: {action}");
                let action = action.strip_prefix("dynamodb:").unwrap_or(action);
                let listed = statement["Resource"].as_sequence();
                let resources =
                    listed.map_or_else(|| vec![&statement["Resource"]], |list| list.iter().collect());
                for value in resources {
                    assert!(allowed.insert(format!("{action} {}", resource(value))), "said once: {action}");
                }
            }
        }
    }
    allowed
}

#[tokio::test]
async fn every_function_is_allowed_exactly_what_it_does() {
    let template = Template::read();
    let mut differences = BTreeMap::new();
    for function in template.functions() {
        let world = World::new().await;
        world.inbox.create(draft("ana")).await.unwrap();
        walk(function.bin(), &world).await;
        let mut used = used(world.wire.take_calls());
        if world.recorder.posts() > 0 {
            used.insert(connections("POST"));
        }
        if !world.recorder.closed().is_empty() {
            used.insert(connections("DELETE"));
        }
        for (queue, name) in [(BROADCASTS, "BroadcastQueue"), (DEAD_LETTERS, "SignalsDeadLetters")] {
            if world.queues.was_sent_to(queue) {
                used.insert(format!("sqs:SendMessage {name}.Arn"));
            }
        }
        match template.source_of(function.id) {
            Some("InboxTable.StreamArn") => used.extend(POLLER.map(str::to_owned)),
            Some("BroadcastQueue.Arn") => used.extend(QUEUE_POLLER.map(str::to_owned)),
            source => assert_eq!(source, None),
        }
        let allowed = allowed(function);
        if used != allowed {
            let lacks: Vec<_> = used.difference(&allowed).cloned().collect();
            let idle: Vec<_> = allowed.difference(&used).cloned().collect();
            differences.insert(function.id, format!("lacks {lacks:?}, doesn't use {idle:?}"));
        }
    }
    assert_eq!(differences, BTreeMap::new());
}

/// The function that answers frames must not be able to change anybody's role.
#[test]
fn the_socket_function_writes_only_counts_into_the_directory() {
    let template = Template::read();
    let policy = &template.function("ws_default").properties["Policies"][0];
    let mut statements = policy["Statement"].as_sequence().unwrap().iter();
    let writes = statements
        .find(|statement| {
            resource(&statement["Resource"]) == "DirectoryTable"
                && texts(&statement["Action"]).contains(&"dynamodb:UpdateItem")
        })
        .unwrap();
    assert_eq!(texts(&writes["Action"]), ["dynamodb:UpdateItem"]);
    let keys = &writes["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"];
    assert_eq!(texts(keys), ["limit#*"]);
}

#[tokio::test]
async fn the_walk_sees_what_a_function_asks_of_which_table_and_index() {
    let world = World::new().await;
    walk_fanout(&world).await;
    let expected = [
        "DeleteItem ConnectionsTable",
        "GetItem InboxTable",
        "Query ConnectionsTable",
        "Query InboxTable/by_state",
    ];
    assert_eq!(used(world.wire.take_calls()), expected.map(str::to_owned).into());
}
