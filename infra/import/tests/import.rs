//! Imports into the embedded DynamoDB.

#![expect(clippy::unwrap_used, reason = "what can't go on fails its test")]

use belfry_cloud::{Aws, Connections, Inbox, clock};
use belfry_domain::{Action, ChangeId, Notification, NotificationId, Retention, Status, UserId};
use belfry_dynamo::{Embedded, Fault, Wire, names};
use belfry_import::{Counts, Importer, Legacy, OwnerField, Stopped};
use serde_json::{Value, json};

const DAY: i64 = 24 * 60 * 60 * 1000;

struct Scene {
    importer: Importer,
    inbox: Inbox,
    connections: Connections,
    wire: Wire,
    _database: Embedded,
}

impl Scene {
    async fn new() -> Self {
        let database = Embedded::memory().await.unwrap();
        let wire = Wire::to(database.endpoint()).await.unwrap();
        let aws = Aws::new(wire.sdk_config().await);
        let retention = Retention::days(90, 30);
        let inbox = Inbox::new(&aws, names::INBOX, retention);
        let connections = Connections::new(&aws, names::CONNECTIONS);
        let importer = Importer {
            inbox: Some(inbox.clone()),
            connections: Some(connections.clone()),
            retention,
            owner: OwnerField::UserId,
        };
        Self { importer, inbox, connections, wire, _database: database }
    }

    /// Imports the lines; what was counted, what was reported, and how it ended.
    async fn run(&self, lines: &[Value]) -> (Counts, String, Result<(), Stopped>) {
        let text: Vec<_> = lines.iter().map(Value::to_string).collect();
        self.run_text(&text.join("\n")).await
    }

    async fn run_text(&self, text: &str) -> (Counts, String, Result<(), Stopped>) {
        let mut report = Vec::new();
        let (counts, ended) = self.importer.run(text.as_bytes(), &mut report).await;
        (counts, String::from_utf8(report).unwrap(), ended)
    }

    async fn import(&self, lines: &[Value]) -> Counts {
        let (counts, report, ended) = self.run(lines).await;
        assert!(ended.is_ok() && report.is_empty(), "{report} {ended:?}");
        counts
    }

    async fn stored(&self, line: &Value) -> Option<Notification> {
        self.inbox.get(&owner(line), name(line)).await.unwrap()
    }

    async fn unread(&self, user: &str) -> usize {
        self.inbox.counts(&user.to_owned().try_into().unwrap()).await.unwrap().unread
    }
}

fn owner(line: &Value) -> UserId {
    line["user_id"].to_string().trim_matches('"').to_owned().try_into().unwrap()
}

fn name(line: &Value) -> NotificationId {
    Legacy::parse(line.to_string().as_bytes(), OwnerField::UserId).unwrap().legacy.name()
}

fn ago(days: i64) -> String {
    clock::now().plus_millis(-days * DAY).to_string()
}

/// As Django has it: created so many days ago, and unread.
fn line(id: u64, days: i64) -> Value {
    json!({
        "id": id, "user_id": 7, "username": "ana", "title": "Report ready", "message": "All of it.",
        "notification_type": "report_ready", "notification_type_display": "Report Ready",
        "related_object_type": "report", "related_object_id": 4711, "redirect_url": "/reports/#7",
        "is_read": false, "created_at": ago(days), "updated_at": ago(days),
    })
}

fn read(mut line: Value, days: i64) -> Value {
    line["is_read"] = json!(true);
    line["updated_at"] = json!(ago(days));
    line
}

const ONE: Counts = Counts { lines: 1, imported: 1, known: 0, expired: 0, refused: 0, links_dropped: 0 };

