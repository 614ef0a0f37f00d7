//! The query string of a list.

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use belfry_cloud::Listing;
use belfry_domain::body::FieldError;

use super::ApiError;

const DEFAULT_LIMIT: usize = 20;
const MAX_LIMIT: usize = 100;

/// `?status=all&limit=20&cursor=…`. Parameters that a list doesn't know are refused, lest a misspelt one passes
/// unnoticed.
pub(super) struct ListQuery {
    pub(super) listing: Option<Listing>,
    pub(super) limit: usize,
    pub(super) cursor: Option<String>,
}

impl ListQuery {
    /// The address of another page of the same list.
    pub(super) fn link(&self, path: &str, listing: Listing, cursor: &str) -> String {
        let status = listing.name();
        format!("{}/?status={status}&limit={}&cursor={cursor}", path.trim_end_matches('/'), self.limit)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ListQuery {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        let Ok(Query(pairs)) = pairs else { return Err(invalid("query", "is not a query string")) };
        let mut query = Self { listing: None, limit: DEFAULT_LIMIT, cursor: None };
        for (name, value) in pairs {
            match name.as_str() {
                "status" => query.listing = Some(listing(&value)?),
                "limit" => query.limit = limit(&value)?,
                "cursor" if value.is_empty() => query.cursor = None,
                "cursor" => query.cursor = Some(value),
                _ => return Err(invalid(&name, "is not a parameter of this list")),
            }
        }
        Ok(query)
    }
}

fn listing(status: &str) -> Result<Listing, ApiError> {
    let known = [Listing::All, Listing::Unread].into_iter().find(|listing| listing.name() == status);
    known.ok_or_else(|| invalid("status", "must be all or unread"))
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
