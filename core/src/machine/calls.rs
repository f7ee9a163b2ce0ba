//! Pending calls of the app, and the purposes of requests to the server.
//!
//! A call that needs the server stays here until it is answered or times out. A broken connection does not end it,
//! unless its request was sent and must not be repeated.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::value::RawValue;
use tim_protocol::call::{self, Check as _, Kind, Request};
use tim_protocol::profile::Profile;
use tim_protocol::{Code, ConversationId, Fault, MessageId, UserId};

use super::Machine;
use super::io::{Call, CallId, Output, Return};
use super::link::read;
use super::unreadable::Unreadable;
use crate::message::Message;

/// The purpose of a request. Only one request of the same purpose is in flight at a time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Purpose {
    /// The first request of a connection.
    Hello,
    /// The end of the login.
    Logout,
    /// A page of a sync; `first` if it is the sync's first page.
    Sync { first: bool },
    /// Messages that are missing before newer ones.
    Missing(ConversationId),
    /// Older messages that a page of history needs.
    Older(ConversationId, u64),
    /// Mutations that are missing.
    Mutations(ConversationId),
    /// A read mark.
    Read(ConversationId),
    /// A message out of the outbox.
    Send(ConversationId, MessageId),
    /// A call of the app's.
    Call(CallId),
}

/// A call that waits for the server.
pub(super) struct Waiting {
    pub(super) what: Wanted,
    due: i64,
}

/// What it waits for.
pub(super) enum Wanted {
    /// The answer to this request.
    Reply(Request),
    /// Profiles: those of `users` are still to be asked for.
    Profiles { users: Vec<UserId>, found: Vec<Profile> },
    /// A page of history: until its messages are here.
    Page { conversation: ConversationId, before: Option<u64>, count: u32 },
}

/// The calls that wait for the server.
#[derive(Default)]
pub(super) struct Calls {
    waiting: BTreeMap<CallId, Waiting>,
    deadlines: BTreeSet<(i64, CallId)>,
    /// Calls whose requests have not been sent yet.
    to_request: BTreeSet<CallId>,
    pages: BTreeSet<CallId>,
}

impl Calls {
    pub(super) fn insert(&mut self, id: CallId, waiting: Waiting) {
        self.deadlines.insert((waiting.due, id));
        match &waiting.what {
            Wanted::Reply(_) | Wanted::Profiles { .. } => self.to_request.insert(id),
            Wanted::Page { .. } => self.pages.insert(id),
        };
        self.waiting.insert(id, waiting);
    }

    pub(super) fn remove(&mut self, id: CallId) -> Option<Waiting> {
        let waiting = self.waiting.remove(&id)?;
        self.deadlines.remove(&(waiting.due, id));
        self.to_request.remove(&id);
        self.pages.remove(&id);
        Some(waiting)
    }

    pub(super) fn get(&self, id: CallId) -> Option<&Waiting> {
        self.waiting.get(&id)
    }

    /// Those that wait for a page of history.
    pub(super) fn pages(&self) -> Vec<CallId> {
        self.pages.iter().copied().collect()
    }

    /// Marks every call as not requested, for a new connection.
    fn requeue_all(&mut self) {
        self.to_request = self.waiting.keys().filter(|id| !self.pages.contains(id)).copied().collect();
    }
}

impl Machine {
    /// Completes a call with its result.
    pub(super) fn complete_call(&mut self, call: CallId, result: Result<Return, Fault>) {
        self.push_output(Output::Return(call, result));
    }

    /// Handles a call that passed the gate.
    pub(super) fn admitted(&mut self, id: CallId, call: Call) {
        match call {
            Call::Login { .. } | Call::Logout => {}
            Call::ServerTime => {
                let now = self.server_now();
                self.complete_call(id, Ok(Return::Time(now)));
            }
            Call::Send { message, upload } => self.send(id, &message, upload),
            Call::Resend(message) => self.resend(id, message),
            Call::Cancel(message) => self.cancel(id, message),
            Call::SetRead(conversation) => {
                self.set_read(&conversation);
                self.complete_call(id, Ok(Return::Done));
            }
            Call::MessageList { conversation, before, count } => {
                self.wait(id, Wanted::Page { conversation, before, count });
            }
            Call::ConversationList => {
                let list = self.conversation_list();
                self.complete_call(id, Ok(Return::Conversations(list)));
            }
            Call::Blacklist => {
                let users = self.data.blacklist.iter().cloned().collect();
                self.complete_call(id, Ok(Return::Users(users)));
            }
            Call::GroupList => {
                let groups = self.data.groups.values().cloned().collect();
                self.complete_call(id, Ok(Return::Groups(groups)));
            }
            Call::MyProfile => match (&self.data.profile, self.me()) {
                (Some(profile), _) => {
                    let profiles = vec![profile.clone()];
                    self.complete_call(id, Ok(Return::Profiles(profiles)));
                }
                (None, me) => {
                    let users = me.into_iter().collect();
                    self.wait(id, Wanted::Profiles { users, found: Vec::new() });
                }
            },
            Call::Profiles(users) => {
                self.wait(id, Wanted::Profiles { users, found: Vec::new() });
            }
            Call::Ask(request) => self.ask_for(id, *request),
        }
    }

