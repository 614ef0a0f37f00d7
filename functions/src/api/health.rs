//! `GET /api/health/`: whether the function answers. It asks nobody else, so it costs nothing and can't be used to
//! load the tables.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

/// A sign of life.
#[derive(Serialize, ToSchema)]
pub(super) struct Health {
    #[schema(example = "ok")]
    status: &'static str,
}

/// Answers as long as the API runs.
#[utoipa::path(
    get,
    path = "/api/health/",
    operation_id = "getHealth",
    tag = "service",
    security(()),
    responses((status = 200, description = "It answers.", body = Health)),
)]
pub(super) async fn get() -> Json<Health> {
    Json(Health { status: "ok" })
}
