//! A pump that nobody runs yet, two users with a socket each, and the folder of what was given up.

use std::{collections::HashMap, fs, path::PathBuf, sync::Arc};

use aws_sdk_dynamodb::{Client, types::AttributeValue};
use belfry_cloud::{Aws, Connections, clock};
use belfry_domain::UserId;
use belfry_dynamo::{Embedded, Wire, names};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::super::{Destination, Pump};
use crate::{
    addresses::Addresses,
    connections::{Order, Orders, Sockets, management_routes},
    handlers::Handlers,
    oidc::Oidc,
};

pub(super) struct Scene {
    pub(super) pump: Pump,
    /// What the functions speak to their tables over.
    pub(super) wire: Wire,
    pub(super) folder: PathBuf,
    items: Client,
    sockets: HashMap<&'static str, Orders>,
    _database: Embedded,
}

impl Scene {
    pub(super) async fn new() -> Self {
        let database = Embedded::memory().await.unwrap();
        let wire = Wire::to(database.endpoint()).await.unwrap();
        let (aws, direct) = (Aws::new(wire.sdk_config().await), Aws::new(database.sdk_config().await));
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let endpoint = listener.local_addr().unwrap();
        let open = Sockets::default();
        let management = management_routes(open.clone());
        tokio::spawn(async move { axum::serve(listener, management).await });
        let handlers = Arc::new(
            Handlers::new(
                &aws,
                &Oidc::demo("http://localhost:1").unwrap(),
                &Addresses::new(1, &[]),
                endpoint,
            )
            .unwrap(),
        );
        let data = std::env::temp_dir().join(format!("belfry-test-{}", uuid::Uuid::new_v4()));
        let given_up = Destination::new(Some(&data));
        let pump = Pump::new(direct.config(), names::INBOX, handlers, given_up).await.unwrap();
        let connections = Connections::new(&direct, names::CONNECTIONS);
        let mut sockets = HashMap::new();
        for name in ["ana", "bruno"] {
            connections.register(&user(name), name, None).await.unwrap();
            sockets.insert(name, open.open(name, clock::now()));
        }
        let items = Client::new(direct.config());
        let folder = data.with_extension("failed");
        Self { pump, wire, folder, items, sockets, _database: database }
    }

    /// Stores a notification that titles itself so.
    pub(super) async fn store(&self, user: &str, title: &str) {
        self.put(user, &[("title", title)]).await;
    }

    /// Stores an item that the fan-out can't understand: there is no such type.
    pub(super) async fn store_poison(&self, user: &str, title: &str) {
        self.put(user, &[("title", title), ("notification_type", "unheard_of")]).await;
    }

    async fn put(&self, user: &str, attributes: &[(&str, &str)]) {
        let (id, changed) = (clock::mint_notification(), clock::mint_change());
        let (item, state) = (format!("n#{id}"), format!("u#{changed}"));
        let known = [
            ("user", user),
            ("item", &item),
            ("state", &state),
            ("changed", &changed.to_string()),
            ("message", "m"),
            ("notification_type", "info"),
        ]
        .map(|(name, text)| (name.to_owned(), AttributeValue::S(text.to_owned())));
        let more =
            attributes.iter().map(|(name, text)| ((*name).to_owned(), AttributeValue::S((*text).to_owned())));
        let end = AttributeValue::N((clock::now().as_seconds() + 3_600).to_string());
        let put = self.items.put_item().table_name(names::INBOX).item("expires_at", end);
        known
            .into_iter()
            .chain(more)
            .fold(put, |put, (name, value)| put.item(name, value))
            .send()
            .await
            .unwrap();
    }

    /// What the stream holds by now.
    pub(super) async fn read(&mut self) -> Vec<Value> {
        let mut records = Vec::new();
        loop {
            let batch = self.pump.read().await.unwrap();
            if batch.is_empty() {
                return records;
            }
            records.extend(batch);
        }
    }

    pub(super) async fn deliver(&self, records: &[Value]) {
        self.pump.delivery.deliver("shard-1", records).await;
    }

    /// The titles of the frames that came to this user's socket, in their order.
    pub(super) async fn told(&mut self, user: &str) -> Vec<String> {
        let (socket, mut titles) = (self.sockets.get_mut(user).unwrap(), Vec::new());
        loop {
            let order = tokio::select! {
                biased;
                order = socket.next() => order,
                () = std::future::ready(()) => return titles,
            };
            let Some(Order::Send(frame)) = order else { panic!("no frame: {order:?}") };
            let frame: Value = serde_json::from_str(&frame).unwrap();
            titles.push(frame["title"].as_str().unwrap().to_owned());
        }
    }

    /// What was given up, oldest first.
    pub(super) fn given_up(&self) -> Vec<Value> {
        let Ok(files) = fs::read_dir(&self.folder) else { return Vec::new() };
        let mut files: Vec<_> = files.map(|file| file.unwrap().path()).collect();
        files.sort();
        files.iter().map(|file| serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()).collect()
    }

    /// The records in what was given up.
    pub(super) fn given_up_records(&self) -> Vec<Value> {
        let event = |document: Value| -> Value {
            serde_json::from_str(document["payload"].as_str().unwrap()).unwrap()
        };
        self.given_up()
            .into_iter()
            .flat_map(|document| event(document)["Records"].as_array().unwrap().clone())
            .collect()
    }
}

impl Drop for Scene {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A record that isn't even one, so that the function fails as a whole.
pub(super) fn unparsable(mark: &str) -> Value {
    json!({ "eventID": ["no", "text"], "dynamodb": { "SequenceNumber": mark } })
}

fn user(name: &str) -> UserId {
    name.to_owned().try_into().unwrap()
}
