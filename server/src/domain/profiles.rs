//! Profiles of users.

use tim_protocol::bounds::PageRoom;
use tim_protocol::call::{self, Call as _, ProfileIs, Profiles};
use tim_protocol::conversation::{Change, ProfileChange};
use tim_protocol::profile::Profile;
use tim_protocol::{List, UserId, limits};

use super::outcome::with_notifications;
use super::rows::{ChangeKind, Rows};
use super::{DomainResult, marks, notices};
use crate::core::ops::{Actor, Committed, UserKey};

pub(super) fn update(
    rows: &mut impl Rows,
    actor: &Actor,
    update: &call::UpdateProfileRequest,
    now: i64,
) -> DomainResult<Committed> {
    let mut profile = profile(rows, actor.key, &actor.user)?;
    profile.fields.merge(update.fields.clone())?;
    profile.last_updated_time = now;
    rows.set_profile(actor.key, &profile.fields, now)?;
    marks::note_change(rows, actor.key, ChangeKind::Profile, "", false)?;
    let is = ProfileIs { profile: Box::new(profile.clone()) };
    let change = Change::Profile(ProfileChange { profile });
    let notification = notices::own_change(actor, change);
    Ok(with_notifications(call::UpdateProfileRequest::answer(is), vec![notification]))
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

pub(super) fn profile(rows: &mut impl Rows, key: UserKey, user: &UserId) -> DomainResult<Profile> {
    let (fields, last_updated_time) = rows.profile(key)?;
    Ok(Profile { user_id: user.clone(), fields, last_updated_time })
}
