//! Profiles of others: those that this device was told, as many as are kept, for when it is not connected. Friends' are with the friends.
//!
//! Which of them changed unheard is asked for once a session began, in pages.

use tim_protocol::call::{ChangedProfiles, ChangedProfilesRequest};
use tim_protocol::profile::Profile;
use tim_protocol::{Code, Fault, UnixMillis, UserId};

use crate::machine::context::{ASK_AGAIN_MS, Context};
use crate::machine::purpose::Purpose;
use crate::machine::unreadable::Unreadable;
use crate::sorted::SortedMap;
use crate::stored::Change;

/// Most profiles that are kept: the one that came first gives way.
const KEPT: usize = 500;

/// The profiles.
#[derive(Default)]
pub(super) struct People {
    /// Each with a number: the greater one came later.
    kept: SortedMap<UserId, (u64, Profile)>,
    last: u64,
    /// What changed up to this time of the server's is known.
    as_of: UnixMillis,
    is_doubtful: bool,
    asking: Option<Asking>,
    ask_at: i64,
}

/// A walk through what changed.
#[derive(Default)]
struct Asking {
    before: Option<u64>,
    /// The time that the first page said.
    time: Option<UnixMillis>,
}

impl People {
    pub(super) fn load(profiles: Vec<Profile>, as_of: UnixMillis) -> Self {
        let kept = (1..).zip(profiles).map(|(number, it)| (it.user_id.clone(), (number, it)));
        let kept: SortedMap<_, _> = kept.collect();
        Self { last: kept.len() as u64, kept, as_of, ..Self::default() }
    }

    pub(super) fn get(&self, user: &UserId) -> Option<&Profile> {
        self.kept.get(user).map(|(_, profile)| profile)
    }

    /// Keeps a profile.
    pub(super) fn keep(&mut self, cx: &mut Context, profile: Profile) {
        self.last += 1;
        cx.store(Change::Person(profile.user_id.clone(), Some(Box::new(profile.clone()))));
        self.kept.insert(profile.user_id.clone(), (self.last, profile));
        if self.kept.len() > KEPT
            && let Some(first) = self.kept.iter().min_by_key(|(_, (number, _))| *number)
        {
            let first = first.0.clone();
            self.forget(cx, &first);
        }
    }

    pub(super) fn forget(&mut self, cx: &mut Context, user: &UserId) {
        if self.kept.remove(user).is_some() {
            cx.store(Change::Person(user.clone(), None));
        }
    }

    /// This device is told everything from this time of the server's on.
    pub(super) fn begin(&mut self, cx: &mut Context, time: UnixMillis) {
        self.as_of = time;
        cx.store(Change::ProfilesAsOf(time));
    }

    /// A session began: what changed before it was not heard.
    pub(super) fn session_began(&mut self) {
        self.asking = None;
        self.ask_at = 0;
        self.doubt();
    }

    /// Something was not heard.
    pub(super) fn doubt(&mut self) {
        self.is_doubtful = true;
    }

    pub(super) fn pump(&mut self, cx: &mut Context) {
        if self.ask_at > cx.now() {
            return;
        }
        if self.asking.is_none() && std::mem::take(&mut self.is_doubtful) {
            self.asking = Some(Asking::default());
        }
        if let Some(Asking { before, .. }) = self.asking {
            cx.ask(Purpose::ChangedProfiles, ChangedProfilesRequest { since: self.as_of, before });
        }
    }

    pub(super) fn due(&self, now: i64) -> Option<i64> {
        let waits = self.asking.is_some() || self.is_doubtful;
        (waits && self.ask_at > now).then_some(self.ask_at)
    }

    /// Takes a page, and gives the profiles that changed.
    pub(super) fn came(&mut self, cx: &mut Context, result: Result<ChangedProfiles, Fault>) -> Vec<Profile> {
        let page = match result {
            Ok(page) => page,
            Err(fault) if fault.code.is_retryable() && fault.code != Code::UNREADABLE => {
                self.ask_at = cx.now() + fault.retry_after.map_or(0, i64::from).max(ASK_AGAIN_MS);
                return Vec::new();
            }
            // The server of an earlier version does not know.
            Err(_) => {
                self.asking = None;
                return Vec::new();
            }
        };
        cx.count_unreadable(Unreadable::Profile, page.profiles.unreadable);
        if let Some(asking) = &mut self.asking {
            let time = *asking.time.get_or_insert(page.time);
            asking.before = page.next;
            if page.next.is_none() {
                self.asking = None;
                self.begin(cx, time);
            }
        }
        page.profiles.items
    }
}
