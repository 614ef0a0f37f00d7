//! A request's body is understood and kept as it was sent, or refused by an answer of bounded length.
#![no_main]

use belfry_domain::{CreateRequest, Edit, body::InvalidBody};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

/// 32 errors of a pointer of up to 100 characters and a rule of up to 200, in JSON's longest spelling.
const LONGEST_REFUSAL: usize = 32 * 6 * 400;

fuzz_target!(|bytes: &[u8]| {
    match CreateRequest::parse(bytes) {
        Ok(request) => {
            is_kept(&request);
            has_one_meaning(bytes, &request);
        }
        Err(error) => is_short(&error),
    }
    if let Err(error) = Edit::parse(bytes) {
        is_short(&error);
    }
});

/// Every recipient's notification says what was asked for, and sent again it is the same request.
fn is_kept(request: &CreateRequest) {
    for draft in request.drafts() {
        assert_eq!(draft.content, request.content);
        let mut body = serde_json::to_value(&draft.content).expect("content is JSON");
        body["user"] = Value::from(draft.user.as_str());
        let again =
            CreateRequest::parse(body.to_string().as_bytes()).expect("what was accepted is acceptable");
        assert_eq!(again.drafts(), [draft]);
    }
}

/// A reader that checks neither repeated names nor long numbers reads the same.
fn has_one_meaning(bytes: &[u8], request: &CreateRequest) {
    let plain: Value = serde_json::from_slice(bytes).expect("what was accepted is JSON");
    let data = serde_json::to_value(&request.content.data).expect("data is JSON");
    assert_eq!(plain.get("data").unwrap_or(&Value::Null), &data);
}

fn is_short(error: &InvalidBody) {
    let length = match error {
        InvalidBody::Fields(fields) => serde_json::to_string(fields).expect("errors are JSON").len(),
        InvalidBody::NotJson(detail) => detail.len(),
        InvalidBody::NotAnObject => 0,
    };
    assert!(length <= LONGEST_REFUSAL, "{length} bytes");
}
