//! The verbs about users: the list of them. What each does is in a file of its own.

use tim_protocol::call::{Call as _, GetProfiles, UsersRequest};

use super::outcome::quiet;
use super::rows::Rows;
use super::{Outcome, blacklist, profiles};
use crate::core::ops::{UserRequest, Written};

pub(super) fn request(rows: &mut impl Rows, asked: &UserRequest, request: &UsersRequest) -> Outcome<Written> {
    let UserRequest { actor, now, .. } = asked;
    match request {
        UsersRequest::GetProfiles(get) => profiles::get(rows, actor, get).map(GetProfiles::answer).map(quiet),
        UsersRequest::UpdateProfile(update) => profiles::update(rows, actor, update, *now),
        UsersRequest::UpdateBlacklist(update) => blacklist::update(rows, actor, update),
    }
}
