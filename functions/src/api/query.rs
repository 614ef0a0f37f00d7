//! The query string of a list.

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};
use belfry_cloud::Listing;
use belfry_domain::{NotificationType, body::FieldError};
use utoipa::{
    IntoParams,
    openapi::{
        ObjectBuilder, Required, Type,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::Schema,
    },
};

use super::ApiError;

const DEFAULT_LIMIT: usize = 20;
/// How many notifications a page of a list has at most.
pub const MAX_PAGE: usize = 100;

/// What a cursor looks like; an empty one is none.
const CURSOR: &str = "^([A-Za-z0-9_-]{55})?$";

/// `?status=all&limit=20&cursor=…`. Unknown parameters are refused, so that a misspelt one is noticed. Repeated parameters
/// are refused, since parsers differ on which one counts.
pub(super) struct ListQuery {
    pub(super) listing: Option<Listing>,
    pub(super) notification_type: Option<NotificationType>,
    pub(super) limit: usize,
    pub(super) cursor: Option<String>,
}

impl ListQuery {
    /// The address of another page of the same list.
    pub(super) fn link(&self, path: &str, listing: Listing, cursor: &str) -> String {
        let status = listing.name();
        let kind = self.notification_type.map_or_else(String::new, |kind| format!("&type={}", kind.name()));
        format!("{}/?status={status}{kind}&limit={}&cursor={cursor}", path.trim_end_matches('/'), self.limit)
    }
}

impl IntoParams for ListQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        parameters(&Listing::ALL)
    }
}

/// The query string of the list that is always the unread one.
pub(super) struct UnreadQuery;

impl IntoParams for UnreadQuery {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        parameters(&[Listing::Unread])
    }
}

fn parameters(listings: &[Listing]) -> Vec<Parameter> {
    let parameter = |name: &str, description: &str, schema: Schema| {
        ParameterBuilder::new()
            .name(name)
            .parameter_in(ParameterIn::Query)
            .required(Required::False)
            .description(Some(description))
            .schema(Some(schema))
            .build()
    };
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let statuses = text().enum_values(Some(listings.iter().map(|listing| listing.name())));
    let types = text().enum_values(Some(NotificationType::ALL.map(NotificationType::name)));
    let limit = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(1))
        .maximum(Some(MAX_PAGE))
        .default(Some(DEFAULT_LIMIT.into()));
    let cursor = text().pattern(Some(CURSOR));
    vec![
        parameter("status", "Which list.", statuses.into()),
        parameter("type", "Only notifications of this type.", types.into()),
        parameter("limit", "How many on a page.", limit.into()),
        parameter("cursor", "Where the page begins: as it is in `next` and `previous`.", cursor.into()),
    ]
}

impl<S: Send + Sync> FromRequestParts<S> for ListQuery {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        let Ok(Query(pairs)) = pairs else { return Err(invalid("query", "is not a query string")) };
        let mut query = Self { listing: None, notification_type: None, limit: DEFAULT_LIMIT, cursor: None };
        for (index, (name, _)) in pairs.iter().enumerate() {
            if pairs[..index].iter().any(|(earlier, _)| earlier == name) {
                return Err(invalid(name, "is given more than once"));
            }
        }
        for (name, value) in pairs {
            match name.as_str() {
                "status" => query.listing = Some(listing(&value)?),
                "type" => query.notification_type = Some(notification_type(value)?),
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
    let known = Listing::ALL.into_iter().find(|listing| listing.name() == status);
    let names = || Listing::ALL.map(Listing::name).join(", ");
    known.ok_or_else(|| invalid("status", &format!("must be one of {}", names())))
}

fn notification_type(name: String) -> Result<NotificationType, ApiError> {
    NotificationType::try_from(name).map_err(|error| invalid("type", &error))
}

fn limit(text: &str) -> Result<usize, ApiError> {
    text.parse()
        .ok()
        .filter(|limit| (1..=MAX_PAGE).contains(limit))
        .ok_or_else(|| invalid("limit", "must be a number from 1 to 100"))
}

/// An error about the query parameter of that name.
pub(super) fn invalid(name: &str, detail: &str) -> ApiError {
    ApiError::InvalidQuery(FieldError { pointer: name.to_owned(), detail: detail.to_owned() })
}
