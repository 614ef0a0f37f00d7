//! Times as the API writes them, and the target's clock.

use std::{
    fmt,
    str::FromStr,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use serde_json::Value;

use crate::{client::Client, drafts::draft, target::Target};

const DAY_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(i64);

impl Moment {
    /// The time in a field; the test fails unless it is one, spelled as the API spells times.
    #[track_caller]
    pub fn of(field: &Value) -> Self {
        let text = field.as_str().unwrap_or_else(|| panic!("no time: {field}"));
        let moment: Self = text.parse().unwrap_or_else(|()| panic!("no time: {field}"));
        assert_eq!(moment.to_string(), text);
        moment
    }

    /// The time of this machine's clock.
    pub fn now() -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        Self(i64::try_from(since_epoch.as_millis()).unwrap())
    }

    /// That much later, or earlier.
    #[must_use]
    pub fn plus_millis(self, millis: i64) -> Self {
        Self(self.0 + millis)
    }

    /// How much later this is than another.
    pub fn millis_since(self, earlier: Self) -> i64 {
        self.0 - earlier.0
    }
}

/// Days are counted from 1 March, so that the leap day comes last.
impl FromStr for Moment {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let part = |range: std::ops::Range<usize>| {
            text.get(range).and_then(|digits| digits.parse::<i64>().ok()).ok_or(())
        };
        let (year, month, day) = (part(0..4)?, part(5..7)?, part(8..10)?);
        let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
        let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 719_469;
        let seconds = (part(11..13)? * 60 + part(14..16)?) * 60 + part(17..19)?;
        Ok(Self(days * DAY_MILLIS + seconds * 1000 + part(20..23)?))
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = self.0.div_euclid(DAY_MILLIS) + 719_468;
        let era = days.div_euclid(146_097);
        let of_era = days.rem_euclid(146_097);
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
        let year = year + era * 400 + next;
        let millis = self.0.rem_euclid(DAY_MILLIS);
        let (seconds, millis) = (millis / 1000, millis % 1000);
        let (hour, minute, second) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
    }
}

/// The target's clock, which may differ from this machine's: a new notification shows its time.
pub struct Clock {
    admin: Client,
    probe: Client,
}

impl Clock {
    /// The clock of that target.
    pub async fn of(target: &Target) -> Self {
        Self { admin: target.admin().await, probe: target.user().await }
    }

    /// What time it is.
    pub async fn now(&self) -> Moment {
        let created = self.admin.create(&draft(self.probe.user(), "What time is it?")).await;
        Moment::of(&created["created_at"])
    }

    /// Returns once that time is over.
    pub async fn wait_until_after(&self, end: Moment) {
        loop {
            let left = end.millis_since(self.now().await);
            if left < 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(left.unsigned_abs() + 1)).await;
        }
    }
}
