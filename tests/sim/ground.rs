//! The initial state of a world, and the final state of the server, which is read by a client like any other.

use std::collections::{BTreeMap, BTreeSet};

use tim_protocol::attributes::Attributes;
use tim_protocol::call::{self, Platform};
use tim_protocol::conversation::{BlacklistChange, Change, ConversationState, GroupChange};
use tim_protocol::group::{GroupType, NewGroup};
use tim_protocol::message::Message;
use tim_protocol::{GroupId, UserId};
use tim_server::core::ops::{Login, Query, QueryResult, Write};
use tim_server::core::policy::LoginPolicy;

use crate::history::{Account, Log, LogId, Truth, named};
use crate::server::{APP, KEY};
use crate::world::{World, user};

/// Whether a message is for others.
pub fn is_hidden(message: &Message, name: &UserId) -> bool {
    Attributes::of(message.attributes.as_deref()).hide_from(name, &message.from)
}

impl World {
    /// Makes the users and groups that everything happens between.
    pub fn settle(&mut self) {
        let mut writes = vec![Write::PutApp { app: APP, key: KEY.into() }];
        for name in self.users() {
            writes.push(self.first_login(name));
        }
        self.commit(&writes);
        let groups = [
            ("work", GroupType::Work, vec!["bob", "carol"]),
            ("public", GroupType::Public, vec!["bob"]),
            ("meeting", GroupType::Meeting, vec!["carol"]),
            ("@TGS#_town", GroupType::Community, vec!["bob", "carol"]),
        ];
        for (name, group_type, mut members) in groups {
            if self.faults.is_hostile && name != "meeting" {
                members.push("mallory");
            }
            let group = NewGroup {
                name: name.into(),
                group_type,
                group_id: Some(GroupId::new(name).unwrap()),
                member_list: members.into_iter().map(user).collect(),
                ..NewGroup::default()
            };
            let actor = self.server.actor(&user("alice"));
            let now = self.server_now().wall;
            self.commit(&[Write::request(&actor, call::CreateGroupRequest { group }, now)]);
        }
        self.mark();
    }

    /// A login that makes a user.
    pub fn first_login(&self, user: UserId) -> Write {
        Write::Login(Login {
            app: APP,
            user,
            device: "backend".into(),
            instance: "setup".into(),
            platform: Platform::Web,
            policy: LoginPolicy::PerDevice,
            now: self.server_now().wall,
        })
    }

    /// Reads everything the server has. Alice owns every group, so she sees all of each; and nobody clears a conversation whose
    /// log is read through their eyes: see `is_witness` of the workload.
    pub fn truth(&self) -> Truth {
        let mut truth = Truth::default();
        for name in self.users() {
            let states = self.states(&name);
            for (log, state) in &states {
                if !matches!(log, LogId::Group(_)) || name == user("alice") {
                    truth.logs.entry(log.clone()).or_insert_with(|| self.log(&name, log, state.head));
                }
            }
            let removed = |log: &LogId| (log.clone(), self.removed_by(&name, log));
            let of_members = states.iter().filter(|(_, state)| !state.gone);
            truth.removed.insert(name.clone(), of_members.map(|(log, _)| removed(log)).collect());
            truth.accounts.insert(name.clone(), self.account(&name));
            let seen = states.iter().filter(|(_, state)| !state.gone);
            let seen: Vec<_> = seen.flat_map(|(log, state)| self.seen(&name, log, state)).collect();
            let receipts =
                seen.iter().filter_map(|(place, message)| Some((place.clone(), message.receipts?)));
            truth.receipts.insert(name.clone(), receipts.collect());
            let reacted = seen.into_iter().map(|(place, message)| (place, message.reactions.items));
            let reacted = reacted.filter(|(_, reactions)| !reactions.is_empty());
            truth.reactions.insert(name.clone(), reacted.collect());
            truth.states.insert(name, states);
        }
        for (name, of_user) in &mut truth.removed {
            for (log, removed) in of_user {
                // What is hidden from a user is as if the user had removed it.
                let messages = truth.logs.get(log).map_or(&[][..], |log| &log.messages);
                let hidden = messages.iter().filter(|message| is_hidden(message, name));
                removed.extend(hidden.map(|message| message.sequence));
            }
        }
        truth
    }

