//! The writes and queries that the tests of a store use, of a few named people.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use serde_json::value::RawValue;
use tim_protocol::body::{Body, TextBody};
use tim_protocol::call::{
    self, HistoryPage, HistoryRequest, MessagesReply, MessagesRequest, Platform, Reply, Request, Sent,
    SyncPage,
};
use tim_protocol::conversation::{Change, ConversationState, Cursor};
use tim_protocol::frame::Push;
use tim_protocol::group::{GroupType, JoinOption, NewGroup};
use tim_protocol::profile::ProfileFields;
use tim_protocol::receive::AllReceiveMessageOpt;
use tim_protocol::settings::{MessageRemindType, SettingsChange};
use tim_protocol::{Code, ConversationId, GroupId, MessageId, UserId};

use crate::core::ops::{
    Actor, Committed, Login, Notification, NotificationContent, Query, Refusal, Write, WriteReply,
};
use crate::core::policy::LoginPolicy;
use crate::store::{Listener, Store};

/// The application everybody here belongs to.
pub(super) const APP: u32 = 1;
/// When everything here happens, in milliseconds since 1970.
pub(super) const NOW: i64 = 1_767_225_600_000;

/// A listener that nobody asks.
#[must_use]
pub fn deaf() -> Listener {
    Box::new(|_| {})
}

/// A listener, and what it hears.
#[must_use]
pub fn hearing() -> (Listener, Receiver<Notification>) {
    let (heard, notifications) = channel();
    // A store that outlives its test has nobody to tell.
    (
        Box::new(move |commit| commit.into_iter().for_each(|notification| drop(heard.send(notification)))),
        notifications,
    )
}

/// The notifications of everything that an actor wrote: that of a new nick follows them.
pub(super) async fn told(
    store: &impl Store,
    actor: &Actor,
    notifications: &Receiver<Notification>,
) -> Vec<Notification> {
    store.write(nick(actor, "the last")).await.unwrap();
    let is_nick = |notification: &Notification| {
        matches!(notification.content, NotificationContent::Push(Push::Change(Change::Profile(_))))
    };
    let is_profile =
        |notification: &Notification| matches!(notification.content, NotificationContent::Profile(_));
    let next = || notifications.recv_timeout(Duration::from_secs(60)).expect("every commit is told");
    let nicks_apart = std::iter::repeat_with(next).filter(|notification| !is_profile(notification));
    nicks_apart.take_while(|notification| !is_nick(notification)).collect()
}

/// A user's name.
#[must_use]
pub fn user(name: &str) -> UserId {
    UserId::new(name).unwrap()
}

/// Logs a user in on their phone.
pub async fn login(store: &impl Store, name: &str) -> Actor {
    logged_in(name, store.write(logging_in(name)).await)
}

/// The write that logs a user in on a phone.
#[must_use]
pub fn logging_in(name: &str) -> Write {
    Write::Login(Login {
        app: APP,
        user: user(name),
        device: format!("{name}-phone"),
        instance: format!("{name}-1"),
        platform: Platform::Android,
        policy: LoginPolicy::PerPlatform,
        now: NOW,
    })
}

/// A logged-in user.
pub fn logged_in(name: &str, result: Result<Committed, Refusal>) -> Actor {
    match result.unwrap().answer {
        WriteReply::LoggedIn { key, .. } => Actor { app: APP, user: user(name), key, session: None },
        other => panic!("a login answered {other:?}"),
    }
}

/// A text message, told from others by its number, for a conversation as the sender names it.
#[must_use]
pub fn message(from: &Actor, to: &str, number: u64) -> Write {
    Write::request(from, text_to(to, number), NOW)
}

/// The same as an online-only message.
#[must_use]
pub fn online(from: &Actor, to: &str) -> Query {
    Query::request(from, call::SendOnlineRequest(text_to(to, 1)))
}

