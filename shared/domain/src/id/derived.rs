//! Ids that are derived instead of minted, so that doing the same work again finds its result.
//!
//! Each purpose has a tag of its own in the hash. Without it, a broadcast that is opened under an event's id would own the
//! notifications which that event made, and could rewrite and delete them.

use sha2::{Digest, Sha256};

use super::{NotificationId, UserId};
use crate::timestamp::Timestamp;

/// The first bytes of what is hashed for each purpose. None of them is the beginning of a UUID of version 7.
const EVENT: &[u8] = b"belfry event 1";
const CALLER_EVENT: &[u8] = b"belfry event of a caller 1";
const BROADCAST_RECIPIENT: &[u8] = b"belfry broadcast recipient 1";

impl NotificationId {
    /// The id of one recipient's notification of an event or of a request that is `self` as a whole: its time, and bits that
    /// only the two decide.
    #[must_use]
    pub fn derive_for_user(self, user: &UserId) -> Self {
        Self::derived(self.timestamp(), &[self.0.as_bytes(), user.as_str().as_bytes()])
    }

    /// The id of one recipient's notification of the broadcast `self`. It differs from every id that an event or a request of
    /// the same id makes.
    #[must_use]
    pub fn derive_for_broadcast_user(self, user: &UserId) -> Self {
        Self::derived(self.timestamp(), &[BROADCAST_RECIPIENT, self.0.as_bytes(), user.as_str().as_bytes()])
    }

    /// The id of a trusted sender's event as a whole: the event's time, and bits that only its source and its id decide.
    pub fn derive_from_event(time: Timestamp, source: &str, id: &str) -> Self {
        Self::derived(time, &[EVENT, &length(source), source.as_bytes(), id.as_bytes()])
    }

    /// The same for an event whose sender is not trusted with its source: the caller decides, too, so no other sender can
    /// work it out for an event of their own.
    pub fn derive_from_caller_event(time: Timestamp, caller: &UserId, source: &str, id: &str) -> Self {
        let caller = caller.as_str();
        let parts = [CALLER_EVENT, &length(caller), caller.as_bytes(), &length(source), source.as_bytes()];
        Self::derived(time, &[&parts.concat(), id.as_bytes()])
    }

    fn derived(time: Timestamp, parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new();
        for part in parts {
            hash.update(part);
        }
        let whole = hash.finalize();
        let bits = std::array::from_fn(|index| whole[index]);
        let millis = u64::try_from(time.as_millis()).unwrap_or(0);
        Self(uuid::Builder::from_unix_timestamp_millis(millis, &bits).into_uuid())
    }
}

/// Goes before a text that is followed by another, so that two different pairs of texts never give the same bytes.
fn length(text: &str) -> [u8; 8] {
    (text.len() as u64).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;
    use crate::id::ChangeId;

    fn user(name: &str) -> UserId {
        name.to_owned().try_into().unwrap()
    }

    const AT: Timestamp = Timestamp::from_millis(1_795_362_142_070);

    #[test]
    fn a_recipient_s_name_is_the_same_whoever_works_it_out() {
        let whole: NotificationId = "0199c000-0000-7000-8000-000000000000".parse().unwrap();
        // Fixed values: a request that is sent again may meet a later version of this code.
        assert_eq!(whole.derive_for_user(&user("ana")).to_string(), "0199c000-0000-7fd2-9b21-b87f83c7f279");
        assert_eq!(
            whole.derive_for_broadcast_user(&user("ana")).to_string(),
            "0199c000-0000-7652-8e42-6b4ef0b1a850"
        );
    }

    #[test]
    fn purposes_do_not_share_names() {
        let (ana, id) = (user("ana"), "4711");
        let event = NotificationId::derive_from_event(AT, "supply.reports", id);
        let mine = NotificationId::derive_from_caller_event(AT, &ana, "supply.reports", id);
        let names = [
            event,
            mine,
            NotificationId::derive_from_caller_event(AT, &user("bruno"), "supply.reports", id),
            // The boundaries between caller, source and id count.
            NotificationId::derive_from_caller_event(AT, &user("anasupply"), ".reports", id),
            NotificationId::derive_from_caller_event(AT, &ana, "supply.reports4", "711"),
            event.derive_for_user(&ana),
            event.derive_for_broadcast_user(&ana),
            mine.derive_for_user(&ana),
            mine.derive_for_broadcast_user(&ana),
        ];
        assert_eq!(names.iter().collect::<HashSet<_>>().len(), names.len());
        assert!(names.iter().all(|name| name.timestamp() == AT));
    }

    #[test]
    fn each_recipient_of_each_whole_has_a_name_of_its_own() {
        let wholes = (0..20).map(|millis| NotificationId(ChangeId::last_of(AT.plus_millis(millis)).0));
        let wholes: Vec<_> = wholes.collect();
        let users = ["ana", "anb", "bruno", "Ana", "ana ", "é", "a"].map(user);
        let mut names = HashSet::new();
        for whole in &wholes {
            assert!(users.iter().all(|user| names.insert(whole.derive_for_user(user))));
            assert!(users.iter().all(|user| names.insert(whole.derive_for_broadcast_user(user))));
            assert!(!names.contains(whole));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_recipient_s_name_keeps_the_time_and_is_a_uuid_of_version_7(
            millis in 0_u64..1 << 48, noise: [u8; 10], name in "[^\\p{Cc}]{1,40}",
        ) {
            let whole = NotificationId(uuid::Builder::from_unix_timestamp_millis(millis, &noise).into_uuid());
            for part in [whole.derive_for_user(&user(&name)), whole.derive_for_broadcast_user(&user(&name))] {
                prop_assert_eq!(part.timestamp(), whole.timestamp());
                prop_assert_eq!(part.to_string().parse(), Ok(part));
                prop_assert_eq!(part.0.get_variant(), uuid::Variant::RFC4122);
                prop_assert_ne!(part, whole);
            }
            prop_assert_eq!(whole.derive_for_user(&user(&name)), whole.derive_for_user(&user(&name)));
        }
    }
}
