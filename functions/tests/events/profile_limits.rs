//! How long the texts of a profile may be.

use serde_json::json;

use crate::support::{operations::happened, sample::event, world::World};

#[tokio::test]
async fn an_event_with_a_long_name_is_refused() {
    let world = World::new().await;
    let admin = world.token("admin", "admin");
    for field in ["username", "email", "first_name", "last_name"] {
        for (length, status) in [(254, 200), (255, 400), (250_000, 400)] {
            let mut upserted = happened(&event("signals-user-upserted"));
            upserted["id"] = json!(format!("{field}-{length}"));
            upserted["detail"] = json!({ "user_id": format!("{field}-{length}"), field: "x".repeat(length) });
            let answer = world.send("POST", "/api/events/", &admin, &upserted).await;
            assert_eq!(answer.status(), status, "{field}: {length}: {}", answer.text());
            if status == 400 {
                let error = &answer.body()["errors"][0];
                assert_eq!(error["pointer"], format!("/detail/{field}"));
                assert_eq!(error["detail"], "must be a text of at most 254 characters");
                assert!(world.row(&format!("{field}-{length}")).await.is_none());
            }
        }
    }
}
