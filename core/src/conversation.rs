//! Conversations as apps see them.
//!
//! Values only; computed by the machine from positions in logs, never counted up.

use std::cmp::{Ordering, Reverse};
use std::sync::Arc;

use tim_protocol::conversation::Mention;
use tim_protocol::group::GroupType;
pub use tim_protocol::settings::MessageRemindType;
use tim_protocol::{Code, ConversationId, ConversationType, UnixMillis, UserId};

use crate::message::Message;
use crate::sorted::SortedMap;
use crate::sorted_set::SortedSet;

/// One conversation of this user's list. The list has the pinned ones first, and of these and of the others the most recently
/// active first.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversation {
    /// The conversation, as this user names it.
    pub conversation_id: ConversationId,
    /// What to call it: the other user's nick or the group's name, and if there is none the userID or groupID. A nick is the one of
    /// that user's newest message on this device that has one or an avatar, or else as the server had it when the conversation came here.
    pub show_name: String,
    /// The address of the other user's avatar, or of the group's; empty if none. As new as `show_name`.
    pub avatar: String,
    /// The group's type, for groups.
    pub sub_type: Option<GroupType>,
    /// How many messages of others this user has not read. Sending a message does not change it. Always 0 for Meeting
    /// groups.
    pub unread_count: u64,
    /// The newest message, sent or in the outbox, that is not excluded from being this; `None` if there is none.
    pub last_message: Option<Message>,
    /// The last message in one line of at most 100 characters, with what is not text named in English, such as `[Image]`; empty if
    /// there is none. An app in another language makes its own line of `last_message`.
    pub message_for_show: String,
    /// How far this user has read, as a sequence.
    pub read_sequence: u64,
    /// How far the other side of a C2C conversation has read, as a sequence.
    pub peer_read_sequence: u64,
    /// The newest unread messages that mention this user in a group, oldest first; at most 20.
    pub group_at_info_list: Vec<GroupAtInfo>,
    /// The time of the last activity.
    pub last_time: UnixMillis,
    /// The conversation is at the top of the list.
    pub is_pinned: bool,
    /// Which messages this user wants to be told of.
    pub message_remind_type: MessageRemindType,
    /// The marks, each a power of two: 1 STAR, 2 UNREAD, 4 FOLD, 8 HIDE, and the app's own from 2^32 on.
    pub mark_list: Vec<u64>,
    /// The app's own data; empty if none.
    pub custom_data: String,
    /// What the user has begun to write on this device; empty if nothing.
    pub draft_text: String,
}

impl Conversation {
    /// Its place in the list: the greater, the higher, and of equal ones the lesser conversation ID. Below 2^53.
    #[must_use]
    pub fn order_key(&self) -> i64 {
        const PINNED: i64 = 1 << 52;
        let time = self.last_time.clamp(0, PINNED - 1);
        if self.is_pinned { PINNED | time } else { time }
    }

    /// The order of the list.
    #[must_use]
    pub fn order(&self, other: &Self) -> Ordering {
        let place = |it: &Self| Reverse(it.order_key());
        place(self).cmp(&place(other)).then_with(|| self.conversation_id.cmp(&other.conversation_id))
    }
}

/// What changed in the list of conversations.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ConversationChanges {
    /// Those that changed or were added, as they are now, in the order of the list.
    pub conversations: Vec<Arc<Conversation>>,
    /// Those that are not in the list any more, and perhaps never were.
    pub deleted: Vec<ConversationId>,
    /// `conversations` are all there are: the first ones of a login, and after the server's data was replaced.
    pub is_whole: bool,
}

impl ConversationChanges {
    /// These changes, and then later ones.
    pub fn merge(&mut self, later: Self) {
        if later.is_whole {
            *self = later;
            return;
        }
        let changed = later.conversations.iter().map(|it| &it.conversation_id);
        let named: SortedSet<_> = changed.chain(&later.deleted).collect();
        self.conversations.retain(|it| !named.contains(&it.conversation_id));
        self.deleted.retain(|id| !named.contains(id));
        self.conversations.extend(later.conversations);
        self.conversations.sort_by(|a, b| a.order(b));
        self.deleted.extend(later.deleted);
    }
}

