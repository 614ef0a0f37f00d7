//! Counting what something spends.

use belfry_dynamo::{Call, names};

use crate::support::world::World;

/// What one operation spends.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Spent {
    /// Calls to the tables, but for the credential's.
    pub(crate) calls: usize,
    pub(crate) write_units: f64,
    pub(crate) read_units: f64,
    /// What finding out whether the caller still counts costs on top: one call where it is done.
    pub(crate) credential_read_units: f64,
    /// Frames that are posted to sockets.
    pub(crate) posts: usize,
    /// What the functions print of it for their metrics, as CloudWatch counts it.
    pub(crate) metric_bytes: usize,
}

/// Beside its text, CloudWatch counts so much for each line.
const LINE_BYTES: usize = 26;

/// One batched read tells both whether the token was revoked and who its bearer is.
fn is_of_credential(call: &Call) -> bool {
    call.operation == "BatchGetItem" && call.request.contains(names::DIRECTORY)
}

impl World {
    /// What is spent until the future ends.
    pub(crate) async fn spent(&self, act: impl Future) -> Spent {
        let posts = self.recorder.posts();
        self.wire.take_calls();
        self.measured.take_lines();
        act.await;
        let lines = self.measured.take_lines();
        let mut spent = Spent {
            posts: self.recorder.posts() - posts,
            metric_bytes: lines.iter().map(|line| line.len() + LINE_BYTES).sum(),
            ..Spent::default()
        };
        for call in self.wire.take_calls() {
            let units = call.units();
            if is_of_credential(&call) {
                spent.credential_read_units += units.read;
            } else {
                spent.calls += 1;
                spent.read_units += units.read;
            }
            spent.write_units += units.write;
        }
        spent
    }
}
