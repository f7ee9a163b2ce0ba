//! The app on a device: its calls, its events, and its record of both.

use tim::conversation::{Conversation, MessageRemindType};
use tim::event::Event as Heard;
use tim::machine::io::{Call, CallId, Input, MessageEvent, Query, Return};
use tim::message::{
    AT_ALL, Body, FaceBody, Flow, Message, Payload, Priority, ReadMarks, SendStatus, TextBody, receiver,
};
use tim::store::{OutboxState, Ranges, StoredConversation};
use tim_protocol::Fault;
use tim_protocol::{Code, ConversationId, MessageId, UserId};

use crate::device::{DeviceId, Event};
use crate::history::{Account, LogId, Sending, Told, named};
use crate::world::{Break, World};

/// The kind of a call.
#[derive(Debug, Clone)]
pub enum Asked {
    Login,
    Send(usize),
    /// A page; in the end nothing excuses a failure.
    Page(ConversationId, bool),
    List,
    Other,
}

impl World {
    pub fn log_in(&mut self, id: DeviceId) {
        let device = &mut self.devices[id];
        if device.up && !device.is_logging_in && !device.ready {
            device.is_logging_in = true;
            device.logins += 1;
            let call = Call::Login { user: device.user.clone(), user_sig: device.user_sig.clone() };
            self.call(id, Asked::Login, call);
        }
    }

    /// The app calls.
    pub fn call(&mut self, id: DeviceId, asked: Asked, call: Call) {
        let device = &mut self.devices[id];
        if !device.up {
            return;
        }
        device.next_call += 1;
        let number = CallId(device.next_call);
        let is_send = matches!(asked, Asked::Send(_));
        device.calls.insert(number, asked);
        if self.is_broken(Break::SwapsSends) && is_send {
            if self.devices[id].held.is_none() && self.chance(50) {
                self.devices[id].held = Some((number, call));
                return;
            }
            self.feed(id, Input::Call(number, call));
            if let Some((number, call)) = self.devices[id].held.take() {
                self.feed(id, Input::Call(number, call));
            }
            return;
        }
        self.feed(id, Input::Call(number, call));
    }

    /// The app sends a text.
    pub fn send_text(&mut self, id: DeviceId, to: ConversationId) {
        if !self.devices[id].up {
            return;
        }
        let random: [u8; 10] = self.rng.u128(..).to_be_bytes()[..10].try_into().unwrap();
        let excluded = self.chance(5);
        let called = self.history.tick();
        let number = self.history.sends.len();
        let wall = self.device_now(id).wall;
        let me = self.devices[id].user.clone();
        let text = format!("words {number}");
        let receiver_list = self.receivers(&to, [random[5], random[6]]);
        let is_to_all = receiver_list.is_empty();
        let mut at_user_list = self.mentioned(&to, u16::from_be_bytes([random[2], random[3]]));
        at_user_list.retain(|_| is_to_all);
        let face = FaceBody { index: 1, data: String::new() };
        let message = Message {
            id: MessageId::from_parts(wall, random),
            conversation_id: to.clone(),
            from: me.clone(),
            to: receiver(&me, &to),
            flow: Flow::Out,
            sequence: 0,
            time: wall,
            client_time: wall,
            status: SendStatus::UnSend,
            error_code: None,
            priority: Priority::Normal,
            nick: String::new(),
            avatar: String::new(),
            name_card: String::new(),
            is_revoked: false,
            revoke_reason: String::new(),
            is_modified: false,
            version: 0,
            is_pinned: false,
            pin_operator: None,
            reaction_list: Vec::new(),
            need_read_receipt: is_to_all && random[4].is_multiple_of(3),
            read_receipt_info: None,
            revoker: None,
            is_read: false,
            is_peer_read: false,
            local_path: None,
            local_snapshot_path: None,
            local_custom_data: String::new(),
            local_custom_int: 0,
            is_excluded_from_unread_count: excluded,
            is_excluded_from_last_message: random[0].is_multiple_of(6),
            is_online_only: false,
            cloud_custom_data: if random[1].is_multiple_of(4) {
                format!("data {number}")
            } else {
                String::new()
            },
            at_user_list,
            receiver_list,
            payload: Payload::Body(Body::Text(TextBody { text: text.clone() })),
            elements: vec![Payload::Body(Body::Face(face)); usize::from(random[7] % 3)],
        };
        self.history.sends.push(Sending {
            device: id,
            log: LogId::of(&me, &to),
            id: message.id,
            text,
            called,
            acked: None,
            failed: false,
            resent: false,
        });
        self.call(id, Asked::Send(number), Call::Send { message: Box::new(message), upload: None });
    }

