//! The verbs about messages: the list of them. What each does is in a file of its own.

use tim_protocol::bounds;
use tim_protocol::call::{
    Call as _, MessagesRequest, MutationsRequest, PositionRequest, ReactionsRequest, ReadersRequest,
    ReceiptsRequest, RemovalsRequest, Reply, SendTargetedRequest,
};

use super::outcome::without_notifications;
use super::rows::Rows;
use super::{
    DomainResult, history, modify, mutations, online, reactions, read, receipts, remove_messages, revoke,
    search, send,
};
use crate::core::ops::{Committed, UserRequest};

pub(super) fn request(
    rows: &mut impl Rows,
    asked: &UserRequest,
    request: &MessagesRequest,
) -> DomainResult<Committed> {
    let UserRequest { actor, now, revoke_within, .. } = asked;
    match request {
        MessagesRequest::Send(send) | MessagesRequest::SendTargeted(SendTargetedRequest(send)) => {
            send::send(rows, actor, send, *now)
        }
        MessagesRequest::SendOnline(send) => online::relay(rows, actor, send, *now),
        MessagesRequest::History(asked) => {
            let page = history::page(rows, actor, asked)?;
            Ok(without_notifications(Reply::Written(bounds::written(&page))))
        }
        MessagesRequest::Position(asked) => {
            history::position(rows, actor, asked).map(PositionRequest::answer).map(without_notifications)
        }
        MessagesRequest::Mutations(asked) => {
            mutations::page(rows, actor, asked).map(MutationsRequest::answer).map(without_notifications)
        }
        MessagesRequest::Revoke(revoke) => revoke::revoke(rows, actor, revoke, *now, *revoke_within),
        MessagesRequest::Modify(modify) => modify::modify(rows, actor, modify, *now),
        MessagesRequest::React(react) => reactions::react(rows, actor, react, *now),
        MessagesRequest::Reactions(asked) => {
            reactions::page(rows, actor, asked).map(ReactionsRequest::answer).map(without_notifications)
        }
        MessagesRequest::Receipt(asked) => receipts::confirm(rows, actor, asked),
        MessagesRequest::Receipts(asked) => {
            receipts::page(rows, actor, asked).map(ReceiptsRequest::answer).map(without_notifications)
        }
        MessagesRequest::Readers(asked) => {
            receipts::readers(rows, actor, asked).map(ReadersRequest::answer).map(without_notifications)
        }
        MessagesRequest::Search(asked) => {
            let page = search::page(rows, actor, asked)?;
            Ok(without_notifications(Reply::Written(bounds::written(&page))))
        }
        MessagesRequest::Remove(asked) => remove_messages::remove(rows, actor, asked),
        MessagesRequest::Removals(asked) => {
            remove_messages::page(rows, actor, asked).map(RemovalsRequest::answer).map(without_notifications)
        }
        MessagesRequest::Read(read) => read::read(rows, actor, read),
    }
}
