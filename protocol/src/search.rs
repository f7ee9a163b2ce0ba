//! The words of a text, as a search sees them: which can be found, and where they stand.
//!
//! Case, accents and the width of characters make no difference. A word is found by its beginning. Scripts without spaces
//! between words (Chinese, Japanese, Korean, Thai and others) are found by any of their characters that follow each other:
//! each pair of neighbours is a term. Punctuation separates.
//!
//! Pure: client and server break up texts in the same way, and what an index has depends on it. A change of the terms asks
//! for another [`VERSION`].

mod indexed;
#[cfg_attr(target_family = "wasm", path = "search/unicode_of_page.rs")]
mod unicode;

use std::ops::Range;

use crate::body::Body;
use crate::limits;
pub use indexed::{Conditions, Document};
use unicode::{UNICODE_VERSION, is_combining_mark, small_letters};

/// The version of the terms. Raise it when a text gets other terms than before, or a kind of message other texts.
const VERSION: u32 = 2;

/// Most places that are marked in one text.
const MAX_MARKED: usize = 100;

/// All that the terms of messages depend on: an index that was made under another one has to be made anew.
#[must_use]
pub fn version() -> String {
    let (own, other) = (char::UNICODE_VERSION, UNICODE_VERSION);
    format!("{VERSION} {own:?} {other:?} {}", Body::TAGS.join(" "))
}

/// A word of a text, or two neighbours of a script without spaces, or the last of such a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// What is compared: letters and digits only.
    pub text: String,
    /// Its bytes in the text that it was read from.
    pub range: Range<usize>,
}

/// The terms of a text, in their order.
#[must_use]
pub fn terms(text: &str) -> Vec<Term> {
    let mut terms = Terms::default();
    for (at, source) in text.char_indices() {
        let range = at..at + source.len_utf8();
        let mut is_letter = false;
        letters(source, |letter| {
            terms.add(letter, &range);
            is_letter = true;
        });
        if !is_letter {
            terms.extend(range.end);
        }
    }
    terms.end_run();
    terms.done
}

/// Terms as they are read.
#[derive(Default)]
struct Terms {
    done: Vec<Term>,
    /// The letters of the present word, and how many they are.
    word: Option<(Term, usize)>,
    /// The last character of the present run of a script without spaces.
    last: Option<(char, Range<usize>)>,
}

impl Terms {
    fn add(&mut self, letter: char, range: &Range<usize>) {
        if is_unspaced(letter) {
            self.end_word();
            let run = self.last.replace((letter, range.clone()));
            if let Some((before, start)) = run {
                let text = String::from_iter([before, letter]);
                self.done.push(Term { text, range: start.start..range.end });
            }
        } else if letter.is_alphanumeric() || is_combining_mark(letter) {
            self.end_neighbours();
            let empty = || (Term { text: String::new(), range: range.clone() }, 0);
            let (word, length) = self.word.get_or_insert_with(empty);
            if *length < limits::SEARCH_WORD {
                word.text.push(letter);
                word.range.end = range.end;
                *length += 1;
            }
        } else {
            self.end_run();
        }
    }

    /// What makes no difference belongs to the character before it.
    fn extend(&mut self, end: usize) {
        if let Some((word, _)) = &mut self.word {
            word.range.end = end;
        } else if let Some((_, last)) = &mut self.last {
            last.end = end;
        }
    }

    fn end_word(&mut self) {
        self.done.extend(self.word.take().map(|(word, _)| word));
    }

    fn end_neighbours(&mut self) {
        self.done.extend(self.last.take().map(|(last, range)| Term { text: last.to_string(), range }));
    }

    fn end_run(&mut self) {
        self.end_word();
        self.end_neighbours();
    }
}

/// The letters of a character that are compared; none if it makes no difference.
fn letters(source: char, mut each: impl FnMut(char)) {
    small_letters(source, |letter| match folded(letter) {
        Folded::Same => each(letter),
        Folded::To(letters) => letters.chars().for_each(&mut each),
    });
}

