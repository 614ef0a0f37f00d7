//! An owner: now and then does something with what came.

use std::{sync::Arc, time::Duration};

use belfry_tests::{Client, NOTIFICATIONS, path_of};
use tokio::{sync::watch, time::sleep};

use crate::{end, ledger::Ledger};

/// The longest pause between two things that an owner does.
const PAUSE_MILLIS: u64 = 4_000;

/// By weight.
const ACTIONS: [(&str, u32); 8] = [
    ("mark_as_read", 35),
    ("mark_as_unread", 10),
    ("archive", 12),
    ("unarchive", 5),
    ("delete", 20),
    ("seen", 10),
    ("mark_all_read", 2),
    ("look", 6),
];

pub(crate) async fn act(
    owner: Client,
    mut rng: fastrand::Rng,
    ledger: Arc<Ledger>,
    mut stopped: watch::Receiver<bool>,
) {
    loop {
        tokio::select! {
            () = end(&mut stopped) => return,
            () = sleep(Duration::from_millis(rng.u64(..PAUSE_MILLIS))) => {}
        }
        once(&owner, &mut rng, &ledger).await;
    }
}

async fn once(owner: &Client, rng: &mut fastrand::Rng, ledger: &Ledger) {
    let action = chosen(rng);
    let (status, expected) = match action {
        "look" => (owner.get(NOTIFICATIONS).await.status, 200),
        "seen" => (owner.post(&format!("{NOTIFICATIONS}seen/")).await.status, 200),
        "mark_all_read" => {
            let status = owner.post(&format!("{NOTIFICATIONS}mark_all_read/")).await.status;
            ledger.touch_all(owner.user());
            (status, 200)
        }
        single => {
            let Some(id) = ledger.touch(owner.user(), rng) else { return };
            if single == "delete" {
                let status = owner.delete(&path_of(&id)).await.status;
                ledger.delete(owner.user(), &id);
                (status, 204)
            } else {
                (owner.act(&id, single).await.status, 200)
            }
        }
    };
    ledger.count("actions");
    if status != expected {
        ledger.violation(format!("{}: {action} was answered {status}", owner.user()));
    }
}

fn chosen(rng: &mut fastrand::Rng) -> &'static str {
    let mut place = rng.u32(..ACTIONS.iter().map(|(_, weight)| weight).sum::<u32>());
    for (action, weight) in ACTIONS {
        match place.checked_sub(weight) {
            Some(rest) => place = rest,
            None => return action,
        }
    }
    unreachable!("the place is below the sum of the weights")
}
