//! The verbs about messages: the list of them. What each does is in a file of its own.

use tim_protocol::call::{Call as _, History, MessagesRequest, Mutations};

use super::outcome::quiet;
use super::rows::Rows;
use super::{Outcome, history, read, revoke, send};
use crate::core::ops::{UserRequest, Written};

pub(super) fn request(
    rows: &mut impl Rows,
    asked: &UserRequest,
    request: &MessagesRequest,
) -> Outcome<Written> {
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