#[tokio::test]
async fn an_old_notification_is_created_when_it_was_and_changed_now() {
    let scene = Scene::new().await;
    let (line, before) = (line(1, 20), clock::now());
    assert_eq!(scene.import(std::slice::from_ref(&line)).await, ONE);
    let stored = scene.stored(&line).await.unwrap();
    assert_eq!(stored.id.timestamp().to_string(), line["created_at"].as_str().unwrap());
    assert_eq!((stored.state.status, stored.read_at), (Status::Unread, None));
    assert!(stored.state.changed.timestamp() >= before);
    let content = serde_json::to_value(&stored.content).unwrap();
    for field in ["title", "message", "notification_type", "related_object_type", "redirect_url"] {
        assert_eq!(content[field], line[field]);
    }
    assert_eq!(content["related_object_id"], "4711", "numbers become texts");
    assert_eq!(stored.expires_at, Retention::days(90, 30).of_new(stored.id, stored.id.timestamp()));
    assert_eq!(scene.unread("7").await, 1);
}

#[tokio::test]
async fn what_was_read_is_read_since_then_and_kept_from_then_on() {
    let scene = Scene::new().await;
    let line = read(line(1, 80), 10);
    assert_eq!(scene.import(std::slice::from_ref(&line)).await, ONE);
    let stored = scene.stored(&line).await.unwrap();
    assert_eq!(stored.state.status, Status::Read);
    assert_eq!(stored.read_at.unwrap().to_string(), line["updated_at"].as_str().unwrap());
    let left = stored.expires_at.as_millis() - clock::now().as_millis();
    assert!((19 * DAY..=20 * DAY).contains(&left), "{left}");
    assert_eq!(scene.unread("7").await, 0);
}

#[tokio::test]
async fn twice_is_once_and_what_its_owner_did_since_stays() {
    let scene = Scene::new().await;
    let lines: Vec<_> = (1..=4).map(|id| line(id, 5)).collect();
    scene.import(&lines).await;
    scene.inbox.act(&owner(&lines[0]), name(&lines[0]), Action::MarkRead).await.unwrap();
    scene.inbox.act(&owner(&lines[1]), name(&lines[1]), Action::Archive).await.unwrap();
    scene.inbox.delete(&owner(&lines[2]), name(&lines[2])).await.unwrap();
    let again = scene.import(&lines).await;
    assert_eq!((again.imported, again.known), (0, 4));
    let mut statuses = Vec::new();
    for line in &lines {
        statuses.push(scene.stored(line).await.map(|stored| stored.state.status));
    }
    assert_eq!(statuses, [Some(Status::Read), Some(Status::Archived), None, Some(Status::Unread)]);
}

#[tokio::test]
async fn an_unread_one_is_unread_also_where_all_was_marked_read_before() {
    let scene = Scene::new().await;
    let line = line(1, 5);
    scene.inbox.mark_all_read(&owner(&line)).await.unwrap();
    scene.import(std::slice::from_ref(&line)).await;
    assert_eq!(scene.unread("7").await, 1);
    let marks = scene.inbox.watermarks(&owner(&line)).await.unwrap();
    assert!(marks.read.is_some() && !marks.is_read(scene.stored(&line).await.unwrap().state));
}

#[tokio::test]
async fn a_device_that_was_there_before_learns_of_all_of_them() {
    let scene = Scene::new().await;
    let cursor = ChangeId::last_of(clock::now().plus_millis(-1));
    let lines = [line(1, 60), read(line(2, 60), 5)];
    scene.import(&lines).await;
    let changes = scene.inbox.changed_keys(&owner(&lines[0]), cursor, 100).await.unwrap().unwrap();
    assert_eq!(changes.len(), 2);
}

#[tokio::test]
async fn bad_lines_are_named_with_field_and_rule_and_the_others_go_on() {
    let scene = Scene::new().await;
    let (good, mut long, mut odd) = (line(1, 1), line(2, 1), line(3, 1));
    long["title"] = json!("x".repeat(201));
    odd["colour"] = json!("red");
    odd["notification_type"] = json!("news");
    let text = format!("{good}\n\n{long}\n{{\"id\":\n{odd}\n[]\n{}", line(4, 1));
    let (counts, report, ended) = scene.run_text(&text).await;
    assert!(ended.is_ok());
    assert_eq!(counts, Counts { lines: 6, imported: 2, refused: 4, ..Counts::default() });
    let reported: Vec<_> = report.lines().collect();
    assert!(reported[0].starts_with("line 3: title must be a title of 1 to 200 characters"), "{report}");
    assert!(reported[1].starts_with("line 4: the body is not JSON"), "{report}");
    assert!(reported[2].starts_with("line 5: notification_type must be one of info, success"), "{report}");
    assert_eq!(reported[3], "line 5: colour is not a field of this request");
    assert_eq!(reported[4], "line 6: the body must be a JSON object");
}

