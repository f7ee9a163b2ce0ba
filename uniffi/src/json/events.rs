//! Events as JSON. Says nothing else than the other face's events, but holds one conversation of a list at a time instead
//! of thousands.

use std::sync::Arc;

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};
use tim::conversation::Conversation;
use tim::event::Event;

use crate::event::TimEvent;
use crate::types;

/// An event, converted while it is written.
pub struct EventJson<'a>(pub &'a Event);

impl Serialize for EventJson<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Event::ConversationListUpdated(list) = self.0 else {
            return TimEvent::from(self.0).serialize(serializer);
        };
        let mut event = serializer.serialize_struct("TimEvent", 2)?;
        event.serialize_field("name", "onConversationListUpdated")?;
        event.serialize_field("data", &List(list))?;
        event.end()
    }
}

struct List<'a>(&'a [Arc<Conversation>]);

impl Serialize for List<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|it| types::Conversation::from(&**it)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tim::conversation::MessageRemindType;

    #[test]
    fn events_are_written_as_the_other_face_has_them() {
        let conversation = |user: &str| {
            Arc::new(Conversation {
                conversation_id: format!("C2C{user}").parse().unwrap(),
                show_name: user.to_owned(),
                avatar: String::new(),
                sub_type: None,
                unread_count: 2,
                last_message: None,
                message_for_show: String::new(),
                read_sequence: 3,
                group_at_info_list: Vec::new(),
                peer_read_sequence: 4,
                last_time: 5_000,
                is_pinned: true,
                message_remind_type: MessageRemindType::Discard,
                mark_list: vec![1, 1 << 63],
                custom_data: "data".to_owned(),
                draft_text: String::new(),
            })
        };
        let list = Arc::new(vec![conversation("bob"), conversation("carol")]);
        for event in [Event::ConversationListUpdated(list), Event::SdkReady] {
            let expected = serde_json::to_string(&TimEvent::from(&event)).unwrap();
            assert_eq!(serde_json::to_string(&EventJson(&event)).unwrap(), expected);
        }
    }
}
