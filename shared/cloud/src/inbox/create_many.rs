//! Creates notifications for many users, 25 in one call to the table.

use aws_sdk_dynamodb::types::{BatchStatementErrorCodeEnum, BatchStatementRequest, BatchStatementResponse};
use belfry_domain::{ChangeId, Draft, Notification, NotificationId};
use futures::{StreamExt, stream};

use super::{CONCURRENT_UPDATES, Inbox, page::RawItem};
use crate::{clock, error::StoreError, retry::Attempts};

/// BatchExecuteStatement takes no more.
const BATCH: usize = 25;

/// How many batches are written at the same time.
const CONCURRENT_BATCHES: usize = 4;

/// Item by item, such an error says that the same statement may succeed a moment later.
const TRANSIENT: [BatchStatementErrorCodeEnum; 5] = [
    BatchStatementErrorCodeEnum::InternalServerError,
    BatchStatementErrorCodeEnum::ProvisionedThroughputExceeded,
    BatchStatementErrorCodeEnum::RequestLimitExceeded,
    BatchStatementErrorCodeEnum::ThrottlingError,
    BatchStatementErrorCodeEnum::TransactionConflict,
];

/// What became of one draft.
type Outcome = Result<Notification, StoreError>;

/// A draft on its way into the table.
struct Pending {
    id: NotificationId,
    draft: Draft,
    /// The changes of the attempts so far, one of which may have been committed.
    minted: Vec<ChangeId>,
    /// No further attempt together with others would help.
    alone: bool,
    outcome: Option<Outcome>,
}

impl Inbox {
    /// Stores each draft as a new notification, and returns in their order what became of each.
    pub async fn create_many(&self, drafts: Vec<Draft>) -> Vec<Outcome> {
        let named = drafts.into_iter().map(|draft| (clock::mint_notification(), draft));
        self.create_many_as(named.collect()).await
    }

    /// The same under names that the caller chose; see [`Inbox::create_as`].
    pub async fn create_many_as(&self, drafts: Vec<(NotificationId, Draft)>) -> Vec<Outcome> {
        let batches: Vec<_> = drafts.chunks(BATCH).map(<[_]>::to_vec).collect();
        let written =
            stream::iter(batches).map(|batch| self.create_batch(batch)).buffered(CONCURRENT_BATCHES);
        written.flat_map(stream::iter).collect().await
    }

    /// Each is inserted on condition that nothing of its name is there. What was refused for the moment is tried again;
    /// what turns out to be there, and what is left when no attempt is, goes on one by one.
    async fn create_batch(&self, drafts: Vec<(NotificationId, Draft)>) -> Vec<Outcome> {
        let pending = |(id, draft)| Pending { id, draft, minted: Vec::new(), alone: false, outcome: None };
        let mut batch: Vec<_> = drafts.into_iter().map(pending).collect();
        let mut attempts = Attempts::default();
        loop {
            let open: Vec<_> =
                batch.iter_mut().filter(|pending| pending.outcome.is_none() && !pending.alone).collect();
            if open.is_empty() {
                break;
            }
            let again = match self.insert(open).await {
                Ok(again) => again,
                Err(error) => Some(error),
            };
            let Some(error) = again else { break };
            if attempts.after(error).await.is_err() {
                break;
            }
        }
        let outcomes = stream::iter(batch).map(|Pending { id, draft, minted, outcome, .. }| async move {
            match outcome {
                Some(outcome) => outcome,
                None => self.create_after(minted, id, draft).await,
            }
        });
        outcomes.buffered(CONCURRENT_UPDATES).collect().await
    }

    /// One attempt; returns an error where another one may do more.
    async fn insert(&self, open: Vec<&mut Pending>) -> Result<Option<StoreError>, StoreError> {
        let mut fresh = Vec::with_capacity(open.len());
        let mut statements = Vec::with_capacity(open.len());
        for pending in open {
            let notification = self.fresh(pending.id, pending.draft.clone());
            pending.minted.push(notification.state.changed);
            statements.push(self.statement(self.stored(&notification)?)?);
            fresh.push((pending, notification));
        }
        let call = self.writes.batch_execute_statement().set_statements(Some(statements));
        let answers = call.send().await?.responses.unwrap_or_default();
        let mut again = None;
        for ((pending, notification), answer) in fresh.into_iter().zip(answers) {
            match refused(&answer) {
                None => pending.outcome = Some(Ok(self.restamp_if_late(notification).await)),
                Some(error @ StoreError::Unavailable(_)) => again = Some(error),
                // Either the id is taken, or the fault is in this item alone. A single attempt shows which.
                Some(_) => pending.alone = true,
            }
        }
        Ok(again)
    }

    fn statement(&self, item: RawItem) -> Result<BatchStatementRequest, StoreError> {
        let (names, values): (Vec<_>, Vec<_>) = item.into_iter().unzip();
        let fields: Vec<_> = names.iter().map(|name| format!("'{name}': ?")).collect();
        let statement = format!("INSERT INTO \"{}\" VALUE {{{}}}", self.table, fields.join(", "));
        let request = BatchStatementRequest::builder().statement(statement).set_parameters(Some(values));
        request.build().map_err(|error| StoreError::Refused(error.to_string()))
    }
}

fn refused(answer: &BatchStatementResponse) -> Option<StoreError> {
    let code = answer.error.as_ref()?.code.clone();
    let reason = code.as_ref().map_or("unknown", |code| code.as_str()).to_owned();
    let transient = code.is_some_and(|code| TRANSIENT.contains(&code));
    Some(if transient { StoreError::Unavailable(reason) } else { StoreError::Refused(reason) })
}
