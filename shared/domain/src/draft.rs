//! Notifications that somebody asks for.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::{
    audience::Recipients,
    body::{Body, InvalidBody},
    content::Content,
    id::UserId,
};

/// A notification for one user.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The owner-to-be.
    pub user: UserId,
    /// What it says.
    pub content: Content,
}

/// The body of `POST /api/notifications/`: for whom, and what.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CreateRequest {
    /// The recipients.
    pub recipients: Recipients,
    /// What it says.
    pub content: Content,
}

impl CreateRequest {
    /// Reads a request's body; the error names every field that breaks a rule and every field that isn't known.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        Self::read(Body::parse(bytes)?)
    }

    /// The same, of an object within a body, at that JSON Pointer.
    pub fn within(place: &'static str, fields: Map<String, Value>) -> Result<Self, InvalidBody> {
        Self::read(Body::within(place, fields))
    }

    fn read(mut body: Body) -> Result<Self, InvalidBody> {
        let recipients = Recipients::read(&mut body);
        let title = body.required("title");
        let message = body.required("message");
        let notification_type = body.required("notification_type");
        let category = body.optional("category");
        let related_object_type = body.optional("related_object_type");
        let related_object_id = body.optional("related_object_id");
        let redirect_url = body.optional("redirect_url");
        let data = body.optional("data");
        let request = (|| {
            let content = Content {
                title: title?,
                message: message?,
                notification_type: notification_type?,
                category,
                related_object_type,
                related_object_id,
                redirect_url,
                data,
            };
            Some(Self { recipients: recipients?, content })
        })();
        body.finish(request)
    }

    /// The notification of each recipient; none for an audience, which is notified page by page.
    pub fn drafts(&self) -> Vec<Draft> {
        let users = match &self.recipients {
            Recipients::User(user) => std::slice::from_ref(user),
            Recipients::Users(users) => users,
            Recipients::Audience(_) => &[],
        };
        users.iter().map(|user| Draft { user: user.clone(), content: self.content.clone() }).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn parse(body: &Value) -> Result<CreateRequest, InvalidBody> {
        CreateRequest::parse(body.to_string().as_bytes())
    }

    fn good() -> Value {
        json!({ "user": "ana", "title": "Hi", "message": "There", "notification_type": "info" })
    }

    #[test]
    fn four_fields_are_enough() {
        let drafts = parse(&good()).unwrap().drafts();
        assert_eq!(drafts.len(), 1);
        assert_eq!(drafts[0].user.as_str(), "ana");
        assert_eq!(drafts[0].content.category(), "general");
    }

    #[test]
    fn each_user_of_many_is_told_the_same_in_the_order_they_were_named() {
        let mut body = good();
        body.as_object_mut().unwrap().remove("user");
        body["users"] = json!(["bruno", "ana", "vera"]);
        body["data"] = json!({ "week": 47 });
        let request = parse(&body).unwrap();
        let drafts = request.drafts();
        let users: Vec<_> = drafts.iter().map(|draft| draft.user.as_str()).collect();
        assert_eq!(users, ["bruno", "ana", "vera"]);
        assert!(drafts.iter().all(|draft| draft.content == request.content));
    }

    #[test]
    fn every_field_is_kept_as_it_was_sent() {
        let body = json!({
            "user": "ana", "title": "Hi", "message": "Two\nlines", "notification_type": "report_ready",
            "category": "plans", "related_object_type": "report", "related_object_id": "7",
            "redirect_url": "/reports/7/", "data": { "week": 47, "share": 0.1 },
        });
        let mut kept = serde_json::to_value(&parse(&body).unwrap().content).unwrap();
        kept["user"] = json!("ana");
        assert_eq!(kept, body);
    }

    /// Who sends a request again is known by this.
    #[test]
    fn two_spellings_of_one_request_are_written_alike_and_two_requests_are_not() {
        let written = |body: &str| {
            let request = CreateRequest::parse(body.as_bytes()).unwrap();
            serde_json::to_string(&request).unwrap()
        };
        let one = r#"{"user":"ana","title":"Hi","message":"There","notification_type":"info","data":{"a":1,"b":2}}"#;
        let same = r#" {"data":{"b":2,"a":1},"category":null,"notification_type":"info",
            "message":"\u0054here","title":"Hi","user":"ana"}"#;
        assert_eq!(written(one), written(same));
        let others = [
            one.replace("ana", "bruno"),
            one.replace("Hi", "Ho"),
            one.replace(r#""a":1"#, r#""a":3"#),
            one.replace(r#""user":"ana""#, r#""users":["ana"]"#),
            one.replace(r#""user":"ana""#, r#""user":"ana","category":"general""#),
        ];
        for other in others {
            assert_ne!(written(one), written(&other), "{other}");
        }
    }

    #[test]
    fn a_field_that_is_given_twice_is_refused() {
        let body =
            br#"{"user":"ana","user":"bruno","title":"Hi","message":"There","notification_type":"info"}"#;
        let Err(InvalidBody::Fields(errors)) = CreateRequest::parse(body) else { panic!("accepted") };
        assert_eq!(errors.len(), 1);
        assert_eq!(errors[0].pointer, "/user");
    }

    #[test]
    fn each_broken_rule_is_named_by_its_field_all_in_one_answer() {
        let body = json!({
            "title": "", "message": 7, "notification_type": "news", "redirect_url": "javascript:alert(1)",
            "data": [], "category": "", "surprise/~": true,
        });
        let Err(InvalidBody::Fields(errors)) = parse(&body) else { panic!("accepted") };
        let mut pointers: Vec<_> = errors.iter().map(|error| error.pointer.as_str()).collect();
        pointers.sort_unstable();
        assert_eq!(
            pointers,
            [
                "/category",
                "/data",
                "/message",
                "/notification_type",
                "/redirect_url",
                "/surprise~1~0",
                "/title",
                "/user"
            ]
        );
    }

    #[test]
    fn null_leaves_an_optional_field_out_but_not_a_required_one() {
        let mut body = good();
        body["redirect_url"] = Value::Null;
        assert!(parse(&body).is_ok());
        body["title"] = Value::Null;
        assert!(parse(&body).is_err());
    }

    #[test]
    fn what_is_no_object_is_no_body() {
        assert_eq!(CreateRequest::parse(b"[]"), Err(InvalidBody::NotAnObject));
        assert!(matches!(CreateRequest::parse(b""), Err(InvalidBody::NotJson(_))));
        assert!(matches!(CreateRequest::parse(b"{\"user\":"), Err(InvalidBody::NotJson(_))));
        let deep = format!("{{\"data\":{}1{}}}", "[".repeat(500), "]".repeat(500));
        assert!(matches!(CreateRequest::parse(deep.as_bytes()), Err(InvalidBody::NotJson(_))));
    }
}
