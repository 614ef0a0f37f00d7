//! What the soak is told.

use std::time::Duration;

const USAGE: &str = "Usage: soak [--minutes 30] [--users 25] [--rate 20] [--seed N]\n\n\
    The rate is in creates a second, all users together. The seed repeats all decisions, not their timing.";

#[derive(Debug)]
pub(crate) struct Options {
    pub(crate) time: Duration,
    pub(crate) users: u64,
    pub(crate) rate: u32,
    pub(crate) seed: u64,
}

impl Options {
    pub(crate) fn parse(arguments: &[String]) -> Result<Self, String> {
        let mut options =
            Self { time: Duration::from_mins(30), users: 25, rate: 20, seed: fastrand::u64(..) };
        for pair in arguments.chunks(2) {
            let [name, value] = pair else { return Err(USAGE.to_owned()) };
            let value: u64 = value.parse().map_err(|_| format!("{name}: {value} is no number\n\n{USAGE}"))?;
            match name.as_str() {
                "--minutes" if value > 0 => options.time = Duration::from_mins(value),
                "--users" if value > 0 => options.users = value,
                "--rate" if value > 0 => options.rate = u32::try_from(value).map_err(|_| USAGE.to_owned())?,
                "--seed" => options.seed = value,
                _ => return Err(USAGE.to_owned()),
            }
        }
        Ok(options)
    }

    /// The randomness of one of those who take part.
    pub(crate) fn rng(&self, number: u64) -> fastrand::Rng {
        fastrand::Rng::with_seed(self.seed.wrapping_add(number))
    }
}
