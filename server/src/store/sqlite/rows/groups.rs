//! The tables `grp`, `member` and `application`.

use rusqlite::{OptionalExtension as _, Row, params};
use tim_protocol::fields::Fields;
use tim_protocol::group::{Group, GroupType, Role};
use tim_protocol::{UnixMillis, UserId, bounds};

use super::{Transaction, to_sql, unsigned, word};
use crate::core::ops::{ConversationKey, Topic, UserKey};
use crate::domain::DomainResult;
use crate::domain::rows::{
    Application, GroupRow, GroupRows, GroupSummary, ListedMember, Member, NewGroupRow, SenderProfile,
    Standing,
};
use crate::store::sqlite::failure::damaged;

/// The `shard` of a conversation's row, from its number.
const SHARD: &str = "(SELECT shard FROM conv WHERE id = ?1)";

/// The app's fields as they are stored; NULL for none.
fn fields_text(fields: &Fields) -> Option<String> {
    Some(bounds::written(fields).get().to_owned()).filter(|_| !fields.is_empty())
}

fn fields(row: &Row<'_>, column: usize) -> DomainResult<Fields> {
    let text: Option<String> = row.get(column)?;
    text.map_or_else(|| Ok(Fields::default()), |text| serde_json::from_str(&text).map_err(|_| damaged()))
}

/// The columns of a member, for [`member`].
const MEMBER: &str = "m.role, m.joined, m.joined_at, m.name_card, m.mute_until, m.fields";

fn member(row: &Row<'_>) -> DomainResult<Member> {
    Ok(Member {
        role: word(row, 0)?,
        joined: row.get(1)?,
        joined_at: unsigned(row, 2)?,
        name_card: row.get(3)?,
        mute_until: row.get(4)?,
        fields: fields(row, 5)?,
    })
}

