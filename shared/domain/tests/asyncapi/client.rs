//! What a client may send is what the server understands.

use std::collections::BTreeSet;

use belfry_domain::frame::ClientFrame;
use serde_json::{Value, json};

use crate::{
    altered,
    document::{examples, payload, properties, received},
    schema::check,
};

/// The type of a client's frame, and its other fields. A new one stops this from compiling: it belongs into the document.
fn understood(frame: &ClientFrame) -> (&'static str, &'static [&'static str]) {
    match frame {
        ClientFrame::Ping => ("ping", &[]),
        ClientFrame::Hello { cursor: _ } => ("hello", &["cursor"]),
        ClientFrame::Seen { up_to: _ } => ("seen", &["up_to"]),
    }
}

#[test]
fn every_example_of_a_client_s_frame_is_understood_as_its_type() {
    assert_eq!(received(), BTreeSet::from(["hello", "ping", "seen"]));
    for kind in received() {
        assert!(examples(kind).next().is_some(), "{kind} has no example");
        for example in examples(kind) {
            let frame = ClientFrame::parse(&example.to_string()).unwrap();
            let (name, fields) = understood(&frame);
            assert_eq!(name, kind, "{example}");
            let known: BTreeSet<_> = ["type"].into_iter().chain(fields.iter().copied()).collect();
            assert_eq!(properties(payload(kind)).into_keys().collect::<BTreeSet<_>>(), known);
            check(payload(kind), example).unwrap();
        }
    }
}

#[test]
fn what_the_document_refuses_of_a_client_the_server_refuses_too() {
    for (kind, example) in
        received().into_iter().flat_map(|kind| examples(kind).map(move |frame| (kind, frame)))
    {
        for name in properties(payload(kind)).into_keys() {
            for value in [None, Some(Value::Null), Some(json!(7)), Some(json!("x")), Some(json!([]))] {
                let frame = altered(example, name, value);
                let parsed = ClientFrame::parse(&frame.to_string());
                assert_eq!(check(payload(kind), &frame).is_ok(), parsed.is_ok(), "{frame}");
            }
        }
    }
}
