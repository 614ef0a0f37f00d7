//! Who may do what.

use serde::{Deserialize, Serialize};

/// The kind of role a user has. `producer` is for services that send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoleType {
    /// Runs the system: sends, and is told of what goes wrong.
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
    #[serde(other)]
    Custom,
}

/// What a route may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Permission {
    /// To read and keep one's own inbox.
    #[serde(rename = "inbox:own")]
    OwnInbox,
    /// To send notifications to others.
    #[serde(rename = "notifications:create")]
    CreateNotifications,
}

impl RoleType {
    /// Everything this role may do.
    pub const fn permissions(self) -> &'static [Permission] {
        match self {
            Self::Admin | Self::Producer => &[Permission::OwnInbox, Permission::CreateNotifications],
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_admins_and_producers_send() {
        let roles = ["admin", "producer", "manager", "analyst", "viewer", "custom", "root"];
        let may_send = |name: &&str| {
            let role: RoleType = serde_json::from_value((*name).into()).unwrap();
            role.permissions().contains(&Permission::CreateNotifications)
        };
        assert_eq!(roles.iter().filter(|name| may_send(name)).collect::<Vec<_>>(), [&"admin", &"producer"]);
    }
}
