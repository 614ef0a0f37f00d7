//! Each list narrowed to one type.

use belfry_cloud::{Listing, StoreError, inbox::Selection};
use belfry_domain::{
    Action, Content, Cursor, Direction, Notification, NotificationId, NotificationType, Status,
    edit::Revision,
};

use crate::support::{
    left::{OLD, Stored},
    look::{ids, whole},
    store::Store,
    user,
};

const TYPES: [NotificationType; 3] =
    [NotificationType::Info, NotificationType::Warning, NotificationType::ReportReady];

/// On which lists a status is.
fn lists_of(status: Status) -> &'static [Listing] {
    match status {
        Status::Unread => &[Listing::All, Listing::Unread],
        Status::Read => &[Listing::All, Listing::Read],
        Status::Archived => &[Listing::Archived],
        Status::Snoozed => &[Listing::Snoozed],
        Status::Deleted => &[],
    }
}

/// Two of each status and type, newest first.
async fn mixed(store: &Store) -> Vec<(NotificationId, Status, NotificationType)> {
    let mut all = Vec::new();
    for (index, left) in Stored::many(30).into_iter().enumerate() {
        let (status, kind) = (Status::ALL[index % 5], TYPES[index % 3]);
        let left = left.status(status).kind(kind);
        store.insert(left.of("ana")).await;
        all.push((left.id, status, kind));
    }
    all
}

fn typed(listing: Listing, kind: NotificationType) -> Selection {
    Selection { notification_type: Some(kind), ..whole(listing) }
}

#[tokio::test]
async fn each_list_of_each_type_holds_what_is_of_both_and_counts_the_whole_inbox() {
    let (store, ana) = (Store::new().await, user("ana"));
    let all = mixed(&store).await;
    for listing in Listing::ALL {
        for kind in TYPES {
            let view = store.inbox.view(&ana, &typed(listing, kind)).await.unwrap();
            let expected =
                all.iter().filter(|(_, status, of)| lists_of(*status).contains(&listing) && *of == kind);
            let expected: Vec<_> = expected.map(|(id, ..)| *id).collect();
            assert_eq!(ids(&view.page), expected, "{listing:?} {kind:?}");
            assert_eq!(view.unread_count, 2 * TYPES.len());
        }
        let none = store.inbox.view(&ana, &typed(listing, NotificationType::RoleChanged)).await.unwrap();
        assert!(none.page.items.is_empty() && none.page.next.is_none() && none.page.previous.is_none());
    }
}

#[tokio::test]
async fn a_type_is_walked_page_by_page_and_back_past_what_is_of_others() {
    let (store, ana) = (Store::new().await, user("ana"));
    let left = Stored::many(60);
    for (index, left) in left.iter().enumerate() {
        let kind = if index % 5 == 4 { NotificationType::Warning } else { NotificationType::Info };
        store.insert(left.kind(kind).of("ana")).await;
    }
    let wanted: Vec<_> = left.iter().skip(4).step_by(5).map(|left| left.id).collect();
    for listing in [Listing::All, Listing::Unread] {
        let page = async |cursor: Option<Cursor>| {
            let selection = Selection { cursor, limit: 2, ..typed(listing, NotificationType::Warning) };
            store.inbox.view(&ana, &selection).await.unwrap().page
        };
        let (mut there, mut back) = (Vec::new(), Vec::new());
        let mut at = page(None).await;
        there.extend(ids(&at));
        while let Some(next) = at.next {
            at = page(Some(next)).await;
            there.extend(ids(&at));
        }
        assert_eq!(there, wanted, "{listing:?}");
        back.extend(ids(&at).into_iter().rev());
        while let Some(previous) = at.previous {
            at = page(Some(previous)).await;
            back.extend(ids(&at).into_iter().rev());
        }
        back.reverse();
        assert_eq!(back, wanted, "{listing:?}");
    }
}

#[tokio::test]
async fn an_edited_type_is_the_one_that_counts() {
    let (store, ana) = (Store::new().await, user("ana"));
    let left = Stored::unread(OLD);
    store.insert(left.of("ana")).await;
    let warning = |found: &Notification| Content {
        notification_type: NotificationType::Warning,
        ..found.content.clone()
    };
    let revised = store.inbox.revise::<StoreError>(&ana, left.id, |found, _| {
        Ok(Revision { content: Some(warning(found)), action: None })
    });
    revised.await.unwrap();
    for (kind, expected) in [(NotificationType::Info, vec![]), (NotificationType::Warning, vec![left.id])] {
        for listing in [Listing::All, Listing::Unread] {
            let view = store.inbox.view(&ana, &typed(listing, kind)).await.unwrap();
            assert_eq!(ids(&view.page), expected, "{listing:?} {kind:?}");
        }
    }
    store.act(&ana, left.id, Action::Archive).await.unwrap();
    let view = store.inbox.view(&ana, &typed(Listing::Archived, NotificationType::Warning)).await.unwrap();
    assert_eq!(ids(&view.page), [left.id]);
}

#[test]
fn a_cursor_is_refused_by_every_list_and_user_but_its_own() {
    let cursor = Cursor { direction: Direction::Older, position: Stored::unread(OLD).id.into() };
    for own in Listing::ALL {
        let text = cursor.encode(own.name(), &user("ana"));
        for other in Listing::ALL {
            let read = Cursor::decode(&text, other.name(), &user("ana")).ok();
            assert_eq!(read, Some(cursor).filter(|_| own == other), "{own:?} {other:?}");
        }
        assert!(Cursor::decode(&text, own.name(), &user("bruno")).is_err());
    }
}
