//! What each operation costs: the calls to the tables and the units that they consume, counted on the wire, and what AWS
//! charges for them. `docs/cost.md` tells the numbers; `BELFRY_BLESS=1 cargo test -p belfry-functions cost` writes them.

#![expect(clippy::unwrap_used, reason = "what can't go on fails its test")]

mod audiences;
mod limits;
mod looking;
mod operations;
mod prices;
mod report;
mod scene;
mod sending;
mod sockets;
mod spent;
#[path = "../support/mod.rs"]
mod support;
#[allow(dead_code, reason = "only the functions' memory is read")]
#[path = "../template/template.rs"]
mod template;
mod touching;
