//! The verbs about users: the list of them. What each does is in a file of its own.

use tim_protocol::call::{Call as _, ChangedProfilesRequest, GetProfilesRequest, UsersRequest};

use super::outcome::without_notifications;
use super::rows::Rows;
use super::{DomainResult, blacklist, profiles, receive};
use crate::core::ops::{Committed, UserRequest};

pub(super) fn request(
    rows: &mut impl Rows,
    asked: &UserRequest,
    request: &UsersRequest,
) -> DomainResult<Committed> {
    let UserRequest { actor, now, .. } = asked;
    match request {
        UsersRequest::GetProfiles(get) => {
            profiles::get(rows, actor, get).map(GetProfilesRequest::answer).map(without_notifications)
        }
        UsersRequest::UpdateProfile(update) => profiles::update(rows, actor, update, *now),
        UsersRequest::ChangedProfiles(asked) => profiles::changed(rows, actor, *asked, *now)
            .map(ChangedProfilesRequest::answer)
            .map(without_notifications),
        UsersRequest::UpdateBlacklist(update) => blacklist::update(rows, actor, update),
        UsersRequest::SetReceiveOpt(set) => receive::set(rows, actor, set),
    }
}
