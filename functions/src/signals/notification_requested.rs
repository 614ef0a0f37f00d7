//! Another service asks for a notification in its own words: the body of `POST /api/notifications/`, as an event.

use belfry_domain::{CreateRequest, body::InvalidBody};
use serde_json::{Map, Value};

use super::{
    contract::{DETAIL, Signal},
    effect::Effect,
};
use crate::request_bodies::CreateBody;

/// What is asked for.
pub(super) struct NotificationRequested(CreateRequest);

impl Signal for NotificationRequested {
    const SOURCE: Option<&'static str> = None;
    const DETAIL_TYPE: &'static str = "Notification Requested";
    type Detail = CreateBody;

    fn parse(detail: Map<String, Value>) -> Result<Self, InvalidBody> {
        CreateRequest::within(DETAIL, detail).map(Self)
    }

    fn effects(self) -> Result<Vec<Effect>, InvalidBody> {
        Ok(vec![Effect::Send(self.0)])
    }
}
