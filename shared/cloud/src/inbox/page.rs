//! Reading one page of a key range, in either direction.

use std::collections::HashMap;

use aws_sdk_dynamodb::{operation::query::builders::QueryFluentBuilder, types::AttributeValue};
use belfry_domain::{ChangeId, Cursor, Direction};
use uuid::Uuid;

use super::{Inbox, Selection, number, text};
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
    /// Runs `query`, whose key range starts at the selection's cursor, until its limit is reached. `row` understands one
    /// item.
    pub(super) async fn page<T>(
        &self,
        query: QueryFluentBuilder,
        selection: &Selection,
        row: fn(RawItem) -> Result<Option<Row<T>>, StoreError>,
    ) -> Result<Page<T>, StoreError> {
        let Selection { cursor, limit, notification_type, .. } = *selection;
        let newer = cursor.is_some_and(|cursor| cursor.direction == Direction::Newer);
        let query = query
            .table_name(&self.table)
            .consistent_read(true)
            .scan_index_forward(newer)
            .limit(i32::try_from(limit + 1).unwrap_or(i32::MAX))
            .expression_attribute_names("#user", "user")
            .expression_attribute_values(":now", number(clock::now().as_seconds()));
        let query = match notification_type {
            None => query,
            Some(wanted) => {
                let filter = query.get_filter_expression().clone().unwrap_or_default();
                query
                    .filter_expression(format!("{filter} AND notification_type = :type"))
                    .expression_attribute_values(":type", text(wanted.name()))
            }
        };
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
        let stopped_at = start.as_ref().and_then(position);
        Ok(cut(rows, cursor, limit, stopped_at))
    }
}

/// Makes a page of the rows found, which are in reading direction; `stopped_at` is the position behind which the range was
/// not read to its end.
fn cut<T>(mut rows: Vec<Row<T>>, cursor: Option<Cursor>, limit: usize, stopped_at: Option<Uuid>) -> Page<T> {
    let more = rows.len() > limit;
    rows.truncate(limit);
    let ends = |row: Option<&Row<T>>| row.map(|(position, _)| *position);
    let direction = cursor.map_or(Direction::Older, |cursor| cursor.direction);
    let onward = if more { ends(rows.last()) } else { stopped_at };
    let onward = onward.map(|position| Cursor { direction, position });
    // Where the page is empty, the way back leads over the position that it was reached by.
    let back = cursor.map(|cursor| match (direction, ends(rows.first())) {
        (Direction::Older, first) => {
            let position = first.unwrap_or_else(|| ChangeId::from(cursor.position).predecessor().into());
            Cursor { direction: Direction::Newer, position }
        }
        (Direction::Newer, first) => {
            let position = first.unwrap_or_else(|| ChangeId::from(cursor.position).successor().into());
            Cursor { direction: Direction::Older, position }
        }
    });
    let (next, previous) = match direction {
        Direction::Older => (onward, back),
        Direction::Newer => (back, onward),
    };
    let mut items: Vec<_> = rows.into_iter().map(|(_, found)| found).collect();
    if direction == Direction::Newer {
        items.reverse();
    }
    Page { items, next, previous }
}

/// The position in a key: the id behind the `#` of the index's sort key, or of the table's.
fn position(key: &RawItem) -> Option<Uuid> {
    let sort_key = key.get("state").or_else(|| key.get("item"))?.as_s().ok()?;
    sort_key.split_once('#')?.1.parse().ok()
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
