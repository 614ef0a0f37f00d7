//! What an owner does with one notification, from wherever it is: what the answer, the lists, the counts and the owner's
//! other device say, and that a stranger hears nothing.

use belfry_tests::{Answer, Client, Moment, STATUSES, Socket, Target, path_of};
use serde_json::{Value, json};

/// Where a notification is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Place {
    Unread,
    Read,
    Archived,
    Snoozed,
    Deleted,
}

use Place::{Archived, Deleted, Read, Snoozed, Unread};

impl Place {
    pub(crate) const LIVING: [Self; 4] = [Unread, Read, Archived, Snoozed];

    fn lists(self) -> &'static [&'static str] {
        match self {
            Unread => &["all", "unread"],
            Read => &["all", "read"],
            Archived => &["archived"],
            Snoozed => &["snoozed"],
            Deleted => &[],
        }
    }

    /// Brings a new notification here.
    pub(crate) async fn reach(self, owner: &Client, id: &str) {
        match self {
            Unread => {}
            Read => drop(owner.act(id, "mark_as_read").await.ok(200)),
            Archived => drop(owner.act(id, "archive").await.ok(200)),
            Snoozed => drop(owner.snooze(id, in_an_hour(owner, id).await).await.ok(200)),
            Deleted => drop(owner.delete(&path_of(id)).await.ok(204)),
        }
    }

    /// The notification is shown as one that is here.
    #[track_caller]
    pub(crate) fn assert_shown(self, shown: &Value) {
        let set = |field: &str| shown[field].is_string();
        assert_eq!(shown["is_read"], self != Unread, "{self:?}: {shown}");
        assert_eq!(set("read_at"), self != Unread, "{self:?}: {shown}");
        assert_eq!(set("archived_at"), self == Archived, "{self:?}: {shown}");
        assert_eq!(set("snoozed_until"), self == Snoozed, "{self:?}: {shown}");
    }
}

pub(crate) async fn in_an_hour(owner: &Client, id: &str) -> Moment {
    Moment::of(&owner.shown(id).await["created_at"]).plus_millis(3_600_000)
}

/// One owner with two devices, one of which only listens, and a stranger who listens, too.
struct Scene {
    _belfry: Target,
    admin: Client,
    ana: Client,
    phone: Socket,
    stranger: Client,
    strangers: Socket,
}

impl Scene {
    async fn set() -> Self {
        let belfry = Target::start().await;
        let (admin, ana, stranger) = (belfry.admin().await, belfry.user().await, belfry.user().await);
        let (phone, strangers) = (belfry.sign_in(ana.user()).await, Socket::open(&stranger).await);
        let mut phone = Socket::open(&phone).await;
        let always = admin.notify(&ana, "Always there").await;
        phone.expect_ring(&always).await;
        Self { _belfry: belfry, admin, ana, phone, stranger, strangers }
    }

    async fn act(&self, id: &str, action: &str) -> Answer {
        match action {
            "delete" => self.ana.delete(&path_of(id)).await,
            "snooze" => {
                let until = in_an_hour(&self.ana, id).await;
                self.ana.snooze(id, until.plus_millis(1)).await
            }
            action => self.ana.act(id, action).await,
        }
    }

    /// Nothing has come to the phone that wasn't looked at.
    async fn assert_quiet(&mut self) {
        let marker = self.admin.notify(&self.ana, "Marker").await;
        self.phone.expect_ring(&marker).await;
        self.ana.delete(&path_of(&marker)).await.ok(204);
        self.phone.expect_state(&marker).await;
    }

    /// A new notification goes from there to here by that action; `to` is `from` where it isn't to change at all.
    async fn goes(&mut self, action: &str, from: Place, to: Place, changes: bool) {
        let id = self.admin.notify(&self.ana, &format!("{action} {from:?}")).await;
        self.phone.expect_ring(&id).await;
        from.reach(&self.ana, &id).await;
        if from != Unread {
            self.phone.expect_state(&id).await;
        }
        let before = self.ana.shown(&id).await;
        let (unread, unseen) = self.ana.counts().await;
        let answer = self.act(&id, action).await;
        let count = unread - u64::from(from == Unread) + u64::from(to == Unread);
        assert_eq!(self.ana.counts().await.0, count, "{action} {from:?}");
        assert_eq!(unseen, unread, "nothing was marked as seen");
        self.assert_listed(&id, to).await;
        if to == Deleted {
            assert_eq!((answer.status, answer.text.as_str()), (204, ""), "{from:?}");
            self.ana.get(&path_of(&id)).await.problem(404, "not_found");
            let told = self.phone.expect_state(&id).await;
            assert_eq!((&told["deleted"], &told["unread_count"]), (&json!(true), &json!(count)), "{told}");
            assert!(told["changed"].as_str() > before["changed"].as_str(), "{told}");
        } else {
            let after = answer.ok(200);
            to.assert_shown(&after);
            assert_eq!(self.ana.shown(&id).await, after, "{action} {from:?}");
            if changes {
                self.assert_told(from, &before, &after, count).await;
            } else {
                assert_eq!(after, before, "{action} {from:?}");
            }
        }
        self.assert_quiet().await;
        self.ana.delete(&path_of(&id)).await.ok(204);
        if to != Deleted {
            self.phone.expect_state(&id).await;
        }
        self.assert_stranger_heard_nothing().await;
    }

