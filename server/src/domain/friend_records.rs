//! The records that users have of each other: reading, writing, and telling whose they are.

use serde::Serialize;
use serde::de::DeserializeOwned;
use tim_protocol::bounds::PageRoom;
use tim_protocol::call::{Call, FriendResult, FriendsDone};
use tim_protocol::code::Code;
use tim_protocol::conversation::Change;
use tim_protocol::frame::Push;
use tim_protocol::friend::{
    ApplicationChange, ApplicationRecord, ApplicationType, ApplicationsRead, FriendChange, FriendGroupChange,
    FriendRecord,
};
use tim_protocol::{UserId, limits};

use super::outcome::with_notifications;
use super::profiles::profile;
use super::rows::{ChangeKind, Record, Rows};
use super::{DomainResult, marks, notices};
use crate::core::ops::{Actor, Audience, Committed, Notification, NotificationContent, UserKey};

/// A user who has a record, or of whom one is.
#[derive(Clone)]
pub(super) struct Person {
    pub(super) key: UserKey,
    pub(super) user: UserId,
}

impl Person {
    pub(super) fn of(actor: &Actor) -> Self {
        Self { key: actor.key, user: actor.user.clone() }
    }

    pub(super) fn find(rows: &mut impl Rows, app: u32, user: &UserId) -> DomainResult<Option<Self>> {
        Ok(rows.user(app, user)?.map(|key| Self { key, user: user.clone() }))
    }
}

/// What a request changed, for its reply and for others.
pub(super) struct Told<'a> {
    actor: &'a Actor,
    room: PageRoom,
    own: Vec<Change>,
    notifications: Vec<Notification>,
}

impl<'a> Told<'a> {
    pub(super) fn new(actor: &'a Actor) -> Self {
        Self { actor, room: PageRoom::new(limits::PAGE_BYTES), own: Vec::new(), notifications: Vec::new() }
    }

    /// A change of the actor's is in the reply as long as there is room, and pushed to the session otherwise.
    fn tell(&mut self, to: UserKey, change: Change) {
        if to == self.actor.key && self.room.take(&change) {
            self.own.push(change.clone());
            self.notifications.push(notices::own_change(self.actor, change));
        } else {
            let content = NotificationContent::Push(Push::Change(change));
            self.notifications.push(Notification { to: Audience::user(to), except: None, content });
        }
    }

    pub(super) fn done<C: Call<Reply = FriendsDone>>(self, results: Vec<FriendResult>) -> Committed {
        let done = FriendsDone { results: results.into(), changes: self.own.into() };
        with_notifications(C::answer(done), self.notifications)
    }

    /// Sets what a person's list says of another one, or ends the friendship in that list.
    pub(super) fn put_friend(
        &mut self,
        rows: &mut impl Rows,
        (of, other): (&Person, &Person),
        friend: Option<FriendRecord>,
    ) -> DomainResult<()> {
        let key = other.user.as_str();
        let version = put(rows, of.key, (ChangeKind::Friend, key), friend.as_ref())?;
        let change = friend_change(rows, other, version, friend)?;
        self.tell(of.key, change);
        Ok(())
    }

    /// Sets an application in a person's list, or ends it there.
    pub(super) fn put_application(
        &mut self,
        rows: &mut impl Rows,
        (of, other): (&Person, &Person),
        kind: ApplicationType,
        application: Option<ApplicationRecord>,
    ) -> DomainResult<()> {
        let key = application_key(kind, &other.user);
        let version = put(rows, of.key, (ChangeKind::FriendApplication, &key), application.as_ref())?;
        let change = application_change(rows, other, kind, version, application)?;
        self.tell(of.key, change);
        Ok(())
    }

    /// Names a friend group of the actor's, or ends it.
    pub(super) fn put_group(
        &mut self,
        rows: &mut impl Rows,
        number: u64,
        name: Option<&str>,
    ) -> DomainResult<()> {
        let owner = self.actor.key;
        let version =
            marks::note_change(rows, owner, ChangeKind::FriendGroup, &number.to_string(), name.is_none())?;
        rows.set_record(owner, ChangeKind::FriendGroup, &number.to_string(), name.unwrap_or_default())?;
        let change = FriendGroupChange { number, version, name: name.map(ToOwned::to_owned) };
        self.tell(owner, Change::FriendGroup(change));
        Ok(())
    }

    /// Reads all applications of the actor's.
    pub(super) fn read_applications(&mut self, rows: &mut impl Rows) -> DomainResult<()> {
        let owner = self.actor.key;
        let version = marks::note_change(rows, owner, ChangeKind::ApplicationsRead, "", false)?;
        self.tell(owner, Change::FriendApplicationsRead(ApplicationsRead { version }));
        Ok(())
    }
}

fn put(
    rows: &mut impl Rows,
    of: UserKey,
    (kind, key): (ChangeKind, &str),
    record: Option<&impl Serialize>,
) -> DomainResult<u64> {
    let version = marks::note_change(rows, of, kind, key, record.is_none())?;
    let text = record.map(serde_json::to_string).transpose().map_err(|_| Code::INTERNAL)?;
    rows.set_record(of, kind, key, text.as_deref().unwrap_or_default())?;
    Ok(version)
}

