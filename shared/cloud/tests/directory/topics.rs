//! How many topics a user has subscribed to.

use belfry_cloud::directory::MAX_TOPICS;
use belfry_domain::text::Topic;
use futures::future::join_all;

use crate::support::{access::Access, user};

fn topic(number: u16) -> Topic {
    format!("topic-{number:03}").try_into().unwrap()
}

/// A directory in which ana has so many topics.
async fn with_topics(count: u16) -> Access {
    let access = Access::new().await;
    for number in 0..count {
        assert!(access.directory.subscribe(&user("ana"), &topic(number)).await.unwrap());
    }
    access
}

#[tokio::test]
async fn are_bounded() {
    let access = with_topics(MAX_TOPICS).await;
    let (ana, extra) = (user("ana"), topic(MAX_TOPICS));
    assert!(!access.directory.subscribe(&ana, &extra).await.unwrap());
    assert!(!access.directory.is_subscribed(&ana, &extra).await.unwrap());
    assert!(access.directory.subscribe(&ana, &topic(0)).await.unwrap(), "again is no error");
    assert!(access.directory.subscribe(&user("bruno"), &extra).await.unwrap(), "each user has a count");
}

#[tokio::test]
async fn are_counted_down_once_when_one_ends() {
    let access = with_topics(MAX_TOPICS).await;
    let ana = user("ana");
    for _ in 0..3 {
        access.directory.unsubscribe(&ana, &topic(7)).await.unwrap();
    }
    assert!(!access.directory.is_subscribed(&ana, &topic(7)).await.unwrap());
    assert!(access.directory.subscribe(&ana, &topic(MAX_TOPICS)).await.unwrap());
    assert!(!access.directory.subscribe(&ana, &topic(MAX_TOPICS + 1)).await.unwrap());
}

#[tokio::test]
async fn are_bounded_where_many_begin_at_once() {
    let access = with_topics(MAX_TOPICS - 1).await;
    let ana = user("ana");
    let topics = [0, 1, 2].map(|number| topic(MAX_TOPICS + number));
    let begun = join_all(topics.iter().map(|topic| Box::pin(access.directory.subscribe(&ana, topic)))).await;
    let begun = begun.into_iter().filter(|begun| *begun.as_ref().unwrap()).count();
    let subscribed = join_all(topics.iter().map(|topic| access.directory.is_subscribed(&ana, topic))).await;
    let subscribed = subscribed.into_iter().filter(|is| *is.as_ref().unwrap()).count();
    assert_eq!((begun, subscribed), (1, 1));
}
