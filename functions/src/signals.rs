//! Signals: domain events of other services, and what Belfry does for them.
//!
//! Each signal is one file: its contract, whom it notifies and what the notification says. A new signal is a file, a
//! line in the list below and a sample in `events/`; `docs/signals.md` shows it.

mod contract;
mod effect;
pub mod function;
mod notification_requested;
mod permission_denied;
mod report_failed;
mod report_generated;
mod role_changed;
mod take;
mod user_deactivated;
mod user_upserted;

use belfry_domain::{Event, body::InvalidBody};

pub use contract::Contract;
pub use take::{Signals, Taken};

pub(crate) use take::{TakeError, UnderstoodEvent};

use contract::{Signal, read};
use effect::Effect;

macro_rules! signals {
    ($($signal:ty),* $(,)?) => {
        /// The contracts of all signals.
        pub fn contracts() -> Vec<Contract> {
            vec![$(Contract::of::<$signal>()),*]
        }

        /// What an event comes to.
        fn understand(event: &Event) -> Result<Vec<Effect>, InvalidBody> {
            $(if contract::is_named::<$signal>(event) {
                return read::<$signal>(event)?.effects();
            })*
            Err(Event::refuse("detail-type", "and source name no event that is known here"))
        }
    };
}

signals![
    report_generated::ReportGenerated,
    report_failed::ReportFailed,
    role_changed::RoleChanged,
    permission_denied::PermissionDenied,
    user_upserted::UserUpserted,
    user_deactivated::UserDeactivated,
    notification_requested::NotificationRequested,
];
