//! Rate limits that hold across all instances of a function: how often a user did something is counted in the table, in
//! windows of a minute. For requests that cost so much that one more write doesn't matter.

use std::{collections::HashMap, num::NonZeroU16, time::Duration};

use aws_sdk_dynamodb::{operation::update_item::UpdateItemError, types::ReturnValue};
use belfry_domain::UserId;

use super::{Directory, key, number};
use crate::{clock, error::StoreError, retry::until_answered};

/// How long a window is, in seconds. Twice the limit may come within that time, around the end of a window.
pub const WINDOW_SECONDS: u32 = 60;

/// How long a count is kept after its window, in seconds: longer than the clocks of two instances differ.
const KEPT_SECONDS: i64 = 300;

/// How often one user may do something.
#[derive(Clone, Copy, Debug)]
pub struct SharedRateLimit {
    /// What is counted, such as `tickets`. Each class is counted separately.
    pub class: &'static str,
    /// How often in a window of [`WINDOW_SECONDS`].
    pub requests: NonZeroU16,
}

/// What is left of a user's limit after a request was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SharedRateLimitStatus {
    /// The request is one too many.
    pub is_exceeded: bool,
    /// Requests that may still come in this window.
    pub remaining: u16,
    /// Until the next window begins, at least a millisecond.
    pub resets_in: Duration,
}

impl Directory {
    /// Counts one request of the user against that limit, in one write. A request that is one too many isn't counted. After a
    /// lost answer the request may be counted twice.
    pub async fn count_request(
        &self,
        user: &UserId,
        limit: SharedRateLimit,
    ) -> Result<SharedRateLimitStatus, StoreError> {
        let millis = clock::now().as_millis();
        let window_millis = 1_000 * i64::from(WINDOW_SECONDS);
        let (window, elapsed) = (millis.div_euclid(window_millis), millis.rem_euclid(window_millis));
        let end = (window + 1) * i64::from(WINDOW_SECONDS);
        let requests = limit.requests.get();
        let update = self
            .writes
            .update_item()
            .table_name(&self.table)
            .set_key(Some(key(format_args!("limit#{user}"), &format!("{}#{window}", limit.class))))
            .update_expression("ADD #used :one SET expires_at = :expires_at")
            .condition_expression("attribute_not_exists(#used) OR #used < :most")
            .expression_attribute_names("#used", "used")
            .set_expression_attribute_values(Some(HashMap::from([
                (":one".to_owned(), number(1)),
                (":most".to_owned(), number(requests.into())),
                (":expires_at".to_owned(), number(end + KEPT_SECONDS)),
            ])))
            .return_values(ReturnValue::UpdatedNew);
        let attempt = async || match update.clone().send().await {
            Ok(updated) => Ok(updated.attributes),
            Err(error) => match error.as_service_error() {
                Some(UpdateItemError::ConditionalCheckFailedException(_)) => Ok(None),
                _ => Err(error),
            },
        };
        let counted = until_answered(attempt).await?;
        let total = counted.as_ref().and_then(|row| row.get("used")?.as_n().ok()?.parse().ok());
        Ok(SharedRateLimitStatus {
            is_exceeded: counted.is_none(),
            remaining: requests.saturating_sub(total.unwrap_or(requests)),
            resets_in: Duration::from_millis((window_millis - elapsed).unsigned_abs()),
        })
    }
}
