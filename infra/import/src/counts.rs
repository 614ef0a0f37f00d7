//! What became of the lines.

use std::fmt;

/// How many lines there were, and of how many what became.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All but empty ones.
    pub lines: u64,
    /// New in their owner's inbox.
    pub imported: u64,
    /// There already, or deleted by their owner since an earlier import.
    pub known: u64,
    /// Past the retention.
    pub expired: u64,
    /// Against the rules; each was reported.
    pub refused: u64,
    /// Links that were left out of a notification; each was reported.
    pub links_dropped: u64,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { lines, imported, known, expired, refused, links_dropped } = self;
        writeln!(f, "{lines:>9} lines")?;
        writeln!(f, "{imported:>9} imported")?;
        writeln!(f, "{known:>9} known already")?;
        writeln!(f, "{expired:>9} expired")?;
        writeln!(f, "{refused:>9} refused")?;
        write!(f, "{links_dropped:>9} links dropped")
    }
}
