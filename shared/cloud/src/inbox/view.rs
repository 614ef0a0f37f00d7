//! An inbox as its owner looks at it: a page of a list, the marks and the count beside it.

use belfry_domain::{Notification, UserId, Watermarks};

use super::{Inbox, Listing, Page, Selection};
use crate::error::StoreError;

/// What is seen.
#[derive(Clone, Debug)]
pub struct View {
    /// The page, newest first.
    pub page: Page<Notification>,
    /// By which it is read.
    pub marks: Watermarks,
    /// How many notifications of the whole inbox are unread, counted to 100.
    pub unread_count: usize,
}

impl Inbox {
    /// Looks at an inbox, after waking what is due in it.
    pub async fn view(&self, user: &UserId, selection: &Selection) -> Result<View, StoreError> {
        let view = Box::pin(self.look(user, selection)).await?;
        if !view.marks.has_snoozed {
            return Ok(view);
        }
        self.wake_due(user, &view.marks).await?;
        Box::pin(self.look(user, selection)).await
    }

    async fn look(&self, user: &UserId, selection: &Selection) -> Result<View, StoreError> {
        let (marks, newest) = (self.watermarks(user), self.newest_unread(user));
        let (page, marks, newest) = match selection.listing {
            Listing::All | Listing::Archived | Listing::Snoozed => {
                let none = Watermarks::default();
                tokio::try_join!(self.list(user, selection, &none), marks, newest)?
            }
            Listing::Unread | Listing::Read => {
                let (marks, newest) = tokio::try_join!(marks, newest)?;
                (self.list(user, selection, &marks).await?, marks, newest)
            }
        };
        Ok(View { page, unread_count: newest.count(&marks), marks })
    }
}
