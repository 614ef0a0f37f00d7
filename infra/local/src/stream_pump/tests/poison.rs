//! A poison record in any position of a batch.

use serde_json::Value;
use tokio::task::JoinSet;

use super::scene::{Scene, unparsable};

/// How many records a batch has.
const RECORDS: usize = 5;

/// Places of poison: first, middle, last, two together and two apart, everywhere.
const PLACES: [&[usize]; 6] = [&[0], &[2], &[4], &[1, 2], &[0, 4], &[0, 1, 2, 3, 4]];

fn title(place: usize) -> String {
    format!("Number {place}")
}

fn owner(place: usize) -> &'static str {
    ["ana", "bruno"][place % 2]
}

/// The frames of a user who misses only the records that fail.
fn expected(user: &str, poison: &[usize]) -> Vec<String> {
    (0..RECORDS).filter(|place| owner(*place) == user && !poison.contains(place)).map(title).collect()
}

fn without_repetitions(told: Vec<String>) -> Vec<String> {
    let mut first = Vec::new();
    for title in told {
        if !first.contains(&title) {
            first.push(title);
        }
    }
    first
}

/// All places at the same time: each takes its seconds.
async fn everywhere<F: Future<Output = ()> + Send + 'static>(check: impl Fn(&'static [usize]) -> F) {
    PLACES.map(check).into_iter().collect::<JoinSet<_>>().join_all().await;
}

#[tokio::test]
async fn a_record_that_is_reported_is_given_up_alone_wherever_it_is() {
    everywhere(|poison| async move {
        let mut scene = Scene::new().await;
        for place in 0..RECORDS {
            if poison.contains(&place) {
                scene.store_poison(owner(place), &title(place)).await;
            } else {
                scene.store(owner(place), &title(place)).await;
            }
        }
        let records = scene.read().await;
        assert_eq!(records.len(), RECORDS);
        scene.deliver(&records).await;
        for user in ["ana", "bruno"] {
            assert_eq!(without_repetitions(scene.told(user).await), expected(user, poison), "{poison:?}");
        }
        let given_up: Vec<Value> = poison.iter().map(|place| records[*place].clone()).collect();
        assert_eq!(scene.given_up_records(), given_up, "{poison:?}");
    })
    .await;
}

#[tokio::test]
async fn a_record_at_which_the_function_fails_is_found_and_every_other_is_told_once() {
    everywhere(|poison| async move {
        let mut scene = Scene::new().await;
        for place in (0..RECORDS).filter(|place| !poison.contains(place)) {
            scene.store(owner(place), &title(place)).await;
        }
        let mut records = scene.read().await;
        for place in poison {
            records.insert(*place, unparsable(&title(*place)));
        }
        scene.deliver(&records).await;
        for user in ["ana", "bruno"] {
            assert_eq!(scene.told(user).await, expected(user, poison), "{poison:?}");
        }
        let given_up: Vec<Value> = poison.iter().map(|place| records[*place].clone()).collect();
        assert_eq!(scene.given_up_records(), given_up, "{poison:?}");
    })
    .await;
}

#[tokio::test]
async fn what_is_before_a_reported_record_is_told_once() {
    let mut scene = Scene::new().await;
    scene.store("ana", "Before").await;
    scene.store_poison("bruno", "Poison").await;
    scene.store("ana", "Behind").await;
    let records = scene.read().await;
    scene.deliver(&records).await;
    let told = scene.told("ana").await;
    assert_eq!(told.iter().filter(|title| *title == "Before").count(), 1, "{told:?}");
}
