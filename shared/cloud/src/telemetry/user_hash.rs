//! A user in a log line.

use std::fmt::{self, Display, Formatter};

use belfry_domain::UserId;
use sha2::{Digest, Sha256};

/// Keeps these hashes apart from all others of the same ids.
const PREFIX: &[u8] = b"belfry log user\0";

/// How many bytes of the hash are shown: enough to distinguish the users of a deployment.
const BYTES: usize = 8;

/// Shows which lines are about the same user, without the user's id: 16 hex digits of a SHA-256. Anybody who knows all
/// ids can hash each of them, so it is a pseudonym and no secret.
#[derive(Clone, Copy, Debug)]
pub struct UserHash<'a>(pub &'a UserId);

impl Display for UserHash<'_> {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        let hash = Sha256::new_with_prefix(PREFIX).chain_update(self.0.to_string()).finalize();
        hash.iter().take(BYTES).try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(user: &str) -> String {
        UserHash(&user.to_owned().try_into().unwrap()).to_string()
    }

    #[test]
    fn a_user_has_one_hash_of_sixteen_digits_which_is_not_that_of_the_bare_id() {
        let ana = hash("ana");
        assert_eq!((ana.len(), &ana), (16, &hash("ana")));
        assert!(ana.bytes().all(|digit| digit.is_ascii_hexdigit()));
        assert_ne!(ana, hash("bruno"));
        let bare = u64::from_be_bytes(Sha256::digest("ana")[..BYTES].try_into().unwrap());
        assert_ne!(ana, format!("{bare:016x}"));
    }
}