fn text_to(to: &str, number: u64) -> call::SendRequest {
    let mut random = [0; 10];
    random[2..].copy_from_slice(&number.to_be_bytes());
    let body = format!(r#"{{"type":"TIMTextElem","payload":{{"text":"message {number}"}}}}"#);
    call::SendRequest {
        id: MessageId::from_parts(NOW, random),
        to: to.parse().unwrap(),
        client_time: NOW,
        priority: Default::default(),
        excluded_from_unread_count: false,
        attributes: None,
        body: RawValue::from_string(body).unwrap(),
    }
}

/// The same with attributes, as JSON.
#[must_use]
pub fn message_with(from: &Actor, to: &str, number: u64, attributes: &str) -> Write {
    let mut write = message(from, to, number);
    if let Write::Request(asked) = &mut write
        && let Request::Messages(MessagesRequest::Send(send)) = &mut asked.request
    {
        send.attributes = Some(RawValue::from_string(attributes.to_owned()).unwrap().into());
    }
    write
}

/// A text message to a group that only these members see.
#[must_use]
pub fn targeted(from: &Actor, to: &str, number: u64, receivers: &[&str]) -> Write {
    let attributes = serde_json::json!({ "receiverList": receivers }).to_string();
    let attributes = Some(RawValue::from_string(attributes).unwrap().into());
    let send = call::SendRequest { attributes, ..text_to(to, number) };
    Write::request(from, call::SendTargetedRequest(send), NOW)
}

/// Puts users on the actor's blacklist, or takes them off.
#[must_use]
pub fn blacklist(actor: &Actor, names: &[&str], listed: bool) -> Write {
    let user_id_list = names.iter().map(|name| user(name)).collect();
    Write::request(actor, call::UpdateBlacklistRequest { user_id_list, listed }, NOW)
}

/// Asks for no notifications for so many seconds.
#[must_use]
pub fn receive_opt(actor: &Actor, duration: u32) -> Write {
    let message_remind_type = MessageRemindType::AcceptNotNotify;
    let start_timestamp = Some(NOW);
    let opt = AllReceiveMessageOpt { message_remind_type, start_time: None, start_timestamp, duration };
    Write::request(actor, call::SetReceiveOptRequest { opt }, NOW)
}

/// Pins a conversation, or unpins it.
pub(super) fn pin(actor: &Actor, conversation: &str, is_pinned: bool) -> Write {
    let change = SettingsChange { is_pinned: Some(is_pinned), ..SettingsChange::default() };
    let conversation_id_list = vec![conversation.parse().unwrap()];
    Write::request(actor, call::SetConversationsRequest { conversation_id_list, change }, NOW)
}

/// Removes what was said before a sequence, and the conversation from the list below a head.
pub(super) fn remove(
    actor: &Actor,
    conversation: &str,
    (first_visible_seq, hidden_below): (u64, u64),
) -> Write {
    let conversation_id = conversation.parse().unwrap();
    let conversations = vec![call::ConversationRemoval { conversation_id, first_visible_seq, hidden_below }];
    Write::request(actor, call::RemoveConversationsRequest { conversations }, NOW)
}

/// Removes messages.
#[must_use]
pub fn remove_messages(actor: &Actor, conversation: &str, ranges: &[(u64, u64)]) -> Write {
    let conversation_id = conversation.parse().unwrap();
    Write::request(actor, call::RemoveMessagesRequest { conversation_id, ranges: ranges.to_vec() }, NOW)
}

/// The state of a conversation that a user has with another.
pub(super) async fn state(store: &impl Store, actor: &Actor, conversation: &str) -> ConversationState {
    let id: ConversationId = conversation.parse().unwrap();
    let page = sync(store, actor, Cursor::default()).await;
    page.conversations.into_iter().find(|state| state.conversation_id == id).unwrap()
}

pub(super) fn nick(actor: &Actor, nick: &str) -> Write {
    let fields = ProfileFields { nick: Some(nick.to_owned()), ..ProfileFields::default() };
    Write::request(actor, call::UpdateProfileRequest { fields }, NOW)
}

/// Modifies a message of this version.
#[must_use]
pub fn modify(actor: &Actor, conversation: &str, sequence: u64, version: u64, text: &str) -> Write {
    let conversation_id = conversation.parse().unwrap();
    let body = Some(Body::Text(TextBody { text: text.to_owned() }).write().unwrap());
    let request = call::ModifyRequest {
        conversation_id,
        sequence,
        version,
        body,
        elements: None,
        cloud_custom_data: None,
    };
    Write::request(actor, request, NOW)
}

/// Gives a message a reaction, or takes it back.
#[must_use]
pub fn react(actor: &Actor, conversation: &str, sequence: u64, id: &str, is_set: bool) -> Write {
    let (conversation_id, reaction_id) = (conversation.parse().unwrap(), id.to_owned());
    Write::request(actor, call::ReactRequest { conversation_id, sequence, reaction_id, is_set }, NOW)
}

/// Pins a message in a group, or removes the pin.
#[must_use]
pub fn pin_message(actor: &Actor, group: &str, sequence: u64, is_pinned: bool) -> Write {
    let group_id = GroupId::new(group).unwrap();
    Write::request(actor, call::PinMessageRequest { group_id, sequence, is_pinned }, NOW)
}

/// Confirms that the actor read messages.
#[must_use]
pub fn read_receipt(actor: &Actor, conversation: &str, sequences: &[u64]) -> Write {
    let conversation_id = conversation.parse().unwrap();
    Write::request(actor, call::ReceiptRequest { conversation_id, sequences: sequences.to_vec() }, NOW)
}

/// Revokes a message.
#[must_use]
pub fn revoke(actor: &Actor, conversation: &str, sequence: u64) -> Write {
    let conversation_id = conversation.parse().unwrap();
    Write::request(actor, call::RevokeRequest { conversation_id, sequence, reason: String::new() }, NOW)
}

/// Makes a work group.
#[must_use]
pub fn group(owner: &Actor, name: &str, members: &[&str]) -> Write {
    group_of(GroupType::Work, owner, name, members)
}

/// Makes a public group that anybody may join, who does not see what was sent before.
#[must_use]
pub fn open_group(owner: &Actor, name: &str, members: &[&str]) -> Write {
    let group =
        NewGroup { join_option: Some(JoinOption::FreeAccess), ..new_group(GroupType::Public, name, members) };
    Write::request(owner, call::CreateGroupRequest { group }, NOW)
}

/// Joins a group.
#[must_use]
pub fn join(user: &Actor, name: &str) -> Write {
    let group_id = GroupId::new(name).unwrap();
    Write::request(user, call::JoinGroupRequest { group_id, apply_message: String::new() }, NOW)
}

/// Makes a group of this type.
pub(super) fn group_of(group_type: GroupType, owner: &Actor, name: &str, members: &[&str]) -> Write {
    Write::request(owner, call::CreateGroupRequest { group: new_group(group_type, name, members) }, NOW)
}

fn new_group(group_type: GroupType, name: &str, members: &[&str]) -> NewGroup {
    NewGroup {
        name: name.to_owned(),
        group_type,
        group_id: Some(GroupId::new(name).unwrap()),
        member_list: members.iter().map(|name| user(name)).collect(),
        ..NewGroup::default()
    }
}

/// Leaves a group.
pub(super) fn quit(member: &Actor, name: &str) -> Write {
    Write::request(member, call::QuitGroupRequest { group_id: GroupId::new(name).unwrap() }, NOW)
}

/// Dismisses a group.
pub(super) fn dismiss(owner: &Actor, name: &str) -> Write {
    Write::request(owner, call::DismissGroupRequest { group_id: GroupId::new(name).unwrap() }, NOW)
}

/// The result of a send.
pub fn sent(result: Result<Committed, Refusal>) -> Sent {
    match result.unwrap().answer {
        WriteReply::Reply(Reply::Messages(MessagesReply::Send(sent))) => sent,
        other => panic!("a send answered {other:?}"),
    }
}

pub(super) fn refused(result: Result<Committed, Refusal>) -> Code {
    result.map(|written| written.answer).unwrap_err().code
}

/// All a user sees of a conversation.
pub async fn history(store: &impl Store, actor: &Actor, conversation: &str) -> HistoryPage {
    let conversation_id: ConversationId = conversation.parse().unwrap();
    let history = HistoryRequest { conversation_id, low: 1, high: u64::MAX, limit: 10_000 };
    let found = store.query(Query::request(actor, history)).await.unwrap();
    found.reply::<HistoryRequest>().expect("history was not answered")
}

/// Advances the watermark of a user, and returns it.
pub async fn advance_watermark(store: &impl Store, actor: &Actor) -> Cursor {
    match store.write(Write::AdvanceWatermark { actor: actor.clone() }).await.unwrap().answer {
        WriteReply::Watermark(cursor) => cursor,
        other => panic!("a give answered {other:?}"),
    }
}

/// The changes of a user after `from`.
pub async fn sync(store: &impl Store, actor: &Actor, from: Cursor) -> SyncPage {
    let upto = advance_watermark(store, actor).await;
    sync_up_to(store, actor, from, upto).await
}

/// The changes of a user after `from`, up to a watermark.
pub async fn sync_up_to(store: &impl Store, actor: &Actor, from: Cursor, upto: Cursor) -> SyncPage {
    let sync = call::SyncRequest { from, before: None, limit: 200, latest: 20 };
    let found = store.query(Query::Sync { actor: actor.clone(), sync, upto }).await.unwrap();
    found.reply::<call::SyncRequest>().expect("a sync was not answered")
}

/// Syncs until `wanted` is there: marks may come a moment after the commit.
pub(super) async fn sync_until(
    store: &impl Store,
    actor: &Actor,
    from: Cursor,
    wanted: impl Fn(&SyncPage) -> bool,
) {
    let search = async {
        while !wanted(&sync(store, actor, from).await) {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), search).await.expect("a change was never marked");
}

/// The head of a conversation on a page.
pub(super) fn head(page: &SyncPage, conversation: &str) -> Option<u64> {
    let id: ConversationId = conversation.parse().unwrap();
    page.conversations.iter().find(|state| state.conversation_id == id).map(|state| state.head)
}

pub(super) fn sequences(page: &HistoryPage) -> Vec<u64> {
    page.messages.iter().map(|message| message.sequence).collect()
}

/// Like [`history`], for conversations that do not fit one page.
pub(super) async fn history_in_pages(store: &impl Store, actor: &Actor, conversation: &str) -> HistoryPage {
    let mut whole = history(store, actor, conversation).await;
    while whole.low > whole.first_visible_seq.max(1) {
        let conversation_id: ConversationId = conversation.parse().unwrap();
        let history = HistoryRequest { conversation_id, low: 1, high: whole.low - 1, limit: 10_000 };
        let found = store.query(Query::request(actor, history)).await.unwrap();
        let mut page = found.reply::<HistoryRequest>().expect("history was not answered");
        page.messages.append(&mut whole.messages);
        whole = HistoryPage { high: whole.high, ..page };
    }
    whole
}
