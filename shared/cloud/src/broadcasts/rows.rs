//! The stored forms of a broadcast's content and audience. Nested values are JSON as text, because DynamoDB limits
//! numbers and nesting more than JSON does.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use belfry_domain::{Audience, Content, UserId};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use super::Addressees;
use crate::StoreError;

pub(super) const CONTENT: &str = "content";

pub(super) const AUDIENCE: &str = "audience";

/// What it says, who says it, and to what kind of audience.
#[derive(Serialize, Deserialize)]
pub(super) struct ContentRow {
    pub(super) sender: UserId,
    content: String,
    pub(super) revision: u32,
    /// None where its recipients were named one by one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    audience: Option<String>,
    /// How many were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    named: Option<usize>,
    /// A digest of what it said at first, and to whom.
    pub(super) created_as: String,
}

impl ContentRow {
    pub(super) fn new(sender: &UserId, audience: &Audience, content: &Content) -> Result<Self, StoreError> {
        let created_as = URL_SAFE_NO_PAD.encode(Sha256::digest(json(&(audience, content))?));
        let (audience, named) = match audience {
            Audience::Users(users) => (None, Some(users.len())),
            kind => (Some(json(kind)?), None),
        };
        let content = json(content)?;
        Ok(Self { sender: sender.clone(), content, revision: 0, audience, named, created_as })
    }

    pub(super) fn content(&self) -> Result<Content, StoreError> {
        read(&self.content)
    }

    pub(super) fn addressees(&self) -> Result<Addressees, StoreError> {
        match &self.audience {
            Some(kind) => read(kind).map(Addressees::Kind),
            None => Ok(Addressees::Named(self.named.unwrap_or_default())),
        }
    }
}

/// A list of users: recipients who were named one by one, or those of a page.
#[derive(Serialize, Deserialize)]
pub(super) struct UsersRow {
    users: String,
    /// Where the audience goes on behind a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) next: Option<String>,
    /// The failed recipients of a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failed: Option<String>,
}

impl UsersRow {
    pub(super) fn new(users: &[UserId], next: Option<String>) -> Result<Self, StoreError> {
        Ok(Self { users: json(&users)?, next, failed: None })
    }

    pub(super) fn users(&self) -> Result<Vec<UserId>, StoreError> {
        read(&self.users)
    }

    pub(super) fn failed(&self) -> Result<Vec<UserId>, StoreError> {
        self.failed.as_deref().map_or_else(|| Ok(Vec::new()), read)
    }
}

pub(super) fn json(value: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::unreadable(&error))
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::unreadable(&error))
}