enum Folded {
    Same,
    /// Other letters, or none.
    To(&'static str),
}

/// What people write in several ways, or leave out.
fn folded(letter: char) -> Folded {
    Folded::To(match letter {
        // Accents; points of Hebrew; vowel signs and the lengthening stroke of Arabic; the dot below of Hindi.
        '\u{300}'..='\u{36F}'
        | '\u{591}'..='\u{5BD}'
        | '\u{5BF}'..='\u{5C7}'
        | '\u{640}'
        | '\u{64B}'..='\u{65F}'
        | '\u{670}'
        | '\u{93C}' => "",
        // Soft hyphens, joiners, directions, and choices between forms of one character.
        '\u{AD}'
        | '\u{61C}'
        | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{2069}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}'
        | '\u{E0100}'..='\u{E01EF}' => "",
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ł' => "l",
        'ħ' => "h",
        'ŧ' => "t",
        'ı' => "i",
        'ς' => "σ",
        'ى' | 'ی' => "ي",
        'ة' | 'ە' => "ه",
        'ک' => "ك",
        '٠' | '۰' => "0",
        '١' | '۱' => "1",
        '٢' | '۲' => "2",
        '٣' | '۳' => "3",
        '٤' | '۴' => "4",
        '٥' | '۵' => "5",
        '٦' | '۶' => "6",
        '٧' | '۷' => "7",
        '٨' | '۸' => "8",
        '٩' | '۹' => "9",
        _ => return Folded::Same,
    })
}

/// Whether a character belongs to a script that puts no spaces between words, or is a picture.
fn is_unspaced(letter: char) -> bool {
    matches!(
        u32::from(letter),
        // Thai, Lao; Tibetan; Myanmar; letters of Korean syllables; Khmer.
        0x0E00..=0x0E4F | 0x0E80..=0x0ECF | 0x0F40..=0x0FBC | 0x1000..=0x103F | 0x1100..=0x11FF | 0x1780..=0x17D3
        // Japanese; Bopomofo; Chinese characters.
        | 0x3005..=0x3007 | 0x3041..=0x30FA | 0x30FC..=0x30FF | 0x3105..=0x312F | 0x3400..=0x4DBF | 0x4E00..=0x9FFF
        | 0xF900..=0xFAFF | 0x20000..=0x3FFFF
        // Pictures.
        | 0x2300..=0x23FF | 0x2600..=0x27BF | 0x2B00..=0x2BFF | 0x1F000..=0x1FAFF
    )
}

/// What a keyword asks for: terms that follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phrase {
    terms: Vec<Term>,
    is_open: bool,
}

impl Phrase {
    /// Reads a keyword; `None` if there is nothing in it that can be found.
    #[must_use]
    pub fn of(keyword: &str) -> Option<Self> {
        let mut terms = terms(keyword);
        let is_open = match terms.as_slice() {
            [] => return None,
            // The pair before it has the last character too, and more may follow that in a text.
            [.., pair, last] if pair.range.end == last.range.end && pair.text.ends_with(&last.text) => {
                terms.pop();
                false
            }
            _ => true,
        };
        Some(Self { terms, is_open })
    }

    /// Whether it stands in a text.
    #[must_use]
    pub fn is_in(&self, text: &str) -> bool {
        self.is_among(&terms(text))
    }

    /// Whether it stands in a text of these terms.
    #[must_use]
    pub fn is_among(&self, terms: &[Term]) -> bool {
        terms.windows(self.terms.len()).any(|window| self.fits(window).is_some())
    }

