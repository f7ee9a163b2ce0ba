//! Searches the members of a group by words: a bounded number of them with each request, whatever is found.

use std::collections::HashMap;

use tim_protocol::bounds::PageRoom;
use tim_protocol::call::{GroupMember, MemberField, MemberPage, SearchMembersRequest};
use tim_protocol::search::{Phrase, Term, terms};
use tim_protocol::{List, UserId, limits};

use super::DomainResult;
use super::group_view::CallersGroup;
use super::member_view::{shown, user_after};
use super::rows::Rows;
use crate::core::ops::Actor;

/// The members after one that are found.
pub(super) fn search(
    rows: &mut impl Rows,
    actor: &Actor,
    group: &CallersGroup,
    asked: &SearchMembersRequest,
) -> DomainResult<MemberPage> {
    let search = Search {
        phrases: SearchMembersRequest::phrases(&asked.keyword_list).map_err(|refused| refused.code)?,
        remarks: asked.remarks.iter().map(|it| (&it.user_id, it.remark.as_str())).collect(),
        asked,
    };
    let after = user_after(rows, actor, asked.after.as_ref())?;
    let looked_at = rows.members_after(group.conversation.key, None, after, limits::MEMBERS_SEARCHED)?;
    let is_full = looked_at.len() >= limits::MEMBERS_SEARCHED as usize;
    let mut page = MemberPage { member_list: List::default(), next: None };
    let (mut room, mut last) = (PageRoom::new(limits::PAGE_BYTES), None);
    for member in looked_at.into_iter().map(shown) {
        let user = member.user_id.clone();
        if search.finds(&member) {
            if page.member_list.len() >= asked.limit as usize || !room.take(&member) {
                page.next = last;
                return Ok(page);
            }
            page.member_list.push(member);
        }
        last = Some(user);
    }
    page.next = last.filter(|_| is_full);
    Ok(page)
}

struct Search<'a> {
    phrases: Vec<Phrase>,
    remarks: HashMap<&'a UserId, &'a str>,
    asked: &'a SearchMembersRequest,
}

impl Search<'_> {
    fn finds(&self, member: &GroupMember) -> bool {
        let remark = self.remarks.get(&member.user_id).copied().unwrap_or_default();
        let texts = [
            (MemberField::UserId, member.user_id.as_str()),
            (MemberField::Nick, &member.nick),
            (MemberField::Remark, remark),
            (MemberField::NameCard, &member.name_card),
        ];
        let fields = &self.asked.fields;
        let searched = texts.iter().filter(|(field, _)| fields.is_empty() || fields.contains(field));
        let searched: Vec<Vec<Term>> = searched.map(|(_, text)| terms(text)).collect();
        let stands = |phrase: &Phrase| searched.iter().any(|terms| phrase.is_among(terms));
        if self.asked.all { self.phrases.iter().all(stands) } else { self.phrases.iter().any(stands) }
    }
}
