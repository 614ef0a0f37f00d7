//! Broadcasts: everybody of an audience once, whatever happens to those who work on them; and changing one's mind.

use belfry_domain::NotificationId;
use serde_json::{Value, json};

use crate::support::{
    answered::Answered,
    people::UserEvent,
    world::{BROADCASTS, World},
};

fn body(audience: &Value) -> Value {
    let mut body = json!({ "title": "Maintenance", "message": "At noon.", "notification_type": "warning" });
    body.as_object_mut().unwrap().extend(audience.as_object().unwrap().clone());
    body
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("user-{number:04}")).collect()
}

struct Open {
    world: World,
    admin: String,
    id: NotificationId,
}

impl Open {
    /// A broadcast to so many users who were named.
    async fn to(count: usize) -> Self {
        let world = World::new().await;
        let admin = world.token("admin", "admin");
        let answer =
            world.send("POST", "/api/notifications/", &admin, &body(&json!({ "users": names(count) }))).await;
        assert_eq!(answer.status(), 202, "{answer:?}");
        let id: NotificationId = answer.body()["broadcast_id"].as_str().unwrap().parse().unwrap();
        assert_eq!(answer.header("location"), Some(format!("/api/broadcasts/{id}/").as_str()));
        Self { world, admin, id }
    }

    fn path(&self) -> String {
        format!("/api/broadcasts/{}/", self.id)
    }

    async fn shown(&self) -> Value {
        let answer = self.world.get(&self.path(), &self.admin).await;
        assert_eq!(answer.status(), 200, "{answer:?}");
        answer.body()
    }

    async fn send(&self, method: &str, body: &Value) -> Answered {
        self.world.send(method, &self.path(), &self.admin, body).await
    }

    /// How many inboxes hold the notification, and how often its owner was told another one.
    async fn told(&self) -> (usize, usize) {
        let images = self.world.images().await;
        let whole = images.iter().filter(|image| image.get("title").is_some()).count();
        (whole, images.len() - whole)
    }
}

#[tokio::test]
async fn everybody_who_was_named_is_told_once_and_its_sender_sees_how_far_it_is() {
    let open = Open::to(101).await;
    let shown = open.shown().await;
    assert_eq!((&shown["status"], &shown["recipients"]), (&json!("running"), &json!(0)));
    assert_eq!(shown["audience"], json!({ "users": 101 }));
    open.world.work_off().await;
    let shown = open.shown().await;
    assert_eq!(
        (&shown["status"], &shown["recipients"], &shown["failed"]),
        (&json!("done"), &json!(101), &json!(0))
    );
    assert_eq!(open.told().await, (101, 0));
    for name in ["user-0000", "user-0100"] {
        let list = open.world.get("/api/notifications/", &open.world.token(name, "viewer")).await.body();
        assert_eq!(list["results"][0]["title"], "Maintenance");
    }
}

#[tokio::test]
async fn up_to_a_hundred_who_are_named_are_told_at_once() {
    let world = World::new().await;
    let users = body(&json!({ "users": names(100) }));
    let answer = world.send("POST", "/api/notifications/", &world.token("admin", "admin"), &users).await;
    assert_eq!(answer.status(), 201);
    assert_eq!(world.queues.take(BROADCASTS), Vec::<String>::new());
}

#[tokio::test]
async fn a_role_a_topic_and_everyone_are_those_who_are_in_it() {
    let world = World::new().await;
    let admin = world.token("admin", "admin");
    for (name, role, is_active) in
        [("ana", "analyst", true), ("carla", "analyst", false), ("bruno", "manager", true)]
    {
        world.apply_event(name, UserEvent { role: Some(role), is_active, ago: 60 }).await;
    }
    let bruno = world.token("bruno", "manager");
    let subscribed = world.send("PUT", "/api/topics/deploys/subscription/", &bruno, &json!({})).await;
    assert_eq!(subscribed.status(), 204);
    for (audience, told) in [
        (json!({ "role": "analyst" }), 1),
        (json!({ "topic": "deploys" }), 1),
        (json!({ "everyone": true }), 3),
        (json!({ "role": "nobody" }), 0),
    ] {
        let answer = world.send("POST", "/api/notifications/", &admin, &body(&audience)).await;
        assert_eq!(answer.status(), 202, "{answer:?}");
        assert_eq!(answer.body()["audience"], audience);
        world.work_off().await;
        let shown = world.get(answer.header("location").unwrap(), &admin).await.body();
        assert_eq!((&shown["status"], &shown["recipients"]), (&json!("done"), &json!(told)), "{audience}");
    }
    assert_eq!(world.images().await.len(), 5);
}

#[tokio::test]
async fn sent_again_by_its_key_it_is_the_same_broadcast() {
    let world = World::new().await;
    let admin = world.token("admin", "admin");
    let request = || {
        let mut event = crate::support::sample::request("POST", "/api/notifications/", &admin);
        event["headers"]["idempotency-key"] = json!("maintenance");
        crate::support::sample::with_body(event, &body(&json!({ "users": names(101) })))
    };
    let first = world.api(request()).await;
    world.work_off().await;
    let again = world.api(request()).await;
    assert_eq!((first.status(), again.status()), (202, 202));
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(first.body()["broadcast_id"], again.body()["broadcast_id"]);
    world.work_off().await;
    assert_eq!(world.images().await.len(), 101);
}

