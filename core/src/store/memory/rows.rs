//! What is stored, as rows of text that are kept elsewhere: which changed, what they say, and reading them again.
//!
//! Of the messages the newest are kept, within two bounds; older ones are asked for again, because no range says that they are there.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tim_protocol::{GroupId, UserId};

use super::Data;
use super::key::{Key, Row};
use crate::stored::{OutboxRow, relation_key};

/// How many messages of a conversation are kept.
const OF_EACH: usize = 200;
/// How many of all are, with half as many more that came since they were counted. Of each conversation one is.
const OF_ALL: usize = 10_000;

fn text(value: &impl Serialize) -> Option<String> {
    serde_json::to_string(value).ok()
}

fn json<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}

impl Data {
    /// A row changes.
    pub(super) fn touch(&mut self, key: Key) {
        if self.is_kept {
            self.touched.insert(key);
        }
    }

    /// Every row changes.
    pub(super) fn touch_all(&mut self) {
        if self.is_kept {
            let all = self.keys();
            self.touched.extend(all);
        }
    }

    /// What there are rows of.
    fn keys(&self) -> BTreeSet<Key> {
        let mut keys = BTreeSet::from([Key::Sync, Key::Profile, Key::ReceiveOpt, Key::ProfilesAsOf]);
        for (id, log) in &self.logs {
            keys.insert(Key::Log(id.clone()));
            keys.extend(log.messages().map(|message| Key::Message(id.clone(), message.sequence)));
        }
        keys.extend(self.outbox.keys().copied().map(Key::Outbox));
        keys.extend(self.sent.keys().copied().map(Key::Sent));
        keys.extend(self.beside.keys().cloned().map(Key::Beside));
        keys.extend(self.relations.keys().cloned().map(Key::Relation));
        keys.extend(self.blacklist.iter().cloned().map(Key::Blacklist));
        keys.extend(self.groups.keys().cloned().map(Key::Group));
        keys.extend(self.outdated_groups.keys().cloned().map(Key::OutdatedGroup));
        keys.extend(self.invitations.keys().cloned().map(Key::Invitation));
        keys.extend(self.drafts.keys().cloned().map(Key::Draft));
        keys.extend(self.profiles.keys().cloned().map(Key::Person));
        keys
    }

    /// The rows that changed.
    pub(in crate::store) fn take_rows(&mut self) -> Vec<Row> {
        self.added += self.touched.iter().filter(|key| matches!(key, Key::Message(..))).count();
        if self.added > OF_ALL / 2 {
            self.keep_newest();
        }
        let touched = std::mem::take(&mut self.touched);
        touched.into_iter().map(|key| (key.to_string(), self.row(&key))).collect()
    }

    /// Every row.
    pub(in crate::store) fn all_rows(&mut self) -> Vec<Row> {
        self.touch_all();
        self.take_rows()
    }

    /// The newest messages are kept from now on: those of conversations that were active last go first.
    fn keep_newest(&mut self) {
        self.added = 0;
        let mut logs: Vec<_> = self.logs.iter_mut().collect();
        logs.sort_by_key(|(_, log)| Reverse(log.row.last_active));
        let mut left = OF_ALL;
        for (id, log) in logs {
            let count = OF_EACH.min(left).max(1);
            left = left.saturating_sub(log.len().min(count));
            let gone = log.keep_newest(count);
            if !gone.is_empty() {
                self.touched.insert(Key::Log(id.clone()));
                self.touched.extend(gone.into_iter().map(|sequence| Key::Message(id.clone(), sequence)));
            }
        }
    }

    /// What a row says.
    fn row(&self, key: &Key) -> Option<String> {
        match key {
            Key::Sync => text(&self.sync),
            Key::Profile => self.profile.as_ref().and_then(text),
            Key::ReceiveOpt => text(&self.receive_opt),
            Key::ProfilesAsOf => text(&self.profiles_as_of),
            Key::Log(id) => text(&self.logs.get(id)?.kept()),
            Key::Message(id, sequence) => text(self.logs.get(id)?.kept_message(*sequence)?),
            Key::Outbox(position) => text(self.outbox.get(position)?),
            Key::Sent(number) => text(self.sent.get(number)?),
            Key::Beside(message) => text(self.beside.get(message)?),
            Key::Relation(key) => text(self.relations.get(key)?),
            Key::Blacklist(user) => self.blacklist.contains(user).then(String::new),
            Key::Group(id) => text(self.groups.get(id)?),
            Key::OutdatedGroup(id) => text(self.outdated_groups.get(id)?),
            Key::Invitation(id) => text(self.invitations.get(id)?),
            Key::Draft(id) => self.drafts.get(id).cloned(),
            Key::Person(user) => text(self.profiles.get(user)?),
        }
    }

    /// What these rows say, and whether each could be read.
    pub(in crate::store) fn of_rows(rows: &[(String, String)]) -> (Self, bool) {
        let mut data = Self { is_kept: true, ..Self::default() };
        let mut are_sound = true;
        for (key, text) in rows {
            are_sound &= data.load(key, text).is_some();
        }
        data.keep_newest();
        (data, are_sound)
    }

    /// Reads a row; `None` if it is damaged.
    fn load(&mut self, key: &str, text: &str) -> Option<()> {
        let (kind, of) = key.split_once(' ').unwrap_or((key, ""));
        match kind {
            "sync" => self.sync = json(text)?,
            "profile" => self.profile = Some(json(text)?),
            "receive" => self.receive_opt = json(text)?,
            "as-of" => self.profiles_as_of = json(text)?,
            "log" => self.log(&of.parse().ok()?).load(json(text)?),
            "message" => self.log(&of.split_once(' ')?.1.parse().ok()?).load_message(json(text)?),
            "outbox" => {
                let row: OutboxRow = json(text)?;
                self.outbox.insert(row.position, row);
            }
            "sent" => _ = self.sent.insert(of.parse().ok()?, json(text)?),
            "beside" => {
                let (id, sender) = of.split_once(' ')?;
                self.beside.insert((id.parse().ok()?, UserId::new(sender).ok()?), json(text)?);
            }
            "relation" => {
                let told = json(text)?;
                self.relations.insert(relation_key(&told)?.0, told);
            }
            "blacklist" => _ = self.blacklist.insert(UserId::new(of).ok()?),
            "group" => _ = self.groups.insert(GroupId::new(of).ok()?, json(text)?),
            "outdated" => _ = self.outdated_groups.insert(GroupId::new(of).ok()?, json(text)?),
            "invitation" => _ = self.invitations.insert(of.to_owned(), json(text)?),
            "draft" => _ = self.drafts.insert(of.parse().ok()?, text.to_owned()),
            "person" => _ = self.profiles.insert(UserId::new(of).ok()?, json(text)?),
            _ => return None,
        }
        Some(())
    }
}
