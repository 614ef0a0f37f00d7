//! A domain event of another service, in the shape in which EventBridge delivers one.

use serde_json::{Map, Value};

use crate::{
    body::{Body, FieldError, InvalidBody},
    id::{NotificationId, UserId},
    text::Label,
    timestamp::Timestamp,
};

/// How many milliseconds ahead of the clock an event may have happened: rule 1 of `docs/consistency.md`.
const MAX_AHEAD_MILLIS: i64 = 5 * 60 * 1000;
/// How many milliseconds ago an event may have happened, at most; none is taken that is older.
pub const MAX_AGE_MILLIS: i64 = 7 * 24 * 60 * 60 * 1000;

/// What EventBridge adds, and nobody here needs.
const ENVELOPE: [&str; 5] = ["version", "account", "region", "resources", "replay-name"];

/// What happened, when, and who says so.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The source's own name for it: what has the same id, time and source is the same event.
    pub id: Label,
    /// Which service says so.
    pub source: Label,
    /// What kind of thing happened.
    pub detail_type: Label,
    /// When it happened.
    pub time: Timestamp,
    /// What its kind calls for.
    pub detail: Map<String, Value>,
}

/// Who sent an event. The sender is part of the event's name, and of what its alerts repeat.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EventSender {
    /// The event bus, where IAM says who may use a source, or an admin. The event's `source` is trusted.
    Trusted,
    /// This caller, who may claim another service's source. So the caller's id is part of the event's name.
    Caller(UserId),
}

impl Event {
    /// Reads an event that arrives now; the error names every field that breaks a rule, but for those of `detail`, and every
    /// field that isn't known.
    pub fn parse(bytes: &[u8], now: Timestamp) -> Result<Self, InvalidBody> {
        let mut body = Body::parse(bytes)?;
        let (id, source) = (body.required("id"), body.required("source"));
        let detail_type = body.required("detail-type");
        let time = body.required("time");
        let detail = body.required("detail");
        for name in ENVELOPE {
            body.raw(name);
        }
        if time.is_some_and(|time| !is_recent(time, now)) {
            body.refuse("time", "must be at most 5 minutes ahead and 7 days ago");
        }
        let event = (|| {
            Some(Self { id: id?, source: source?, detail_type: detail_type?, time: time?, detail: detail? })
        })();
        body.finish(event)
    }

    /// The id of the event as a whole, from that sender; each recipient's part is [`NotificationId::derive_for_user`].
    pub fn derived_id(&self, sender: &EventSender) -> NotificationId {
        let (source, id) = (self.source.as_str(), self.id.as_str());
        match sender {
            EventSender::Trusted => NotificationId::derive_from_event(self.time, source, id),
            EventSender::Caller(caller) => {
                NotificationId::derive_from_caller_event(self.time, caller, source, id)
            }
        }
    }

    /// The error that says of a field of the event that it breaks a rule.
    pub fn refuse(name: &str, detail: &str) -> InvalidBody {
        InvalidBody::Fields(vec![FieldError::of(name, detail)])
    }
}

fn is_recent(time: Timestamp, now: Timestamp) -> bool {
    (now.plus_millis(-MAX_AGE_MILLIS)..=now.plus_millis(MAX_AHEAD_MILLIS)).contains(&time)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_795_362_142_000);

    fn entry() -> Value {
        json!({
            "version": "0", "id": "17793124-05d4-b198-2fde-7ededc63b103", "account": "111122223333",
            "region": "eu-west-1", "resources": [], "source": "supply.reports",
            "detail-type": "AI Report Generated", "time": NOW.to_string(), "detail": { "report_id": 7 },
        })
    }

    fn parse(entry: &Value) -> Result<Event, InvalidBody> {
        Event::parse(entry.to_string().as_bytes(), NOW)
    }

    fn refused(entry: &Value) -> Vec<String> {
        let Err(InvalidBody::Fields(errors)) = parse(entry) else { panic!("accepted: {entry}") };
        errors.into_iter().map(|error| error.pointer).collect()
    }

    #[test]
    fn an_event_of_eventbridge_is_read_with_and_without_its_envelope() {
        let whole = parse(&entry()).unwrap();
        assert_eq!((whole.source.as_str(), whole.time), ("supply.reports", NOW));
        let mut bare = entry();
        bare.as_object_mut().unwrap().retain(|name, _| !ENVELOPE.contains(&name.as_str()));
        assert_eq!(parse(&bare), Ok(whole));
    }

    #[test]
    fn each_broken_rule_is_named_by_its_field() {
        let all = ["/id", "/source", "/detail-type", "/time", "/detail"];
        assert_eq!(refused(&json!({})), all);
        let wrong = json!({ "id": "", "source": 7, "detail-type": null, "time": "today", "detail": [] });
        assert_eq!(refused(&wrong), all);
        let mut unknown = entry();
        unknown["details"] = json!({});
        assert_eq!(refused(&unknown), ["/details"]);
    }

    #[test]
    fn what_is_yet_to_happen_or_long_past_is_refused() {
        for (offset, taken) in [
            (MAX_AHEAD_MILLIS, true),
            (MAX_AHEAD_MILLIS + 1, false),
            (-MAX_AGE_MILLIS, true),
            (-MAX_AGE_MILLIS - 1, false),
        ] {
            let mut entry = entry();
            entry["time"] = json!(NOW.plus_millis(offset));
            if taken {
                assert!(parse(&entry).is_ok(), "{offset}");
            } else {
                assert_eq!(refused(&entry), ["/time"], "{offset}");
            }
        }
    }

    #[test]
    fn its_name_is_decided_by_time_sender_source_and_id_alone() {
        let senders = [EventSender::Trusted, EventSender::Caller("reports".to_owned().try_into().unwrap())];
        // Written down once: an event that is delivered again may meet a later version of this code.
        let written = ["01a203ec-3730-74c9-bd6c-21f90bc8e710", "01a203ec-3730-7d8f-87a1-cba4640d213f"];
        for (sender, written) in senders.iter().zip(written) {
            let event = parse(&entry()).unwrap();
            assert_eq!(event.derived_id(sender).to_string(), written);
            assert_eq!(event.derived_id(sender).timestamp(), NOW);
            let name = |change: &dyn Fn(&mut Value)| {
                let mut entry = entry();
                change(&mut entry);
                parse(&entry).unwrap().derived_id(sender)
            };
            assert_eq!(name(&|entry| entry["detail"] = json!({})), event.derived_id(sender));
            assert_eq!(name(&|entry| entry["detail-type"] = json!("Another")), event.derived_id(sender));
            assert_ne!(name(&|entry| entry["id"] = json!("another")), event.derived_id(sender));
            assert_ne!(name(&|entry| entry["source"] = json!("another")), event.derived_id(sender));
            assert_ne!(name(&|entry| entry["time"] = json!(NOW.plus_millis(1))), event.derived_id(sender));
        }
    }
}
