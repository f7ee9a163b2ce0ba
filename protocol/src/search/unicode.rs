//! What a search asks of Unicode: the letters that a character stands for, and which characters are marks. A page asks its browser
//! for the same (`unicode_of_page.rs`), so that it need not fetch the tables.

pub(super) use unicode_normalization::UNICODE_VERSION;
pub(super) use unicode_normalization::char::is_combining_mark;

/// The small letters of a character without regard to its form: its compatible decomposition.
pub(super) fn small_letters(source: char, mut each: impl FnMut(char)) {
    unicode_normalization::char::decompose_compatible(source, |part| part.to_lowercase().for_each(&mut each));
}
