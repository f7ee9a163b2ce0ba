//! Keeps `docs/protocol.md` true: its numbers are the code's, its examples are frames of `golden/`.
//!
//! Prose is left to people; what can be compared is compared here.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tim_protocol::call::Request;
use tim_protocol::group::GroupType;
use tim_protocol::{Code, limits};

const DOC: &str = include_str!("../../docs/protocol.md");

/// The cells of every table row.
fn rows() -> impl Iterator<Item = Vec<&'static str>> {
    DOC.lines()
        .filter(|line| line.starts_with('|'))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
}

/// The contents of every block fenced as json.
fn json_blocks() -> Vec<&'static str> {
    DOC.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect()
}

fn golden() -> BTreeMap<PathBuf, Value> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    ["client", "server", "later"]
        .iter()
        .flat_map(|folder| fs::read_dir(root.join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ending| ending == "json"))
        .map(|path| (path.clone(), serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap()))
        .collect()
}

fn contains(whole: &Value, part: &Value) -> bool {
    whole == part
        || match whole {
            Value::Array(items) => items.iter().any(|item| contains(item, part)),
            Value::Object(fields) => fields.values().any(|field| contains(field, part)),
            _ => false,
        }
}

fn with_thousands(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().map(|group| std::str::from_utf8(group).unwrap()).collect();
    groups.join(",")
}

#[test]
fn every_json_example_is_a_golden_frame_or_a_part_of_one() {
    let golden = golden();
    let blocks = json_blocks();
    assert!(blocks.len() > 20);
    for block in blocks {
        let example: Value = serde_json::from_str(block).unwrap_or_else(|why| panic!("{why} in\n{block}"));
        assert!(golden.values().any(|frame| contains(frame, &example)), "no golden frame has\n{block}");
    }
}

#[test]
fn the_table_of_group_types_is_that_of_the_code() {
    use GroupType::{AvChatRoom, Community, Meeting, Public, Work};
    let documented: BTreeMap<&str, Vec<&str>> =
        rows().filter(|cells| cells.len() == 6).map(|cells| (cells[0], cells)).collect();
    let written = |value: String| match value.as_str() {
        "true" => "yes".to_owned(),
        "false" => "no".to_owned(),
        other => other.parse().map_or(value, with_thousands),
    };
    let types =
        [Work, Public, Meeting, Community, AvChatRoom].map(|it| it.rules().named().collect::<Vec<_>>());
    for (place, (rule, _)) in types[0].iter().enumerate() {
        let row = documented.get(format!("`{rule}`").as_str()).unwrap_or_else(|| panic!("no row of {rule}"));
        let values = types.clone().map(|of_type| written(of_type[place].1.clone()));
        assert_eq!(row[1..], values, "{rule}");
    }
}

#[test]
fn the_table_of_error_codes_is_that_of_the_code() {
    let documented: BTreeMap<u32, Vec<&str>> = rows()
        .filter(|cells| cells.len() == 4)
        .filter_map(|cells| Some((cells[0].parse().ok()?, cells)))
        .collect();
    for code in Code::ALL {
        let row = documented.get(&code.0).unwrap_or_else(|| panic!("docs/protocol.md lacks {code:?}"));
        let retry = if code.is_retryable() { "retry" } else { "" };
        assert_eq!(row[1..], [format!("`{}`", code.name()).as_str(), code.describe(), retry], "{code:?}");
    }
    for number in documented.keys() {
        assert!(Code::ALL.contains(&Code(*number)), "docs/protocol.md names {number}, which does not exist");
    }
}

#[test]
fn every_request_has_a_heading() {
    for method in Request::methods() {
        assert!(DOC.contains(&format!("\n### `{method}`\n")), "docs/protocol.md lacks {method}");
    }
}

