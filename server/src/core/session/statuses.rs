//! Who is online: questions, what the user says, and whom the session watches.
//!
//! A resumed session watches nobody: its client subscribes anew.

use std::sync::Arc;

use tim_protocol::call::{Done, StatusFailure, StatusRequest, Statuses, Subscribed};
use tim_protocol::frame::{self, Push};
use tim_protocol::status::{StatusUpdates, UserStatus};
use tim_protocol::{Code, List, UserId};

use super::answer;
use super::state::{Effect, Phase, Purpose, Session, StatusEffect};
use crate::core::ops::{Actor, Query, StoredStatus};

/// Users that were looked for; `None` for those who do not exist.
type Found = Vec<(UserId, Option<StoredStatus>)>;

fn failures(found: &Found) -> List<StatusFailure> {
    let unknown = found.iter().filter(|(_, stored)| stored.is_none());
    let failure = |user: &UserId| StatusFailure { user_id: user.clone(), code: Code::UNKNOWN_USER };
    unknown.map(|(user, _)| failure(user)).collect::<Vec<_>>().into()
}

impl Session {
    pub(super) fn statuses(
        &mut self,
        number: u64,
        actor: Actor,
        request: StatusRequest,
        effects: &mut Vec<Effect>,
    ) {
        match request {
            StatusRequest::Set(set) => {
                effects.push(answer::result(number, &Done {}));
                effects.push(StatusEffect::Say(set.custom_status.into()).into());
            }
            StatusRequest::Get(get) => {
                let users = get.user_id_list;
                let query = Query::Statuses { actor, users: users.clone() };
                self.query(query, Purpose::FindStatuses(number, users), effects);
            }
            StatusRequest::Subscribe(subscribe) => {
                let users = subscribe.user_id_list;
                let query = Query::Statuses { actor, users: users.clone() };
                self.query(query, Purpose::Watch(number, users), effects);
            }
            StatusRequest::Unsubscribe(unsubscribe) => {
                let Phase::Live(live) = &mut self.phase else { return };
                let gone = live.watching.remove(unsubscribe.user_id_list.as_deref());
                effects.push(StatusEffect::Unwatch(gone).into());
                effects.push(answer::result(number, &Done {}));
            }
        }
    }

    /// Users were found in the store: asks the bus who of them is online.
    pub(super) fn statuses_found(
        &mut self,
        number: u64,
        users: Vec<UserId>,
        stored: Vec<Option<StoredStatus>>,
        effects: &mut Vec<Effect>,
    ) {
        let keys = stored.iter().flatten().map(|stored| stored.key).collect();
        let found = users.into_iter().zip(stored).collect();
        let token = self.token(Purpose::Online(number, found));
        effects.push(StatusEffect::Ask(token, keys).into());
    }

    /// The bus knows what those say of themselves who are online.
    pub(super) fn online_found(
        &self,
        number: u64,
        found: Found,
        online: Vec<Option<Arc<str>>>,
        effects: &mut Vec<Effect>,
    ) {
        let failures = failures(&found);
        let known = found.into_iter().filter_map(|(user, stored)| Some((user, stored?)));
        let seen = known.zip(online).map(|((user, stored), online)| stored.seen(user, online.as_deref()));
        let statuses = seen.collect::<Vec<_>>().into();
        effects.push(answer::result(number, &Statuses { statuses, failures }));
    }

    /// Users were found in the store: watches them. What they are told follows the reply.
    pub(super) fn watch(
        &mut self,
        number: u64,
        users: Vec<UserId>,
        stored: Vec<Option<StoredStatus>>,
        effects: &mut Vec<Effect>,
    ) {
        let Phase::Live(live) = &mut self.phase else { return };
        let found: Found = users.into_iter().zip(stored).collect();
        effects.push(answer::result(number, &Subscribed { failures: failures(&found) }));
        let known: Vec<_> =
            found.into_iter().filter_map(|(user, stored)| Some((stored?.key, user))).collect();
        let gone: Vec<_> =
            known.iter().filter_map(|(user, name)| live.watching.add(*user, name.clone())).collect();
        // Those who gave way may be named again, and are watched then.
        if !gone.is_empty() {
            effects.push(StatusEffect::Unwatch(gone).into());
        }
        effects.push(StatusEffect::Watch(known).into());
    }
}

/// A push of statuses, which has no number: a client subscribes anew after a break.
pub(super) fn push(statuses: Vec<UserStatus>) -> Option<Effect> {
    let push = Push::Statuses(StatusUpdates { statuses: statuses.into() });
    push.write().ok().map(|encoded| Effect::Send(frame::envelope_push(None, &encoded)))
}
