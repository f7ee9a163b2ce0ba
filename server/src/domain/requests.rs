//! Which domain decides a request of a user's. Each has the list of its verbs, with the function that decides each.
//!
//! Queries run in transactions that cannot change anything; [`tim_protocol::call::Kind`] says which those are.

use tim_protocol::Code;
use tim_protocol::call::Request;

use super::rows::Rows;
use super::{DomainResult, friends, group_attributes, groups, members, messages, settings, users};
use crate::core::ops::{Committed, UserRequest};

pub(super) fn request(rows: &mut impl Rows, asked: &UserRequest) -> DomainResult<Committed> {
    asked.actor.may(&asked.request)?;
    match &asked.request {
        Request::Messages(request) => messages::request(rows, asked, request),
        Request::Conversations(request) => settings::request(rows, asked, request),
        Request::Users(request) => users::request(rows, asked, request),
        Request::Friends(request) => friends::request(rows, asked, request),
        Request::Groups(request) => groups::request(rows, asked, request),
        Request::Members(request) => members::request(rows, asked, request),
        Request::Attributes(request) => group_attributes::request(rows, asked, request),
        // The session's own.
        Request::Session(_) | Request::Status(_) | Request::Media(_) => Err(Code::INTERNAL.into()),
    }
}
