//! Reading one page of a key range, in either direction.

use std::collections::HashMap;

use aws_sdk_dynamodb::{operation::query::builders::QueryFluentBuilder, types::AttributeValue};
use belfry_domain::{ChangeId, Cursor, Direction};
use uuid::Uuid;

use super::{Inbox, number};
use crate::{clock, error::StoreError};

/// A page that the filter leaves short is filled up by further queries, at most this many in all.
const MAX_QUERIES: usize = 8;

/// One page of a list, newest first.
#[derive(Clone, Debug)]
pub struct Page<T> {
    /// What is on it; fewer than asked for are possible also where `next` is set.
    pub items: Vec<T>,
    /// Where what is older goes on, if anything is.
    pub next: Option<Cursor>,
    /// Where what is newer goes on; nothing may be there yet.
    pub previous: Option<Cursor>,
}

/// A row: its position in the list, and what it holds.
pub(super) type Row<T> = (Uuid, T);

/// An item as the SDK returns it.
pub(super) type RawItem = HashMap<String, AttributeValue>;

impl Inbox {
    /// Runs `query`, whose key range starts at the cursor, until `limit` rows are found. `row` understands one item.
    pub(super) async fn page<T>(
        &self,
        query: QueryFluentBuilder,
        cursor: Option<Cursor>,
        limit: usize,
        row: fn(RawItem) -> Result<Option<Row<T>>, StoreError>,
    ) -> Result<Page<T>, StoreError> {
        let newer = cursor.is_some_and(|cursor| cursor.direction == Direction::Newer);
        let query = query
            .table_name(&self.table)
            .consistent_read(true)
            .scan_index_forward(newer)
            .limit(i32::try_from(limit + 1).unwrap_or(i32::MAX))
            .expression_attribute_names("#user", "user")
            .expression_attribute_values(":now", number(clock::now().as_seconds()));
        let mut rows = Vec::new();
        let mut start = None;
        for _ in 0..MAX_QUERIES {
            let answer = query.clone().set_exclusive_start_key(start.take()).send().await?;
            for item in answer.items.unwrap_or_default() {
                rows.extend(row(item)?);
            }
            start = answer.last_evaluated_key;
            if rows.len() > limit || start.is_none() {
                break;
            }
        }
        Ok(cut(rows, cursor, limit, start.is_some()))
    }
}

/// Makes a page of the rows found, which are in reading direction; `goes_on` says that the range does, behind them.
fn cut<T>(mut rows: Vec<Row<T>>, cursor: Option<Cursor>, limit: usize, goes_on: bool) -> Page<T> {
    let more = rows.len() > limit || goes_on;
    rows.truncate(limit);
    let at =
        |direction, row: Option<&Row<T>>| row.map(|(position, _)| Cursor { direction, position: *position });
    let (next, previous) = match cursor.map(|cursor| cursor.direction) {
        Some(Direction::Newer) => {
            rows.reverse();
            let previous = at(Direction::Newer, rows.first()).filter(|_| more);
            (at(Direction::Older, rows.last()), previous)
        }
        Some(Direction::Older) => {
            (at(Direction::Older, rows.last()).filter(|_| more), at(Direction::Newer, rows.first()))
        }
        None => (at(Direction::Older, rows.last()).filter(|_| more), None),
    };
    Page { items: rows.into_iter().map(|(_, found)| found).collect(), next, previous }
}

/// The inclusive range of positions that a cursor leaves of those from `floor` on. It is never empty: DynamoDB refuses
/// a range that ends before it starts, so one that would is its floor alone, where nothing is.
///
/// The positions of every list are UUIDv7s; here they are compared as change ids.
pub(super) fn range(cursor: Option<Cursor>, floor: ChangeId) -> (ChangeId, ChangeId) {
    let (low, high) = match cursor {
        None => (floor, ChangeId::MAX),
        Some(Cursor { direction: Direction::Older, position }) => {
            (floor, ChangeId::from(position).predecessor())
        }
        Some(Cursor { direction: Direction::Newer, position }) => {
            (floor.max(ChangeId::from(position).successor()), ChangeId::MAX)
        }
    };
    (low, high.max(low))
}
