//! What each request of a user comes to: the list of the verbs that the store decides on.
//!
//! Queries are answered by readers, which cannot write; [`tim_protocol::call::Kind`] says which those are.

use tim_protocol::Code;
use tim_protocol::call::{GroupIs, Reply, Request};

use super::database::{Database, Outcome, quiet};
use crate::core::ops::{UserRequest, Written};

impl Database {
    pub(super) fn request(&self, asked: &UserRequest) -> Outcome<Written> {
        let UserRequest { actor, request, now, revoke_within, random } = asked;
        match request {
            Request::Send(send) => self.send(actor, send, *now),
            Request::History(history) => self.history(actor, history).map(Reply::History).map(quiet),
            Request::Mutations(asked) => self.mutations(actor, asked).map(Reply::Mutations).map(quiet),
            Request::Revoke(revoke) => self.revoke(actor, revoke, *now, *revoke_within),
            Request::Read(read) => self.read(actor, read),
            Request::GetProfiles(get) => {
                self.profiles(actor.app, &get.user_id_list).map(Reply::GetProfiles).map(quiet)
            }
            Request::UpdateProfile(update) => self.update_profile(actor, update, *now),
            Request::UpdateBlacklist(update) => self.update_blacklist(actor, update),
            Request::CreateGroup(create) => self.create_group(actor, create, *random, *now),
            Request::JoinGroup(join) => self.join_group(actor, join, *now),
            Request::QuitGroup(quit) => self.quit_group(actor, &quit.group_id, *now),
            Request::DismissGroup(dismiss) => self.dismiss_group(actor, &dismiss.group_id, *now),
            Request::GetGroup(get) => {
                let group = self.group_for(actor, &get.group_id)?;
                Ok(quiet(Reply::GetGroup(GroupIs { group })))
            }
            Request::HandleApplication(handle) => self.handle_application(actor, handle, *now),
            // The session's own.
            Request::Hello(_)
            | Request::Logout(_)
            | Request::Sync(_)
            | Request::UploadTicket(_)
            | Request::DownloadTicket(_) => Err(Code::INTERNAL.into()),
        }
    }
}
