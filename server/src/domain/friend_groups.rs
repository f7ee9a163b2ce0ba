//! Groups of friends. A friend's record has the numbers of its groups, so that a new name is one record.

use tim_protocol::call::{
    CreateFriendGroupRequest, DeleteFriendGroupRequest, FillFriendGroupRequest, FriendResult,
    RenameFriendGroupRequest,
};
use tim_protocol::code::Code;
use tim_protocol::{UserId, limits};

use super::DomainResult;
use super::friend_records::{Person, Told, friend};
use super::rows::{ChangeKind, Rows};
use crate::core::ops::{Actor, Committed, UserKey};

/// The numbers and names of a user's groups.
fn groups(rows: &mut impl Rows, of: UserKey) -> DomainResult<Vec<(u64, String)>> {
    let records = rows.records(of, ChangeKind::FriendGroup)?;
    let read = records
        .into_iter()
        .map(|record| Ok((record.key.parse().map_err(|_| Code::DATABASE_CORRUPT)?, record.text)));
    read.collect()
}

/// The number of a group.
pub(super) fn number(rows: &mut impl Rows, of: UserKey, name: &str) -> DomainResult<u64> {
    let found = groups(rows, of)?.into_iter().find(|(_, known)| known == name);
    Ok(found.ok_or(Code::FRIEND_GROUP_NOT_FOUND)?.0)
}

pub(super) fn create(
    rows: &mut impl Rows,
    actor: &Actor,
    create: &CreateFriendGroupRequest,
) -> DomainResult<Committed> {
    let mut told = Told::new(actor);
    let known = groups(rows, actor.key)?;
    if known.iter().any(|(_, name)| *name == create.name) {
        return Err(Code::FRIEND_GROUP_EXISTS.into());
    }
    if known.len() >= limits::FRIEND_GROUPS {
        return Err(Code::FRIEND_GROUPS_FULL.into());
    }
    // The version of its first change, which no other change has.
    let number = rows.version(actor.key)? + 1;
    told.put_group(rows, number, Some(&create.name))?;
    let results = fill(rows, actor, &mut told, number, &create.user_id_list, true)?;
    Ok(told.done::<CreateFriendGroupRequest>(results))
}

pub(super) fn delete(
    rows: &mut impl Rows,
    actor: &Actor,
    delete: &DeleteFriendGroupRequest,
) -> DomainResult<Committed> {
    let mut told = Told::new(actor);
    let number = number(rows, actor.key, &delete.name)?;
    told.put_group(rows, number, None)?;
    Ok(told.done::<DeleteFriendGroupRequest>(Vec::new()))
}

pub(super) fn rename(
    rows: &mut impl Rows,
    actor: &Actor,
    rename: &RenameFriendGroupRequest,
) -> DomainResult<Committed> {
    let mut told = Told::new(actor);
    let number = number(rows, actor.key, &rename.old_name)?;
    if groups(rows, actor.key)?.iter().any(|(_, name)| *name == rename.new_name) {
        return Err(Code::FRIEND_GROUP_EXISTS.into());
    }
    told.put_group(rows, number, Some(&rename.new_name))?;
    Ok(told.done::<RenameFriendGroupRequest>(Vec::new()))
}

pub(super) fn put(
    rows: &mut impl Rows,
    actor: &Actor,
    asked: &FillFriendGroupRequest,
) -> DomainResult<Committed> {
    let mut told = Told::new(actor);
    let number = number(rows, actor.key, &asked.name)?;
    let results = fill(rows, actor, &mut told, number, &asked.user_id_list, asked.listed)?;
    Ok(told.done::<FillFriendGroupRequest>(results))
}

fn fill(
    rows: &mut impl Rows,
    actor: &Actor,
    told: &mut Told<'_>,
    number: u64,
    users: &[UserId],
    listed: bool,
) -> DomainResult<Vec<FriendResult>> {
    let me = Person::of(actor);
    let known: Vec<u64> = groups(rows, me.key)?.into_iter().map(|(number, _)| number).collect();
    let mut results = Vec::new();
    for user in users {
        let other = Person::find(rows, actor.app, user)?;
        let record = friend(rows, me.key, user)?;
        let code = match (other, record) {
            (Some(other), Some(mut record)) => {
                if record.groups.contains(&number) != listed {
                    // Groups that were deleted go with the next change.
                    record.groups.retain(|group| *group != number && known.contains(group));
                    record.groups.extend(listed.then_some(number));
                    told.put_friend(rows, (&me, &other), Some(record))?;
                }
                None
            }
            _ => Some(Code::NOT_FRIENDS),
        };
        results.push(FriendResult { user_id: user.clone(), code });
    }
    Ok(results)
}
