//! `docs/limits.md` tells the figures of the code and of the template.

use std::collections::BTreeMap;

use belfry_cloud::{
    directory::{IdempotencyKey, KEY_LIFETIME_SECONDS, MAX_TOPICS, TICKET_LIFETIME_MILLIS},
    inbox::MAX_DEDUP_TOKENS,
};
use belfry_domain::{
    Role, UserId,
    audience::{MAX_DIRECT, MAX_USERS},
    body::MAX_ERRORS,
    edit::MAX_SNOOZE_MILLIS,
    event::MAX_AGE_MILLIS,
    frame::{COUNT_CAP, MAX_FRAME_BYTES},
    text::{Data, Label, MAX_PROFILE_CHARACTERS, Message, ProfileText, RedirectUrl, Title, Topic},
    watermark::HISTORY,
};
use belfry_functions::{
    api::{MAX_BODY_BYTES, MAX_PAGE},
    socket::{
        budget::{BURST_SECONDS, HELLO_WEIGHT},
        hello::{LARGE_RESUME_CHANGES, MAX_CHANGES, MAX_SYNC_FRAMES},
    },
};
use serde_json::json;

use crate::template::Template;

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// The longest text of `x` that is taken, found by trying.
fn longest<T: TryFrom<String>>() -> usize {
    let takes = |length: usize| T::try_from(format!("/{}", "x".repeat(length - 1))).is_ok();
    largest(takes)
}

fn largest(takes: impl Fn(usize) -> bool) -> usize {
    let bound = 100_000;
    assert!(!takes(bound));
    let (mut low, mut high) = (2, bound);
    while high - low > 1 {
        let middle = usize::midpoint(low, high);
        if takes(middle) { low = middle } else { high = middle }
    }
    low
}

/// What each row says: its figure, and the parameter that moves it.
fn expected() -> BTreeMap<&'static str, (i64, Option<&'static str>)> {
    let template = Template::read();
    let setting = |name: &'static str| (template.parameter(name)["Default"].as_i64().unwrap(), Some(name));
    let throttle = |stage| {
        let limit = &template.resource(stage).properties["DefaultRouteSettings"]["ThrottlingRateLimit"];
        (limit.as_i64().unwrap(), None)
    };
    let figure = |figure: usize| (i64::try_from(figure).unwrap(), None);
    let frames = setting("RateLimitFrames").0;
    let topic = largest(|length| Topic::try_from("x".repeat(length)).is_ok());
    let key = largest(|length| IdempotencyKey::try_from("x".repeat(length).as_bytes()).is_ok());
    let data = largest(|length| {
        let text = "x".repeat(length.saturating_sub(r#"{"k":""}"#.len()));
        Data::try_from(json!({ "k": text }).as_object().unwrap().clone()).is_ok()
    });
    assert_eq!(longest::<ProfileText>(), MAX_PROFILE_CHARACTERS);
    BTreeMap::from([
        ("reads of one caller", setting("RateLimitReads")),
        ("changes of one caller", setting("RateLimitWrites")),
        ("creates and events of one caller", setting("RateLimitCreates")),
        ("tickets of one caller", setting("RateLimitTickets")),
        ("notifications and events to an audience, of one caller", setting("RateLimitAudiences")),
        ("frames of one user", setting("RateLimitFrames")),
        ("frames of one user at once", (frames * i64::from(BURST_SECONDS.get()), None)),
        ("frames that a hello counts as", (HELLO_WEIGHT.get().into(), None)),
        ("large resumes of one user", setting("RateLimitResumes")),
        ("requests to the REST API", throttle("HttpStage")),
        ("frames and new sockets", throttle("WebSocketStage")),
        ("body of a request", figure(MAX_BODY_BYTES)),
        ("errors in one answer", figure(MAX_ERRORS)),
        ("notifications on a page of a list", figure(MAX_PAGE)),
        ("users told before the answer", figure(MAX_DIRECT)),
        ("users named in one request", figure(MAX_USERS)),
        ("frame, either way", figure(MAX_FRAME_BYTES)),
        ("changes told without being counted", (LARGE_RESUME_CHANGES.into(), None)),
        ("changes in one answer to a hello", (MAX_CHANGES.into(), None)),
        ("sync frames in one answer to a hello", figure(MAX_SYNC_FRAMES)),
        ("sockets of one user", setting("MaxConnectionsPerUser")),
        ("unread count in frames and lists", figure(COUNT_CAP)),
        ("user id (`sub`)", figure(longest::<UserId>())),
        ("title", figure(longest::<Title>())),
        ("message", figure(longest::<Message>())),
        ("category, related object's type and id", figure(longest::<Label>())),
        ("`redirect_url`", figure(longest::<RedirectUrl>())),
        ("`data`", figure(data)),
        ("username, email, first and last name", figure(MAX_PROFILE_CHARACTERS)),
        ("role", figure(longest::<Role>())),
        ("event's `id`, `source`, `detail-type`", figure(longest::<Label>())),
        ("age of an event", (MAX_AGE_MILLIS / DAY_MILLIS, None)),
        ("topic's name", figure(topic)),
        ("topics of one user", (MAX_TOPICS.into(), None)),
        ("`Idempotency-Key`", figure(key)),
        ("memory of an `Idempotency-Key`", (KEY_LIFETIME_SECONDS / 3_600, None)),
        ("life of a ticket", (TICKET_LIFETIME_MILLIS / 1_000, None)),
        ("snooze", (MAX_SNOOZE_MILLIS / DAY_MILLIS, None)),
        ("alerts that a notification remembers", figure(MAX_DEDUP_TOKENS)),
        ("moves of a watermark that are remembered", figure(HISTORY)),
        ("recipients on one page of a broadcast", figure(MAX_DIRECT)),
        ("retention", setting("RetentionDays")),
        ("retention after reading", setting("ReadRetentionDays")),
    ])
}

#[test]
fn the_page_of_limits_tells_the_figures_of_the_code() {
    let page = include_str!("../../../docs/limits.md");
    let rows = page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| ---"));
    let mut told = BTreeMap::new();
    for row in rows.filter(|row| !row.starts_with("| what |")) {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        assert_eq!(cells.len(), 4, "{row}");
        let figure = cells[1].split(|c: char| !c.is_ascii_digit()).next().unwrap().parse::<i64>();
        let parameter = cells[1].split('`').nth(1);
        let figure = figure.unwrap_or_else(|_| panic!("no figure: {row}"));
        assert!(told.insert(cells[0], (figure, parameter)).is_none(), "said twice: {row}");
    }
    assert_eq!(told, expected());
}