    /// The receivers of a message that is for some members of a group, drawn with its identity; none if it is for all. Alice is
    /// always among them, who reads the truth.
    fn receivers(&self, to: &ConversationId, [is_targeted, drawn]: [u8; 2]) -> Vec<UserId> {
        if !matches!(to, ConversationId::Group(_)) || !is_targeted.is_multiple_of(5) {
            return Vec::new();
        }
        let is_named =
            |(number, name): &(usize, UserId)| name.as_str() == "alice" || drawn >> number & 1 == 0;
        self.users().into_iter().enumerate().filter(is_named).map(|(_, name)| name).collect()
    }

    /// Whom a message to a group mentions, drawn with its identity.
    fn mentioned(&self, to: &ConversationId, drawn: u16) -> Vec<UserId> {
        let everybody = [UserId::new(AT_ALL).unwrap()];
        let names = self.users().into_iter().chain(everybody).enumerate();
        let is_named = |(number, _): &(usize, UserId)| drawn >> (2 * number) & 3 == 0;
        let is_group = matches!(to, ConversationId::Group(_));
        names.filter(|name| is_group && is_named(name)).map(|(_, name)| name).collect()
    }

    pub fn note_told(&mut self, id: DeviceId, messages: &[Message]) {
        let (commits, born) = (self.devices[id].disk.len(), self.history.devices[id].born);
        let me = &self.devices[id].user;
        let told = messages.iter().map(|message| Told {
            log: LogId::of(me, &message.conversation_id),
            sequence: message.sequence,
            id: message.id,
            commits,
            born,
        });
        self.history.devices[id].told.extend(told);
    }

    pub fn told(&mut self, id: DeviceId, event: Heard) {
        match event {
            Heard::SdkReady => self.devices[id].ready = true,
            Heard::SdkNotReady | Heard::KickedOut(_) => {
                // Whatever the reason, its user logs in again after a while.
                self.devices[id].ready = false;
                let delay = self.rng.i64(100..10_000);
                self.device_after(id, delay, Event::LogIn);
            }
            Heard::MessageReceived(messages) => {
                if self.is_broken(Break::TellsNot) && self.chance(20) {
                    return;
                }
                self.note_told(id, &messages);
                let heard =
                    messages.iter().map(|message| (message.conversation_id.clone(), message.sequence));
                // Sometimes at once, sometimes later than what was heard is stored by then.
                let delay = self.now % 7 * 300;
                self.device_after(id, delay, Event::Heard(heard.collect()));
                if self.is_broken(Break::TellsTwice) && self.chance(10) {
                    self.note_told(id, &messages);
                }
            }
            Heard::TotalUnreadMessageCountUpdated(count) => self.devices[id].total_unread = count,
            Heard::ConversationChanged(changes) => self.devices[id].list.apply(&changes),
            Heard::ConversationListUpdated(list) => {
                if self.devices[id].list.conversations() != list.as_slice() {
                    let name = &self.devices[id].name;
                    self.history
                        .violated("I8", format!("{name} was not told of all that changed in the list"));
                }
                let total: u64 = list.iter().filter(|it| is_in_total(it)).map(|it| it.unread_count).sum();
                let told = self.devices[id].total_unread;
                if told != total {
                    let what = format!("{}: {told} told in all, and {total} listed", self.devices[id].name);
                    self.history.violated("I8", what);
                }
                for conversation in list.iter() {
                    let before = self.history.devices[id]
                        .read
                        .insert(conversation.conversation_id.clone(), conversation.read_sequence);
                    let is_less = before.is_some_and(|before| before > conversation.read_sequence);
                    if is_less && !self.history.is_restored {
                        let what =
                            format!("{} unread {}", self.devices[id].name, conversation.conversation_id);
                        self.history.violated("I8", what);
                    }
                }
            }
            Heard::Error { code: Code::UNREADABLE, .. } if !self.is_broken(Break::HidesUnreadable) => {
                self.devices[id].tells += 1;
            }
            _ => {}
        }
    }

    pub fn told_of(&mut self, id: DeviceId, query: &Query, kind: MessageEvent) -> Result<(), Fault> {
        if kind == MessageEvent::Received && self.is_broken(Break::TellsNotAgain) {
            return Ok(());
        }
        if kind == MessageEvent::Received {
            let me = &self.devices[id].user;
            let seen =
                |message: &_| Message::from_wire(me, message, SendStatus::Success, ReadMarks::default());
            let messages = self.devices[id].store.messages(me, query)?.iter().map(seen).collect();
            self.told(id, Heard::MessageReceived(messages));
            return Ok(());
        }
        let name = self.devices[id].name;
        for message in self.devices[id].store.messages(&self.devices[id].user, query)? {
            if kind == MessageEvent::Revoked && message.revoked.is_none() {
                let what = format!("{name}: {} {} is told as revoked", query.conversation, message.sequence);
                self.history.violated("I3", what);
            }
        }
        Ok(())
    }

