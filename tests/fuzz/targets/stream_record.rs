//! What the stream brings is understood or reported; what is understood can be told in frames that fit.
#![no_main]

use aws_lambda_events::dynamodb::Event;
use belfry_cloud::inbox::Entry;
use belfry_domain::{
    Notification, Watermarks,
    frame::{MAX_FRAME_BYTES, ServerFrame},
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(event) = serde_json::from_slice::<Event>(bytes) else { return };
    let images =
        event.records.into_iter().flat_map(|record| [record.change.old_image, record.change.new_image]);
    let mut marks = Watermarks::default();
    for entry in images.filter_map(|image| Entry::parse(image).ok()) {
        match entry {
            Entry::Watermarks(_, moved) => marks = moved,
            Entry::Notification(notification) => can_be_told(&notification, &marks),
            Entry::Tombstone { id, state, .. } => fits(ServerFrame::deleted(id, state, Some(0))),
        }
    }
});

fn can_be_told(notification: &Notification, marks: &Watermarks) {
    fits(ServerFrame::ring(notification, marks, Some(1)));
    fits(ServerFrame::updated(notification, marks, None));
    fits(ServerFrame::state(notification, marks, None));
    serde_json::to_string(&notification.view(marks)).expect("what is stored can be listed");
}

fn fits(frame: ServerFrame<'_>) {
    let text = frame.into_text().expect("a frame is JSON");
    assert!(text.len() <= MAX_FRAME_BYTES, "{} bytes", text.len());
}