/// A whole list of conversations in its order, kept by [`Event::ConversationChanged`](crate::event::Event::ConversationChanged).
/// What a change costs does not depend on the size of the list, but for the moving of its pointers.
#[derive(Debug, Clone, Default)]
pub struct ConversationList {
    list: Arc<Vec<Arc<Conversation>>>,
    by_id: SortedMap<ConversationId, Arc<Conversation>>,
}

impl ConversationList {
    /// The conversations, in order.
    #[must_use]
    pub fn conversations(&self) -> &[Arc<Conversation>] {
        &self.list
    }

    /// The conversations, in order, to keep. The next change copies the list if they are still kept then.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Vec<Arc<Conversation>>> {
        Arc::clone(&self.list)
    }

    /// Takes a whole list in the place of what it had: that of `get_conversation_list` if changes may have been missed, because
    /// the listener came late or 130162 said that events were lost.
    pub fn reset(&mut self, mut conversations: Vec<Arc<Conversation>>) {
        conversations.sort_by(|a, b| a.order(b));
        self.by_id = conversations.iter().map(|it| (it.conversation_id.clone(), Arc::clone(it))).collect();
        self.list = Arc::new(conversations);
    }

    /// Applies what changed.
    pub fn apply(&mut self, changes: &ConversationChanges) {
        if changes.is_whole {
            return self.reset(changes.conversations.clone());
        }
        let list = Arc::make_mut(&mut self.list);
        let changed = changes.conversations.iter().map(|it| &it.conversation_id);
        for id in changed.chain(&changes.deleted) {
            let Some(known) = self.by_id.remove(id) else { continue };
            if let Ok(place) = list.binary_search_by(|it| it.order(&known)) {
                list.remove(place);
            }
        }
        for conversation in &changes.conversations {
            let place = list.binary_search_by(|it| it.order(conversation)).unwrap_or_else(|place| place);
            list.insert(place, Arc::clone(conversation));
            self.by_id.insert(conversation.conversation_id.clone(), Arc::clone(conversation));
        }
    }
}

/// Which conversations of the list are wanted: those for which all of this holds. The default wants all.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConversationFilter {
    /// They are among these; empty for any.
    pub conversation_id_list: Vec<ConversationId>,
    /// They are of this type.
    pub conversation_type: Option<ConversationType>,
    /// They have this mark.
    pub mark_type: Option<u64>,
    /// Something in them is unread.
    pub has_unread_count: bool,
    /// An unread message in them mentions this user.
    pub has_group_at_info: bool,
}

impl ConversationFilter {
    /// Whether a conversation is wanted.
    #[must_use]
    pub fn includes(&self, it: &Conversation) -> bool {
        let Self { conversation_id_list, conversation_type, mark_type, has_unread_count, has_group_at_info } =
            self;
        (conversation_id_list.is_empty() || conversation_id_list.contains(&it.conversation_id))
            && conversation_type.is_none_or(|wanted| wanted == (&it.conversation_id).into())
            && mark_type.is_none_or(|wanted| it.mark_list.contains(&wanted))
            && (!has_unread_count || it.unread_count > 0)
            && (!has_group_at_info || !it.group_at_info_list.is_empty())
    }
}

/// The conversations that a call marks as read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReadAllType {
    /// Those with one other user.
    C2c,
    /// Those of groups.
    Group,
    /// All, system notices too.
    All,
}

impl ReadAllType {
    /// Whether a conversation is one of them.
    #[must_use]
    pub fn includes(self, conversation: &ConversationId) -> bool {
        match self {
            Self::C2c => matches!(conversation, ConversationId::C2c(_)),
            Self::Group => matches!(conversation, ConversationId::Group(_)),
            Self::All => true,
        }
    }
}

/// What a call removes of conversations, for this user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removal {
    /// What was said.
    pub history: bool,
    /// The conversation, from the list.
    pub conversation: bool,
}

