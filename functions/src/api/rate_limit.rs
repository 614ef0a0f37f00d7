//! How often one caller may call: a token bucket for each class of routes, kept by the instance, so that no request costs a
//! write. It stands beside API Gateway's own throttling, which knows no callers. Expensive requests, which are tickets and
//! sends to an audience, are counted across all instances, too.

use std::{
    num::{NonZeroU16, NonZeroU32},
    time::Duration,
};

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use belfry_cloud::{
    Environment,
    directory::{SharedRateLimit, SharedRateLimitStatus, WINDOW_SECONDS},
};
use belfry_domain::UserId;
use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::HashMapStateStore,
};

/// What is left (draft-ietf-httpapi-ratelimit-headers).
pub(super) const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// What the rule is.
pub(super) const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Full buckets are dropped once so many callers have one.
const MAX_BUCKETS: usize = 10_000;

/// How often one caller may call.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    /// Reads a second at one instance; as many may come at once.
    pub reads: NonZeroU32,
    /// The same for changes of the caller's own inbox, session or tickets.
    pub writes: NonZeroU32,
    /// The same for creates and events.
    pub creates: NonZeroU32,
    /// Tickets a minute, across all instances.
    pub tickets: NonZeroU16,
    /// Notifications and events to an audience a minute, across all instances.
    pub audiences: NonZeroU16,
}

impl Rates {
    /// Reads `RATE_LIMIT_READS`, `RATE_LIMIT_WRITES` and `RATE_LIMIT_CREATES` (by default 100 each), `RATE_LIMIT_TICKETS`
    /// and `RATE_LIMIT_AUDIENCES` (60 each).
    pub fn read<F: Fn(&str) -> Option<String>>(environment: &mut Environment<F>) -> Self {
        const HUNDRED: NonZeroU32 = NonZeroU32::new(100).unwrap();
        const SIXTY: NonZeroU16 = NonZeroU16::new(60).unwrap();
        Self {
            reads: environment.parse_or("RATE_LIMIT_READS", HUNDRED),
            writes: environment.parse_or("RATE_LIMIT_WRITES", HUNDRED),
            creates: environment.parse_or("RATE_LIMIT_CREATES", HUNDRED),
            tickets: environment.parse_or("RATE_LIMIT_TICKETS", SIXTY),
            audiences: environment.parse_or("RATE_LIMIT_AUDIENCES", SIXTY),
        }
    }

    pub(super) const fn shared_tickets(self) -> SharedRateLimit {
        SharedRateLimit { class: "tickets", requests: self.tickets }
    }

    pub(super) const fn shared_audiences(self) -> SharedRateLimit {
        SharedRateLimit { class: "audiences", requests: self.audiences }
    }
}

/// The state of a caller's bucket, as the headers show it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RateLimitStatus {
    class: &'static str,
    quota: NonZeroU32,
    /// The window of the quota, in seconds.
    window: u32,
    /// Requests that may come at once.
    remaining: u32,
    /// Until the bucket holds one more, where it holds none.
    wait: Duration,
}

impl RateLimitStatus {
    /// Whole seconds until another request may succeed.
    pub(super) fn retry_after_seconds(&self) -> u64 {
        self.wait.as_secs() + 1
    }

    /// What is left of a limit that is counted across all instances.
    pub(super) fn of_shared(limit: SharedRateLimit, status: SharedRateLimitStatus) -> Self {
        Self {
            class: limit.class,
            quota: limit.requests.into(),
            window: WINDOW_SECONDS,
            remaining: status.remaining.into(),
            wait: status.resets_in,
        }
    }

    pub(super) fn write_headers(&self, headers: &mut HeaderMap) {
        let policy = format!("\"{}\";q={};w={}", self.class, self.quota, self.window);
        let left = format!("\"{}\";r={};t={}", self.class, self.remaining, self.retry_after_seconds());
        for (name, value) in [(RATE_LIMIT_POLICY, policy), (RATE_LIMIT, left)] {
            // Replaces the headers of another class: a refusal names the limit that refused.
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(name, value);
            }
        }
    }
}

type Buckets = RateLimiter<UserId, HashMapStateStore<UserId>, DefaultClock, StateInformationMiddleware>;

#[derive(Debug)]
struct Class {
    name: &'static str,
    quota: NonZeroU32,
    buckets: Buckets,
}

/// The buckets of all callers.
#[derive(Debug)]
pub(super) struct Limits {
    reads: Class,
    writes: Class,
    creates: Class,
}

impl Limits {
    pub(super) fn new(rates: Rates) -> Self {
        let class = |name, quota| Class {
            name,
            quota,
            buckets: RateLimiter::hashmap(Quota::per_second(quota)).with_middleware(),
        };
        Self {
            reads: class("reads", rates.reads),
            writes: class("writes", rates.writes),
            creates: class("creates", rates.creates),
        }
    }

    /// Takes one request from the caller's bucket. If it is empty, the error says how long to wait.
    pub(super) fn take(
        &self,
        user: &UserId,
        method: &Method,
        path: &str,
    ) -> Result<RateLimitStatus, RateLimitStatus> {
        let class = match (method.is_safe(), path) {
            (true, _) => &self.reads,
            (false, "/api/notifications/" | "/api/events/") if method == Method::POST => &self.creates,
            (false, _) => &self.writes,
        };
        class.take(user)
    }
}

impl Class {
    fn take(&self, user: &UserId) -> Result<RateLimitStatus, RateLimitStatus> {
        if self.buckets.len() > MAX_BUCKETS {
            self.buckets.retain_recent();
        }
        let status = |remaining, wait| RateLimitStatus {
            class: self.name,
            quota: self.quota,
            window: 1,
            remaining,
            wait,
        };
        match self.buckets.check_key(user) {
            Ok(snapshot) => Ok(status(snapshot.remaining_burst_capacity(), Duration::ZERO)),
            Err(until) => Err(status(0, until.wait_time_from(DefaultClock::default().now()))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(each: u32) -> Limits {
        let each = NonZeroU32::new(each).unwrap();
        let (tickets, audiences) = (NonZeroU16::MIN, NonZeroU16::MIN);
        Limits::new(Rates { reads: each, writes: each, creates: each, tickets, audiences })
    }

    #[test]
    fn a_bucket_is_one_caller_s_and_one_class_s() {
        let limits = limits(2);
        let [ana, bruno] = ["ana", "bruno"].map(|user| UserId::try_from(user.to_owned()).unwrap());
        let list = |user| limits.take(user, &Method::GET, "/api/notifications/");
        assert_eq!(list(&ana).unwrap().remaining, 1);
        assert!(list(&ana).is_ok());
        let refused = list(&ana).unwrap_err();
        assert_eq!(refused.remaining, 0);
        assert_eq!(refused.retry_after_seconds(), 1);
        assert!(list(&bruno).is_ok());
        assert!(limits.take(&ana, &Method::POST, "/api/notifications/").is_ok());
        assert!(limits.take(&ana, &Method::POST, "/api/notifications/seen/").is_ok());
    }

    #[test]
    fn the_headers_name_the_rule_and_what_is_left() {
        let user = UserId::try_from("ana".to_owned()).unwrap();
        let mut headers = HeaderMap::new();
        limits(5).take(&user, &Method::POST, "/api/notifications/").unwrap().write_headers(&mut headers);
        assert_eq!(headers[RATE_LIMIT_POLICY], "\"creates\";q=5;w=1");
        assert_eq!(headers[RATE_LIMIT], "\"creates\";r=4;t=1");
    }
}
