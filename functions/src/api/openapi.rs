//! The OpenAPI document: the routes' own descriptions, and what is the same for all of them.

mod common;

use std::sync::{Arc, LazyLock};

use axum::{Extension, Json};
use utoipa::{
    ToSchema,
    openapi::{ObjectBuilder, OpenApi, RefOr, Schema, Type, schema::AdditionalProperties},
};

/// The document, put together when somebody first asks for it: most instances of the function are never asked.
pub(super) type Document = Arc<LazyLock<OpenApi, Box<dyn FnOnce() -> OpenApi + Send>>>;

/// The document of these routes.
pub(super) fn document(routes: OpenApi) -> Document {
    Arc::new(LazyLock::new(Box::new(move || common::complete(routes))))
}

/// This document.
#[utoipa::path(
    get,
    path = "/api/schema/",
    operation_id = "getSchema",
    tag = "service",
    security(()),
    responses((status = 200, description = "An OpenAPI document.", body = inline(AnyObject))),
)]
pub(super) async fn get(Extension(document): Extension<Document>) -> Json<OpenApi> {
    Json(OpenApi::clone(&**document))
}

/// An object with members of any name.
struct AnyObject;

impl utoipa::PartialSchema for AnyObject {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::Object)
            .additional_properties(Some(AdditionalProperties::FreeForm(true)))
            .into()
    }
}

impl ToSchema for AnyObject {}
