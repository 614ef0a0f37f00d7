//! What a device shows, by the rules of `docs/consistency.md`: only what is newer counts, and read is what says so or is
//! at or below the watermark (rules 4 and 11).

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

/// One notification: whether it is read, and whether it is archived.
pub(crate) type Shown = BTreeMap<String, (bool, bool)>;

#[derive(Clone, Debug, Default)]
pub(crate) struct View {
    items: HashMap<String, Item>,
    read_watermark: String,
}

#[derive(Clone, Debug)]
struct Item {
    changed: String,
    is_read: bool,
    archived: bool,
    deleted: bool,
}

impl View {
    /// Takes in what a frame or a list says of a notification. False where it is known from nothing but a state.
    pub(crate) fn take(&mut self, id: &str, said: &Value) -> bool {
        let item = Item {
            changed: said["changed"].as_str().unwrap_or_else(|| panic!("no change: {said}")).to_owned(),
            is_read: said["is_read"] == true,
            archived: said["archived_at"].is_string(),
            deleted: said["deleted"] == true,
        };
        let whole = item.deleted || said["title"].is_string() || self.items.contains_key(id);
        let known = self.items.entry(id.to_owned()).or_insert_with(|| item.clone());
        if item.changed > known.changed {
            *known = item;
        }
        whole
    }

    /// Everything up to this change is read.
    pub(crate) fn read_up_to(&mut self, mark: &Value) {
        let mark = mark.as_str().unwrap_or_default();
        if mark > self.read_watermark.as_str() {
            mark.clone_into(&mut self.read_watermark);
        }
    }

    pub(crate) fn shown(&self) -> Shown {
        let there = self.items.iter().filter(|(_, item)| !item.deleted);
        there
            .map(|(id, item)| {
                (id.clone(), (item.is_read || item.changed <= self.read_watermark, item.archived))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_older_change_that_comes_later_changes_nothing() {
        let mut view = View::default();
        assert!(view.take("n", &json!({ "changed": "2", "title": "", "is_read": true })));
        view.take("n", &json!({ "changed": "1", "title": "", "is_read": false }));
        assert_eq!(view.shown()["n"], (true, false));
        view.take("n", &json!({ "changed": "3", "deleted": true }));
        assert!(view.shown().is_empty());
    }

    #[test]
    fn a_watermark_reads_what_is_at_or_below_it_and_nothing_newer() {
        let mut view = View::default();
        view.take("old", &json!({ "changed": "1", "title": "" }));
        view.take("new", &json!({ "changed": "3", "title": "" }));
        view.read_up_to(&json!("2"));
        view.read_up_to(&json!("1"));
        assert_eq!(view.shown().into_values().collect::<Vec<_>>(), [(false, false), (true, false)]);
    }

    #[test]
    fn a_state_of_something_unknown_is_not_all_of_it() {
        assert!(!View::default().take("n", &json!({ "changed": "1", "is_read": true })));
        assert!(View::default().take("n", &json!({ "changed": "1", "deleted": true })));
    }
}
