//! The identifiers: who owns a notification, which one it is, and which change made it what it is.

mod derived;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::timestamp::Timestamp;

/// The 48 bits of a UUIDv7 above its random part hold milliseconds (RFC 9562, section 5.7).
const MILLIS_SHIFT: u32 = 80;

/// The bits of a UUID that its version and variant fix, and what version 7 fixes them to.
const FIXED_BITS: u128 = 0x0000_0000_0000_f000_c000_0000_0000_0000;
const VERSION_7_VARIANT_1: u128 = 0x0000_0000_0000_7000_8000_0000_0000_0000;

/// A text is not the identifier it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be {0}")]
pub struct InvalidId(&'static str);

/// A user, as the `sub` claim of the identity provider names them: 1–255 characters, none of them a control
/// character (OpenID Connect Core, section 2, allows 255).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, min_length = 1, max_length = 255, pattern = r"^[^\x00-\x1f\x7f-\x9f]+$", example = "ana")]
pub struct UserId(String);

impl UserId {
    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for UserId {
    type Error = InvalidId;

    fn try_from(text: String) -> Result<Self, InvalidId> {
        let length = text.chars().count();
        if !(1..=255).contains(&length) || text.chars().any(char::is_control) {
            return Err(InvalidId("a user id of 1 to 255 characters without control characters"));
        }
        Ok(Self(text))
    }
}

impl From<UserId> for String {
    fn from(id: UserId) -> Self {
        id.0
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! uuid_v7 {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(try_from = "String")]
        #[schema(value_type = String, format = Uuid, example = "019ab8c3-9e86-7d1c-8a47-6f1d2e3b4c5d",
            pattern = "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-7[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$")]
        pub struct $name(Uuid);

        impl $name {
            /// The instant the id was minted at, by the minting clock.
            pub fn timestamp(self) -> Timestamp {
                let millis = self.0.as_u128() >> MILLIS_SHIFT;
                Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX))
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let hyphenated = text.len() == uuid::fmt::Hyphenated::LENGTH;
                match Uuid::try_parse(text) {
                    Ok(uuid) if hyphenated && uuid.as_u128() & FIXED_BITS == VERSION_7_VARIANT_1 => {
                        Ok(Self(uuid))
                    }
                    _ => Err(InvalidId("a UUID of version 7")),
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                text.parse()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0.hyphenated(), f)
            }
        }
    };
}

uuid_v7! {
    /// Names a notification and sorts it: newest first is the reverse order of the ids.
    NotificationId
}

uuid_v7! {
    /// Names one change of one item, minted from the writer's clock immediately before the write attempt (rule 1).
    /// Later changes have greater ids.
    ChangeId
}

impl From<NotificationId> for ChangeId {
    /// As if its creation had been its change.
    fn from(id: NotificationId) -> Self {
        Self(id.0)
    }
}

impl ChangeId {
    /// The smallest UUIDv7 greater than this one.
    #[must_use]
    pub fn successor(self) -> Self {
        let next = (self.0.as_u128() | FIXED_BITS).saturating_add(1);
        Self(Uuid::from_u128(next & !FIXED_BITS | VERSION_7_VARIANT_1))
    }

    /// The greatest UUIDv7 smaller than this one.
    #[must_use]
    pub fn predecessor(self) -> Self {
        let previous = (self.0.as_u128() & !FIXED_BITS).saturating_sub(1);
        Self(Uuid::from_u128(previous & !FIXED_BITS | VERSION_7_VARIANT_1))
    }

    /// Below every id that a clock mints.
    pub const MIN: Self = Self(Uuid::from_u128(VERSION_7_VARIANT_1));

    /// Above every id that a clock mints.
    pub const MAX: Self = Self(Uuid::from_u128(!FIXED_BITS | VERSION_7_VARIANT_1));

    /// The greatest id that can be minted within `at`'s millisecond: a watermark there covers all of it.
    pub fn last_of(at: Timestamp) -> Self {
        let millis = u64::try_from(at.as_millis()).unwrap_or(0);
        Self(uuid::Builder::from_unix_timestamp_millis(millis, &[0xff; 10]).into_uuid())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn id(text: &str) -> ChangeId {
        text.parse().unwrap()
    }

    #[test]
    fn a_successor_is_the_next_id_and_a_predecessor_the_one_before() {
        let cases = [
            ("0199c000-0000-7000-8000-000000000000", "0199c000-0000-7000-8000-000000000001"),
            ("0199c000-0000-7000-bfff-ffffffffffff", "0199c000-0000-7001-8000-000000000000"),
            ("0199c000-0000-7fff-bfff-ffffffffffff", "0199c000-0001-7000-8000-000000000000"),
        ];
        for (from, to) in cases {
            assert_eq!(id(from).successor().to_string(), to);
            assert!(id(from).successor() > id(from));
            assert_eq!(id(to).predecessor(), id(from));
        }
        assert_eq!(ChangeId::MAX.to_string(), "ffffffff-ffff-7fff-bfff-ffffffffffff");
    }

    #[test]
    fn the_last_id_of_a_millisecond_covers_that_millisecond_and_no_more() {
        let at = Timestamp::from_millis(1_795_362_142_070);
        let last = ChangeId::last_of(at);
        assert_eq!(last.timestamp(), at);
        assert_eq!(last.successor().timestamp(), at.plus_millis(1));
    }

    #[test]
    fn text_order_is_id_order() {
        let a = id("0199c000-0000-7000-8000-000000000000");
        let b = ChangeId::last_of(a.timestamp().plus_millis(70_000));
        assert!(a < b && a.to_string() < b.to_string());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn nothing_lies_between_an_id_and_its_successor(millis in 1_u64..1 << 47, noise: [u8; 10]) {
            let id = ChangeId(uuid::Builder::from_unix_timestamp_millis(millis, &noise).into_uuid());
            prop_assert!(id < id.successor() && id.predecessor() < id);
            prop_assert_eq!((id.successor().predecessor(), id.predecessor().successor()), (id, id));
            prop_assert_eq!(id.successor().to_string().parse(), Ok(id.successor()));
            prop_assert!(ChangeId::MIN <= id && id <= ChangeId::MAX);
        }
    }

    #[test]
    fn other_uuid_versions_are_refused() {
        assert!("a8098c1a-f86e-11da-bd1a-00112444be1e".parse::<NotificationId>().is_err());
        assert!("0199c000-0000-7000-c000-000000000000".parse::<NotificationId>().is_err());
        assert!("0199c000000070008000000000000000".parse::<NotificationId>().is_err());
        assert!("ana".parse::<NotificationId>().is_err());
    }

    #[test]
    fn a_user_id_is_neither_empty_nor_long_nor_a_control_character() {
        for bad in [String::new(), "a\u{0}".into(), "x".repeat(256)] {
            assert!(UserId::try_from(bad).is_err());
        }
        assert_eq!(UserId::try_from("ana".to_owned()).unwrap().as_str(), "ana");
    }
}
