//! An AI report could not be made: its user is notified of the reason.

use belfry_domain::{
    Content, NotificationType,
    body::InvalidBody,
    text::{Label, RedirectUrl},
};
use serde_json::{Map, Value};

use super::{
    contract::{ObjectReference, Signal, UserReference, detail},
    effect::{Effect, OutgoingNotification, To, content},
};

detail! {
    /// A report that could not be made.
    ReportFailed {
        /// The report.
        report_id: ObjectReference,
        /// The session that it was to be made in.
        session_id: ObjectReference,
        /// The owner, who is notified.
        user_id: UserReference,
        /// Who was to make it.
        agent_name: Label,
        /// What kind of report it is.
        report_type: Label,
        /// What went wrong, for people; what is longer than a message is cut.
        error: String,
    }
}

impl Signal for ReportFailed {
    const SOURCE: Option<&'static str> = Some("supply.reports");
    const DETAIL_TYPE: &'static str = "AI Report Failed";
    type Detail = Self;

    fn parse(detail: Map<String, Value>) -> Result<Self, InvalidBody> {
        Self::read(detail)
    }

    fn effects(self) -> Result<Vec<Effect>, InvalidBody> {
        let Self { report_id, session_id, user_id, agent_name, report_type, error } = self;
        let content = Content {
            related_object_type: Label::try_from("report".to_owned()).ok(),
            related_object_id: Some(report_id.0),
            redirect_url: report_url(&session_id.0),
            ..content(
                NotificationType::ReportError,
                &format!("AI Report Failed - {agent_name}"),
                &format!("Your {report_type} report could not be made: {error}"),
            )?
        };
        // An agent that fails and is tried again fails again.
        let dedup_key = Some(format!("{agent_name}\n{report_type}"));
        Ok(vec![Effect::Notify(OutgoingNotification { to: To::User(user_id.0), content, dedup_key })])
    }
}

/// Where the page shows the reports of a session; none where that makes no address.
pub(super) fn report_url(session_id: &Label) -> Option<RedirectUrl> {
    RedirectUrl::of_fragment("/reports/", &format!("report-{session_id}")).ok()
}
