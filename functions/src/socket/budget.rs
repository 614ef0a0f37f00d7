//! Limits on the frames of one user. A client that sends faster than any working client is asked to come back later,
//! and its connection is closed.
//!
//! Each instance counts frames for itself, since a write for each ping would cost more than the ping. The limit holds
//! although there are many instances: the first instance whose budget is used up closes the connection, and then no
//! instance gets a further frame. A large resume, which is expensive, is counted across all instances.

use std::num::{NonZeroU16, NonZeroU32};

use belfry_cloud::{Environment, directory::SharedRateLimit};
use belfry_domain::{UserId, frame::ClientFrame};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

/// How many seconds' worth of frames a user may send at once: enough for a hello by each of the 20 sockets that a user may
/// have.
pub const BURST_SECONDS: NonZeroU32 = NonZeroU32::new(20).unwrap();

/// How many frames a hello counts as, since it reads the inbox.
pub const HELLO_WEIGHT: NonZeroU32 = NonZeroU32::new(10).unwrap();

/// How long a client whose socket is closed is asked to stay away, in milliseconds.
pub const RECONNECT_AFTER_MILLIS: u32 = 30_000;

/// Once there are more buckets than this, the full ones are dropped.
const MAX_BUCKETS: usize = 10_000;

/// The limits on a user's sockets.
#[derive(Clone, Copy, Debug)]
pub struct FrameRates {
    /// Frames a second that one instance takes from one user.
    pub frames: NonZeroU32,
    /// Large resumes a minute of one user, across all instances.
    pub resumes: NonZeroU16,
}

impl FrameRates {
    /// Reads `RATE_LIMIT_FRAMES` (by default 10 a second) and `RATE_LIMIT_RESUMES` (10 a minute).
    pub fn read<F: Fn(&str) -> Option<String>>(environment: &mut Environment<F>) -> Self {
        const FRAMES: NonZeroU32 = NonZeroU32::new(10).unwrap();
        const RESUMES: NonZeroU16 = NonZeroU16::new(10).unwrap();
        Self {
            frames: environment.parse_or("RATE_LIMIT_FRAMES", FRAMES),
            resumes: environment.parse_or("RATE_LIMIT_RESUMES", RESUMES),
        }
    }

    pub(super) const fn large_resumes(self) -> SharedRateLimit {
        SharedRateLimit { class: "resumes", requests: self.resumes }
    }
}

/// The buckets of all users whose frames this instance gets.
#[derive(Debug)]
pub(super) struct FrameBudget {
    buckets: DefaultKeyedRateLimiter<UserId>,
}

impl FrameBudget {
    pub(super) fn new(rates: FrameRates) -> Self {
        let burst = rates.frames.saturating_mul(BURST_SECONDS).max(HELLO_WEIGHT);
        Self { buckets: RateLimiter::keyed(Quota::per_second(rates.frames).allow_burst(burst)) }
    }

    /// Takes a frame from the user's bucket; false if it holds too little. A frame that can't be parsed counts as one.
    pub(super) fn take(&self, user: &UserId, frame: Option<&ClientFrame>) -> bool {
        if self.buckets.len() > MAX_BUCKETS {
            self.buckets.retain_recent();
        }
        let weight = match frame {
            Some(ClientFrame::Hello { .. }) => HELLO_WEIGHT,
            Some(ClientFrame::Ping | ClientFrame::Seen { .. }) | None => NonZeroU32::MIN,
        };
        self.buckets.check_key_n(user, weight).is_ok_and(|taken| taken.is_ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(frames: u32) -> FrameBudget {
        FrameBudget::new(FrameRates { frames: NonZeroU32::new(frames).unwrap(), resumes: NonZeroU16::MIN })
    }

    fn user(name: &str) -> UserId {
        name.to_owned().try_into().unwrap()
    }

    #[test]
    fn a_hello_takes_ten_frames() {
        let (budget, ana) = (budget(1), user("ana"));
        let hello = ClientFrame::Hello { cursor: None };
        assert!(budget.take(&ana, Some(&hello)) && budget.take(&ana, Some(&hello)));
        assert!(!budget.take(&ana, Some(&hello)));
        assert!(budget.take(&user("bruno"), Some(&ClientFrame::Ping)), "each user has a bucket");
    }

    #[test]
    fn garbage_counts_as_a_frame() {
        let (budget, ana) = (budget(1), user("ana"));
        let taken = (0..100).take_while(|_| budget.take(&ana, None)).count();
        assert!((20..30).contains(&taken), "{taken}");
    }
}
