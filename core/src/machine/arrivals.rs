//! What arrives, handed to the part that it concerns: calls of the app, frames, replies, pushes, and ended uploads.

use serde_json::value::RawValue;
use tim_protocol::call::{
    self, Check as _, GroupsReply, Kind, MessagesReply, MessagesRequest, Reply, Request,
};
use tim_protocol::frame::{FromServer, Pong, Push};
use tim_protocol::media::Uploaded;
use tim_protocol::{Code, ConversationId, Fault, MessageId, codec, limits};

use super::account::Membership;
use super::calls::Replied;
use super::connection::Numbered;
use super::conversations::Shown;
use super::history::Wanted;
use super::io::{Call, CallId, Output, PageStart, Return};
use super::pending::Pending;
use super::purpose::Purpose;
use super::reply::read;
use super::unreadable::Unreadable;
use super::{Machine, sync};
use crate::event::Event;
use crate::message::Message;
use crate::stored::Query;

/// Whether the engine itself makes this call, to transfer a file. Internal calls raise no error event.
fn transfers_a_file(call: &Call) -> bool {
    let Call::Ask(request) = call else { return false };
    matches!(**request, Request::Media(_))
}

impl Machine {
    pub(super) fn call(&mut self, id: CallId, call: Call) {
        match call {
            Call::Login { user, user_sig } => self.log_in(id, user, user_sig),
            Call::Logout => self.log_out(id),
            Call::Pause => self.pause(id),
            Call::Resume => self.link.resume(&mut self.cx, id, Return::Done),
            call => match self.refusal().or_else(|| self.refusal_of_guest(&call)) {
                None => self.admitted(id, call),
                Some(code) => {
                    if !transfers_a_file(&call) {
                        self.cx.emit_fault(Fault::new(code));
                    }
                    self.cx.complete(id, Err(Fault::new(code)));
                }
            },
        }
    }

