//! The attributes of a message: what any kind of message may carry besides its body.
//!
//! They travel and are stored as the JSON text that the sender wrote, so that those of a later version are kept. The
//! server reads the text once, when it checks the request.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use crate::{Code, ConversationId, Fault, List, UserId, json, limits};

/// In a list of users to be notified: everybody in the group. The spelling is TIM's.
pub const AT_ALL: &str = "__kImSDK_MesssageAtALL__";

/// The attributes that this version knows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Attributes {
    /// A text for the application's own use.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub cloud_custom_data: String,
    /// The users that the message mentions, and [`AT_ALL`] for everybody. Only in groups; at most [`limits::AT_USERS`].
    #[serde(skip_serializing_if = "List::is_blank")]
    pub at_user_list: List<UserId>,
    /// The message changes neither the conversation's last message nor its position in the list.
    #[serde(skip_serializing_if = "crate::is_false")]
    pub excluded_from_last_message: bool,
    /// The sender wants to know who read the message: see [`ReceiptRequest`](crate::call::ReceiptRequest).
    #[serde(skip_serializing_if = "crate::is_false")]
    pub need_read_receipt: bool,
    /// The only members of the group, besides the sender, who see the message: 1 to [`limits::RECEIVERS`]. It never counts as
    /// unread, and is sent with [`SendTargetedRequest`](crate::call::SendTargetedRequest).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub receiver_list: Option<List<UserId>>,
}

impl Attributes {
    /// The attributes in a message's text; the default if there are none, or this version cannot read them.
    #[must_use]
    pub fn of(text: Option<&RawValue>) -> Self {
        text.and_then(|text| json::read(text.get()).ok()).unwrap_or_default()
    }

    /// The text that travels; `None` if there is nothing in it. `reserve` bytes stay free beside it and the body; see
    /// [`Body::reserve`](crate::body::Body::reserve).
    ///
    /// # Errors
    /// [`Code::MESSAGE_TOO_LONG`] if that is more than [`limits::BODY_BYTES`].
    pub fn write_beside(&self, body: &RawValue, reserve: usize) -> Result<Option<Box<RawValue>>, Code> {
        let text = (*self != Self::default()).then(|| crate::bounds::written(self));
        let length = body.get().len() + text.as_ref().map_or(0, |text| text.get().len());
        if length + reserve > limits::BODY_BYTES { Err(Code::MESSAGE_TOO_LONG) } else { Ok(text) }
    }

    /// Whether a message to this conversation may have them.
    ///
    /// # Errors
    /// [`Code::CONVERSATION_TYPE_INVALID`] for mentions outside a group, [`Code::BAD_REQUEST`] for more than
    /// [`limits::AT_USERS`], [`Code::USER_ID_INVALID`] for one that is no userID. For receivers the same, and [`Code::BAD_REQUEST`] for
    /// none, for one who is named twice, and together with mentions or read receipts.
    pub fn check(&self, to: &ConversationId) -> Result<(), Fault> {
        let List { items, unreadable } = &self.at_user_list;
        if *unreadable > 0 {
            return Err(Fault::with_text(Code::USER_ID_INVALID, "atUserList has an entry that is no userID"));
        }
        if items.len() > limits::AT_USERS {
            let text = format!("atUserList mentions at most {} users", limits::AT_USERS);
            return Err(Fault::with_text(Code::BAD_REQUEST, text));
        }
        if !items.is_empty() && !matches!(to, ConversationId::Group(_)) {
            let text = "only a message to a group can mention users (atUserList)";
            return Err(Fault::with_text(Code::CONVERSATION_TYPE_INVALID, text));
        }
        self.receiver_list.as_ref().map_or(Ok(()), |receivers| self.check_receivers(receivers, to))
    }

    fn check_receivers(&self, receivers: &List<UserId>, to: &ConversationId) -> Result<(), Fault> {
        let refused = |text: &str| Err(Fault::with_text(Code::BAD_REQUEST, text));
        if receivers.unreadable > 0 {
            return Err(Fault::with_text(
                Code::USER_ID_INVALID,
                "receiverList has an entry that is no userID",
            ));
        }
        if !matches!(to, ConversationId::Group(_)) {
            let text = "only a message to a group has a receiverList: send it to the user alone";
            return Err(Fault::with_text(Code::CONVERSATION_TYPE_INVALID, text));
        }
        if receivers.is_empty() {
            return refused("receiverList is empty: name receivers, or leave it out for the whole group");
        }
        if receivers.len() > limits::RECEIVERS {
            return refused(&format!("receiverList names at most {} users", limits::RECEIVERS));
        }
        if receivers.iter().collect::<BTreeSet<_>>().len() < receivers.len() {
            return refused("receiverList names a user twice: name each once");
        }
        if !self.at_user_list.is_empty() {
            return refused("a message with a receiverList mentions nobody: leave out atUserList");
        }
        if self.need_read_receipt {
            return refused("a message with a receiverList asks for no receipts: leave out needReadReceipt");
        }
        Ok(())
    }

