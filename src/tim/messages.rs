//! Messages: send, cancel, list. `changes.rs` has the changes of those that were sent.

use tim_protocol::{Code, ConversationId, MessageId};

use super::{Tim, unexpected};
use crate::driver::CallResult;
use crate::error::TimError;
use crate::machine::io::{Call, Return};
use crate::message::{Message, SendOptions};

/// Most messages of one page.
const MAX_LISTED: u32 = 100;

/// A page of a conversation's messages.
#[derive(Debug, Clone, PartialEq)]
pub struct MessageList {
    /// The messages, oldest first.
    pub message_list: Vec<Message>,
    /// What to pass for the page before this one, as it is. `None` if there is nothing before it.
    pub next_req_message_id: Option<String>,
    /// There is nothing before this page.
    pub is_completed: bool,
}

impl Tim {
    /// Sends a message that was created here. It is in the outbox on stable storage before the first attempt, and
    /// attempts go on across breaks and restarts until the server has it or refuses it. Messages to one conversation
    /// leave in the order of these calls; a file that is still being uploaded lets later messages pass.
    ///
    /// Returns the message with its sequence, once it is on the server's stable storage.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::MESSAGE_INVALID`] for a message of another user's, one
    /// that has its place, or one that waits to be sent already (the same one again once the server has it is answered with
    /// its place), [`Code::OUTBOX_FULL`]. The server's refusals: [`Code::UNKNOWN_USER`],
    /// [`Code::BLACKLISTED`], [`Code::GROUP_NOT_FOUND`], [`Code::GROUP_PERMISSION_DENIED`]; for files
    /// [`Code::FILE_UNREADABLE`], [`Code::FILE_TOO_LARGE`], [`Code::AUDIO_TOO_LARGE`], [`Code::VIDEO_TOO_LARGE`],
    /// [`Code::IMAGE_TOO_LARGE`], [`Code::IMAGE_TYPE_INVALID`], [`Code::IMAGE_DIMENSIONS`],
    /// [`Code::IMAGE_DAMAGED`], [`Code::IMAGE_NEEDS_MEMORY`], [`Code::UPLOAD_FAILED`], [`Code::MERGER_INVALID`] for a merger that names more
    /// than 1,000 files, and 130119 beyond the user's share of a
    /// day.
    /// After a refusal [`Tim::resend_message`] tries again; of those that were refused the newest 1,000 are kept.
    /// [`Code::CANCELLED`] if [`Tim::cancel_message`] took it back, or if the login ended first: then the message stays in
    /// the outbox and is sent after the next login.
    pub async fn send_message(&self, message: Message) -> Result<Message, TimError> {
        self.send_message_with(message, SendOptions::default()).await
    }

    /// Sends a message as [`Tim::send_message`] does, with options.
    ///
    /// With [`SendOptions::online_user_only`] it goes to those who are connected now, and to this user's other devices: for
    /// what is outdated soon, as that somebody is typing. Nothing stores it: no list, search or unread count has it, the
    /// last message of its conversation stays, and it cannot be changed, revoked or deleted. The outbox does not hold it:
    /// it waits for no other message, and is not sent again. A receiver who is behind may not get it.
    ///
    /// A message to a live room ([`GroupType::AvChatRoom`](tim_protocol::group::GroupType::AvChatRoom)) that this device is in is sent in
    /// this way too. A room passes on 40 messages a second, those of high priority first.
    ///
    /// # Errors
    /// As [`Tim::send_message`]. Of an online-only message also [`Code::NETWORK_ERROR`], at once without a connection,
    /// or [`Code::TIMEOUT`], [`Code::ROOM_BUSY`] in a live room in which more is said,
    /// [`Code::ROOM_NOT_JOINED`], and [`Code::BAD_REQUEST`] if its files are not uploaded yet, it asks for a read receipt, or it has receivers of its own. A forwarded file stays on the server as long as
    /// another message names it.
    pub async fn send_message_with(
        &self,
        message: Message,
        options: SendOptions,
    ) -> Result<Message, TimError> {
        let message = Message {
            is_excluded_from_unread_count: message.is_excluded_from_unread_count
                | options.excluded_from_unread_count,
            is_excluded_from_last_message: message.is_excluded_from_last_message
                | options.excluded_from_last_message,
            ..message
        };
        if options.online_user_only || self.is_in_room(&message.conversation_id).await? {
            return self.send_online(message).await;
        }
        self.inner.shared.sending(message.id);
        self.message(Call::Send { message: Box::new(message), upload: None }).await
    }

