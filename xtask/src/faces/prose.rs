//! What C programmers read of a verb: the text of its method with C's names, what it takes and gives, and its errors.

use std::collections::HashMap;
use std::fs;

use anyhow::{Context as _, Result, ensure};

use super::table::{Answer, Kind, Parameter, Verb};

/// Where the words of nouns and events stand, as Swift and Kotlin have them and as JSON does.
const NOUNS: [&str; 2] = ["uniffi/src/types", "uniffi/src"];
/// Where nouns are told.
const TOLD: &str = "cbindgen.toml";
/// Letters of a line, without what makes it a comment.
const WIDTH: usize = 116;

/// The names that a method's text may have, with those that C has for them.
pub(crate) struct Prose {
    names: HashMap<String, String>,
    told: String,
}

impl Prose {
    pub(crate) fn new(verbs: &[Verb]) -> Result<Self> {
        let mut names = words_of_nouns()?;
        names.extend(verbs.iter().map(|it| (it.shown(), format!("tim_{}", it.name))));
        names.insert("destroy".to_owned(), "tim_destroy".to_owned());
        Ok(Self { names, told: fs::read_to_string(TOLD)? })
    }

    /// In lines that fit.
    pub(crate) fn of(&self, verb: &Verb) -> Result<Vec<String>> {
        let (mut paragraphs, errors) = self.in_c(verb)?;
        paragraphs.push(arguments(verb) + &self.result(verb)?);
        paragraphs.push(format!("Errors: {}", uncapitalised(&plain(&errors))));
        let lines: Vec<Vec<String>> = paragraphs.iter().map(|it| wrapped(it)).collect();
        Ok(lines.join(&String::new()))
    }

    /// The paragraphs of a method's text, and its errors.
    fn in_c(&self, verb: &Verb) -> Result<(Vec<String>, String)> {
        let text = verb.text.join("\n");
        let (text, errors) = text.split_once("\n# Errors\n").context("it does not tell its errors")?;
        let paragraphs = text.trim().split("\n\n").map(|it| self.named(verb, &it.replace('\n', " ")));
        Ok((paragraphs.collect::<Result<_>>()?, self.named(verb, &errors.replace('\n', " "))?))
    }

    /// With C's names between the backquotes.
    fn named(&self, verb: &Verb, text: &str) -> Result<String> {
        let mut named = String::new();
        for (index, part) in text.split('`').enumerate() {
            let is_code = index % 2 == 1;
            match is_code.then(|| self.name(verb, part)).transpose()? {
                Some(name) => named += &format!("`{name}`"),
                None => named += part,
            }
        }
        Ok(named)
    }

    fn name(&self, verb: &Verb, word: &str) -> Result<String> {
        if let Some(parameter) = verb.parameters.iter().find(|it| it.shown() == word) {
            return Ok(parameter.in_c());
        }
        if let Some(name) = self.names.get(word) {
            return Ok(name.clone());
        }
        let is_variant = word.starts_with(char::is_uppercase) && word.contains(char::is_lowercase);
        ensure!(!is_variant || VARIANTS.contains(&word), "C has no word for `{word}`");
        // A field of a noun's.
        Ok(word.to_owned())
    }

    fn result(&self, verb: &Verb) -> Result<String> {
        let shown = shown(&verb.result);
        if let Some(noun) = noun(&verb.result) {
            ensure!(self.told.contains(&format!("\n * {noun}")), "JSON NOUNS in {TOLD} lacks \"{noun}\"");
        }
        Ok(match verb.creates {
            true => format!("Result: {shown} in `message_json`; give it back with `tim_string_free`."),
            false => format!("Result: {shown}."),
        })
    }
}

fn noun(answer: &Answer) -> Option<&str> {
    match answer {
        Answer::Noun(noun) => Some(noun),
        Answer::List(each) => noun(each),
        _ => None,
    }
}

fn shown(answer: &Answer) -> String {
    match answer {
        Answer::Nothing => "`null`".to_owned(),
        Answer::Truth => "`true` or `false`".to_owned(),
        Answer::Number => "a number".to_owned(),
        Answer::Text => "a text".to_owned(),
        Answer::Noun(noun) => format!("`{noun}`"),
        Answer::List(each) => format!("an array of {}", several(each)),
    }
}

fn several(answer: &Answer) -> String {
    if *answer == Answer::Text { "texts".to_owned() } else { shown(answer) }
}

/// What is not plain from the names of the arguments.
fn arguments(verb: &Verb) -> String {
    verb.parameters.iter().filter_map(|it| argument(it, verb.creates)).map(|it| it + " ").collect()
}

