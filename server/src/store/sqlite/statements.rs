//! A test of the statements that the database keeps: the conformance suite, and what it leaves out, uses them all.

#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "../../../../tests/statements/mod.rs"]
mod kept;

use std::cell::RefCell;
use std::future::ready;
use std::path::Path;
use std::pin::Pin;
use std::sync::Mutex;

use tim_protocol::conversation::Cursor;
use tim_protocol::fields::Fields;
use tim_protocol::friend::AddType;
use tim_protocol::group::{GroupChanges, GroupType, InviteOption, NewGroup, Role};
use tim_protocol::profile::ProfileFields;
use tim_protocol::{ConversationId, GroupId, call};
use uuid::Uuid;

use super::Database;
use crate::core::ops::{Actor, Committed, Media, PutMedia, Query, QueryResult, RemoveMedia, UserKey, Write};
use crate::store::conformance::user;
use crate::store::{Listener, Pending, Store, conformance};

/// Statements that may read a whole table, each with its reason.
const SCANS: &[(&str, &str)] = &[
    ("DELETE FROM ticket", "the table has the tickets of uploads that are still valid"),
    ("SELECT EXISTS(SELECT 1 FROM conv WHERE marked", "the index has only what is to be marked"),
    ("SELECT id, head + mhead FROM conv WHERE marked", "the index has only what is to be marked"),
    ("SELECT EXISTS(SELECT 1 FROM chore)", "the table has what is to be done, and only one row is read"),
    (
        "SELECT h.conv, h.seq, h.time, c.app, h.actor, u.name FROM chore h",
        "the table has the groups that end, and large numbers of receipts to be forgotten: few",
    ),
    ("SELECT count(*) FROM app", "a server has few applications"),
    ("SELECT sha256 FROM to_erase", "the table has what is to be erased, and only so much is read"),
];

/// When it all happens.
const NOW: i64 = 1_767_225_600_000;

thread_local! {
    static SEEN: RefCell<kept::Statements> = RefCell::default();
}

/// A store without threads, whose statements are noted when it is dropped.
struct Watched(Mutex<Database>, Listener);

impl Watched {
    fn open(folder: &Path, listener: Listener) -> Self {
        let mut database = Database::open(&folder.join("tim.db")).unwrap();
        database.index_in_memory().unwrap();
        while database.mark().unwrap() {}
        Self(Mutex::new(database), listener)
    }
}

impl Store for Watched {
    fn write(&self, write: Write) -> Pending<Committed> {
        let mut database = self.0.lock().unwrap();
        if write.raises_watermark() {
            while database.mark().unwrap() {}
        }
        let result = database.commit(&[write]).remove(0);
        if let Ok(committed) = &result {
            self.1(committed.notifications.clone());
        }
        while let Some(notifications) = database.do_chore().unwrap() {
            self.1(notifications);
        }
        Box::pin(ready(result))
    }

    fn query(&self, query: Query) -> Pending<QueryResult> {
        let answered = self.0.lock().unwrap().answer(&query).map(|answered| {
            self.1(answered.notifications);
            answered.result
        });
        Box::pin(ready(answered))
    }

    fn close(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(ready(()))
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        SEEN.with_borrow_mut(|seen| seen.add(&self.0.lock().unwrap().connection));
    }
}

#[tokio::test]
async fn every_kept_statement_is_parsed_once_and_finds_its_rows_by_an_index() {
    let folder = || tempfile::tempdir().unwrap();
    conformance::durable(folder().path(), Watched::open).await;
    conformance::removed(folder().path(), Watched::open).await;
    conformance::idempotent(folder().path(), Watched::open).await;
    conformance::dense(folder().path(), Watched::open).await;
    conformance::isolated(folder().path(), Watched::open).await;
    conformance::topics(folder().path(), Watched::open).await;
    conformance::marked(folder().path(), Watched::open).await;
    everything_else(folder().path()).await;
    let sqlite = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/sqlite");
    let of_marks = include_str!("marks.rs").matches(".prepare_cached(").count();
    let of_chores = include_str!("chores.rs").matches(".prepare_cached(").count();
    let of_index = include_str!("index.rs").matches("prepare_cached(").count();
    // One place of the index is for two statements: what is new, and what was changed.
    let places = kept::places(&sqlite.join("rows"), ".prepare(") + of_marks + of_chores + of_index + 1;
    SEEN.take().check(&sqlite.join("statements.golden"), places, SCANS);
}

