//! Who is whose friend: adding, deleting, asking, and what a list says of a friend.

use tim_protocol::call::{
    AddFriendRequest, Call as _, CheckFriendsRequest, Checked, CheckedFriend, DeleteFriendsRequest,
    FriendResult, UpdateFriendRequest,
};
use tim_protocol::code::Code;
use tim_protocol::friend::{AddType, ApplicationType, CheckType, DeleteType, FriendRecord, Relation};
use tim_protocol::profile::AllowType;

use super::friend_records::{Person, Told, application, befriend, check_blacklists, friend, relation};
use super::outcome::without_notifications;
use super::rows::Rows;
use super::{DomainResult, friend_applications, friend_groups};
use crate::core::ops::{Actor, Committed};

pub(super) fn add(
    rows: &mut impl Rows,
    actor: &Actor,
    add: &AddFriendRequest,
    now: i64,
) -> DomainResult<Committed> {
    let other = Person::find(rows, actor.app, &add.user_id)?.ok_or(Code::FRIEND_ACCOUNT_NOT_FOUND)?;
    let me = Person::of(actor);
    check_blacklists(rows, &me, &other)?;
    let (mine, theirs) = relation(rows, &me, &other)?;
    if mine && (theirs || add.add_type == AddType::Single) {
        return Err(Code::ALREADY_FRIENDS.into());
    }
    let groups = match &add.group_name {
        Some(name) => vec![friend_groups::number(rows, me.key, name)?],
        None => Vec::new(),
    };
    let record = |remark: &str, groups| FriendRecord {
        remark: remark.to_owned(),
        groups,
        source: add.source.clone(),
        wording: add.wording.clone(),
        time: now,
        ..FriendRecord::default()
    };
    let mut told = Told::new(actor);
    let mut code = None;
    let has_applied = application(rows, me.key, ApplicationType::ComeIn, &other.user)?.is_some();
    // What the other one asked for, if they did not delete it.
    let sent = application(rows, other.key, ApplicationType::SendOut, &me.user)?.unwrap_or_default();
    let allows = rows.profile(other.key)?.0.allow_type.unwrap_or_default();
    if has_applied || allows == AllowType::AllowAny {
        befriend(rows, &mut told, (&me, &other), record(&add.remark, groups), Code::FRIENDS_FULL)?;
        if has_applied || add.add_type == AddType::Both {
            befriend(
                rows,
                &mut told,
                (&other, &me),
                record(&sent.remark, sent.groups),
                Code::PEER_FRIENDS_FULL,
            )?;
        }
        friend_applications::end(rows, &mut told, &other, &me)?;
        friend_applications::end(rows, &mut told, &me, &other)?;
    } else if allows == AllowType::DenyAny {
        return Err(Code::FRIEND_DENIED.into());
    } else {
        friend_applications::apply(rows, &mut told, (&me, &other), record(&add.remark, groups))?;
        code = Some(Code::FRIEND_WAITS);
    }
    Ok(told.done::<AddFriendRequest>(vec![FriendResult { user_id: other.user, code }]))
}

pub(super) fn delete(
    rows: &mut impl Rows,
    actor: &Actor,
    delete: &DeleteFriendsRequest,
) -> DomainResult<Committed> {
    let (me, mut told, mut results) = (Person::of(actor), Told::new(actor), Vec::new());
    for user in &delete.user_id_list {
        let mut code = Some(Code::NOT_FRIENDS);
        if let Some(other) = Person::find(rows, actor.app, user)? {
            let (mine, theirs) = relation(rows, &me, &other)?;
            if mine {
                told.put_friend(rows, (&me, &other), None)?;
                code = None;
            }
            if theirs && delete.delete_type == DeleteType::Both {
                told.put_friend(rows, (&other, &me), None)?;
                code = None;
            }
        }
        results.push(FriendResult { user_id: user.clone(), code });
    }
    Ok(told.done::<DeleteFriendsRequest>(results))
}

pub(super) fn check(
    rows: &mut impl Rows,
    actor: &Actor,
    check: &CheckFriendsRequest,
) -> DomainResult<Committed> {
    let (me, mut results) = (Person::of(actor), Vec::new());
    for user in &check.user_id_list {
        let checked = match Person::find(rows, actor.app, user)? {
            Some(other) => {
                let (mine, theirs) = relation(rows, &me, &other)?;
                let relation = match (mine, theirs && check.check_type == CheckType::Both) {
                    (false, false) => Relation::NoRelation,
                    (true, false) => Relation::AWithB,
                    (false, true) => Relation::BWithA,
                    (true, true) => Relation::BothWay,
                };
                CheckedFriend { user_id: other.user, relation, code: None }
            }
            None => CheckedFriend {
                user_id: user.clone(),
                relation: Relation::NoRelation,
                code: Some(Code::FRIEND_ACCOUNT_NOT_FOUND),
            },
        };
        results.push(checked);
    }
    Ok(without_notifications(CheckFriendsRequest::answer(Checked { results: results.into() })))
}

pub(super) fn update(
    rows: &mut impl Rows,
    actor: &Actor,
    update: &UpdateFriendRequest,
) -> DomainResult<Committed> {
    let (me, mut told) = (Person::of(actor), Told::new(actor));
    let other = Person::find(rows, actor.app, &update.user_id)?.ok_or(Code::NOT_FRIENDS)?;
    let before = friend(rows, me.key, &other.user)?.ok_or(Code::NOT_FRIENDS)?;
    let mut record = before.clone();
    record.friend_custom_field.set(update.friend_custom_field.clone());
    if let Some(remark) = &update.remark {
        record.remark.clone_from(remark);
    }
    if !record.fits() {
        return Err(Code::FRIEND_BAD_PARAMETER.into());
    }
    if record != before {
        told.put_friend(rows, (&me, &other), Some(record))?;
    }
    Ok(told.done::<UpdateFriendRequest>(Vec::new()))
}
