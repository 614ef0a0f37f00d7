//! Recipients of a notification: one user, some, or an audience.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::{body::Body, id::UserId, role::Role, text::Topic};

/// Up to this many users are notified within the request; more of them become a broadcast.
pub const MAX_DIRECT: usize = 100;

/// One request names at most so many users.
pub const MAX_USERS: usize = 5_000;

/// The recipients of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Recipients {
    /// One user, by `user`.
    User(UserId),
    /// 1 to [`MAX_DIRECT`] users, by `users`, each named once.
    Users(Vec<UserId>),
    /// Anybody else.
    Audience(Audience),
}

/// The audience of a broadcast.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// More than [`MAX_DIRECT`] and at most [`MAX_USERS`] users, by `users`, each named once.
    Users(Vec<UserId>),
    /// Every active user who has that role, by `role`.
    Role(Role),
    /// Everybody who has subscribed to that topic, by `topic`.
    Topic(Topic),
    /// Every active user whom the directory knows, by `everyone: true`.
    Everyone,
}

/// The fields of a request that name its recipients. A request has exactly one of them.
const FIELDS: [&str; 5] = ["user", "users", "role", "topic", "everyone"];

impl Recipients {
    /// Takes the field that says it. `None` means that an error was noted.
    pub fn read(body: &mut Body) -> Option<Self> {
        let given: Vec<_> = FIELDS.into_iter().filter(|name| body.has(name)).collect();
        let field = match given[..] {
            [] => {
                body.refuse("user", "is required, or one of users, role, topic and everyone");
                return None;
            }
            [field] => field,
            [first, ref others @ ..] => {
                for name in others {
                    body.refuse(name, &format!("can't be combined with {first}"));
                    body.raw(name);
                }
                body.raw(first);
                return None;
            }
        };
        match field {
            "user" => body.required(field).map(Self::User),
            "users" => users(body),
            "role" => body.required(field).map(|role| Self::Audience(Audience::Role(role))),
            "topic" => body.required(field).map(|topic| Self::Audience(Audience::Topic(topic))),
            _ => everyone(body),
        }
    }
}

fn users(body: &mut Body) -> Option<Recipients> {
    let users: Vec<UserId> = body.required("users")?;
    if !(1..=MAX_USERS).contains(&users.len()) {
        body.refuse("users", "must name 1 to 5000 users");
        return None;
    }
    let mut known = HashSet::new();
    if !users.iter().all(|user| known.insert(user)) {
        body.refuse("users", "must name each user once");
        return None;
    }
    Some(if users.len() <= MAX_DIRECT {
        Recipients::Users(users)
    } else {
        Recipients::Audience(Audience::Users(users))
    })
}

fn everyone(body: &mut Body) -> Option<Recipients> {
    if body.required("everyone")? {
        return Some(Recipients::Audience(Audience::Everyone));
    }
    body.refuse("everyone", "must be true, or left out");
    None
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::body::InvalidBody;

    fn read(body: &Value) -> Result<Recipients, InvalidBody> {
        let mut body = Body::parse(body.to_string().as_bytes()).unwrap();
        let recipients = Recipients::read(&mut body);
        body.finish(recipients)
    }

    fn refused(body: &Value) -> Vec<String> {
        let Err(InvalidBody::Fields(errors)) = read(body) else { panic!("accepted: {body}") };
        errors.into_iter().map(|error| error.pointer).collect()
    }

    fn many(count: usize) -> Vec<String> {
        (0..count).map(|number| format!("user-{number}")).collect()
    }

    #[test]
    fn each_field_alone_says_whom_to_tell() {
        let role = Role::try_from("admin".to_owned()).unwrap();
        let topic = Topic::try_from("deploys".to_owned()).unwrap();
        let ana = UserId::try_from("ana".to_owned()).unwrap();
        for (body, expected) in [
            (json!({ "user": "ana" }), Recipients::User(ana.clone())),
            (json!({ "users": ["ana"] }), Recipients::Users(vec![ana])),
            (json!({ "role": "admin" }), Recipients::Audience(Audience::Role(role))),
            (json!({ "topic": "deploys" }), Recipients::Audience(Audience::Topic(topic))),
            (json!({ "everyone": true }), Recipients::Audience(Audience::Everyone)),
        ] {
            assert_eq!(read(&body), Ok(expected), "{body}");
        }
    }

    #[test]
    fn more_than_a_hundred_users_are_an_audience() {
        let of = |count| read(&json!({ "users": many(count) })).unwrap();
        assert!(matches!(of(MAX_DIRECT), Recipients::Users(users) if users.len() == MAX_DIRECT));
        for count in [MAX_DIRECT + 1, MAX_USERS] {
            assert!(
                matches!(of(count), Recipients::Audience(Audience::Users(users)) if users.len() == count)
            );
        }
    }

    #[test]
    fn what_names_nobody_or_somebody_twice_is_refused() {
        for users in [
            json!([]),
            json!(["ana", "ana"]),
            json!([""]),
            json!("ana"),
            json!([7]),
            json!(many(MAX_USERS + 1)),
        ] {
            assert_eq!(refused(&json!({ "users": users })), ["/users"]);
        }
        for (body, pointer) in [
            (json!({}), "/user"),
            (json!({ "user": null }), "/user"),
            (json!({ "role": "" }), "/role"),
            (json!({ "topic": "a b" }), "/topic"),
            (json!({ "everyone": false }), "/everyone"),
            (json!({ "everyone": null }), "/everyone"),
        ] {
            assert_eq!(refused(&body), [pointer], "{body}");
        }
    }

    #[test]
    fn whom_to_tell_is_said_once_and_null_says_nothing() {
        assert_eq!(refused(&json!({ "user": "ana", "everyone": true })), ["/everyone"]);
        assert_eq!(refused(&json!({ "user": null, "users": ["ana"] })), ["/users"]);
        assert_eq!(refused(&json!({ "users": ["ana"], "role": "admin", "topic": "x" })), ["/role", "/topic"]);
    }
}
