//! What each request of a user's comes to: the one list of the server's verbs.
//!
//! Queries run in transactions that cannot change anything; [`tim_protocol::call::Kind`] says which those are.

use tim_protocol::Code;
use tim_protocol::call::{
    Call as _, GetGroup, GetProfiles, GroupsRequest, History, MessagesRequest, Mutations, Request,
    UsersRequest,
};

use super::outcome::quiet;
use super::rows::Rows;
use super::{Outcome, blacklist, groups, history, membership, profiles, read, revoke, send};
use crate::core::ops::{UserRequest, Written};

pub(super) fn request(rows: &mut impl Rows, asked: &UserRequest) -> Outcome<Written> {
    match &asked.request {
        Request::Messages(request) => of_messages(rows, asked, request),
        Request::Users(request) => of_users(rows, asked, request),
        Request::Groups(request) => of_groups(rows, asked, request),
        // The session's own.
        Request::Session(_) | Request::Media(_) => Err(Code::INTERNAL.into()),
    }
}

fn of_messages(rows: &mut impl Rows, asked: &UserRequest, request: &MessagesRequest) -> Outcome<Written> {
    let UserRequest { actor, now, revoke_within, .. } = asked;
    match request {
        MessagesRequest::Send(send) => send::send(rows, actor, send, *now),
        MessagesRequest::History(asked) => history::page(rows, actor, asked).map(History::answer).map(quiet),
        MessagesRequest::Mutations(asked) => {
            history::mutations(rows, actor, asked).map(Mutations::answer).map(quiet)
        }
        MessagesRequest::Revoke(revoke) => revoke::revoke(rows, actor, revoke, *now, *revoke_within),
        MessagesRequest::Read(read) => read::read(rows, actor, read),
    }
}

fn of_users(rows: &mut impl Rows, asked: &UserRequest, request: &UsersRequest) -> Outcome<Written> {
    let UserRequest { actor, now, .. } = asked;
    match request {
        UsersRequest::GetProfiles(get) => profiles::get(rows, actor, get).map(GetProfiles::answer).map(quiet),
        UsersRequest::UpdateProfile(update) => profiles::update(rows, actor, update, *now),
        UsersRequest::UpdateBlacklist(update) => blacklist::update(rows, actor, update),
    }
}

fn of_groups(rows: &mut impl Rows, asked: &UserRequest, request: &GroupsRequest) -> Outcome<Written> {
    let UserRequest { actor, now, random, .. } = asked;
    match request {
        GroupsRequest::CreateGroup(create) => groups::create(rows, actor, create, *random, *now),
        GroupsRequest::JoinGroup(join) => membership::join(rows, actor, join, *now),
        GroupsRequest::QuitGroup(quit) => membership::quit(rows, actor, quit, *now),
        GroupsRequest::DismissGroup(dismiss) => groups::dismiss(rows, actor, dismiss, *now),
        GroupsRequest::GetGroup(get) => groups::get(rows, actor, get).map(GetGroup::answer).map(quiet),
        GroupsRequest::HandleApplication(handle) => membership::handle_application(rows, actor, handle, *now),
    }
}