    async fn assert_told(&mut self, from: Place, before: &Value, after: &Value, count: u64) {
        let from_reading = [Read, Archived].contains(&from);
        assert!(after["changed"].as_str() > before["changed"].as_str(), "{before} {after}");
        assert!(after["updated_at"].as_str() >= before["updated_at"].as_str(), "{before} {after}");
        if from_reading && after["is_read"] == true {
            assert_eq!(after["read_at"], before["read_at"], "it was read before");
        }
        let told = self.phone.expect_state(after["id"].as_str().unwrap()).await;
        for field in ["changed", "is_read", "seen_at", "read_at", "archived_at", "snoozed_until"] {
            assert_eq!(told[field], after[field], "{field}: {told}");
        }
        assert_eq!((&told["deleted"], &told["unread_count"]), (&json!(false), &json!(count)), "{told}");
    }

    async fn assert_listed(&self, id: &str, place: Place) {
        let everything = self.ana.everything().await;
        for status in STATUSES {
            let list = &everything[status];
            assert_eq!(list["unread_count"], everything["counts"][0], "{status}");
            let found: Vec<_> =
                list["results"].as_array().unwrap().iter().filter(|item| item["id"] == id).collect();
            assert_eq!(found.len(), usize::from(place.lists().contains(&status)), "{status} {place:?}");
            for item in found {
                assert_eq!(*item, self.ana.shown(id).await, "{status}");
            }
        }
    }

    async fn assert_stranger_heard_nothing(&mut self) {
        let theirs = self.admin.notify(&self.stranger, "For the stranger").await;
        self.strangers.expect_ring(&theirs).await;
    }
}

#[tokio::test]
async fn marking_read_takes_what_is_unread_and_brings_nothing_back_from_elsewhere() {
    let mut scene = Scene::set().await;
    scene.goes("mark_as_read", Unread, Read, true).await;
    for elsewhere in [Read, Archived, Snoozed] {
        scene.goes("mark_as_read", elsewhere, elsewhere, false).await;
    }
}

#[tokio::test]
async fn marking_unread_makes_everything_news_again() {
    let mut scene = Scene::set().await;
    for place in [Read, Archived, Snoozed] {
        scene.goes("mark_as_unread", place, Unread, true).await;
    }
    scene.goes("mark_as_unread", Unread, Unread, false).await;
}

#[tokio::test]
async fn archiving_takes_everything_out_of_the_list() {
    let mut scene = Scene::set().await;
    for place in [Unread, Read, Snoozed] {
        scene.goes("archive", place, Archived, true).await;
    }
    scene.goes("archive", Archived, Archived, false).await;
}

#[tokio::test]
async fn unarchiving_takes_out_of_the_archive_only() {
    let mut scene = Scene::set().await;
    scene.goes("unarchive", Archived, Read, true).await;
    for elsewhere in [Unread, Read, Snoozed] {
        scene.goes("unarchive", elsewhere, elsewhere, false).await;
    }
}

#[tokio::test]
async fn snoozing_hides_all_but_what_is_archived() {
    let mut scene = Scene::set().await;
    for place in [Unread, Read, Snoozed] {
        scene.goes("snooze", place, Snoozed, true).await;
    }
    scene.goes("snooze", Archived, Archived, false).await;
}

#[tokio::test]
async fn deleting_takes_away_from_everywhere() {
    let mut scene = Scene::set().await;
    for place in Place::LIVING {
        scene.goes("delete", place, Deleted, true).await;
    }
}

#[tokio::test]
async fn nothing_comes_back_from_the_dead() {
    let belfry = Target::start().await;
    let (admin, ana) = (belfry.admin().await, belfry.user().await);
    let mut phone = Socket::open(&ana).await;
    let id = admin.notify(&ana, "Dead").await;
    phone.expect_ring(&id).await;
    let until = in_an_hour(&ana, &id).await;
    Deleted.reach(&ana, &id).await;
    phone.expect_state(&id).await;
    for action in ["mark_as_read", "mark_as_unread", "archive", "unarchive"] {
        ana.act(&id, action).await.problem(404, "not_found");
    }
    ana.snooze(&id, until).await.problem(404, "not_found");
    ana.patch(&path_of(&id), &json!({ "is_read": false })).await.problem(404, "not_found");
    ana.delete(&path_of(&id)).await.ok(204);
    let next = admin.notify(&ana, "Next").await;
    phone.expect_ring(&next).await;
    assert_eq!(ana.everything().await["counts"], json!([1, 1]));
}