#[tokio::test]
async fn a_broadcast_that_could_not_be_asked_for_was_not_accepted_and_can_be_sent_again() {
    let world = World::new().await;
    let admin = world.token("admin", "admin");
    world.queues.break_next(3);
    let everyone = body(&json!({ "everyone": true }));
    for status in [503, 202] {
        let sent = world.send("POST", "/api/notifications/", &admin, &everyone).await;
        assert_eq!(sent.status(), status);
    }
    assert_eq!(world.queues.take(BROADCASTS).len(), 1);
}

#[tokio::test]
async fn what_was_cancelled_is_told_to_nobody_further() {
    let open = Open::to(150).await;
    let path = format!("{}cancel/", open.path());
    let answer = open.world.post(&path, &open.admin).await;
    assert_eq!((answer.status(), &answer.body()["status"]), (200, &json!("cancelled")));
    open.world.work_off().await;
    assert_eq!(open.told().await, (0, 0));
    let done = Open::to(150).await;
    done.world.work_off().await;
    let answer = done.world.post(&format!("{}cancel/", done.path()), &done.admin).await;
    assert_eq!(answer.body()["status"], "done", "it is done, and stays so");
}

#[tokio::test]
async fn an_edit_reaches_everybody_who_was_told_and_leaves_alone_what_they_did() {
    let open = Open::to(150).await;
    open.world.work_off().await;
    let (reader, other) = (open.world.token("user-0000", "viewer"), open.world.token("user-0001", "viewer"));
    let path = |user: &str| {
        format!("/api/notifications/{}/", open.id.derive_for_broadcast_user(&crate::support::user(user)))
    };
    assert_eq!(open.world.post(&format!("{}mark_as_read/", path("user-0000")), &reader).await.status(), 200);
    let deleted = crate::support::sample::request("DELETE", &path("user-0001"), &other);
    assert_eq!(open.world.api(deleted).await.status(), 204);

    let answer = open.send("PATCH", &json!({ "message": "At one." })).await;
    assert_eq!((answer.status(), &answer.body()["status"]), (202, &json!("revising")));
    open.world.work_off().await;
    assert_eq!(open.shown().await["status"], "done");
    let images = open.world.images().await;
    let edited = images.iter().filter(|image| image["message"]["S"] == "At one.").count();
    assert_eq!((edited, open.told().await), (149, (149, 1)));
    let read = open.world.get(&path("user-0000"), &reader).await.body();
    assert_eq!((&read["is_read"], &read["message"]), (&json!(true), &json!("At one.")));
}

#[tokio::test]
async fn a_recall_takes_it_from_everybody_and_keeps_it_from_those_who_were_next() {
    let open = Open::to(150).await;
    open.world.work_off().await;
    let answer = open.send("DELETE", &json!({})).await;
    assert_eq!((answer.status(), &answer.body()["status"]), (202, &json!("recalling")));
    open.world.work_off().await;
    assert_eq!((open.shown().await["status"].clone(), open.told().await), (json!("recalled"), (0, 150)));
    let again = open.send("DELETE", &json!({})).await;
    assert_eq!((again.status(), &again.body()["status"]), (202, &json!("recalled")));
    assert_eq!(open.send("PATCH", &json!({ "title": "x" })).await.code(), "conflict");

    let early = Open::to(150).await;
    early.send("DELETE", &json!({})).await;
    early.world.work_off().await;
    assert_eq!(early.told().await, (0, 0), "nobody had been told");
    assert_eq!(early.shown().await["status"], "recalled");
}

#[tokio::test]
async fn a_broadcast_is_its_sender_s_and_the_admins_and_like_an_unknown_one_to_others() {
    let world = World::new().await;
    let (sender, other, admin) = (
        world.token("reports", "producer"),
        world.token("billing", "producer"),
        world.token("admin", "admin"),
    );
    let answer =
        world.send("POST", "/api/notifications/", &sender, &body(&json!({ "everyone": true }))).await;
    let path = answer.header("location").unwrap().to_owned();
    assert_eq!(world.get(&path, &sender).await.status(), 200);
    assert_eq!(world.get(&path, &admin).await.status(), 200);
    let unknown = world.get("/api/broadcasts/019a7a3f-7c00-7000-8000-000000000047/", &other).await;
    let foreign = world.get(&path, &other).await;
    assert_eq!((foreign.status(), foreign.text()), (404, unknown.text()));
    for (method, path) in
        [("PATCH", path.clone()), ("DELETE", path.clone()), ("POST", format!("{path}cancel/"))]
    {
        assert_eq!(world.send(method, &path, &other, &json!({})).await.status(), 404, "{method}");
        assert_eq!(world.send(method, &path, &world.token("ana", "analyst"), &json!({})).await.status(), 403);
    }
}

#[tokio::test]
async fn an_edit_says_what_is_wrong_with_it_and_changes_nothing_then() {
    let open = Open::to(101).await;
    for (edit, pointer) in [
        (json!({ "title": "" }), "/title"),
        (json!({ "is_read": true }), "/is_read"),
        (json!({ "users": ["ana"] }), "/users"),
    ] {
        let answer = open.send("PATCH", &edit).await;
        assert_eq!((answer.status(), &answer.body()["errors"][0]["pointer"]), (400, &json!(pointer)));
    }
    assert_eq!(open.send("PATCH", &json!({ "title": "Maintenance" })).await.body()["status"], "running");
    assert_eq!(open.world.queues.take(BROADCASTS).len(), 1, "the same again asks for nothing");
}