    /// Whether the message is hidden from a user: one whom a receiver list leaves out, and who did not send it.
    #[must_use]
    pub fn hide_from(&self, user: &UserId, sender: &UserId) -> bool {
        let receivers = self.receiver_list.as_ref();
        receivers.is_some_and(|receivers| user != sender && !receivers.contains(user))
    }

    /// Whether the message mentions this name: a user's, or [`AT_ALL`].
    #[must_use]
    pub fn mentions(&self, name: &str) -> bool {
        self.at_user_list.iter().any(|user| user.as_str() == name)
    }

    /// The text with other custom data, and everything else as it was; `None` if nothing is left in it.
    #[must_use]
    pub fn with_custom_data(text: Option<&RawValue>, custom_data: &str) -> Option<Box<RawValue>> {
        const NAME: &str = "cloudCustomData";
        let parsed = text.and_then(|text| json::read(text.get()).ok());
        let mut fields: BTreeMap<String, Box<RawValue>> = parsed.unwrap_or_default();
        fields.remove(NAME);
        if !custom_data.is_empty() {
            fields.insert(NAME.to_owned(), crate::bounds::written(&custom_data));
        }
        (!fields.is_empty()).then(|| crate::bounds::written(&fields))
    }

    /// What is left of them when the message was revoked: nothing that its sender said, but who sees that there was a message.
    #[must_use]
    pub fn of_revoked(text: Option<&RawValue>) -> Option<Box<RawValue>> {
        let Self { excluded_from_last_message, receiver_list, .. } = Self::of(text);
        let left = Self { excluded_from_last_message, receiver_list, ..Self::default() };
        (left != Self::default()).then(|| crate::bounds::written(&left))
    }
}

/// The attributes of a message that is being sent: their text, and what this version reads in it.
#[derive(Debug, Clone)]
pub struct SentAttributes {
    text: Box<RawValue>,
    read: Option<Attributes>,
}

impl SentAttributes {
    /// The text as the sender wrote it.
    #[must_use]
    pub fn text(&self) -> &RawValue {
        &self.text
    }

    /// What it says.
    ///
    /// # Errors
    /// [`Code::BAD_REQUEST`] for a value of another type than the attribute's.
    pub fn read(&self) -> Result<&Attributes, Fault> {
        const WHY: &str = "attributes: cloudCustomData is a text, atUserList and receiverList have userIDs, the others are true or false";
        self.read.as_ref().ok_or_else(|| Fault::with_text(Code::BAD_REQUEST, WHY))
    }
}

impl From<Box<RawValue>> for SentAttributes {
    fn from(text: Box<RawValue>) -> Self {
        // Serde would read the fields out of an array too.
        let object = text.get().starts_with('{').then_some(text.get());
        let read = object.and_then(|object| json::read(object).ok());
        Self { text, read }
    }
}

