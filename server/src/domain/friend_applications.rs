//! Applications to become a friend. Each is a record of both users'; whoever deletes theirs leaves that of the other.

use tim_protocol::call::{
    AcceptApplicationRequest, DeleteApplicationRequest, FriendResult, ReadApplicationsRequest,
    RefuseApplicationRequest,
};
use tim_protocol::code::Code;
use tim_protocol::friend::{ApplicationRecord, ApplicationType, FriendRecord, ResponseAction};
use tim_protocol::limits;

use super::DomainResult;
use super::friend_records::{Person, RECEIVED, Told, application, befriend, check_blacklists, relation};
use super::rows::{ChangeKind, Rows};
use crate::core::ops::{Actor, Committed};

/// Applies to another user, in the place of an application that waits.
pub(super) fn apply(
    rows: &mut impl Rows,
    told: &mut Told<'_>,
    (me, other): (&Person, &Person),
    wanted: FriendRecord,
) -> DomainResult<()> {
    let FriendRecord { remark, groups, source, wording, time, .. } = wanted;
    let received = ApplicationRecord { source, wording, time, ..ApplicationRecord::default() };
    let sent = ApplicationRecord { remark, groups, ..received.clone() };
    for (of, peer, kind, record) in
        [(me, other, ApplicationType::SendOut, sent), (other, me, ApplicationType::ComeIn, received)]
    {
        let is_new = application(rows, of.key, kind, &peer.user)?.is_none();
        if is_new && rows.count(of.key, ChangeKind::FriendApplication)? >= limits::FRIEND_APPLICATIONS {
            return Err(Code::FRIEND_APPLICATIONS_FULL.into());
        }
        told.put_application(rows, (of, peer), kind, Some(record))?;
    }
    Ok(())
}

/// Ends the application of one user to another, in the lists of both.
pub(super) fn end(
    rows: &mut impl Rows,
    told: &mut Told<'_>,
    applicant: &Person,
    asked: &Person,
) -> DomainResult<()> {
    for (of, peer, kind) in
        [(asked, applicant, ApplicationType::ComeIn), (applicant, asked, ApplicationType::SendOut)]
    {
        if application(rows, of.key, kind, &peer.user)?.is_some() {
            told.put_application(rows, (of, peer), kind, None)?;
        }
    }
    Ok(())
}

/// One that was accepted before, on another device for instance, is done.
pub(super) fn accept(
    rows: &mut impl Rows,
    actor: &Actor,
    accept: &AcceptApplicationRequest,
    now: i64,
) -> DomainResult<Committed> {
    let (me, mut told) = (Person::of(actor), Told::new(actor));
    let applicant =
        Person::find(rows, actor.app, &accept.user_id)?.ok_or(Code::FRIEND_APPLICATION_NOT_FOUND)?;
    let is_mutual = accept.action == ResponseAction::AgreeAndAdd;
    let done = vec![FriendResult { user_id: applicant.user.clone(), code: None }];
    let Some(received) = application(rows, me.key, ApplicationType::ComeIn, &applicant.user)? else {
        let (mine, theirs) = relation(rows, &me, &applicant)?;
        let is_done = theirs && (mine || !is_mutual);
        return if is_done {
            Ok(told.done::<AcceptApplicationRequest>(done))
        } else {
            Err(Code::FRIEND_APPLICATION_NOT_FOUND.into())
        };
    };
    check_blacklists(rows, &me, &applicant)?;
    // The applicant may have deleted theirs.
    let sent = application(rows, applicant.key, ApplicationType::SendOut, &me.user)?.unwrap_or_default();
    let record = |remark, groups| FriendRecord {
        remark,
        groups,
        source: received.source.clone(),
        wording: received.wording.clone(),
        time: now,
        ..FriendRecord::default()
    };
    let theirs = record(sent.remark, sent.groups);
    befriend(rows, &mut told, (&applicant, &me), theirs, Code::PEER_FRIENDS_FULL)?;
    if is_mutual {
        let mine = record(accept.remark.clone(), Vec::new());
        befriend(rows, &mut told, (&me, &applicant), mine, Code::FRIENDS_FULL)?;
    }
    end(rows, &mut told, &applicant, &me)?;
    Ok(told.done::<AcceptApplicationRequest>(done))
}

pub(super) fn refuse(
    rows: &mut impl Rows,
    actor: &Actor,
    refuse: &RefuseApplicationRequest,
) -> DomainResult<Committed> {
    let (me, mut told) = (Person::of(actor), Told::new(actor));
    let applicant =
        Person::find(rows, actor.app, &refuse.user_id)?.ok_or(Code::FRIEND_APPLICATION_NOT_FOUND)?;
    application(rows, me.key, ApplicationType::ComeIn, &applicant.user)?
        .ok_or(Code::FRIEND_APPLICATION_NOT_FOUND)?;
    end(rows, &mut told, &applicant, &me)?;
    Ok(told.done::<RefuseApplicationRequest>(Vec::new()))
}

pub(super) fn delete(
    rows: &mut impl Rows,
    actor: &Actor,
    delete: &DeleteApplicationRequest,
) -> DomainResult<Committed> {
    let (me, mut told) = (Person::of(actor), Told::new(actor));
    let other = Person::find(rows, actor.app, &delete.user_id)?.ok_or(Code::FRIEND_APPLICATION_NOT_FOUND)?;
    let kind = delete.application_type;
    application(rows, me.key, kind, &other.user)?.ok_or(Code::FRIEND_APPLICATION_NOT_FOUND)?;
    told.put_application(rows, (&me, &other), kind, None)?;
    Ok(told.done::<DeleteApplicationRequest>(Vec::new()))
}

pub(super) fn read(rows: &mut impl Rows, actor: &Actor) -> DomainResult<Committed> {
    let mut told = Told::new(actor);
    let read = rows.record(actor.key, ChangeKind::ApplicationsRead, "")?.map_or(0, |record| record.version);
    let received = rows.records(actor.key, ChangeKind::FriendApplication)?;
    if received.iter().any(|record| record.key.starts_with(RECEIVED) && record.version > read) {
        told.read_applications(rows)?;
    }
    Ok(told.done::<ReadApplicationsRequest>(Vec::new()))
}