    /// The last term wanted and the last there is, if it stands at these terms.
    fn fits<'a>(&self, window: &'a [Term]) -> Option<(&Term, &'a Term)> {
        let (wanted, last) = self.terms.split_last().zip(window.split_last())?;
        let ((wanted_last, wanted), (last, before)) = (wanted, last);
        let is_same = wanted.iter().map(|term| &term.text).eq(before.iter().map(|term| &term.text));
        let is_end = match self.is_open {
            true => last.text.starts_with(&wanted_last.text),
            false => last.text == wanted_last.text,
        };
        (is_same && is_end).then_some((wanted_last, last))
    }

    /// The terms, in order.
    pub fn terms(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().map(|term| term.text.as_str())
    }

    /// Whether the last term is the beginning of one.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.is_open
    }

    /// The places of a text in which it stands.
    fn places<'a>(&'a self, text: &'a str, terms: &'a [Term]) -> impl Iterator<Item = Range<usize>> + 'a {
        terms.windows(self.terms.len()).filter_map(move |window| {
            let (wanted_last, last) = self.fits(window)?;
            let start = window.first()?.range.start;
            let end = match last.text == wanted_last.text {
                true => last.range.end,
                false => end_of(text, last, wanted_last.text.chars().count()),
            };
            Some(start..end)
        })
    }
}

/// Where the first so many letters of a term end in its text, with what makes no difference behind them.
fn end_of(text: &str, term: &Term, wanted: usize) -> usize {
    let (mut seen, mut end) = (0, term.range.start);
    for source in text.get(term.range.clone()).unwrap_or_default().chars() {
        let before = seen;
        letters(source, |_| seen += 1);
        if before >= wanted && seen > before {
            break;
        }
        end += source.len_utf8();
    }
    end
}

/// A part of a text that was searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextPart {
    /// The part, as it stands in the text.
    pub text: String,
    /// Whether a keyword was found here.
    pub is_match: bool,
}

/// Divides a text into what phrases found and what stands between. The parts together are the text. Of many places the first
/// 100 of each phrase are marked.
#[must_use]
pub fn highlight(text: &str, phrases: &[Phrase]) -> Vec<TextPart> {
    let terms = terms(text);
    let mut places: Vec<Range<usize>> =
        phrases.iter().flat_map(|phrase| phrase.places(text, &terms).take(MAX_MARKED)).collect();
    places.sort_unstable_by_key(|place| place.start);
    let (mut parts, mut end) = (Vec::new(), 0);
    for place in places {
        add_part(&mut parts, text, end..place.start, false);
        add_part(&mut parts, text, place.start.max(end)..place.end, true);
        end = end.max(place.end);
    }
    add_part(&mut parts, text, end..text.len(), false);
    parts
}

