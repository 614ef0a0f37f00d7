use proptest::prelude::*;
use serde_json::json;

use super::*;

fn faults(text: &str) -> Vec<String> {
    let object = read_object(text.as_bytes()).unwrap_or_else(|error| panic!("{text}: {error:?}"));
    object.faults.into_iter().map(|fault| format!("{} {}", fault.pointer, fault.detail)).collect()
}

fn number(literal: &str) -> Option<Value> {
    let object = read_object(format!(r#"{{"n":{literal}}}"#).as_bytes()).unwrap();
    object.faults.is_empty().then(|| object.fields["n"].clone())
}

#[test]
fn names_repeated_names_at_every_depth() {
    assert_eq!(faults(r#"{"a":1,"b":{"a":1},"c":[{"a":1},{"a":1}]}"#), [""; 0]);
    assert_eq!(faults(r#"{"a":1,"\u0061":2}"#), ["/a is given more than once"]);
    assert_eq!(faults(r#"{"a":{"b":[0,{"c/~":1,"c/~":1}]}}"#), ["/a/b/1/c~1~0 is given more than once"]);
    assert_eq!(
        faults(r#"{"a":{"b":1,"b":2},"a":3}"#),
        ["/a/b is given more than once", "/a is given more than once"]
    );
}

#[test]
fn keeps_whole_numbers_of_64_bits_and_doubles() {
    for kept in ["0", "-0", "9007199254740993", "18446744073709551615", "-9223372036854775808"] {
        assert_eq!(number(kept).unwrap().to_string(), kept.replace("-0", "-0.0"), "{kept}");
    }
    for double in ["0.1", "-0.0", "0e5", "1e300", "5e-324", "100000000000000000000", "18446744073709552000"] {
        assert_eq!(number(double).unwrap().as_f64(), Some(double.parse().unwrap()), "{double}");
    }
}

#[test]
fn refuses_numbers_that_would_come_back_as_others() {
    for beyond in ["1e400", "-1e400", "1e-400", "0.1e-400", "18446744073709551616", "18446744073709551617"] {
        assert_eq!(number(beyond), None, "{beyond}");
    }
    assert_eq!(number("-9223372036854775809"), None);
    assert_eq!(
        faults(r#"{"a":[1e400]}"#),
        ["/a/0 must fit into 64 bits or a double; send a longer number as text"]
    );
}

#[test]
fn refuses_names_that_serde_json_reads_as_something_else() {
    assert_eq!(
        faults(r#"{"a":{"0":1,"$serde_json::private::RawValue":"]"}}"#),
        ["/a/$serde_json::private::RawValue is a reserved name"]
    );
    assert_eq!(faults(r#"{"a":{"$serde_json":1}}"#), [""; 0]);
}

#[test]
fn refuses_what_is_no_object_or_nested_too_deeply() {
    for other in ["[]", "7", "null", "\"{}\""] {
        assert!(matches!(read_object(other.as_bytes()), Err(Unreadable::NotAnObject)), "{other}");
    }
    let nested = |depth: usize| format!(r#"{{"a":{}{}}}"#, "[".repeat(depth), "]".repeat(depth));
    assert!(read_object(nested(MAX_DEPTH - 1).as_bytes()).is_ok());
    for depth in [MAX_DEPTH, 100_000] {
        assert!(matches!(read_object(nested(depth).as_bytes()), Err(Unreadable::NotJson(_))), "{depth}");
    }
    for broken in ["{", "{}{}", r#"{"a":"\ud800"}"#, "{\"a\":\"\u{0}\"}", r#"{"\ud800":1}"#] {
        assert!(matches!(read_object(broken.as_bytes()), Err(Unreadable::NotJson(_))), "{broken}");
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..6).prop_map(|members| json!(members)),
        ]
    })
}

proptest! {
    #[test]
    fn whatever_serde_json_writes_is_read_as_it_was(value in any_value()) {
        let object = read_object(json!({ "v": value }).to_string().as_bytes()).unwrap();
        prop_assert_eq!(&object.fields["v"], &value);
        prop_assert_eq!(object.faults, []);
    }
}
