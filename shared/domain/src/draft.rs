//! A notification that somebody asks for.

use crate::{
    body::{Body, InvalidBody},
    content::Content,
    id::UserId,
};

/// The body of `POST /api/notifications/`: for whom, and what.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The owner-to-be.
    pub user: UserId,
    /// What to tell them.
    pub content: Content,
}

impl Draft {
    /// Reads a request's body; the error names every field that breaks a rule and every field that isn't known.
    pub fn parse(bytes: &[u8]) -> Result<Self, InvalidBody> {
        let mut body = Body::parse(bytes)?;
        let user = body.required("user");
        let title = body.required("title");
        let message = body.required("message");
        let notification_type = body.required("notification_type");
        let category = body.optional("category");
        let related_object_type = body.optional("related_object_type");
        let related_object_id = body.optional("related_object_id");
        let redirect_url = body.optional("redirect_url");
        let data = body.optional("data");
        let draft = (|| {
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
            Some(Self { user: user?, content })
        })();
        body.finish(draft)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn parse(body: &Value) -> Result<Draft, InvalidBody> {
        Draft::parse(body.to_string().as_bytes())
    }

    fn good() -> Value {
        json!({ "user": "ana", "title": "Hi", "message": "There", "notification_type": "info" })
    }

    #[test]
    fn four_fields_are_enough() {
        let draft = parse(&good()).unwrap();
        assert_eq!(draft.user.as_str(), "ana");
        assert_eq!(draft.content.category(), "general");
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
        assert_eq!(Draft::parse(b"[]"), Err(InvalidBody::NotAnObject));
        assert!(matches!(Draft::parse(b""), Err(InvalidBody::NotJson(_))));
        assert!(matches!(Draft::parse(b"{\"user\":"), Err(InvalidBody::NotJson(_))));
        let deep = format!("{{\"data\":{}1{}}}", "[".repeat(500), "]".repeat(500));
        assert!(matches!(Draft::parse(deep.as_bytes()), Err(InvalidBody::NotJson(_))));
    }
}
