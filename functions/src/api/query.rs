//! The query string of a list.

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use belfry_domain::body::FieldError;

use super::ApiError;

const DEFAULT_LIMIT: usize = 20;
const MAX_LIMIT: usize = 100;

/// `?limit=20&cursor=…`. Parameters that a list doesn't know are refused, lest a misspelt one passes unnoticed.
pub(super) struct ListQuery {
    pub(super) limit: usize,
    pub(super) cursor: Option<String>,
}

impl<S: Send + Sync> FromRequestParts<S> for ListQuery {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        let Ok(Query(pairs)) = pairs else { return Err(invalid("query", "is not a query string")) };
        let mut query = Self { limit: DEFAULT_LIMIT, cursor: None };
        for (name, value) in pairs {
            match name.as_str() {
                "limit" => query.limit = limit(&value)?,
                "cursor" if value.is_empty() => query.cursor = None,
                "cursor" => query.cursor = Some(value),
                _ => return Err(invalid(&name, "is not a parameter of this list")),
            }
        }
        Ok(query)
    }
}

fn limit(text: &str) -> Result<usize, ApiError> {
    text.parse()
        .ok()
        .filter(|limit| (1..=MAX_LIMIT).contains(limit))
        .ok_or_else(|| invalid("limit", "must be a number from 1 to 100"))
}

/// An error about the query parameter of that name.
pub(super) fn invalid(name: &str, detail: &str) -> ApiError {
    ApiError::InvalidQuery(FieldError { pointer: name.to_owned(), detail: detail.to_owned() })
}
