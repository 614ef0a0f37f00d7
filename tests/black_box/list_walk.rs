//! Walking a list page by page, while it stands still and while it changes.

use belfry_tests::{Target, ids};

const LISTS: [&str; 2] = ["/api/notifications/", "/api/notifications/unread/"];

#[tokio::test]
async fn a_walk_forth_sees_everything_once_and_in_order() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let sent = admin.notify_times(&ana, 40).await;
    for list in LISTS {
        for limit in [1, 7, 10, 39, 40, 41] {
            let pages = ana.walk(&format!("{list}?limit={limit}"), "next").await;
            assert!(pages.iter().all(|page| page.len() <= limit), "{list} {limit}");
            assert_eq!(pages.concat(), sent, "{list} {limit}");
        }
    }
}

#[tokio::test]
async fn a_walk_back_sees_everything_before_once_and_in_order() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let sent = admin.notify_times(&ana, 23).await;
    for list in LISTS {
        let mut page = ana.get(&format!("{list}?limit=5")).await.ok(200);
        while let Some(next) = ana.link(&page, "next") {
            page = ana.get(&next).await.ok(200);
        }
        let last = ids(&page);
        assert_eq!(last, sent[sent.len() - last.len()..], "{list}");
        let mut back = ana.walk(&ana.link(&page, "previous").unwrap(), "previous").await;
        back.reverse();
        assert_eq!(back.concat(), sent[..sent.len() - last.len()], "{list}");
    }
}

#[tokio::test]
async fn forth_and_back_meet_the_same_pages() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let sent = admin.notify_times(&ana, 12).await;
    for list in LISTS {
        let first = ana.get(&format!("{list}?limit=4")).await.ok(200);
        let second = ana.get(&ana.link(&first, "next").unwrap()).await.ok(200);
        let back = ana.get(&ana.link(&second, "previous").unwrap()).await.ok(200);
        assert_eq!((ids(&back), ids(&second)), (sent[..4].to_vec(), sent[4..8].to_vec()), "{list}");
        let forth = ana.get(&ana.link(&back, "next").unwrap()).await.ok(200);
        assert_eq!(ids(&forth), sent[4..8], "{list}");
    }
}

#[tokio::test]
async fn what_arrives_during_a_walk_moves_no_page_and_is_met_on_the_way_back() {
    let belfry = Target::start().await;
    for list in LISTS {
        let (admin, ana) = (belfry.admin().await, belfry.user().await);
        let sent = admin.notify_times(&ana, 12).await;
        let mut page = ana.get(&format!("{list}?limit=4")).await.ok(200);
        let (mut seen, mut arrived) = (ids(&page), Vec::new());
        while let Some(next) = ana.link(&page, "next") {
            arrived.insert(0, admin.notify(&ana, "Meanwhile").await);
            page = ana.get(&next).await.ok(200);
            seen.extend(ids(&page));
        }
        assert_eq!(seen, sent, "{list}");
        let mut back = ana.walk(&ana.link(&page, "previous").unwrap(), "previous").await;
        back.reverse();
        let last = ids(&page).len();
        assert_eq!(back.concat(), [arrived, sent[..sent.len() - last].to_vec()].concat(), "{list}");
    }
}

#[tokio::test]
async fn what_is_read_or_deleted_during_a_walk_skips_nothing() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let sent = admin.notify_times(&ana, 12).await;
    let mut page = ana.get("/api/notifications/unread/?limit=3").await.ok(200);
    let mut seen = ids(&page);
    let mut turn = 0;
    loop {
        for id in ids(&page) {
            let path = format!("/api/notifications/{id}/");
            if turn % 2 == 0 {
                ana.post(&format!("{path}mark_as_read/")).await.ok(200);
            } else {
                ana.delete(&path).await.ok(204);
            }
            turn += 1;
        }
        let Some(next) = ana.link(&page, "next") else { break };
        page = ana.get(&next).await.ok(200);
        seen.extend(ids(&page));
    }
    assert_eq!(seen, sent);
    let kept: Vec<_> = sent.iter().step_by(2).cloned().collect();
    assert_eq!(ana.walk("/api/notifications/?limit=4", "next").await.concat(), kept);
    assert!(ids(&ana.unread().await).is_empty());
}

#[tokio::test]
async fn what_lies_behind_many_deleted_ones_is_still_found() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let old = admin.notify_times(&ana, 2).await;
    for id in admin.notify_times(&ana, 25).await {
        ana.delete(&format!("/api/notifications/{id}/")).await.ok(204);
    }
    let new = admin.notify_times(&ana, 2).await;
    let kept = [new, old].concat();
    for limit in [100, 20, 2, 1] {
        let pages = ana.walk(&format!("/api/notifications/?limit={limit}"), "next").await;
        assert_eq!(pages.concat(), kept, "{limit}");
    }
}

#[tokio::test]
async fn a_page_whose_neighbours_were_deleted_still_leads_back_to_the_others() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let sent = admin.notify_times(&ana, 6).await;
    let first = ana.get("/api/notifications/?limit=3").await.ok(200);
    let second = ana.get(&ana.link(&first, "next").unwrap()).await.ok(200);
    for id in &sent[..3] {
        ana.delete(&format!("/api/notifications/{id}/")).await.ok(204);
    }
    let back = ana.get(&ana.link(&second, "previous").unwrap()).await.ok(200);
    assert!(ids(&back).is_empty());
    let forth = ana.walk(&ana.link(&back, "next").expect("there is more behind"), "next").await;
    assert_eq!(forth.concat(), sent[3..]);
}
