//! Opening a broadcast, and looking at it.

use belfry_domain::{Audience, Content, NotificationId, UserId};

use super::{
    Addressees, Broadcast, Broadcasts,
    progress::{PROGRESS, Progress},
    rows::{AUDIENCE, CONTENT, ContentRow, UsersRow},
};
use crate::{
    StoreError,
    directory::{Item, number, text},
};

impl Broadcasts {
    /// Stores the audience and the content, and asks a worker to begin. Creating the same broadcast again under the
    /// same id changes nothing. False if that id has another content or another audience.
    ///
    /// The progress is written last: no worker begins before everything is stored.
    pub async fn create(
        &self,
        id: NotificationId,
        sender: &UserId,
        audience: &Audience,
        content: &Content,
    ) -> Result<bool, StoreError> {
        let row = ContentRow::new(sender, audience, content)?;
        let before = self.put_new(id, CONTENT, serde_dynamo::to_item(&row)?).await?;
        let before: Option<ContentRow> = before.map(serde_dynamo::from_item).transpose()?;
        if before.is_some_and(|before| before.created_as != row.created_as) {
            return Ok(false);
        }
        if let Audience::Users(users) = audience {
            self.put_new(id, AUDIENCE, serde_dynamo::to_item(UsersRow::new(users, None)?)?).await?;
        }
        self.put_in_lists(id, sender).await?;
        self.put_new(id, PROGRESS, serde_dynamo::to_item(Progress::begun())?).await?;
        self.ask(id).await?;
        Ok(true)
    }

    /// One broadcast; none where there is no such. What it says is at least what is wanted by then.
    pub async fn get(&self, id: NotificationId) -> Result<Option<Broadcast>, StoreError> {
        let Some(progress) = self.progress(id).await? else { return Ok(None) };
        let Some(content) = self.row(id, CONTENT).await? else { return Ok(None) };
        let row: ContentRow = serde_dynamo::from_item(content)?;
        let (audience, content) = (row.addressees()?, row.content()?);
        Ok(Some(Broadcast { id, sender: row.sender, audience, content, revision: row.revision, progress }))
    }

    /// The audience, with the listed users if there are any.
    pub async fn audience(&self, broadcast: &Broadcast) -> Result<Audience, StoreError> {
        match &broadcast.audience {
            Addressees::Kind(audience) => Ok(audience.clone()),
            Addressees::Named(_) => {
                let row = self.row(broadcast.id, AUDIENCE).await?.unwrap_or_default();
                let named: UsersRow = serde_dynamo::from_item(row)?;
                named.users().map(Audience::Users)
            }
        }
    }

    /// Those that somebody has to go on with. Reads the whole table: for the start of a runner, not for functions.
    pub async fn unfinished(&self) -> Result<Vec<NotificationId>, StoreError> {
        let mut pages = self
            .directory
            .reads
            .scan()
            .table_name(&self.directory.table)
            .consistent_read(true)
            .filter_expression("#record = :progress AND expires_at > :now")
            .expression_attribute_names("#record", "record")
            .expression_attribute_values(":progress", text(PROGRESS))
            .expression_attribute_values(":now", number(crate::clock::now().as_seconds()))
            .into_paginator()
            .send();
        let mut unfinished = Vec::new();
        while let Some(page) = pages.next().await {
            for row in page?.items.unwrap_or_default() {
                let id = id(&row)?;
                let progress: Progress = serde_dynamo::from_item(row)?;
                unfinished.extend(progress.is_unfinished().then_some(id));
            }
        }
        Ok(unfinished)
    }
}

fn id(row: &Item) -> Result<NotificationId, StoreError> {
    let entity = row.get("entity").and_then(|entity| entity.as_s().ok());
    let id = entity.and_then(|entity| entity.strip_prefix("broadcast#")?.parse().ok());
    id.ok_or_else(|| StoreError::Unreadable("a broadcast's key".to_owned()))
}