/// Adds a part unless it is empty, to the last one if both are of one kind.
fn add_part(parts: &mut Vec<TextPart>, text: &str, range: Range<usize>, is_match: bool) {
    let Some(text) = text.get(range).filter(|text| !text.is_empty()) else { return };
    match parts.last_mut().filter(|last| last.is_match == is_match) {
        Some(last) => last.text.push_str(text),
        None => parts.push(TextPart { text: text.to_owned(), is_match }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(text: &str) -> Vec<String> {
        terms(text).into_iter().map(|term| term.text).collect()
    }

    #[test]
    fn words_lose_case_and_accents_and_unspaced_scripts_become_pairs() {
        assert_eq!(words("Tea at 4, Zoë!"), ["tea", "at", "4", "zoe"]);
        assert_eq!(words("你好世界"), ["你好", "好世", "世界", "界"]);
        assert_eq!(words("喝tea吧"), ["喝", "tea", "吧"]);
        assert_eq!(words("ＡＢＣ１２"), ["abc12"]);
        assert_eq!(words("가나"), ["\u{1100}\u{1161}", "\u{1161}\u{1102}", "\u{1102}\u{1161}", "\u{1161}"]);
        assert_eq!(words("नमस्ते"), ["नमस्ते"], "a sign of a vowel does not separate");
        assert_eq!(words(" ,.-"), Vec::<String>::new());
        assert_eq!(words(&"x".repeat(1_000)), ["x".repeat(limits::SEARCH_WORD)]);
    }

    /// A change of these expectations asks for another [`VERSION`].
    #[test]
    fn what_people_write_in_several_ways_is_the_same() {
        for (one, other) in [
            ("ΛΟΓΟΣ", "λόγος"),
            ("ISPARTA", "ısparta"),
            ("STRASSE", "Straße"),
            ("da nang", "Đà Nẵng"),
            ("lodz", "Łódź"),
            ("مـرحبا", "مرحبا"),
            ("على ٣", "علی 3"),
            ("ज़रूरत", "जरूरत"),
            ("葛城", "葛\u{E0100}城"),
            ("soft\u{AD}hyphen", "softhyphen"),
        ] {
            assert_eq!(words(one), words(other));
        }
        assert_ne!(words("かき"), words("がぎ"), "two words");
    }

    #[test]
    fn composed_and_decomposed_texts_are_the_same() {
        assert_eq!(words("é"), words("e\u{301}"));
        assert_eq!(words("한국"), words("\u{1112}\u{1161}\u{11ab}\u{1100}\u{116e}\u{11a8}"));
        assert_eq!(words("が"), words("か\u{3099}"));
    }

    fn phrases(keywords: &[impl AsRef<str>]) -> Vec<Phrase> {
        keywords.iter().filter_map(|keyword| Phrase::of(keyword.as_ref())).collect()
    }

    fn marked(text: &str, keywords: &[&str]) -> String {
        let parts = highlight(text, &phrases(keywords));
        parts.iter().map(|it| if it.is_match { format!("[{}]", it.text) } else { it.text.clone() }).collect()
    }

    #[test]
    fn a_highlight_marks_what_was_asked_for_and_nothing_else() {
        assert_eq!(marked("Teapots, TEA and steam", &["tea"]), "[Tea]pots, [TEA] and steam");
        assert_eq!(marked("我们明天去喝茶吧", &["喝茶"]), "我们明天去[喝茶]吧");
        assert_eq!(marked("我们明天去喝茶吧", &["茶"]), "我们明天去喝[茶]吧");
        assert_eq!(marked("喝茶，喝茶", &["喝茶", "茶"]), "[喝茶]，[喝茶]");
        assert_eq!(marked("喝 茶", &["喝茶"]), "喝 茶", "a space separates");
        assert_eq!(marked("at four o'clock", &["at fo"]), "[at fo]ur o'clock");
        assert_eq!(marked("Zoe\u{301}!", &["zoé"]), "[Zoe\u{301}]!");
        assert_eq!(marked("Zoe\u{301}tic", &["zoé"]), "[Zoe\u{301}]tic");
        assert_eq!(marked("ดำน้ำ", &["ดำน"]), "[ดำน]้ำ");
        assert_eq!(marked("한국", &["한ㄱ"]), "[한국]");
        assert_eq!(marked("㋿元年", &["令和元"]), "[㋿元]年");
        assert_eq!(marked("I ❤️tea", &["tea"]), "I ❤️[tea]");
        assert_eq!(marked("❤ and ❤️", &["❤️"]), "[❤] and [❤️]");
        assert_eq!(marked(&"a ".repeat(500), &["a"]).matches('[').count(), MAX_MARKED);
        assert_eq!(marked("한국", &["하"]), "[한]국");
        assert_eq!(marked("no", &["", "?"]), "no");
    }

    proptest! {
        #[test]
        fn parts_together_are_the_text(text in "\\PC{0,40}", keywords in prop::collection::vec("\\PC{0,6}", 0..4)) {
            let parts = highlight(&text, &phrases(&keywords));
            prop_assert_eq!(parts.iter().map(|part| part.text.as_str()).collect::<String>(), text);
        }

        /// Any run of a text is found in it, if it begins where a word does.
        #[test]
        fn what_stands_in_a_text_is_found_in_it(text in "[a-c你好世 ]{1,30}", start in 0..30usize, length in 1..8usize) {
            let letters: Vec<char> = text.chars().collect();
            let is_inside = |at: usize| at > 0
                && letters.get(at - 1).is_some_and(char::is_ascii_alphabetic)
                && letters.get(at).is_some_and(char::is_ascii_alphabetic);
            prop_assume!(start < letters.len() && !is_inside(start));
            let keyword: String = letters.iter().skip(start).take(length).collect();
            let asked = phrases(&[&keyword]);
            prop_assume!(!asked.is_empty());
            prop_assert!(highlight(&text, &asked).iter().any(|part| part.is_match), "{} in {}", keyword, text);
        }
    }
}
