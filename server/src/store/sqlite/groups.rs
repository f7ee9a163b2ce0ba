//! Groups: their rows, their members, and what a change to them writes into whose log.

use rusqlite::{OptionalExtension as _, params};
use tim_protocol::call::{self, Call as _, Done, GroupIs, Joined};
use tim_protocol::code::Code;
use tim_protocol::conversation::Change;
use tim_protocol::frame::Push;
use tim_protocol::group::{Group, GroupType, JoinOption, JoinStatus, Role, SelfInfo};
use tim_protocol::message::{Body, GroupTip, GroupTipType, NoticeGroup, NoticeType, SystemNotice};
use tim_protocol::{ConversationId, GroupId, UserId};

use super::database::{Database, Outcome, quiet, telling};
use super::marks::Kind;
use super::rows::{Conv, Place, USHARD, from_word, group_key, to_sql, to_word};
use super::send::only;
use crate::core::ops::{Actor, Tell, UserKey, What, Written};
use crate::core::rules::{self, Action};

impl Database {
    pub(super) fn create_group(
        &self,
        actor: &Actor,
        create: &call::CreateGroup,
        random: u64,
        now: i64,
    ) -> Outcome<Written> {
        let new = &create.group;
        let group_id = new.group_id.clone().unwrap_or_else(|| GroupId::generated(random));
        let key = group_key(&group_id);
        if let Some(taken) = self.conv_by_key(actor.app, &key)? {
            let mine = self.role(&taken, actor.key)? == Some(Role::Owner);
            return Err(if mine { Code::GROUP_ID_IS_YOURS } else { Code::GROUP_ID_IN_USE }.into());
        }
        let mut others = Vec::new();
        for user in &new.member_list {
            let member = self.user_key(actor.app, user)?.ok_or(Code::GROUP_ACCOUNT_NOT_FOUND)?;
            if member != actor.key && !others.contains(&(user.clone(), member)) {
                others.push((user.clone(), member));
            }
        }
        let conv = self.make_conv(actor.app, &key, Place::Group(group_id))?;
        self.connection.execute(
            "INSERT INTO grp(conv, shard, type, name, introduction, notification, avatar, owner, created, join_option)
             VALUES(?1, (SELECT shard FROM conv WHERE id = ?1), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                conv.id,
                to_word(&new.group_type)?,
                new.name,
                new.introduction,
                new.notification,
                new.avatar,
                actor.key.0,
                now,
                to_word(&new.join_option.unwrap_or(new.group_type.default_join_option()))?,
            ],
        )?;
        self.add_member(&conv, new.group_type, actor.key, Role::Owner, now)?;
        for (_, member) in &others {
            self.add_member(&conv, new.group_type, *member, Role::Member, now)?;
        }
        let everybody = std::iter::once(actor.key).chain(others.iter().map(|other| other.1));
        let mut tells = self.membership_tells(&conv, everybody)?;
        tells.push(self.notice(actor, actor.key, &conv, NoticeType::GroupCreated, "", now)?);
        for (_, member) in &others {
            tells.push(self.notice(actor, *member, &conv, NoticeType::Invited, "", now)?);
        }
        if !others.is_empty() {
            let names = others.iter().map(|(name, _)| name.clone()).collect();
            tells.push(self.tip(conv.clone(), actor, GroupTipType::Join, names, now)?);
        }
        let group = self.group_of(&conv, actor.key)?;
        Ok(telling(call::CreateGroup::answer(GroupIs { group }), tells))
    }

    pub(super) fn join_group(&self, actor: &Actor, join: &call::JoinGroup, now: i64) -> Outcome<Written> {
        let conv = self.group_conv(actor.app, &join.group_id)?;
        if self.is_member(&conv, actor.key)? {
            let group = Some(self.group_of(&conv, actor.key)?);
            return Ok(quiet(call::JoinGroup::answer(Joined { status: JoinStatus::AlreadyInGroup, group })));
        }
        let group = self.group_of(&conv, actor.key)?;
        match group.join_option {
            JoinOption::DisableApply | JoinOption::Other(_) => Err(Code::GROUP_PERMISSION_DENIED.into()),
            JoinOption::FreeAccess => {
                let tells = self.let_in(actor, &conv, &group, (actor.user.clone(), actor.key), now)?;
                let group = Some(self.group_of(&conv, actor.key)?);
                Ok(telling(
                    call::JoinGroup::answer(Joined { status: JoinStatus::JoinedSuccess, group }),
                    tells,
                ))
            }
            JoinOption::NeedPermission => {
                let tells = self.apply_to_join(actor, &conv, &join.apply_message, now)?;
                let waiting = Joined { status: JoinStatus::WaitAdminApproval, group: None };
                Ok(telling(call::JoinGroup::answer(waiting), tells))
            }
        }
    }

