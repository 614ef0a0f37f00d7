//! What isn't a cursor of this list and user is refused; what is, is written as it was read.
#![no_main]

use belfry_domain::{Cursor, UserId};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let ana = UserId::try_from("ana".to_owned()).expect("a name");
    let bruno = UserId::try_from("bruno".to_owned()).expect("a name");
    // By itself, without the digest that no fuzzer finds.
    let Ok(cursor) = text.parse::<Cursor>() else {
        assert!(Cursor::decode(text, "all", &bruno).is_err(), "read as a cursor: {text}");
        return;
    };
    assert_eq!(cursor.to_string().parse(), Ok(cursor));
    let opaque = cursor.encode("all", &ana);
    assert_eq!(Cursor::decode(&opaque, "all", &ana), Ok(cursor));
    assert!(Cursor::decode(&opaque, "all", &bruno).is_err());
    assert!(Cursor::decode(&opaque, "unread", &ana).is_err());
});
