//! The pump between a real stream and the real fan-out: a record that fails doesn't keep the others from being
//! delivered.

mod failures;
mod log;
mod poison;
mod scene;