    fn apply_to_join(&self, actor: &Actor, conv: &Conv, words: &str, now: i64) -> Outcome<Vec<Tell>> {
        let fresh = self
            .connection
            .prepare_cached(
                "INSERT INTO application(conv, user, shard, time)
                 VALUES(?1, ?2, (SELECT shard FROM conv WHERE id = ?1), ?3) ON CONFLICT(conv, user) DO NOTHING",
            )?
            .execute(params![conv.id, actor.key.0, now])?;
        if fresh == 0 {
            return Ok(Vec::new());
        }
        let mut query = self
            .connection
            .prepare_cached("SELECT user FROM member WHERE conv = ? AND role IN ('Owner', 'Admin')")?;
        let deciders = query.query_map([conv.id], |row| row.get(0).map(UserKey))?;
        let deciders = deciders.collect::<rusqlite::Result<Vec<_>>>()?;
        deciders
            .into_iter()
            .map(|decider| self.notice(actor, decider, conv, NoticeType::JoinApplication, words, now))
            .collect()
    }

    pub(super) fn handle_application(
        &self,
        actor: &Actor,
        handle: &call::HandleApplication,
        now: i64,
    ) -> Outcome<Written> {
        let conv = self.group_conv(actor.app, &handle.group_id)?;
        let group = self.group_of(&conv, actor.key)?;
        rules::may(Action::HandleApplications, group.group_type, self.role(&conv, actor.key)?)?;
        let applicant = self.user_key(actor.app, &handle.user_id)?.ok_or(Code::GROUP_ACCOUNT_NOT_FOUND)?;
        let waiting = self
            .connection
            .prepare_cached("DELETE FROM application WHERE conv = ? AND user = ?")?
            .execute(params![conv.id, applicant.0])?;
        if waiting == 0 {
            return Err(Code::APPLICATION_HANDLED.into());
        }
        let answer =
            if handle.accept { NoticeType::ApplicationAccepted } else { NoticeType::ApplicationRefused };
        let mut tells = Vec::new();
        if handle.accept && !self.is_member(&conv, applicant)? {
            tells = self.let_in(actor, &conv, &group, (handle.user_id.clone(), applicant), now)?;
        }
        tells.push(self.notice(actor, applicant, &conv, answer, &handle.handle_message, now)?);
        Ok(telling(call::HandleApplication::answer(Done {}), tells))
    }

    pub(super) fn quit_group(&self, actor: &Actor, group: &GroupId, now: i64) -> Outcome<Written> {
        let conv = self.group_conv(actor.app, group)?;
        let profile = self.group_of(&conv, actor.key)?;
        rules::may(Action::Quit, profile.group_type, self.role(&conv, actor.key)?)?;
        // The tip is the last thing the leaver may see, so it is written while they are still a member.
        let leaving = vec![actor.user.clone()];
        self.connection
            .prepare_cached(
                "UPDATE grp SET members = members - 1, owner = nullif(owner, ?2) WHERE conv = ?1",
            )?
            .execute(params![conv.id, actor.key.0])?;
        let tip = self.tip(conv.clone(), actor, GroupTipType::Quit, leaving, now)?;
        self.remove_member(&conv, actor.key)?;
        let mut tells = vec![tip];
        tells.extend(self.membership_tells(&conv, std::iter::once(actor.key))?);
        tells.push(self.notice(actor, actor.key, &conv, NoticeType::Quit, "", now)?);
        Ok(telling(call::QuitGroup::answer(Done {}), tells))
    }

    pub(super) fn dismiss_group(&self, actor: &Actor, group: &GroupId, now: i64) -> Outcome<Written> {
        let conv = self.group_conv(actor.app, group)?;
        let profile = self.group_of(&conv, actor.key)?;
        rules::may(Action::Dismiss, profile.group_type, self.role(&conv, actor.key)?)?;
        let members = self.members(&conv)?;
        for member in members.iter() {
            self.remove_member(&conv, *member)?;
        }
        self.connection.execute("UPDATE grp SET dismissed = 1, members = 0 WHERE conv = ?", [conv.id])?;
        self.connection.execute("DELETE FROM application WHERE conv = ?", [conv.id])?;
        let mut tells = self.membership_tells(&conv, members.iter().copied())?;
        for member in members.iter() {
            tells.push(self.notice(actor, *member, &conv, NoticeType::GroupDismissed, "", now)?);
        }
        Ok(telling(call::DismissGroup::answer(Done {}), tells))
    }

