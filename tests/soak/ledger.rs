//! What was accepted, and what didn't hold.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Instant,
};

/// Kept by all who take part.
#[derive(Default)]
pub(crate) struct Ledger(Mutex<Book>);

#[derive(Default)]
struct Book {
    accepted: BTreeMap<String, Vec<Accepted>>,
    all_touched: BTreeMap<String, Instant>,
    counts: BTreeMap<&'static str, u64>,
    violations: Vec<String>,
}

/// A notification that was answered by 201.
#[derive(Clone, Debug)]
pub(crate) struct Accepted {
    pub(crate) id: String,
    /// When its create was sent: it was committed after that.
    pub(crate) began: Instant,
    /// Whether its owner did something with it.
    pub(crate) touched: bool,
    /// Whether its deletion was answered.
    pub(crate) deleted: bool,
}

impl Ledger {
    pub(crate) fn accept(&self, owner: &str, id: &str, began: Instant) {
        let accepted = Accepted { id: id.to_owned(), began, touched: false, deleted: false };
        let mut book = self.book();
        book.accepted.entry(owner.to_owned()).or_default().push(accepted);
        *book.counts.entry("accepted").or_default() += 1;
    }

    /// What an owner was sent.
    pub(crate) fn accepted(&self, owner: &str) -> Vec<Accepted> {
        let book = self.book();
        let mut accepted = book.accepted.get(owner).cloned().unwrap_or_default();
        for accepted in &mut accepted {
            accepted.touched |= book.all_touched.get(owner).is_some_and(|all| accepted.began < *all);
        }
        accepted
    }

    /// One of those that an owner was sent and hasn't deleted; from now on it counts as touched.
    pub(crate) fn touch(&self, owner: &str, rng: &mut fastrand::Rng) -> Option<String> {
        let mut book = self.book();
        let accepted = book.accepted.get_mut(owner)?;
        let place = rng.usize(..accepted.len());
        let accepted = &mut accepted[place];
        accepted.touched = true;
        (!accepted.deleted).then(|| accepted.id.clone())
    }

    /// Everything that was sent to an owner before now counts as touched, whether or not its answer has come yet.
    pub(crate) fn touch_all(&self, owner: &str) {
        self.book().all_touched.insert(owner.to_owned(), Instant::now());
    }

    pub(crate) fn delete(&self, owner: &str, id: &str) {
        for accepted in
            self.book().accepted.get_mut(owner).into_iter().flatten().filter(|accepted| accepted.id == id)
        {
            accepted.deleted = true;
        }
    }

    pub(crate) fn count(&self, what: &'static str) {
        *self.book().counts.entry(what).or_default() += 1;
    }

    pub(crate) fn violation(&self, what: String) {
        self.book().violations.push(what);
    }

    pub(crate) fn violations(&self) -> Vec<String> {
        let once: BTreeSet<_> = self.book().violations.iter().cloned().collect();
        once.into_iter().collect()
    }

    /// All counts in a line.
    pub(crate) fn figures(&self) -> String {
        self.book().counts.iter().fold(String::new(), |mut line, (what, count)| {
            let _ = write!(line, "{}{count} {what}", if line.is_empty() { "" } else { ", " });
            line
        })
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
