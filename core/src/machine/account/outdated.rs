//! Groups whose profile changed without this device hearing how: they are asked for, one at a time. What is asked for is stored, so
//! that a restart does not forget it.

use std::collections::BTreeSet;

use tim_protocol::call::{GetGroupRequest, GroupIs};
use tim_protocol::group::Group;
use tim_protocol::{Code, Fault, GroupId};

use crate::machine::context::{ASK_AGAIN_MS, Context};
use crate::machine::purpose::Purpose;
use crate::stored::Change;

/// The groups to ask for.
#[derive(Default)]
pub(super) struct Outdated {
    groups: BTreeSet<GroupId>,
    ask_at: i64,
}

impl Outdated {
    pub(super) fn load(groups: Vec<GroupId>) -> Self {
        Self { groups: groups.into_iter().collect(), ask_at: 0 }
    }

    pub(super) fn add(&mut self, cx: &mut Context, group: &GroupId) {
        if self.groups.insert(group.clone()) {
            cx.store(Change::OutdatedGroup(group.clone(), true));
        }
    }

    pub(super) fn remove(&mut self, cx: &mut Context, group: &GroupId) {
        if self.groups.remove(group) {
            cx.store(Change::OutdatedGroup(group.clone(), false));
        }
    }

    /// Asks for the first group.
    pub(super) fn pump(&self, cx: &mut Context) {
        if let Some(group) = self.groups.first().filter(|_| self.ask_at <= cx.now()) {
            cx.ask(Purpose::Group(group.clone()), GetGroupRequest { group_id: group.clone() });
        }
    }

    /// When the next group may be asked for.
    pub(super) fn due(&self, now: i64) -> Option<i64> {
        Some(self.ask_at).filter(|due| !self.groups.is_empty() && *due > now)
    }

    /// Takes the answer about a group. One that the user has left is told by the sync.
    pub(super) fn came(
        &mut self,
        cx: &mut Context,
        group: &GroupId,
        result: Result<GroupIs, Fault>,
    ) -> Option<Group> {
        let came = match result {
            Err(fault) if fault.code.is_retryable() && fault.code != Code::UNREADABLE => {
                self.ask_at = cx.now() + fault.retry_after.map_or(0, i64::from).max(ASK_AGAIN_MS);
                return None;
            }
            Ok(GroupIs { group }) => Some(*group).filter(|group| group.self_info.is_some()),
            Err(_) => None,
        };
        self.remove(cx, group);
        came
    }
}