    pub(super) fn group_for(&self, actor: &Actor, group: &GroupId) -> Outcome<Group> {
        let conv = self.group_conv(actor.app, group)?;
        self.group_of(&conv, actor.key)
    }

    /// A group's conversation, unless it was dismissed.
    fn group_conv(&self, app: u32, group: &GroupId) -> Outcome<Conv> {
        let conv = self.conv_by_key(app, &group_key(group))?.ok_or(Code::GROUP_NOT_FOUND)?;
        self.exists_still(&conv)?;
        Ok(conv)
    }

    /// Errors: [`Code::GROUP_NOT_FOUND`] if the group was dismissed.
    pub(super) fn exists_still(&self, conv: &Conv) -> Outcome<()> {
        let mut query = self.connection.prepare_cached("SELECT dismissed FROM grp WHERE conv = ?")?;
        if query.query_row([conv.id], |row| row.get(0))? { Err(Code::GROUP_NOT_FOUND.into()) } else { Ok(()) }
    }

    /// A group as a user sees it.
    pub(super) fn group_of(&self, conv: &Conv, viewer: UserKey) -> Outcome<Group> {
        let Place::Group(group_id) = conv.place.clone() else { return Err(Code::GROUP_NOT_FOUND.into()) };
        let mut query = self.connection.prepare_cached(
            "SELECT g.type, g.name, g.introduction, g.notification, g.avatar, o.name, g.created, g.members, g.join_option
             FROM grp g LEFT JOIN user o ON o.id = g.owner WHERE g.conv = ?",
        )?;
        let mut rows = query.query([conv.id])?;
        let row = rows.next()?.ok_or(Code::GROUP_NOT_FOUND)?;
        let group_type: GroupType = from_word(&row.get::<_, String>(0)?)?;
        let owner: Option<String> = row.get(5)?;
        Ok(Group {
            group_id,
            group_type,
            name: row.get(1)?,
            introduction: row.get(2)?,
            notification: row.get(3)?,
            avatar: row.get(4)?,
            owner_id: owner.and_then(|owner| UserId::new(&owner).ok()),
            create_time: row.get(6)?,
            member_count: row.get(7)?,
            max_member_count: group_type.max_members(),
            join_option: from_word(&row.get::<_, String>(8)?)?,
            self_info: self.self_info(conv, viewer)?,
        })
    }

