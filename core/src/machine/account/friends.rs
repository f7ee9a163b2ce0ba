//! Friends, applications and friend groups: records of the user's, of which the one with the greater version is newer.
//!
//! What has ended is kept until the next start, so that a page of a sync that was read before brings nothing back.

use tim_protocol::UserId;
use tim_protocol::conversation::Change as Told;
use tim_protocol::friend::{ApplicationChange, ApplicationType, FriendChange, FriendGroupChange};
use tim_protocol::profile::Profile;

use crate::event::Event;
use crate::friend::{Friend, FriendApplication, FriendApplications, FriendGroup};
use crate::machine::context::Context;
use crate::sorted::SortedMap;
use crate::stored::Change;

/// The records.
#[derive(Default)]
pub(super) struct Friends {
    friends: SortedMap<UserId, FriendChange>,
    /// By whether it was received.
    applications: SortedMap<(UserId, bool), ApplicationChange>,
    read: u64,
    groups: SortedMap<u64, FriendGroupChange>,
    changed: Changed,
}

/// What changed since the last event.
#[derive(Default)]
struct Changed {
    friends: bool,
    applications: bool,
    groups: bool,
}

/// Whether what was told takes the place of what is known.
fn is_news<T: PartialEq>(known: Option<&T>, told: &T, version: impl Fn(&T) -> u64) -> bool {
    known.is_none_or(|known| version(told) >= version(known) && told != known)
}

impl Friends {
    pub(super) fn load(stored: Vec<Told>) -> Self {
        let mut friends = Self::default();
        for told in stored {
            friends.take(told);
        }
        friends.changed = Changed::default();
        friends
    }

    /// Keeps a record, unless a newer one is known.
    pub(super) fn keep(&mut self, cx: &mut Context, told: &Told) {
        let (mut told, mut changed) = (told.clone(), None);
        if let Told::Friend(it) = &mut told
            && let Some(known) = self.profile(&it.user_id)
            && let Some(now) = &mut it.profile
        {
            // A friend's profile has a time of its own.
            if known.last_updated_time > now.last_updated_time {
                **now = known.clone();
            }
            changed = (known != &**now).then(|| (**now).clone());
        }
        if self.take(told.clone()) {
            changed.into_iter().for_each(|profile| cx.emit(Event::ProfileUpdated(vec![profile])));
            cx.store(Change::Relation(Box::new(told)));
        }
    }

    /// The profile of a friend.
    pub(super) fn profile(&self, user: &UserId) -> Option<&Profile> {
        self.friends.get(user).filter(|it| it.friend.is_some())?.profile.as_deref()
    }

    /// Takes over the profile of a friend; false if the user is none.
    pub(super) fn heard_of(&mut self, cx: &mut Context, profile: &Profile) -> bool {
        let Some(it) = self.friends.get_mut(&profile.user_id).filter(|it| it.friend.is_some()) else {
            return false;
        };
        it.profile = Some(Box::new(profile.clone()));
        cx.store(Change::Relation(Box::new(Told::Friend(it.clone()))));
        self.changed.friends = true;
        true
    }

    /// Takes a record; false if it is no news.
    fn take(&mut self, told: Told) -> bool {
        match told {
            Told::Friend(it) => {
                let known = self.friends.get(&it.user_id);
                if !is_news(known, &it, |friend| friend.version) {
                    return false;
                }
                let groups = |friend: &FriendChange| friend.friend.as_ref().map(|it| it.groups.clone());
                self.changed.groups |=
                    known.and_then(groups).unwrap_or_default() != groups(&it).unwrap_or_default();
                self.changed.friends |=
                    it.friend.is_some() || known.is_some_and(|known| known.friend.is_some());
                self.friends.insert(it.user_id.clone(), it);
            }
            Told::FriendApplication(it) => {
                let key = (it.user_id.clone(), it.application_type == ApplicationType::ComeIn);
                let known = self.applications.get(&key);
                if !is_news(known, &it, |application| application.version) {
                    return false;
                }
                self.changed.applications |=
                    it.application.is_some() || known.is_some_and(|known| known.application.is_some());
                self.applications.insert(key, it);
            }
            Told::FriendApplicationsRead(it) => {
                if it.version <= self.read {
                    return false;
                }
                let before = self.unread();
                self.read = it.version;
                self.changed.applications |= before != self.unread();
            }
            Told::FriendGroup(it) => {
                let known = self.groups.get(&it.number);
                if !is_news(known, &it, |group| group.version) {
                    return false;
                }
                let name = |group: &FriendGroupChange| group.name.clone();
                if known.and_then(name) != name(&it) {
                    self.changed.groups = true;
                    let has_members = self.members(it.number).next().is_some();
                    self.changed.friends |= has_members;
                }
                self.groups.insert(it.number, it);
            }
            _ => return false,
        }
        true
    }

    /// The friends in the order of their IDs.
    pub(super) fn list(&self) -> Vec<Friend> {
        self.friends.values().filter_map(|told| self.friend(told)).collect()
    }

    fn friend(&self, told: &FriendChange) -> Option<Friend> {
        let (record, profile) = (told.friend.clone()?, told.profile.as_deref()?.clone());
        let names = record.groups.iter().filter_map(|number| self.groups.get(number)?.name.clone());
        Some(Friend {
            user_id: told.user_id.clone(),
            remark: record.remark,
            group_list: names.collect(),
            source: record.source,
            wording: record.wording,
            time: record.time,
            friend_custom_field: record.friend_custom_field,
            profile,
        })
    }

    /// The applications, the newest first.
    pub(super) fn applications(&self) -> FriendApplications {
        let shown = |told: &ApplicationChange| {
            let record = told.application.clone()?;
            Some(FriendApplication {
                user_id: told.user_id.clone(),
                nick: told.nick.clone(),
                avatar: told.avatar.clone(),
                application_type: told.application_type,
                source: record.source,
                wording: record.wording,
                time: record.time,
            })
        };
        let mut told: Vec<&ApplicationChange> = self.applications.values().collect();
        told.sort_by_key(|told| std::cmp::Reverse(told.version));
        FriendApplications {
            friend_application_list: told.into_iter().filter_map(shown).collect(),
            unread_count: self.unread(),
        }
    }

    fn unread(&self) -> u32 {
        let unread = self.applications.iter().filter(|((_, is_received), told)| {
            *is_received && told.application.is_some() && told.version > self.read
        });
        u32::try_from(unread.count()).unwrap_or(u32::MAX)
    }

    /// The friend groups in the order of their creation.
    pub(super) fn groups(&self) -> Vec<FriendGroup> {
        let shown = |told: &FriendGroupChange| {
            let user_id_list = self.members(told.number).cloned().collect();
            Some(FriendGroup { name: told.name.clone()?, user_id_list })
        };
        self.groups.values().filter_map(shown).collect()
    }

    fn members(&self, number: u64) -> impl Iterator<Item = &UserId> {
        self.friends
            .values()
            .filter_map(move |told| told.friend.as_ref()?.groups.contains(&number).then_some(&told.user_id))
    }

    /// The events of what changed.
    pub(super) fn take_events(&mut self) -> Vec<Event> {
        let Changed { friends, applications, groups } = std::mem::take(&mut self.changed);
        let mut events = Vec::new();
        if friends {
            events.push(Event::FriendListUpdated(self.list()));
        }
        if groups {
            events.push(Event::FriendGroupListUpdated(self.groups()));
        }
        if applications {
            events.push(Event::FriendApplicationListUpdated(self.applications()));
        }
        events
    }
}
