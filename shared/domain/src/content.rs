//! What a notification says, apart from what its owner did with it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    body::{Body, InvalidBody},
    text::{Data, Label, Message, RedirectUrl, Title},
};

/// The kind of a notification; clients choose icon, colour and urgency by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "&'static str")]
#[schema(rename_all = "snake_case")]
pub enum NotificationType {
    /// For your information.
    Info,
    /// Something went well.
    Success,
    /// Something may go wrong.
    Warning,
    /// Something went wrong.
    Error,
    /// A report can be read.
    ReportReady,
    /// A report could not be made.
    ReportError,
    /// The user's role is another now.
    RoleChanged,
    /// Somebody tried what they may not do.
    PermissionDenied,
}

impl NotificationType {
    /// All types, in the order the documentation lists them.
    pub const ALL: [Self; 8] = [
        Self::Info,
        Self::Success,
        Self::Warning,
        Self::Error,
        Self::ReportReady,
        Self::ReportError,
        Self::RoleChanged,
        Self::PermissionDenied,
    ];

    /// Its name in the protocol.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Success => "success",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::ReportReady => "report_ready",
            Self::ReportError => "report_error",
            Self::RoleChanged => "role_changed",
            Self::PermissionDenied => "permission_denied",
        }
    }

    /// Its name for people, in English.
    pub const fn display(self) -> &'static str {
        match self {
            Self::Info => "Information",
            Self::Success => "Success",
            Self::Warning => "Warning",
            Self::Error => "Error",
            Self::ReportReady => "Report Ready",
            Self::ReportError => "Report Error",
            Self::RoleChanged => "Role Changed",
            Self::PermissionDenied => "Permission Denied",
        }
    }

    /// The category of a notification whose sender names none.
    pub const fn default_category(self) -> &'static str {
        match self {
            Self::Info | Self::Success | Self::Warning | Self::Error => "general",
            Self::ReportReady | Self::ReportError => "reports",
            Self::RoleChanged => "account",
            Self::PermissionDenied => "security",
        }
    }
}

impl From<NotificationType> for &'static str {
    fn from(kind: NotificationType) -> Self {
        kind.name()
    }
}

impl TryFrom<String> for NotificationType {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.name() == name)
            .ok_or_else(|| format!("must be one of {}", Self::ALL.map(Self::name).join(", ")))
    }
}

/// The sender's part of a notification.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Content {
    /// The line that is read first.
    pub title: Title,
    /// What happened.
    pub message: Message,
    /// The kind of the notification.
    pub notification_type: NotificationType,
    /// What the user's preferences go by; the sender's, or else the type's.
    pub category: Option<Label>,
    /// The type of the object it is about, such as `report`.
    pub related_object_type: Option<Label>,
    /// That object's id.
    pub related_object_id: Option<Label>,
    /// Where a click leads.
    pub redirect_url: Option<RedirectUrl>,
    /// Anything else, for the page that shows it.
    pub data: Option<Data>,
}

impl Content {
    /// The sender's category, or the type's.
    pub fn category(&self) -> &str {
        self.category.as_ref().map_or(self.notification_type.default_category(), Label::as_str)
    }
}

/// What is to be said instead. What is left out stays as it is.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(clippy::option_option, reason = "left out and null are two things")]
pub struct ContentEdit {
    title: Option<Title>,
    message: Option<Message>,
    notification_type: Option<NotificationType>,
    category: Option<Option<Label>>,
    related_object_type: Option<Option<Label>>,
    related_object_id: Option<Option<Label>>,
    redirect_url: Option<Option<RedirectUrl>>,
    data: Option<Option<Data>>,
}

impl ContentEdit {
    /// Takes the fields of a body that say something else.
    pub fn read(body: &mut Body) -> Self {
        Self {
            title: body.given("title"),
            message: body.given("message"),
            notification_type: body.given("notification_type"),
            category: body.given("category"),
            related_object_type: body.given("related_object_type"),
            related_object_id: body.given("related_object_id"),
            redirect_url: body.given("redirect_url"),
            data: body.given("data"),
        }
    }

    /// Reads a body that says nothing but this; the error names every field that breaks a rule or isn't known.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        let mut body = Body::parse(bytes)?;
        let edit = Self::read(&mut body);
        body.finish(Some(edit))
    }

    /// What is said then, where that is something else.
    pub fn applied_to(&self, standing: &Content) -> Option<Content> {
        let mut content = standing.clone();
        set(&mut content.title, self.title.clone());
        set(&mut content.message, self.message.clone());
        set(&mut content.notification_type, self.notification_type);
        // A category that was the type's, and is sent back with that type, stays the type's.
        let same_type = content.notification_type == standing.notification_type;
        let sent_back = |label: &Option<Label>| {
            same_type && label.as_ref().is_some_and(|label| label.as_str() == standing.category())
        };
        set(&mut content.category, self.category.clone().filter(|label| !sent_back(label)));
        set(&mut content.related_object_type, self.related_object_type.clone());
        set(&mut content.related_object_id, self.related_object_id.clone());
        set(&mut content.redirect_url, self.redirect_url.clone());
        set(&mut content.data, self.data.clone());
        (content != *standing).then_some(content)
    }
}

fn set<T>(field: &mut T, to: Option<T>) {
    if let Some(to) = to {
        *field = to;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_type_is_its_name_and_nothing_else() {
        for kind in NotificationType::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.name());
            assert_eq!(serde_json::from_value::<NotificationType>(kind.name().into()).unwrap(), kind);
        }
        for other in
            [json!("news"), json!("Info"), json!(""), json!(1), json!({ "info": null }), json!(["info"])]
        {
            assert!(serde_json::from_value::<NotificationType>(other).is_err());
        }
    }
}
