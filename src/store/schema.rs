//! The schema of a user's file and its migrations. A released migration never changes.

/// The columns that the checksum of a conversation covers.
macro_rules! conv_columns {
    () => {
        "id, name, group_type, head, mutation, mutation_head, countable, read, read_pending, base, revoked_above,
         revoked_up_to, peer_read, floor, told, met, active, gone, undelivered, own, shown, mentions, settings,
         unsent_settings, floor_pending, hidden, hidden_pending, removal, removal_head, unsent_removed, removed_unread, peer"
    };
}
pub(super) use conv_columns;

/// The steps from an empty file to the present version; `user_version` counts those that were taken.
pub(super) const STEPS: &[&str] = &["
CREATE TABLE sync(
    id INTEGER PRIMARY KEY CHECK (id = 1),
    epoch INTEGER NOT NULL, version INTEGER NOT NULL,
    low INTEGER, before INTEGER, since INTEGER NOT NULL
) STRICT;
CREATE TABLE conv(
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    group_type TEXT,
    head INTEGER NOT NULL, mutation INTEGER NOT NULL, mutation_head INTEGER NOT NULL, countable INTEGER NOT NULL,
    read INTEGER NOT NULL, read_pending INTEGER NOT NULL,
    base INTEGER NOT NULL, revoked_above_base TEXT NOT NULL,
    peer_read INTEGER NOT NULL, floor INTEGER NOT NULL,
    active INTEGER NOT NULL, gone INTEGER NOT NULL
) STRICT;
-- Messages that have their place; the text is the message as it came from the server.
CREATE TABLE msg(
    conv INTEGER NOT NULL, seq INTEGER NOT NULL,
    sender TEXT NOT NULL, message TEXT NOT NULL,
    PRIMARY KEY (conv, seq)
) STRICT, WITHOUT ROWID;
-- Ranges of which every message is stored, apart from each other.
CREATE TABLE have(
    conv INTEGER NOT NULL, low INTEGER NOT NULL, high INTEGER NOT NULL,
    PRIMARY KEY (conv, low)
) STRICT, WITHOUT ROWID;
-- What was taken back before it came.
CREATE TABLE revoked(
    conv INTEGER NOT NULL, seq INTEGER NOT NULL, revocation TEXT NOT NULL,
    PRIMARY KEY (conv, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE outbox(
    position INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    message TEXT NOT NULL, status TEXT NOT NULL, upload TEXT
) STRICT;
-- What was sent last, in case the server's data begins a new life.
CREATE TABLE ring(
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id BLOB NOT NULL UNIQUE,
    message TEXT NOT NULL
) STRICT;
-- The own profile, the blacklist, the groups.
CREATE TABLE entity(
    kind INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;
", "
-- Up to where messages were told, and where the conversation stood when it was met.
ALTER TABLE conv ADD COLUMN told INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conv ADD COLUMN met INTEGER;
UPDATE conv SET told = head, met = head;
", "
-- Why a message was refused; of those refused before there was this column it is not known.
ALTER TABLE outbox ADD COLUMN refusal INTEGER;
UPDATE outbox SET refusal = 2100 WHERE status = 'fail';
ALTER TABLE outbox DROP COLUMN status;
", "
-- How many messages above the base were taken back, and by the mutations up to which: there is no bound to a list of them.
ALTER TABLE conv ADD COLUMN revoked_above INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conv ADD COLUMN revoked_up_to INTEGER NOT NULL DEFAULT 0;
UPDATE conv SET revoked_above = json_array_length(revoked_above_base), revoked_up_to = mutation_head;
ALTER TABLE conv DROP COLUMN revoked_above_base;
", "
-- Messages that were told and that no listener has heard yet, as ranges of sequences.
ALTER TABLE conv ADD COLUMN undelivered TEXT NOT NULL DEFAULT '[]';
", "
-- The checksum of each row: see `checksum`.
ALTER TABLE sync ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conv ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE msg ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE have ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE revoked ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE outbox ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ring ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entity ADD COLUMN sum INTEGER NOT NULL DEFAULT 0;
UPDATE sync SET sum = checksum(epoch, version, low, before, since);
UPDATE conv SET sum = checksum(id, name, group_type, head, mutation, mutation_head, countable, read, read_pending, base,
    revoked_above, revoked_up_to, peer_read, floor, told, met, active, gone, undelivered);
UPDATE msg SET sum = checksum(conv, seq, sender, message);
UPDATE have SET sum = checksum(conv, low, high);
UPDATE revoked SET sum = checksum(conv, seq, revocation);
UPDATE outbox SET sum = checksum(position, id, message, upload, refusal);
UPDATE ring SET sum = checksum(number, id, message);
UPDATE entity SET sum = checksum(kind, key, value);
", "
-- How many messages the user wrote themselves. The base was another number: all conversations are asked for anew.
ALTER TABLE conv ADD COLUMN own INTEGER NOT NULL DEFAULT 0;
UPDATE conv SET sum = checksum(id, name, group_type, head, mutation, mutation_head, countable, read, read_pending, base,
    revoked_above, revoked_up_to, peer_read, floor, told, met, active, gone, undelivered, own);
UPDATE sync SET version = 0, low = NULL, before = NULL;
UPDATE sync SET sum = checksum(epoch, version, low, before, since);
", "
-- Messages in the order in which they came, so that those that come together are written together.
ALTER TABLE msg RENAME TO msg_by_conv;
CREATE TABLE msg(
    conv INTEGER NOT NULL, seq INTEGER NOT NULL,
    sender TEXT NOT NULL, message TEXT NOT NULL, sum INTEGER NOT NULL,
    PRIMARY KEY (conv, seq)
) STRICT;
INSERT INTO msg SELECT conv, seq, sender, message, sum FROM msg_by_conv ORDER BY conv, seq;
DROP TABLE msg_by_conv;
", "
-- The newest message that may be the last one, and the unread messages that mention the user.
ALTER TABLE conv ADD COLUMN shown INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conv ADD COLUMN mentions TEXT NOT NULL DEFAULT '[]';
UPDATE conv SET shown = coalesce((SELECT max(seq) FROM msg WHERE conv = conv.id), 0);
UPDATE conv SET sum = checksum(id, name, group_type, head, mutation, mutation_head, countable, read, read_pending, base,
    revoked_above, revoked_up_to, peer_read, floor, told, met, active, gone, undelivered, own, shown, mentions);
", "
-- The index for searches, without the texts; and up to which row of msg it reaches, with the version of its terms.
CREATE VIRTUAL TABLE found USING fts5(text, sender, kind, content = '', tokenize = 'ascii');
INSERT INTO found(found, rank) VALUES('secure-delete', 1);
CREATE TABLE indexed(id INTEGER PRIMARY KEY CHECK (id = 1), up_to INTEGER NOT NULL, terms TEXT NOT NULL) STRICT;
", "
-- Messages by their IDs, which begin with their times: new ones stand at the end.
CREATE INDEX msg_id ON msg(message ->> '$.ID');
", "
-- What the user set about a conversation: as the server has it, and what the server has not confirmed.
ALTER TABLE conv ADD COLUMN settings TEXT;
ALTER TABLE conv ADD COLUMN unsent_settings TEXT;
UPDATE conv SET sum = checksum(id, name, group_type, head, mutation, mutation_head, countable, read, read_pending, base,
    revoked_above, revoked_up_to, peer_read, floor, told, met, active, gone, undelivered, own,
    shown, mentions, settings, unsent_settings);
", "
-- What the user removed: from which head on the list has a conversation, and what the server has not confirmed.
ALTER TABLE conv ADD COLUMN floor_pending INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conv ADD COLUMN hidden INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conv ADD COLUMN hidden_pending INTEGER NOT NULL DEFAULT 0;
UPDATE conv SET sum = checksum(id, name, group_type, head, mutation, mutation_head, countable, read, read_pending, base,
    revoked_above, revoked_up_to, peer_read, floor, told, met, active, gone, undelivered, own,
    shown, mentions, settings, unsent_settings, floor_pending, hidden, hidden_pending);
", "
-- Ranges of sequences, those of a kind apart from each other: 0 of which every message is stored, 1 that the user removed. And the
-- numbers of removals, with what the server has not confirmed.
CREATE TABLE span(
    conv INTEGER NOT NULL, kind INTEGER NOT NULL, low INTEGER NOT NULL, high INTEGER NOT NULL, sum INTEGER NOT NULL,
    PRIMARY KEY (conv, kind, low)
) STRICT, WITHOUT ROWID;
INSERT INTO span SELECT conv, 0, low, high, checksum(conv, 0, low, high) FROM have;
DROP TABLE have;
ALTER TABLE conv ADD COLUMN removal INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conv ADD COLUMN removal_head INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conv ADD COLUMN unsent_removed TEXT NOT NULL DEFAULT '[]';
ALTER TABLE conv ADD COLUMN removed_unread TEXT NOT NULL DEFAULT '[]';
UPDATE conv SET sum = checksum(id, name, group_type, head, mutation, mutation_head, countable, read, read_pending, base,
    revoked_above, revoked_up_to, peer_read, floor, told, met, active, gone, undelivered, own,
    shown, mentions, settings, unsent_settings, floor_pending, hidden, hidden_pending,
    removal, removal_head, unsent_removed, removed_unread);
", "
-- What the other side of a C2C conversation is called.
ALTER TABLE conv ADD COLUMN peer TEXT;
UPDATE conv SET sum = checksum(id, name, group_type, head, mutation, mutation_head, countable, read, read_pending, base,
    revoked_above, revoked_up_to, peer_read, floor, told, met, active, gone, undelivered, own,
    shown, mentions, settings, unsent_settings, floor_pending, hidden, hidden_pending,
    removal, removal_head, unsent_removed, removed_unread, peer);
", "
-- What the app keeps beside messages. And messages of the outbox that the app inserted have 0 for a refusal.
CREATE TABLE beside(
    id TEXT NOT NULL, sender TEXT NOT NULL, data TEXT NOT NULL, number INTEGER NOT NULL, sum INTEGER NOT NULL,
    PRIMARY KEY (id, sender)
) STRICT, WITHOUT ROWID;
", "
-- How the user wants to be told of messages of all conversations is an entity of another kind.
", "
-- Friends, applications to become one and friend groups are entities of another kind.
"];