    /// Handles a call that passed the gate.
    fn admitted(&mut self, id: CallId, call: Call) {
        let Self { cx, account, rooms, outbox, .. } = self;
        let done = match call {
            Call::Login { .. } | Call::Logout | Call::Pause | Call::Resume => return,
            Call::Send { message, upload } => return outbox.send(cx, id, &message, upload),
            Call::Resend(message) => return outbox.resend(cx, id, message),
            Call::Cancel(message) => return outbox.cancel(cx, id, message),
            Call::Insert(message, sender) => {
                let inserted = outbox.insert(cx, &message, sender);
                return cx.complete(id, inserted.map(|message| Return::Message(Box::new(message))));
            }
            Call::SetLocal(message, change) => return cx.output(Output::KeepLocal(id, message, change)),
            // Nothing keeps what was said there.
            Call::MessageList { conversation, .. } | Call::MessageListHopping { conversation, .. }
                if rooms.has(&conversation) =>
            {
                let query = Query { conversation, low: 1, high: 0, own_only: false };
                let pending = Pending { is_first: true, ..Pending::default() };
                return cx.output(Output::ReturnPage { call: id, query, completed: true, pending });
            }
            Call::MessageList { conversation, before, count } => {
                let start = PageStart::Before(before);
                return self.page(id, Wanted { conversation, start, count, shows_outbox: true });
            }
            Call::MessageListHopping { conversation, start, count } => {
                return self.page(id, Wanted { conversation, start, count, shows_outbox: false });
            }
            Call::FindMessages(ids) => {
                let waiting = ids.iter().filter_map(|id| outbox.shown(*id)).collect();
                return cx.output(Output::ReturnMessages { call: id, ids, waiting });
            }
            Call::Search(search, found) => return cx.output(Output::ReturnFound(id, search, found)),
            Call::Profiles(users) => return self.profiles(id, users),
            Call::Ask(request) => return self.ask(id, *request),
            Call::MyProfile => return self.my_profile(id),
            Call::SetRead(conversation) => {
                self.conversations.set_read(&conversation);
                Return::Done
            }
            Call::SetAllRead(which) => {
                self.conversations.set_all_read(which);
                Return::Done
            }
            Call::SetConversations { conversations, change } => {
                match self.conversations.set(account, conversations, &change) {
                    Ok(results) => Return::ConversationResults(results),
                    Err(fault) => return self.cx.complete(id, Err(fault)),
                }
            }
            Call::RemoveConversations(conversations, removal) => {
                match self.conversations.remove((cx, account, outbox), conversations, removal) {
                    Ok(results) => Return::ConversationResults(results),
                    Err(fault) => return self.cx.complete(id, Err(fault)),
                }
            }
            Call::RemoveMessages(messages) => {
                let removed = self.conversations.remove_messages((cx, outbox), &messages);
                return self.cx.complete(id, removed.map(|()| Return::Done));
            }
            Call::SetDraft(conversation, text) => {
                let kept = self.conversations.set_draft(cx, &conversation, text);
                return self.cx.complete(id, kept.map(|()| Return::Done));
            }
            Call::ConversationList => {
                let shown = cx.me().map(|me| Shown { me, outbox, account });
                Return::Conversations(shown.map(|it| self.conversations.list(&it)).unwrap_or_default())
            }
            Call::UnreadByFilter(filter) => {
                let shown = cx.me().map(|me| Shown { me, outbox, account });
                Return::Count(shown.map_or(0, |it| self.conversations.unread_by(&it, &filter)))
            }
            Call::SubscribeUnread(filter) => {
                let shown = cx.me().map(|me| Shown { me, outbox, account });
                let count = shown.map_or(Ok(0), |it| self.conversations.subscribe(&it, filter));
                return self.cx.complete(id, count.map(Return::Count).map_err(Fault::new));
            }
            Call::UnsubscribeUnread(filter) => {
                self.conversations.unsubscribe(&filter);
                Return::Done
            }
            Call::ReceiveOpt => Return::ReceiveOpt(account.receive_opt()),
            Call::Blacklist => Return::Users(account.blacklist()),
            Call::FriendList => Return::Friends(account.friends()),
            Call::FriendApplications => Return::FriendApplications(account.friend_applications()),
            Call::FriendGroups => Return::FriendGroups(account.friend_groups()),
            Call::GroupList => Return::Groups(account.groups()),
            Call::Room(group) => match rooms.group(&group) {
                Ok(room) => Return::Groups(room.cloned().into_iter().collect()),
                Err(fault) => return cx.complete(id, Err(fault)),
            },
            call @ (Call::Invitation(_) | Call::MaySignal(_) | Call::Signal(..) | Call::Signalled(_)) => {
                return self.signaling_call(id, call);
            }
            Call::ServerTime => Return::Time(cx.server_now()),
        };
        self.cx.complete(id, Ok(done));
    }

    /// Queues a request of the app, unless its parameters are out of bounds.
    fn ask(&mut self, id: CallId, request: Request) {
        match self.cx.me().map_or(Ok(()), |me| request.check(&me)) {
            // It would come late.
            Ok(()) if request.kind() == Kind::Relay && !self.is_live() => {
                self.cx.complete(id, Err(Fault::new(Code::NETWORK_ERROR)));
            }
            Ok(()) => self.calls.ask(&self.cx, id, request),
            Err(fault) => self.cx.complete(id, Err(fault)),
        }
    }

    fn page(&mut self, id: CallId, wanted: Wanted) {
        let (cx, pages, sources) = self.pages();
        pages.get(cx, &sources, id, wanted);
    }

