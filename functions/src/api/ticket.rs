//! `POST /api/ws/ticket/`: a one-time credential for a socket of another origin, where a browser can't send the cookie.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use belfry_domain::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Api, ApiError,
    access::{self, SignedIn},
};

/// A ticket.
#[derive(Serialize, ToSchema)]
pub(super) struct TicketBody {
    /// Goes into the socket's address: `?ticket=…`. Works once.
    #[schema(example = "mJ0sNf2vQ3q8b1xYd5rK7A")]
    ticket: String,
    /// When it is void, within a minute.
    expires_at: Timestamp,
}

/// Makes a ticket with which the caller opens one socket within a minute.
#[utoipa::path(
    post,
    path = "/api/ws/ticket/",
    operation_id = "createTicket",
    tag = "session",
    responses((status = 201, description = "The ticket.", body = TicketBody)),
)]
pub(super) async fn create(
    State(api): State<Arc<Api>>,
    SignedIn(caller): SignedIn,
) -> Result<(StatusCode, Json<TicketBody>), ApiError> {
    access::count_request(&api, &caller, api.rates.shared_tickets()).await?;
    let ticket = api.authenticator.issue_ticket(&caller).await?;
    Ok((StatusCode::CREATED, Json(TicketBody { ticket: ticket.secret, expires_at: ticket.expires_at })))
}
