//! The verbs about friends: the list of them. What each does is in a file of its own.

use tim_protocol::call::FriendsRequest;

use super::rows::Rows;
use super::{DomainResult, friend_applications, friend_groups, friend_list};
use crate::core::ops::{Committed, UserRequest};

pub(super) fn request(
    rows: &mut impl Rows,
    asked: &UserRequest,
    request: &FriendsRequest,
) -> DomainResult<Committed> {
    let UserRequest { actor, now, .. } = asked;
    match request {
        FriendsRequest::Add(add) => friend_list::add(rows, actor, add, *now),
        FriendsRequest::Delete(delete) => friend_list::delete(rows, actor, delete),
        FriendsRequest::Check(check) => friend_list::check(rows, actor, check),
        FriendsRequest::Update(update) => friend_list::update(rows, actor, update),
        FriendsRequest::Accept(accept) => friend_applications::accept(rows, actor, accept, *now),
        FriendsRequest::Refuse(refuse) => friend_applications::refuse(rows, actor, refuse),
        FriendsRequest::DeleteApplication(delete) => friend_applications::delete(rows, actor, delete),
        FriendsRequest::ReadApplications(_) => friend_applications::read(rows, actor),
        FriendsRequest::CreateGroup(create) => friend_groups::create(rows, actor, create),
        FriendsRequest::DeleteGroup(delete) => friend_groups::delete(rows, actor, delete),
        FriendsRequest::RenameGroup(rename) => friend_groups::rename(rows, actor, rename),
        FriendsRequest::FillGroup(fill) => friend_groups::put(rows, actor, fill),
    }
}
