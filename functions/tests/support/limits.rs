//! How much a caller may ask of the functions.

use std::num::{NonZeroU16, NonZeroU32};

use belfry_functions::{api::Rates, socket::budget::FrameRates};

/// More than any test asks for.
const PER_SECOND: NonZeroU32 = NonZeroU32::new(10_000).unwrap();
const PER_MINUTE: NonZeroU16 = NonZeroU16::new(10_000).unwrap();
pub(crate) const UNLIMITED: Limits = Limits {
    rates: Rates {
        reads: PER_SECOND,
        writes: PER_SECOND,
        creates: PER_SECOND,
        tickets: PER_MINUTE,
        audiences: PER_MINUTE,
    },
    frames: FrameRates { frames: PER_SECOND, resumes: PER_MINUTE },
};

/// How much a caller may ask of the functions.
#[derive(Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) rates: Rates,
    pub(crate) frames: FrameRates,
}
