//! The guards of `docs/consistency.md`, each of which can be left out to see what it is good for.

/// One guard of one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Guard {
    /// Rule 1: the change id is minted by the clock, not taken from the notification id.
    ChangeIdOfItsOwn,
    /// Rule 2: every attempt mints again.
    FreshIdPerAttempt,
    /// Rule 2: a create refused because its own id is there has succeeded.
    OwnIdIsSuccess,
    /// Rule 2: a restamp needs the state to be still the create's own.
    RestampOfOwnState,
    /// Rules 2 and 3: a put needs the id to be free.
    PutOnlyOnce,
    /// Rule 3: an update needs the item to exist.
    NoUpsert,
    /// Rule 3: an update needs `changed < :new`.
    OnlyNewer,
    /// Rule 3: an update needs a letter that may go there.
    AllowedLetter,
    /// Rule 3: a writer whose clock is behind the item tries again just past it.
    MintPastTheItem,
    /// Rule 3: a deleted item stays as a tombstone.
    Tombstone,
    /// Rule 4: the watermark stays 10 s behind the clock.
    Lag,
    /// Rule 4: the watermark only moves forward.
    OnlyForward,
    /// Rule 4: the unread items above the watermark are marked one by one.
    Sweep,
    /// Rule 4: each of them on condition of the exact state that was read.
    ExactState,
    /// Rule 11: a client applies a change only if it is newer than what it has.
    ClientOnlyNewer,
    /// Rule 11: a client keeps the state of an item that it hasn't been shown yet.
    ClientKeepsStrangers,
    /// Rule 11: a client keeps the watermark, for items that `read_all` overtook.
    ClientKeepsMark,
    /// Rule 11: a list replaces what a client had before its socket opened, for what it missed was maybe a delete.
    ClientListReplaces,
    /// Rule 11: what came over the new socket outlives the list, which may have been read before.
    ClientKeepsOvertakers,
    /// Rule 17: the newest image of a new item rings, even if it is no longer the first one.
    NewestImageRings,
}

/// The rules that a simulation goes by: all of them, or all but one guard.
#[derive(Clone, Copy)]
pub(crate) struct Rules {
    left_out: Option<Guard>,
}

impl Rules {
    pub(crate) const COMPLETE: Self = Self { left_out: None };

    pub(crate) const fn without(guard: Guard) -> Self {
        Self { left_out: Some(guard) }
    }

    pub(crate) fn has(self, guard: Guard) -> bool {
        self.left_out != Some(guard)
    }
}