    pub(super) fn frame(&mut self, text: &str) {
        if self.connection.is_none() {
            return;
        }
        let Ok(envelopes) = codec::split(text, limits::SERVER_FRAME_BYTES) else {
            return self.broken_frame();
        };
        for envelope in envelopes {
            let arrived = FromServer::read(envelope);
            if !matches!(arrived, Ok(FromServer::Push(_, Push::Message(_)))) {
                self.advance_pushed();
            }
            match arrived {
                Ok(FromServer::Reply(number, result)) => self.reply(number, result),
                Ok(FromServer::Push(number, push)) => self.push(number, push),
                Ok(FromServer::Pong(pong)) => self.pong(&pong),
                Ok(FromServer::Unknown) => self.cx.count_unreadable(Unreadable::Envelope, 1),
                Err(_) => self.broken_frame(),
            }
            if self.connection.is_none() {
                break;
            }
        }
        self.advance_pushed();
    }

    /// Messages that were pushed one after the other are stored and emitted together, before what follows them in their
    /// frame: other pushes, and replies.
    fn advance_pushed(&mut self) {
        let (conversations, mut around) = self.inbox();
        conversations.advance_pushed(&mut around);
    }

    /// An unreadable frame may have contained pushes, so the session cannot be resumed.
    fn broken_frame(&mut self) {
        self.cx.count_unreadable(Unreadable::Frame, 1);
        self.break_session();
    }

    fn pong(&mut self, pong: &Pong) {
        if let Some(connection) = &mut self.connection {
            connection.ponged(pong.number);
        }
        self.server_time(pong.now);
        if let Some(cursor) = pong.cursor {
            self.sync.newest_cursor(cursor);
        }
    }

    /// Applies a push once: a repetition is ignored, and a missing number breaks the session.
    fn push(&mut self, number: Option<u64>, push: Push) {
        match self.connection.as_mut().map(|connection| connection.numbered(self.cx.now(), number)) {
            Some(Numbered::Next) => self.pushed(push),
            Some(Numbered::Repeated) | None => {}
            Some(Numbered::Gap) => {
                self.advance_pushed();
                self.break_session();
            }
        }
    }

    fn pushed(&mut self, push: Push) {
        if let Push::Message(message) | Push::Online(message) = &push {
            self.rooms.heard(message);
        }
        let (conversations, mut around) = self.inbox();
        match push {
            Push::Message(message) => conversations.pushed(&mut around, message),
            Push::Room(said) => {
                around.cx.count_unreadable(Unreadable::Message, said.messages.unreadable);
                self.rooms.said(&mut self.cx, said.messages.items);
            }
            Push::Online(message) => {
                if let Some(me) = around.cx.me() {
                    around.cx.received(Message::online_only(&me, &message));
                    around.signaling.hear(around.cx, &message, false, true);
                }
            }
            Push::Mutation(mutation) => conversations.mutated(&mut around, mutation),
            Push::Receipt(receipt) => conversations.receipt(around.cx, &receipt),
            Push::Receipts(receipts) => conversations.receipts_pushed(around.cx, receipts),
            Push::Statuses(updates) => self.statuses.came(&mut self.cx, updates.statuses),
            Push::Change(change) => self.changed(change),
            Push::Profile(change) => self.heard_of(change.profile, false),
            Push::Attributes(change) => around.cx.emit(Event::GroupAttributesUpdated(change.into())),
            Push::Lag => {
                self.conversations.ask_receipts_again();
                self.account.doubt_profiles();
                self.sync.request();
            }
            Push::Kicked(kicked) => self.kicked(kicked.reason),
            Push::Unknown => around.cx.count_unreadable(Unreadable::Push, 1),
        }
    }

    /// Applies a change of the user's own data.
    fn changed(&mut self, change: tim_protocol::conversation::Change) {
        use tim_protocol::conversation::Change::{Removed, RemovedMessages, Settings};
        match change {
            Settings(it) => self.conversations.settings_came(&mut self.cx, it.conversations),
            Removed(it) => {
                let (conversations, mut around) = self.inbox();
                conversations.removed_elsewhere(&mut around, it.conversations);
            }
            RemovedMessages(it) => self.conversations.messages_removed(&mut self.cx, it),
            change => {
                let membership = self.account.apply(&mut self.cx, change);
                self.membership(membership);
            }
        }
    }

