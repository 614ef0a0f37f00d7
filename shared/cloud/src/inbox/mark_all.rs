//! Marking everything read: one write moves the watermark, whatever the count (rule 4 of `docs/consistency.md`).

use aws_sdk_dynamodb::types::Select;
use belfry_domain::{ChangeId, NotificationId, State, Status, UserId, Watermarks};
use futures::{StreamExt, TryStreamExt, stream};

use super::{
    CONCURRENT_UPDATES, Inbox, marks::Mark, number, page::RawItem, unread::StateKey, update::Update,
};
use crate::{clock, error::StoreError, retry::until_answered};

/// How many states a query reads at once: what the mark doesn't cover is rarely more, and of the rest only the number is
/// wanted.
const PAGE: i32 = 101;

/// What is unread, newest first, on both sides of a mark.
#[derive(Default)]
struct Unread {
    newer: Vec<(NotificationId, State)>,
    covered: usize,
}

impl Unread {
    fn add(&mut self, items: Vec<RawItem>, mark: ChangeId) -> Result<(), StoreError> {
        for key in serde_dynamo::from_items::<_, StateKey>(items)? {
            match key.state()? {
                state if state.changed > mark => self.newer.push((key.id()?, state)),
                _ => self.covered += 1,
            }
        }
        Ok(())
    }
}

impl Inbox {
    /// Marks read what was committed when this looked, and returns how many that were.
    ///
    /// The watermark stays ten seconds behind the clock; what is newer than that is marked one by one, each on
    /// condition that it is still as it was seen. Asking again after an error is safe.
    pub async fn mark_all_read(&self, user: &UserId) -> Result<usize, StoreError> {
        let mark = Watermarks::read_mark_at(clock::now());
        let before = self.move_mark(user, Mark::Read, mark).await?;
        self.wake_due(user, &before).await?;
        let Unread { newer, covered } = self.unread_around(user, before.read, mark).await?;
        let one_by_one = stream::iter(newer)
            .map(|(id, state)| async move { self.read_as_found(user, id, state).await })
            .buffer_unordered(CONCURRENT_UPDATES)
            .try_fold(0, async |count, read| Ok(count + usize::from(read)));
        Ok(covered + one_by_one.await?)
    }

    /// One query where there are at most [`PAGE`], else another for each megabyte of index.
    async fn unread_around(
        &self,
        user: &UserId,
        floor: Option<ChangeId>,
        mark: ChangeId,
    ) -> Result<Unread, StoreError> {
        let query = self.by_letter(user, Status::Unread, floor).scan_index_forward(false);
        let states = query.clone().projection_expression("#item, #state");
        let states = states.expression_attribute_names("#item", "item").limit(PAGE);
        let count = query.select(Select::Count);
        let mut unread = Unread::default();
        let mut start = None;
        loop {
            let query = if unread.covered == 0 { &states } else { &count };
            let page = query.clone().set_exclusive_start_key(start).send().await?;
            match page.items {
                Some(items) => unread.add(items, mark)?,
                None => unread.covered += usize::try_from(page.count).unwrap_or(0),
            }
            start = page.last_evaluated_key;
            if start.is_none() {
                return Ok(unread);
            }
        }
    }

    /// False where the item has changed since it was found. When it expires stays as it is.
    async fn read_as_found(
        &self,
        user: &UserId,
        id: NotificationId,
        from: State,
    ) -> Result<bool, StoreError> {
        let attempt = || {
            // Looked at first: nothing is read after it was last changed.
            let now = clock::now();
            let changed = clock::mint_change().max(from.changed.successor());
            let update = Update::of(self, user, id, State { status: Status::Read, changed });
            self.replace_state(from, update.set("read_at", number(now.as_millis())))
        };
        until_answered(attempt).await
    }
}
