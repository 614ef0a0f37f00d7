//! An AI report can be read: its user is notified, with the link.

use belfry_domain::{Content, NotificationType, body::InvalidBody, text::Label};
use serde_json::{Map, Value};

use super::{
    contract::{ObjectReference, Signal, UserReference, detail},
    effect::{Effect, OutgoingNotification, To, content},
    report_failed::report_url,
};

detail! {
    /// A report that can be read.
    ReportGenerated {
        /// The report.
        report_id: ObjectReference,
        /// The session that it was made in: where the page shows it.
        session_id: ObjectReference,
        /// The owner, who is notified.
        user_id: UserReference,
        /// Who made it.
        agent_name: Label,
        /// What kind of report it is.
        report_type: Label,
    }
}

impl Signal for ReportGenerated {
    const SOURCE: Option<&'static str> = Some("supply.reports");
    const DETAIL_TYPE: &'static str = "AI Report Generated";
    type Detail = Self;

    fn parse(detail: Map<String, Value>) -> Result<Self, InvalidBody> {
        Self::read(detail)
    }

    fn effects(self) -> Result<Vec<Effect>, InvalidBody> {
        let Self { report_id, session_id, user_id, agent_name, report_type } = self;
        let content = Content {
            related_object_type: Label::try_from("report".to_owned()).ok(),
            related_object_id: Some(report_id.0.clone()),
            redirect_url: report_url(&session_id.0),
            ..content(
                NotificationType::ReportReady,
                &format!("AI Report Ready - {agent_name}"),
                &format!("Your {report_type} report can be read now."),
            )?
        };
        // The same report, made anew.
        let dedup_key = Some(report_id.0.to_string());
        Ok(vec![Effect::Notify(OutgoingNotification { to: To::User(user_id.0), content, dedup_key })])
    }
}
