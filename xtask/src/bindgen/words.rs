//! What both languages' generated code needs in the same way: an ID is spelled `ID`, as TIM spells it, where UniFFI writes `Id`,
//! and patches of lines that must be there. UniFFI's own `rename` is no help for an ID: it writes `userID` as `userId` again.

use anyhow::{Result, ensure};

/// Spells IDs in the names of properties, parameters and methods: `userIDList` for `userIdList`.
pub(super) fn with_ids(text: &str) -> String {
    let mut spelled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(begin) = rest.find(|letter: char| letter.is_ascii_alphanumeric() || letter == '_') {
        let (between, from_word) = rest.split_at(begin);
        let end = from_word.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        let (word, behind) = from_word.split_at(end.unwrap_or(from_word.len()));
        spelled += between;
        spelled += &with_id(word);
        rest = behind;
    }
    spelled + rest
}

/// Of a word that begins in lower case; UniFFI's own have underscores or begin with its name.
fn with_id(word: &str) -> String {
    let is_name = word.starts_with(|first: char| first.is_ascii_lowercase()) && !word.contains('_');
    if !is_name || word.starts_with("uniffi") {
        return word.to_owned();
    }
    let mut parts = word.split("Id");
    let mut spelled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        spelled += if part.starts_with(|next: char| next.is_ascii_lowercase()) { "Id" } else { "ID" };
        spelled += part;
    }
    spelled
}

/// Replaces the lines that match; an error if there are fewer or more than `count`.
pub(super) fn replace_lines(
    text: &str,
    count: usize,
    fits: impl Fn(&str) -> bool,
    other: impl Fn(&str) -> String,
) -> Result<String> {
    let found = text.lines().filter(|line| fits(line)).count();
    ensure!(found == count, "the generated code has {found} lines that were {count}: see xtask/src/bindgen");
    Ok(text.lines().map(|line| if fits(line) { other(line) } else { line.to_owned() } + "\n").collect())
}

/// Removes the lines from one that begins with `first`, with its blanks, to the next that is `last`, and every other such
/// passage. An error if there is none.
pub(super) fn remove_passages(text: &str, first: &str, last: &str) -> Result<String> {
    let (mut kept, mut is_inside, mut found) = (String::with_capacity(text.len()), false, 0);
    for line in text.lines() {
        if !is_inside && line.starts_with(first) {
            (is_inside, found) = (true, found + 1);
        }
        if !is_inside {
            kept.extend([line, "\n"]);
        } else if line == last {
            is_inside = false;
        }
    }
    ensure!(found > 0 && !is_inside, "the generated code has no passage from {first:?} to {last:?}");
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_spelled_as_tim_spells_them_and_nothing_else_is() {
        for (line, spelled) in [
            ("val `userIdList`: List", "val `userIDList`: List"),
            ("self.sdkAppId = sdkAppId", "self.sdkAppID = sdkAppID"),
            ("nextReqMessageId: messageId.idle", "nextReqMessageID: messageID.idle"),
            (
                "userIdle, id, uniffiHandleId, fn_user_id, GroupId",
                "userIdle, id, uniffiHandleId, fn_user_id, GroupId",
            ),
        ] {
            assert_eq!(with_ids(line), spelled);
        }
    }

    #[test]
    fn a_line_that_moved_is_an_error() {
        assert_eq!(replace_lines("a\nb\n", 1, |line| line == "b", |_| "c".into()).unwrap(), "a\nc\n");
        assert!(replace_lines("a\n", 1, |line| line == "b", |_| "c".into()).is_err());
        assert!(replace_lines("b\nb\n", 1, |line| line == "b", |_| "c".into()).is_err());
    }

    #[test]
    fn passages_go_with_their_ends() {
        assert_eq!(remove_passages("a\n  b x\nc\n  }\nd\n", "  b", "  }").unwrap(), "a\nd\n");
        assert!(remove_passages("a\n", "b", "}").is_err());
        assert!(remove_passages("b\n", "b", "}").is_err());
    }
}
