//! Users as claims and events tell of them: events overrule claims, later events earlier ones.

use std::time::Duration;

use aws_sdk_dynamodb::types::AttributeValue;
use belfry_cloud::directory::User;
use belfry_domain::Timestamp;
use belfry_dynamo::{Fault, names};
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

#[tokio::test]
async fn claims_are_written_down_with_their_role_and_later_ones_overrule_them() {
    let access = Access::new().await;
    for (name, named) in [("ana", Some("viewer")), ("ana.a", Some("Supply Lead")), ("ana", None)] {
        let named = named.map(role);
        access.directory.note_claims(&user("ana"), &profile(name), named.as_ref()).await.unwrap();
        let expected =
            User { profile: profile(name), role: named, is_active: true, valid_after: None, event_at: None };
        assert_eq!(ana(&access).await, expected);
    }
    let rows = access.rows().await;
    assert_eq!(
        attributes(&rows[0]),
        ["email", "entity", "first_name", "is_active", "last_name", "record", "username"]
    );
    assert_eq!(access.directory.user(&user("bruno")).await.unwrap(), None);
}

#[tokio::test]
async fn an_event_overrules_claims_and_later_claims_change_nothing() {
    let access = Access::new().await;
    access.directory.note_claims(&user("ana"), &profile("claimed"), Some(&role("admin"))).await.unwrap();
    event(&access, "told", Some("viewer"), true, 0).await;
    let told = ana(&access).await;
    assert_eq!((&told.profile, &told.role), (&profile("told"), &Some(role("viewer"))));
    access.directory.note_claims(&user("ana"), &profile("claimed"), Some(&role("admin"))).await.unwrap();
    assert_eq!(ana(&access).await, told);
}

#[tokio::test]
async fn an_older_event_or_the_same_one_again_changes_nothing() {
    let access = Access::new().await;
    event(&access, "second", Some("viewer"), true, 2_000).await;
    let standing = ana(&access).await;
    event(&access, "first", Some("admin"), false, 1_000).await;
    event(&access, "second again", Some("admin"), true, 2_000).await;
    assert_eq!(ana(&access).await, standing);
    event(&access, "third", Some("viewer"), true, 2_001).await;
    assert_eq!(ana(&access).await.profile, profile("third"));
}

#[tokio::test]
async fn whose_role_changes_has_to_sign_in_anew_and_who_keeps_it_has_not() {
    let access = Access::new().await;
    access.directory.note_claims(&user("ana"), &profile("ana"), Some(&role("viewer"))).await.unwrap();
    event(&access, "ana", Some("viewer"), true, 1_000).await;
    assert_eq!(ana(&access).await.valid_after, None, "the role is the claimed one");
    event(&access, "ana.a", Some("analyst"), true, 2_000).await;
    assert_eq!(ana(&access).await.valid_after, Some(stored(2_000)));
    event(&access, "ana.b", Some("analyst"), true, 3_000).await;
    assert_eq!(ana(&access).await.valid_after, Some(stored(2_000)), "what was worthless stays so");
    event(&access, "ana.b", None, true, 4_000).await;
    assert_eq!((ana(&access).await.valid_after, ana(&access).await.role), (Some(stored(4_000)), None));
    event(&access, "ana.b", None, true, 5_000).await;
    assert_eq!(ana(&access).await.valid_after, Some(stored(4_000)));
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
async fn of_twenty_events_in_any_order_the_latest_stands() {
    let access = Access::new().await;
    let names: Vec<_> = (0..20).map(|n: i64| (n, format!("ana-{n}"))).collect();
    let shuffled = (0..20).map(|n| &names[n * 7 % 20]);
    let noted = shuffled.map(|(n, name)| Box::pin(event(&access, name, Some("viewer"), true, *n)));
    join_all(noted).await;
    let standing = ana(&access).await;
    assert_eq!((standing.profile, standing.event_at), (profile("ana-19"), Some(stored(19))));
}

#[tokio::test]
async fn an_event_whose_answer_is_lost_is_noted_once() {
    let access = Access::new().await;
    access.store.wire.order("PutItem", Fault::LoseAnswer);
    event(&access, "ana", Some("viewer"), true, 1_000).await;
    let standing = ana(&access).await;
    assert_eq!((standing.profile, standing.valid_after), (profile("ana"), Some(stored(1_000))));
    assert_eq!(access.rows().await.len(), 1);
}

#[tokio::test]
async fn claims_that_land_after_an_event_change_nothing() {
    let access = Access::new().await;
    access.store.wire.order("PutItem", Fault::Delay(Duration::from_millis(400)));
    let claims = async {
        access.directory.note_claims(&user("ana"), &profile("claimed"), Some(&role("admin"))).await.unwrap();
    };
    let told = async {
        while access.store.wire.faults_left() > 0 {
            sleep(Duration::from_millis(1)).await;
        }
        event(&access, "told", Some("viewer"), false, 0).await;
    };
    tokio::join!(claims, told);
    let standing = ana(&access).await;
    assert_eq!((standing.profile, standing.role), (profile("told"), Some(role("viewer"))));
    assert!(!standing.is_active);
}

#[tokio::test]
async fn only_users_with_a_role_are_listed_by_role() {
    let access = Access::new().await;
    for (name, named) in [("ana", Some("admin")), ("bruno", None), ("vera", Some("admin"))] {
        let named = named.map(role);
        access.directory.note_claims(&user(name), &profile(name), named.as_ref()).await.unwrap();
    }
    let query = access.store.raw.query().table_name(names::DIRECTORY).index_name("by_role");
    let query = query.key_condition_expression("#role = :role").expression_attribute_names("#role", "role");
    let admin = AttributeValue::S("admin".to_owned());
    let found = query.expression_attribute_values(":role", admin).send().await.unwrap().items.unwrap();
    let mut users: Vec<_> = found.iter().map(|row| row["entity"].as_s().unwrap().as_str()).collect();
    users.sort_unstable();
    assert_eq!(users, ["user#ana", "user#vera"]);
}
