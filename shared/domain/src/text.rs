//! Texts that can't hold a bad value: each is checked where it is made, and nowhere else.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;
use utoipa::ToSchema;

/// A text breaks the rule that it names.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be {0}")]
pub struct InvalidText(&'static str);

macro_rules! text {
    ($(#[$meta:meta])* $name:ident, $rule:literal, $holds:expr) => {
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
        $(#[$meta])*
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidText;

            fn try_from(text: String) -> Result<Self, InvalidText> {
                let holds: fn(&str) -> bool = $holds;
                if holds(&text) { Ok(Self(text)) } else { Err(InvalidText($rule)) }
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text! {
    /// The line that is read first: 1–200 characters on one line, not only white space.
    #[schema(value_type = String, min_length = 1, max_length = 200, example = "AI Report Ready - Demand",
        pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$")]
    Title,
    "a title of 1 to 200 characters, not only white space, without control characters",
    |text| (1..=200).contains(&text.chars().count()) && !text.chars().all(is_space) && !text.chars().any(char::is_control)
}

text! {
    /// What happened: 1–10,000 characters, not only white space. Line breaks are kept.
    #[schema(value_type = String, min_length = 1, max_length = 10_000, pattern = r"[^\s\x85]",
        example = "The demand report of Monday can be read now.")]
    Message,
    "a message of 1 to 10000 characters, not only white space",
    |text| (1..=10_000).contains(&text.chars().count()) && !text.chars().all(is_space)
}

text! {
    /// The type or the id of an object of the sender's, or a category: 1–100 characters.
    #[schema(value_type = String, min_length = 1, max_length = 100, pattern = r"^[^\x00-\x1f\x7f-\x9f]+$",
        example = "report")]
    Label,
    "a text of 1 to 100 characters without control characters",
    |text| (1..=100).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

/// The longest that a user's name or address may be, in characters, so that what is read of a user on each request stays
/// small.
pub const MAX_PROFILE_CHARACTERS: usize = 254;

text! {
    /// A name or an address of a user: at most 254 characters.
    #[schema(value_type = String, max_length = 254, example = "Ana")]
    ProfileText,
    "a text of at most 254 characters",
    |text| text.chars().count() <= MAX_PROFILE_CHARACTERS
}

text! {
    /// What users subscribe to: 1–100 letters, digits, dots, colons, dashes or underscores, so that it needs no escape in a
    /// path.
    #[schema(value_type = String, min_length = 1, max_length = 100, pattern = r"^[A-Za-z0-9._:-]+$", example = "deploys")]
    Topic,
    "a topic of 1 to 100 letters, digits, dots, colons, dashes or underscores",
    |text| (1..=100).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._:-".contains(&byte))
}

text! {
    /// Where a click leads: at most 2,048 bytes, http(s) or a path on the same origin. `//host` and `/\host` are refused
    /// since browsers read both as another host (URL Standard, section 4.4).
    #[schema(value_type = String, min_length = 1, max_length = 2048, example = "/reports/#report-1",
        pattern = r"^(/([^/\\\s\x00-\x1f\x7f-\x9f][^\s\x00-\x1f\x7f-\x9f]*)?|[hH][tT][tT][pP][sS]?://[^\s\x00-\x1f\x7f-\x9f]+)$")]
    RedirectUrl,
    "a URL of at most 2048 bytes without spaces or control characters: http(s), or a path that starts with a single /",
    |text| {
        let clean = text.len() <= 2048 && !text.chars().any(|c| c.is_control() || is_space(c));
        clean && (is_path(text) || is_web(text))
    }
}

impl Label {
    /// A name of this code's own.
    pub(crate) fn of_name(name: &'static str) -> Self {
        Self(name.to_owned())
    }
}

impl RedirectUrl {
    /// That path with a fragment, which may be any text: what can't stand in a URL is percent-encoded.
    pub fn of_fragment(path: &str, fragment: &str) -> Result<Self, InvalidText> {
        let broken = |_| InvalidText("a path and a fragment that make a URL");
        let mut url = Url::parse("http://localhost").and_then(|base| base.join(path)).map_err(broken)?;
        url.set_fragment(Some(fragment));
        Self::try_from(url[url::Position::BeforePath..].to_owned())
    }
}

/// What shows nothing: Unicode's white space, and U+FEFF, which the patterns of JSON Schema count with it (ECMA-262,
/// section 12.2).
fn is_space(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}'
}