    /// Sends a message that was refused again, under the same identity; of one that waits, its end is awaited. The message's
    /// ID is enough, also after a restart of the app: [`Tim::get_message_list`] shows what waits and what was refused.
    ///
    /// # Errors
    /// Those of [`Tim::send_message`]; [`Code::MESSAGE_INVALID`] for a message that is not in the outbox, or whose end is
    /// awaited already. A file that was refused for what it is ([`Code::IMAGE_TYPE_INVALID`], [`Code::IMAGE_TOO_LARGE`],
    /// [`Code::FILE_TOO_LARGE`], [`Code::AUDIO_TOO_LARGE`], [`Code::VIDEO_TOO_LARGE`],
    /// [`Code::IMAGE_DIMENSIONS`], [`Code::IMAGE_DAMAGED`], [`Code::IMAGE_NEEDS_MEMORY`], [`Code::FILE_EMPTY`], [`Code::MERGER_INVALID`]) is refused again with the same code, at once.
    pub async fn resend_message(&self, message: impl Into<MessageId>) -> Result<Message, TimError> {
        self.message(Call::Resend(message.into())).await
    }

    /// Cancels a message that has not been sent: one that waits for an attempt (its upload ends), or one that was
    /// refused. Its [`Tim::send_message`] fails with [`Code::CANCELLED`]. A cancelled image cannot be sent any more;
    /// create it again. The message's ID is enough, also after a restart.
    ///
    /// If an attempt was interrupted, the server may have the message although this device does not know it: then it
    /// arrives with the next sync, like one sent from another device.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::MESSAGE_ON_ITS_WAY`] while the server's answer is awaited:
    /// [`Tim::revoke_message`] takes it back once it has arrived. [`Code::NOTHING_TO_CANCEL`] if it has arrived, was taken
    /// back already, or never was sent.
    pub async fn cancel_message(&self, message: impl Into<MessageId>) -> Result<(), TimError> {
        self.done(Call::Cancel(message.into())).await
    }

    /// A page of a conversation's messages: the newest, or those before the page that gave `next_req_message_id`. `count` is
    /// cut to 1 to 100. Messages that are not on this device are fetched from the server first; offline, only stored messages are
    /// returned.
    ///
    /// The page shows the outbox too, besides the `count` messages that have a place: on the newest page, behind all others,
    /// what waits ([`crate::message::SendStatus::UnSend`]) in the order in which it will be sent; on each page what was refused
    /// ([`crate::message::SendStatus::Fail`], with [`Message::error_code`]), by the time it was sent, and what the app inserted
    /// ([`Tim::insert_message_to_local_storage`]), by the time of that. Each of these is on one page
    /// only: with the newest message that is not younger than it, or on the last page if there is none. A message that gets
    /// its place between two pages may be in both, under the same ID.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`Code::BAD_REQUEST`] for a `next_req_message_id` that no page gave,
    /// [`Code::NETWORK_ERROR`] or [`Code::TIMEOUT`] if older messages cannot be asked for.
    pub async fn get_message_list(
        &self,
        conversation: &ConversationId,
        next_req_message_id: Option<&str>,
        count: u32,
    ) -> Result<MessageList, TimError> {
        let (before, count) = (place(next_req_message_id)?, count.clamp(1, MAX_LISTED));
        let call = Call::MessageList { conversation: conversation.clone(), before, count };
        let CallResult::Page { messages, completed } = self.inner.commands.call(call).await? else {
            return Err(unexpected());
        };
        let oldest = messages.iter().map(|message| message.sequence).find(|sequence| *sequence > 0);
        Ok(MessageList {
            next_req_message_id: oldest.filter(|_| !completed).map(|sequence| sequence.to_string()),
            message_list: messages,
            is_completed: completed,
        })
    }

    pub(super) async fn message(&self, call: Call) -> Result<Message, TimError> {
        match self.call(call).await? {
            Return::Message(message) => Ok(*message),
            _ => Err(unexpected()),
        }
    }
}

/// The sequence that a page's [`MessageList::next_req_message_id`] stands for; an empty one is none.
fn place(next_req_message_id: Option<&str>) -> Result<Option<u64>, TimError> {
    let given = next_req_message_id.filter(|given| !given.is_empty());
    given.map(|given| given.parse().map_err(|_| no_page_gave())).transpose()
}

fn no_page_gave() -> TimError {
    let message =
        "nextReqMessageID is none that getMessageList gave: pass it as it was, or leave it out".to_owned();
    TimError { code: Code::BAD_REQUEST, message }
}