    pub fn states(&self, name: &UserId) -> BTreeMap<LogId, ConversationState> {
        let page = self.everything(name);
        page.conversations.into_iter().map(|state| (LogId::of(name, &state.conversation_id), state)).collect()
    }

    fn account(&self, name: &UserId) -> Account {
        let mut account = Account::default();
        for change in self.everything(name).changes {
            match change {
                Change::Group(GroupChange { group: Some(group), .. }) => {
                    account.groups.extend([named(group)]);
                }
                Change::Blacklist(BlacklistChange { user_id, listed: true }) => {
                    _ = account.blacklist.insert(user_id);
                }
                Change::ReceiveOpt(change) => account.receive_opt = change.opt,
                Change::Profile(change) => account.nick = change.profile.fields.nick,
                Change::Group(_)
                | Change::Friend(_)
                | Change::FriendApplication(_)
                | Change::FriendApplicationsRead(_)
                | Change::FriendGroup(_)
                | Change::Blacklist(_)
                | Change::Settings(_)
                | Change::Removed(_)
                | Change::RemovedMessages(_)
                | Change::Other(_) => {}
            }
        }
        account
    }

    fn everything(&self, name: &UserId) -> call::SyncPage {
        let actor = self.server.actor(name);
        let QueryResult::Version(upto) = self.server.query(&Query::Version { key: actor.key }) else {
            panic!()
        };
        let sync = call::SyncRequest { from: Default::default(), before: None, limit: 200, latest: 0 };
        self.server.query(&Query::Sync { actor, sync, upto }).reply::<call::SyncRequest>().unwrap()
    }

    /// The messages that a user sees, as that user sees them.
    fn seen(&self, reader: &UserId, log: &LogId, state: &ConversationState) -> Vec<((LogId, u64), Message)> {
        let (actor, id) = (self.server.actor(reader), log.seen_by(reader));
        let (low, mut high, mut found) = (state.first_visible_seq.max(1), state.head, Vec::new());
        while high >= low {
            let history = call::HistoryRequest { conversation_id: id.clone(), low, high, limit: 100 };
            let page = self.server.query(&Query::request(&actor, history));
            let page = page.reply::<call::HistoryRequest>().unwrap();
            found.extend(page.messages.into_iter().map(|it| ((log.clone(), it.sequence), it)));
            high = page.low - 1;
        }
        found
    }

    fn removed_by(&self, name: &UserId, log: &LogId) -> BTreeSet<u64> {
        let (actor, conversation_id) = (self.server.actor(name), log.seen_by(name));
        let (mut removed, mut after) = (BTreeSet::new(), 0);
        loop {
            let asked = call::RemovalsRequest { conversation_id: conversation_id.clone(), after };
            let found = self.server.query(&Query::request(&actor, asked));
            let page = found.reply::<call::RemovalsRequest>().unwrap();
            removed.extend(page.ranges.into_iter().flat_map(|(low, high)| low..=high));
            after = page.up_to;
            if !page.more {
                return removed;
            }
        }
    }

    fn log(&self, reader: &UserId, log: &LogId, head: u64) -> Log {
        let (actor, id) = (self.server.actor(reader), log.seen_by(reader));
        let mut read = Log::default();
        let mut high = head;
        while high > 0 {
            let history = call::HistoryRequest { conversation_id: id.clone(), low: 1, high, limit: 100 };
            let found = self.server.query(&Query::request(&actor, history));
            let page = found.reply::<call::HistoryRequest>().unwrap();
            read.messages.splice(0..0, page.messages);
            high = page.low - 1;
        }
        loop {
            let after = read.mutations.last().map_or(0, |mutation| mutation.mutation_seq);
            let mutations = call::MutationsRequest { conversation_id: id.clone(), after };
            let found = self.server.query(&Query::request(&actor, mutations));
            let page = found.reply::<call::MutationsRequest>().unwrap();
            read.mutations.extend(page.mutations);
            if !page.more {
                return read;
            }
        }
    }
}
