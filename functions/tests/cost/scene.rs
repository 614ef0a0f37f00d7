//! A deployment with one sender and one reader, both known to the directory, and what is in the reader's inbox.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, PutRequest, WriteRequest};
use belfry_cloud::clock;
use belfry_domain::{ChangeId, CreateRequest};
use belfry_dynamo::names;
use serde_json::{Value, json};

use crate::support::{
    answered::Answered,
    sample::{event, event_with, with_body},
    user,
    world::World,
};

/// Ids as issuers give them.
pub(crate) const READER: &str = "3f0c6a52-9d1e-4b7a-8c55-0e2f4d6b8a91";
const SENDER: &str = "b7e11f6a-2c3d-4e5f-9a6b-7c8d9e0f1a2b";

/// How long ago what is old was created, in milliseconds: the watermark reaches it.
const OLD: i64 = 3_600_000;

pub(crate) struct Scene {
    pub(crate) world: World,
    pub(crate) reader: String,
    pub(crate) sender: String,
}

impl Scene {
    pub(crate) async fn new() -> Self {
        let world = World::new().await;
        let (reader, sender) = (world.token(READER, "admin"), world.token(SENDER, "producer"));
        for token in [&reader, &sender] {
            assert_eq!(world.get("/api/user/current/", token).await.status(), 200);
        }
        Self { world, reader, sender }
    }

    /// With so many unread notifications of an hour ago.
    pub(crate) async fn with_unread(count: u32) -> Self {
        let scene = Self::new().await;
        let id = scene.create().await;
        let stored = scene.stored(&id).await;
        scene.remove(&id).await;
        let start = clock::now().plus_millis(-OLD);
        let copies: Vec<_> = (0..count)
            .map(|number| copy(&stored, ChangeId::last_of(start.plus_millis(i64::from(number)))))
            .collect();
        for batch in copies.chunks(25) {
            let write = scene.world.raw.batch_write_item().request_items(names::INBOX, batch.to_vec());
            assert!(write.send().await.unwrap().unprocessed_items.unwrap_or_default().is_empty());
        }
        scene
    }

    /// With one notification of now; also its path.
    pub(crate) async fn with_one() -> (Self, String) {
        let scene = Self::new().await;
        let id = scene.create().await;
        (scene, format!("/api/notifications/{id}/"))
    }

    /// One more notification for the reader; its id.
    pub(crate) async fn create(&self) -> String {
        let mut body = sample_body();
        body["user"] = json!(READER);
        let draft = CreateRequest::parse(body.to_string().as_bytes()).unwrap().drafts().remove(0);
        self.world.inbox.create(draft).await.unwrap().id.to_string()
    }

    /// The event that sends the sample's notification, changed so.
    pub(crate) fn sending(&self, change: impl FnOnce(&mut Value)) -> Value {
        let mut body = sample_body();
        change(&mut body);
        with_body(event_with("api-create", &self.sender), &body)
    }

    pub(crate) async fn stored(&self, id: &str) -> HashMap<String, AttributeValue> {
        let get = self.world.raw.get_item().table_name(names::INBOX).consistent_read(true);
        get.set_key(Some(key(id))).send().await.unwrap().item.unwrap()
    }

    async fn remove(&self, id: &str) {
        let delete = self.world.raw.delete_item().table_name(names::INBOX).set_key(Some(key(id)));
        delete.send().await.unwrap();
    }

    /// How many are unread now.
    pub(crate) async fn unread(&self) -> usize {
        self.world.inbox.counts(&user(READER)).await.unwrap().unread
    }
}

/// What the sample's sender says.
fn sample_body() -> Value {
    serde_json::from_str(event("api-create")["body"].as_str().unwrap()).unwrap()
}

/// The same notification under another id, from when that was minted.
fn copy(stored: &HashMap<String, AttributeValue>, id: ChangeId) -> WriteRequest {
    let mut item = stored.clone();
    for (name, value) in
        [("item", format!("n#{id}")), ("state", format!("u#{id}")), ("changed", id.to_string())]
    {
        item.insert(name.to_owned(), AttributeValue::S(value));
    }
    WriteRequest::builder().put_request(PutRequest::builder().set_item(Some(item)).build().unwrap()).build()
}

fn key(id: &str) -> HashMap<String, AttributeValue> {
    let text = |text: &str| AttributeValue::S(text.to_owned());
    HashMap::from([("user".to_owned(), text(READER)), ("item".to_owned(), text(&format!("n#{id}")))])
}

/// Fails where the answer isn't a success, which would be cheaper.
pub(crate) fn succeeds(answer: &Answered) {
    assert!(answer.status() < 300, "{answer:?}");
}

/// The bytes of an item as DynamoDB counts them, of texts and numbers.
fn size(item: &HashMap<String, AttributeValue>) -> usize {
    let value = |value: &AttributeValue| match value {
        AttributeValue::S(text) => text.len(),
        AttributeValue::N(digits) => digits.len().div_ceil(2) + 1,
        other => panic!("neither text nor number: {other:?}"),
    };
    item.iter().map(|(name, stored)| name.len() + value(stored)).sum()
}

#[tokio::test]
async fn what_is_counted_is_of_a_common_size() {
    let scene = Scene::new().await;
    let id = scene.create().await;
    let bytes = size(&scene.stored(&id).await);
    assert!((400..500).contains(&bytes), "{bytes}");
}
