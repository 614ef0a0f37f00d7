//! Callers who are too fast.

use std::{pin::pin, time::Duration};

use belfry_tests::{Answer, Client, Socket, Target, draft};
use futures::{StreamExt, stream};

const CONCURRENT_READS: usize = 64;

/// How long a target may take to refuse.
const PATIENCE: Duration = Duration::from_secs(10);

/// The numbers of a header such as `"reads";q=100;w=1`, by their names, after its class.
fn parameters<'a>(answer: &'a Answer, header: &str) -> (&'a str, Vec<(&'a str, u64)>) {
    let mut parts = answer.header(header).split(';');
    let class = parts.next().unwrap().trim_matches('"');
    let pair = |part: &'a str| part.split_once('=').map(|(name, number)| (name, number.parse().unwrap()));
    (class, parts.map(|part| pair(part).unwrap_or_else(|| panic!("{header}: {answer:?}"))).collect())
}

/// What the headers say: the class, how many a second, and how many are left.
fn told(answer: &Answer) -> (String, u64, u64) {
    let (class, policy) = parameters(answer, "ratelimit-policy");
    let (same, left) = parameters(answer, "ratelimit");
    assert_eq!(class, same, "{answer:?}");
    let number = |numbers: &[(&str, u64)], name| {
        numbers.iter().find(|(known, _)| *known == name).unwrap_or_else(|| panic!("{name}: {answer:?}")).1
    };
    assert!(number(&policy, "w") >= 1);
    (class.to_owned(), number(&policy, "q"), number(&left, "r"))
}

/// Reads as fast as can be until one is refused; `None` where the target serves nobody faster than a user may ask.
async fn until_refused(owner: &Client) -> Option<Answer> {
    let quota = told(&owner.get("/api/notifications/nonsense/").await).1;
    let mut reads = pin!(
        stream::repeat(())
            .map(|()| owner.get("/api/notifications/nonsense/"))
            .buffer_unordered(CONCURRENT_READS)
            .take_until(tokio::time::sleep(PATIENCE))
    );
    let mut served = 0;
    while let Some(answer) = reads.next().await {
        if answer.status == 429 {
            return Some(answer);
        }
        served += 1;
    }
    assert!(served <= quota * (PATIENCE.as_secs() + 1), "{served} reads and none too many");
    None
}

/// On two threads, lest a slow machine serves fewer than a user may ask.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_reads_too_fast_is_told_when_to_come_again_and_is_served_then() {
    let belfry = Target::start().await;
    let (admin, user, other) = (belfry.admin().await, belfry.user().await, belfry.user().await);
    let hasty = user.impatient();
    let mut socket = Socket::open(&user).await;
    let Some(refused) = until_refused(&hasty).await else { return };
    refused.problem(429, "too_many_requests");
    let (class, quota, left) = told(&refused);
    assert_eq!((class.as_str(), left), ("reads", 0));
    assert!(quota > 0);
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{refused:?}");

    let calm = other.impatient().get("/api/notifications/unread_count/").await;
    calm.ok(200);
    assert!(told(&calm).2 > 0, "another user's bucket is their own");
    hasty.post("/api/notifications/mark_all_read/").await.ok(200);
    let id = admin.notify(&user, "For the hasty").await;
    socket.next_ring(&id).await;

    tokio::time::sleep(Duration::from_secs(wait)).await;
    let served = hasty.get("/api/notifications/").await;
    assert_eq!(served.ok(200)["unread_count"], 1);
}

#[tokio::test]
async fn all_credentials_of_a_user_share_one_bucket() {
    let belfry = Target::start().await;
    let user = belfry.user().await;
    let left = async |client: &Client| told(&client.get("/api/user/current/").await).2;
    let again = belfry.sign_in(user.user()).await;
    let first = left(&user).await;
    for client in [&user, &again, &user.as_browser(), &again.as_browser()] {
        // It fills up meanwhile, so only a full bucket would show that it was another one.
        assert!(left(client).await <= first);
    }
}

#[tokio::test]
async fn every_answer_to_a_caller_says_what_is_left_by_class() {
    let belfry = Target::start().await;
    let (admin, user) = (belfry.admin().await, belfry.user().await);
    for path in ["/api/notifications/", "/api/user/current/", "/api/notifications/nonsense/"] {
        let (class, quota, left) = told(&user.get(path).await);
        assert_eq!(class, "reads", "{path}");
        assert!(left < quota, "{path}");
    }
    for path in
        ["/api/notifications/mark_all_read/", "/api/ws/ticket/", "/api/notifications/nonsense/archive/"]
    {
        assert_eq!(told(&user.post(path).await).0, "writes", "{path}");
    }
    let sent = admin.post_json("/api/notifications/", &draft(user.user(), "Sent")).await;
    let (class, quota, left) = told(&sent);
    assert!(class == "creates" && left < quota, "{sent:?}");
    let anonymous = belfry.anonymous().get("/api/notifications/").await;
    assert_eq!((anonymous.status, anonymous.header("ratelimit")), (401, ""));
    assert_eq!(belfry.anonymous().get("/api/health/").await.header("ratelimit"), "");
}
