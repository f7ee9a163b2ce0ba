//! As `unicode.rs`, by a page's browser.

use js_sys::{JsString, RegExp};

/// The browser's is its own business: a page keeps no index.
pub(super) const UNICODE_VERSION: (u8, u8, u8) = (0, 0, 0);

pub(super) fn small_letters(source: char, mut each: impl FnMut(char)) {
    if source.is_ascii() {
        each(source.to_ascii_lowercase());
    } else {
        let letters: String = of(source).normalize("NFKD").to_lower_case().into();
        letters.chars().for_each(each);
    }
}

pub(super) fn is_combining_mark(letter: char) -> bool {
    !letter.is_ascii() && RegExp::new(r"^\p{M}$", "u").test(&String::from(of(letter)))
}

fn of(character: char) -> JsString {
    JsString::from(character.to_string())
}