    pub fn returned(&mut self, id: DeviceId, call: CallId, result: Result<Return, Fault>) {
        let name = self.devices[id].name;
        let asked = self.devices[id].calls.remove(&call);
        let asked = asked.unwrap_or_else(|| panic!("{name}: a call is answered that nobody made"));
        match (asked, result) {
            (Asked::Login, result) => {
                self.devices[id].is_logging_in = false;
                if result.is_err() {
                    let delay = self.rng.i64(100..10_000);
                    self.device_after(id, delay, Event::LogIn);
                }
            }
            (Asked::Send(number), Ok(Return::Message(message))) => {
                let acked = if self.is_broken(Break::AcksEarly) {
                    self.history.sends[number].called
                } else {
                    self.history.tick()
                };
                self.history.sends[number].acked = Some((acked, message.sequence));
            }
            (Asked::Send(number), Err(_)) => self.history.sends[number].failed = true,
            (Asked::List, Ok(Return::Conversations(list))) => {
                let last = self.history.devices[id].last.get_or_insert_default();
                last.list = list.iter().map(|conversation| (**conversation).clone()).collect();
            }
            (Asked::Page(conversation, true), Err(fault)) if fault.code != Code::GROUP_PERMISSION_DENIED => {
                self.history.violated("I3", format!("{name} cannot read {conversation}: {fault}"));
            }
            _ => {}
        }
    }

    pub fn answered(
        &mut self,
        id: DeviceId,
        call: CallId,
        query: &Query,
        completed: bool,
    ) -> Result<(), Fault> {
        let name = self.devices[id].name;
        let asked = self.devices[id].calls.remove(&call);
        assert!(asked.is_some(), "{name}: a page answers a call that nobody made");
        let messages = self.devices[id].store.messages(&self.devices[id].user, query)?;
        let removed = self.removed(id, &query.conversation)?;
        let is_removed = |place: &u64| removed.iter().any(|(low, high)| (low..=high).contains(&place));
        let expected = (query.low..=query.high).filter(|place| !is_removed(place)).count();
        if messages.len() != expected {
            let what = format!("{name}: {} of {expected} messages of {}", messages.len(), query.conversation);
            self.history.violated("I3", what);
        }
        if messages.is_empty() && !completed {
            let what = format!("{name}: a page of {} has nothing and is not the last", query.conversation);
            self.history.violated("I3", what);
        }
        Ok(())
    }

    /// The messages that a device's user removed of a conversation, as far as the device knows.
    fn removed(&self, id: DeviceId, conversation: &ConversationId) -> Result<Ranges, Fault> {
        let all = self.devices[id].store.snapshot()?.conversations;
        let found = all.into_iter().find(|it| it.row.id == *conversation);
        Ok(found.map(|it| it.removed).unwrap_or_default())
    }

    /// Writes down how a device ended.
    pub fn take_stock(&mut self, id: DeviceId) {
        let device = &self.devices[id];
        let snapshot = device.store.snapshot().unwrap();
        let last = self.history.devices[id].last.get_or_insert_default();
        last.ready = device.ready;
        last.account = Account {
            groups: snapshot.groups.into_iter().map(named).collect(),
            blacklist: snapshot.blacklist.into_iter().collect(),
            nick: snapshot.profile.and_then(|profile| profile.fields.nick),
            receive_opt: snapshot.receive_opt.opt,
        };
        for row in snapshot.outbox {
            let rows = if row.state == OutboxState::Waiting { &mut last.waiting } else { &mut last.failed };
            rows.insert(row.message.id);
        }
        for StoredConversation { row, ranges, removed, .. } in snapshot.conversations {
            let log = LogId::of(&device.user, &row.id);
            if row.unsent_settings.is_some() {
                last.unsent_settings.insert(row.id.clone());
            }
            if row.floor_pending > 0 || row.hidden_pending > 0 || !row.unsent_removed.is_empty() {
                last.unsent_removals.insert(row.id.clone());
            }
            let first = row.first_visible_seq;
            let before = Query { conversation: row.id.clone(), low: 0, high: first - 1, own_only: false };
            let left = device.store.messages(&device.user, &before).unwrap().len();
            last.floors.insert(log.clone(), (first, left));
            let mut stored = Vec::new();
            for (low, high) in &ranges {
                let query = Query { conversation: row.id.clone(), low: *low, high: *high, own_only: false };
                stored.extend(device.store.messages(&device.user, &query).unwrap());
            }
            last.removed.insert(log.clone(), removed.iter().flat_map(|(low, high)| *low..=*high).collect());
            last.ranges.insert(log.clone(), ranges);
            last.stored.insert(log, stored);
        }
    }
}

/// Whether the unread messages of a conversation are in the total.
fn is_in_total(conversation: &Conversation) -> bool {
    conversation.message_remind_type == MessageRemindType::AcceptAndNotify
        && conversation.conversation_id != ConversationId::System
}