#[tokio::test]
async fn a_bad_link_is_left_out_and_reported() {
    let scene = Scene::new().await;
    let mut line = line(1, 1);
    for bad in ["javascript:alert(1)", "dashboard/", "//evil"] {
        line["id"] = json!(bad);
        line["redirect_url"] = json!(bad);
        let (counts, report, ended) = scene.run(std::slice::from_ref(&line)).await;
        assert!(ended.is_ok());
        assert_eq!(counts, Counts { links_dropped: 1, ..ONE });
        assert!(
            report.starts_with("line 1: goes in without its redirect_url, which must be a URL"),
            "{report}"
        );
        assert_eq!(scene.stored(&line).await.unwrap().content.redirect_url, None);
    }
}

#[tokio::test]
async fn what_would_be_gone_is_not_written() {
    let scene = Scene::new().await;
    let lines = [line(1, 91), read(line(2, 40), 31), line(3, 89), read(line(4, 200), 29)];
    let counts = scene.import(&lines).await;
    assert_eq!((counts.imported, counts.expired), (2, 2));
    assert!(scene.stored(&lines[0]).await.is_none() && scene.stored(&lines[1]).await.is_none());
}

#[tokio::test]
async fn nothing_is_written_while_a_socket_is_open_unless_that_is_meant() {
    let mut scene = Scene::new().await;
    let visitor = "vera".to_owned().try_into().unwrap();
    scene.connections.register(&visitor, "abc=", None).await.unwrap();
    let (counts, _, ended) = scene.run(&[line(1, 1)]).await;
    assert!(matches!(ended, Err(Stopped::SocketOpen)), "{ended:?}");
    assert_eq!((counts.lines, counts.imported), (1, 0));
    scene.connections.remove(&visitor, "abc=").await.unwrap();
    // A row that outlived its socket.
    scene.connections.register(&visitor, "old=", Some(clock::now().plus_millis(-1_000))).await.unwrap();
    assert_eq!(scene.import(&[line(1, 1)]).await.imported, 1);
    scene.connections.register(&visitor, "new=", None).await.unwrap();
    scene.importer.connections = None;
    assert_eq!(scene.import(&[line(2, 1)]).await.imported, 1);
}

#[tokio::test]
async fn a_dry_run_checks_and_asks_nobody() {
    let mut scene = Scene::new().await;
    scene.importer.inbox = None;
    let (counts, report, ended) = scene.run(&[line(1, 1), json!({}), line(3, 99)]).await;
    assert!(ended.is_ok() && report.starts_with("line 2: id is required"), "{report}");
    assert_eq!(counts, Counts { lines: 3, expired: 1, refused: 1, ..Counts::default() });
    assert!(scene.wire.take_calls().is_empty());
}

#[tokio::test]
async fn a_write_whose_answer_is_lost_counts_as_new_and_is_there_once() {
    let scene = Scene::new().await;
    let line = read(line(1, 2), 1);
    scene.wire.order("PutItem", Fault::LoseAnswer);
    assert_eq!(scene.import(std::slice::from_ref(&line)).await, ONE);
    assert_eq!(scene.stored(&line).await.unwrap().state.status, Status::Read);
}

#[tokio::test]
async fn more_lines_than_fit_into_a_portion_all_go_in() {
    let scene = Scene::new().await;
    let lines: Vec<_> = (0..2_050).map(|id| line(id, 1)).collect();
    let counts = scene.import(&lines).await;
    assert_eq!((counts.lines, counts.imported), (2_050, 2_050));
    assert_eq!(scene.import(&lines).await.known, 2_050);
}
