//! What a user sets about a conversation, for all devices of the user: the settings, and changes of them.
//!
//! Values and how a change applies to them. Which settings are shown, and what follows from them, is the engine's business.

use std::ops::{BitAnd, BitOr, Not};

use serde::de::{Deserializer, Error as _};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::kinds::part_of;
use crate::word::words;
use crate::{Code, ConversationId, Fault, List, json, limits};

words! {
    /// Which messages of a conversation this user wants to be told of.
    #[derive(Default)]
    MessageRemindType {
        /// All, with a notification.
        #[default]
        AcceptAndNotify = "AcceptAndNotify",
        /// All, without a notification. They are not in the total of unread messages.
        AcceptNotNotify = "AcceptNotNotify",
        /// None: they are in the conversation, and no event reports them.
        Discard = "Discard",
        /// All, with a notification only of those that mention this user.
        AcceptNotNotifyExceptAt = "AcceptNotNotifyExceptAt",
        /// Only those that mention this user.
        NotReceiveMsgExceptAt = "NotReceiveMsgExceptAt",
    }
}

/// Marks of a conversation: a set of bits from 0 to 63. TIM's are STAR (bit 0), UNREAD (1), FOLD (2) and HIDE (3); bits from
/// 32 on are the app's own.
///
/// On the wire a list of the bits that are set, `[0, 32]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Marks(pub u64);

impl Marks {
    /// Whether no bit is set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0 == 0
    }

    /// The values of the bits that are set, ascending: 1, 2, 4, 8 …
    #[must_use]
    pub fn values(self) -> Vec<u64> {
        (0..u64::BITS).map(|bit| 1 << bit).filter(|value| self.0 & value != 0).collect()
    }
}

impl BitOr for Marks {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl BitAnd for Marks {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl Not for Marks {
    type Output = Self;
    fn not(self) -> Self {
        Self(!self.0)
    }
}

impl Serialize for Marks {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((0..u64::BITS).filter(|bit| self.0 & (1 << bit) != 0))
    }
}

impl<'de> Deserialize<'de> for Marks {
    /// Bits beyond 63 are of a later version, and left out.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bits = Vec::<u64>::deserialize(deserializer)?;
        let known = bits.into_iter().filter(|bit| *bit < u64::from(u64::BITS));
        Ok(Self(known.fold(0, |marks, bit| marks | 1 << bit)))
    }
}

/// The settings of a conversation for one user, whole.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub struct ConversationSettings {
    /// Grows with every change. Of two settings of a conversation those with the greater version are newer.
    pub version: u64,
    /// The conversation is at the top of the list.
    #[serde(default, skip_serializing_if = "crate::is_false")]
    pub is_pinned: bool,
    /// Which messages the user wants to be told of.
    #[serde(default, skip_serializing_if = "MessageRemindType::is_default")]
    pub message_remind_type: MessageRemindType,
    /// The marks.
    #[serde(default, skip_serializing_if = "Marks::is_empty")]
    pub marks: Marks,
    /// The app's own data, at most [`limits::CONVERSATION_DATA_BYTES`].
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub custom_data: String,
    /// Settings of a later version, kept as they came.
    #[serde(flatten, skip_deserializing)]
    pub later: Map<String, Value>,
}

impl Serialize for ConversationSettings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl<'de> Deserialize<'de> for ConversationSettings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        const KNOWN: [&str; 5] = ["version", "isPinned", "messageRemindType", "marks", "customData"];
        let text = Box::<RawValue>::deserialize(deserializer)?;
        let mut settings =
            json::read_by(text.get(), |reader| Self::deserialize(reader)).map_err(D::Error::custom)?;
        settings.later = part_of(&text)?;
        settings.later.retain(|name, _| !KNOWN.contains(&name.as_str()));
        Ok(settings)
    }
}

/// A change of settings: what is absent stays.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SettingsChange {
    /// Whether the conversation is at the top of the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is_pinned: Option<bool>,
    /// Which messages the user wants to be told of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_remind_type: Option<MessageRemindType>,
    /// Marks to set.
    #[serde(default, skip_serializing_if = "Marks::is_empty")]
    pub mark: Marks,
    /// Marks to remove.
    #[serde(default, skip_serializing_if = "Marks::is_empty")]
    pub unmark: Marks,
    /// The app's own data, at most [`limits::CONVERSATION_DATA_BYTES`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custom_data: Option<String>,
}

/// The settings of one conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SettingsOf {
    /// The conversation, as the user names it.
    #[serde(rename = "conversationID")]
    pub conversation_id: ConversationId,
    /// Its settings.
    pub settings: ConversationSettings,
}

/// Settings of several conversations.
pub type SettingsList = List<SettingsOf>;

impl MessageRemindType {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl ConversationSettings {
    /// Applies a change, without its version. Whether it changed anything.
    pub fn apply(&mut self, change: &SettingsChange) -> bool {
        let before = self.clone();
        let SettingsChange { is_pinned, message_remind_type, mark, unmark, custom_data } = change;
        self.is_pinned = is_pinned.unwrap_or(self.is_pinned);
        self.message_remind_type = message_remind_type.unwrap_or(self.message_remind_type);
        self.marks = (self.marks & !*unmark) | *mark;
        if let Some(data) = custom_data {
            self.custom_data.clone_from(data);
        }
        *self != before
    }
}

impl SettingsChange {
    /// Whether it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// This change, and then a later one.
    pub fn merge(&mut self, later: &Self) {
        let Self { is_pinned, message_remind_type, mark, unmark, custom_data } = later;
        self.is_pinned = is_pinned.or(self.is_pinned);
        self.message_remind_type = message_remind_type.or(self.message_remind_type);
        self.mark = (self.mark & !*unmark) | *mark;
        self.unmark = (self.unmark & !*mark) | *unmark;
        if custom_data.is_some() {
            self.custom_data.clone_from(custom_data);
        }
    }

