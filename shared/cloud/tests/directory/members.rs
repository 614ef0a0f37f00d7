//! Who is in an audience: page by page, everybody once.

use belfry_cloud::directory::UserEvent;
use belfry_domain::{Audience, Timestamp, UserId, text::Topic};

use crate::support::{
    access::{Access, profile, role},
    user,
};

const AT: Timestamp = Timestamp::from_millis(1_795_000_000_000);

async fn told(access: &Access, name: &str, named: Option<&str>, is_active: bool) {
    let told =
        UserEvent { profile: Some(profile(name)), role: Some(named.map(role)), is_active: Some(is_active) };
    access.directory.apply_event(&user(name), &told, AT).await.unwrap();
}

/// All members, and how many pages they were on.
async fn all(access: &Access, audience: &Audience) -> (Vec<UserId>, usize) {
    let (mut all, mut from, mut pages) = (Vec::new(), None, 0);
    loop {
        let members = access.directory.members(audience, from.as_ref()).await.unwrap();
        assert!(members.users.len() <= 100);
        all.extend(members.users);
        pages += 1;
        if members.next.is_none() {
            all.sort();
            return (all, pages);
        }
        from = members.next;
    }
}

fn users(names: &[&str]) -> Vec<UserId> {
    names.iter().map(|name| user(name)).collect()
}

#[tokio::test]
async fn active_users_are_listed_by_their_role_and_everyone_is_all_of_them() {
    let access = Access::new().await;
    for (name, named, is_active) in [
        ("ana", Some("admin"), true),
        ("bruno", None, true),
        ("carla", Some("admin"), false),
        ("vera", Some("admin"), true),
        ("walter", Some("Admin"), true),
    ] {
        told(&access, name, named, is_active).await;
    }
    let (admins, _) = all(&access, &Audience::Role(role("admin"))).await;
    assert_eq!(admins, users(&["ana", "vera"]));
    assert_eq!(access.directory.all_with_role(&role("admin")).await.unwrap().len(), 2);
    let (everyone, _) = all(&access, &Audience::Everyone).await;
    assert_eq!(everyone, users(&["ana", "bruno", "vera", "walter"]));
}

#[tokio::test]
async fn a_role_that_changes_moves_its_user_and_who_comes_back_is_listed_again() {
    let access = Access::new().await;
    told(&access, "ana", Some("admin"), true).await;
    for (event, admins) in [
        (UserEvent { role: Some(Some(role("viewer"))), ..UserEvent::default() }, 0),
        (UserEvent { role: Some(Some(role("admin"))), ..UserEvent::default() }, 1),
        (UserEvent { is_active: Some(false), ..UserEvent::default() }, 0),
        (UserEvent { is_active: Some(true), ..UserEvent::default() }, 1),
    ] {
        let millis = i64::try_from(access.rows().await[0].len()).unwrap();
        let at = access.directory.user(&user("ana")).await.unwrap().unwrap();
        let latest = at.role_at.max(at.active_at).unwrap();
        access
            .directory
            .apply_event(&user("ana"), &event, Timestamp::from_millis(latest + millis))
            .await
            .unwrap();
        let (found, _) = all(&access, &Audience::Role(role("admin"))).await;
        assert_eq!(found.len(), admins, "{event:?}");
    }
}

#[tokio::test]
async fn a_topic_has_those_who_subscribed_and_have_not_left() {
    let access = Access::new().await;
    let topic = |name: &str| Topic::try_from(name.to_owned()).unwrap();
    let (deploys, deploy) = (topic("deploys"), topic("deploy"));
    for name in ["ana", "bruno", "vera"] {
        access.directory.subscribe(&user(name), &deploys).await.unwrap();
        access.directory.subscribe(&user(name), &deploys).await.unwrap();
    }
    access.directory.unsubscribe(&user("bruno"), &deploys).await.unwrap();
    access.directory.unsubscribe(&user("bruno"), &deploys).await.unwrap();
    let (found, _) = all(&access, &Audience::Topic(deploys.clone())).await;
    assert_eq!(found, users(&["ana", "vera"]));
    assert_eq!(all(&access, &Audience::Topic(deploy)).await.0, []);
    assert!(access.directory.is_subscribed(&user("ana"), &deploys).await.unwrap());
    assert!(!access.directory.is_subscribed(&user("bruno"), &deploys).await.unwrap());
}

#[tokio::test]
async fn pages_of_a_hundred_hold_everybody_once() {
    let access = Access::new().await;
    let names: Vec<_> = (0..250).map(|number| format!("user-{number:03}")).collect();
    let topic = Topic::try_from("deploys".to_owned()).unwrap();
    for name in &names {
        told(&access, name, Some("viewer"), true).await;
        access.directory.subscribe(&user(name), &topic).await.unwrap();
    }
    let expected: Vec<_> = names.iter().map(|name| user(name)).collect();
    for audience in [
        Audience::Users(expected.clone()),
        Audience::Role(role("viewer")),
        Audience::Topic(topic),
        Audience::Everyone,
    ] {
        let (found, pages) = all(&access, &audience).await;
        assert!(found == expected && pages == 3, "{} on {pages} pages", found.len());
    }
}
