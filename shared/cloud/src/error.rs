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
    /// DynamoDB refused the request itself: a missing permission or table, or a fault of ours.
    #[error("DynamoDB refused: {0}")]
    Refused(String),
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
        let reason = reason(&error);
        if transient { Self::Unavailable(reason) } else { Self::Refused(reason) }
    }
}

impl From<serde_dynamo::Error> for StoreError {
    fn from(error: serde_dynamo::Error) -> Self {
        Self::unreadable(&error)
    }
}

impl StoreError {
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
