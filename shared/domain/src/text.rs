//! Texts that can't hold a bad value: each is checked where it is made, and nowhere else.

mod data;

use std::fmt;

use serde::{Deserialize, Serialize};
use url::Url;
use utoipa::ToSchema;

use crate::visible::shows_something;

pub use data::Data;

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

// The patterns express `shows_something`, except for characters beyond U+FFFF: no notation for those works in Python's
// regular expressions and in JavaScript's, both with and without the flag `u`.

text! {
    /// The line that is read first: 1–200 characters on one line, of which a reader sees at least one.
    #[schema(value_type = String, min_length = 1, max_length = 200, example = "AI Report Ready - Demand",
        pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\x00-\x20\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff][^\x00-\x1f\x7f-\x9f]*$")]
    Title,
    "a title of 1 to 200 characters, at least one of them visible, without control characters",
    |text| is_line(text, 200)
}

text! {
    /// What happened: 1–10,000 characters, of which a reader sees at least one. Line breaks and tabs are kept; other control
    /// characters are refused.
    #[schema(value_type = String, min_length = 1, max_length = 10_000, example = "The demand report of Monday can be read now.",
        pattern = r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*[^\x00-\x20\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff][^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*$")]
    Message,
    "a message of 1 to 10000 characters, at least one of them visible, without control characters except tabs and line breaks",
    |text| (1..=10_000).contains(&text.chars().count()) && shows_something(text) && !text.chars().any(is_unprintable)
}

text! {
    /// The type or the id of an object of the sender's, or a category: 1–100 characters, of which a reader sees at least one.
    #[schema(value_type = String, min_length = 1, max_length = 100, example = "report",
        pattern = r"^[^\x00-\x1f\x7f-\x9f]*[^\x00-\x20\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff][^\x00-\x1f\x7f-\x9f]*$")]
    Label,
    "a text of 1 to 100 characters, at least one of them visible, without control characters",
    |text| is_line(text, 100)
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
    /// That path with a fragment, which may be any text. What can't stand in a URL is percent-encoded, and so is `%` itself:
    /// whoever decodes the fragment gets the text back.
    pub fn of_fragment(path: &str, fragment: &str) -> Result<Self, InvalidText> {
        let broken = |_| InvalidText("a path and a fragment that make a URL");
        let mut url = Url::parse("http://localhost").and_then(|base| base.join(path)).map_err(broken)?;
        url.set_fragment(Some(&fragment.replace('%', "%25")));
        Self::try_from(url[url::Position::BeforePath..].to_owned())
    }
}

fn is_line(text: &str, max_characters: usize) -> bool {
    (1..=max_characters).contains(&text.chars().count())
        && shows_something(text)
        && !text.chars().any(char::is_control)
}

/// Whether the character is a control character other than a tab or a line break. A terminal or a log would obey it.
fn is_unprintable(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\n' | '\r')
}

/// The text with U+FFFD in place of each control character that a [`Message`] may not hold: for what other programs wrote,
/// such as the output of a tool that colours it.
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if is_unprintable(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// Unicode's white space, and U+FEFF, which JavaScript counts with it (ECMA-262, section 12.2).
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
    fn every_text_shows_something() {
        fn all(text: &str) -> [bool; 3] {
            [holds::<Title>(text), holds::<Message>(text), holds::<Label>(text)]
        }
        for blank in
            [" ", "\u{200b}", "\u{3164}", "\u{115f}", "\u{2800}", "\u{e0041}", "\u{202e}", "\u{feff}"]
        {
            assert_eq!(all(blank), [false; 3], "{blank:?}");
            assert_eq!(all(&format!("{blank}x")), [true; 3], "{blank:?}");
        }
    }

    #[test]
    fn control_characters_are_refused_but_for_tabs_and_line_breaks_in_messages() {
        for control in ('\0'..='\u{9f}').filter(|c| c.is_control()) {
            let text = format!("a{control}b");
            assert!(!holds::<Title>(text.as_str()) && !holds::<Label>(text.as_str()), "{control:?}");
            assert_eq!(holds::<Message>(text), "\t\n\r".contains(control), "{control:?}");
        }
    }

    #[test]
    fn a_fragment_is_decoded_to_what_it_was() {
        for (text, written) in [("50%41", "50%2541"), ("a b", "a%20b"), ("%", "%25"), ("é", "%C3%A9")] {
            let url = RedirectUrl::of_fragment("/reports/", text).unwrap();
            assert_eq!(url.as_str(), format!("/reports/#{written}"));
        }
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
}
