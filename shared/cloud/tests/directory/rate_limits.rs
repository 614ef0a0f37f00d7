//! Limits that are counted in the table.

use std::num::NonZeroU16;

use belfry_cloud::{
    Directory,
    directory::{SharedRateLimit, WINDOW_SECONDS},
};
use belfry_dynamo::names;

use crate::support::{
    access::Access,
    store::{attributes, operations},
    user,
};

const TWO: SharedRateLimit = SharedRateLimit { class: "tickets", requests: NonZeroU16::new(2).unwrap() };

#[tokio::test]
async fn hold_across_instances() {
    let access = Access::new().await;
    let instances = [access.directory.clone(), Directory::new(&access.store.aws, names::DIRECTORY)];
    // Two in a minute, and another two where a minute ends meanwhile.
    let mut allowed = 0;
    loop {
        let (calls, status) =
            access.store.calls_of(instances[allowed % 2].count_request(&user("ana"), TWO)).await;
        assert_eq!(operations(&calls), ["UpdateItem"]);
        let status = status.unwrap();
        assert!(status.resets_in.as_secs() <= WINDOW_SECONDS.into() && !status.resets_in.is_zero());
        if status.is_exceeded {
            assert_eq!(status.remaining, 0);
            break;
        }
        allowed += 1;
        assert!(allowed < 5, "it goes on for ever");
    }
    assert!(allowed >= 2);
    let other = SharedRateLimit { class: "audiences", ..TWO };
    assert!(!instances[0].count_request(&user("ana"), other).await.unwrap().is_exceeded);
    let bruno = instances[0].count_request(&user("bruno"), TWO).await.unwrap();
    assert_eq!((bruno.is_exceeded, bruno.remaining), (false, 1));
    let rows = access.rows().await;
    assert!(rows.iter().all(|row| attributes(row) == ["entity", "expires_at", "record", "used"]));
}
