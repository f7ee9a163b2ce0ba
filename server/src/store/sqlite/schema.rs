//! The schema of the embedded store, and its migrations.
//!
//! Every table keyed by a conversation has its `shard`, every table keyed by a user its `ushard`, both a hash
//! modulo 1,024: the day the data is spread over several databases, no row has to be looked at to know where it goes.
//! The two logs, `msg` and `mut`, have none: they are most of the data, and go where their conversation goes.
//!
//! The message table is an append log: rows are added at the end, `msg_seq` grows at the edge of each conversation, and
//! `msg_once` close to its end, because an ID begins with its time.

use std::collections::BTreeSet;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::{Connection, TransactionBehavior};

use crate::core::media_path::named_in;

/// How long a statement waits for another program that has locked the database.
pub(super) const BUSY_WITHIN: Duration = Duration::from_secs(5);
/// The size of a page of a new file. A commit writes each page that it changes, and changes little on most of them.
const PAGE_BYTES: u32 = 2048;
/// Most bytes that the write-ahead log keeps when it begins anew.
const LOG_BYTES: i64 = 64 * 1024 * 1024;

/// The steps; step `n` leads from version `n` to `n + 1`. The last one leads to the version that this program writes.
const STEPS: &[&str] = &[
    r"
CREATE TABLE meta(key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO meta VALUES('epoch', 1);
CREATE TABLE app(id INTEGER PRIMARY KEY, key TEXT NOT NULL, old_key TEXT);
CREATE TABLE user(
    id INTEGER PRIMARY KEY, ushard INTEGER NOT NULL, app INTEGER NOT NULL, name TEXT NOT NULL,
    uver INTEGER NOT NULL DEFAULT 0, given INTEGER NOT NULL DEFAULT 0,
    nick TEXT, avatar TEXT, profile TEXT NOT NULL DEFAULT '{}', profile_time INTEGER NOT NULL DEFAULT 0, UNIQUE(app, name));
CREATE TABLE device(
    user INTEGER NOT NULL, ushard INTEGER NOT NULL, device TEXT NOT NULL, instance TEXT NOT NULL,
    platform TEXT NOT NULL, PRIMARY KEY(user, device)) WITHOUT ROWID;
CREATE TABLE ended(
    id INTEGER PRIMARY KEY, user INTEGER NOT NULL, ushard INTEGER NOT NULL, instance TEXT NOT NULL,
    reason TEXT NOT NULL);
CREATE INDEX ended_user ON ended(user, id);
CREATE TABLE conv(
    id INTEGER PRIMARY KEY, shard INTEGER NOT NULL, app INTEGER NOT NULL, key TEXT NOT NULL, kind INTEGER NOT NULL,
    a INTEGER, b INTEGER,
    head INTEGER NOT NULL DEFAULT 0, cnt INTEGER NOT NULL DEFAULT 0, mhead INTEGER NOT NULL DEFAULT 0,
    marked INTEGER NOT NULL DEFAULT 0, last_time INTEGER NOT NULL DEFAULT 0, UNIQUE(app, key));
CREATE INDEX conv_unmarked ON conv(id) WHERE marked < head + mhead;
CREATE TABLE msg(
    id INTEGER PRIMARY KEY, shard INTEGER NOT NULL, conv INTEGER NOT NULL, seq INTEGER NOT NULL,
    cnt INTEGER NOT NULL, sender INTEGER NOT NULL, cmid BLOB NOT NULL, time INTEGER NOT NULL,
    client_time INTEGER NOT NULL, priority INTEGER NOT NULL, uncounted INTEGER NOT NULL,
    nick TEXT, avatar TEXT, revoked_by INTEGER, revoked_time INTEGER, body TEXT NOT NULL);
CREATE UNIQUE INDEX msg_seq ON msg(conv, seq);
CREATE UNIQUE INDEX msg_once ON msg(cmid, sender, conv);
CREATE TABLE mut(
    conv INTEGER NOT NULL, mseq INTEGER NOT NULL, shard INTEGER NOT NULL, seq INTEGER NOT NULL,
    cnt INTEGER NOT NULL, actor INTEGER NOT NULL, time INTEGER NOT NULL, PRIMARY KEY(conv, mseq)) WITHOUT ROWID;
CREATE INDEX mut_cnt ON mut(conv, cnt) WHERE cnt > 0;
CREATE TABLE grp(
    conv INTEGER PRIMARY KEY, shard INTEGER NOT NULL, type TEXT NOT NULL, name TEXT NOT NULL,
    introduction TEXT NOT NULL, notification TEXT NOT NULL, avatar TEXT NOT NULL, owner INTEGER,
    created INTEGER NOT NULL, join_option TEXT NOT NULL, members INTEGER NOT NULL DEFAULT 0,
    dismissed INTEGER NOT NULL DEFAULT 0);
CREATE TABLE member(
    conv INTEGER NOT NULL, user INTEGER NOT NULL, shard INTEGER NOT NULL, role TEXT NOT NULL,
    joined INTEGER NOT NULL, PRIMARY KEY(conv, user)) WITHOUT ROWID;
CREATE TABLE application(
    conv INTEGER NOT NULL, user INTEGER NOT NULL, shard INTEGER NOT NULL, time INTEGER NOT NULL,
    PRIMARY KEY(conv, user)) WITHOUT ROWID;
CREATE TABLE user_conv(
    user INTEGER NOT NULL, conv INTEGER NOT NULL, ushard INTEGER NOT NULL, mark INTEGER NOT NULL DEFAULT 0,
    read INTEGER NOT NULL DEFAULT 0, base INTEGER NOT NULL DEFAULT 0, floor INTEGER NOT NULL DEFAULT 1,
    gone INTEGER NOT NULL DEFAULT 0, PRIMARY KEY(user, conv)) WITHOUT ROWID;
CREATE INDEX user_conv_mark ON user_conv(user, mark);
CREATE TABLE change(
    user INTEGER NOT NULL, kind INTEGER NOT NULL, key TEXT NOT NULL, ushard INTEGER NOT NULL,
    version INTEGER NOT NULL, gone INTEGER NOT NULL, PRIMARY KEY(user, kind, key)) WITHOUT ROWID;
CREATE INDEX change_version ON change(user, version);
CREATE TABLE media(
    id BLOB PRIMARY KEY, app INTEGER NOT NULL, owner INTEGER NOT NULL, sha256 TEXT NOT NULL, size INTEGER NOT NULL,
    time INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE ticket(nonce BLOB PRIMARY KEY, time INTEGER NOT NULL) WITHOUT ROWID;
",
    // What a user wrote themselves is in `unread_base` from here on.
    r"
INSERT INTO user_conv(user, conv, ushard, base)
    SELECT u.id, m.conv, u.ushard, max(m.cnt) FROM msg m JOIN user u ON u.id = m.sender WHERE true GROUP BY u.id, m.conv
    ON CONFLICT(user, conv) DO UPDATE SET base = max(base, excluded.base);
",
    // How many counted messages each sender had written when a message got its place: what `unread_base` said follows from it.
    r"
ALTER TABLE msg ADD COLUMN by_sender INTEGER NOT NULL DEFAULT 0;
UPDATE msg SET by_sender = counted.number FROM (
    SELECT id, sum(uncounted = 0) OVER (PARTITION BY conv, sender ORDER BY seq) AS number FROM msg) AS counted
    WHERE counted.id = msg.id;
CREATE INDEX msg_sender ON msg(conv, sender, seq, by_sender) WHERE uncounted = 0;
ALTER TABLE mut ADD COLUMN sender INTEGER NOT NULL DEFAULT 0;
UPDATE mut SET sender = (SELECT sender FROM msg WHERE msg.conv = mut.conv AND msg.seq = mut.seq);
DROP INDEX mut_cnt;
CREATE INDEX mut_cnt ON mut(conv, cnt, sender) WHERE cnt > 0;
ALTER TABLE user_conv DROP COLUMN base;
",
    // Smaller rows, and an index of senders for groups only: of two parties, the conversation knows how many each wrote.
    r#"
CREATE TABLE log(
    id INTEGER PRIMARY KEY, conv INTEGER NOT NULL, seq INTEGER NOT NULL, kind INTEGER NOT NULL, cnt INTEGER NOT NULL,
    by_sender INTEGER NOT NULL, sender INTEGER NOT NULL, cmid BLOB NOT NULL, time INTEGER NOT NULL,
    lag INTEGER NOT NULL, priority INTEGER, uncounted INTEGER NOT NULL, nick TEXT, avatar TEXT,
    revoked_by INTEGER, revoked_time INTEGER, body TEXT NOT NULL);
INSERT INTO log SELECT m.id, conv, seq, kind, m.cnt, by_sender, sender, cmid, time, time - client_time,
    nullif(priority, 2), uncounted, nick, avatar, revoked_by, revoked_time,
    CASE WHEN body GLOB '{"type":"TIMTextElem","payload":{"text":"*"}}' THEN substr(body, 41, length(body) - 42) ELSE body END
    FROM msg m JOIN conv c ON c.id = m.conv ORDER BY m.id;
ALTER TABLE conv ADD COLUMN by_a INTEGER NOT NULL DEFAULT 0;
UPDATE conv SET by_a = coalesce((SELECT max(by_sender) FROM msg WHERE conv = conv.id AND sender = a AND uncounted = 0), 0)
    WHERE kind = 0;
DROP TABLE msg;
ALTER TABLE log RENAME TO msg;
CREATE UNIQUE INDEX msg_seq ON msg(conv, seq);
CREATE UNIQUE INDEX msg_once ON msg(cmid, sender, conv);
CREATE INDEX msg_sender ON msg(conv, sender, seq, by_sender) WHERE kind = 1 AND uncounted = 0;
ALTER TABLE mut DROP COLUMN shard;
"#,
    // The ended logins of a user in one place, so that a login changes one page less.
    r"
CREATE TABLE ending(
    user INTEGER NOT NULL, number INTEGER NOT NULL, ushard INTEGER NOT NULL, instance TEXT NOT NULL,
    reason TEXT NOT NULL, PRIMARY KEY(user, number)) WITHOUT ROWID;
INSERT INTO ending SELECT user, row_number() OVER (PARTITION BY user ORDER BY id), ushard, instance, reason FROM ended;
DROP TABLE ended;
ALTER TABLE ending RENAME TO ended;
",
    // Attributes of messages. `shown` is the newest message that is not excluded from being the last one, if that is not the
    // head. `mention` has a row for each user whom a message mentions, and one with an empty name for everybody.
    r"
ALTER TABLE msg ADD COLUMN attributes TEXT;
ALTER TABLE conv ADD COLUMN shown INTEGER;
CREATE TABLE mention(
    conv INTEGER NOT NULL, name TEXT NOT NULL, seq INTEGER NOT NULL, shard INTEGER NOT NULL, sender INTEGER NOT NULL,
    PRIMARY KEY(conv, name, seq)) WITHOUT ROWID;
",
    // What a user sets about a conversation, as JSON; NULL if nothing ever was.
    "ALTER TABLE user_conv ADD COLUMN settings TEXT;",
    // Below which head a user does not want to see a conversation in the list.
    "ALTER TABLE user_conv ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;",
    // Other changes of messages than revocations (kind 0): a message has the number of its newest one, and what it makes of it.
    r"
ALTER TABLE mut ADD COLUMN kind INTEGER NOT NULL DEFAULT 0;
CREATE INDEX mut_message ON mut(conv, seq, kind);
ALTER TABLE msg ADD COLUMN mutation INTEGER;
ALTER TABLE msg ADD COLUMN version INTEGER;
ALTER TABLE msg ADD COLUMN reason TEXT;
UPDATE msg SET mutation = m.mseq FROM mut m WHERE m.conv = msg.conv AND m.seq = msg.seq;
",
    // Reactions: who gave a message which by which mutation, and in `msg`, as JSON, what a message shows of them; NULL if it has
    // none.
    r"
ALTER TABLE msg ADD COLUMN reactions TEXT;
CREATE TABLE reaction(
    conv INTEGER NOT NULL, user INTEGER NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL, number INTEGER NOT NULL,
    shard INTEGER NOT NULL, PRIMARY KEY(conv, user, seq, id)) WITHOUT ROWID;
CREATE INDEX reaction_message ON reaction(conv, seq, id, number, user);
",
    // Pinned messages of groups, by the mutation that pinned them; and in `msg`, as JSON, who pinned one last, or removed the pin.
    r"
ALTER TABLE msg ADD COLUMN pin TEXT;
CREATE TABLE pin(
    conv INTEGER NOT NULL, number INTEGER NOT NULL, seq INTEGER NOT NULL, shard INTEGER NOT NULL,
    PRIMARY KEY(conv, number)) WITHOUT ROWID;
",
    // The messages that a user removed, as ranges that neither overlap nor touch, with growing numbers; `removals` is the newest.
    r"
CREATE TABLE removal(
    user INTEGER NOT NULL, conv INTEGER NOT NULL, low INTEGER NOT NULL, high INTEGER NOT NULL, number INTEGER NOT NULL,
    ushard INTEGER NOT NULL, PRIMARY KEY(user, conv, low)) WITHOUT ROWID;
CREATE UNIQUE INDEX removal_number ON removal(user, conv, number);
ALTER TABLE user_conv ADD COLUMN removals INTEGER NOT NULL DEFAULT 0;
",
    // Which messages name which files; `loose` are those that none does, and `to_erase` has the digests of files without a
    // record. How many bytes of files a user has stored.
    r"
CREATE TABLE media_name(
    media BLOB NOT NULL, conv INTEGER NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY(media, conv, seq)) WITHOUT ROWID;
INSERT OR IGNORE INTO media_name(media, conv, seq) SELECT f.id, m.conv, m.seq
    FROM msg m JOIN json_each(files_named_in(m.body, m.attributes)) named CROSS JOIN media f ON f.id = unhex(named.value)
    WHERE m.body LIKE '%media%' OR m.attributes LIKE '%media%';
ALTER TABLE media ADD COLUMN loose INTEGER NOT NULL DEFAULT 0;
UPDATE media SET loose = 1 WHERE NOT EXISTS(SELECT 1 FROM media_name n WHERE n.media = media.id);
CREATE INDEX media_loose ON media(time) WHERE loose = 1;
CREATE INDEX media_file ON media(sha256);
CREATE TABLE to_erase(sha256 TEXT PRIMARY KEY) WITHOUT ROWID;
ALTER TABLE user ADD COLUMN stored INTEGER NOT NULL DEFAULT 0;
UPDATE user SET stored = s.bytes FROM (SELECT owner, sum(size) AS bytes FROM media GROUP BY owner) s WHERE s.owner = user.id;
",
    // Messages that ask for read receipts, with how many users they were sent to and how many of those read them, and who did.
    // `joined_at` is the head of a group's log when a member joined: no message asked for receipts before this step.
    r"
CREATE TABLE asking(
    conv INTEGER NOT NULL, seq INTEGER NOT NULL, shard INTEGER NOT NULL, sender INTEGER NOT NULL,
    receivers INTEGER NOT NULL, readers INTEGER NOT NULL DEFAULT 0, PRIMARY KEY(conv, seq)) WITHOUT ROWID;
CREATE TABLE receipt(
    conv INTEGER NOT NULL, seq INTEGER NOT NULL, user INTEGER NOT NULL, shard INTEGER NOT NULL,
    PRIMARY KEY(conv, seq, user)) WITHOUT ROWID;
ALTER TABLE member ADD COLUMN joined_at INTEGER NOT NULL DEFAULT 0;
",
    // The rows of messages that were revoked or modified while messages are searched, for the index.
    "CREATE TABLE reworded(id INTEGER PRIMARY KEY, msg INTEGER NOT NULL);",
    // Which files a stored merger names: they stay as long as it does.
    r"
CREATE TABLE merger_name(
    media BLOB NOT NULL, merger BLOB NOT NULL, PRIMARY KEY(media, merger)) WITHOUT ROWID;
CREATE INDEX merger_named ON merger_name(merger, media);
",
    // How a user wants to be told of messages of all conversations, as JSON; NULL if the user never said.
    "ALTER TABLE user ADD COLUMN receive_opt TEXT;",
    // What a group's type does not decide: who may invite and write, the app's fields as JSON, and how often the profile changed.
    r"
ALTER TABLE grp ADD COLUMN invite_option TEXT NOT NULL DEFAULT 'DisableInvite';
UPDATE grp SET invite_option = 'FreeAccess' WHERE type = 'Private';
ALTER TABLE grp ADD COLUMN mutes_all INTEGER NOT NULL DEFAULT 0;
ALTER TABLE grp ADD COLUMN fields TEXT;
ALTER TABLE grp ADD COLUMN info INTEGER NOT NULL DEFAULT 0;
",
    // What a group has about a member: a name, until when the member is muted, the app's fields as JSON. Members by their role.
    r"
ALTER TABLE member ADD COLUMN name_card TEXT NOT NULL DEFAULT '';
ALTER TABLE member ADD COLUMN mute_until INTEGER NOT NULL DEFAULT 0;
ALTER TABLE member ADD COLUMN fields TEXT;
CREATE INDEX member_role ON member(conv, role, user);
",
    // Records of the user's own, beside the changes that tell of them: friends, applications to become one, friend groups.
    "ALTER TABLE change ADD COLUMN record TEXT;",
    // Who invited the user of an application, and until when removed users may not come back.
    r"
ALTER TABLE application ADD COLUMN inviter INTEGER;
CREATE TABLE ban(
    conv INTEGER NOT NULL, user INTEGER NOT NULL, shard INTEGER NOT NULL, until INTEGER NOT NULL,
    PRIMARY KEY(conv, user)) WITHOUT ROWID;
",
    // The attributes of groups, each with the version that set it; in `grp` the newest version, which version removed one last,
    // and when all changes so far would have happened at the rate that is permitted.
    r"
CREATE TABLE attribute(
    conv INTEGER NOT NULL, key TEXT NOT NULL, shard INTEGER NOT NULL, value TEXT NOT NULL, version INTEGER NOT NULL,
    PRIMARY KEY(conv, key)) WITHOUT ROWID;
ALTER TABLE grp ADD COLUMN attributes_version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE grp ADD COLUMN attributes_removed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE grp ADD COLUMN attributes_paced INTEGER NOT NULL DEFAULT 0;
",
    // What the group called the sender when a message was sent.
    "ALTER TABLE msg ADD COLUMN name_card TEXT;",
    // Up to which head plus mutation head a user is marked in a large group; NULL elsewhere. And what writes left to be done.
    r"
ALTER TABLE user_conv ADD COLUMN upto INTEGER;
UPDATE user_conv SET upto = (SELECT marked FROM conv WHERE id = user_conv.conv)
    WHERE (user, conv) IN (SELECT m.user, m.conv FROM grp g JOIN member m ON m.conv = g.conv WHERE g.type = 'Community');
CREATE INDEX user_conv_large ON user_conv(user) WHERE upto IS NOT NULL;
CREATE TABLE chore(
    conv INTEGER NOT NULL, seq INTEGER NOT NULL, shard INTEGER NOT NULL, actor INTEGER NOT NULL, time INTEGER NOT NULL,
    PRIMARY KEY(conv, seq)) WITHOUT ROWID;
",
];

/// The settings of the connection that writes.
pub(super) fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "page_size", PAGE_BYTES)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "wal_autocheckpoint", 0)?;
    // A migration, or commits beside a long backup, need more: it is given back when the log begins anew.
    connection.pragma_update(None, "journal_size_limit", LOG_BYTES)?;
    connection.pragma_update(None, "foreign_keys", "ON")?;
    keep_statements(connection)
}