/// What the suite leaves out.
async fn everything_else(folder: &Path) {
    let store = Watched::open(folder, conformance::deaf());
    let app = 1;
    for write in [
        Write::Probe,
        Write::PutApp { app, key: "a key".into() },
        Write::PutMedia(PutMedia {
            media: Media {
                app,
                id: Uuid::from_u128(1),
                owner: UserKey(1),
                sha256: "0".repeat(64),
                size: 1,
                time: NOW,
            },
            names: Vec::new(),
            ticket: Uuid::from_u128(2),
            quota: 0,
        }),
    ] {
        store.write(write).await.unwrap();
    }
    let alice = conformance::login(&store, "alice").await;
    let bob = conformance::login(&store, "bob").await;
    let carol = conformance::login(&store, "carol").await;
    large(&store, &alice, &bob).await;
    files(&store, &alice).await;
    people(&store, &alice).await;
    revoked(&store, &alice).await;
    searched(&store, &alice).await;
    public_group(&store, &alice, [&bob, &carol]).await;
    work_group(&store, &alice).await;
    for query in [
        Query::Apps,
        Query::Users { app, after: String::new(), max: 2 },
        Query::App { app },
        Query::Greet { app, user: user("alice") },
        Query::Devices { app, user: user("alice") },
        Query::SessionStart { key: alice.key },
        Query::Version { key: alice.key },
        Query::Media { app, id: Uuid::from_u128(1) },
        Query::Stored { key: alice.key },
        Query::Unnamed { until: NOW },
    ] {
        store.query(query).await.unwrap();
    }
    store.write(Write::Logout { actor: carol, instance: "carol-1".into() }).await.unwrap();
    store.write(Write::Kick { app, user: user("bob") }).await.unwrap();
}

