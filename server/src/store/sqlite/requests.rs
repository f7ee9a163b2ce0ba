//! What each request of a user comes to: the list of the verbs that the store decides on.
//!
//! Queries are answered by readers, which cannot write; [`tim_protocol::call::Kind`] says which those are.

use tim_protocol::Code;
use tim_protocol::call::{
    Call as _, GetGroup, GetProfiles, GroupIs, GroupsRequest, History, MessagesRequest, Mutations, Request,
    UsersRequest,
};

use super::database::{Database, Outcome, quiet};
use crate::core::ops::{UserRequest, Written};

impl Database {
    pub(super) fn request(&self, asked: &UserRequest) -> Outcome<Written> {
        match &asked.request {
            Request::Messages(request) => self.messages_request(asked, request),
            Request::Users(request) => self.users_request(asked, request),
            Request::Groups(request) => self.groups_request(asked, request),
            // The session's own.
            Request::Session(_) | Request::Media(_) => Err(Code::INTERNAL.into()),
        }
    }

    fn messages_request(&self, asked: &UserRequest, request: &MessagesRequest) -> Outcome<Written> {
        let UserRequest { actor, now, revoke_within, .. } = asked;
        match request {
            MessagesRequest::Send(send) => self.send(actor, send, *now),
            MessagesRequest::History(history) => self.history(actor, history).map(History::answer).map(quiet),
            MessagesRequest::Mutations(asked) => {
                self.mutations(actor, asked).map(Mutations::answer).map(quiet)
            }
            MessagesRequest::Revoke(revoke) => self.revoke(actor, revoke, *now, *revoke_within),
            MessagesRequest::Read(read) => self.read(actor, read),
        }
    }

    fn users_request(&self, asked: &UserRequest, request: &UsersRequest) -> Outcome<Written> {
        let UserRequest { actor, now, .. } = asked;
        match request {
            UsersRequest::GetProfiles(get) => {
                self.profiles(actor.app, &get.user_id_list).map(GetProfiles::answer).map(quiet)
            }
            UsersRequest::UpdateProfile(update) => self.update_profile(actor, update, *now),
            UsersRequest::UpdateBlacklist(update) => self.update_blacklist(actor, update),
        }
    }

    fn groups_request(&self, asked: &UserRequest, request: &GroupsRequest) -> Outcome<Written> {
        let UserRequest { actor, now, random, .. } = asked;
        match request {
            GroupsRequest::CreateGroup(create) => self.create_group(actor, create, *random, *now),
            GroupsRequest::JoinGroup(join) => self.join_group(actor, join, *now),
            GroupsRequest::QuitGroup(quit) => self.quit_group(actor, &quit.group_id, *now),
            GroupsRequest::DismissGroup(dismiss) => self.dismiss_group(actor, &dismiss.group_id, *now),
            GroupsRequest::GetGroup(get) => {
                let group = self.group_for(actor, &get.group_id)?;
                Ok(quiet(GetGroup::answer(GroupIs { group })))
            }
            GroupsRequest::HandleApplication(handle) => self.handle_application(actor, handle, *now),
        }
    }
}
