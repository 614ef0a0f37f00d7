//! Every action from wherever a notification may be: the table of rule 3 of `docs/consistency.md`, written down a second
//! time.

use belfry_domain::{NotificationId, Status, UserId};

use crate::support::{
    actions,
    left::{OLD, Stored, mark, meta},
    store::{Item, Store},
    user,
};

/// What becomes of it, by action: a status is where it goes, `=` is nothing, `-` is not there.
#[rustfmt::skip]
const TABLE: [(&str, [char; 6]); 9] = [
    //            read unread archive unarchive snooze delete
    ("unread",   ['r', '=', 'a', '=', 's', 'd']),
    ("marked",   ['=', 'u', 'a', '=', 's', 'd']),
    ("read",     ['=', 'u', 'a', '=', 's', 'd']),
    ("archived", ['=', 'u', '=', 'r', '=', 'd']),
    ("snoozed",  ['=', 'u', 'a', '=', 's', 'd']),
    ("due",      ['r', 'u', 'a', 'u', 's', 'd']),
    ("deleted",  ['-', '-', '-', '-', '-', '-']),
    ("expired",  ['-', '-', '-', '-', '-', '-']),
    ("absent",   ['-', '-', '-', '-', '-', '-']),
];

/// A notification that stands so, in an inbox of its own.
async fn stored_in_state(store: &Store, owner: &UserId, start: &str) -> NotificationId {
    let left = match start {
        "read" => Stored::unread(OLD).status(Status::Read),
        "archived" => Stored::unread(OLD).status(Status::Archived),
        "snoozed" => Stored::unread(OLD).status(Status::Snoozed),
        "due" => Stored::unread(OLD).snoozed(-1),
        "deleted" => Stored::unread(OLD).status(Status::Deleted),
        "expired" => Stored::unread(OLD).expired(1),
        _ => Stored::unread(OLD),
    };
    if start != "absent" {
        store.insert(left.of(owner.as_str())).await;
    }
    if start == "marked" {
        store.insert(meta(owner.as_str(), &[mark(OLD / 2)])).await;
    }
    left.id
}

async fn stored(store: &Store, owner: &UserId, id: NotificationId) -> Option<Item> {
    store.item(owner, &format!("n#{id}")).await
}

#[tokio::test]
async fn every_action_leads_from_every_state_where_the_table_says() {
    let store = Store::new().await;
    for (start, expected) in TABLE {
        for (action, expected) in actions().into_iter().zip(expected) {
            let case = format!("{action:?} from {start}");
            let owner = user(&case);
            let id = stored_in_state(&store, &owner, start).await;
            let before = stored(&store, &owner, id).await;
            let answer = store.act(&owner, id, action).await.unwrap();
            let after = stored(&store, &owner, id).await;
            if "=-".contains(expected) {
                assert_eq!(after, before, "{case}");
                assert_eq!(answer.is_some(), expected == '=', "{case}");
            } else {
                let (before, after) = (before.unwrap(), after.unwrap());
                assert!(after["state"].as_s().unwrap().starts_with(expected), "{case}: {after:?}");
                assert!(after["changed"].as_s().unwrap() > before["changed"].as_s().unwrap(), "{case}");
                assert!(after["state"].as_s().unwrap().ends_with(after["changed"].as_s().unwrap()), "{case}");
            }
            assert_eq!(
                answer,
                store.inbox.get(&owner, id).await.unwrap(),
                "{case}: the answer is what stands"
            );
        }
    }
}

#[tokio::test]
async fn deleting_answers_whether_there_is_a_tombstone() {
    let store = Store::new().await;
    for (start, expected) in TABLE {
        let owner = user(start);
        let id = stored_in_state(&store, &owner, start).await;
        let deleted = store.inbox.delete(&owner, id).await.unwrap();
        assert_eq!(deleted, expected[5] == 'd' || start == "deleted", "{start}");
    }
}

/// Repeating what was done changes nothing.
#[tokio::test]
async fn every_action_done_twice_is_done_once() {
    let store = Store::new().await;
    for (start, _) in TABLE {
        for action in actions() {
            let case = format!("{action:?} from {start}");
            let owner = user(&case);
            let id = stored_in_state(&store, &owner, start).await;
            let first = store.act(&owner, id, action).await.unwrap();
            let item = stored(&store, &owner, id).await;
            assert_eq!(store.act(&owner, id, action).await.unwrap(), first, "{case}");
            assert_eq!(stored(&store, &owner, id).await, item, "{case}");
        }
    }
}

#[tokio::test]
async fn every_action_on_a_notification_ahead_of_this_clock_goes_just_past_its_change() {
    let store = Store::new().await;
    for (action, from) in actions().into_iter().zip([
        Status::Unread,
        Status::Read,
        Status::Unread,
        Status::Archived,
        Status::Unread,
        Status::Unread,
    ]) {
        let owner = user(&format!("{action:?}"));
        let ahead = Stored::unread(-3_600_000).status(from);
        store.insert(ahead.of(owner.as_str())).await;
        store.act(&owner, ahead.id, action).await.unwrap();
        let state = store.state(&owner, ahead.id).await;
        assert_eq!((state.status, state.changed), (action.to(), ahead.state.changed.successor()));
    }
}

/// Both find the notification ahead of their clocks, so both go just past it, to the same change.
#[tokio::test]
async fn two_writers_behind_the_same_notification_come_one_after_the_other() {
    let store = Store::new().await;
    for first in 0..actions().len() {
        for second in 0..actions().len() {
            let (owner, ahead) = (user(&format!("{first} {second}")), Stored::unread(-3_600_000));
            store.insert(ahead.of(owner.as_str())).await;
            let act = |index: usize| store.act(&owner, ahead.id, actions()[index]);
            let (one, other) = tokio::join!(act(first), act(second));
            let status = store.state(&owner, ahead.id).await.status.as_char();
            let orders = [[first, second], [second, first]].map(|order| order.into_iter().fold('u', led));
            assert!(orders.contains(&status), "{owner}: {status}");
            let standing = store.inbox.get(&owner, ahead.id).await.unwrap();
            assert!([one.unwrap(), other.unwrap()].contains(&standing), "{owner}: one of them was last");
        }
    }
}

/// Where the table leads from a status.
fn led(from: char, action: usize) -> char {
    let start = match from {
        'u' => "unread",
        'r' => "read",
        'a' => "archived",
        's' => "snoozed",
        _ => "deleted",
    };
    let row = TABLE.iter().find(|(named, _)| *named == start).unwrap();
    if row.1[action].is_alphabetic() { row.1[action] } else { from }
}
