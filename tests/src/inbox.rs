//! The words of the tests: sending, listing, counting.

use serde_json::{Value, json};

use crate::{answer::Answer, client::Client, drafts::draft, moment::Moment};

/// The names of the lists.
pub const STATUSES: [&str; 5] = ["all", "unread", "read", "archived", "snoozed"];

/// Where the collection is.
pub const NOTIFICATIONS: &str = "/api/notifications/";

/// Where one notification is.
pub fn path_of(id: &str) -> String {
    format!("{NOTIFICATIONS}{id}/")
}

/// An event of that source and kind, with a name of its own, that happened just now.
pub fn event(source: &str, detail_type: &str, detail: &Value) -> Value {
    json!({
        "id": format!("black-box-{:032x}", fastrand::u128(..)), "source": source, "detail-type": detail_type,
        "time": Moment::now().to_string(), "detail": detail,
    })
}

/// An event that asks for the smallest notification.
pub fn requested(user: &str, title: &str) -> Value {
    event("black-box", "Notification Requested", &draft(user, title))
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
        self.counts().await.0
    }

    /// How many notifications are unread, and how many of them unseen.
    pub async fn counts(&self) -> (u64, u64) {
        let counts = self.get("/api/notifications/unread_count/").await.ok(200);
        let count = |name: &str| counts[name].as_u64().unwrap_or_else(|| panic!("no {name}: {counts}"));
        (count("unread_count"), count("unseen_count"))
    }

    /// One notification, as its own address shows it.
    pub async fn shown(&self, id: &str) -> Value {
        self.get(&path_of(id)).await.ok(200)
    }

    /// Does something with a notification, by the name of the action.
    pub async fn act(&self, id: &str, action: &str) -> Answer {
        self.post(&format!("{}{action}/", path_of(id))).await
    }

    /// Snoozes a notification.
    pub async fn snooze(&self, id: &str, until: Moment) -> Answer {
        self.post_json(&format!("{}snooze/", path_of(id)), &json!({ "until": until.to_string() })).await
    }

    /// Marks everything read, and returns how much that was.
    pub async fn mark_all_read(&self) -> u64 {
        let marked = self.post("/api/notifications/mark_all_read/").await.ok(200);
        marked["marked_as_read"].as_u64().unwrap_or_else(|| panic!("no count: {marked}"))
    }

    /// The ids of a whole list, newest first.
    pub async fn listed(&self, status: &str) -> Vec<String> {
        self.walk(&format!("{NOTIFICATIONS}?status={status}&limit=100"), "next").await.concat()
    }

    /// Everything that an inbox of at most a hundred shows: the first page of each list, and the counts.
    pub async fn everything(&self) -> Value {
        let mut shown = json!({ "counts": self.counts().await });
        for status in STATUSES {
            let page = self.get(&format!("{NOTIFICATIONS}?status={status}&limit=100")).await.ok(200);
            assert!(page["next"].is_null(), "more than a hundred: {status}");
            shown[status] = page;
        }
        shown
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
