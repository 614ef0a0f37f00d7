//! The pump between a real stream and the real fan-out: whatever one record does, the others are told.

mod failures;
mod log;
mod poison;
mod scene;