    fn membership(&mut self, membership: Option<Membership>) {
        if let Some(membership) = membership {
            let (conversations, mut around) = self.inbox();
            conversations.membership(&mut around, membership);
        }
    }

    /// Hands a reply to the part that asked.
    fn reply(&mut self, number: u64, result: Result<Box<RawValue>, Fault>) {
        let Some(connection) = &mut self.connection else { return };
        let Some(purpose) = connection.replied(&mut self.cx, number, &result) else { return };
        match purpose {
            Purpose::Hello => self.welcomed(read::<call::HelloRequest>(result)),
            Purpose::Logout => self.logged_out(),
            Purpose::Sync { first } => self.synced(first, read::<call::SyncRequest>(result)),
            Purpose::Send(to, id) => self.sent(&to, id, read::<call::SendRequest>(result)),
            Purpose::Call(id) => self.call_answered(id, result),
            Purpose::Older(id, high) => {
                let Self { cx, pages, conversations, .. } = self;
                pages.older_came(cx, conversations, (&id, high), read::<call::HistoryRequest>(result));
            }
            Purpose::Missing(id) => {
                let (conversations, mut around) = self.inbox();
                conversations.missing_came(&mut around, &id, read::<call::HistoryRequest>(result));
            }
            Purpose::Mutations(id) => {
                let result = read::<call::MutationsRequest>(result);
                let (conversations, mut around) = self.inbox();
                conversations.mutations_came(&mut around, &id, result);
            }
            Purpose::Settings => {
                let result = read::<call::SetConversationsRequest>(result);
                self.conversations.settings_answered(&mut self.cx, result);
            }
            Purpose::Removals => {
                let result = read::<call::RemoveConversationsRequest>(result);
                let (conversations, mut around) = self.inbox();
                conversations.removals_answered(&mut around, result);
            }
            Purpose::Remove(id) => {
                let result = read::<call::RemoveMessagesRequest>(result);
                self.conversations.remove_answered(&mut self.cx, &id, result);
            }
            Purpose::Removed(id) => {
                let result = read::<call::RemovalsRequest>(result);
                self.conversations.removals_came(&mut self.cx, &id, result);
            }
            Purpose::Peers => self.peers_came(read::<call::GetProfilesRequest>(result)),
            Purpose::ChangedProfiles => {
                self.changed_profiles_came(read::<call::ChangedProfilesRequest>(result));
            }
            Purpose::Group(id) => {
                self.account.group_came(&mut self.cx, &id, read::<call::GetGroupRequest>(result));
            }
            Purpose::EnterRoom(id) => {
                let result = read::<call::JoinGroupRequest>(result);
                self.rooms.entered_again(&mut self.cx, &id, result);
            }
            Purpose::LeaveRoom(id) => {
                self.rooms.left(&self.cx, &id, &read::<call::QuitGroupRequest>(result));
            }
            Purpose::Receipts(id) => {
                let result = read::<call::ReceiptsRequest>(result);
                self.conversations.receipts_came(&mut self.cx, &id, result);
            }
            Purpose::Subscribe(users) => {
                self.statuses.renewed(&self.cx, &users, read::<call::SubscribeStatusesRequest>(result));
            }
            Purpose::OwnStatus => {
                self.statuses.own_came(&mut self.cx, read::<call::GetStatusesRequest>(result));
            }
            Purpose::Read(id) => {
                self.conversations.read_confirmed(&self.cx, &id, read::<call::ReadRequest>(result));
            }
        }
    }

    /// The reply to a send: the outbox stores and reports what was accepted, and its conversation moves on.
    fn sent(&mut self, to: &ConversationId, id: MessageId, result: Result<call::Sent, Fault>) {
        let marks = self.conversations.marks(to);
        if let Some(message) = self.outbox.answered(&mut self.cx, (to, id), result, marks) {
            let (conversations, mut around) = self.inbox();
            conversations.acknowledged(&mut around, message);
        }
    }

