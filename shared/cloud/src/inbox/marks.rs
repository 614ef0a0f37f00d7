//! The marks of an inbox: how far its owner has read and seen. They move by one write each, only ever forward.

use aws_sdk_dynamodb::{
    operation::update_item::UpdateItemError,
    types::{AttributeValue, ReturnValue},
};
use belfry_domain::{
    ChangeId, Timestamp, UserId, Watermarks,
    watermark::{HISTORY, Move},
};

use super::{
    Inbox,
    item::{META, MetaItem},
    number, text,
    update::Update,
};
use crate::{clock, error::StoreError, retry::until_answered};

/// Which mark moves.
#[derive(Clone, Copy, Debug)]
pub(super) enum Mark {
    Read,
    Seen,
}

impl Mark {
    /// The attributes that hold the mark and its past moves.
    const fn attributes(self) -> (&'static str, &'static str) {
        match self {
            Self::Read => ("read_watermark", "read_moves"),
            Self::Seen => ("seen_watermark", "seen_moves"),
        }
    }

    fn history(self, marks: &Watermarks) -> &[Move] {
        match self {
            Self::Read => &marks.read_history,
            Self::Seen => &marks.seen_history,
        }
    }
}

impl Inbox {
    /// The user's watermarks, read strongly consistently; none of them set where nothing was ever marked.
    pub async fn watermarks(&self, user: &UserId) -> Result<Watermarks, StoreError> {
        let found = self.item(user, text(META)).await?;
        let meta: MetaItem = found.map(serde_dynamo::from_item).transpose()?.unwrap_or_default();
        Ok(meta.into())
    }

    /// Marks as seen what the list shows: everything up to `up_to`, or up to the newest unread item. Returns how many
    /// unread items are unseen then, which came later.
    pub async fn mark_seen(&self, user: &UserId, up_to: Option<ChangeId>) -> Result<usize, StoreError> {
        let newest = match up_to {
            Some(up_to) => Some(up_to),
            None => self.newest_of_unread(user, 1).await?.pop(),
        };
        let Some(newest) = newest else { return Ok(0) };
        // Nobody has seen what is yet to come.
        let to = ChangeId::last_of(newest.timestamp().min(clock::now()));
        let before = self.move_mark(user, Mark::Seen, to).await?;
        self.count_unread(user, before.unseen_floor().max(Some(to))).await
    }

    /// Moves the mark, which is the last id of its millisecond, and returns the marks as they were; where somebody else
    /// has moved it further already, those are what it finds.
    pub(super) async fn move_mark(
        &self,
        user: &UserId,
        mark: Mark,
        to: ChangeId,
    ) -> Result<Watermarks, StoreError> {
        let (name, moves) = mark.attributes();
        let at = clock::now();
        let attempt = async || {
            let update = Update::of_meta(self, user, at)
                .set(name, text(to))
                .prepend(moves, vec![millis(to.timestamp()), millis(at)])
                .on_condition(format!("attribute_not_exists(#{name}) OR #{name} < :{name}"))
                .return_values(ReturnValue::AllOld);
            match update.send().await {
                Ok(written) => Ok(written.attributes),
                Err(error) => match error.as_service_error() {
                    Some(UpdateItemError::ConditionalCheckFailedException(failed)) => Ok(failed.item.clone()),
                    _ => Err(error),
                },
            }
        };
        let before = until_answered(attempt).await?;
        let before: MetaItem = before.map(serde_dynamo::from_item).transpose()?.unwrap_or_default();
        let mut before = Watermarks::from(before);
        if mark.history(&before).len() + 1 >= 2 * HISTORY {
            self.trim_history(user, moves).await;
        }
        // Found already moved so by an earlier attempt of ours: the mark before it is the one before.
        let earlier = mark.history(&before).get(1).map(|earlier| earlier.to);
        match mark {
            Mark::Read if before.read == Some(to) => before.read = earlier,
            Mark::Seen if before.seen == Some(to) => before.seen = earlier,
            Mark::Read | Mark::Seen => {}
        }
        Ok(before)
    }

    /// Drops the older half of the history: one more write in twenty. Another time will do where it fails.
    async fn trim_history(&self, user: &UserId, moves: &str) {
        let trim = (2 * HISTORY..4 * HISTORY)
            .fold(Update::of_meta(self, user, clock::now()), |update, at| update.remove_element(moves, at));
        if let Err(error) = trim.on_condition(format!("attribute_exists(#{moves})")).send().await {
            tracing::warn!(error = %StoreError::from(error), "failed to trim the watermark history");
        }
    }
}

fn millis(at: Timestamp) -> AttributeValue {
    number(at.as_millis())
}