    /// Leaves out what another change has too.
    pub fn remove(&mut self, done: &Self) {
        self.is_pinned = self.is_pinned.filter(|_| self.is_pinned != done.is_pinned);
        self.message_remind_type =
            self.message_remind_type.filter(|_| self.message_remind_type != done.message_remind_type);
        self.mark = self.mark & !done.mark;
        self.unmark = self.unmark & !done.unmark;
        if self.custom_data == done.custom_data {
            self.custom_data = None;
        }
    }

    /// Checks the values against their bounds.
    ///
    /// # Errors
    /// [`Code::CONVERSATION_BAD_PARAMETER`] for nothing to change, a mark that is both set and removed, or custom data that is
    /// too long; [`Code::VALUE_UNKNOWN`] for a remind type of a later version.
    pub fn check(&self) -> Result<(), Fault> {
        let refused = |text: String| Err(Fault::with_text(Code::CONVERSATION_BAD_PARAMETER, text));
        if self.is_empty() {
            return refused("no setting of the conversation is named".to_owned());
        }
        if !(self.mark & self.unmark).is_empty() {
            return refused("a mark is either set or removed".to_owned());
        }
        if matches!(self.message_remind_type, Some(MessageRemindType::Other(_))) {
            return Err(Fault::new(Code::VALUE_UNKNOWN));
        }
        if self.custom_data.as_ref().is_some_and(|data| data.len() > limits::CONVERSATION_DATA_BYTES) {
            return refused(format!("customData has at most {} bytes", limits::CONVERSATION_DATA_BYTES));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use proptest::prelude::*;

    #[test]
    fn settings_of_a_later_version_survive_a_change() {
        let text = r#"{"version":3,"isPinned":true,"marks":[0,35],"color":"red","sound":{"name":"bell"}}"#;
        let mut settings: ConversationSettings = serde_json::from_str(text).unwrap();
        assert_eq!(settings.marks.values(), [1, 1 << 35]);
        let change: SettingsChange =
            serde_json::from_str(r#"{"isPinned":false,"mark":[63],"unmark":[0]}"#).unwrap();
        assert!(settings.apply(&change));
        assert!(!settings.apply(&change), "a repetition changes nothing");
        let written = serde_json::to_value(&settings).unwrap();
        let expected = serde_json::json!({
            "version": 3, "marks": [35, 63], "color": "red", "sound": {"name": "bell"},
        });
        assert_eq!(written, expected);
    }

    #[test]
    fn a_mark_that_no_version_has_yet_is_passed_over() {
        assert_eq!(serde_json::from_str::<Marks>("[1,64,900]").unwrap(), Marks(2));
    }

    #[test]
    fn what_is_out_of_bounds_is_refused_by_its_number() {
        let refused =
            |text: &str| serde_json::from_str::<SettingsChange>(text).unwrap().check().unwrap_err().code;
        assert_eq!(refused("{}"), Code::CONVERSATION_BAD_PARAMETER);
        assert_eq!(refused(r#"{"mark":[1],"unmark":[1]}"#), Code::CONVERSATION_BAD_PARAMETER);
        assert_eq!(refused(r#"{"messageRemindType":"Whisper"}"#), Code::VALUE_UNKNOWN);
        let long = "x".repeat(limits::CONVERSATION_DATA_BYTES + 1);
        assert_eq!(refused(&format!(r#"{{"customData":"{long}"}}"#)), Code::CONVERSATION_BAD_PARAMETER);
    }

    fn change() -> impl Strategy<Value = SettingsChange> {
        let remind = prop_oneof![Just(MessageRemindType::Discard), Just(MessageRemindType::AcceptNotNotify)];
        let values =
            (any::<Option<bool>>(), prop::option::of(remind), any::<[u8; 2]>(), prop::option::of("[ab]?"));
        values.prop_map(|(is_pinned, message_remind_type, [mark, unmark], custom_data)| SettingsChange {
            is_pinned,
            message_remind_type,
            mark: Marks((mark & !unmark).into()),
            unmark: Marks(unmark.into()),
            custom_data,
        })
    }

    proptest! {
        #[test]
        fn changes_that_are_merged_do_what_they_do_one_after_the_other(changes in prop::collection::vec(change(), 0..6)) {
            let (mut one_by_one, mut merged) = (ConversationSettings::default(), SettingsChange::default());
            for change in &changes {
                one_by_one.apply(change);
                merged.merge(change);
            }
            let mut at_once = ConversationSettings::default();
            at_once.apply(&merged);
            prop_assert_eq!(at_once, one_by_one);
        }

        #[test]
        fn what_was_done_and_what_is_left_are_the_whole(done in change(), later in change()) {
            let mut pending = done.clone();
            pending.merge(&later);
            let (mut settings, mut right) = (ConversationSettings::default(), ConversationSettings::default());
            right.apply(&pending);
            settings.apply(&done);
            pending.remove(&done);
            settings.apply(&pending);
            prop_assert_eq!(settings, right);
        }
    }
}
