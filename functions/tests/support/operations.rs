//! Every operation of the API, each with a request that succeeds.

use std::collections::BTreeSet;

use belfry_cloud::clock;
use belfry_domain::Audience;
use serde_json::{Value, json};

use super::{
    draft,
    sample::{event, event_with, filled, request, with_body},
    user,
    world::World,
};

/// One operation: its method, its path as it is documented, and a body where it takes one.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    body: Option<Value>,
}

impl Operation {
    fn new(method: &'static str, path: &'static str) -> Self {
        Self { method, path, body: None }
    }

    fn with(self, body: Value) -> Self {
        Self { body: Some(body), ..self }
    }

    pub(crate) fn name(&self) -> (String, String) {
        (self.method.to_owned(), self.path.to_owned())
    }

    /// The request of the bearer, about that notification or broadcast where it is about one.
    pub(crate) fn event(&self, id: &str, token: &str) -> Value {
        let event = request(self.method, &self.path.replace("{id}", id).replace("{topic}", "deploys"), token);
        match &self.body {
            Some(body) => with_body(event, body),
            None => event,
        }
    }
}

/// A sample that waits for the time of its event, and has it.
pub(crate) fn happened(sample: &Value) -> Value {
    filled(sample, "<TIME>", &clock::now().to_string())
}

/// The body of an event.
fn signal() -> Value {
    serde_json::from_str(happened(&event("api-event"))["body"].as_str().unwrap()).unwrap()
}

/// In an order in which each has something to do for an admin, with one notification of their own. The last one ends the
/// token.
pub(crate) fn operations() -> Vec<Operation> {
    const ONE: &str = "/api/notifications/{id}/";
    let later = clock::now().plus_millis(3_600_000);
    let new = json!({ "user": "ana", "title": "Hi", "message": "There", "notification_type": "info" });
    vec![
        Operation::new("GET", "/api/health/"),
        Operation::new("GET", "/api/schema/"),
        Operation::new("GET", "/api/user/current/"),
        Operation::new("POST", "/api/notifications/").with(new),
        Operation::new("POST", "/api/events/").with(signal()),
        Operation::new("GET", "/api/broadcasts/"),
        Operation::new("GET", "/api/broadcasts/{id}/"),
        Operation::new("PATCH", "/api/broadcasts/{id}/").with(json!({ "title": "Changed" })),
        Operation::new("POST", "/api/broadcasts/{id}/retry/"),
        Operation::new("POST", "/api/broadcasts/{id}/cancel/"),
        Operation::new("DELETE", "/api/broadcasts/{id}/"),
        Operation::new("PUT", "/api/topics/{topic}/subscription/"),
        Operation::new("GET", "/api/topics/{topic}/subscription/"),
        Operation::new("DELETE", "/api/topics/{topic}/subscription/"),
        Operation::new("GET", "/api/notifications/"),
        Operation::new("GET", "/api/notifications/unread/"),
        Operation::new("GET", "/api/notifications/unread_count/"),
        Operation::new("POST", "/api/notifications/seen/"),
        Operation::new("GET", ONE),
        Operation::new("PATCH", ONE).with(json!({ "title": "Changed" })),
        Operation::new("PUT", ONE).with(json!({ "is_read": true })),
        Operation::new("POST", "/api/notifications/{id}/mark_as_unread/"),
        Operation::new("POST", "/api/notifications/{id}/mark_as_read/"),
        Operation::new("POST", "/api/notifications/{id}/archive/"),
        Operation::new("POST", "/api/notifications/{id}/unarchive/"),
        Operation::new("POST", "/api/notifications/{id}/snooze/").with(json!({ "until": later })),
        Operation::new("POST", "/api/notifications/mark_all_read/"),
        Operation::new("DELETE", ONE),
        Operation::new("POST", "/api/ws/ticket/"),
        Operation::new("POST", "/api/session/"),
        Operation::new("DELETE", "/api/session/"),
    ]
}

/// The operations that the OpenAPI document lists.
pub(crate) async fn documented(world: &World) -> BTreeSet<(String, String)> {
    let document = world.api(event("api-schema")).await.body();
    let paths = document["paths"].as_object().unwrap().iter();
    let operations = paths.flat_map(|(path, item)| {
        item.as_object().unwrap().keys().map(move |method| (method.to_uppercase(), path.clone()))
    });
    operations.collect()
}

impl World {
    /// The id of a new notification from the bearer, an admin, to themselves, and of a broadcast of theirs.
    pub(crate) async fn create_own(&self, token: &str) -> String {
        let own = json!({ "user": "admin", "title": "Hi", "message": "There", "notification_type": "info" });
        let created = self.api(with_body(event_with("api-create", token), &own)).await;
        let id = created.body()["id"].as_str().unwrap().to_owned();
        let content = draft("admin").content;
        let (audience, admin) = (Audience::Everyone, user("admin"));
        self.broadcasts.create(id.parse().unwrap(), &admin, &audience, &content).await.unwrap();
        id
    }
}