/// The result of a call about several conversations.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConversationResults {
    /// The conversations for which it succeeded.
    pub success_conversation_id_list: Vec<ConversationId>,
    /// The conversations for which it failed.
    pub failure_conversation_id_list: Vec<ConversationFailure>,
}

/// A conversation for which a call failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationFailure {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The number of the error.
    pub code: Code,
    /// One line that says what to do.
    pub message: String,
}

impl ConversationFailure {
    /// The failure of a call about a conversation that is not known.
    #[must_use]
    pub fn unknown(conversation_id: ConversationId) -> Self {
        let code = Code::CONVERSATION_NOT_FOUND;
        Self { conversation_id, code, message: code.describe().to_owned() }
    }
}

/// An unread message that mentions this user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupAtInfo {
    /// Its sequence.
    pub sequence: u64,
    /// Who wrote it.
    pub from: UserId,
    /// Whom it mentions.
    pub at_type: AtType,
}

/// Whom a message mentions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AtType {
    /// This user, by name.
    Me,
    /// Everybody in the group.
    All,
    /// Both.
    AllAndMe,
}

impl From<&Mention> for GroupAtInfo {
    fn from(mention: &Mention) -> Self {
        let at_type = match (mention.me, mention.all) {
            (true, true) => AtType::AllAndMe,
            (false, true) => AtType::All,
            (_, false) => AtType::Me,
        };
        Self { sequence: mention.sequence, from: mention.from.clone(), at_type }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use proptest::prelude::*;

    fn conversation(id: &ConversationId, last_time: i64, is_pinned: bool) -> Arc<Conversation> {
        Arc::new(Conversation {
            conversation_id: id.clone(),
            show_name: id.to_string(),
            avatar: String::new(),
            sub_type: None,
            unread_count: 0,
            last_message: None,
            message_for_show: String::new(),
            read_sequence: 0,
            peer_read_sequence: 0,
            group_at_info_list: Vec::new(),
            last_time,
            is_pinned,
            message_remind_type: MessageRemindType::default(),
            mark_list: Vec::new(),
            custom_data: String::new(),
            draft_text: String::new(),
        })
    }

    /// For each of few conversations whether it changes, and to what; few times, so that many are the same.
    fn changes() -> impl Strategy<Value = ConversationChanges> {
        let each = prop::option::of(prop::option::of((0..3_i64, any::<bool>())));
        (prop::collection::vec(each, 4), prop::bool::weighted(0.1)).prop_map(|(each, is_whole)| {
            let ids = ["@TIM#SYSTEM", "C2Cbob", "C2Ccarol", "GROUPtea"].map(|id| id.parse().unwrap());
            let mut changes = ConversationChanges { is_whole, ..ConversationChanges::default() };
            for (id, change) in ids.iter().zip(each) {
                match change {
                    Some(Some((time, pinned))) => changes.conversations.push(conversation(id, time, pinned)),
                    Some(None) => changes.deleted.push(id.clone()),
                    None => {}
                }
            }
            changes
        })
    }

    proptest! {
        #[test]
        fn a_list_has_what_was_told_in_order_however_much_at_once(steps in prop::collection::vec(changes(), 0..12)) {
            let (mut list, mut at_once, mut model) = (ConversationList::default(), ConversationChanges::default(), SortedMap::new());
            for step in steps {
                if step.is_whole {
                    model.clear();
                }
                for id in &step.deleted {
                    model.remove(id);
                }
                model.extend(step.conversations.iter().map(|it| (it.conversation_id.clone(), Arc::clone(it))));
                list.apply(&step);
                at_once.merge(step);
            }
            let mut right: Vec<_> = model.into_values().collect();
            right.sort_by_key(|it| (Reverse(it.order_key()), it.conversation_id.to_string()));
            prop_assert_eq!(list.conversations(), &right);
            let mut merged = ConversationList::default();
            merged.apply(&at_once);
            prop_assert_eq!(merged.conversations(), &right);
        }
    }
}
