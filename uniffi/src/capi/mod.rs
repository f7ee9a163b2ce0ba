//! The C face: what `tim.h` declares. cbindgen writes that header from this folder; the text at its top is in
//! `cbindgen.toml`.
//!
//! # The contract
//!
//! * Every function returns a status: 0, or an error's number. Results come through pointers, which are written only when
//!   the status is 0.
//! * Verbs are typed, nouns are JSON with TIM's names. Texts that come in are borrowed UTF-8 ended by NUL; texts that go
//!   out belong to the caller, who gives them back with `tim_string_free`.
//! * `verbs` is written by `cargo xtask faces` out of the UniFFI face, which is the one table of verbs, and calls its methods: what
//!   hosts pass is understood there. `door` calls any of them by its name, as `json` has them.
//! * Handles are numbers of a table, not pointers, each kind a type of its own: one that is wrong or was released is found out,
//!   never followed.
//! * A call that asks the server returns at once; its callback is called exactly once if the status was 0, and never
//!   otherwise, on a thread of the engine's that it may block.
//! * No body is without the guard of `guard`: a panic becomes a status.
//!
//! `guard` is where raw pointers become values; nothing else in this folder touches one.

// The one place of the project where C's pointers are taken apart.
#![allow(unsafe_code)]
// What a caller has to hold to is the same for all and stands at the top of tim.h: texts end with NUL, places can be written,
// callbacks are of their type. A section in each of these functions would say it fifty times in the header.
#![allow(clippy::missing_safety_doc)]

mod callbacks;
mod calls;
mod guard;
mod handles;

// The functions of tim.h, in its order.
mod lifecycle;

#[rustfmt::skip] // written by cargo xtask faces
mod verbs;

mod door;

pub use callbacks::{
    TimDestroy, TimDoneCallback, TimEventCallback, TimEventHandler, TimLogCallback, TimProgressCallback,
    TimUploadCallback,
};
pub use handles::{TimClient, TimListener, TimUpload};

/// The result of a call: 0 is success, anything else an error's number (see `tim_status_text`).
pub type TimStatus = i32;

/// Success.
pub const TIM_OK: TimStatus = 0;

/// The version of this interface. It grows when something that was there changes its meaning or goes.
pub const TIM_ABI_VERSION: u32 = 1;

#[cfg(test)]
mod tests {
    use std::path::Path;

    /// The word that this line gives a noun's JSON: `Male = "Gender_Type_Male"`, `#[serde(rename = "userID")]`.
    fn word(line: &str) -> Option<&str> {
        let (what, word) = line.trim().split_once(" = \"")?;
        let is_word = what.ends_with("(rename") || what.chars().all(char::is_alphanumeric);
        word.split('"').next().filter(|_| is_word)
    }

    #[test]
    fn the_header_has_every_word_of_the_nouns() {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let header = std::fs::read_to_string(here.join("../bindings/c/include/tim.h")).unwrap();
        let told: Vec<&str> = header.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
        let files = std::fs::read_dir(here.join("src/types")).unwrap().map(|entry| entry.unwrap().path());
        let files = files.chain([here.join("src/event.rs")]);
        let nouns: String = files.map(|file| std::fs::read_to_string(file).unwrap()).collect();
        let words: Vec<&str> = nouns.lines().filter_map(word).collect();
        assert!(["Gender_Type_Male", "userID", "sdkDestroy"].iter().all(|known| words.contains(known)));
        let is_plain = |word: &str| word.chars().all(|c| c.is_alphanumeric() || c == '_');
        let is_told = |word: &str| if is_plain(word) { told.contains(&word) } else { header.contains(word) };
        let lacking: Vec<&&str> = words.iter().filter(|word| !is_told(word)).collect();
        assert!(lacking.is_empty(), "tim.h does not tell of {lacking:?}");
    }
}
