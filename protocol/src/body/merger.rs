//! Several messages as one, such as a part of a conversation that is passed on.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

use super::{Body, BodyProblem, Content, Element, Kept};
use crate::bounds::number;
use crate::media::{Attachment, FileType, Uploaded};
use crate::{Code, Fault, List, MessageId, UnixMillis, UserId, codec, json, limits};

/// The contents of a merger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MergerBody {
    /// What is shown above it.
    #[serde(default)]
    pub title: String,
    /// Lines that show what is in it: at most [`limits::MERGER_ABSTRACTS`], of [`limits::MERGER_ABSTRACT_CHARS`] characters.
    #[serde(default)]
    pub abstract_list: Vec<String>,
    /// What programs show that do not know mergers; not empty.
    pub compatible_text: String,
    /// The messages, 1 to [`limits::MERGER_MESSAGES`]; none of a merger that is stored.
    #[serde(default, deserialize_with = "readable", skip_serializing_if = "Vec::is_empty")]
    pub message_list: Vec<MergedMessage>,
    /// Where a [`MergerFile`] with the messages is stored: a path on the server, without a ticket. Empty before the upload, and if the
    /// messages are here.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub download_key: String,
    /// Bytes of that file; 0 if the messages are here.
    #[serde(default, skip_serializing_if = "crate::is_zero")]
    pub download_size: u64,
    /// How many mergers nest in a stored one, itself counted: 1 to [`limits::MERGER_LAYERS`], as its sender says.
    #[serde(default, skip_serializing_if = "is_none")]
    pub layers: u32,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
fn is_none(layers: &u32) -> bool {
    *layers == 0
}

impl MergerBody {
    /// Whether its messages are stored, and not here.
    #[must_use]
    pub fn is_stored(&self) -> bool {
        self.download_size > 0
    }

    fn nesting(&self) -> u32 {
        if self.is_stored() { self.layers } else { layers(&self.message_list) }
    }
}

/// How many mergers nest in a merger of these messages, itself counted.
#[must_use]
pub fn layers(messages: &[MergedMessage]) -> u32 {
    let nested = messages.iter().map(|message| match message.body.known().map(|content| &content.body) {
        Some(Body::Merger(merger)) => merger.nesting(),
        Some(_) | None => 0,
    });
    nested.max().unwrap_or(0).saturating_add(1)
}

/// The messages of a stored merger, as they are uploaded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MergerFile {
    /// The messages, 1 to [`limits::MERGER_MESSAGES`].
    #[serde(deserialize_with = "readable")]
    pub message_list: Vec<MergedMessage>,
}

impl MergerFile {
    /// Reads a stored merger.
    ///
    /// # Errors
    /// [`Code::MERGER_DOWNLOAD_FAILED`] for what is none, or nests deeper than [`limits::DEPTH`].
    pub fn read(text: &str) -> Result<Self, Code> {
        if !codec::nests_within(text, limits::DEPTH) {
            return Err(Code::MERGER_DOWNLOAD_FAILED);
        }
        json::read(text).map_err(|_| Code::MERGER_DOWNLOAD_FAILED)
    }

    /// Whether it may be stored.
    ///
    /// # Errors
    /// [`Code::MERGER_INVALID`] for no messages, or mergers nested deeper than [`limits::MERGER_LAYERS`]; otherwise as for a merger
    /// in its message.
    pub fn check(&self) -> Result<(), Fault> {
        if !(1..=limits::MERGER_MESSAGES).contains(&self.message_list.len()) {
            return Err(Fault::new(Code::MERGER_INVALID));
        }
        check_layers(layers(&self.message_list))?;
        check_messages(&self.message_list)
    }
}

fn check_layers(layers: u32) -> Result<(), Fault> {
    if layers <= limits::MERGER_LAYERS {
        return Ok(());
    }
    Err(Fault::with_text(
        Code::MERGER_INVALID,
        "mergers nest at most 100 deep: merge the messages themselves",
    ))
}

fn refuse(text: &str) -> Result<(), Fault> {
    Err(Fault::with_text(Code::MESSAGE_BODY_INVALID, text))
}

fn check_messages(messages: &[MergedMessage]) -> Result<(), Fault> {
    messages.iter().try_for_each(|message| match &message.body {
        MergedBody::Known(content) => content.check(),
        MergedBody::Unknown(body) if Body::read(body) == Err(BodyProblem::UnknownType) => Ok(()),
        MergedBody::Unknown(_) => refuse("a message of a merger has a body of a kind, which fits that"),
    })
}

