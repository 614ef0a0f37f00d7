//! Telling up to a hundred users in one call.

use std::collections::{HashMap, HashSet};

use belfry_tests::{Client, NOTIFICATIONS, Socket, Target, draft_for_many, ids, keys, pointers};
use futures::future::join_all;
use serde_json::{Value, json};

pub(crate) async fn users(belfry: &Target, count: usize) -> Vec<Client> {
    let mut users = Vec::new();
    while users.len() < count {
        users.push(belfry.user().await);
    }
    users
}

fn names(users: &[Client]) -> Vec<&str> {
    users.iter().map(Client::user).collect()
}

/// The id that the answer reports for each user, in the answer's order.
#[track_caller]
pub(crate) fn reported(answer: &Value) -> Vec<(String, String)> {
    let results = answer["results"].as_array().unwrap_or_else(|| panic!("no results: {answer}"));
    let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("no text: {answer}")).to_owned();
    results.iter().map(|created| (text(&created["user"]), text(&created["id"]))).collect()
}

#[tokio::test]
async fn a_hundred_users_each_get_their_own_exactly_once() {
    let belfry = Target::start().await;
    let (admin, users) = (belfry.admin().await, users(&belfry, 100).await);
    let mut body = draft_for_many(&names(&users), "All hands");
    body["data"] = json!({ "room": 7 });
    body["redirect_url"] = json!("/all-hands/");
    let answer = admin.create(&body).await;
    assert_eq!(keys(&answer), ["results"]);
    assert_eq!(keys(&answer["results"][0]), ["id", "user"]);
    let reported = reported(&answer);
    assert_eq!(reported.iter().map(|(user, _)| user.as_str()).collect::<Vec<_>>(), names(&users));
    assert_eq!(reported.iter().map(|(_, id)| id).collect::<HashSet<_>>().len(), 100);
    for (user, (_, id)) in users.iter().zip(&reported) {
        let list = user.list().await;
        assert_eq!(ids(&list), std::slice::from_ref(id), "{}", user.user());
        assert_eq!(user.counts().await, (1, 1));
        let item = &list["results"][0];
        assert_eq!(item["user"], user.user());
        for field in ["title", "message", "notification_type", "data", "redirect_url"] {
            assert_eq!(item[field], body[field], "{field}");
        }
    }
}

#[tokio::test]
async fn every_socket_of_everybody_told_rings_once_and_nobody_elses_does() {
    let belfry = Target::start().await;
    let (admin, users) = (belfry.admin().await, users(&belfry, 30).await);
    let stranger = belfry.user().await;
    let mut strangers = Socket::open(&stranger).await;
    let mut sockets = HashMap::new();
    for user in &users {
        sockets.insert(user.user(), [Socket::open(user).await, Socket::open(user).await]);
    }
    let reported = reported(&admin.create(&draft_for_many(&names(&users), "Ring")).await);
    for (user, id) in &reported {
        for socket in sockets.get_mut(user.as_str()).unwrap() {
            let frame = socket.expect_ring(id).await;
            assert_eq!(frame["unread_count"], 1, "{frame}");
            socket.expect_pong().await;
        }
    }
    let theirs = admin.notify(&stranger, "Alone").await;
    strangers.expect_ring(&theirs).await;
}

#[tokio::test]
async fn one_of_many_is_like_any_other() {
    let belfry = Target::start().await;
    let (admin, users) = (belfry.admin().await, users(&belfry, 1).await);
    let reported = reported(&admin.create(&draft_for_many(&names(&users), "One")).await);
    assert_eq!(reported.len(), 1);
    let id = &reported[0].1;
    assert_eq!(users[0].act(id, "mark_as_read").await.ok(200)["is_read"], true);
    users[0].delete(&belfry_tests::path_of(id)).await.ok(204);
    assert_eq!(users[0].counts().await, (0, 0));
}

#[tokio::test]
async fn ten_calls_at_once_reach_everybody_ten_times() {
    let belfry = Target::start().await;
    let (admin, users) = (belfry.admin().await, users(&belfry, 20).await);
    let body = draft_for_many(&names(&users), "Again");
    let answers = join_all((0..10).map(|_| admin.create(&body))).await;
    let mut expected: HashMap<String, HashSet<String>> = HashMap::new();
    for (user, id) in answers.iter().flat_map(reported) {
        assert!(expected.entry(user).or_default().insert(id));
    }
    for user in &users {
        let found = user.listed("all").await;
        assert_eq!(found.len(), 10, "{}", user.user());
        assert_eq!(found.into_iter().collect::<HashSet<_>>(), expected[user.user()]);
    }
}

#[tokio::test]
async fn a_wrong_list_of_users_is_refused_by_name_and_nobody_is_told() {
    let belfry = Target::start().await;
    let (admin, told) = (belfry.admin().await, users(&belfry, 2).await);
    let [ana, bruno] = [told[0].user(), told[1].user()];
    let hundred_and_one: Vec<_> =
        (1..=5_000).map(|number| format!("nobody-{number}")).chain([ana.to_owned()]).collect();
    let bad = [
        json!([]),
        json!(hundred_and_one),
        json!([ana, bruno, ana]),
        json!([ana, ana]),
        json!([ana, ""]),
        json!([ana, "a\nb"]),
        json!([ana, "x".repeat(256)]),
        json!([ana, null]),
        json!([ana, 7]),
        json!([[ana]]),
        json!(ana),
        json!({ "0": ana }),
        json!(true),
    ];
    for users in bad {
        let mut body = draft_for_many(&[], "Refused");
        body["users"] = users;
        let problem = admin.post_json(NOTIFICATIONS, &body).await.problem(400, "invalid_body");
        assert!(pointers(&problem).contains(&"/users"), "{problem}");
    }
    let mut both = draft_for_many(&[ana], "Refused");
    both["user"] = json!(bruno);
    let problem = admin.post_json(NOTIFICATIONS, &both).await.problem(400, "invalid_body");
    assert_eq!(pointers(&problem), ["/users"]);
    both["title"] = json!("");
    both["users"] = json!([]);
    let problem = admin.post_json(NOTIFICATIONS, &both).await.problem(400, "invalid_body");
    assert_eq!(pointers(&problem), ["/title", "/users"]);
    let neither = json!({ "title": "T", "message": "M", "notification_type": "info" });
    let problem = admin.post_json(NOTIFICATIONS, &neither).await.problem(400, "invalid_body");
    assert_eq!(pointers(&problem), ["/user"]);
    for user in &told {
        assert_eq!(user.counts().await, (0, 0));
        user.post_json(NOTIFICATIONS, &draft_for_many(&[ana], "Spam")).await.problem(403, "forbidden");
    }
}

#[tokio::test]
async fn who_named_users_wrongly_is_not_asked_for_a_user() {
    let belfry = Target::start().await;
    let admin = belfry.admin().await;
    for users in [json!([""]), json!("ana"), json!([7])] {
        let mut body = draft_for_many(&[], "Refused");
        body["users"] = users;
        let problem = admin.post_json(NOTIFICATIONS, &body).await.problem(400, "invalid_body");
        assert_eq!(pointers(&problem), ["/users"], "{problem}");
    }
}