fn argument(parameter: &Parameter, at_once: bool) -> Option<String> {
    let name = parameter.in_c();
    Some(match &parameter.kind {
        Kind::Json(json) => format!("`{name}` is {}.", shown(json)),
        Kind::OptionalJson(json) => format!("`{name}` is {}, or NULL for none.", shown(json)),
        Kind::Rendition => {
            format!("`{name}` is 0 (original), 1 (thumbnail), 2 (large) or 3 (snapshot of a video).")
        }
        Kind::Word("ConversationType") => {
            format!("`to` is a userID and `{name}` `C2C`, or `to` a groupID and `{name}` `GROUP`.")
        }
        Kind::Word("ReadAllType") => {
            format!("`{name}` is `readAllC2CMessage`, `readAllGroupMessage` or `readAllMessage`.")
        }
        Kind::Word("ReadMemberFilter") => {
            format!("`{name}` is `read` or `unread`.")
        }
        Kind::Word(_) => format!(
            "`{name}` is `AcceptAndNotify`, `AcceptNotNotify`, `Discard`, `AcceptNotNotifyExceptAt` or `NotReceiveMsgExceptAt`."
        ),
        Kind::OptionalText => format!("`{name}` may be NULL."),
        Kind::Bytes => format!("`{name}` are copied before this returns."),
        Kind::Progress => format!(
            "While the file is {} `{name}` (may be NULL) is told 0 to 100 on a thread that it may block; `progress_destroy` \
             is called when it is needed no more, with an error before this returns.",
            if at_once { "uploaded" } else { "fetched" }
        ),
        Kind::Text | Kind::Plain(_) => return None,
    })
}

/// The kinds of errors, which C has no types for.
const VARIANTS: [&str; 5] = ["NotReady", "Refused", "Unreachable", "Storage", "Internal"];

/// Errors without their kinds: `NotReady` alone is the gate's; of the others the numbers tell.
fn plain(errors: &str) -> String {
    let mut plain = errors.replace("`NotReady`. ", "the gate's; ").replace("`NotReady`; ", "the gate's; ");
    for variant in VARIANTS {
        plain = plain.replace(&format!(". `{variant}`: "), "; ");
        plain = plain.replace(&format!(". `{variant}`, "), "; ");
        for told in ["; ", ""] {
            plain = plain.replace(&format!("{told}`{variant}`: "), told);
        }
    }
    plain.replace("`NotReady`", "the gate's")
}

fn uncapitalised(text: &str) -> String {
    let (first, rest) = text.split_at_checked(1).unwrap_or((text, ""));
    first.to_ascii_lowercase() + rest
}

/// The words of JSON for the variants of nouns and events: `SdkReady` is `sdkStateReady`.
fn words_of_nouns() -> Result<HashMap<String, String>> {
    let mut words = HashMap::new();
    for folder in NOUNS {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.extension().is_some_and(|it| it == "rs") {
                words.extend(words_of(&fs::read_to_string(path)?));
            }
        }
    }
    Ok(words)
}

/// `Male = "Gender_Type_Male",` in a mirror, `#[serde(rename = "sdkStateReady")]` before a variant.
fn words_of(text: &str) -> HashMap<String, String> {
    let mut words = HashMap::new();
    let mut renamed = None;
    for line in text.lines().map(str::trim) {
        let (front, word) = line.split_once(" = \"").unwrap_or((line, ""));
        let word = word.split('"').next().unwrap_or_default().to_owned();
        let variant: String = front.chars().take_while(|it| it.is_alphanumeric()).collect();
        if front.starts_with("#[serde(rename") {
            renamed = Some(word);
        } else if variant.starts_with(char::is_uppercase) {
            let word = renamed.take().unwrap_or(word);
            if !word.is_empty() {
                words.insert(variant, word);
            }
        } else if !line.starts_with('#') {
            renamed = None;
        }
    }
    words
}

/// In lines that fit, broken at blanks.
fn wrapped(paragraph: &str) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in paragraph.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.len() + 1 + word.len() <= WIDTH => line.extend([" ", word]),
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_told_without_their_kinds() {
        let told = "`NotReady`. `Refused`: 2503 for none. `Unreachable`: 2800 or 2801.";
        assert_eq!(plain(told), "the gate's; 2503 for none; 2800 or 2801.");
        let told = "`NotReady`; 130161 if it ended. `Refused`: 2105. `Unreachable`, for a picture: 2800.";
        assert_eq!(plain(told), "the gate's; 130161 if it ended; 2105; for a picture: 2800.");
        assert_eq!(plain("`NotReady`."), "the gate's.");
        assert_eq!(plain("Those of `tim_a`; `Refused`: 1."), "Those of `tim_a`; 1.");
        assert_eq!(plain("`Refused`: 1. `NotReady`: 2."), "1; 2.");
    }

    #[test]
    fn words_of_nouns_are_found() {
        let words = words_of(
            "#[serde(rename = \"sdkStateReady\")]\n    SdkReady,\n    Male = \"Gender_Type_Male\",\n",
        );
        assert_eq!((&*words["SdkReady"], &*words["Male"]), ("sdkStateReady", "Gender_Type_Male"));
    }

    #[test]
    fn long_paragraphs_are_wrapped() {
        let lines = wrapped(&"word ".repeat(50));
        assert!(lines.len() == 3 && lines.iter().all(|it| it.len() <= WIDTH && !it.ends_with(' ')));
    }
}
