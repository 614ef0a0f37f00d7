//! Which broadcasts there are.

use std::sync::Arc;

use axum::{
    Json,
    extract::{FromRequestParts, Query, State},
    http::request::Parts,
};
use belfry_domain::NotificationId;
use serde::Serialize;
use utoipa::ToSchema;

use super::{BroadcastView, may_see_all};
use crate::api::{Api, ApiError, access::Sender, query::invalid};

const CURSOR: &str = "cursor";

/// One page of the list.
#[derive(Serialize, ToSchema)]
#[schema(as = BroadcastPage)]
pub(crate) struct PageBody {
    /// The broadcasts, newest first. A page may be short, or empty, with `next` set.
    results: Vec<BroadcastView>,
    /// Where what is older goes on; null at the end.
    #[schema(required)]
    next: Option<String>,
}

/// `?cursor=…`: the broadcast behind which the page begins.
pub(crate) struct After(Option<NotificationId>);

impl<S: Send + Sync> FromRequestParts<S> for After {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        let Ok(Query(pairs)) = pairs else { return Err(invalid("query", "is not a query string")) };
        match &pairs[..] {
            [] => Ok(Self(None)),
            [(name, value)] if name == CURSOR => {
                let after = value.parse().map_err(|_| invalid(CURSOR, "is not a cursor of this list"))?;
                Ok(Self(Some(after)))
            }
            [(name, _), (again, _), ..] if name == CURSOR && again == CURSOR => {
                Err(invalid(CURSOR, "is given more than once"))
            }
            others => {
                let other = others.iter().find(|(name, _)| name != CURSOR);
                let name = other.map_or(CURSOR, |(name, _)| name);
                Err(invalid(name, "is not a parameter of this list"))
            }
        }
    }
}

/// The broadcasts, newest first: for admins all of them, for producers their own. They are there as long as a notification is
/// kept.
#[utoipa::path(
    get,
    path = "/api/broadcasts/",
    operation_id = "listBroadcasts",
    tag = "sending",
    params(("cursor" = Option<NotificationId>, Query, nullable = false,
        description = "Where the page begins: as it is in `next`.")),
    responses((status = 200, description = "One page.", body = PageBody)),
)]
pub(crate) async fn list(
    State(api): State<Arc<Api>>,
    Sender(caller): Sender,
    After(after): After,
) -> Result<Json<PageBody>, ApiError> {
    let sender = if may_see_all(&caller) { None } else { Some(&caller.user) };
    let page = api.broadcasts.list(sender, after).await?;
    Ok(Json(PageBody {
        results: page.broadcasts.into_iter().map(BroadcastView::from).collect(),
        next: page.next.map(|after| format!("/api/broadcasts/?{CURSOR}={after}")),
    }))
}