impl GroupRows for Transaction<'_> {
    fn add_group(&mut self, group: ConversationKey, row: &NewGroupRow<'_>) -> DomainResult<()> {
        self.prepare(&format!(
            "INSERT INTO grp(conv, shard, type, name, introduction, notification, avatar, owner, created, join_option,
                 invite_option, fields)
             VALUES(?1, {SHARD}, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"
        ))?
        .execute(params![
            group.0,
            row.new.group_type.as_str(),
            row.new.name,
            row.new.introduction,
            row.new.notification,
            row.new.avatar,
            row.owner.0,
            row.created,
            row.join_option.as_str(),
            row.invite_option.as_str(),
            fields_text(&row.fields),
        ])?;
        Ok(())
    }

    fn group(&mut self, group: ConversationKey) -> DomainResult<Option<GroupRow>> {
        let mut query = self.prepare(
            "SELECT g.type, g.name, g.introduction, g.notification, g.avatar, o.name, g.created, g.members,
                    g.join_option, g.dismissed, g.invite_option, g.mutes_all, g.fields, g.info
             FROM grp g LEFT JOIN user o ON o.id = g.owner WHERE g.conv = ?",
        )?;
        let mut rows = query.query([group.0])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let owner: Option<String> = row.get(5)?;
        Ok(Some(GroupRow {
            group_type: word(row, 0)?,
            name: row.get(1)?,
            introduction: row.get(2)?,
            notification: row.get(3)?,
            avatar: row.get(4)?,
            owner: owner.and_then(|owner| UserId::new(&owner).ok()),
            created: row.get(6)?,
            members: row.get(7)?,
            join_option: word(row, 8)?,
            is_dismissed: row.get(9)?,
            invite_option: word(row, 10)?,
            mutes_all: row.get(11)?,
            fields: fields(row, 12)?,
            info_sequence: unsigned(row, 13)?,
        }))
    }

    fn group_type(&mut self, of: ConversationKey) -> DomainResult<Option<GroupType>> {
        let mut query = self.prepare("SELECT type FROM grp WHERE conv = ?")?;
        let mut rows = query.query([of.0])?;
        rows.next()?.map(|row| word(row, 0)).transpose()
    }

    fn group_summary(&mut self, group: ConversationKey) -> DomainResult<GroupSummary> {
        let mut query = self.prepare(
            "SELECT g.type, g.members, o.name, g.info FROM grp g LEFT JOIN user o ON o.id = g.owner WHERE g.conv = ?",
        )?;
        let mut rows = query.query([group.0])?;
        let row = rows.next()?.ok_or_else(damaged)?;
        let owner: Option<String> = row.get(2)?;
        Ok(GroupSummary {
            group_type: word(row, 0)?,
            members: row.get(1)?,
            owner: owner.and_then(|owner| UserId::new(&owner).ok()),
            info_sequence: unsigned(row, 3)?,
        })
    }

    fn standing(&mut self, group: ConversationKey, user: UserKey) -> DomainResult<Standing> {
        let mut query = self.prepare(
            "SELECT g.type, g.dismissed, m.user IS NOT NULL, m.role, g.mutes_all, coalesce(m.mute_until, 0)
             FROM grp g LEFT JOIN member m ON m.conv = g.conv AND m.user = ?2 AND g.dismissed = 0 WHERE g.conv = ?1",
        )?;
        let mut rows = query.query(params![group.0, user.0])?;
        let row = rows.next()?.ok_or_else(damaged)?;
        let role = if row.get(2)? { Some(word(row, 3)?) } else { None };
        let (group_type, is_dismissed, mutes_all) = (word(row, 0)?, row.get(1)?, row.get(4)?);
        Ok(Standing { group_type, is_dismissed, role, mutes_all, mute_until: row.get(5)? })
    }

    fn change_member_count(&mut self, group: ConversationKey, by: i32) -> DomainResult<()> {
        self.prepare("UPDATE grp SET members = members + ?2 WHERE conv = ?1")?
            .execute(params![group.0, by])?;
        Ok(())
    }

    fn set_group_profile(&mut self, key: ConversationKey, group: &Group) -> DomainResult<()> {
        self.prepare(
            "UPDATE grp SET name = ?2, introduction = ?3, notification = ?4, avatar = ?5, join_option = ?6, invite_option = ?7,
                 mutes_all = ?8, fields = ?9, info = ?10 WHERE conv = ?1",
        )?
        .execute(params![
            key.0,
            group.name,
            group.introduction,
            group.notification,
            group.avatar,
            group.join_option.as_str(),
            group.invites().as_str(),
            group.mute_all_members,
            fields_text(&group.group_custom_field),
            to_sql(group.info_sequence),
        ])?;
        Ok(())
    }

    fn set_owner(&mut self, group: ConversationKey, owner: Option<UserKey>) -> DomainResult<()> {
        self.prepare("UPDATE grp SET owner = ?2 WHERE conv = ?1")?
            .execute(params![group.0, owner.map(|owner| owner.0)])?;
        Ok(())
    }

    fn dismiss_group(&mut self, group: ConversationKey) -> DomainResult<()> {
        self.prepare("UPDATE grp SET dismissed = 1, members = 0 WHERE conv = ?")?.execute([group.0])?;
        Ok(())
    }

    fn member(&mut self, group: ConversationKey, user: UserKey) -> DomainResult<Option<Member>> {
        let mut query =
            self.prepare(&format!("SELECT {MEMBER} FROM member m WHERE m.conv = ? AND m.user = ?"))?;
        let mut rows = query.query(params![group.0, user.0])?;
        rows.next()?.map(member).transpose()
    }

    fn groups_of(&mut self, user: UserKey) -> DomainResult<Vec<Topic>> {
        // A membership has a change of kind 3, which is found by its user; the rows of members are found by their group.
        let mut query = self.prepare(
            "SELECT c.id, coalesce(o.floor, 1) FROM user u JOIN change g ON g.user = u.id AND g.kind = 3 AND g.gone = 0
             JOIN conv c ON c.app = u.app AND c.key = 'g:' || g.key
             LEFT JOIN user_conv o ON o.user = u.id AND o.conv = c.id WHERE u.id = ?",
        )?;
        let groups = query.query_map([user.0], |row| {
            Ok(Topic { of: ConversationKey(row.get(0)?), since: unsigned(row, 1)? })
        })?;
        Ok(groups.collect::<rusqlite::Result<Vec<_>>>()?)
    }

    fn some_members(&mut self, group: ConversationKey, max: u32) -> DomainResult<Vec<UserKey>> {
        let mut query = self.prepare("SELECT user FROM member WHERE conv = ? LIMIT ?")?;
        let members = query.query_map(params![group.0, max], |row| row.get(0).map(UserKey))?;
        Ok(members.collect::<rusqlite::Result<Vec<_>>>()?)
    }

    fn members_after(
        &mut self,
        group: ConversationKey,
        role: Option<&Role>,
        after: UserKey,
        max: u32,
    ) -> DomainResult<Vec<ListedMember>> {
        let rows = |filter: &str| {
            format!(
                "SELECT {MEMBER}, u.name, u.nick, u.avatar FROM member m {filter} AND m.conv = ?1 AND m.user > ?2
                 ORDER BY m.user LIMIT ?3"
            )
        };
        let mut query = match role {
            Some(_) => self.prepare(&rows(
                "INDEXED BY member_role CROSS JOIN user u ON u.id = m.user WHERE m.role = ?4",
            ))?,
            None => self.prepare(&rows("CROSS JOIN user u ON u.id = m.user WHERE true"))?,
        };
        let mut rows = match role {
            Some(role) => query.query(params![group.0, after.0, max, role.as_str()])?,
            None => query.query(params![group.0, after.0, max])?,
        };
        let mut listed = Vec::new();
        while let Some(row) = rows.next()? {
            let name: String = row.get(6)?;
            listed.push(ListedMember {
                user: UserId::new(&name).map_err(|_| damaged())?,
                profile: SenderProfile { nick: row.get(7)?, avatar: row.get(8)?, name_card: None },
                member: member(row)?,
            });
        }
        Ok(listed)
    }

    fn members_of_role(&mut self, group: ConversationKey, role: &Role) -> DomainResult<Vec<UserKey>> {
        let mut query = self.prepare("SELECT user FROM member WHERE conv = ? AND role = ?")?;
        let members = query.query_map(params![group.0, role.as_str()], |row| row.get(0).map(UserKey))?;
        Ok(members.collect::<rusqlite::Result<Vec<_>>>()?)
    }

    fn add_member(&mut self, group: ConversationKey, user: UserKey, member: &Member) -> DomainResult<()> {
        self.prepare(&format!(
            "INSERT INTO member(conv, user, shard, role, joined, joined_at) VALUES(?1, ?2, {SHARD}, ?3, ?4, ?5)"
        ))?
        .execute(params![group.0, user.0, member.role.as_str(), member.joined, to_sql(member.joined_at)])?;
        Ok(())
    }

    fn remove_member(&mut self, group: ConversationKey, user: UserKey) -> DomainResult<()> {
        self.prepare("DELETE FROM member WHERE conv = ? AND user = ?")?.execute(params![group.0, user.0])?;
        Ok(())
    }

    fn set_member_role(&mut self, group: ConversationKey, user: UserKey, role: Role) -> DomainResult<()> {
        self.prepare("UPDATE member SET role = ?3 WHERE conv = ?1 AND user = ?2")?.execute(params![
            group.0,
            user.0,
            role.as_str()
        ])?;
        Ok(())
    }

    fn set_member_details(
        &mut self,
        group: ConversationKey,
        user: UserKey,
        member: &Member,
    ) -> DomainResult<()> {
        self.prepare(
            "UPDATE member SET name_card = ?3, mute_until = ?4, fields = ?5 WHERE conv = ?1 AND user = ?2",
        )?
        .execute(params![
            group.0,
            user.0,
            member.name_card,
            member.mute_until,
            fields_text(&member.fields),
        ])?;
        Ok(())
    }

    fn add_application(
        &mut self,
        group: ConversationKey,
        user: UserKey,
        inviter: Option<UserKey>,
        (time, again_before): (i64, i64),
    ) -> DomainResult<bool> {
        let added = self
            .prepare(&format!(
                "INSERT INTO application(conv, user, shard, time, inviter) VALUES(?1, ?2, {SHARD}, ?3, ?4)
                 ON CONFLICT(conv, user) DO UPDATE SET time = ?3, inviter = CASE WHEN inviter IS NULL THEN NULL ELSE ?4 END
                     WHERE time < ?5 OR (inviter IS NOT NULL AND ?4 IS NULL)"
            ))?
            .execute(params![group.0, user.0, time, inviter.map(|inviter| inviter.0), again_before])?;
        Ok(added > 0)
    }

    fn remove_application(
        &mut self,
        group: ConversationKey,
        user: UserKey,
    ) -> DomainResult<Option<Application>> {
        let mut removed =
            self.prepare("DELETE FROM application WHERE conv = ? AND user = ? RETURNING inviter")?;
        let mut rows = removed.query(params![group.0, user.0])?;
        let Some(row) = rows.next()? else { return Ok(None) };
        let inviter: Option<i64> = row.get(0)?;
        Ok(Some(Application { inviter: inviter.map(UserKey) }))
    }

    fn remove_applications(&mut self, group: ConversationKey, max: u32) -> DomainResult<u32> {
        let mut remove = self.prepare(
            "DELETE FROM application WHERE conv = ?1 AND user IN (SELECT user FROM application WHERE conv = ?1 LIMIT ?2)",
        )?;
        Ok(u32::try_from(remove.execute(params![group.0, max])?).unwrap_or(max))
    }

    fn ban(&mut self, group: ConversationKey, user: UserKey) -> DomainResult<UnixMillis> {
        let mut query = self.prepare("SELECT until FROM ban WHERE conv = ? AND user = ?")?;
        let until = query.query_row(params![group.0, user.0], |row| row.get(0)).optional()?;
        Ok(until.unwrap_or_default())
    }

    fn set_ban(&mut self, group: ConversationKey, user: UserKey, until: UnixMillis) -> DomainResult<()> {
        self.prepare(&format!(
            "INSERT INTO ban(conv, user, shard, until) VALUES(?1, ?2, {SHARD}, ?3)
             ON CONFLICT(conv, user) DO UPDATE SET until = excluded.until"
        ))?
        .execute(params![group.0, user.0, until])?;
        Ok(())
    }

    fn remove_ban(&mut self, group: ConversationKey, user: UserKey) -> DomainResult<()> {
        self.prepare("DELETE FROM ban WHERE conv = ? AND user = ?")?.execute(params![group.0, user.0])?;
        Ok(())
    }

    fn remove_bans(&mut self, group: ConversationKey, max: u32) -> DomainResult<u32> {
        let mut remove = self.prepare(
            "DELETE FROM ban WHERE conv = ?1 AND user IN (SELECT user FROM ban WHERE conv = ?1 LIMIT ?2)",
        )?;
        Ok(u32::try_from(remove.execute(params![group.0, max])?).unwrap_or(max))
    }
}
