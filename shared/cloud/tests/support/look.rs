//! Looking into an inbox as its owner does.

use belfry_cloud::{
    Listing,
    inbox::{Page, Selection, View},
};
use belfry_domain::{Cursor, Notification, NotificationId, UserId};

use super::store::Store;

/// The whole list, as far as a page goes.
pub(crate) fn whole(listing: Listing) -> Selection {
    Selection { listing, notification_type: None, cursor: None, limit: 100 }
}

/// The ids on a page, in its order.
pub(crate) fn ids(page: &Page<Notification>) -> Vec<NotificationId> {
    page.items.iter().map(|notification| notification.id).collect()
}

impl Store {
    pub(crate) async fn view(&self, user: &UserId, listing: Listing) -> View {
        self.inbox.view(user, &whole(listing)).await.unwrap()
    }

    pub(crate) async fn page(
        &self,
        user: &UserId,
        listing: Listing,
        cursor: Option<Cursor>,
        limit: usize,
    ) -> Page<Notification> {
        let selection = Selection { cursor, limit, ..whole(listing) };
        self.inbox.view(user, &selection).await.unwrap().page
    }

    /// What is on the list, newest first.
    pub(crate) async fn listed(&self, user: &UserId, listing: Listing) -> Vec<NotificationId> {
        ids(&self.view(user, listing).await.page)
    }

    /// How many are unread.
    pub(crate) async fn unread(&self, user: &UserId) -> usize {
        self.inbox.counts(user).await.unwrap().unread
    }
}