impl Serialize for SentAttributes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.text.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SentAttributes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Box::<RawValue>::deserialize(deserializer).map(Self::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(json: &str) -> SentAttributes {
        SentAttributes::from(RawValue::from_string(json.to_owned()).unwrap())
    }

    fn code(json: &str, to: &str) -> Result<(), Code> {
        let to = to.parse().unwrap();
        sent(json).read().and_then(|read| read.check(&to)).map_err(|fault| fault.code)
    }

    #[test]
    fn mentions_are_for_groups_and_few_and_of_users() {
        let many = |count: usize| format!(r#"{{"atUserList":[{}]}}"#, vec![r#""bob""#; count].join(","));
        assert_eq!(code(r#"{"atUserList":["bob","__kImSDK_MesssageAtALL__"]}"#, "GROUPtea"), Ok(()));
        assert_eq!(code(r#"{"atUserList":["bob"]}"#, "C2Cbob"), Err(Code::CONVERSATION_TYPE_INVALID));
        assert_eq!(code(r#"{"atUserList":[]}"#, "C2Cbob"), Ok(()));
        assert_eq!(code(&many(limits::AT_USERS), "GROUPtea"), Ok(()));
        assert_eq!(code(&many(limits::AT_USERS + 1), "GROUPtea"), Err(Code::BAD_REQUEST));
        assert_eq!(code(r#"{"atUserList":[""]}"#, "GROUPtea"), Err(Code::USER_ID_INVALID));
        for wrong in [
            r#"{"cloudCustomData":1}"#,
            r#"{"excludedFromLastMessage":"yes"}"#,
            r#"{"needReadReceipt":1}"#,
            r#"{"receiverList":"bob"}"#,
            "[]",
            "7",
        ] {
            assert_eq!(code(wrong, "GROUPtea"), Err(Code::BAD_REQUEST), "{wrong}");
        }
    }

    #[test]
    fn receivers_are_few_members_of_a_group_each_named_once() {
        let to =
            |names: &[String]| format!(r#"{{"receiverList":{}}}"#, serde_json::to_string(names).unwrap());
        let users = |count: usize| (0..count).map(|number| format!("user{number}")).collect::<Vec<_>>();
        assert_eq!(code(&to(&users(limits::RECEIVERS)), "GROUPtea"), Ok(()));
        assert_eq!(code(&to(&users(limits::RECEIVERS + 1)), "GROUPtea"), Err(Code::BAD_REQUEST));
        assert_eq!(code(r#"{"receiverList":[]}"#, "GROUPtea"), Err(Code::BAD_REQUEST));
        assert_eq!(code(r#"{"receiverList":["bob","eve","bob"]}"#, "GROUPtea"), Err(Code::BAD_REQUEST));
        assert_eq!(code(r#"{"receiverList":["bob"]}"#, "C2Cbob"), Err(Code::CONVERSATION_TYPE_INVALID));
        assert_eq!(code(r#"{"receiverList":["bob",7]}"#, "GROUPtea"), Err(Code::USER_ID_INVALID));
        for with in [r#""atUserList":["bob"]"#, r#""needReadReceipt":true"#] {
            let json = format!(r#"{{"receiverList":["bob"],{with}}}"#);
            assert_eq!(code(&json, "GROUPtea"), Err(Code::BAD_REQUEST), "{with}");
        }
    }

    #[test]
    fn a_targeted_message_is_hidden_from_others_also_when_it_is_revoked() {
        let [alice, bob, carol] = ["alice", "bob", "carol"].map(|name| UserId::new(name).unwrap());
        let sent = sent(r#"{"cloudCustomData":"secret","receiverList":["bob"]}"#);
        let revoked = Attributes::of_revoked(Some(sent.text())).unwrap();
        assert_eq!(revoked.get(), r#"{"receiverList":["bob"]}"#);
        for text in [sent.text(), &revoked] {
            let attributes = Attributes::of(Some(text));
            let hidden = [&alice, &bob, &carol].map(|user| attributes.hide_from(user, &alice));
            assert_eq!(hidden, [false, false, true]);
        }
        assert!(!Attributes::default().hide_from(&carol, &alice));
    }

    #[test]
    fn attributes_of_a_later_version_are_kept_as_they_came() {
        let json = r#"{"later": 1.50,"cloudCustomData":"gift"}"#;
        let sent = sent(json);
        assert_eq!(serde_json::to_string(&sent).unwrap(), json);
        assert_eq!(sent.read().unwrap().cloud_custom_data, "gift");
    }

    #[test]
    fn other_custom_data_leaves_the_rest_as_it_was() {
        let with = |json: &str, data: &str| {
            Attributes::with_custom_data(Some(sent(json).text()), data).map(|text| text.get().to_owned())
        };
        let json = r#"{"later": 1.50, "cloudCustomData": "tea", "atUserList": ["bob"]}"#;
        let changed = r#"{"atUserList":["bob"],"cloudCustomData":"coffee","later":1.50}"#;
        assert_eq!(with(json, "coffee").as_deref(), Some(changed));
        assert_eq!(with(json, "").as_deref(), Some(r#"{"atUserList":["bob"],"later":1.50}"#));
        assert_eq!(with(r#"{"cloudCustomData":"tea"}"#, ""), None);
        let added = Attributes::with_custom_data(None, "tea").map(|text| text.get().to_owned());
        assert_eq!(added.as_deref(), Some(r#"{"cloudCustomData":"tea"}"#));
    }

    #[test]
    fn of_a_revoked_message_nothing_that_was_said_is_left() {
        let left =
            |json: &str| Attributes::of_revoked(Some(sent(json).text())).map(|text| text.get().to_owned());
        assert_eq!(left(r#"{"cloudCustomData":"secret","later":"secret","atUserList":["bob"]}"#), None);
        let excluded = r#"{"cloudCustomData":"secret","excludedFromLastMessage":true}"#;
        assert_eq!(left(excluded).as_deref(), Some(r#"{"excludedFromLastMessage":true}"#));
    }

    #[test]
    fn body_and_attributes_share_their_room() {
        let body = RawValue::from_string(format!("\"{}\"", "x".repeat(limits::BODY_BYTES - 100))).unwrap();
        let said = |count| Attributes { cloud_custom_data: "y".repeat(count), ..Attributes::default() };
        assert_eq!(Attributes::default().write_beside(&body, 0).map(|it| it.is_none()), Ok(true));
        assert!(said(70).write_beside(&body, 0).is_ok());
        assert_eq!(said(100).write_beside(&body, 0).map(drop), Err(Code::MESSAGE_TOO_LONG));
        assert_eq!(said(70).write_beside(&body, 1_000).map(drop), Err(Code::MESSAGE_TOO_LONG));
    }
}
