//! Who may do what.

use belfry_tests::{Socket, Target, draft, ids, keys};
use serde_json::json;

#[tokio::test]
async fn only_the_admin_sends() {
    let belfry = Target::start().await;
    let user = belfry.user().await;
    let mut socket = Socket::open(&user).await;
    for name in ["ana", "bruno", "vera", user.user()] {
        let sender = belfry.sign_in(name).await;
        for client in [&sender, &sender.as_browser()] {
            let answer = client.post_json("/api/notifications/", &draft(user.user(), "Spam")).await;
            answer.problem(403, "forbidden");
        }
    }
    assert_eq!((ids(&user.list().await).len(), user.unread_count().await), (0, 0));
    let sent = belfry.admin().await.notify(&user, "From the admin").await;
    socket.expect_ring(&sent).await;
}

#[tokio::test]
async fn without_the_permission_the_body_is_not_looked_at() {
    let belfry = Target::start().await;
    let user = belfry.user().await;
    user.post_json("/api/notifications/", &json!({ "surprise": 1 })).await.problem(403, "forbidden");
    user.post("/api/notifications/").await.problem(403, "forbidden");
}

#[tokio::test]
async fn the_current_user_is_shown_with_role_and_permissions() {
    let belfry = Target::start().await;
    let own = "inbox:own";
    let all = json!([own, "notifications:create", "notifications:update", "directory:update"]);
    for (name, first, last, role, display, permissions) in [
        ("admin", "Alex", "Admin", "admin", "Administrator", all),
        ("ana", "Ana", "Almeida", "analyst", "Analyst", json!([own])),
        ("bruno", "Bruno", "Barros", "manager", "Manager", json!([own])),
        ("vera", "Vera", "Vidal", "viewer", "Viewer", json!([own])),
    ] {
        let current = belfry.sign_in(name).await.get("/api/user/current/").await.ok(200);
        let expected = json!({
            "id": name, "username": name, "email": format!("{name}@example.com"), "first_name": first,
            "last_name": last, "is_active": true,
            "role": { "name": display, "role_type": role, "permissions": permissions },
        });
        assert_eq!(current, expected);
    }
}

#[tokio::test]
async fn demo_sign_in_takes_demo_users_only() {
    let belfry = Target::start().await;
    let anonymous = belfry.anonymous();
    for username in ["", "root", "Admin", "user-0000", "user-10000", "user-1", "user-١٢٣٤", "ana\u{0}"] {
        let answer = anonymous.post_json("/api/session/demo/", &json!({ "username": username })).await;
        assert_eq!((answer.status, answer.header("set-cookie")), (400, ""), "{username}");
        assert!(!keys(&answer.ok(400)).contains(&"token"));
    }
    for body in [json!({}), json!([]), json!({ "username": 7 }), json!("ana")] {
        assert_eq!(anonymous.post_json("/api/session/demo/", &body).await.status, 400, "{body}");
    }
}
