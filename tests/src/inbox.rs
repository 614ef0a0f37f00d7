//! The words of the tests: sending, listing, counting.

use serde_json::{Value, json};

use crate::client::Client;

/// The smallest body that creates a notification.
pub fn draft(user: &str, title: &str) -> Value {
    json!({ "user": user, "title": title, "message": format!("About: {title}"), "notification_type": "info" })
}

/// The ids of a list's results, in order.
pub fn ids(list: &Value) -> Vec<String> {
    let results = list["results"].as_array().unwrap_or_else(|| panic!("no list: {list}"));
    results.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

/// An object's field names, sorted.
pub fn keys(object: &Value) -> Vec<&str> {
    let fields = object.as_object().unwrap_or_else(|| panic!("no object: {object}"));
    let mut keys: Vec<_> = fields.keys().map(String::as_str).collect();
    keys.sort_unstable();
    keys
}

/// The fields that a problem names, sorted.
pub fn pointers(problem: &Value) -> Vec<&str> {
    let errors = problem["errors"].as_array().unwrap_or_else(|| panic!("no errors: {problem}"));
    let mut pointers: Vec<_> = errors.iter().map(|error| error["pointer"].as_str().unwrap()).collect();
    pointers.sort_unstable();
    pointers
}

impl Client {
    /// Creates a notification and returns it as the answer shows it.
    pub async fn create(&self, body: &Value) -> Value {
        self.post_json("/api/notifications/", body).await.ok(201)
    }

    /// Sends somebody a notification of that title and returns its id.
    pub async fn notify(&self, to: &Client, title: &str) -> String {
        self.create(&draft(to.user(), title)).await["id"].as_str().unwrap().to_owned()
    }

    /// Sends somebody that many notifications, one after another, and returns their ids, newest first.
    pub async fn notify_times(&self, to: &Client, count: usize) -> Vec<String> {
        let mut ids = Vec::new();
        for number in 0..count {
            ids.insert(0, self.notify(to, &format!("Number {number}")).await);
        }
        ids
    }

    /// The first page of the inbox.
    pub async fn list(&self) -> Value {
        self.get("/api/notifications/").await.ok(200)
    }

    /// The first page of what is unread.
    pub async fn unread(&self) -> Value {
        self.get("/api/notifications/unread/").await.ok(200)
    }

    /// How many notifications are unread, exactly.
    pub async fn unread_count(&self) -> u64 {
        let counts = self.get("/api/notifications/unread_count/").await.ok(200);
        counts["unread_count"].as_u64().unwrap_or_else(|| panic!("no count: {counts}"))
    }

    /// The whole list from `path` on, page by page along `link` (`next` or `previous`).
    pub async fn walk(&self, path: &str, link: &str) -> Vec<Vec<String>> {
        let mut pages = Vec::new();
        let mut path = Some(path.to_owned());
        while let Some(here) = path {
            let page = self.get(&here).await.ok(200);
            pages.push(ids(&page));
            assert!(pages.len() <= 1_000, "the walk along `{link}` doesn't end");
            path = self.link(&page, link);
        }
        pages
    }

    /// Where a page's `next` or `previous` leads; `None` where it is null.
    pub fn link(&self, page: &Value, link: &str) -> Option<String> {
        let address = match &page[link] {
            Value::Null => return None,
            address => address.as_str().unwrap_or_else(|| panic!("{link} is no text: {page}")),
        };
        Some(address.strip_prefix(self.url()).unwrap_or(address).to_owned())
    }
}