fn read<T: DeserializeOwned>(record: Option<Record>) -> DomainResult<Option<T>> {
    let read = record.map(|record| serde_json::from_str(&record.text)).transpose();
    Ok(read.map_err(|_| Code::DATABASE_CORRUPT)?)
}

/// What a person's list says of a user, if they are a friend.
pub(super) fn friend(rows: &mut impl Rows, of: UserKey, user: &UserId) -> DomainResult<Option<FriendRecord>> {
    read(rows.record(of, ChangeKind::Friend, user.as_str())?)
}

/// An application in a person's list.
pub(super) fn application(
    rows: &mut impl Rows,
    of: UserKey,
    kind: ApplicationType,
    user: &UserId,
) -> DomainResult<Option<ApplicationRecord>> {
    read(rows.record(of, ChangeKind::FriendApplication, &application_key(kind, user))?)
}

fn application_key(kind: ApplicationType, user: &UserId) -> String {
    format!("{}{user}", if kind == ApplicationType::SendOut { SENT } else { RECEIVED })
}

/// What the key of a received application begins with.
pub(super) const RECEIVED: char = '<';
const SENT: char = '>';

fn friend_change(
    rows: &mut impl Rows,
    other: &Person,
    version: u64,
    friend: Option<FriendRecord>,
) -> DomainResult<Change> {
    let profile = match friend {
        Some(_) => Some(Box::new(profile(rows, other.key, &other.user)?)),
        None => None,
    };
    Ok(Change::Friend(FriendChange { user_id: other.user.clone(), version, friend, profile }))
}

fn application_change(
    rows: &mut impl Rows,
    other: &Person,
    application_type: ApplicationType,
    version: u64,
    application: Option<ApplicationRecord>,
) -> DomainResult<Change> {
    let shown = rows.sender_profile(other.key)?;
    Ok(Change::FriendApplication(ApplicationChange {
        user_id: other.user.clone(),
        application_type,
        version,
        application,
        nick: shown.nick.unwrap_or_default(),
        avatar: shown.avatar.unwrap_or_default(),
    }))
}

/// The change of one of these records as it is now, for a sync; `None` for other kinds.
pub(super) fn synced(
    rows: &mut impl Rows,
    actor: &Actor,
    (kind, key): (ChangeKind, &str),
    version: u64,
) -> DomainResult<Option<Change>> {
    Ok(match kind {
        ChangeKind::Friend => match person(rows, actor, key)? {
            Some(other) => {
                let friend = friend(rows, actor.key, &other.user)?;
                Some(friend_change(rows, &other, version, friend)?)
            }
            None => None,
        },
        ChangeKind::FriendApplication => {
            let kind = if key.starts_with(SENT) { ApplicationType::SendOut } else { ApplicationType::ComeIn };
            match person(rows, actor, key.get(1..).unwrap_or_default())? {
                Some(other) => {
                    let application = application(rows, actor.key, kind, &other.user)?;
                    Some(application_change(rows, &other, kind, version, application)?)
                }
                None => None,
            }
        }
        ChangeKind::ApplicationsRead => Some(Change::FriendApplicationsRead(ApplicationsRead { version })),
        ChangeKind::FriendGroup => {
            let name = rows.record(actor.key, kind, key)?.map(|record| record.text);
            let number = key.parse().map_err(|_| Code::DATABASE_CORRUPT)?;
            Some(Change::FriendGroup(FriendGroupChange { number, version, name }))
        }
        _ => None,
    })
}

fn person(rows: &mut impl Rows, actor: &Actor, name: &str) -> DomainResult<Option<Person>> {
    match UserId::new(name) {
        Ok(user) => Person::find(rows, actor.app, &user),
        Err(_) => Ok(None),
    }
}

/// Adds a friend to a person's list, unless there already.
pub(super) fn befriend(
    rows: &mut impl Rows,
    told: &mut Told<'_>,
    (of, other): (&Person, &Person),
    record: FriendRecord,
    full: Code,
) -> DomainResult<()> {
    if rows.has(of.key, ChangeKind::Friend, other.user.as_str())? {
        return Ok(());
    }
    if rows.count(of.key, ChangeKind::Friend)? >= limits::FRIENDS {
        return Err(full.into());
    }
    told.put_friend(rows, (of, other), Some(record))
}

/// Refuses what makes friends of two users of whom one has blacklisted the other.
pub(super) fn check_blacklists(rows: &mut impl Rows, me: &Person, other: &Person) -> DomainResult<()> {
    if rows.has(me.key, ChangeKind::Blacklist, other.user.as_str())? {
        return Err(Code::FRIEND_BLACKLISTED_BY_ME.into());
    }
    if rows.has(other.key, ChangeKind::Blacklist, me.user.as_str())? {
        return Err(Code::FRIEND_BLACKLISTED_ME.into());
    }
    Ok(())
}

/// Whether each of two has the other as a friend.
pub(super) fn relation(rows: &mut impl Rows, me: &Person, other: &Person) -> DomainResult<(bool, bool)> {
    let mine = rows.has(me.key, ChangeKind::Friend, other.user.as_str())?;
    Ok((mine, rows.has(other.key, ChangeKind::Friend, me.user.as_str())?))
}
