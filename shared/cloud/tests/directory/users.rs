//! Users as claims and events tell of them: events overrule claims, later events earlier ones.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use belfry_cloud::{
    clock,
    directory::{User, UserEvent},
};
use belfry_domain::{Timestamp, UserId};
use belfry_dynamo::Fault;
use futures::future::join_all;
use tokio::time::sleep;

use crate::support::{
    access::{Access, profile, role},
    store::{attributes, operations, strong},
    user,
};

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(1_795_000_000_000 + millis)
}

/// What an event says at that time.
async fn event(access: &Access, name: &str, named: Option<&str>, is_active: bool, millis: i64) {
    access.event(name, named, is_active, at(millis)).await;
}

async fn ana(access: &Access) -> User {
    access.directory.user(&user("ana")).await.unwrap().unwrap()
}

/// That time as a row has it.
fn stored(millis: i64) -> i64 {
    at(millis).as_millis()
}

#[tokio::test]
async fn nobody_is_known_who_was_never_told_of() {
    let access = Access::new().await;
    let (calls, nobody) = access.store.calls_of(access.directory.user(&user("ana"))).await;
    assert_eq!(nobody.unwrap(), None);
    assert_eq!(operations(&calls), ["GetItem"]);
    assert!(strong(&calls));
}

/// What a token's claims say, to somebody who has just looked.
async fn claim(access: &Access, user: &UserId, name: &str, named: Option<&str>) {
    let known = access.directory.user(user).await.unwrap();
    let named = named.map(role);
    access.directory.apply_claims(user, known.as_ref(), &profile(name), named.as_ref()).await.unwrap();
}

#[tokio::test]
async fn claims_are_written_down_with_their_role_and_later_ones_overrule_them() {
    let access = Access::new().await;
    for (name, named) in [("ana", Some("viewer")), ("ana.a", Some("Supply Lead")), ("ana", None)] {
        claim(&access, &user("ana"), name, named).await;
        let expected =
            User { profile: profile(name), role: named.map(role), is_active: true, ..User::default() };
        assert_eq!(ana(&access).await, expected);
    }
    let rows = access.rows().await;
    assert_eq!(
        attributes(&rows[0]),
        ["email", "entity", "first_name", "is_active", "last_name", "listed", "record", "username"]
    );
    assert_eq!(access.directory.user(&user("bruno")).await.unwrap(), None);
}

#[tokio::test]
async fn claims_that_tell_nothing_new_cost_nothing() {
    let access = Access::new().await;
    claim(&access, &user("ana"), "ana", Some("viewer")).await;
    let (calls, ()) = access.store.calls_of(claim(&access, &user("ana"), "ana", Some("viewer"))).await;
    assert_eq!(operations(&calls), ["GetItem"]);
}

#[tokio::test]
async fn claims_leave_alone_from_when_on_tokens_count() {
    let access = Access::new().await;
    claim(&access, &user("ana"), "ana", Some("viewer")).await;
    let mut row = access.rows().await.remove(0);
    row.insert("valid_after".to_owned(), AttributeValue::N(stored(7).to_string()));
    access.put(row).await;
    claim(&access, &user("ana"), "ana.a", Some("analyst")).await;
    let state = ana(&access).await;
    assert_eq!((state.valid_after, state.role), (Some(stored(7)), Some(role("analyst"))));
}

#[tokio::test]
async fn an_event_overrules_claims_and_later_claims_change_nothing() {
    let access = Access::new().await;
    claim(&access, &user("ana"), "claimed", Some("admin")).await;
    event(&access, "told", Some("viewer"), true, 0).await;
    let told = ana(&access).await;
    assert_eq!((&told.profile, &told.role), (&profile("told"), &Some(role("viewer"))));
    claim(&access, &user("ana"), "claimed", Some("admin")).await;
    assert_eq!(ana(&access).await, told);
}

#[tokio::test]
async fn of_what_no_event_has_told_the_claims_are_kept() {
    let access = Access::new().await;
    claim(&access, &user("ana"), "claimed", Some("admin")).await;
    let told = UserEvent { role: Some(Some(role("viewer"))), ..UserEvent::default() };
    access.directory.apply_event(&user("ana"), &told, at(0)).await.unwrap();
    claim(&access, &user("ana"), "claimed anew", Some("admin")).await;
    let state = ana(&access).await;
    assert_eq!((state.profile, state.role), (profile("claimed anew"), Some(role("viewer"))));
}

#[tokio::test]
async fn each_part_is_told_by_the_latest_event_that_tells_it_in_whatever_order_they_come() {
    let (profiled, roled) = (
        UserEvent { profile: Some(profile("ana")), is_active: Some(true), ..UserEvent::default() },
        UserEvent { role: Some(Some(role("manager"))), ..UserEvent::default() },
    );
    for order in [[(&profiled, 1), (&roled, 2)], [(&roled, 2), (&profiled, 1)]] {
        let access = Access::new().await;
        for (told, millis) in order {
            access.directory.apply_event(&user("ana"), told, at(millis)).await.unwrap();
        }
        let state = ana(&access).await;
        assert_eq!((state.profile, state.role), (profile("ana"), Some(role("manager"))));
        assert_eq!((state.profile_at, state.role_at), (Some(stored(1)), Some(stored(2))));
    }
}

#[tokio::test]
async fn an_older_event_or_the_same_one_again_changes_nothing() {
    let access = Access::new().await;
    event(&access, "second", Some("viewer"), true, 2_000).await;
    let state = ana(&access).await;
    event(&access, "first", Some("admin"), true, 1_000).await;
    event(&access, "second again", Some("admin"), true, 2_000).await;
    assert_eq!(ana(&access).await, state);
    event(&access, "third", Some("viewer"), true, 2_001).await;
    assert_eq!(ana(&access).await.profile, profile("third"));
}

