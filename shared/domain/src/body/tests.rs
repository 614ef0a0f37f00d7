use std::fmt;

use super::*;

fn body(text: &str) -> Body {
    Body::parse(text.as_bytes()).unwrap()
}

fn named<T: fmt::Debug>(finished: Result<T, InvalidBody>) -> Vec<String> {
    let Err(InvalidBody::Fields(errors)) = finished else { panic!("{finished:?}") };
    errors.into_iter().map(|error| error.pointer).collect()
}

#[test]
fn a_required_field_is_there_and_of_its_type() {
    let mut good = body(r#"{"number":7}"#);
    assert_eq!(good.required("number"), Some(7));
    assert_eq!(good.finish(Some(())), Ok(()));
    for bad in ["{}", r#"{"number":null}"#, r#"{"number":"7"}"#, r#"{"number":-1}"#] {
        let mut bad = body(bad);
        assert_eq!(bad.required::<u8>("number"), None);
        assert_eq!(named(bad.finish(Some(()))), ["/number"]);
    }
}

#[test]
fn a_field_may_be_missing_where_its_type_has_room_for_that() {
    let mut good = body(r#"{"number":7}"#);
    assert_eq!(good.field("number"), Some(7));
    assert_eq!(good.field("text"), Some(None::<String>));
    assert_eq!(good.finish(Some(())), Ok(()));
    let mut bad = Body::within("/detail", Map::new());
    assert_eq!(bad.field::<u8>("number"), None);
    assert_eq!(named(bad.finish_open(Some(()))), ["/detail/number"]);
}

#[test]
fn further_fields_of_an_open_object_are_nobody_s_concern() {
    let mut open = body(r#"{"number":7,"since":"2027"}"#);
    let number = open.field::<u8>("number");
    assert_eq!(open.finish_open(number), Ok(7));
}

#[test]
fn an_optional_field_may_be_missing_or_null_but_not_of_another_type() {
    for absent in ["{}", r#"{"number":null}"#] {
        let mut absent = body(absent);
        assert_eq!(absent.optional::<u8>("number"), None);
        assert_eq!(absent.finish(Some(())), Ok(()));
    }
    let mut bad = body(r#"{"number":"7"}"#);
    assert_eq!(bad.optional::<u8>("number"), None);
    assert_eq!(named(bad.finish(Some(()))), ["/number"]);
}

#[test]
fn a_given_field_is_null_only_where_its_type_allows_that() {
    let mut null = body(r#"{"some":null,"none":null}"#);
    assert_eq!(null.given::<Option<u8>>("some"), Some(None));
    assert_eq!(null.given::<u8>("none"), None);
    assert_eq!(null.given::<u8>("missing"), None);
    assert_eq!(named(null.finish(Some(()))), ["/none"]);
}

#[test]
fn a_raw_field_is_taken_as_it_is() {
    let mut any = body(r#"{"any":[1,{"a":null}]}"#);
    assert_eq!(any.raw("any"), Some(serde_json::json!([1, { "a": null }])));
    assert_eq!(any.raw("any"), None);
    assert_eq!(any.finish(Some(7)), Ok(7));
}

#[test]
fn what_nobody_asked_for_is_refused_under_its_escaped_name() {
    let unasked = body(r#"{"":1,"a/b":2,"c~d":3,"~1":4}"#);
    assert_eq!(named(unasked.finish(Some(()))), ["/", "/a~1b", "/c~0d", "/~01"]);
}

#[test]
fn a_name_that_is_given_more_than_once_is_refused_whoever_asks_for_it() {
    let mut repeated = body(r#"{"a":1,"b":2,"a":1}"#);
    assert_eq!((repeated.required("a"), repeated.required("b")), (Some(1), Some(2)));
    assert_eq!(named(repeated.finish(Some(()))), ["/a"]);
}

#[test]
fn each_value_has_one_error_and_a_pointer_of_bounded_length() {
    let mut beyond = body(r#"{"a":1e400,"b":{"c":[1e400]}}"#);
    assert_eq!((beyond.required::<u8>("a"), beyond.raw("b").is_some()), (None, true));
    assert_eq!(named(beyond.finish(Some(()))), ["/a", "/b/c/0"]);
    let deep = body(&format!(r#"{{"{0}":{{"{0}":1e400}}}}"#, "n".repeat(1000)));
    let Err(InvalidBody::Fields(errors)) = deep.finish_open(Some(())) else { panic!("accepted") };
    assert_eq!(errors[0].pointer.chars().count(), MAX_POINTER + 1);
}

/// `None` is what is left of a field whose error was noted; nothing else may make it.
#[test]
fn nothing_made_is_an_error_and_so_is_something_made_beside_an_error() {
    assert_eq!(named(body("{}").finish(None::<()>)), [""; 0]);
    let mut refused = body("{}");
    refused.refuse("a", "can't be");
    assert_eq!(named(refused.finish(Some(()))), ["/a"]);
}

#[test]
fn a_refusal_repeats_little_of_what_was_sent() {
    let mut long = body(&format!(r#"{{"flag":"{0}","{0}":1}}"#, "🔔".repeat(1000)));
    assert_eq!(long.required::<bool>("flag"), None);
    let Err(InvalidBody::Fields(errors)) = long.finish(Some(())) else { panic!("accepted") };
    assert!(errors[0].detail.starts_with("invalid type: string \"🔔"));
    assert_eq!(errors[0].detail.chars().count(), MAX_DETAIL + 1);
    assert_eq!(errors[1].pointer, format!("/{}…", "🔔".repeat(MAX_NAME)));
}

#[test]
fn a_refusal_names_only_so_many_fields() {
    let fields: Vec<_> = (0..10_000).map(|number| format!(r#""{number}":1"#)).collect();
    let many = body(&format!("{{{}}}", fields.join(",")));
    assert_eq!(named(many.finish(Some(()))).len(), MAX_ERRORS);
}

#[test]
fn a_body_is_one_object_and_nothing_after_it() {
    for other in ["[]", "7", "null", "\"text\"", "[{}]"] {
        assert_eq!(Body::parse(other.as_bytes()).err(), Some(InvalidBody::NotAnObject), "{other}");
    }
    for noise in ["", " ", "{", "{}{}", "{} x", "{\"a\":}", "{'a':1}", "\u{feff}{}", "{\"a\":1,}"] {
        assert!(matches!(Body::parse(noise.as_bytes()), Err(InvalidBody::NotJson(_))), "{noise}");
    }
    assert!(matches!(Body::parse(b"{\"a\":\"\xff\"}"), Err(InvalidBody::NotJson(_))));
    assert!(Body::parse(b" \t\r\n{ } \n").is_ok());
}
