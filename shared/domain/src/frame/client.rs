//! What a client says.

use serde_json::Value;

use crate::{
    id::ChangeId,
    json::{Unreadable, read_object},
};

/// A frame of a client's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientFrame {
    /// `{"type":"ping"}`: still there?
    Ping,
    /// `{"type":"hello","cursor":…}`: here I am, and this is how far I know.
    Hello {
        /// From the last `welcome` or `sync`; `None` at the first visit.
        cursor: Option<String>,
    },
    /// `{"type":"seen","up_to":…}`: this is how far the list was looked at.
    Seen {
        /// The newest change shown.
        up_to: ChangeId,
    },
}

/// Why a client's frame was not understood. The socket lives on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidFrame {
    /// Not JSON, or nested deeper than a parser goes.
    #[error("a frame must be JSON")]
    NotJson,
    /// JSON, but not an object with a `type` that is text.
    #[error("a frame must be a JSON object with a \"type\"")]
    NoType,
    /// A type this server doesn't know.
    #[error("the \"type\" of this frame is not one this server knows")]
    UnknownType,
    /// A name that is given twice, or a value that parsers read differently. What is wrong with it.
    #[error("a field of this frame {0}")]
    Ambiguous(&'static str),
    /// A field that is missing or of the wrong form.
    #[error("\"{0}\" {1}")]
    Field(&'static str, &'static str),
}

impl InvalidFrame {
    /// The machine-readable name of the error.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotJson => "not_json",
            Self::NoType => "no_type",
            Self::UnknownType => "unknown_type",
            Self::Ambiguous(_) | Self::Field(..) => "invalid_field",
        }
    }
}

impl ClientFrame {
    /// Reads one frame. Fields beside `type` are ignored, since clients of later versions may send more.
    pub fn parse(text: &str) -> Result<Self, InvalidFrame> {
        let frame = read_object(text.as_bytes()).map_err(|unreadable| match unreadable {
            Unreadable::NotJson(_) => InvalidFrame::NotJson,
            Unreadable::NotAnObject => InvalidFrame::NoType,
        })?;
        if let Some(fault) = frame.faults.first() {
            return Err(InvalidFrame::Ambiguous(fault.detail));
        }
        let frame = frame.fields;
        match frame.get("type").and_then(Value::as_str) {
            Some("ping") => Ok(Self::Ping),
            Some("hello") => match frame.get("cursor") {
                None | Some(Value::Null) => Ok(Self::Hello { cursor: None }),
                Some(Value::String(cursor)) => Ok(Self::Hello { cursor: Some(cursor.clone()) }),
                Some(_) => Err(InvalidFrame::Field("cursor", "must be text or null")),
            },
            Some("seen") => {
                let up_to = frame.get("up_to").and_then(Value::as_str).and_then(|up_to| up_to.parse().ok());
                let up_to = up_to.ok_or(InvalidFrame::Field("up_to", "must be a change id"))?;
                Ok(Self::Seen { up_to })
            }
            Some(_) => Err(InvalidFrame::UnknownType),
            None => Err(InvalidFrame::NoType),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ping_is_understood_and_whatever_else_it_carries_is_ignored() {
        assert_eq!(ClientFrame::parse(r#"{"type":"ping"}"#), Ok(ClientFrame::Ping));
        assert_eq!(ClientFrame::parse(r#"{"since":1,"type":"ping"}"#), Ok(ClientFrame::Ping));
    }

    #[test]
    fn a_hello_says_how_far_its_client_knows() {
        let hello = |cursor: Option<&str>| Ok(ClientFrame::Hello { cursor: cursor.map(str::to_owned) });
        assert_eq!(ClientFrame::parse(r#"{"type":"hello"}"#), hello(None));
        assert_eq!(ClientFrame::parse(r#"{"type":"hello","cursor":null}"#), hello(None));
        assert_eq!(ClientFrame::parse(r#"{"type":"hello","cursor":"c"}"#), hello(Some("c")));
    }

    #[test]
    fn what_was_seen_is_named_by_a_change() {
        let up_to = ChangeId::MAX;
        let text = format!(r#"{{"type":"seen","up_to":"{up_to}"}}"#);
        assert_eq!(ClientFrame::parse(&text), Ok(ClientFrame::Seen { up_to }));
    }

    #[test]
    fn anything_else_is_an_error_with_a_code() {
        let deep = "[".repeat(20_000);
        let cases = [
            ("", "not_json"),
            ("ping", "not_json"),
            (deep.as_str(), "not_json"),
            ("[]", "no_type"),
            ("7", "no_type"),
            ("null", "no_type"),
            (r#"{"type":7}"#, "no_type"),
            (r#"["ping"]"#, "no_type"),
            (r#"{"type":"PING"}"#, "unknown_type"),
            (r#"{"type":"hello","cursor":7}"#, "invalid_field"),
            (r#"{"type":"seen"}"#, "invalid_field"),
            (r#"{"type":"hello","type":"ping"}"#, "invalid_field"),
            (r#"{"type":"hello","cursor":"a","cursor":"b"}"#, "invalid_field"),
            (r#"{"type":"seen","up_to":"now"}"#, "invalid_field"),
        ];
        for (text, code) in cases {
            assert_eq!(ClientFrame::parse(text).map_err(InvalidFrame::code), Err(code));
        }
    }
}
