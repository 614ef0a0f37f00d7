//! What happens in a history.

use belfry_domain::NotificationType;
use fastrand::Rng;

use crate::model::{Deed, HOUR};

/// One thing after another.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// Somebody tells something, in one of the ways that there are.
    Create {
        kind: NotificationType,
        by: Way,
    },
    /// The owner does something with the card at that place of the pile.
    Act {
        at: usize,
        deed: Deed,
    },
    MarkAll,
    /// The owner sees everything unread, or what is below the so-manieth of it.
    See {
        below: Option<usize>,
    },
    /// Somebody says something else, and puts it away.
    Edit {
        at: usize,
        kind: NotificationType,
        archive: bool,
    },
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Way {
    Alone,
    /// By a request that is sent again.
    Replayed,
    /// So many at once.
    Together(usize),
}

/// Time that goes by, in whole hours, and what happens after it, before anybody has looked.
#[derive(Clone, Debug)]
pub(crate) struct Turn {
    pub(crate) hours: i64,
    pub(crate) step: Step,
}

/// Half an hour more than whole hours: no pass of time ends just there.
const SNOOZES: [i64; 4] = [HOUR / 2, HOUR + HOUR / 2, 20 * HOUR + HOUR / 2, 600 * HOUR + HOUR / 2];

const KINDS: [NotificationType; 3] =
    [NotificationType::Info, NotificationType::Warning, NotificationType::ReportReady];

/// The next turn in a history of so many cards.
pub(crate) fn next(rng: &mut Rng, cards: usize) -> Turn {
    let hours = match rng.u8(0..100) {
        0..70 => 0,
        70..88 => 1,
        88..94 => 21,
        94..98 => 300,
        _ => 800,
    };
    // What is due is woken by whoever looks first.
    let step = if hours > 0 && rng.u8(0..4) == 0 { Step::MarkAll } else { step(rng, cards) };
    Turn { hours, step }
}

fn step(rng: &mut Rng, cards: usize) -> Step {
    let kind = kind(rng);
    let weight = rng.u8(0..100);
    if cards == 0 || weight < 22 {
        let by = match rng.u8(0..6) {
            0 => Way::Replayed,
            1 => Way::Together(rng.usize(2..=4)),
            _ => Way::Alone,
        };
        return Step::Create { kind, by };
    }
    // The newest are the most likely, as they are for people.
    let at = cards - 1 - rng.usize(0..cards).min(rng.usize(0..cards));
    match weight {
        22..75 => Step::Act { at, deed: deed(rng) },
        75..83 => Step::MarkAll,
        83..91 => Step::See { below: rng.bool().then(|| rng.usize(0..4)) },
        _ => Step::Edit { at, kind, archive: rng.u8(0..4) == 0 },
    }
}

fn deed(rng: &mut Rng) -> Deed {
    match rng.u8(0..20) {
        0..5 => Deed::Read,
        5..9 => Deed::Unread,
        9..12 => Deed::Archive,
        12..14 => Deed::Unarchive,
        14..18 => Deed::Snooze(SNOOZES[rng.usize(0..SNOOZES.len())]),
        _ => Deed::Delete,
    }
}

pub(crate) fn kind(rng: &mut Rng) -> NotificationType {
    KINDS[rng.usize(0..KINDS.len())]
}