/// Files that messages name, until they are revoked, and that are removed then; twice.
async fn files(store: &Watched, alice: &Actor) {
    for number in 3..=4 {
        let (id, ticket) = (Uuid::from_u128(number.into()), Uuid::from_u128(u128::from(number) + 10));
        let (app, owner, sha256) = (alice.app, alice.key, "1".repeat(64));
        // The second is a merger that names the first.
        let names = vec![Uuid::from_u128(3)];
        let media = Media { app, id, owner, sha256, size: 1, time: NOW };
        store.write(Write::PutMedia(PutMedia { media, names, ticket, quota: 9 })).await.unwrap();
        let naming = format!(r#"{{"cloudCustomData":"/media/{app}/{id}/0"}}"#);
        let message = conformance::message_with(alice, "C2Calice", number, &naming);
        let sent = conformance::sent(store.write(message).await);
        store.write(conformance::revoke(alice, "C2Calice", sent.sequence)).await.unwrap();
        let (erased, unrecorded) = (vec!["2".repeat(64)], vec!["2".repeat(64)]);
        let asked = RemoveMedia { until: NOW, max: 9, erased, unrecorded, room: None };
        store.write(Write::RemoveMedia(asked)).await.unwrap();
    }
}

async fn asks(store: &Watched, actor: &Actor, request: impl Into<call::Request>) {
    store.write(Write::request(actor, request, NOW)).await.unwrap();
}

async fn people(store: &Watched, alice: &Actor) {
    let fields = ProfileFields { nick: Some("Alice".into()), ..ProfileFields::default() };
    asks(store, alice, call::UpdateProfileRequest { fields }).await;
    asks(store, alice, call::GetProfilesRequest { user_id_list: vec![user("alice"), user("bob")] }).await;
    for _ in 1..=2 {
        store.query(Query::ProfileTold { actor: alice.clone() }).await.unwrap();
    }
    asks(store, alice, call::ChangedProfilesRequest { since: 0, before: None }).await;
    for duration in 1..=2 {
        store.write(conformance::receive_opt(alice, duration)).await.unwrap();
    }
    friends(store, alice).await;
    store.write(conformance::blacklist(alice, &["bob"], true)).await.unwrap();
    store.write(conformance::blacklist(alice, &["bob"], false)).await.unwrap();
}

/// A friend, in a group, and the applications that there are not.
async fn friends(store: &Watched, alice: &Actor) {
    let add = call::AddFriendRequest {
        user_id: user("bob"),
        source: "AddSource_Type_Web".into(),
        wording: String::new(),
        add_type: AddType::Both,
        remark: String::new(),
        group_name: None,
    };
    asks(store, alice, add).await;
    let user_id_list = vec![user("bob")];
    for name in ["Work", "Home"] {
        let create = call::CreateFriendGroupRequest { name: name.into(), user_id_list: user_id_list.clone() };
        asks(store, alice, create).await;
    }
    asks(store, alice, call::ReadApplicationsRequest {}).await;
}

async fn public_group(store: &Watched, alice: &Actor, applicants: [&Actor; 2]) {
    let group_id = GroupId::new("public").unwrap();
    let group = NewGroup {
        name: "public".into(),
        group_type: GroupType::Public,
        group_id: Some(group_id.clone()),
        ..NewGroup::default()
    };
    asks(store, alice, call::CreateGroupRequest { group }).await;
    for name in ["Public", "public"] {
        let changes = GroupChanges { name: Some(name.to_owned()), ..GroupChanges::default() }.into();
        asks(store, alice, call::UpdateGroupRequest { group_id: group_id.clone(), changes }).await;
    }
    for applicant in applicants {
        let apply_message = "may I?".to_owned();
        asks(store, applicant, call::JoinGroupRequest { group_id: group_id.clone(), apply_message }).await;
    }
    let accepted = applicants.map(|applicant| applicant.user.clone()).into_iter().zip([true, false]);
    for (user_id, accept) in accepted {
        let group_id = group_id.clone();
        let handle =
            call::HandleApplicationRequest { group_id, user_id, accept, handle_message: String::new() };
        asks(store, alice, handle).await;
    }
    asks(store, alice, call::GetGroupRequest { group_id: group_id.clone() }).await;
    for user_id_list in [Vec::new(), vec![applicants[0].user.clone()]] {
        asks(store, alice, call::GetGroupMembersRequest { group_id: group_id.clone(), user_id_list }).await;
    }
    for role in [None, Some(Role::Member)] {
        let group_id = group_id.clone();
        let after = Some(alice.user.clone());
        asks(store, alice, call::ListMembersRequest { group_id, role, after, limit: 2 }).await;
    }
    members(store, alice, applicants[0]).await;
    let sent = conformance::sent(store.write(conformance::message(alice, "GROUPpublic", 7)).await);
    for version in [0, 1] {
        let text = format!("after version {version}");
        store.write(conformance::modify(alice, "GROUPpublic", sent.sequence, version, &text)).await.unwrap();
    }
    asks(store, applicants[0], call::QuitGroupRequest { group_id: group_id.clone() }).await;
    asks(store, alice, call::DismissGroupRequest { group_id }).await;
}

/// A large group, where bob looks for what happened.
async fn large(store: &Watched, alice: &Actor, bob: &Actor) {
    let group = NewGroup {
        name: "Climbers".into(),
        group_type: GroupType::Community,
        group_id: Some(GroupId::new("@TGS#_climbers").unwrap()),
        member_list: vec![bob.user.clone()],
        ..NewGroup::default()
    };
    asks(store, alice, call::CreateGroupRequest { group }).await;
    store.write(Write::AdvanceWatermark { actor: bob.clone() }).await.unwrap();
}

/// A message that is modified, twice of the same version, and taken back.
async fn revoked(store: &Watched, alice: &Actor) {
    store.write(conformance::message(alice, "C2Cbob", 1)).await.unwrap();
    for text in ["once", "twice"] {
        store.write(conformance::modify(alice, "C2Cbob", 1, 0, text)).await.unwrap();
    }
    for (id, is_set) in [("up", true), ("heart", true), ("up", false), ("up", false), ("heart", false)] {
        store.write(conformance::react(alice, "C2Cbob", 1, id, is_set)).await.unwrap();
    }
    store.write(conformance::react(alice, "C2Cbob", 1, "up", true)).await.unwrap();
    for limit in [1, 2] {
        let (conversation_id, sequences) = ("C2Cbob".parse().unwrap(), vec![1]);
        asks(store, alice, call::ReactionsRequest { conversation_id, sequences, limit, of: None }).await;
    }
    store.write(conformance::revoke(alice, "C2Cbob", 1)).await.unwrap();
    let conversation_id: ConversationId = "C2Cbob".parse().unwrap();
    asks(store, alice, call::PositionRequest { conversation_id: conversation_id.clone(), time: 0 }).await;
    asks(store, alice, call::MutationsRequest { conversation_id, after: 0 }).await;
}

/// Searches of one conversation and of all, twice, with what was changed meanwhile.
async fn searched(store: &Watched, alice: &Actor) {
    for round in 0..2 {
        store.write(conformance::message(alice, "C2Cbob", 70 + round)).await.unwrap();
        super::index::behind(&store.0.lock().unwrap().connection).unwrap();
        while store.0.lock().unwrap().index().unwrap() {}
        for conversation_id in [None, Some("C2Cbob".parse().unwrap())] {
            let senders = vec![user("alice")];
            asks(
                store,
                alice,
                call::SearchRequest { conversation_id, senders, limit: 1, ..Default::default() },
            )
            .await;
        }
    }
}

/// Two messages that bob confirms, and that are revoked.
async fn receipts(store: &Watched, alice: &Actor) {
    let bob = conformance::login(store, "bob").await;
    let conversation_id: ConversationId = "GROUPwork".parse().unwrap();
    for number in [8, 9] {
        let asking = conformance::message_with(alice, "GROUPwork", number, r#"{"needReadReceipt":true}"#);
        let sequence = conformance::sent(store.write(asking).await).sequence;
        let readers = |is_read| {
            let (conversation_id, after) = (conversation_id.clone(), None);
            call::ReadersRequest { conversation_id, sequence, is_read, after, limit: 1 }
        };
        asks(store, alice, readers(false)).await;
        store.write(conformance::read_receipt(&bob, "GROUPwork", &[sequence])).await.unwrap();
        asks(store, alice, readers(true)).await;
        store.write(conformance::revoke(alice, "GROUPwork", sequence)).await.unwrap();
    }
}

/// The owner leaves it.
/// A member with another role and a name, removed for a while, and back; and the group with another owner.
async fn members(store: &Watched, alice: &Actor, member: &Actor) {
    let group_id = || GroupId::new("public").unwrap();
    let changes = GroupChanges { invite_option: Some(InviteOption::FreeAccess), ..GroupChanges::default() };
    asks(store, alice, call::UpdateGroupRequest { group_id: group_id(), changes: changes.into() }).await;
    for role in [Role::Admin, Role::Member] {
        let user_id = member.user.clone();
        asks(store, alice, call::SetMemberRoleRequest { group_id: group_id(), user_id, role }).await;
    }
    for _ in 0..2 {
        let (user_id_list, reason) = (vec![member.user.clone()], String::new());
        let delete = call::DeleteMembersRequest { group_id: group_id(), user_id_list, reason, duration: 1 };
        asks(store, alice, delete).await;
        let add = call::AddMembersRequest { group_id: group_id(), user_id_list: vec![member.user.clone()] };
        store.write(Write::request(alice, add, NOW + 10_000)).await.unwrap();
    }
    for name in ["Bob", "Bobby"] {
        let (user_id, name_card) = (Some(member.user.clone()), Some(name.to_owned()));
        let member_custom_field = Fields::default();
        let group_id = group_id();
        asks(store, alice, call::UpdateMemberRequest { group_id, user_id, name_card, member_custom_field })
            .await;
    }
    for replaces_all in [false, true] {
        let group_id = group_id();
        let group_attributes = Fields([("seat".to_owned(), replaces_all.to_string())].into());
        let set = call::SetAttributesRequest { group_id, group_attributes, replaces_all, version: None };
        asks(store, alice, set).await;
        let of = GroupId::new("public").unwrap();
        asks(store, alice, call::GetAttributesRequest { group_id: of.clone(), key_list: Vec::new() }).await;
        let group_attributes = Fields([("seat".to_owned(), String::new())].into());
        let set =
            call::SetAttributesRequest { group_id: of, group_attributes, replaces_all: false, version: None };
        asks(store, alice, set).await;
    }
    for (from, to) in [(alice, member), (member, alice)] {
        let new_owner_id = to.user.clone();
        asks(store, from, call::ChangeOwnerRequest { group_id: group_id(), new_owner_id }).await;
    }
}

async fn work_group(store: &Watched, alice: &Actor) {
    store.write(conformance::group(alice, "work", &["bob"])).await.unwrap();
    let mention = r#"{"atUserList":["bob"]}"#;
    store.write(conformance::message_with(alice, "GROUPwork", 1, mention)).await.unwrap();
    conformance::sync(store, alice, Cursor::default()).await;
    store.write(conformance::react(alice, "GROUPwork", 2, "up", true)).await.unwrap();
    for is_pinned in [true, false, true] {
        store.write(conformance::pin_message(alice, "work", 2, is_pinned)).await.unwrap();
        asks(store, alice, call::GetPinnedRequest { group_id: GroupId::new("work").unwrap() }).await;
    }
    receipts(store, alice).await;
    store.write(conformance::revoke(alice, "GROUPwork", 2)).await.unwrap();
    asks(store, alice, call::QuitGroupRequest { group_id: GroupId::new("work").unwrap() }).await;
}