    /// The reply to a request of the app: stores and emits what the reply changes on this device.
    fn call_answered(&mut self, id: CallId, result: Result<Box<RawValue>, Fault>) {
        let (request, reply) = match self.calls.replied(&mut self.cx, id, result) {
            Some(Replied::Reply(replied)) => *replied,
            Some(Replied::Profiles(profiles)) => {
                return profiles.into_iter().for_each(|profile| self.heard_of(profile, true));
            }
            None => return,
        };
        let (conversations, mut around) = self.inbox();
        match &reply {
            Reply::Messages(MessagesReply::Receipts(page)) => {
                conversations.asked_for(around.cx, &request, page)
            }
            Reply::Messages(
                MessagesReply::Revoke(mutation)
                | MessagesReply::React(call::Newest { mutation: Some(mutation) }),
            )
            | Reply::Groups(GroupsReply::PinMessage(call::Newest { mutation: Some(mutation) })) => {
                conversations.own_mutation(&mut around, mutation);
            }
            Reply::Messages(MessagesReply::Modify(modified)) if modified.applied => {
                conversations.own_mutation(&mut around, &modified.mutation);
            }
            Reply::Messages(MessagesReply::Modify(modified)) => {
                conversations.lost_to(&mut around, modified.mutation.clone());
                return self.cx.complete(id, Err(Fault::new(Code::MODIFY_CONFLICT)));
            }
            _ => {}
        }
        if let (Request::Messages(MessagesRequest::Read(read)), Reply::Messages(MessagesReply::Read(upto))) =
            (&request, &reply)
            && conversations.read_up_to(&read.conversation_id, upto)
        {
            self.sync.request();
        }
        if let (Request::Status(request), Reply::Status(reply)) = (&request, &reply) {
            self.statuses.replied(&mut self.cx, request, reply);
        }
        if !self.rooms.replied(&request, &reply) {
            let membership = self.account.replied(&mut self.cx, &request, &reply);
            self.membership(membership);
        }
        self.cx.complete(id, Ok(Return::Reply(Box::new(reply))));
    }

    /// Applies a page of a sync.
    fn synced(&mut self, first: bool, result: Result<call::SyncPage, Fault>) {
        match self.sync.came(&mut self.cx, first, result, self.login.welcomed_at()) {
            sync::Synced::Later => {}
            sync::Synced::Reconnect { retry_after } => {
                self.hang_up();
                self.link.forget_session();
                self.link.pause(&mut self.cx, retry_after);
            }
            sync::Synced::Reset => self.reset_and_resync(),
            sync::Synced::Page { page, is_initial_sync } => {
                // Groups before conversations, so that a conversation's group type is known.
                for change in page.changes {
                    self.changed(change);
                }
                let (conversations, mut around) = self.inbox();
                for state in page.conversations {
                    conversations.apply_state(&mut around, state, is_initial_sync);
                }
                if first {
                    if let Some(connection) = &mut self.connection {
                        connection.mark_useful();
                    }
                    self.ready();
                }
            }
        }
    }

    /// An upload has ended. If the network failed it, the connection is probed, because it may be broken too.
    pub(super) fn upload_ended(&mut self, id: MessageId, result: Result<Uploaded, Fault>) {
        // A ticket that the gate refused says nothing about the file.
        let starts_anew = result.as_ref().is_err_and(|fault| {
            self.refusal() == Some(fault.code) || (!self.may_upload() && fault.code.is_retryable())
        });
        if result.as_ref().is_err_and(|fault| fault.code == Code::NETWORK_ERROR) {
            self.probe();
        }
        self.outbox.upload_ended(&mut self.cx, id, result, starts_anew);
    }
}
