//! The command line.

use std::path::PathBuf;

use belfry_domain::Retention;

use crate::line::OwnerField;

/// What the command was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The export.
    pub file: PathBuf,
    /// The stack's table of notifications. `None`: nothing is written.
    pub inbox_table: Option<String>,
    /// The stack's table of open sockets. `None`: whoever has one open is rung.
    pub connections_table: Option<String>,
    /// How long the stack keeps notifications.
    pub retention: Retention,
    /// Which field names the owner.
    pub owner: OwnerField,
}

/// The command line can't be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(String);

impl Options {
    /// What `--help` prints.
    pub const USAGE: &str = "\
Brings notifications of the Django system, one a line as JSON, into a stack's inboxes.

Usage: belfry-import --table NAME --connections NAME [OPTIONS] FILE

  --table NAME                 the stack's output InboxTableName
  --connections NAME           the stack's output ConnectionsTableName; stops as soon as a socket is open, since its owner
                               would be rung for what is old
  --ring                       in place of --connections: ring whoever is there
  --dry-run                    in place of all three: check every line, and write nothing
  --user FIELD                 what the issuer calls `sub`: user_id (by default), username, email or user
  --retention-days DAYS        the stack's parameter RetentionDays, by default 90
  --read-retention-days DAYS   the stack's parameter ReadRetentionDays, by default 30
  --help                       this text

Region, credentials and AWS_ENDPOINT_URL are taken from the environment, as by the AWS CLI.";

    /// `None` asks for the usage.
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Option<Self>, UsageError> {
        let (mut file, mut table, mut connections) = (None, None, None);
        let (mut ring, mut dry_run) = (false, false);
        let (mut days, mut read_days, mut owner) = (90, 30, OwnerField::default());
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(UsageError(format!("{argument} needs a value")));
            match argument.as_str() {
                "--table" => table = Some(value()?),
                "--connections" => connections = Some(value()?),
                "--ring" => ring = true,
                "--dry-run" => dry_run = true,
                "--user" => owner = owner_field(&value()?)?,
                "--retention-days" => days = number(&argument, &value()?)?,
                "--read-retention-days" => read_days = number(&argument, &value()?)?,
                "--help" | "-h" => return Ok(None),
                option if option.starts_with('-') => {
                    return Err(UsageError(format!("unknown option {option}")));
                }
                path if file.is_none() => file = Some(PathBuf::from(path)),
                path => return Err(UsageError(format!("one file at a time; what is {path}?"))),
            }
        }
        let wants = |what: &str| UsageError(format!("{what} is missing"));
        let file = file.ok_or_else(|| wants("FILE"))?;
        if !dry_run {
            table.as_ref().ok_or_else(|| wants("--table"))?;
            if connections.is_none() != ring {
                return Err(UsageError(
                    "either --connections or --ring, so that it is clear who is rung".to_owned(),
                ));
            }
        }
        Ok(Some(Self {
            file,
            inbox_table: table.filter(|_| !dry_run),
            connections_table: connections,
            retention: Retention::days(days, read_days),
            owner,
        }))
    }
}

fn owner_field(name: &str) -> Result<OwnerField, UsageError> {
    let found = OwnerField::ALL.into_iter().find(|field| field.name() == name);
    found.ok_or_else(|| UsageError(format!("--user: {name} is none of user_id, username, email and user")))
}

fn number(option: &str, text: &str) -> Result<u16, UsageError> {
    let days = text.parse().ok().filter(|days| *days > 0);
    days.ok_or_else(|| UsageError(format!("{option}: {text} is no number of days")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &str) -> Result<Option<Options>, UsageError> {
        Options::parse(arguments.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn who_is_rung_is_said_one_way_or_the_other() {
        let with_guard = parse("--table I --connections C old.jsonl").unwrap().unwrap();
        assert_eq!(with_guard.connections_table.as_deref(), Some("C"));
        let ringing = parse("--ring --table I old.jsonl").unwrap().unwrap();
        assert_eq!((ringing.inbox_table.as_deref(), ringing.connections_table), (Some("I"), None));
        for unclear in ["--table I old.jsonl", "--table I --connections C --ring old.jsonl"] {
            assert!(parse(unclear).unwrap_err().to_string().contains("--connections or --ring"), "{unclear}");
        }
    }

    #[test]
    fn a_dry_run_has_no_table_to_write_to() {
        for arguments in ["--dry-run old.jsonl", "--table I --ring --dry-run old.jsonl"] {
            assert_eq!(parse(arguments).unwrap().unwrap().inbox_table, None, "{arguments}");
        }
    }

    #[test]
    fn periods_and_owner_are_the_template_s_and_the_old_system_s_unless_told() {
        let plain = parse("--dry-run f").unwrap().unwrap();
        assert_eq!((plain.retention, plain.owner), (Retention::days(90, 30), OwnerField::UserId));
        let options = parse("--dry-run --retention-days 7 --read-retention-days 2 --user username f");
        let options = options.unwrap().unwrap();
        assert_eq!((options.retention, options.owner), (Retention::days(7, 2), OwnerField::Username));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for bad in [
            "",
            "--table I --ring",
            "--ring f",
            "--dry-run f g",
            "--dry-run --force f",
            "--dry-run f --user",
            "--dry-run --user id f",
            "--dry-run --retention-days 0 f",
            "--dry-run --retention-days ever f",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
        assert_eq!(parse("--table I -h"), Ok(None));
    }
}