    /// What a sync tells of a group beside its log: its type, how many members it has, and who owns it.
    pub(super) fn group_in_short(&self, conv: &Conv) -> Outcome<(GroupType, u32, Option<UserId>)> {
        let mut query = self.connection.prepare_cached(
            "SELECT g.type, g.members, o.name FROM grp g LEFT JOIN user o ON o.id = g.owner WHERE g.conv = ?",
        )?;
        let (kind, members, owner): (String, u32, Option<String>) =
            query.query_row([conv.id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
        Ok((from_word(&kind)?, members, owner.and_then(|owner| UserId::new(&owner).ok())))
    }

    fn self_info(&self, conv: &Conv, user: UserKey) -> Outcome<Option<SelfInfo>> {
        let mut query =
            self.connection.prepare_cached("SELECT role, joined FROM member WHERE conv = ? AND user = ?")?;
        let row: Option<(String, i64)> =
            query.query_row(params![conv.id, user.0], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        row.map(|(role, join_time)| Ok(SelfInfo { role: from_word(&role)?, join_time })).transpose()
    }

    /// A user's standing in a group; `None` if not a member.
    pub(super) fn role(&self, conv: &Conv, user: UserKey) -> Outcome<Option<Role>> {
        Ok(self.self_info(conv, user)?.map(|info| info.role))
    }

    pub(super) fn is_member(&self, conv: &Conv, user: UserKey) -> Outcome<bool> {
        let mut query = self.connection.prepare_cached("SELECT 1 FROM member WHERE conv = ? AND user = ?")?;
        Ok(query.exists(params![conv.id, user.0])?)
    }

    fn let_in(
        &self,
        actor: &Actor,
        conv: &Conv,
        group: &Group,
        who: (UserId, UserKey),
        now: i64,
    ) -> Outcome<Vec<Tell>> {
        if group.member_count >= group.max_member_count {
            return Err(Code::GROUP_FULL.into());
        }
        self.add_member(conv, group.group_type, who.1, Role::Member, now)?;
        let mut tells = self.membership_tells(conv, std::iter::once(who.1))?;
        tells.push(self.tip(conv.clone(), actor, GroupTipType::Join, vec![who.0], now)?);
        Ok(tells)
    }

    fn add_member(&self, conv: &Conv, kind: GroupType, user: UserKey, role: Role, now: i64) -> Outcome<()> {
        self.connection
            .prepare_cached(
                "INSERT INTO member(conv, user, shard, role, joined)
                 VALUES(?1, ?2, (SELECT shard FROM conv WHERE id = ?1), ?3, ?4)",
            )?
            .execute(params![conv.id, user.0, to_word(&role)?, now])?;
        self.connection
            .prepare_cached("UPDATE grp SET members = members + 1 WHERE conv = ?")?
            .execute([conv.id])?;
        self.connection
            .prepare_cached("DELETE FROM application WHERE conv = ? AND user = ?")?
            .execute(params![conv.id, user.0])?;
        let floor = if kind.shows_history_before_joining() { 1 } else { conv.head + 1 };
        self.connection
            .prepare_cached(&format!(
                "INSERT INTO user_conv(user, conv, ushard, read, floor) VALUES(?1, ?2, {USHARD}, ?3, ?4)
                 ON CONFLICT(user, conv) DO UPDATE SET
                    read = max(read, excluded.read), floor = excluded.floor, gone = 0"
            ))?
            .execute(params![user.0, conv.id, to_sql(conv.head), to_sql(floor)])?;
        self.mark_for(user, conv.id)?;
        self.note_group(user, conv, false)
    }

    fn remove_member(&self, conv: &Conv, user: UserKey) -> Outcome<()> {
        self.connection
            .prepare_cached("DELETE FROM member WHERE conv = ? AND user = ?")?
            .execute(params![conv.id, user.0])?;
        self.connection
            .prepare_cached("UPDATE user_conv SET gone = 1 WHERE user = ? AND conv = ?")?
            .execute(params![user.0, conv.id])?;
        self.mark_for(user, conv.id)?;
        self.note_group(user, conv, true)
    }

    fn note_group(&self, user: UserKey, conv: &Conv, gone: bool) -> Outcome<()> {
        match &conv.place {
            Place::Group(group) => self.note_change(user, Kind::Group, group.as_str(), gone),
            Place::C2c(..) | Place::System(_) => Ok(()),
        }
    }

    /// Tells users whether they are in a group now. Before notices, so that a device that hears one shows what it tells of.
    fn membership_tells(&self, conv: &Conv, users: impl Iterator<Item = UserKey>) -> Outcome<Vec<Tell>> {
        let Place::Group(group_id) = &conv.place else { return Ok(Vec::new()) };
        users
            .map(|user| {
                let group = if self.is_member(conv, user)? { Some(self.group_of(conv, user)?) } else { None };
                let what = What::Push(Push::Change(Change::Group { group_id: group_id.clone(), group }));
                Ok(Tell { to: only(user), except: None, what })
            })
            .collect()
    }

    fn tip(
        &self,
        mut conv: Conv,
        actor: &Actor,
        kind: GroupTipType,
        users: Vec<UserId>,
        now: i64,
    ) -> Outcome<Tell> {
        let Place::Group(group) = conv.place.clone() else { return Err(Code::INTERNAL.into()) };
        let member_count = self.group_of(&conv, actor.key)?.member_count;
        let body = Body::GroupTip(GroupTip {
            operator_id: actor.user.clone(),
            operation_type: kind,
            user_id_list: users,
            member_count,
        });
        // Several things may be written in one step: the row knows the newest place.
        conv = self.conv(conv.id)?;
        self.append_own(&mut conv, ConversationId::Group(group), &body, now)
    }

    fn notice(
        &self,
        actor: &Actor,
        to: UserKey,
        conv: &Conv,
        kind: NoticeType,
        words: &str,
        now: i64,
    ) -> Outcome<Tell> {
        let group = self.group_of(conv, actor.key)?;
        let body = Body::GroupSystemNotice(SystemNotice {
            operator_id: actor.user.clone(),
            operation_type: kind,
            group_profile: NoticeGroup {
                group_id: group.group_id,
                name: group.name,
                group_type: group.group_type,
            },
            handle_message: words.to_owned(),
        });
        let key = format!("s:{}", to.0);
        let mut log = match self.conv_by_key(actor.app, &key)? {
            Some(log) => log,
            None => self.make_conv(actor.app, &key, Place::System(to))?,
        };
        self.append_own(&mut log, ConversationId::System, &body, now)
    }
}
