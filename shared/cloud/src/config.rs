//! Settings from the environment, read once at start. Nothing else reads the environment.

use std::{env, fmt, str::FromStr};

use belfry_domain::Retention;

/// Every variable that is missing or can't be read, in one error.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("settings: {}", .0.join("; "))]
pub struct ConfigError(Vec<String>);

/// Reads variables and remembers what is wrong with them, so that one start names everything that is missing.
#[derive(Debug)]
pub struct Environment<F> {
    lookup: F,
    problems: Vec<String>,
}

impl Environment<fn(&str) -> Option<String>> {
    /// The environment of this process.
    pub fn of_process() -> Self {
        Self::new(|name| env::var(name).ok())
    }
}

impl<F: Fn(&str) -> Option<String>> Environment<F> {
    /// An environment that answers from `lookup`.
    pub fn new(lookup: F) -> Self {
        Self { lookup, problems: Vec::new() }
    }

    /// A text that must be there and not be empty.
    pub fn text(&mut self, name: &str) -> String {
        let value = (self.lookup)(name).filter(|value| !value.is_empty());
        value.unwrap_or_else(|| {
            self.problems.push(format!("{name} is missing"));
            String::new()
        })
    }

    /// A text of which one can do without.
    pub fn text_or(&mut self, name: &str, default: &str) -> String {
        (self.lookup)(name).filter(|value| !value.is_empty()).unwrap_or_else(|| default.to_owned())
    }

    /// A value that must be there and is read from its text. `stand_in` takes its place until [`Self::finish`] reports that
    /// it is missing or wrong.
    pub fn parse<T: FromStr<Err: fmt::Display>>(&mut self, name: &str, stand_in: T) -> T {
        let text = self.text(name);
        if text.is_empty() { stand_in } else { self.parse_or(name, stand_in) }
    }

    /// A value that is read from its text, or `default` where there is none.
    pub fn parse_or<T: FromStr<Err: fmt::Display>>(&mut self, name: &str, default: T) -> T {
        match (self.lookup)(name).as_deref() {
            None | Some("") => default,
            Some(text) => text.parse().unwrap_or_else(|error| {
                self.problems.push(format!("{name}: {error}"));
                default
            }),
        }
    }

    /// How long notifications are kept: `RETENTION_DAYS` (by default 90) and `READ_RETENTION_DAYS` (30).
    pub fn retention(&mut self) -> Retention {
        let general = self.parse_or("RETENTION_DAYS", 90);
        Retention::days(general, self.parse_or("READ_RETENTION_DAYS", 30))
    }

    /// Hands out what was made of the variables, unless one of them was wrong.
    pub fn finish<T>(self, made: T) -> Result<T, ConfigError> {
        if self.problems.is_empty() { Ok(made) } else { Err(ConfigError(self.problems)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_error_names_everything_that_is_wrong() {
        let mut environment = Environment::new(|name| (name == "DAYS").then(|| "many".to_owned()));
        let made = (
            environment.text("TABLE"),
            environment.parse_or("DAYS", 90_u32),
            environment.text_or("ROLE", "role"),
        );
        let error = environment.finish(made).unwrap_err();
        assert_eq!(error.to_string(), "settings: TABLE is missing; DAYS: invalid digit found in string");
    }
}
