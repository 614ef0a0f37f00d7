//! Where a page of a list begins.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use uuid::Uuid;

use crate::id::UserId;

/// Which way a page goes from its position.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Towards what is older.
    Older,
    /// Towards what is newer.
    Newer,
}

/// A position between two items of one user's list. The text form is opaque, names its list and carries a digest
/// over its owner, so that a cursor of another user, of another list, or a tampered one is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Which way to read on.
    pub direction: Direction,
    /// The id next to which the page begins, itself not part of it.
    pub position: Uuid,
}

/// The text isn't a cursor of this list and user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the cursor of a page of this list")]
pub struct InvalidCursor;

const DIGEST_BYTES: usize = 8;

impl Cursor {
    /// The opaque text for the query string; `list` is the name of the list that it belongs to.
    pub fn encode(&self, list: &str, user: &UserId) -> String {
        let position = self.to_string();
        let mut bytes = digest(list, user, &position).to_vec();
        bytes.extend(position.into_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads what [`Cursor::encode`] wrote for the same list and user.
    pub fn decode(text: &str, list: &str, user: &UserId) -> Result<Self, InvalidCursor> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidCursor)?;
        let (check, position) = bytes.split_at_checked(DIGEST_BYTES).ok_or(InvalidCursor)?;
        let position = std::str::from_utf8(position).map_err(|_| InvalidCursor)?;
        if digest(list, user, position) != check {
            return Err(InvalidCursor);
        }
        position.parse()
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let direction = match self.direction {
            Direction::Older => '<',
            Direction::Newer => '>',
        };
        write!(f, "{direction}{}", self.position.simple())
    }
}

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let direction = match text.chars().next() {
            Some('<') => Direction::Older,
            Some('>') => Direction::Newer,
            _ => return Err(InvalidCursor),
        };
        let position = Uuid::try_parse(&text[1..]).map_err(|_| InvalidCursor)?;
        Ok(Self { direction, position })
    }
}

/// Lengths go in first, so that no two inputs run together to the same bytes.
fn digest(list: &str, user: &UserId, position: &str) -> [u8; DIGEST_BYTES] {
    let mut hash = Sha256::new();
    for part in ["belfry cursor 1", list, user.as_str(), position] {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let whole = hash.finalize();
    std::array::from_fn(|index| whole[index])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(name: &str) -> UserId {
        name.to_owned().try_into().unwrap()
    }

    #[test]
    fn a_cursor_reads_back_only_for_its_list_and_user() {
        let cursor = Cursor { direction: Direction::Older, position: Uuid::from_u128(7) };
        let text = cursor.encode("all", &user("ana"));
        assert_eq!(Cursor::decode(&text, "all", &user("ana")), Ok(cursor));
        assert_eq!(Cursor::decode(&text, "unread", &user("ana")), Err(InvalidCursor));
        assert_eq!(Cursor::decode(&text, "all", &user("bruno")), Err(InvalidCursor));
    }

    #[test]
    fn noise_is_refused() {
        for text in ["", "x", "AAAA", "é", "bm90IGEgY3Vyc29yIGF0IGFsbA"] {
            assert_eq!(Cursor::decode(text, "all", &user("ana")), Err(InvalidCursor), "{text}");
        }
    }
}
