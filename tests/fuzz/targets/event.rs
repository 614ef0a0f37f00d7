//! A domain event is understood as it was sent, or refused by an answer of bounded length, and its name is its own.
#![no_main]

use belfry_domain::{CreateRequest, Event, EventSender, Timestamp, UserId, body::InvalidBody};
use libfuzzer_sys::fuzz_target;
use serde_json::json;

/// The time of the seeds.
const NOW: Timestamp = Timestamp::from_millis(1_795_690_800_000);

/// 32 errors of a pointer of up to 100 characters and a rule of up to 200, in JSON's longest spelling.
const LONGEST_REFUSAL: usize = 32 * 6 * 400;

fuzz_target!(|bytes: &[u8]| {
    match Event::parse(bytes, NOW) {
        Ok(event) => is_kept(&event),
        Err(error) => is_short(&error),
    }
});

fn is_kept(event: &Event) {
    let entry = json!({
        "id": event.id, "source": event.source, "detail-type": event.detail_type, "time": event.time,
        "detail": event.detail,
    });
    let again = Event::parse(entry.to_string().as_bytes(), NOW).expect("what was taken is taken again");
    assert_eq!(again, *event);
    let [ana, bruno] = ["ana", "bruno"].map(|name| UserId::try_from(name.to_owned()).expect("a user's id"));
    for sender in [EventSender::Trusted, EventSender::Caller(ana.clone())] {
        let (name, known) = (again.derived_id(&sender), event.derived_id(&sender));
        assert_eq!((name, name.timestamp()), (known, event.time));
        assert_ne!(name.derive_for_user(&ana), name.derive_for_user(&bruno));
        assert_ne!(name.derive_for_user(&ana), name.derive_for_broadcast_user(&ana));
    }
    assert_ne!(event.derived_id(&EventSender::Trusted), event.derived_id(&EventSender::Caller(ana)));
    if let Err(error) = CreateRequest::within("/detail", event.detail.clone()) {
        is_short(&error);
    }
}

fn is_short(error: &InvalidBody) {
    let length = match error {
        InvalidBody::Fields(fields) => serde_json::to_string(fields).expect("errors are JSON").len(),
        InvalidBody::NotJson(detail) => detail.len(),
        InvalidBody::NotAnObject => 0,
    };
    assert!(length <= LONGEST_REFUSAL, "{length} bytes");
}
