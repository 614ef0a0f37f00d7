//! The API as its own document tells it, and how each of its routes is called: a route that nobody said how to call fails
//! the tests that look at every one.

use belfry_tests::{Answer, Client, NOTIFICATIONS, Target, draft, requested};
use reqwest::{Method, header::HeaderName};
use serde_json::{Value, json};

/// One method of one path.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    pub(crate) name: String,
    pub(crate) method: Method,
    pub(crate) path: String,
    /// Whether it answers without a credential.
    pub(crate) public: bool,
    document: Value,
}

/// Every operation that the target documents.
pub(crate) async fn operations(belfry: &Target) -> Vec<Operation> {
    let document = belfry.anonymous().get("/api/schema/").await.ok(200);
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let method: Method = method.to_uppercase().parse().unwrap();
            assert!(METHODS.contains(&method), "{method} {path}: nobody said how to call this");
            operations.push(Operation {
                name: operation["operationId"].as_str().unwrap().to_owned(),
                method,
                path: path.clone(),
                public: operation["security"] == json!([{}]),
                document: operation.clone(),
            });
        }
    }
    assert!(operations.len() >= 31, "routes went missing");
    operations
}

pub(crate) const METHODS: [Method; 5] =
    [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

impl Operation {
    /// The same path by another method.
    pub(crate) fn by(&self, method: &Method) -> Self {
        Self { method: method.clone(), ..self.clone() }
    }

    /// Whether it is about one notification.
    pub(crate) fn takes_id(&self) -> bool {
        self.parameter("id", "path").is_some() && !self.is_about_broadcasts()
    }

    fn is_about_broadcasts(&self) -> bool {
        self.path.starts_with("/api/broadcasts/")
    }

    /// Something of the admin's that it can be about.
    pub(crate) async fn subject(&self, admin: &Client) -> String {
        if !self.is_about_broadcasts() {
            return admin.notify(admin, "Mine").await;
        }
        let mut body = draft("", "From a test of every route");
        body.as_object_mut().unwrap().remove("user");
        body["topic"] = json!("nobody");
        admin.post_json(NOTIFICATIONS, &body).await.ok(202)["broadcast_id"].as_str().unwrap().to_owned()
    }

    /// The lists of which it takes cursors.
    pub(crate) fn lists_with_cursor(&self) -> Vec<String> {
        let texts = |values: &Value| -> Vec<String> {
            values.as_array().unwrap().iter().map(|value| value.as_str().unwrap().to_owned()).collect()
        };
        match (self.parameter("cursor", "query"), self.parameter("status", "query")) {
            (None, _) => Vec::new(),
            // Its cursor is a broadcast's id, and shows no more than the caller may see anyway.
            (Some(_), None) if self.name == "listBroadcasts" => Vec::new(),
            (Some(_), Some(status)) => texts(&status["schema"]["enum"]),
            (Some(_), None) => panic!("{}: nobody said whose cursors it takes", self.name),
        }
    }

    /// Its address for that notification.
    pub(crate) fn address(&self, id: &str) -> String {
        self.path.replace("{id}", id).replace("{topic}", "nobody")
    }

    /// Bodies that it takes from that caller; an empty one where it takes none.
    pub(crate) fn bodies(&self, caller: &Client) -> Vec<String> {
        self.assert_known();
        if self.document.get("requestBody").is_none() {
            return vec![String::new()];
        }
        let bodies = match self.name.as_str() {
            "createNotification" => vec![draft(caller.user(), "From a test of every route")],
            "sendEvent" => vec![requested(caller.user(), "From a test of every route")],
            "updateBroadcast" => vec![json!({}), json!({ "title": "Overwritten" })],
            "markSeen" => vec![json!({}), json!({ "up_to": "0199c000-0000-7000-8000-000000000000" })],
            "snooze" => vec![json!({ "until": "2027-06-01T00:00:00Z" })],
            "updateNotification" | "replaceNotification" => vec![
                json!({}),
                json!({ "is_read": true }),
                json!({ "is_read": false }),
                json!({ "archived": true }),
                json!({ "archived": false }),
                json!({ "snoozed_until": "2027-06-01T00:00:00Z" }),
                json!({ "snoozed_until": null }),
                json!({ "title": "Overwritten" }),
                json!({ "user": caller.user() }),
            ],
            _ => panic!("{}: nobody said which bodies it takes", self.name),
        };
        bodies.iter().map(Value::to_string).collect()
    }

    /// Calls it with the first of its bodies.
    pub(crate) async fn call(&self, caller: &Client, id: &str) -> Answer {
        let body = self.bodies(caller).swap_remove(0);
        caller.send(self.method.clone(), &self.address(id), body).await
    }

    /// Fails unless everything that the operation takes is known here.
    fn assert_known(&self) {
        for parameter in self.parameters() {
            let known = match parameter["in"].as_str().unwrap() {
                "path" => ["id", "topic"].as_slice(),
                "query" => &["status", "type", "limit", "cursor"],
                "header" => &["Idempotency-Key", "If-None-Match"],
                other => panic!("{}: nobody said how to send a parameter in {other}", self.name),
            };
            let name = parameter["name"].as_str().unwrap();
            assert!(known.contains(&name), "{}: nobody said what to send as {name}", self.name);
        }
        assert_eq!(
            self.path.matches('{').count(),
            self.parameters().filter(|parameter| parameter["in"] == "path").count(),
            "{}: nobody said what stands in its path",
            self.name
        );
    }

    fn parameters(&self) -> impl Iterator<Item = &Value> {
        self.document["parameters"].as_array().into_iter().flatten()
    }

    fn parameter(&self, name: &str, place: &str) -> Option<&Value> {
        self.parameters().find(|parameter| parameter["name"] == name && parameter["in"] == place)
    }

    /// Whether it takes that header.
    pub(crate) fn takes_header(&self, name: &HeaderName) -> bool {
        let named =
            |parameter: &Value| parameter["name"].as_str().unwrap().eq_ignore_ascii_case(name.as_str());
        self.parameters().any(|parameter| parameter["in"] == "header" && named(parameter))
    }
}
