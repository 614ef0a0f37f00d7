//! Why the store could not do what it was asked.

use std::fmt::Display;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

use crate::aws::reason;

/// A failure of the store. Its text is for operators: it names services and error codes, never content.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// DynamoDB didn't answer, or asked to slow down. Whether a write was committed is unknown.
    #[error("DynamoDB is unavailable: {0}")]
    Unavailable(String),
    /// SQS didn't take a message, or it isn't known whether it did.
    #[error("SQS is unavailable: {0}")]
    QueueUnavailable(String),
    /// DynamoDB refused the request for a reason that lies outside of the item: a missing permission or table, an expired
    /// token, a limit of the account, a key of KMS. The same request may succeed once somebody has mended that.
    #[error("DynamoDB refused: {0}")]
    Refused(String),
    /// DynamoDB refuses this item, however often it is sent.
    #[error("DynamoDB rejected an item: {0}")]
    Rejected(String),
    /// The items of one user with their index have reached DynamoDB's 10 GB: none can be added, and none can grow.
    #[error("a user's inbox is full: {0}")]
    InboxFull(String),
    /// A stored item is not of the form that this version writes.
    #[error("a stored item can't be read: {0}")]
    Unreadable(String),
}

/// Error codes after which the same request may succeed a moment later.
const TRANSIENT: [&str; 6] = [
    "InternalServerError",
    "ProvisionedThroughputExceededException",
    "ReplicatedWriteConflictException",
    "RequestLimitExceeded",
    "ThrottlingException",
    "TransactionConflictException",
];

/// The error code of a request that breaks a rule of the table.
const REJECTED: &str = "ValidationException";

/// The error code of a partition that has reached its size limit.
const INBOX_FULL: &str = "ItemCollectionSizeLimitExceededException";

impl<E> From<SdkError<E>> for StoreError
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    fn from(error: SdkError<E>) -> Self {
        let transient = match &error {
            SdkError::ServiceError(context) => {
                context.raw().status().as_u16() >= 500
                    || context.err().code().is_some_and(|code| TRANSIENT.contains(&code))
            }
            SdkError::ConstructionFailure(_) => false,
            _ => true,
        };
        let code = error.code().map(str::to_owned);
        let reason = reason(&error);
        match code.as_deref() {
            _ if transient => Self::Unavailable(reason),
            Some(REJECTED) => Self::Rejected(reason),
            Some(INBOX_FULL) => Self::InboxFull(reason),
            _ => Self::Refused(reason),
        }
    }
}

impl From<serde_dynamo::Error> for StoreError {
    fn from(error: serde_dynamo::Error) -> Self {
        Self::unreadable(&error)
    }
}

impl StoreError {
    /// Whether the fault lies in this one item: another attempt would fail again, but other items can be written.
    pub const fn is_of_one_item(&self) -> bool {
        match self {
            Self::Rejected(_) | Self::InboxFull(_) | Self::Unreadable(_) => true,
            Self::Unavailable(_) | Self::QueueUnavailable(_) | Self::Refused(_) => false,
        }
    }

    /// An item can't be read for that reason.
    pub(crate) fn unreadable(reason: &impl Display) -> Self {
        Self::Unreadable(without_values(&reason.to_string()))
    }
}

/// The error without what it quotes of the item.
fn without_values(text: &str) -> String {
    let quote = |c| c == '"' || c == '\'';
    match (text.find(quote), text.rfind(quote)) {
        (Some(start), Some(end)) => format!("{}…{}", &text[..=start], &text[end..]),
        _ => text.to_owned(),
    }
}
