//! Which characters a reader can see.

use std::ops::RangeInclusive;

/// Characters that show nothing on a screen, apart from white space and control characters: Unicode's
/// `Default_Ignorable_Code_Point` (joiners, direction marks, variation selectors, tags, fillers of Hangul), the marks of
/// annotations, and the blanks that other scripts have. A test compares it with the Unicode Character Database.
const INVISIBLE: [RangeInclusive<char>; 23] = [
    '\u{ad}'..='\u{ad}',
    '\u{34f}'..='\u{34f}',
    '\u{61c}'..='\u{61c}',
    '\u{115f}'..='\u{1160}',
    '\u{17b4}'..='\u{17b5}',
    '\u{180b}'..='\u{180f}',
    '\u{200b}'..='\u{200f}',
    '\u{202a}'..='\u{202e}',
    '\u{2060}'..='\u{206f}',
    // The empty pattern of Braille.
    '\u{2800}'..='\u{2800}',
    '\u{3164}'..='\u{3164}',
    '\u{fe00}'..='\u{fe0f}',
    '\u{feff}'..='\u{feff}',
    '\u{ffa0}'..='\u{ffa0}',
    '\u{fff0}'..='\u{fffb}',
    // The blanks among Egyptian hieroglyphs.
    '\u{13441}'..='\u{13442}',
    // The filler of the Khitan small script.
    '\u{16fe4}'..='\u{16fe4}',
    '\u{1bca0}'..='\u{1bca3}',
    // The null notehead of musical notation.
    '\u{1d159}'..='\u{1d159}',
    '\u{1d173}'..='\u{1d17a}',
    '\u{e0000}'..='\u{e0fff}',
    // Noncharacters are for a program's own use (Unicode Standard, section 23.7).
    '\u{fdd0}'..='\u{fdef}',
    '\u{fffe}'..='\u{ffff}',
];

/// Whether a reader sees anything of the text. Spaces, joiners, fillers, tags and direction marks show nothing by themselves.
pub(crate) fn shows_something(text: &str) -> bool {
    text.chars().any(is_visible)
}

fn is_visible(c: char) -> bool {
    !c.is_whitespace() && !c.is_control() && !INVISIBLE.iter().any(|range| range.contains(&c))
}

#[cfg(test)]
mod tests {
    use icu_properties::{
        CodePointSetData,
        props::{DefaultIgnorableCodePoint, NoncharacterCodePoint},
    };

    use super::*;

    /// Characters that are blank although Unicode doesn't call them ignorable.
    const BLANK: &str = "\u{2800}\u{fff9}\u{fffa}\u{fffb}\u{13441}\u{13442}\u{16fe4}\u{1d159}";

    #[test]
    fn the_list_is_that_of_unicode_and_a_few_blanks() {
        let ignorable = CodePointSetData::new::<DefaultIgnorableCodePoint>();
        let noncharacters = CodePointSetData::new::<NoncharacterCodePoint>();
        for c in '\0'..=char::MAX {
            let by_unicode = c.is_whitespace()
                || c.is_control()
                || ignorable.contains(c)
                || (noncharacters.contains(c) && c <= '\u{ffff}')
                || BLANK.contains(c);
            assert_eq!(is_visible(c), !by_unicode, "{c:?}");
        }
    }

    #[test]
    fn one_visible_character_is_enough() {
        for visible in ["a", "\u{200f}א", " .", "🔔", "\u{2800}x", "ﾠx", "👩‍👩‍👧"] {
            assert!(shows_something(visible), "{visible:?}");
        }
        for blank in [
            "",
            " \n",
            "\u{200b}\u{2060}",
            "\u{3164}",
            "\u{115f}",
            "\u{2800}",
            "\u{e0041}",
            "\u{202e}",
            "\u{0}",
        ] {
            assert!(!shows_something(blank), "{blank:?}");
        }
    }
}
