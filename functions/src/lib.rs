//! The handlers of Belfry's Lambda functions, one module a function. The bins in `bin/` serve them to Lambda; the
//! local runner calls the same ones with the same events.

pub mod api;
pub mod broadcast;
pub mod credential;
pub mod fanout;
mod request_bodies;
pub mod signals;
pub mod socket;