    /// Queues a request of the app, unless its parameters are out of bounds.
    fn ask_for(&mut self, id: CallId, request: Request) {
        let checked = self.me().map_or(Ok(()), |me| request.check(&me));
        match checked {
            Ok(()) => self.wait(id, Wanted::Reply(request)),
            Err(fault) => self.complete_call(id, Err(fault)),
        }
    }

    fn wait(&mut self, id: CallId, what: Wanted) {
        let due = self.now.monotonic + self.config.call_timeout;
        if let Wanted::Page { .. } = what
            && self.serve_page(id, &what)
        {
            return;
        }
        self.calls.insert(id, Waiting { what, due });
    }

    /// Sends the requests that calls wait for.
    pub(super) fn pump_calls(&mut self) {
        for id in std::mem::take(&mut self.calls.to_request) {
            let request = match self.calls.get(id).map(|waiting| &waiting.what) {
                Some(Wanted::Reply(request)) => request.clone(),
                Some(Wanted::Profiles { users, .. }) => {
                    call::GetProfilesRequest { user_id_list: users.clone() }.into()
                }
                Some(Wanted::Page { .. }) | None => continue,
            };
            self.ask(Purpose::Call(id), request);
        }
    }

    /// Handles the reply to a request.
    pub(super) fn answered(&mut self, purpose: Purpose, result: Result<Box<RawValue>, Fault>) {
        match purpose {
            Purpose::Hello => {
                self.calls.requeue_all();
                self.data.outbox.requeue_all();
                self.welcomed(read::<call::HelloRequest>(result));
            }
            Purpose::Logout => self.logged_out(),
            Purpose::Sync { first } => self.synced(first, read::<call::SyncRequest>(result)),
            Purpose::Missing(id) => self.missing_came(&id, read::<call::HistoryRequest>(result)),
            Purpose::Older(id, high) => self.older_came(&id, high, read::<call::HistoryRequest>(result)),
            Purpose::Mutations(id) => self.mutations_came(&id, read::<call::MutationsRequest>(result)),
            Purpose::Read(id) => self.read_confirmed(&id, read::<call::ReadRequest>(result)),
            Purpose::Send(to, id) => self.sent(&to, id, read::<call::SendRequest>(result)),
            Purpose::Call(id) => match self.calls.remove(id) {
                Some(Waiting { what: Wanted::Reply(request), .. }) => {
                    let answer = self.replied(&request, result);
                    self.complete_call(id, answer);
                }
                Some(Waiting { what: Wanted::Profiles { users, found }, due }) => {
                    self.profiles_came(id, due, (users, found), read::<call::GetProfilesRequest>(result));
                }
                Some(Waiting { what: Wanted::Page { .. }, .. }) | None => {}
            },
        }
    }

    /// Handles a page of profiles for a call, and asks for the remaining users if there are any.
    fn profiles_came(
        &mut self,
        id: CallId,
        due: i64,
        (users, mut found): (Vec<UserId>, Vec<Profile>),
        result: Result<call::Profiles, Fault>,
    ) {
        let page = match result {
            Ok(page) => page,
            Err(fault) => return self.complete_call(id, Err(fault)),
        };
        self.count_unreadable(Unreadable::Profile, page.profiles.unreadable);
        found.extend(page.profiles);
        let looked_at =
            page.next.map_or(users.len(), |next| usize::try_from(next).unwrap_or(usize::MAX).max(1));
        let users: Vec<UserId> = users.into_iter().skip(looked_at).collect();
        if users.is_empty() {
            self.complete_call(id, Ok(Return::Profiles(found)));
        } else {
            self.calls.insert(id, Waiting { what: Wanted::Profiles { users, found }, due });
        }
    }

    /// The connection broke while a request was in flight. Calls that may be repeated are requested again; the others
    /// fail, because it is unknown whether they were carried out.
    pub(super) fn unanswered(&mut self, purpose: Purpose) {
        let Purpose::Call(id) = purpose else { return };
        let once = |waiting: &Waiting| matches!(&waiting.what, Wanted::Reply(request) if request.kind() == Kind::Once);
        if self.calls.get(id).is_some_and(once) {
            self.calls.remove(id);
            self.complete_call(id, Err(Fault::new(Code::NETWORK_ERROR)));
        }
    }

    /// Ends every call with a failure.
    pub(super) fn fail_calls(&mut self, fault: &Fault) {
        for id in std::mem::take(&mut self.calls).waiting.into_keys() {
            self.complete_call(id, Err(fault.clone()));
        }
        for id in self.data.outbox.take_callers() {
            self.complete_call(id, Err(fault.clone()));
        }
    }

    pub(super) fn calls_timers(&mut self) {
        let code = if self.link.is_live() { Code::TIMEOUT } else { Code::NETWORK_ERROR };
        let now = self.now.monotonic;
        while let Some((_, id)) = self.calls.deadlines.first().copied().filter(|(due, _)| *due <= now) {
            self.calls.remove(id);
            self.complete_call(id, Err(Fault::new(code)));
        }
    }

    pub(super) fn calls_due(&self) -> Option<i64> {
        self.calls.deadlines.first().map(|(due, _)| *due)
    }

    /// Completes the call of a sent message.
    pub(super) fn complete_message_call(&mut self, call: Option<CallId>, result: Result<Message, Fault>) {
        if let Some(call) = call {
            self.complete_call(call, result.map(|message| Return::Message(Box::new(message))));
        }
    }
}
