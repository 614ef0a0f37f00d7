//! `GET /api/user/current/`: who the caller is, as the page's header shows it.

use axum::Json;
use belfry_domain::{Permission, RoleType, UserId};
use serde::Serialize;

use super::caller::SignedIn;

#[derive(Serialize)]
pub(super) struct CurrentUser {
    id: UserId,
    username: String,
    email: String,
    first_name: String,
    last_name: String,
    role: Option<AssignedRole>,
    is_active: bool,
}

#[derive(Serialize)]
struct AssignedRole {
    name: &'static str,
    role_type: RoleType,
    permissions: &'static [Permission],
}

pub(super) async fn get(SignedIn { caller, .. }: SignedIn) -> Json<CurrentUser> {
    let role = caller.role.map(|role_type| AssignedRole {
        name: role_type.display(),
        role_type,
        permissions: role_type.permissions(),
    });
    Json(CurrentUser {
        id: caller.user,
        username: caller.profile.username,
        email: caller.profile.email,
        first_name: caller.profile.first_name,
        last_name: caller.profile.last_name,
        role,
        is_active: true,
    })
}
