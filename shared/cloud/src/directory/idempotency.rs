//! Keys under which a caller asks for something once, however often the request is sent.

use std::{collections::HashMap, fmt};

use aws_sdk_dynamodb::{operation::put_item::PutItemError, types::ReturnValuesOnConditionCheckFailure};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use belfry_domain::{NotificationId, UserId};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{Directory, Item, key, number, text};
use crate::{clock, error::StoreError, retry::until_answered};

/// How long a key is remembered, in seconds: 24 hours.
pub const KEY_LIFETIME_SECONDS: i64 = 24 * 60 * 60;

/// A caller's own name for a request: 1–255 printable ASCII characters (draft-ietf-httpapi-idempotency-key-header), none of
/// them a comma: API Gateway joins two headers of one name by a comma, and two keys must not pass for one.
#[derive(Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

/// A text is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 1 to 255 printable ASCII characters without commas, given once")]
pub struct InvalidIdempotencyKey;

impl TryFrom<&[u8]> for IdempotencyKey {
    type Error = InvalidIdempotencyKey;

    fn try_from(bytes: &[u8]) -> Result<Self, InvalidIdempotencyKey> {
        let text = std::str::from_utf8(bytes).map_err(|_| InvalidIdempotencyKey)?;
        let printable = text.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b',');
        if !printable || !(1..=255).contains(&text.trim().len()) {
            return Err(InvalidIdempotencyKey);
        }
        Ok(Self(text.trim().to_owned()))
    }
}

impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdempotencyKey(…)")
    }
}

/// What a key stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// This request, under that name.
    First(NotificationId),
    /// An earlier request with the same body, under that name.
    Replay(NotificationId),
    /// An earlier request with another body.
    OtherBody,
}

#[derive(Deserialize)]
struct Row {
    body: String,
    notification: NotificationId,
}

impl Directory {
    /// Claims the key for a request with that body. If several requests claim it at the same time, one of them is
    /// first, and all get the id of the first.
    pub async fn claim(
        &self,
        caller: &UserId,
        idempotency_key: &IdempotencyKey,
        body: &[u8],
    ) -> Result<Claim, StoreError> {
        let ours = Row { body: digest(&[body]), notification: clock::mint_notification() };
        let now = clock::now().as_seconds();
        let entity = digest(&[caller.as_str().as_bytes(), idempotency_key.0.as_bytes()]);
        let item: Item = key(format_args!("idempotency#{entity}"), "create")
            .into_iter()
            .chain([
                ("body".to_owned(), text(&ours.body)),
                ("notification".to_owned(), text(ours.notification)),
                ("expires_at".to_owned(), number(now + KEY_LIFETIME_SECONDS)),
            ])
            .collect();
        let put = self
            .writes
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(entity) OR expires_at <= :now")
            .set_expression_attribute_values(Some(HashMap::from([(":now".to_owned(), number(now))])))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld);
        let attempt = async || match put.clone().send().await {
            Ok(_) => Ok(None),
            Err(error) => match error.as_service_error() {
                Some(PutItemError::ConditionalCheckFailedException(failed)) => Ok(failed.item.clone()),
                _ => Err(error),
            },
        };
        let Some(found) = until_answered(attempt).await? else { return Ok(Claim::First(ours.notification)) };
        let found: Row = serde_dynamo::from_item(found)?;
        Ok(match found {
            Row { notification, .. } if notification == ours.notification => Claim::First(notification),
            Row { body, notification } if body == ours.body => Claim::Replay(notification),
            Row { .. } => Claim::OtherBody,
        })
    }
}

/// Lengths go in first, so that no two inputs run together to the same bytes.
fn digest(parts: &[&[u8]]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    URL_SAFE_NO_PAD.encode(hash.finalize())
}
