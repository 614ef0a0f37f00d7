//! Whatever a client says is a frame or gets an answer that fits into one.
#![no_main]

use belfry_domain::frame::{ClientFrame, MAX_FRAME_BYTES, ServerFrame};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Err(error) = ClientFrame::parse(text) {
        let answer = ServerFrame::Error { code: error.code(), detail: error.to_string() };
        let answer = answer.into_text().expect("an error is JSON");
        assert!(answer.len() < 256 && answer.len() < MAX_FRAME_BYTES, "{answer}");
    }
});
