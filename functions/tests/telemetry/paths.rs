//! Every path of every function, with canaries in all that is said on it.

use belfry_cloud::{auth::Profile, clock, directory::UserEvent};
use belfry_domain::Timestamp;
use lambda_runtime::Error;
use serde_json::{Value, json};

use crate::{
    secrets::{USER, body, parts},
    spoilt,
    support::{
        operations::{happened, operations},
        recorder::Answer,
        role,
        sample::{by_cookie, event, event_of, event_with, names, request, with_body, with_header},
        user,
        world::World,
    },
};

/// What was said on the way and what came back as errors, which the runtime logs.
#[derive(Default)]
pub(crate) struct Walk {
    /// Tokens and tickets.
    pub(crate) secrets: Vec<String>,
    pub(crate) errors: Vec<String>,
}

impl Walk {
    fn end<T>(&mut self, ended: Result<T, Error>) -> Option<T> {
        ended.map_err(|error| self.errors.push(format!("{error:?}"))).ok()
    }

    pub(crate) async fn api(&mut self, world: &World) {
        let profile = Profile {
            username: "canary-name".to_owned(),
            email: "canary@example.com".to_owned(),
            first_name: "Canary".to_owned(),
            last_name: "Canary".to_owned(),
        };
        let since = clock::now().plus_millis(-60_000);
        let told =
            UserEvent { profile: Some(profile), role: Some(Some(role("admin"))), is_active: Some(true) };
        world.directory.apply_event(&user(USER), &told, since).await.unwrap();
        let token = world.token(USER, "admin");
        self.secrets.extend(parts(&token));
        self.accepted(world, &token).await;
        self.refused(world, &token).await;
        self.foreign(world, &token).await;
        for operation in operations() {
            let id = world.inbox.create(crate::support::draft(USER)).await.unwrap().id.to_string();
            world.api(operation.event(&id, &token)).await;
        }
        assert_eq!(world.get("/api/user/current/", &token).await.code(), "unauthenticated", "signed out");
    }

    async fn accepted(&mut self, world: &World, token: &str) {
        let create = with_body(event_with("api-create", token), &body());
        assert_eq!(world.api(create.clone()).await.status(), 201);
        let keyed = with_header(create, "idempotency-key", "canary-key");
        assert_eq!(world.api(keyed.clone()).await.status(), 201);
        assert_eq!(world.api(keyed.clone()).await.header("idempotent-replayed"), Some("true"));
        let mut other = body();
        other["title"] = json!("canary-other");
        assert_eq!(world.api(with_body(keyed, &other)).await.status(), 422);
        let mut many = body();
        many.as_object_mut().unwrap().remove("user");
        many["users"] = json!([USER, "canary-2", "canary-3"]);
        assert_eq!(world.send("POST", "/api/notifications/", token, &many).await.status(), 201);
        let cookie = by_cookie(request("GET", "/api/user/current/", token));
        assert_eq!(world.api(cookie).await.body()["email"], "canary@example.com");
        let ticket = world.post("/api/ws/ticket/", token).await.body();
        self.secrets.push(ticket["ticket"].as_str().unwrap().to_owned());
        world.authorize(event_of(&ticket)).await.unwrap();
        let again = world.authorize(event_of(&ticket)).await;
        self.end(again);
    }

    /// What is refused for what it says.
    async fn refused(&mut self, world: &World, token: &str) {
        for raw in ["canary", "{\"canary\":", "[\"canary\"]", "\"canary\"", ""] {
            let mut event = event_with("api-create", token);
            event["body"] = json!(raw);
            assert_eq!(world.api(event).await.status(), 400);
        }
        for name in
            ["canary", "user", "users", "title", "message", "redirect_url", "data", "notification_type"]
        {
            for value in [json!("javascript:canary\n"), json!(["canary"]), json!({ "canary": 1 })] {
                let mut spoilt = body();
                spoilt[name] = value;
                let created = world.send("POST", "/api/notifications/", token, &spoilt).await;
                let patched = world.send("PATCH", "/api/notifications/canary/", token, &spoilt).await;
                assert!(created.status() < 500 && patched.status() < 500);
            }
        }
        for path in [
            "/api/notifications/?cursor=canary",
            "/api/notifications/?canary=canary",
            "/api/notifications/?type=canary&status=canary",
            "/api/notifications/unread/?limit=canary",
            "/api/notifications/canary/",
            "/api/canary/",
        ] {
            assert!((400..500).contains(&world.get(path, token).await.status()), "{path}");
        }
        let keyed = with_header(event_with("api-create", token), "idempotency-key", "canary\u{e9}");
        world.api(keyed).await;
    }

