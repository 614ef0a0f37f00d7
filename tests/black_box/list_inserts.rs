//! Walking each list both ways while others are put into it.

use belfry_tests::{Client, NOTIFICATIONS, STATUSES, Target, ids};

use crate::list_status::into_list;

/// How many are there before, and come on each way.
const COUNT: usize = 12;

/// Puts that many into the list, one after another; returns their ids, newest first.
async fn fill(admin: &Client, owner: &Client, status: &str) -> Vec<String> {
    let mut sent = Vec::new();
    for _ in 0..COUNT {
        sent.insert(0, into_list(admin, owner, status, "info").await);
    }
    sent
}

/// Walks from the newest to the oldest; returns all that was met, and the last page's address and content.
async fn forth(owner: &Client, status: &str) -> (Vec<String>, serde_json::Value) {
    let mut page = owner.get(&format!("{NOTIFICATIONS}?status={status}&limit=3")).await.ok(200);
    assert!(page["previous"].is_null(), "{status}: nothing is newer than the first page");
    let mut met = ids(&page);
    while let Some(next) = owner.link(&page, "next") {
        page = owner.get(&next).await.ok(200);
        met.extend(ids(&page));
        assert!(page["previous"].is_string(), "{status}: {page}");
    }
    (met, page)
}

async fn walks_both_ways(status: &str) {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let before = fill(&admin, &ana, status).await;

    let ((met, last), on_the_way) = futures::join!(forth(&ana, status), fill(&admin, &ana, status));
    // What came before the first page was read is met, too: always the newest of what was there then.
    assert!(met.ends_with(&before), "{status}: {met:?} {before:?}");
    let early = &met[..met.len() - before.len()];
    assert!(on_the_way.ends_with(early), "{status}: {met:?} {on_the_way:?}");

    let start = ana.link(&last, "previous").unwrap();
    let (mut back, on_the_way_back) =
        futures::join!(ana.walk(&start, "previous"), fill(&admin, &ana, status));
    back.reverse();
    let met = [back.concat(), ids(&last)].concat();
    let known = [on_the_way, before].concat();
    assert!(met.ends_with(&known), "{status}: {met:?} {known:?}");
    let late = &met[..met.len() - known.len()];
    assert!(on_the_way_back.ends_with(late), "{status}: {met:?} {on_the_way_back:?}");
    assert_eq!(ana.listed(status).await, [on_the_way_back, known].concat(), "{status}");
}

#[tokio::test]
async fn nothing_is_met_twice_or_missed_in_the_list_of_all() {
    walks_both_ways("all").await;
}

#[tokio::test]
async fn nothing_is_met_twice_or_missed_in_the_list_of_what_is_unread() {
    walks_both_ways("unread").await;
}

#[tokio::test]
async fn nothing_is_met_twice_or_missed_in_the_list_of_what_is_read() {
    walks_both_ways("read").await;
}

#[tokio::test]
async fn nothing_is_met_twice_or_missed_in_the_archive() {
    walks_both_ways("archived").await;
}

#[tokio::test]
async fn nothing_is_met_twice_or_missed_in_the_list_of_what_sleeps() {
    walks_both_ways("snoozed").await;
}

#[tokio::test]
async fn an_empty_list_has_no_neighbours_and_one_of_a_single_page_neither() {
    let belfry = Target::start().await;
    let admin = belfry.admin().await;
    for status in STATUSES {
        let ana = belfry.user().await;
        let path = format!("{NOTIFICATIONS}?status={status}&limit=2");
        for count in 0..=2 {
            let page = ana.get(&path).await.ok(200);
            assert_eq!(ids(&page).len(), count, "{status}");
            assert!(page["next"].is_null() && page["previous"].is_null(), "{status}: {page}");
            into_list(&admin, &ana, status, "info").await;
        }
        let page = ana.get(&path).await.ok(200);
        assert!(page["next"].is_string() && page["previous"].is_null(), "{status}: {page}");
        let last = ana.get(&ana.link(&page, "next").unwrap()).await.ok(200);
        assert!(last["next"].is_null() && last["previous"].is_string(), "{status}: {last}");
        let first = ana.get(&ana.link(&last, "previous").unwrap()).await.ok(200);
        assert_eq!(ids(&first), ids(&page), "{status}");
        assert!(first["next"].is_string() && first["previous"].is_null(), "{status}: {first}");
    }
}
