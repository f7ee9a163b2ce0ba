//! Groups whose profile changed without this device hearing how: they are asked for, one at a time. Which change is needed is stored, so
//! that a restart does not forget it.

use tim_protocol::call::{GetGroupRequest, GroupIs};
use tim_protocol::group::Group;
use tim_protocol::{Code, Fault, GroupId};

use crate::machine::context::{ASK_AGAIN_MS, Context};
use crate::machine::purpose::Purpose;
use crate::sorted::SortedMap;
use crate::stored::Change;

/// The groups to ask for.
#[derive(Default)]
pub(super) struct Outdated {
    groups: SortedMap<GroupId, Needed>,
}

/// What is needed of a group.
struct Needed {
    /// The newest number of its profile that was heard of.
    info_sequence: u64,
    /// Not to be asked for before.
    ask_at: i64,
}

impl Outdated {
    pub(super) fn load(groups: Vec<(GroupId, u64)>) -> Self {
        let needed = |(group, info_sequence)| (group, Needed { info_sequence, ask_at: 0 });
        Self { groups: groups.into_iter().map(needed).collect() }
    }

    /// Notes that a group's profile has this number at least.
    pub(super) fn add(&mut self, cx: &mut Context, group: &GroupId, info_sequence: u64) {
        let needed = self.groups.entry(group.clone()).or_insert(Needed { info_sequence: 0, ask_at: 0 });
        if needed.info_sequence < info_sequence {
            needed.info_sequence = info_sequence;
            cx.store(Change::OutdatedGroup(group.clone(), Some(info_sequence)));
        }
    }

    /// Nothing older than this number is needed of a group any more.
    pub(super) fn known(&mut self, cx: &mut Context, group: &GroupId, info_sequence: u64) {
        if self.groups.get(group).is_some_and(|needed| needed.info_sequence <= info_sequence) {
            self.forget(cx, group);
        }
    }

    /// Nothing is needed of a group.
    pub(super) fn forget(&mut self, cx: &mut Context, group: &GroupId) {
        if self.groups.remove(group).is_some() {
            cx.store(Change::OutdatedGroup(group.clone(), None));
        }
    }

    /// Asks for the group that has waited longest.
    pub(super) fn pump(&self, cx: &mut Context) {
        let first = self.groups.iter().min_by_key(|(_, needed)| needed.ask_at);
        if let Some((group, _)) = first.filter(|(_, needed)| needed.ask_at <= cx.now()) {
            cx.ask(Purpose::Group(group.clone()), GetGroupRequest { group_id: group.clone() });
        }
    }

    /// When the next group may be asked for.
    pub(super) fn due(&self, now: i64) -> Option<i64> {
        self.groups.values().map(|needed| needed.ask_at).filter(|due| *due > now && *due < i64::MAX).min()
    }

    /// Takes the answer about a group. One that the user has left is told by the sync.
    pub(super) fn came(
        &mut self,
        cx: &mut Context,
        group: &GroupId,
        result: Result<GroupIs, Fault>,
    ) -> Option<Group> {
        let pause = match result {
            Ok(GroupIs { group }) if group.self_info.is_some() => {
                self.postpone(cx, &group.group_id, Some(ASK_AGAIN_MS));
                self.known(cx, &group.group_id, group.info_sequence);
                return Some(*group);
            }
            // A later version of the app may read it.
            Err(fault) if fault.code == Code::UNREADABLE => None,
            Err(fault) if fault.code.is_retryable() => {
                Some(fault.retry_after.map_or(0, i64::from).max(ASK_AGAIN_MS))
            }
            Ok(_) | Err(_) => {
                self.forget(cx, group);
                return None;
            }
        };
        self.postpone(cx, group, pause);
        None
    }

    /// Asks for a group after a pause, or not again before the next start.
    fn postpone(&mut self, cx: &Context, group: &GroupId, pause: Option<i64>) {
        if let Some(needed) = self.groups.get_mut(group) {
            needed.ask_at = pause.map_or(i64::MAX, |pause| cx.now() + pause);
        }
    }
}
