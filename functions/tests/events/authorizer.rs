//! Who may open a socket, and from which page.

use belfry_cloud::{Directory, TokenVerifier, clock};
use belfry_dynamo::names;
use serde_json::{Value, json};

use crate::support::{
    issuer::Key,
    sample::{event, event_with},
    world::World,
};

const ARN: &str = "arn:aws:execute-api:eu-west-1:123456789012:f6g7h8i9j0/ws/$connect";

/// The error that API Gateway turns into 401; any other becomes 500.
const UNAUTHORIZED: &str = "Unauthorized";

fn effect(answer: &Value) -> &str {
    assert_eq!(answer["policyDocument"]["Statement"].as_array().unwrap().len(), 1);
    answer["policyDocument"]["Statement"][0]["Effect"].as_str().unwrap()
}

/// A sample with the token and the page changed, or without one.
fn from_page(name: &str, token: &str, origin: Option<&str>) -> Value {
    let mut event = event_with(name, token);
    for (headers, origin) in [
        ("headers", origin.map(|origin| json!(origin))),
        ("multiValueHeaders", origin.map(|origin| json!([origin]))),
    ] {
        let headers = event[headers].as_object_mut().unwrap();
        match origin {
            Some(origin) => headers.insert("Origin".to_owned(), origin),
            None => headers.remove("Origin"),
        };
    }
    event
}

async fn refusal(world: &World, event: Value) -> String {
    world.authorize(event).await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_bearer_token_opens_a_socket_in_its_users_name() {
    let world = World::new().await;
    let end = clock::now().as_seconds() + 600;
    let mut claims = world.issuer.claims("ana", "analyst");
    claims["exp"] = json!(end);
    let event = event_with("ws_authorizer-bearer", &world.key.sign(&claims));
    let answer = world.authorize(event).await.unwrap();
    assert_eq!(answer["principalId"], "ana");
    assert_eq!(
        answer["context"],
        json!({
            "user": "ana",
            "role": "analyst",
            "token": answer["context"]["token"],
            "token_issued_at": claims["iat"].to_string(),
            "token_expires_at": end.to_string(),
        })
    );
    assert!(
        answer["context"]["token"].as_str().is_some_and(|hash| hash.len() == 43),
        "a hash, not the token"
    );
    let statement = &answer["policyDocument"]["Statement"][0];
    assert_eq!(answer["policyDocument"]["Version"], "2012-10-17");
    assert_eq!(statement["Action"], json!(["execute-api:Invoke"]));
    assert_eq!((effect(&answer), &statement["Resource"]), ("Allow", &json!([ARN])));
    assert_eq!(
        world.operations(),
        ["BatchGetItem", "PutItem"],
        "who is seen for the first time is written down"
    );
}

#[tokio::test]
async fn the_cookie_of_an_allowed_page_opens_a_socket() {
    let world = World::new().await;
    let event = event_with("ws_authorizer-cookie", &world.token("ana", "analyst"));
    let answer = world.authorize(event).await.unwrap();
    assert_eq!((effect(&answer), &answer["context"]["user"]), ("Allow", &json!("ana")));
}

#[tokio::test]
async fn a_user_without_a_role_has_none_in_the_context() {
    let world = World::new().await;
    let mut claims = world.issuer.claims("ana", "analyst");
    claims.as_object_mut().unwrap().remove("role");
    let event = event_with("ws_authorizer-bearer", &world.key.sign(&claims));
    assert_eq!(world.authorize(event).await.unwrap()["context"].get("role"), None);
}

#[tokio::test]
async fn a_foreign_page_is_denied_whatever_the_credential() {
    let world = World::new().await;
    let token = world.token("ana", "analyst");
    let foreign = [
        event_with("ws_authorizer-foreign-origin", &token),
        from_page("ws_authorizer-bearer", &token, Some("https://evil.example")),
        from_page("ws_authorizer-cookie", &token, Some("https://app.example.com.evil.example")),
        from_page("ws_authorizer-cookie", &token, Some("http://app.example.com")),
        from_page("ws_authorizer-cookie", &token, Some("null")),
        // No browser sends a cookie without saying for which page.
        from_page("ws_authorizer-cookie", &token, None),
    ];
    for event in foreign {
        let answer = world.authorize(event).await.unwrap();
        assert_eq!(effect(&answer), "Deny");
        assert_eq!((&answer["context"], &answer["principalId"]), (&json!({}), &json!("nobody")));
    }
    assert_eq!(world.issuer.fetches(), 0, "the page is looked at first");
}

#[tokio::test]
async fn no_credential_is_unauthorized() {
    let world = World::new().await;
    assert_eq!(refusal(&world, event("ws_authorizer-no-credential")).await, UNAUTHORIZED);
}

#[tokio::test]
async fn a_token_that_does_not_count_is_unauthorized() {
    let world = World::new().await;
    let changed = |claim: &str, value: Value| {
        let mut claims = world.issuer.claims("ana", "analyst");
        claims[claim] = value;
        world.key.sign(&claims)
    };
    let foreign = Key::new("key-1", jsonwebtoken::Algorithm::EdDSA);
    let tokens = [
        changed("exp", json!(clock::now().as_seconds() - 60)),
        changed("aud", json!("another")),
        changed("iss", json!("https://evil.example")),
        foreign.sign(&world.issuer.claims("ana", "analyst")),
        "rubbish".to_owned(),
    ];
    for token in tokens {
        assert_eq!(refusal(&world, event_with("ws_authorizer-bearer", &token)).await, UNAUTHORIZED);
        assert_eq!(refusal(&world, event_with("ws_authorizer-cookie", &token)).await, UNAUTHORIZED);
    }
    assert_eq!(world.operations(), Vec::<String>::new());
}

#[tokio::test]
async fn a_revoked_token_is_unauthorized_and_another_of_the_same_user_is_not() {
    let world = World::new().await;
    let (revoked, other) = (world.token("ana", "analyst"), world.token("ana", "viewer"));
    let caller = TokenVerifier::new(world.issuer.settings()).verify(&revoked).await.unwrap();
    let directory = Directory::new(&world.aws, names::DIRECTORY);
    directory.revoke(&caller.token, caller.expires_at).await.unwrap();
    for name in ["ws_authorizer-bearer", "ws_authorizer-cookie"] {
        assert_eq!(refusal(&world, event_with(name, &revoked)).await, UNAUTHORIZED);
        assert_eq!(effect(&world.authorize(event_with(name, &other)).await.unwrap()), "Allow");
    }
}

#[tokio::test]
async fn when_it_can_not_be_found_out_nobody_is_let_in_and_nobody_is_told_to_sign_in() {
    let world = World::refusing("token#").await;
    let event = event_with("ws_authorizer-bearer", &world.token("ana", "analyst"));
    assert_ne!(refusal(&world, event).await, UNAUTHORIZED);

    let world = World::new().await;
    let event = event_with("ws_authorizer-bearer", &world.token("ana", "analyst"));
    world.issuer.stop().await;
    assert_ne!(refusal(&world, event).await, UNAUTHORIZED);
}