/// The settings of every connection: statements are parsed once.
pub(super) fn keep_statements(connection: &Connection) -> rusqlite::Result<()> {
    // Otherwise the planner looks at bound values, such as that of a LIMIT, and parses the statement again for the next.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.set_prepared_statement_cache_capacity(192);
    connection.busy_timeout(BUSY_WITHIN)
}

/// The version of the tables in a file; 0 for a new file.
pub(super) fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// The version of the tables that this program writes.
pub(super) fn newest_version() -> i64 {
    i64::try_from(STEPS.len()).unwrap_or(i64::MAX)
}

/// Brings the tables to [`newest_version`], in one transaction.
pub(super) fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    if version(connection)? == newest_version() {
        return Ok(());
    }
    // Two programs may open a new file at once; the second finds it migrated.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let from = usize::try_from(version(&transaction)?).unwrap_or(0);
    transaction.create_scalar_function("files_named_in", 2, FunctionFlags::SQLITE_UTF8, files_named_in)?;
    for step in STEPS.iter().skip(from) {
        transaction.execute_batch(step)?;
    }
    transaction.remove_function("files_named_in", 2)?;
    transaction.pragma_update(None, "user_version", newest_version())?;
    transaction.commit()
}

/// The files that a message's body and attributes name, as a JSON list of hexadecimal numbers.
fn files_named_in(context: &mut Context<'_>) -> rusqlite::Result<String> {
    let mut files = BTreeSet::new();
    for text in [context.get::<Option<String>>(0)?, context.get(1)?].into_iter().flatten() {
        files.extend(named_in(&text));
    }
    let files: Vec<String> = files.iter().map(|file| file.simple().to_string()).collect();
    serde_json::to_string(&files).map_err(|why| rusqlite::Error::UserFunctionError(Box::new(why)))
}
