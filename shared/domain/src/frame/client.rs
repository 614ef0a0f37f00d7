//! What a client says.

use serde_json::Value;

/// A frame of a client's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientFrame {
    /// `{"type":"ping"}`: still there?
    Ping,
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
}

impl InvalidFrame {
    /// The machine-readable name of the error.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotJson => "not_json",
            Self::NoType => "no_type",
            Self::UnknownType => "unknown_type",
        }
    }
}

impl ClientFrame {
    /// Reads one frame. Fields beside `type` are ignored, since clients of later versions may send more.
    pub fn parse(text: &str) -> Result<Self, InvalidFrame> {
        let frame: Value = serde_json::from_str(text).map_err(|_| InvalidFrame::NotJson)?;
        match frame.get("type").and_then(Value::as_str) {
            Some("ping") => Ok(Self::Ping),
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
        ];
        for (text, code) in cases {
            assert_eq!(ClientFrame::parse(text).map_err(InvalidFrame::code), Err(code));
        }
    }
}
