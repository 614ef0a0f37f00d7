//! `GET /api/health/`: whether the function answers. It asks nobody else, so it costs nothing and can't be used to
//! load the tables.

use axum::Json;
use serde_json::{Value, json};

pub(super) async fn get() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}