    /// What is refused for who says it.
    async fn foreign(&mut self, world: &World, token: &str) {
        let mut claims = world.issuer.claims(USER, "admin");
        claims["aud"] = json!("canary");
        let others = world.key.sign(&claims);
        self.secrets.extend(parts(&others));
        let (signed, _) = token.rsplit_once('.').unwrap();
        for bad in ["canary", "canary.canary.canary", &others, &format!("{signed}.canary"), ""] {
            assert_eq!(world.get("/api/notifications/", bad).await.status(), 401);
            for sample in ["ws_authorizer-bearer", "ws_authorizer-cookie"] {
                let refused = world.authorize(event_with(sample, bad)).await;
                self.end(refused);
            }
        }
        let cookie =
            with_header(by_cookie(request("DELETE", "/api/session/", token)), "origin", "https://canary");
        assert_eq!(world.api(cookie).await.status(), 403);
        let mut foreign = event_with("ws_authorizer-cookie", token);
        foreign["headers"]["origin"] = json!("https://canary.example.com");
        world.authorize(foreign).await.unwrap();
        let unknown = world.authorize(event_of(&json!({ "ticket": "canary-ticket" }))).await;
        self.end(unknown);
    }

    /// Events, understood and not, and what the worker makes of them.
    pub(crate) async fn signals(&mut self, world: &World) {
        for name in names().iter().filter(|name| name.starts_with("signals-")) {
            let mut signal = happened(&event(name));
            let detail = signal["detail"].as_object_mut().unwrap();
            for (field, value) in detail.iter_mut() {
                match field.as_str() {
                    "user_id" | "user" => *value = json!(USER),
                    "topic" | "notification_type" | "redirect_url" | "is_active" => {}
                    _ => *value = json!("canary"),
                }
            }
            let taken = world.signal(signal.clone()).await;
            self.end(taken);
            signal["detail"]["canary"] = json!(["canary"]);
            signal["detail"]["user_id"] = json!({ "canary": "canary" });
            let taken = world.signal(signal).await;
            self.end(taken);
        }
        world.work_off().await;
        for message in ["canary", r#"{"broadcast":"canary"}"#, r#"{"canary":"canary"}"#] {
            let worked = world.work(message).await;
            self.end(worked);
        }
    }

    pub(crate) async fn sockets(&mut self, world: &World) {
        world.open(USER, &["1", "2", "3"]).await;
        let connected = world.connect(of_user("ws_connect")).await;
        self.end(connected);
        for text in [
            r#"{"type":"ping"}"#,
            r#"{"type":"hello","cursor":null}"#,
            r#"{"type":"hello","cursor":"canary"}"#,
            r#"{"type":"hello","cursor":["canary"]}"#,
            r#"{"type":"seen","up_to":"canary"}"#,
            r#"{"type":"canary"}"#,
            r#"{"canary":"canary"}"#,
            "canary",
            r#"["canary"]"#,
        ] {
            let mut frame = of_user("ws_default-ping");
            frame["body"] = json!(text);
            for answer in [None, Some(Answer::Forbidden), Some(Answer::Gone)] {
                let connection = frame["requestContext"]["connectionId"].as_str().unwrap();
                if let Some(answer) = answer {
                    world.recorder.answer_next(connection, answer);
                }
                let taken = world.frame(frame.clone()).await;
                self.end(taken);
            }
        }
        let gone = world.disconnect(of_user("ws_disconnect")).await;
        self.end(gone);
        let mut nobody = event("ws_connect");
        nobody["requestContext"]["authorizer"] = json!({ "user": ["canary"], "token": "canary" });
        let refused = world.connect(nobody).await;
        self.end(refused);
    }

    pub(crate) async fn stream(&mut self, world: &World) {
        world.connections.register(&user(USER), "past", Some(Timestamp::from_millis(0))).await.unwrap();
        world.open(USER, &["open", "forbidden", "broken"]).await;
        world.opened_ago(USER, "gone", 60).await;
        for (socket, answer) in
            [("forbidden", Answer::Forbidden), ("broken", Answer::Broken), ("gone", Answer::Gone)]
        {
            world.recorder.answer(socket, answer);
        }
        let images = world.images().await;
        let mut batch = event("fanout-insert");
        let record = batch["Records"][0].clone();
        let records = images.into_iter().map(|image| {
            let mut record = record.clone();
            record["dynamodb"]["NewImage"] = image;
            record
        });
        batch["Records"] = records.collect();
        world.fanout(batch).await;
        assert!(!world.recorder.frames("open").is_empty());
        world.fanout(spoilt::batch()).await;
    }
}

/// A sample of the canary's socket.
pub(crate) fn of_user(sample: &str) -> Value {
    let mut event = event(sample);
    event["requestContext"]["authorizer"]["user"] = json!(USER);
    event
}
