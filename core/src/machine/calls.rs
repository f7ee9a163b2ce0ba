//! Calls of the app that need the server.
//!
//! Such a call stays here until it is answered or times out. A broken connection does not end it, unless its request was
//! sent and must not be repeated.

use crate::sorted_set::SortedSet;
use serde_json::value::RawValue;
use tim_protocol::call::{GetProfilesRequest, Kind, Profiles, Reply, Request};
use tim_protocol::profile::Profile;
use tim_protocol::{Code, Fault, UserId};

use super::context::Context;
use super::io::{CallId, Return};
use super::purpose::Purpose;
use super::reply::{read, read_any};
use super::unreadable::Unreadable;
use super::waiting::Waiting;

/// The calls that wait for the server.
#[derive(Default)]
pub(super) struct Calls {
    waiting: Waiting<Wanted>,
    /// Calls whose requests have not been sent yet.
    to_request: SortedSet<CallId>,
}

/// What a reply brought that may change something on this device.
pub(super) enum Replied {
    /// The call is still to be completed.
    Reply(Box<(Request, Reply)>),
    /// Profiles.
    Profiles(Vec<Profile>),
}

/// What a call waits for.
enum Wanted {
    /// The answer to this request.
    Reply(Box<Request>),
    /// Profiles: those of `users` are still to be asked for.
    Profiles { users: Vec<UserId>, found: Vec<Profile> },
}

impl Calls {
    /// A call waits for the reply to a request.
    pub(super) fn ask(&mut self, cx: &Context, call: CallId, request: Request) {
        self.wait(call, Wanted::Reply(Box::new(request)), cx.now() + cx.config().call_timeout);
    }

    /// A call waits for profiles.
    pub(super) fn profiles(&mut self, cx: &Context, call: CallId, users: Vec<UserId>) {
        let wanted = Wanted::Profiles { users, found: Vec::new() };
        self.wait(call, wanted, cx.now() + cx.config().call_timeout);
    }

    fn wait(&mut self, call: CallId, wanted: Wanted, due: i64) {
        self.to_request.insert(call);
        self.waiting.insert(call, wanted, due);
    }

    fn take(&mut self, call: CallId) -> Option<(Wanted, i64)> {
        self.to_request.remove(&call);
        self.waiting.remove(call)
    }

    /// Marks every call as not requested, for a new connection.
    pub(super) fn requeue_all(&mut self) {
        self.to_request = self.waiting.iter().map(|(call, _)| call).collect();
    }

    /// Sends the requests that calls wait for.
    pub(super) fn pump(&mut self, cx: &mut Context) {
        for call in std::mem::take(&mut self.to_request) {
            let request = match self.waiting.get(call) {
                Some(Wanted::Reply(request)) => (**request).clone(),
                Some(Wanted::Profiles { users, .. }) => {
                    GetProfilesRequest { user_id_list: users.clone() }.into()
                }
                None => continue,
            };
            cx.ask(Purpose::Call(call), request);
        }
    }

    /// Handles the reply to a call's request, and returns what may change something on this device.
    pub(super) fn replied(
        &mut self,
        cx: &mut Context,
        call: CallId,
        result: Result<Box<RawValue>, Fault>,
    ) -> Option<Replied> {
        match self.take(call)? {
            (Wanted::Reply(request), _) => match read_any(&request, result) {
                Ok(reply) => return Some(Replied::Reply(Box::new((*request, reply)))),
                Err(fault) => cx.complete(call, Err(fault)),
            },
            (Wanted::Profiles { users, found }, due) => match read::<GetProfilesRequest>(result) {
                Ok(page) => {
                    let heard = Replied::Profiles(page.profiles.items.clone());
                    self.profiles_came(cx, (call, due), (users, found), page);
                    return Some(heard);
                }
                Err(fault) => cx.complete(call, Err(fault)),
            },
        }
        None
    }

    /// Handles a page of profiles for a call, and asks for the remaining users if there are any.
    fn profiles_came(
        &mut self,
        cx: &mut Context,
        (call, due): (CallId, i64),
        (users, mut found): (Vec<UserId>, Vec<Profile>),
        page: Profiles,
    ) {
        cx.count_unreadable(Unreadable::Profile, page.profiles.unreadable);
        found.extend(page.profiles);
        let looked_at =
            page.next.map_or(users.len(), |next| usize::try_from(next).unwrap_or(usize::MAX).max(1));
        let users: Vec<UserId> = users.into_iter().skip(looked_at).collect();
        if users.is_empty() {
            cx.complete(call, Ok(Return::Profiles(found)));
        } else {
            self.wait(call, Wanted::Profiles { users, found }, due);
        }
    }

    /// The connection broke while requests were in flight. Calls that may be repeated are requested again; the others
    /// fail, because it is unknown whether they were carried out.
    pub(super) fn unanswered(&mut self, cx: &mut Context, purposes: Vec<Purpose>) {
        let in_flight: SortedSet<CallId> = purposes.iter().filter_map(Purpose::call).collect();
        let fails = |(call, wanted): (CallId, &Wanted)| {
            let Wanted::Reply(request) = wanted else { return None };
            let fails = match request.kind() {
                Kind::Once => in_flight.contains(&call),
                // It would come late, whether it was sent or not.
                Kind::Relay => true,
                _ => false,
            };
            fails.then_some(call)
        };
        for call in self.waiting.iter().filter_map(fails).collect::<Vec<_>>() {
            self.take(call);
            cx.complete(call, Err(Fault::new(Code::NETWORK_ERROR)));
        }
    }

    /// Ends every call with a failure.
    pub(super) fn fail_all(&mut self, cx: &mut Context, fault: &Fault) {
        self.to_request.clear();
        for call in self.waiting.drain() {
            cx.complete(call, Err(fault.clone()));
        }
    }

    /// Fails the calls whose deadline has passed.
    pub(super) fn timers(&mut self, cx: &mut Context, code: Code) {
        while let Some(call) = self.waiting.expired(cx.now()) {
            self.to_request.remove(&call);
            cx.complete(call, Err(Fault::new(code)));
        }
    }

    /// When a call expires.
    pub(super) fn due(&self) -> Option<i64> {
        self.waiting.due()
    }
}
