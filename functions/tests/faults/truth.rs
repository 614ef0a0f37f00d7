//! What the API says there is, which is what every device must show.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::world::World;

/// How a notification is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) title: String,
    pub(crate) is_read: bool,
    pub(crate) archived: bool,
    pub(crate) asleep: bool,
}

impl Shown {
    /// As a frame or an answer of the API tells it.
    pub(crate) fn of(item: &Value) -> Self {
        Self {
            title: item["title"].as_str().unwrap_or_default().to_owned(),
            is_read: item["is_read"] == true,
            archived: item["archived_at"].is_string(),
            asleep: item["snoozed_until"].is_string(),
        }
    }
}

/// Everything in the bearer's inbox, archive and sleep, and the read watermark; the status where it can't be had now.
pub(crate) async fn listed(world: &World, token: &str) -> Result<(Vec<Value>, Value), u64> {
    let (mut items, mut mark) = (Vec::new(), Value::Null);
    for status in ["all", "archived", "snoozed"] {
        let mut next = Some(format!("/api/notifications/?limit=100&status={status}"));
        while let Some(path) = next {
            let answer = world.get(&path, token).await;
            if answer.status() != 200 {
                return Err(answer.status());
            }
            let page = answer.body();
            items.extend(page["results"].as_array().unwrap().iter().cloned());
            mark = page["read_watermark"].clone();
            next = page["next"].as_str().map(|url| url[url.find("/api/").unwrap()..].to_owned());
        }
    }
    Ok((items, mark))
}

/// What every device of the bearer's must show; nothing is listed twice.
pub(crate) async fn screen(world: &World, token: &str) -> BTreeMap<String, Shown> {
    let (items, _) = listed(world, token).await.unwrap();
    let screen: BTreeMap<_, _> =
        items.iter().map(|item| (item["id"].as_str().unwrap().to_owned(), Shown::of(item))).collect();
    assert_eq!(screen.len(), items.len(), "something is listed twice");
    screen
}
