//! Who may do what.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::text::{InvalidText, Label};

/// The kind of role a user has. `producer` is for services that send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RoleType {
    /// Runs the system: sends, and is notified of failures.
    Admin,
    /// Leads a team.
    Manager,
    /// Works with reports.
    Analyst,
    /// Reads.
    Viewer,
    /// A service that sends.
    Producer,
    /// A role of the team's own making, whatever its name.
    Custom,
}

/// What a route may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub enum Permission {
    /// To read and keep one's own inbox.
    #[serde(rename = "inbox:own")]
    OwnInbox,
    /// To send notifications to others.
    #[serde(rename = "notifications:create")]
    CreateNotifications,
    /// To change what a notification says.
    #[serde(rename = "notifications:update")]
    UpdateNotifications,
    /// To say who the users are and what they may do.
    #[serde(rename = "directory:update")]
    UpdateDirectory,
}

impl RoleType {
    /// The types that follow from a role's name alone.
    const NAMED: [Self; 5] = [Self::Admin, Self::Manager, Self::Analyst, Self::Viewer, Self::Producer];

    const fn claim(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Manager => "manager",
            Self::Analyst => "analyst",
            Self::Viewer => "viewer",
            Self::Producer => "producer",
            Self::Custom => "custom",
        }
    }

    /// The role whose name alone gives that type.
    pub fn named(self) -> Role {
        Role(Label::of_name(self.claim()))
    }

    /// Everything this role may do.
    pub const fn permissions(self) -> &'static [Permission] {
        match self {
            Self::Admin => &[
                Permission::OwnInbox,
                Permission::CreateNotifications,
                Permission::UpdateNotifications,
                Permission::UpdateDirectory,
            ],
            Self::Producer => &[Permission::OwnInbox, Permission::CreateNotifications],
            Self::Manager | Self::Analyst | Self::Viewer | Self::Custom => &[Permission::OwnInbox],
        }
    }

    /// Its name for people, in English.
    pub const fn display(self) -> &'static str {
        match self {
            Self::Admin => "Administrator",
            Self::Manager => "Manager",
            Self::Analyst => "Analyst",
            Self::Viewer => "Viewer",
            Self::Custom => "Custom",
            Self::Producer => "Producer",
        }
    }
}

/// A role as the issuer or an event names it: 1–100 characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Role(Label);

impl Role {
    /// As the issuer or an event names it.
    pub fn name(&self) -> &str {
        self.0.as_str()
    }

    /// What kind of role it is.
    pub fn role_type(&self) -> RoleType {
        RoleType::NAMED
            .into_iter()
            .find(|role_type| role_type.claim() == self.name())
            .unwrap_or(RoleType::Custom)
    }

    /// Its name for people: that of its type, or the team's own.
    pub fn display(&self) -> &str {
        match self.role_type() {
            RoleType::Custom => self.name(),
            named => named.display(),
        }
    }
}

impl TryFrom<String> for Role {
    type Error = InvalidText;

    fn try_from(name: String) -> Result<Self, InvalidText> {
        name.try_into().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_admins_and_producers_send() {
        let roles = ["admin", "producer", "manager", "analyst", "viewer", "custom", "root"];
        let may_send = |name: &&str| {
            let role = Role::try_from((*name).to_owned()).unwrap();
            role.role_type().permissions().contains(&Permission::CreateNotifications)
        };
        assert_eq!(roles.iter().filter(|name| may_send(name)).collect::<Vec<_>>(), [&"admin", &"producer"]);
    }

    #[test]
    fn a_team_s_own_role_keeps_its_name() {
        let role = |name: &str| Role::try_from(name.to_owned()).unwrap();
        assert_eq!(role("analyst").display(), "Analyst");
        assert_eq!(
            (role("Supply Lead").display(), role("Supply Lead").role_type()),
            ("Supply Lead", RoleType::Custom)
        );
        assert!(Role::try_from(String::new()).is_err());
    }
}