fn is_path(text: &str) -> bool {
    text.starts_with('/') && !text[1..].starts_with(['/', '\\'])
}

fn is_web(text: &str) -> bool {
    let spelled_out = ["http://", "https://"]
        .iter()
        .any(|scheme| text.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
    spelled_out
        && Url::parse(text)
            .is_ok_and(|url| url.has_host() && url.username().is_empty() && url.password().is_none())
}

/// Free data of the sender's: a JSON object of at most 8 KB as text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "Map<String, Value>", into = "Map<String, Value>")]
#[schema(value_type = Object, example = json!({ "report_id": 7 }))]
pub struct Data(Map<String, Value>);

impl TryFrom<Map<String, Value>> for Data {
    type Error = InvalidText;

    fn try_from(object: Map<String, Value>) -> Result<Self, InvalidText> {
        let size = serde_json::to_string(&object).map_or(usize::MAX, |text| text.len());
        if size > 8 * 1024 {
            return Err(InvalidText("a JSON object of at most 8192 bytes"));
        }
        Ok(Self(object))
    }
}

impl From<Data> for Map<String, Value> {
    fn from(data: Data) -> Self {
        data.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds<T: TryFrom<String>>(text: impl Into<String>) -> bool {
        T::try_from(text.into()).is_ok()
    }

    #[test]
    fn lengths_count_characters_and_include_their_bounds() {
        assert!(holds::<Title>("x") && holds::<Title>("é".repeat(200)));
        assert!(!holds::<Title>("") && !holds::<Title>(" \u{a0}") && !holds::<Title>("é".repeat(201)));
        assert!(holds::<Message>("a\nb") && holds::<Message>("é".repeat(10_000)));
        assert!(!holds::<Title>("\u{feff}") && !holds::<Message>("\u{feff}\n"));
        assert!(!holds::<Message>("") && !holds::<Message>("é".repeat(10_001)));
        assert!(holds::<Label>("r".repeat(100)) && !holds::<Label>("r".repeat(101)));
    }

    #[test]
    fn redirects_lead_to_the_web_or_to_the_same_origin() {
        for good in
            ["/", "/dashboard/", "/reports/#report-1", "https://example.com/a?b=c", "HTTP://localhost:8080"]
        {
            assert!(holds::<RedirectUrl>(good), "{good}");
        }
        let long = format!("/{}", "x".repeat(2048));
        for bad in [
            "",
            "dashboard",
            "//evil",
            "/\\evil",
            "\\\\evil",
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            "data:text/html,x",
            "https:evil",
            "https://",
            "http:///",
            "/a b",
            " /a",
            "/a\n",
            "/\t/evil",
            "https://user@evil",
            "https://:good.example@evil.example/",
            "ftp://example.com",
            long.as_str(),
        ] {
            assert!(!holds::<RedirectUrl>(bad), "{bad}");
        }
    }

    #[test]
    fn data_is_an_object_of_at_most_8_kb() {
        let of_size = |bytes: usize| serde_json::json!({ "k": "x".repeat(bytes - r#"{"k":""}"#.len()) });
        assert!(serde_json::from_value::<Data>(of_size(8192)).is_ok());
        assert!(serde_json::from_value::<Data>(of_size(8193)).is_err());
        assert!(serde_json::from_value::<Data>(serde_json::json!([1])).is_err());
    }
}
