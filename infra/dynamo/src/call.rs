//! What the wire records of a call.

use std::{
    iter::Sum,
    ops::Add,
    sync::{Arc, OnceLock},
};

/// One request that went over the wire.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The operation, such as `PutItem`.
    pub operation: String,
    /// The request's JSON, as the client sent it.
    pub request: String,
    pub(crate) units: Arc<OnceLock<Units>>,
}

/// Request units, in which DynamoDB's reads and writes are billed: multiples of a half.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Units {
    /// One reads 4 KB strongly consistently; eventually consistent reads take a half, transactional ones two.
    pub read: f64,
    /// One writes 1 KB of an item or of its entry in an index; a transaction takes two for an item.
    pub write: f64,
}

impl Call {
    /// What it consumed, of all tables and indexes together. Nothing before the database has answered, and nothing for
    /// what was throttled or invalid.
    ///
    /// The numbers are the database's, save for a write that its condition refused, whose answer has none. AWS charges
    /// it by the item, without indexes: by the stored one or the one to put, whichever is larger. Of an update it is
    /// the stored one here, since what it would have become is not known.
    ///
    /// They follow the rules that AWS documents, but for these. A query of a local index for attributes outside of it
    /// costs AWS's customers every whole item, each rounded up to 4 KB; here the items are rounded together (`Select`)
    /// or not read at all (`ProjectionExpression`). Cancelled transactions and statements in PartiQL count as nothing.
    pub fn units(&self) -> Units {
        self.units.get().copied().unwrap_or_default()
    }
}

impl Units {
    /// Of a read.
    pub const fn read(units: f64) -> Self {
        Self { read: units, write: 0.0 }
    }

    /// Of a write.
    pub const fn write(units: f64) -> Self {
        Self { read: 0.0, write: units }
    }
}

impl Add for Units {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { read: self.read + other.read, write: self.write + other.write }
    }
}

impl Sum for Units {
    fn sum<I: Iterator<Item = Self>>(units: I) -> Self {
        units.fold(Self::default(), Add::add)
    }
}
