//! The real store against a model of a few lines: random histories of one inbox, compared after every step.
//!
//! Each seed is one history. `BELFRY_SEEDS=n` runs n of them, `BELFRY_SEED=n` lives history n alone. Every choice is the
//! seed's; the ids and the clock are the store's own.

#![expect(clippy::unwrap_used, reason = "what can't go on fails its test")]

mod compare;
mod model;
mod step;
#[path = "../support/mod.rs"]
mod support;
mod time;
mod walk;
mod world;

use std::{
    env,
    str::FromStr,
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

use world::World;

const SEEDS: u64 = 7;

/// How many histories are lived at the same time.
const THREADS: usize = 2;

fn from_env<T: FromStr>(name: &str) -> Option<T> {
    env::var(name).ok()?.parse().ok()
}

/// What went otherwise than the model says, with everything that led to it.
fn history(seed: u64) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut world = Box::pin(World::new(seed)).await;
        Box::pin(world.live()).await.map_err(|difference| {
            format!(
                "seed {seed}: {difference}\n  after {}\n  again: BELFRY_SEED={seed} cargo test -p belfry-cloud --test property",
                world.told.join("\n    then ")
            )
        })
    })
}

#[test]
fn every_history_goes_as_the_model_says() {
    let (first, last) = match from_env("BELFRY_SEED") {
        Some(seed) => (seed, seed),
        None => (1, from_env("BELFRY_SEEDS").unwrap_or(SEEDS)),
    };
    let next = AtomicU64::new(first);
    let seeds =
        || std::iter::from_fn(|| Some(next.fetch_add(1, Ordering::Relaxed)).filter(|seed| *seed <= last));
    let differences: Vec<String> = thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|_| scope.spawn(|| seeds().filter_map(|seed| history(seed).err()).collect::<Vec<_>>()))
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}
