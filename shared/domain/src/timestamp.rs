//! Points in time as Belfry writes them: UTC, to the millisecond.

use std::fmt;

use serde::{Deserialize, Serialize, Serializer};
use time::{
    OffsetDateTime,
    format_description::{BorrowedFormatItem, well_known::Rfc3339},
    macros::format_description,
};
use utoipa::ToSchema;

const RFC3339_MILLIS: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// The first and the last instant that RFC 3339 has years for: 0000-01-01T00:00:00.000Z, 9999-12-31T23:59:59.999Z.
const FIRST: i64 = -62_167_219_200_000;
const LAST: i64 = 253_402_300_799_999;

/// A point in time as RFC 3339 text: written in UTC with exactly three decimals, read with any offset and cut to milliseconds.
/// RFC 3339 has years of four digits only, so no instant lies beyond them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, format = DateTime, example = "2026-11-22T15:42:22.070Z")]
pub struct Timestamp(/** Milliseconds since 1970-01-01T00:00:00Z. */ i64);

impl Timestamp {
    /// The instant that many milliseconds after the epoch, or the first or last one where there is none.
    pub const fn from_millis(millis: i64) -> Self {
        match millis {
            ..FIRST => Self(FIRST),
            FIRST..=LAST => Self(millis),
            _ => Self(LAST),
        }
    }

    /// The instant that many seconds after the epoch, or the first or last whole second where there is none.
    pub const fn from_seconds(seconds: i64) -> Self {
        let Self(millis) = Self::from_millis(seconds.saturating_mul(1000));
        Self(millis - millis.rem_euclid(1000))
    }

    /// Milliseconds since the epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch, as DynamoDB's TTL and JWT claims count.
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// This instant moved by `millis`, which may be negative.
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self::from_millis(self.0.saturating_add(millis))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .ok()
            .and_then(|at| at.format(RFC3339_MILLIS).ok())
            .ok_or(fmt::Error)?;
        f.write_str(&text)
    }
}

/// A text is no time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a time such as 2026-11-22T15:42:22.070Z (RFC 3339)")]
pub struct InvalidTimestamp;

impl TryFrom<String> for Timestamp {
    type Error = InvalidTimestamp;

    fn try_from(text: String) -> Result<Self, InvalidTimestamp> {
        let time = OffsetDateTime::parse(&text, &Rfc3339).map_err(|_| InvalidTimestamp)?;
        let millis = time.unix_timestamp_nanos().div_euclid(1_000_000);
        match i64::try_from(millis) {
            // With its offset, the first or the last hours of these years may lie beyond them.
            Ok(millis @ FIRST..=LAST) => Ok(Self(millis)),
            _ => Err(InvalidTimestamp),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_rfc_3339_with_three_decimals() {
        assert_eq!(Timestamp::from_millis(0).to_string(), "1970-01-01T00:00:00.000Z");
        assert_eq!(Timestamp::from_millis(1_795_362_142_070).to_string(), "2026-11-22T15:42:22.070Z");
    }

    #[test]
    fn reads_rfc_3339_with_any_offset() {
        let read = |text: &str| Timestamp::try_from(text.to_owned());
        let expected = Ok(Timestamp::from_millis(1_795_362_142_070));
        assert_eq!(read("2026-11-22T15:42:22.070Z"), expected);
        assert_eq!(read("2026-11-22T12:42:22.0709-03:00"), expected);
        for other in ["", "now", "2026-11-22", "2026-11-22T15:42:22", "2026-13-22T15:42:22Z", "1795362142070"]
        {
            assert_eq!(read(other), Err(InvalidTimestamp), "{other}");
        }
    }

    #[test]
    fn every_instant_can_be_written_and_is_read_back() {
        for millis in [i64::MIN, FIRST - 1, FIRST, 0, LAST, LAST + 1, i64::MAX] {
            let at = Timestamp::from_millis(millis);
            assert_eq!(at.to_string().try_into(), Ok(at), "{millis}");
            assert_eq!(at.plus_millis(i64::MAX).to_string(), "9999-12-31T23:59:59.999Z");
            assert_eq!(at.plus_millis(i64::MIN).to_string(), "0000-01-01T00:00:00.000Z");
        }
    }

    #[test]
    fn an_offset_does_not_lead_out_of_the_years_that_can_be_written() {
        let read = |text: &str| Timestamp::try_from(text.to_owned());
        for beyond in ["0000-01-01T00:59:59.999+01:00", "9999-12-31T23:00:00-01:00"] {
            assert_eq!(read(beyond), Err(InvalidTimestamp), "{beyond}");
        }
        assert_eq!(read("0000-01-01T01:00:00+01:00"), Ok(Timestamp(FIRST)));
        assert_eq!(read("9999-12-31T22:59:59.999-01:00"), Ok(Timestamp(LAST)));
    }

    #[test]
    fn whole_seconds_are_read_back_also_where_there_is_no_such_instant() {
        assert_eq!(Timestamp::from_seconds(1_795_362_142), Timestamp(1_795_362_142_000));
        for seconds in [i64::MIN, -62_167_219_201, -1, 0, 253_402_300_800, i64::MAX] {
            let at = Timestamp::from_seconds(seconds);
            assert_eq!(Timestamp::from_seconds(at.as_seconds()), at, "{seconds}");
        }
    }

    #[test]
    fn seconds_round_down_also_before_the_epoch() {
        assert_eq!(Timestamp::from_millis(-1).as_seconds(), -1);
        assert_eq!(Timestamp::from_millis(1_999).as_seconds(), 1);
    }
}
