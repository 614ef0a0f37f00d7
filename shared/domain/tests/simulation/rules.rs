//! The guards of `docs/consistency.md`, each of which can be left out to see what it is good for.

/// One guard of one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
    /// Rules 2 and 3: a batch can't be put on condition, so whoever lost its answer waits until it can't come any more.
    /// Where nobody waits, what this guard keeps out is accepted.
    BatchIsWaitedOut,
    /// Rule 3: an update needs the item to exist.
    NoUpsert,
    /// Rule 3: an update needs `changed < :new`.
    OnlyNewer,
    /// Rule 3: an update needs a letter from which the action leads on.
    AllowedLetter,
    /// Rule 3: an update needs an item that hasn't expired.
    NotExpired,
    /// Rule 3: whoever lost the answer reads the item before writing it again, so that no attempt that is late undoes what
    /// was done since.
    BlindOnlyOnce,
    /// Rule 3: whoever lost the answer and finds nothing left to do writes the state anew, so that the attempt that may still
    /// come is refused.
    LateIsFenced,
    /// Rule 3: a writer that is refused although its action leads on reads the item, and writes just past it.
    RefusedLooksAgain,
    /// Rule 3: a deleted item stays as a tombstone.
    Tombstone,
    /// Rules 3 and 10: what is read by the watermark alone isn't written without looking, so that it keeps the time of its
    /// reading.
    WhatTheMarkReadIsLeft,
    /// Rule 4: the watermark stays 10 s behind the clock.
    Lag,
    /// Rule 4: the watermark only moves forward.
    OnlyForward,
    /// Rule 4: the unread items above the watermark are marked one by one.
    Sweep,
    /// Rule 4: each of them on condition of the exact state that was read.
    ExactState,
    /// Rule 4: when each of them expires stays as it is.
    SweepKeepsExpiry,
    /// Rules 4 and 7: what is due is woken before everything is marked.
    AllWakesFirst,
    /// Rule 5: an edit is on condition of the exact state that was read.
    EditOfExactState,
    /// Rule 5: whoever finds that somebody was faster reads and decides again.
    DecidesAnew,
    /// Rules 4, 5 and 7: a write on condition of what was found goes past it, even if that is ahead of the clock.
    PastWhatWasFound,
    /// Rule 5: an edit writes as `r` what was read by the watermark.
    EditKeepsRead,
    /// Rule 7: waking is on condition of the exact state that was found.
    WakeOfExactState,
    /// Rule 7: waking writes the time of now.
    WakeIsOfNow,
    /// Rule 7: the key of what sleeps holds no future time.
    SleepIsOfNow,
    /// Rule 7: before anything sleeps it is noted that somebody must look for what is due.
    SnoozingIsNoted,
    /// Rule 7: whoever reads an inbox wakes what is due.
    ReadersWake,
    /// Rule 7: whoever looked before waking looks again, also where somebody else was faster to wake.
    LooksAgain,
    /// Rule 7: whoever acts on what is due wakes it, where that makes a difference.
    ActingWakes,
    /// The seen watermark only moves forward.
    SeenOnlyForward,
    /// The seen watermark doesn't pass the clock.
    SeenUpToNow,
    /// What is expired is on no list and in no count.
    ExpiredIsHidden,
    /// What is expired is answered like what was never there.
    ExpiredIsNotFound,
    /// The marks are kept longer than all that they mark.
    MarksOutlive,
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
    /// Rule 11: what an item says is dated apart from its state, which may have overtaken it.
    ClientDatesContent,
    /// Rule 14: a client fetches the item whose state is all that it was told.
    ClientFetchesStrangers,
    /// Rule 15: what changed is read from a minute before the cursor.
    SyncOverlaps,
    /// Rule 15: a cursor older than the tombstones is no cursor.
    SyncStartsOver,
    /// Rule 17: the newest image of a new item rings, even if it is no longer the first one.
    NewestImageRings,
    /// Rule 6: an edit is told with all that the item says.
    EditsAreTold,
    /// Rules 6 and 17: so is the newest image of an edited item, even if something else came last.
    NewestImageTellsEdits,
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
