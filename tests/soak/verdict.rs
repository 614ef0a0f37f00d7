//! Whether it held.

use std::collections::BTreeSet;

use belfry_tests::{Client, NOTIFICATIONS};
use serde_json::Value;

use crate::{
    device::Device,
    ledger::{Accepted, Ledger},
    view::{Shown, View},
};

/// Notes in the ledger everything that doesn't hold.
pub(crate) async fn judge(users: &[Client], devices: &[Device], ledger: &Ledger) {
    for user in users {
        let accepted = ledger.accepted(user.user());
        let (items, read_watermark) = inbox(user).await;
        let shown = shown(user, &items, &read_watermark, ledger);
        inbox_is_what_was_accepted(user, &accepted, &shown, ledger);
        counts_agree(user, &shown, ledger).await;
        for device in devices.iter().filter(|device| device.owner.user() == user.user()) {
            was_told(device, &accepted, ledger);
            agrees(device, &shown, ledger);
        }
    }
}

/// Everything in an inbox, archived or not, and how far it is read.
pub(crate) async fn inbox(owner: &Client) -> (Vec<Value>, Value) {
    let (mut items, mut watermark) = (Vec::new(), Value::Null);
    for status in ["all", "archived"] {
        let mut path = Some(format!("{NOTIFICATIONS}?status={status}&limit=100"));
        while let Some(here) = path {
            let mut page = owner.get(&here).await.ok(200);
            items.append(page["results"].as_array_mut().unwrap());
            watermark = page["read_watermark"].take();
            path = owner.link(&page, "next");
        }
    }
    (items, watermark)
}

fn shown(user: &Client, items: &[Value], read_watermark: &Value, ledger: &Ledger) -> Shown {
    let mut view = View::default();
    view.read_up_to(read_watermark);
    let mut seen = BTreeSet::new();
    for item in items {
        let id = item["id"].as_str().unwrap();
        if !seen.insert(id) {
            ledger.violation(format!("{}: {id} is there twice", user.user()));
        }
        view.take(id, item);
    }
    view.shown()
}

fn inbox_is_what_was_accepted(user: &Client, accepted: &[Accepted], shown: &Shown, ledger: &Ledger) {
    let name = user.user();
    for Accepted { id, touched, deleted, .. } in accepted {
        match (shown.get(id), deleted) {
            (None, false) => ledger.violation(format!("{name}: {id} was accepted and isn't there")),
            (Some(_), true) => ledger.violation(format!("{name}: {id} was deleted and is there")),
            (Some((true, _)), false) if !touched => {
                ledger.violation(format!("{name}: {id} is read, and its owner didn't read it"));
            }
            _ => {}
        }
    }
    let known: BTreeSet<_> = accepted.iter().map(|accepted| &accepted.id).collect();
    for id in shown.keys().filter(|id| !known.contains(id)) {
        ledger.violation(format!("{name}: {id} is there and was never accepted"));
    }
}

async fn counts_agree(user: &Client, shown: &Shown, ledger: &Ledger) {
    let unread = shown.values().filter(|(is_read, archived)| !is_read && !archived).count();
    let counted = user.unread_count().await;
    if usize::try_from(counted) != Ok(unread) {
        ledger.violation(format!("{}: {unread} are unread, and {counted} are counted", user.user()));
    }
}

/// Each device was told by some frame of everything that was committed after its welcome.
fn was_told(device: &Device, accepted: &[Accepted], ledger: &Ledger) {
    let name = device.owner.user();
    let Some(since) = device.since else {
        return ledger.violation(format!("{name}: a device was never welcome"));
    };
    for Accepted { id, .. } in accepted.iter().filter(|accepted| accepted.began > since) {
        ledger.count("tellings checked");
        if !device.told_before_the_last_hello.contains(id) {
            ledger.count("told by the last hello only");
        }
        if !device.told.contains(id) {
            ledger
                .violation(format!("{name}: a device was never told of {id}, resuming: {}", device.resumes));
        }
    }
    let known: BTreeSet<_> = accepted.iter().map(|accepted| &accepted.id).collect();
    for id in device.told.iter().filter(|id| !known.contains(id)) {
        ledger.violation(format!("{name}: a device was told of {id}, which isn't theirs"));
    }
}

fn agrees(device: &Device, shown: &Shown, ledger: &Ledger) {
    let (name, there) = (device.owner.user(), device.view.shown());
    for id in there.keys().chain(shown.keys()) {
        if there.get(id) != shown.get(id) {
            let (device, inbox) = (there.get(id), shown.get(id));
            ledger.violation(format!(
                "{name}: {id} as (read, archived): {device:?} on a device, {inbox:?} in the inbox"
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::Arc, time::Instant};

    use belfry_tests::{Target, path_of};

    use super::*;

    /// A user who has one notification, as the ledger knows.
    async fn scene() -> (Target, Client, String, Arc<Ledger>) {
        let belfry = Target::start().await;
        let (admin, user, ledger) = (belfry.admin().await, belfry.user().await, Arc::new(Ledger::default()));
        let began = Instant::now();
        let id = admin.notify(&user, &format!("For {}", user.user())).await;
        ledger.accept(user.user(), &id, began);
        (belfry, user, id, ledger)
    }

    /// What is said of that user and those devices.
    async fn said(user: &Client, ledger: &Arc<Ledger>, devices: &[Device]) -> String {
        judge(std::slice::from_ref(user), devices, ledger).await;
        ledger.violations().join("; ")
    }

    #[tokio::test]
    async fn an_inbox_of_what_was_accepted_holds() {
        let (_belfry, user, _, ledger) = scene().await;
        assert_eq!(said(&user, &ledger, &[]).await, "");
    }

    #[tokio::test]
    async fn what_was_accepted_and_is_gone_is_noticed() {
        let (_belfry, user, id, ledger) = scene().await;
        user.delete(&path_of(&id)).await.ok(204);
        assert!(said(&user, &ledger, &[]).await.contains("was accepted and isn't there"));
    }

    #[tokio::test]
    async fn what_was_deleted_and_is_there_is_noticed() {
        let (_belfry, user, id, ledger) = scene().await;
        ledger.delete(user.user(), &id);
        assert!(said(&user, &ledger, &[]).await.contains("was deleted and is there"));
    }

    #[tokio::test]
    async fn what_is_there_and_was_not_accepted_is_noticed() {
        let (belfry, user, _, ledger) = scene().await;
        belfry.admin().await.notify(&user, "Unasked").await;
        assert!(said(&user, &ledger, &[]).await.contains("was never accepted"));
    }

    #[tokio::test]
    async fn what_nobody_read_and_is_read_is_noticed() {
        let (_belfry, user, id, ledger) = scene().await;
        user.act(&id, "mark_as_read").await.ok(200);
        assert!(said(&user, &ledger, &[]).await.contains("didn't read it"));
    }

    #[tokio::test]
    async fn a_device_that_was_told_nothing_and_shows_nothing_is_noticed() {
        let before = Instant::now();
        let (_belfry, user, id, ledger) = scene().await;
        let mut device = Device::new(user.clone(), true, fastrand::Rng::new(), Arc::clone(&ledger));
        device.since = Some(before);
        device.told.insert("another's".to_owned());
        let said = said(&user, &ledger, &[device]).await;
        for expected in ["was never told of", "which isn't theirs", "None on a device"] {
            assert!(said.contains(expected) && said.contains(&id), "{expected}: {said}");
        }
    }
}
