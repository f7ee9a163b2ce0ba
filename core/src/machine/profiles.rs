//! Profiles of others: calls for them, and what is heard of them, which concerns friends, conversations and the app.

use tim_protocol::call::{ChangedProfiles, Profiles};
use tim_protocol::profile::Profile;
use tim_protocol::{Fault, UserId};

use super::Machine;
use super::io::{CallId, Return};

impl Machine {
    pub(super) fn my_profile(&mut self, id: CallId) {
        match self.account.profile().cloned() {
            Some(profile) => self.cx.complete(id, Ok(Return::Profiles(vec![profile]))),
            None => self.calls.profiles(&self.cx, id, self.cx.me().into_iter().collect()),
        }
    }

    /// The server has the profiles as they are. Without a connection those are returned that are known here; if there is none, the call
    /// waits.
    pub(super) fn profiles(&mut self, id: CallId, users: Vec<UserId>) {
        if !self.is_live() {
            let known: Vec<Profile> =
                users.iter().filter_map(|user| self.account.person(user).cloned()).collect();
            if !known.is_empty() {
                return self.cx.complete(id, Ok(Return::Profiles(known)));
            }
        }
        self.calls.profiles(&self.cx, id, users);
    }

    /// What the other sides of conversations are called came.
    pub(super) fn peers_came(&mut self, result: Result<Profiles, Fault>) {
        let profiles = self.conversations.peers_came(&mut self.cx, result);
        profiles.into_iter().for_each(|profile| self.heard_of(profile, true));
    }

    /// A page of profiles that changed came.
    pub(super) fn changed_profiles_came(&mut self, result: Result<ChangedProfiles, Fault>) {
        let profiles = self.account.changed_profiles_came(&mut self.cx, result);
        profiles.into_iter().for_each(|profile| self.heard_of(profile, false));
    }

    /// The profile of a user came, because this device asked for it or because it changed.
    pub(super) fn heard_of(&mut self, profile: Profile, is_asked: bool) {
        let known = self.account.person(&profile.user_id);
        let is_older = known.is_some_and(|known| known.last_updated_time > profile.last_updated_time);
        if is_older || self.cx.me().as_ref() == Some(&profile.user_id) {
            return;
        }
        // An answer may have been read before a message that came first; a change is told by a push of its own.
        let is_peer = !is_asked && self.conversations.heard_of(&profile);
        self.account.heard_of(&mut self.cx, profile, is_asked, is_peer);
    }
}
