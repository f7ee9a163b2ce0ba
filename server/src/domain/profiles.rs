//! Profiles of users, and who is told that one changed: those whom the user knows.

use std::collections::HashSet;
use tim_protocol::bounds::PageRoom;

use tim_protocol::call::{self, Call as _, ChangedProfiles, ProfileIs, Profiles};
use tim_protocol::conversation::{Change, ProfileChange};
use tim_protocol::profile::Profile;
use tim_protocol::{List, UserId, limits};

use super::outcome::with_notifications;
use super::rows::{ChangeKind, Rows};
use super::{DomainResult, marks, notices};
use crate::core::ops::{Actor, Audience, Committed, Notification, NotificationContent, UserKey};

/// A change is there at the latest so long after its time.
const WRITTEN_WITHIN_MS: i64 = 60_000;

pub(super) fn update(
    rows: &mut impl Rows,
    actor: &Actor,
    update: &call::UpdateProfileRequest,
    now: i64,
) -> DomainResult<Committed> {
    let before = profile(rows, actor.key, &actor.user)?;
    let mut profile = before.clone();
    profile.fields.merge(update.fields.clone())?;
    profile.last_updated_time = later(before.last_updated_time, now);
    rows.set_profile(actor.key, &profile.fields, profile.last_updated_time)?;
    marks::note_change(rows, actor.key, ChangeKind::Profile, "", false)?;
    let is = ProfileIs { profile: Box::new(profile.clone()) };
    let change = Change::Profile(ProfileChange { profile });
    let others = (before.fields != is.profile.fields).then(|| is_to_be_told(actor.clone()));
    let notifications = others.into_iter().chain([notices::own_change(actor, change)]).collect();
    Ok(with_notifications(call::UpdateProfileRequest::answer(is), notifications))
}

/// The time of a change: after that of the one before, whatever the clock says.
pub(super) fn later(before: i64, now: i64) -> i64 {
    now.max(before.saturating_add(1))
}

/// The profiles of the users who exist, as many as fit a page.
pub(super) fn get(
    rows: &mut impl Rows,
    actor: &Actor,
    get: &call::GetProfilesRequest,
) -> DomainResult<Profiles> {
    let mut page = Profiles { profiles: List::default(), next: None };
    let mut room = PageRoom::new(limits::PAGE_BYTES);
    for (user, place) in get.user_id_list.iter().zip(0..) {
        let Some(key) = rows.user(actor.app, user)? else { continue };
        let profile = profile(rows, key, user)?;
        if !room.take(&profile) {
            page.next = Some(place);
            break;
        }
        page.profiles.push(profile);
    }
    Ok(page)
}

/// Says that those who know the user are to be told, of whom nothing is written.
pub(super) fn is_to_be_told(actor: Actor) -> Notification {
    let to = Audience::user(actor.key);
    Notification { to, except: None, content: NotificationContent::Profile(Box::new(actor)) }
}

/// A user's profile, and those who are told that it changed: whom the user has as a friend or has a C2C conversation with, unless one of
/// the two is on the blacklist of the other.
pub(super) fn told(rows: &mut impl Rows, actor: &Actor) -> DomainResult<(Box<Profile>, Vec<UserKey>)> {
    let known = rows.acquaintances(actor, u64::MAX, limits::ACQUAINTANCES)?;
    let users: HashSet<UserKey> = known.into_iter().map(|it| it.key).filter(|it| *it != actor.key).collect();
    Ok((Box::new(profile(rows, actor.key, &actor.user)?), users.into_iter().collect()))
}

/// The profiles that changed of those whom the actor has as friends or has C2C conversations with.
pub(super) fn changed(
    rows: &mut impl Rows,
    actor: &Actor,
    asked: call::ChangedProfilesRequest,
    now: i64,
) -> DomainResult<ChangedProfiles> {
    let time = now.saturating_sub(WRITTEN_WITHIN_MS);
    let mut page = ChangedProfiles { profiles: List::default(), next: None, time };
    let (mut room, mut seen, mut last) = (PageRoom::new(limits::PAGE_BYTES), HashSet::new(), None);
    let before = asked.before.unwrap_or(u64::MAX);
    // A time to come is of a clock that was set back.
    let since = if asked.since > now { 0 } else { asked.since };
    for known in rows.acquaintances(actor, before, limits::ACQUAINTANCES)? {
        if known.profile_time > since && known.key != actor.key && seen.insert(known.key) {
            let profile = profile(rows, known.key, &known.user)?;
            if !room.take(&profile) {
                page.next = last;
                break;
            }
            page.profiles.push(profile);
        }
        last = Some(known.version);
    }
    Ok(page)
}

pub(super) fn profile(rows: &mut impl Rows, key: UserKey, user: &UserId) -> DomainResult<Profile> {
    let (fields, last_updated_time) = rows.profile(key)?;
    Ok(Profile { user_id: user.clone(), fields, last_updated_time })
}
