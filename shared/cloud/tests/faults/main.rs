//! The store over a wire that loses answers, comes late and refuses: rule 2 of `docs/consistency.md`.

#![expect(clippy::unwrap_used, reason = "what can't go on fails its test")]

mod actions;
mod changes;
mod creates;
mod late;
mod marks;
mod refused;
#[path = "../support/mod.rs"]
mod support;

use belfry_domain::ChangeId;
use belfry_dynamo::Call;
use support::store::said;

/// How often one write is attempted.
const ATTEMPTS: usize = 5;

/// The change ids that the creating attempts carried, all of one notification.
fn created_changes(calls: &[Call]) -> Vec<ChangeId> {
    let ids = said(calls, "PutItem", "/Item/item/S");
    assert!(ids.windows(2).all(|pair| pair[0] == pair[1]), "one notification: {ids:?}");
    parsed(&said(calls, "PutItem", "/Item/changed/S"))
}

/// The change ids that the updating attempts carried.
fn updated_changes(calls: &[Call]) -> Vec<ChangeId> {
    parsed(&said(calls, "UpdateItem", "/ExpressionAttributeValues/:changed/S"))
}

fn parsed(changes: &[String]) -> Vec<ChangeId> {
    let changes: Vec<ChangeId> = changes.iter().map(|change| change.parse().unwrap()).collect();
    assert!(changes.windows(2).all(|pair| pair[0] < pair[1]), "each attempt mints anew: {changes:?}");
    changes
}
