//! Listing users, a page at a time.

use std::collections::BTreeMap;

use belfry_domain::{Audience, Role, UserId, audience::MAX_DIRECT, text::Topic};

use super::{
    Directory, Item, text,
    topics::{SUBSCRIBER, topic_entity},
    users::{LISTED, listed},
};
use crate::error::StoreError;

/// The index that lists active users.
const BY_ROLE: &str = "by_role";

/// Where a list of users goes on: opaque, and good only for the same list.
pub type Position = String;

/// Some users of a list, and where it goes on, if it does. It may be short, or empty, and go on all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Members {
    /// At most [`MAX_DIRECT`].
    pub users: Vec<UserId>,
    /// After them.
    pub next: Option<Position>,
}

impl Directory {
    /// A page of the users in that audience, from that position on. Who joins meanwhile may be in a later page or in none;
    /// nobody is in two, unless they change their role meanwhile.
    pub async fn members(&self, audience: &Audience, from: Option<&Position>) -> Result<Members, StoreError> {
        match audience {
            Audience::Users(users) => listed_users(users, from),
            Audience::Role(role) => self.with_role(Some(role), from).await,
            Audience::Topic(topic) => self.subscribers(topic, from).await,
            Audience::Everyone => self.everyone(from).await,
        }
    }

    /// All active users of that role, read eventually consistently: who has just got it may be missing for a moment.
    pub async fn all_with_role(&self, role: &Role) -> Result<Vec<UserId>, StoreError> {
        let (mut all, mut from) = (Vec::new(), None);
        loop {
            let Members { users, next } = self.with_role(Some(role), from.as_ref()).await?;
            all.extend(users);
            if next.is_none() {
                return Ok(all);
            }
            from = next;
        }
    }

    async fn with_role(&self, role: Option<&Role>, from: Option<&Position>) -> Result<Members, StoreError> {
        let query = self
            .reads
            .query()
            .table_name(&self.table)
            .index_name(BY_ROLE)
            .limit(PAGE)
            .key_condition_expression("#listed = :listed")
            .projection_expression("entity")
            .expression_attribute_names("#listed", LISTED)
            .expression_attribute_values(":listed", text(listed(role)))
            .set_exclusive_start_key(from.map(read).transpose()?);
        let page = query.send().await?;
        members(page.items(), "entity", page.last_evaluated_key())
    }

    async fn subscribers(&self, topic: &Topic, from: Option<&Position>) -> Result<Members, StoreError> {
        let query = self
            .reads
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .limit(PAGE)
            .key_condition_expression("entity = :topic")
            .projection_expression("#record")
            .expression_attribute_names("#record", "record")
            .expression_attribute_values(":topic", text(topic_entity(topic)))
            .set_exclusive_start_key(from.map(read).transpose()?);
        let page = query.send().await?;
        members(page.items(), "record", page.last_evaluated_key())
    }

    /// Through the index, which holds nothing but active users.
    async fn everyone(&self, from: Option<&Position>) -> Result<Members, StoreError> {
        let scan = self
            .reads
            .scan()
            .table_name(&self.table)
            .index_name(BY_ROLE)
            .limit(PAGE)
            .projection_expression("entity")
            .set_exclusive_start_key(from.map(read).transpose()?);
        let page = scan.send().await?;
        members(page.items(), "entity", page.last_evaluated_key())
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "a hundred")]
const PAGE: i32 = MAX_DIRECT as i32;

fn listed_users(users: &[UserId], from: Option<&Position>) -> Result<Members, StoreError> {
    let start = from.map_or(Ok(0), |from| from.parse()).map_err(|error| StoreError::unreadable(&error))?;
    let rest = users.get(start..).unwrap_or_default();
    let page = &rest[..rest.len().min(MAX_DIRECT)];
    let next = (page.len() < rest.len()).then(|| (start + page.len()).to_string());
    Ok(Members { users: page.to_vec(), next })
}

fn members(items: &[Item], attribute: &str, last: Option<&Item>) -> Result<Members, StoreError> {
    let user = |item: &Item| {
        let id = item.get(attribute)?.as_s().ok()?.strip_prefix(SUBSCRIBER)?;
        UserId::try_from(id.to_owned()).ok()
    };
    let users =
        items.iter().map(|item| user(item).ok_or_else(|| StoreError::Unreadable("a user's key".to_owned())));
    Ok(Members { users: users.collect::<Result<_, _>>()?, next: last.map(written).transpose()? })
}

/// The key behind which a page ended, as text.
fn written(key: &Item) -> Result<Position, StoreError> {
    let texts: BTreeMap<_, _> = key
        .iter()
        .map(|(name, value)| (name, value.as_s().map(String::as_str).unwrap_or_default()))
        .collect();
    serde_json::to_string(&texts).map_err(|error| StoreError::unreadable(&error))
}

fn read(position: &Position) -> Result<Item, StoreError> {
    let texts: BTreeMap<String, String> =
        serde_json::from_str(position).map_err(|error| StoreError::unreadable(&error))?;
    Ok(texts.into_iter().map(|(name, value)| (name, text(value))).collect())
}