#[tokio::test]
async fn whose_role_changes_stays_signed_in() {
    let access = Access::new().await;
    claim(&access, &user("ana"), "ana", Some("viewer")).await;
    for (named, millis) in [(Some("analyst"), 1_000), (None, 2_000), (Some("viewer"), 3_000)] {
        event(&access, "ana", named, true, millis).await;
        let state = ana(&access).await;
        assert_eq!((state.valid_after, state.role), (None, named.map(role)));
    }
}

#[tokio::test]
async fn who_is_deactivated_has_to_sign_in_anew_after_coming_back() {
    let access = Access::new().await;
    event(&access, "ana", Some("viewer"), true, 1_000).await;
    event(&access, "ana", Some("viewer"), false, 2_000).await;
    let gone = ana(&access).await;
    assert_eq!((gone.is_active, gone.valid_after), (false, Some(stored(2_000))));
    event(&access, "ana", Some("viewer"), true, 3_000).await;
    let back = ana(&access).await;
    assert_eq!((back.is_active, back.valid_after), (true, Some(stored(2_000))));
}

#[tokio::test]
async fn a_date_that_is_yet_to_come_keeps_nobody_an_admin() {
    let access = Access::new().await;
    let now = clock::now();
    access.event("ana", Some("admin"), true, now.plus_millis(290_000)).await;
    access.event("ana", Some("viewer"), true, now.plus_millis(280_000)).await;
    assert_eq!(ana(&access).await.role, Some(role("admin")), "of two that are ahead the later one");
    access.event("ana", Some("viewer"), false, now).await;
    let user = ana(&access).await;
    assert_eq!((user.role, user.is_active), (Some(role("viewer")), false));
}

#[tokio::test]
async fn of_twenty_events_in_any_order_the_latest_stands() {
    let access = Access::new().await;
    let names: Vec<_> = (0..20).map(|n: i64| (n, format!("ana-{n}"))).collect();
    let shuffled = (0..20).map(|n| &names[n * 7 % 20]);
    let noted = shuffled.map(|(n, name)| Box::pin(event(&access, name, Some("viewer"), true, *n)));
    join_all(noted).await;
    let state = ana(&access).await;
    assert_eq!((state.profile, state.profile_at), (profile("ana-19"), Some(stored(19))));
}

#[tokio::test]
async fn an_event_whose_answer_is_lost_is_noted_once() {
    let access = Access::new().await;
    access.store.wire.order("PutItem", Fault::LoseAnswer);
    event(&access, "ana", Some("viewer"), false, 1_000).await;
    let state = ana(&access).await;
    assert_eq!((state.profile, state.valid_after), (profile("ana"), Some(stored(1_000))));
    assert_eq!(access.rows().await.len(), 1);
}

#[tokio::test]
async fn claims_that_land_after_an_event_change_nothing() {
    let access = Access::new().await;
    access.store.wire.order("PutItem", Fault::Delay(Duration::from_millis(400)));
    let claims = async {
        let (ana, profile, role) = (user("ana"), profile("claimed"), role("admin"));
        access.directory.apply_claims(&ana, None, &profile, Some(&role)).await.unwrap();
    };
    let told = async {
        while access.store.wire.faults_left() > 0 {
            sleep(Duration::from_millis(1)).await;
        }
        event(&access, "told", Some("viewer"), false, 0).await;
    };
    tokio::join!(claims, told);
    let state = ana(&access).await;
    assert_eq!((state.profile, state.role), (profile("told"), Some(role("viewer"))));
    assert!(!state.is_active);
}

mod deactivation {
    use super::*;

    fn orders<T: Clone>(items: &[T]) -> Vec<Vec<T>> {
        if items.is_empty() {
            return vec![Vec::new()];
        }
        let mut all = Vec::new();
        for first in 0..items.len() {
            let mut rest = items.to_vec();
            let item = rest.remove(first);
            all.extend(orders(&rest).into_iter().map(|order| [vec![item.clone()], order].concat()));
        }
        all
    }

    /// Somebody who leaves, comes back, leaves and comes back again: in whatever order that is heard of.
    #[tokio::test]
    async fn ends_older_tokens_in_every_order_of_arrival() {
        let events = [(false, 1_000), (true, 2_000), (false, 3_000), (true, 4_000)];
        let access = Access::new().await;
        for (index, order) in orders(&events).into_iter().enumerate() {
            let somebody = user(&format!("user-{index}"));
            // Each is delivered twice.
            for (is_active, millis) in order.iter().chain(&order) {
                let told = UserEvent { is_active: Some(*is_active), ..UserEvent::default() };
                access.directory.apply_event(&somebody, &told, at(*millis)).await.unwrap();
            }
            let end = access.directory.user(&somebody).await.unwrap().unwrap();
            let expected = (true, Some(stored(4_000)), Some(stored(3_000)));
            assert_eq!((end.is_active, end.active_at, end.valid_after), expected, "{order:?}");
        }
    }

    #[tokio::test]
    async fn ahead_of_the_clock_keeps_nobody_out_who_signs_in_later() {
        let access = Access::new().await;
        access.event("ana", None, false, clock::now().plus_millis(280_000)).await;
        let now = clock::now();
        access.event("ana", None, true, now).await;
        let back = ana(&access).await;
        assert!(back.is_active && back.valid_after <= Some(now.as_millis()), "{back:?}");
        assert!(back.valid_after >= Some(now.as_millis() - 5_000), "tokens from before are worthless");
    }
}