#[test]
fn the_table_of_limits_is_that_of_the_code() {
    macro_rules! limits {
        ($($name:ident)*) => { [$((stringify!($name), u64::try_from(limits::$name).unwrap())),*] };
    }
    let limits = limits!(
        FRAME_BYTES SERVER_FRAME_BYTES PAGE_BYTES DEFLATE_FROM_BYTES DEPTH NUMBER BATCH IN_FLIGHT BODY_BYTES ADDRESSES_BYTES BODY_DEPTH ELEMENTS AT_USERS RECEIVERS UNREAD_MENTIONS MERGER_MESSAGES MERGER_LAYERS MERGER_FILE_BYTES MERGER_FILES MERGER_ABSTRACTS MERGER_ABSTRACT_CHARS MERGER_BYTES IMAGE_BYTES AUDIO_BYTES VIDEO_FORMAT_BYTES FILE_BYTES FILE_NAME_BYTES
        IMAGE_SIDE IMAGE_PIXELS IMAGE_HELD_BYTES THUMB_SIDE THUMB_LONG_SIDE LARGE_SIDE LARGE_LONG_SIDE USER_ID_BYTES GROUP_ID_BYTES DEVICE_BYTES CLIENT_BYTES FEATURES SYNC_PAGE SYNC_LATEST
        HISTORY_PAGE MUTATION_PAGE WINDOW_PUSHES WINDOW_BYTES ACK_EVERY ACK_AFTER_MS HELLO_WITHIN_MS RESUME_WITHIN_MS USERS_PER_CALL
        CONVERSATIONS_PER_CALL CONVERSATION_DATA_BYTES DRAFT_BYTES BLACKLIST FOREVER_SECONDS PROFILE_TEXT_BYTES CUSTOM_STATUS_BYTES STATUS_USERS STATUS_SUBSCRIPTIONS OFFLINE_AFTER_MS PROFILE_LOCATION_BYTES PROFILE_FIELDS GROUP_NAME_BYTES GROUP_TEXT_BYTES GROUP_FIRST_MEMBERS GROUP_MEMBER_PAGE GROUP_ADMINS MEMBER_FIELDS NAME_CARD_BYTES GROUP_ATTRIBUTES GROUP_ATTRIBUTE_KEY_BYTES GROUP_ATTRIBUTE_BYTES GROUP_ATTRIBUTES_BYTES GROUP_ATTRIBUTE_CHANGES GROUP_PROFILE_BYTES GROUP_FIELDS GROUP_FIELD_KEY_BYTES GROUP_FIELD_BYTES
        MEMBERS_SEARCHED FRIENDS ACQUAINTANCES FRIEND_APPLICATIONS FRIEND_GROUPS FRIEND_GROUP_NAME_BYTES FRIEND_REMARK_BYTES FRIEND_WORDING_BYTES FRIEND_FIELDS
        ROOM_MESSAGES ROOM_BURST ROOM_SPEAKER ROOM_EVERY_MS ROOMS
        APPLICATION_BYTES REVOKE_WITHIN_MS REVOKE_REASON_BYTES REACTIONS REACTION_USERS REACTION_ID_BYTES REACTED_MESSAGES REACTION_USERS_SHOWN PINNED_MESSAGES RECEIPT_MESSAGES RECEIPT_PAGE RECEIPTS_EVERY_MS REMOVED_MESSAGES REMOVAL_PAGE FIND_MESSAGES SEARCH_KEYWORDS SEARCH_KEYWORD_BYTES SEARCH_TYPES SEARCH_SENDERS SEARCH_PAGE SEARCH_HITS SEARCH_WORD
    );
    let in_code =
        include_str!("../src/limits.rs").lines().filter(|line| line.starts_with("pub const")).count();
    assert_eq!(limits.len(), in_code, "a limit of limits.rs is missing in this test");
    for (name, value) in limits {
        let cells = rows().find(|cells| cells.last() == Some(&format!("`{name}`").as_str()));
        let cells = cells.unwrap_or_else(|| panic!("docs/protocol.md lacks the limit {name}"));
        assert_eq!(cells[1], with_thousands(value), "{name}");
    }
}

/// The value of a constant of the repository: a product of numbers and limits.
fn constant(file: &str, name: &str) -> u64 {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(file);
    let source = fs::read_to_string(&path).unwrap_or_else(|why| panic!("{file}: {why}"));
    let definition = source.lines().find_map(|line| line.split_once(&format!("const {name}: ")));
    let (_, definition) = definition.unwrap_or_else(|| panic!("{file} has no {name}"));
    let value = definition.split_once(" = ").unwrap().1.trim_end_matches(';');
    let factor = |factor: &str| match factor.trim().rsplit("::").next().unwrap() {
        "WINDOW_PUSHES" => limits::WINDOW_PUSHES as u64,
        "IN_FLIGHT - 4" => limits::IN_FLIGHT as u64 - 4,
        number => number.replace('_', "").parse().unwrap_or_else(|why| panic!("{name} = {number}: {why}")),
    };
    value.split('*').map(factor).product()
}

#[test]
fn the_table_of_queues_is_that_of_the_code() {
    let mut compared = 0;
    for cells in rows().filter(|cells| cells.len() == 4) {
        let Some((name, file)) = cells[3].strip_prefix("[`").and_then(|link| link.split_once("`](")) else {
            continue;
        };
        assert_eq!(cells[1], with_thousands(constant(file.trim_end_matches(')'), name)), "{name} of {file}");
        compared += 1;
    }
    assert!(compared > 20, "{compared} queues are documented");
}

#[test]
fn every_link_within_the_page_leads_somewhere() {
    let anchor = |heading: &str| {
        heading.trim_start_matches('#').trim().to_lowercase().replace(' ', "-").replace(['`', '.'], "")
    };
    let anchors: Vec<String> = DOC.lines().filter(|line| line.starts_with('#')).map(anchor).collect();
    for link in DOC.split("](#").skip(1).map(|rest| rest.split(')').next().unwrap()) {
        assert!(anchors.iter().any(|anchor| anchor == link), "#{link} leads nowhere");
    }
}

#[test]
fn growing_names_every_frame_of_a_later_version_and_no_other() {
    let section = DOC.split("\n## Growing the protocol\n").nth(1).unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| what "));
    let mut named = std::collections::BTreeSet::new();
    for row in rows {
        let examples = row.trim_end_matches('|').rsplit('|').next().unwrap();
        let names: Vec<&str> = examples.split('`').skip(1).step_by(2).collect();
        assert!(!names.is_empty(), "an example is missing: {row}");
        named.extend(names.into_iter().map(str::to_owned));
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/later");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let there = files.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    assert_eq!(named, there);
}
