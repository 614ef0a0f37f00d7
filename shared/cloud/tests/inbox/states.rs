//! Every action from wherever a notification may be: the table of rule 3 of `docs/consistency.md`, written down a second
//! time.

use belfry_domain::{Letter, NotificationId, UserId};

use crate::support::{
    actions,
    left::{Left, OLD, mark, meta},
    store::{Item, Store},
    user,
};

/// What becomes of it, by action: a letter is where it goes, `=` is nothing, `-` is not there.
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
async fn standing(store: &Store, owner: &UserId, start: &str) -> NotificationId {
    let left = match start {
        "read" => Left::unread(OLD).letter(Letter::Read),
        "archived" => Left::unread(OLD).letter(Letter::Archived),
        "snoozed" => Left::unread(OLD).letter(Letter::Snoozed),
        "due" => Left::unread(OLD).snoozed(-1),
        "deleted" => Left::unread(OLD).letter(Letter::Deleted),
        "expired" => Left::unread(OLD).expired(1),
        _ => Left::unread(OLD),
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
            let id = standing(&store, &owner, start).await;
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
        let id = standing(&store, &owner, start).await;
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
            let id = standing(&store, &owner, start).await;
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
        Letter::Unread,
        Letter::Read,
        Letter::Unread,
        Letter::Archived,
        Letter::Unread,
        Letter::Unread,
    ]) {
        let owner = user(&format!("{action:?}"));
        let ahead = Left::unread(-3_600_000).letter(from);
        store.insert(ahead.of(owner.as_str())).await;
        store.act(&owner, ahead.id, action).await.unwrap();
        let state = store.state(&owner, ahead.id).await;
        assert_eq!((state.letter, state.changed), (action.to(), ahead.state.changed.successor()));
    }
}

/// Both find the notification ahead of their clocks, so both go just past it, to the same change.
#[tokio::test]
async fn two_writers_behind_the_same_notification_come_one_after_the_other() {
    let store = Store::new().await;
    for first in 0..actions().len() {
        for second in 0..actions().len() {
            let (owner, ahead) = (user(&format!("{first} {second}")), Left::unread(-3_600_000));
            store.insert(ahead.of(owner.as_str())).await;
            let act = |index: usize| store.act(&owner, ahead.id, actions()[index]);
            let (one, other) = tokio::join!(act(first), act(second));
            let letter = store.state(&owner, ahead.id).await.letter.as_char();
            let orders = [[first, second], [second, first]].map(|order| order.into_iter().fold('u', led));
            assert!(orders.contains(&letter), "{owner}: {letter}");
            let standing = store.inbox.get(&owner, ahead.id).await.unwrap();
            assert!([one.unwrap(), other.unwrap()].contains(&standing), "{owner}: one of them was last");
        }
    }
}

/// Where the table leads from a letter.
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
