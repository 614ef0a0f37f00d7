//! The one table of what each operation may cost.

use crate::prices::Trigger::{self, Connect, Disconnect, Event, Frame, Http, Queue, Stream};

/// What one operation may spend on the tables, beside its credential.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limit {
    pub(crate) operation: &'static str,
    pub(crate) trigger: Trigger,
    pub(crate) calls: usize,
    pub(crate) write_units: f64,
    pub(crate) read_units: f64,
}

const fn limit(operation: &'static str, trigger: Trigger, calls: usize, writes: f64, reads: f64) -> Limit {
    Limit { operation, trigger, calls, write_units: writes, read_units: reads }
}

/// Calls, write units, read units: what each operation needs, and not one more.
pub(crate) const LIMITS: [Limit; 37] = [
    limit("create for one user", Http, 1, 2.0, 0.0),
    limit("create with an `Idempotency-Key`", Http, 2, 3.0, 0.0),
    limit("the same, sent again", Http, 2, 2.0, 0.0),
    limit("create for 100 users", Http, 4, 200.0, 0.0),
    limit("create for 100 users, with an `Idempotency-Key`", Http, 5, 201.0, 0.0),
    limit("fan-out of one, to nobody", Stream, 1, 0.0, 1.0),
    limit("fan-out of one, to one socket, 10 unread", Stream, 3, 0.0, 3.0),
    limit("fan-out of one, to one socket, 100 unread", Stream, 3, 0.0, 7.0),
    limit("list 20 of 100, all unread", Http, 3, 0.0, 9.0),
    limit("list 20 of 100 unread, by `status=unread`", Http, 4, 0.0, 27.0),
    limit("unread count of 100", Http, 2, 0.0, 6.0),
    limit("unread count of 1,000", Http, 2, 0.0, 43.0),
    limit("get one", Http, 2, 0.0, 2.0),
    limit("mark one read", Http, 2, 3.0, 1.0),
    limit("mark one unread", Http, 2, 3.0, 1.0),
    limit("archive", Http, 2, 3.0, 1.0),
    limit("snooze", Http, 3, 4.0, 1.0),
    limit("edit", Http, 3, 3.0, 2.0),
    limit("delete", Http, 1, 3.0, 0.0),
    limit("mark all read, 100 of them old", Http, 2, 1.0, 5.0),
    limit("mark all read, 3 of them of the last seconds", Http, 5, 10.0, 1.0),
    limit("seen, 100 unread", Http, 3, 1.0, 2.0),
    limit("ticket for a socket", Http, 2, 2.0, 0.0),
    limit("`$connect` by a token", Connect, 3, 1.0, 2.0),
    limit("`$connect` by a ticket", Connect, 4, 2.0, 2.0),
    limit("`$disconnect`", Disconnect, 1, 1.0, 0.0),
    limit("ping", Frame, 0, 0.0, 0.0),
    limit("hello, first visit", Frame, 3, 0.0, 3.0),
    limit("hello, nothing missed", Frame, 8, 0.0, 8.0),
    limit("sign-out, no socket open", Http, 2, 1.0, 1.0),
    limit("first sight of a user", Http, 1, 2.0, 0.0),
    limit("an event that tells one user", Event, 5, 4.0, 2.0),
    limit("an alert that is counted into another", Event, 4, 4.0, 2.0),
    limit("an event that changes a role", Event, 3, 3.0, 2.0),
    limit("a broadcast to 1,000 users, named", Queue, 80, 2_100.0, 20.0),
    limit("a broadcast to 1,000 users, everyone", Queue, 90, 2_100.0, 40.0),
    limit("a recall from 1,000 users", Queue, 1_060, 3_050.0, 60.0),
];
