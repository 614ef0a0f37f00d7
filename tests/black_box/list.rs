//! One page: its size, its order, and what a query may say.

use belfry_tests::{Client, Target, ids, pointers};

const LISTS: [&str; 2] = ["/api/notifications/", "/api/notifications/unread/"];

async fn refuses(client: &Client, path: &str, parameter: &str) {
    let problem = client.get(path).await.problem(400, "invalid_query");
    assert_eq!(pointers(&problem), [parameter], "{path}");
}

#[tokio::test]
async fn a_page_is_newest_first_and_20_long_unless_told_otherwise() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let sent = admin.notify_times(&ana, 105).await;
    for list in LISTS {
        let page = ana.get(list).await.ok(200);
        assert_eq!(ids(&page), sent[..20], "{list}");
        assert!(page["next"].is_string() && page["previous"].is_null(), "{list}");
        for limit in [1, 19, 21, 100] {
            let page = ana.get(&format!("{list}?limit={limit}")).await.ok(200);
            assert_eq!(ids(&page), sent[..limit], "{list} {limit}");
        }
    }
}

#[tokio::test]
async fn a_limit_is_a_number_from_1_to_100() {
    let belfry = Target::start().await;
    let ana = belfry.user().await;
    for list in LISTS {
        for limit in ["0", "101", "-1", "1.5", "1e1", "ten", "", "%00", "99999999999999999999"] {
            refuses(&ana, &format!("{list}?limit={limit}"), "limit").await;
        }
    }
}

#[tokio::test]
async fn a_parameter_that_a_list_does_not_know_is_refused_by_name() {
    let belfry = Target::start().await;
    let ana = belfry.user().await;
    for list in LISTS {
        refuses(&ana, &format!("{list}?page=2"), "page").await;
        refuses(&ana, &format!("{list}?limit=5&Limit=5"), "Limit").await;
        refuses(&ana, &format!("{list}?user=admin"), "user").await;
    }
}

#[tokio::test]
async fn the_list_of_what_is_unread_is_the_list_with_that_status() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let sent = admin.notify_times(&ana, 5).await;
    ana.post(&format!("/api/notifications/{}/mark_as_read/", sent[1])).await.ok(200);
    let unread = [&sent[..1], &sent[2..]].concat();
    for (path, expected) in [("?status=all", &sent), ("?status=unread", &unread), ("unread/?", &unread)] {
        let path = format!("/api/notifications/{path}&limit=2");
        assert_eq!(ana.walk(&path, "next").await.concat(), *expected, "{path}");
    }
    for status in ["", "Unread", "none", "%00"] {
        refuses(&ana, &format!("/api/notifications/?status={status}"), "status").await;
    }
}

#[tokio::test]
async fn a_cursor_that_the_list_did_not_give_is_refused() {
    let belfry = Target::start().await;
    let (admin, ana, bruno) = (belfry.admin().await, belfry.user().await, belfry.user().await);
    admin.notify_times(&ana, 3).await;
    admin.notify_times(&bruno, 3).await;
    for (list, other_list) in [(LISTS[0], LISTS[1]), (LISTS[1], LISTS[0])] {
        let cursor = async |client: &Client, list: &str| {
            let page = client.get(&format!("{list}?limit=1")).await.ok(200);
            client.link(&page, "next").unwrap().rsplit_once("cursor=").unwrap().1.to_owned()
        };
        let own = cursor(&ana, list).await;
        assert_eq!(ids(&ana.get(&format!("{list}?cursor={own}")).await.ok(200)).len(), 2);
        let changed = if own.ends_with('A') { "B" } else { "A" };
        let foreign = [
            cursor(&bruno, list).await,
            cursor(&ana, other_list).await,
            format!("{}{changed}", &own[..own.len() - 1]),
            own[..own.len() - 2].to_owned(),
            format!("{own}{own}"),
            "garbage".to_owned(),
            "%00".to_owned(),
            "1".to_owned(),
            "A".repeat(5_000),
        ];
        for cursor in foreign {
            refuses(&ana, &format!("{list}?cursor={cursor}"), "cursor").await;
        }
    }
}

#[tokio::test]
async fn paths_work_without_their_trailing_slash() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let id = admin.notify_times(&ana, 2).await.swap_remove(0);
    for path in [
        "/api/notifications",
        "/api/notifications/unread",
        "/api/notifications/unread_count",
        &format!("/api/notifications/{id}"),
        "/api/user/current",
        "/api/health",
    ] {
        let (with, without) = (ana.get(&format!("{path}/")).await.ok(200), ana.get(path).await.ok(200));
        assert_eq!(with, without, "{path}");
    }
    let page = ana.get("/api/notifications?limit=1").await.ok(200);
    assert_eq!(ids(&page), std::slice::from_ref(&id));
    assert_eq!(ids(&ana.get(&ana.link(&page, "next").unwrap()).await.ok(200)).len(), 1);
    assert_eq!(ana.post(&format!("/api/notifications/{id}/mark_as_read")).await.ok(200)["is_read"], true);
    assert_eq!(ana.post("/api/notifications/mark_all_read").await.ok(200)["marked_as_read"], 1);
    ana.delete(&format!("/api/notifications/{id}")).await.ok(204);
    ana.delete("/api/session").await.ok(204);
}
