//! `GET /api/user/current/`: who the caller is, as the page's header shows it.

use axum::Json;
use belfry_domain::{Permission, RoleType, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use super::access::SignedIn;

/// The caller. Texts are empty if neither the directory nor the token has them.
#[derive(Serialize, ToSchema)]
pub(super) struct CurrentUser {
    /// The token's `sub`.
    id: UserId,
    /// The name to sign in with.
    username: String,
    /// The address for mail.
    email: String,
    /// The given name.
    first_name: String,
    /// The family name.
    last_name: String,
    /// What the caller may do.
    #[schema(required)]
    role: Option<AssignedRole>,
    /// Always true: who is deactivated is not let in.
    is_active: bool,
}

/// A role.
#[derive(Serialize, ToSchema)]
struct AssignedRole {
    /// Its name for people.
    name: String,
    role_type: RoleType,
    permissions: &'static [Permission],
}

/// Returns the caller.
#[utoipa::path(
    get,
    path = "/api/user/current/",
    operation_id = "getCurrentUser",
    tag = "session",
    responses((status = 200, description = "The caller.", body = CurrentUser)),
)]
pub(super) async fn get(SignedIn(caller): SignedIn) -> Json<CurrentUser> {
    let role = caller.role.map(|role| AssignedRole {
        name: role.display().to_owned(),
        role_type: role.role_type(),
        permissions: role.role_type().permissions(),
    });
    let profile = caller.profile.unwrap_or_default();
    Json(CurrentUser {
        id: caller.user,
        username: profile.username,
        email: profile.email,
        first_name: profile.first_name,
        last_name: profile.last_name,
        role,
        is_active: true,
    })
}
