//! The five lists, and what is of one type in them.

use belfry_tests::{Client, NOTIFICATIONS, STATUSES, Target, draft, ids, pointers};
use serde_json::json;

use crate::transitions::Place;

const TYPES: [&str; 4] = ["info", "permission_denied", "report_ready", "warning"];

/// Where what the list holds is brought to.
pub(crate) fn place_of(status: &str) -> Place {
    match status {
        "all" | "unread" => Place::Unread,
        "read" => Place::Read,
        "archived" => Place::Archived,
        "snoozed" => Place::Snoozed,
        other => panic!("nobody said how something comes into the list {other}"),
    }
}

/// Sends one of that type straight into the list; returns its id.
pub(crate) async fn into_list(admin: &Client, owner: &Client, status: &str, kind: &str) -> String {
    let mut body = draft(owner.user(), kind);
    body["notification_type"] = json!(kind);
    let id = admin.create(&body).await["id"].as_str().unwrap().to_owned();
    place_of(status).reach(owner, &id).await;
    id
}

#[tokio::test]
async fn every_notification_is_in_the_lists_of_its_place_newest_first() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut sent = Vec::new();
    for place in Place::LIVING.repeat(3) {
        let id = admin.notify(&ana, "Somewhere").await;
        place.reach(&ana, &id).await;
        sent.insert(0, (id, place));
    }
    let at = |places: &[Place]| -> Vec<_> {
        sent.iter().filter(|(_, place)| places.contains(place)).map(|(id, _)| id.clone()).collect()
    };
    assert_eq!(ana.listed("all").await, at(&[Place::Unread, Place::Read]));
    for (status, place) in STATUSES[1..].iter().zip(Place::LIVING) {
        assert_eq!(ana.listed(status).await, at(&[place]), "{status}");
    }
    assert_eq!(ids(&ana.list().await), at(&[Place::Unread, Place::Read]));
    assert_eq!(ids(&ana.unread().await), at(&[Place::Unread]));
    assert_eq!(ana.counts().await, (3, 3));
}

#[tokio::test]
async fn what_was_archived_or_snoozed_last_comes_first_and_what_was_read_keeps_its_place() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    for status in ["unread", "read", "archived", "snoozed"] {
        let [third, second, first]: [String; 3] = admin.notify_times(&ana, 3).await.try_into().unwrap();
        let mut expected = vec![first.clone(), third.clone(), second.clone()];
        for id in [&second, &third, &first] {
            ana.act(id, "mark_as_read").await.ok(200);
            match status {
                "unread" => drop(ana.act(id, "mark_as_unread").await.ok(200)),
                _ => place_of(status).reach(&ana, id).await,
            }
        }
        if status == "read" {
            expected = vec![third, second, first];
        }
        assert_eq!(ana.listed(status).await, expected, "{status}");
        for id in expected {
            ana.delete(&belfry_tests::path_of(&id)).await.ok(204);
        }
    }
}

#[tokio::test]
async fn a_type_leaves_only_its_own_in_every_list_and_on_every_page() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    for status in &STATUSES[1..] {
        let mut sent = Vec::new();
        for kind in TYPES.repeat(2) {
            sent.insert(0, (into_list(&admin, &ana, status, kind).await, kind));
        }
        for kind in TYPES {
            let expected: Vec<_> =
                sent.iter().filter(|(_, of)| *of == kind).map(|(id, _)| id.clone()).collect();
            for limit in [1, 100] {
                let path = format!("{NOTIFICATIONS}?type={kind}&status={status}&limit={limit}");
                assert_eq!(ana.walk(&path, "next").await.concat(), expected, "{path}");
            }
        }
    }
    assert_eq!(ana.walk(&format!("{NOTIFICATIONS}?type=info"), "next").await.concat().len(), 4);
    assert_eq!(ana.walk("/api/notifications/unread/?type=info", "next").await.concat().len(), 2);
}

#[tokio::test]
async fn one_of_a_type_is_found_behind_many_of_another_and_back() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let first = into_list(&admin, &ana, "all", "warning").await;
    admin.notify_times(&ana, 40).await;
    let last = into_list(&admin, &ana, "all", "warning").await;
    for list in ["/api/notifications/?", "/api/notifications/unread/?"] {
        let path = format!("{list}type=warning&limit=1");
        let mut page = ana.get(&path).await.ok(200);
        let mut forth = ids(&page);
        let mut turn = page.clone();
        while let Some(next) = ana.link(&page, "next") {
            page = ana.get(&next).await.ok(200);
            forth.extend(ids(&page));
            if ids(&page).contains(&first) {
                turn = page.clone();
            }
        }
        assert_eq!(forth, [last.clone(), first.clone()], "{list}");
        let back = ana.walk(&ana.link(&turn, "previous").unwrap(), "previous").await;
        assert_eq!(back.concat(), std::slice::from_ref(&last), "{list}");
    }
}

#[tokio::test]
async fn what_is_no_type_or_no_list_is_refused_by_name() {
    let belfry = Target::start().await;
    let ana = belfry.user().await;
    for list in [NOTIFICATIONS, "/api/notifications/unread/"] {
        for kind in ["", "news", "INFO", "info,error", "%00"] {
            let problem = ana.get(&format!("{list}?type={kind}")).await.problem(400, "invalid_query");
            assert_eq!(pointers(&problem), ["type"], "{kind}");
        }
    }
    for status in ["", "Unread", "deleted", "seen", "all,read", "%00"] {
        let problem =
            ana.get(&format!("{NOTIFICATIONS}?status={status}")).await.problem(400, "invalid_query");
        assert_eq!(pointers(&problem), ["status"], "{status}");
    }
    ana.get("/api/notifications/unread/?status=unread").await.ok(200);
    for status in STATUSES.iter().filter(|status| **status != "unread") {
        let answer = ana.get(&format!("/api/notifications/unread/?status={status}")).await;
        assert_eq!(pointers(&answer.problem(400, "invalid_query")), ["status"]);
    }
}

#[tokio::test]
async fn a_cursor_belongs_to_one_list_of_one_user() {
    let belfry = Target::start().await;
    let (admin, ana, bruno) = (belfry.admin().await, belfry.user().await, belfry.user().await);
    let mut cursors = Vec::new();
    for status in STATUSES {
        for _ in 0..2 {
            into_list(&admin, &ana, status, "info").await;
        }
    }
    for status in STATUSES {
        let page = ana.get(&format!("{NOTIFICATIONS}?status={status}&limit=1")).await.ok(200);
        let next = ana.get(&ana.link(&page, "next").unwrap()).await.ok(200);
        for (page, link) in [(&page, "next"), (&next, "previous")] {
            let address = ana.link(page, link).unwrap();
            cursors.push((status, address.rsplit_once("cursor=").unwrap().1.to_owned()));
        }
    }
    for (of, cursor) in &cursors {
        for status in STATUSES {
            let path = format!("{NOTIFICATIONS}?status={status}&cursor={cursor}");
            let answer = ana.get(&path).await;
            if status == *of {
                answer.ok(200);
            } else {
                assert_eq!(pointers(&answer.problem(400, "invalid_query")), ["cursor"], "{of} {status}");
            }
            let foreign = bruno.get(&path).await.problem(400, "invalid_query");
            assert_eq!(pointers(&foreign), ["cursor"], "{of} {status}");
        }
    }
}