/// The messages that this version can read. That there were others is nothing of the body's.
fn readable<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<MergedMessage>, D::Error> {
    let List { items, unreadable } = List::deserialize(deserializer)?;
    if items.len() + unreadable > limits::MERGER_MESSAGES {
        return Err(D::Error::custom("a merger has at most 300 messages"));
    }
    Ok(items)
}

/// A message as it is in a merger.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MergedMessage {
    /// The message's ID.
    #[serde(rename = "ID")]
    pub id: MessageId,
    /// Who wrote it.
    pub from: UserId,
    /// The sender's nick when it was sent; empty if none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub nick: String,
    /// The sender's avatar address when it was sent; empty if none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub avatar: String,
    /// When it was sent.
    pub time: UnixMillis,
    /// Its custom data; empty if none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub cloud_custom_data: String,
    /// What it says.
    pub body: MergedBody,
}

/// What a message in a merger says.
pub type MergedBody = Kept<Content>;

impl Element for MergerBody {
    fn label(&self) -> &'static str {
        "[Chat history]"
    }

    /// [`Code::MESSAGE_BODY_INVALID`], with the reason, without messages or a text for other programs, with too many
    /// messages or lines, or for a stored one without layers; those of the messages' own bodies. [`Code::MERGER_INVALID`] for mergers nested too deep.
    fn check(&self) -> Result<(), Fault> {
        if self.is_stored() {
            number("downloadSize", self.download_size)?;
            if !self.message_list.is_empty() || self.download_size > limits::MERGER_FILE_BYTES {
                return refuse("a stored merger has no messages beside the file, which has at most 5 MiB");
            }
            if self.layers == 0 {
                return refuse(
                    "a stored merger says how many mergers nest in it, itself counted: layers is at least 1",
                );
            }
        } else if !(1..=limits::MERGER_MESSAGES).contains(&self.message_list.len()) {
            return refuse("a merger has 1 to 300 messages");
        }
        check_layers(self.nesting())?;
        if self.compatible_text.is_empty() {
            return refuse("a merger needs a compatibleText");
        }
        let is_long = |line: &String| line.chars().count() > limits::MERGER_ABSTRACT_CHARS;
        if self.abstract_list.len() > limits::MERGER_ABSTRACTS || self.abstract_list.iter().any(is_long) {
            return refuse("a merger's abstractList has at most 5 lines of 100 characters");
        }
        check_messages(&self.message_list)
    }

    fn attachments(&self) -> Vec<Attachment> {
        let uploaded = Uploaded::original_only(Uuid::nil(), self.download_size, &self.download_key);
        let file = Attachment { file_type: FileType::Merger, name: String::new(), uploaded };
        if self.is_stored() { vec![file] } else { Vec::new() }
    }

    fn attach(&mut self, _: usize, uploaded: Uploaded) -> Result<(), Fault> {
        self.download_key.clone_from(&uploaded.original()?.url);
        Ok(())
    }

    fn searchable(&self) -> Vec<&str> {
        [&self.title].into_iter().chain(&self.abstract_list).map(String::as_str).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::bounds;

    fn merger(change: impl FnOnce(&mut Value)) -> Result<(), Code> {
        let message = json!({ "ID": "019b76da-cb28-7002-8000-000000000002", "from": "bob", "time": 1,
            "body": { "type": "TIMTextElem", "payload": { "text": "hi" } } });
        let mut merger = json!({ "title": "Tea", "abstractList": ["bob: hi"], "compatibleText": "a merger",
            "messageList": [message] });
        change(&mut merger);
        serde_json::from_str::<MergerBody>(&merger.to_string()).unwrap().check().map_err(|fault| fault.code)
    }

    #[test]
    fn a_merger_has_messages_and_a_text_for_programs_that_know_none() {
        assert_eq!(merger(|_| ()), Ok(()));
        assert_eq!(merger(|it| it["abstractList"] = json!(["\u{e9}".repeat(100)])), Ok(()));
        let wrong: [fn(&mut Value); 7] = [
            |it| it["messageList"] = json!([]),
            |it| it["compatibleText"] = "".into(),
            |it| it["abstractList"] = json!(["a", "b", "c", "d", "e", "f"]),
            |it| it["abstractList"] = json!(["a".repeat(101)]),
            |it| it["messageList"][0]["body"]["payload"]["text"] = "".into(),
            |it| it["messageList"][0]["body"]["payload"] = json!({}),
            |it| it["messageList"][0]["body"] = json!(7),
        ];
        for change in wrong {
            assert_eq!(merger(change), Err(Code::MESSAGE_BODY_INVALID));
        }
    }

    #[test]
    fn what_cannot_be_read_takes_room_in_a_merger_too() {
        let of = |count: usize| {
            let list = vec!["7"; count].join(",");
            serde_json::from_str::<MergerBody>(&format!(
                r#"{{"compatibleText":"a merger","messageList":[{list}]}}"#
            ))
        };
        assert!(of(limits::MERGER_MESSAGES).unwrap().message_list.is_empty());
        assert!(of(limits::MERGER_MESSAGES + 1).is_err());
    }

    #[test]
    fn a_stored_merger_names_a_file_and_has_no_messages() {
        let stored = |it: &mut Value| {
            it["messageList"] = json!([]);
            it["downloadKey"] = "/media/1/x/0".into();
            it["downloadSize"] = 20_000.into();
            it["layers"] = 100.into();
        };
        assert_eq!(merger(stored), Ok(()));
        let with = |field: &'static str, value: Value| {
            merger(|it| {
                stored(it);
                it[field] = value;
            })
        };
        assert_eq!(with("layers", 101.into()), Err(Code::MERGER_INVALID));
        assert_eq!(with("layers", 0.into()), Err(Code::MESSAGE_BODY_INVALID));
        assert_eq!(
            with("downloadSize", (limits::MERGER_FILE_BYTES + 1).into()),
            Err(Code::MESSAGE_BODY_INVALID)
        );
        assert_eq!(with("downloadSize", 0.into()), Err(Code::MESSAGE_BODY_INVALID));
        let here = json!([{ "ID": "019b76da-cb28-7002-8000-000000000002", "from": "bob", "time": 1,
            "body": { "type": "TIMTextElem", "payload": { "text": "hi" } } }]);
        assert_eq!(with("messageList", here), Err(Code::MESSAGE_BODY_INVALID));
    }

    #[test]
    fn a_stored_merger_is_read_and_checked() {
        let file = |layers: u32| {
            let nested = json!({ "type": "TIMRelayElem", "payload": { "compatibleText": "merged",
                "downloadKey": "/media/1/x/0", "downloadSize": 1, "layers": layers } });
            let message = json!({ "ID": "019b76da-cb28-7002-8000-000000000002", "from": "bob", "time": 1, "body": nested });
            json!({ "messageList": [message] }).to_string()
        };
        let check = |text: &str| MergerFile::read(text).map(|file| file.check().map_err(|fault| fault.code));
        assert_eq!(check(&file(99)), Ok(Ok(())));
        assert_eq!(check(&file(100)), Ok(Err(Code::MERGER_INVALID)));
        assert_eq!(check(r#"{"messageList":[]}"#), Ok(Err(Code::MERGER_INVALID)));
        let deep = format!(r#"{{"messageList":{}{}}}"#, "[".repeat(32), "]".repeat(32));
        for text in ["", "[]", "{}", r#"{"messageList":7}"#, &deep] {
            assert_eq!(check(text), Err(Code::MERGER_DOWNLOAD_FAILED), "{text}");
        }
        assert_eq!(layers(&MergerFile::read(&file(7)).unwrap().message_list), 8);
    }

    #[test]
    fn a_message_of_a_later_kind_is_kept_in_a_merger_as_it_came() {
        let later = json!({ "type": "TIMHologramElem", "payload": { "depth": 1.5 } });
        let whole = json!({ "title": "", "abstractList": [], "compatibleText": "a merger", "messageList": [{
            "ID": "019b76da-cb28-7002-8000-000000000002", "from": "bob", "time": 1, "body": later }] });
        let read = serde_json::from_str::<MergerBody>(&whole.to_string()).unwrap();
        assert_eq!(read.message_list[0].body, MergedBody::Unknown(bounds::written(&later)));
        assert_eq!(serde_json::to_value(read).unwrap(), whole);
    }

    #[test]
    fn a_merger_in_a_merger_is_read_whatever_the_order_of_fields() {
        let text = r#"{"payload": {"text": "hi"}, "type": "TIMTextElem"}"#;
        let merged = |body: &str| {
            let message = format!(
                r#"{{"body": {body}, "ID": "019b76da-cb28-7002-8000-000000000002", "from": "bob", "time": 1}}"#
            );
            let list = format!(r#""messageList": [{message}, {{"later": 1}}]"#);
            format!(r#"{{"payload": {{{list}, "compatibleText": "merged"}}, "type": "TIMRelayElem"}}"#)
        };
        let read: Body = serde_json::from_str(&merged(&merged(text))).unwrap();
        let inside = |body: &Body| match body {
            Body::Merger(merger) if merger.message_list.len() == 1 => {
                merger.message_list[0].body.known().map(|content| content.body.clone())
            }
            _ => None,
        };
        assert!(matches!(inside(&inside(&read).unwrap()), Some(Body::Text(_))), "{read:?}");
    }
}
