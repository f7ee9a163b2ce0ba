//! The limits of the protocol, shared so that both sides enforce the same ones.
//!
//! Numbers only; the error codes are named where the limits are enforced.

/// Largest frame a client may send, in bytes. A larger one closes the connection.
pub const FRAME_BYTES: usize = 64 * 1024;
/// Largest frame a server sends, in bytes, before and after inflating. Pages are cut to stay far below.
pub const SERVER_FRAME_BYTES: usize = 1024 * 1024;
/// Maximum size of a page of a reply (history, sync, mutations), in bytes of JSON.
pub const PAGE_BYTES: usize = 48 * 1024;
/// Replies of this many bytes and more are deflated when both sides know the feature.
pub const DEFLATE_FROM_BYTES: usize = 1024;
/// Deepest nesting of arrays and objects in a frame.
pub const DEPTH: usize = 32;
/// Largest number: 2^53 - 1, which every language can hold exactly.
pub const NUMBER: u64 = 9_007_199_254_740_991;
/// Most envelopes in one frame.
pub const BATCH: usize = 64;
/// Most requests of one connection that may wait for their reply. The server stops reading beyond it.
pub const IN_FLIGHT: usize = 32;
/// Largest message body together with its attributes, in bytes of JSON.
pub const BODY_BYTES: usize = 12 * 1024;
/// Bytes of these that stay free for the addresses of a file that is not uploaded yet.
pub const ADDRESSES_BYTES: usize = 2 * 1024;
/// Deepest nesting of arrays and objects in a message body. The envelopes around it add at most 8 levels in this version, and
/// have 8 more to grow by.
pub const BODY_DEPTH: usize = 16;
/// Most elements of a message, the first one counted.
pub const ELEMENTS: usize = 20;
/// Most users that a message mentions, everybody counted as one.
pub const AT_USERS: usize = 30;
/// Most receivers of a targeted message.
pub const RECEIVERS: usize = 50;
/// Most unread mentions that a conversation's state names; the newest.
pub const UNREAD_MENTIONS: usize = 20;
/// Most messages of a merger.
pub const MERGER_MESSAGES: usize = 300;
/// Deepest nesting of mergers, the outermost counted.
pub const MERGER_LAYERS: u32 = 100;
/// Largest stored merger, in bytes of JSON.
pub const MERGER_FILE_BYTES: u64 = 5_242_880;
/// Most files that a stored merger names.
pub const MERGER_FILES: usize = 1_000;
/// Most lines that show what is in a merger.
pub const MERGER_ABSTRACTS: usize = 5;
/// Longest of these lines, in characters.
pub const MERGER_ABSTRACT_CHARS: usize = 100;
/// Largest merger that the engine puts into its message, in bytes of JSON; a larger one is stored.
pub const MERGER_BYTES: usize = 11_264;
/// Largest image, in bytes; an image must be strictly smaller.
pub const IMAGE_BYTES: u64 = 20 * 1024 * 1024;
/// Largest recording, in bytes.
pub const AUDIO_BYTES: u64 = 28 * 1024 * 1024;
/// Longest name of a video's format, in bytes.
pub const VIDEO_FORMAT_BYTES: usize = 16;
/// Maximum size in bytes of a video, and of a file that is neither a picture nor a recording.
pub const FILE_BYTES: u64 = 100 * 1024 * 1024;
/// Longest name of a file, in bytes.
pub const FILE_NAME_BYTES: usize = 256;
/// Largest width or height of an image, in pixels.
pub const IMAGE_SIDE: u32 = 30_000;
/// Most pixels of an image.
pub const IMAGE_PIXELS: u64 = 250_000_000;
/// Most bytes that decoding an image may hold at once because its format cannot be decoded in pieces.
pub const IMAGE_HELD_BYTES: u64 = 160_000_000;
/// Most pixels of a thumbnail's shorter side.
pub const THUMB_SIDE: u32 = 198;
/// Most pixels of a thumbnail's longer side.
pub const THUMB_LONG_SIDE: u32 = 2_970;
/// Most pixels of the large preview's shorter side.
pub const LARGE_SIDE: u32 = 720;
/// Most pixels of the large preview's longer side.
pub const LARGE_LONG_SIDE: u32 = 10_800;
/// Longest userID, in bytes of printable ASCII.
pub const USER_ID_BYTES: usize = 32;
/// Longest groupID, in bytes of printable ASCII.
pub const GROUP_ID_BYTES: usize = 48;
/// Longest device or instance name a client may give itself, in bytes.
pub const DEVICE_BYTES: usize = 64;
/// Longest name and version a client program may give itself, in bytes.
pub const CLIENT_BYTES: usize = 256;
/// Most features a client may name.
pub const FEATURES: usize = 64;
/// Most conversations in one page of a sync.
pub const SYNC_PAGE: u32 = 200;
/// Most of the newest messages a sync sends along with each changed conversation.
pub const SYNC_LATEST: u32 = 20;
/// Most messages in one page of history.
pub const HISTORY_PAGE: u32 = 100;
/// Most mutations in one page.
pub const MUTATION_PAGE: u32 = 200;
/// Most pushes a session may hold un-acknowledged before it turns lagging.
pub const WINDOW_PUSHES: usize = 256;
/// Most bytes of un-acknowledged pushes before a session turns lagging.
pub const WINDOW_BYTES: usize = 256 * 1024;
/// A client acknowledges at the latest after this many pushes.
pub const ACK_EVERY: u64 = 32;
/// A client acknowledges at the latest after this many milliseconds.
pub const ACK_AFTER_MS: i64 = 1_000;
/// A connection that has not said hello after this many milliseconds is closed.
pub const HELLO_WITHIN_MS: i64 = 10_000;
/// How long a server keeps a dropped session for resuming, in milliseconds.
pub const RESUME_WITHIN_MS: i64 = 90_000;
/// Most users in one request that names several.
pub const USERS_PER_CALL: usize = 100;
/// Most conversations in one request that names several.
pub const CONVERSATIONS_PER_CALL: usize = 100;
/// Longest custom data of a conversation, in bytes.
pub const CONVERSATION_DATA_BYTES: usize = 256;
/// Longest draft of a conversation, in bytes.
pub const DRAFT_BYTES: usize = 12 * 1024;
/// Most users one user may have blacklisted.
pub const BLACKLIST: usize = 1_000;
/// Fewest seconds of a receive option of all conversations that mean for ever.
pub const FOREVER_SECONDS: u32 = 86_400;
/// Longest nick, self signature, avatar address or custom profile value, in bytes.
pub const PROFILE_TEXT_BYTES: usize = 500;
/// Longest text that a user says of themselves beside being online, in bytes.
pub const CUSTOM_STATUS_BYTES: usize = 100;
/// Most users whose status is asked for at once.
pub const STATUS_USERS: usize = 500;
/// Most users whose status a session is told.
pub const STATUS_SUBSCRIPTIONS: usize = 200;
/// How long a user whose connection broke stays online, in milliseconds, unless the server is set otherwise.
pub const OFFLINE_AFTER_MS: i64 = 30_000;
/// Longest location in a profile, in bytes.
pub const PROFILE_LOCATION_BYTES: usize = 16;
/// Most friends of a user.
pub const FRIENDS: u64 = 3_000;
/// Most friends and C2C conversations of a user that are looked at when profiles changed: those that changed last.
pub const ACQUAINTANCES: u32 = 4_000;
/// Most applications to become a friend that wait in a user's list, received and sent.
pub const FRIEND_APPLICATIONS: u64 = 100;
/// Most friend groups of a user.
pub const FRIEND_GROUPS: usize = 32;
/// Longest name of a friend group, in bytes.
pub const FRIEND_GROUP_NAME_BYTES: usize = 30;
/// Longest remark about a friend, in bytes.
pub const FRIEND_REMARK_BYTES: usize = 96;
/// Longest text that goes with an application to become a friend, in bytes.
pub const FRIEND_WORDING_BYTES: usize = 256;
/// Most fields of the app's in a friend.
pub const FRIEND_FIELDS: usize = 5;
/// Most fields of the app's in a profile.
pub const PROFILE_FIELDS: usize = 20;
/// Longest group name, in bytes.
pub const GROUP_NAME_BYTES: usize = 100;
/// Longest group introduction or notification, in bytes.
pub const GROUP_TEXT_BYTES: usize = 400;
/// Most bytes of a group's profile or of what it has about a member, or of a change of either, as JSON.
pub const GROUP_PROFILE_BYTES: usize = 10 * 1024;
/// Most fields of the app's in a group.
pub const GROUP_FIELDS: usize = 10;
/// Most bytes of the key of a group's or a member's field.
pub const GROUP_FIELD_KEY_BYTES: usize = 16;
/// Most bytes of the value of a group's or a member's field.
pub const GROUP_FIELD_BYTES: usize = 512;
/// Most members of a page of a group's list.
pub const GROUP_MEMBER_PAGE: u32 = 100;
/// Most members of a group that one request of a search looks at.
pub const MEMBERS_SEARCHED: u32 = 1_000;
/// Most admins of a group.
pub const GROUP_ADMINS: usize = 100;
/// Most fields of the app's at a member of a group.
pub const MEMBER_FIELDS: usize = 5;
/// Longest name card of a member of a group, in bytes.
pub const NAME_CARD_BYTES: usize = 50;
/// Most attributes of a group.
pub const GROUP_ATTRIBUTES: usize = 16;
/// Longest key of a group's attribute, in bytes.
pub const GROUP_ATTRIBUTE_KEY_BYTES: usize = 32;
/// Longest value of a group's attribute, in bytes.
pub const GROUP_ATTRIBUTE_BYTES: usize = 4 * 1024;
/// Most bytes of the keys and values of a group's attributes.
pub const GROUP_ATTRIBUTES_BYTES: usize = 16 * 1024;
/// Most changes of a group's attributes in a second.
pub const GROUP_ATTRIBUTE_CHANGES: u32 = 5;
/// Most members given when a group is created.
pub const GROUP_FIRST_MEMBERS: usize = 100;
/// Messages that a live room passes on in a second.
pub const ROOM_MESSAGES: u64 = 40;
/// Messages that a live room passes on at once beyond them.
pub const ROOM_BURST: u64 = 16;
/// Messages that a session may say in live rooms in a second.
pub const ROOM_SPEAKER: u64 = 10;
/// A live room tells its viewers together what was said in so many milliseconds.
pub const ROOM_EVERY_MS: i64 = 200;
/// Most live rooms that a session is in.
pub const ROOMS: usize = 10;
/// Longest text that goes with an application to join, or with its answer, in bytes.
pub const APPLICATION_BYTES: usize = 256;
/// How long a sender may take a message back, in milliseconds, unless the server is set otherwise.
pub const REVOKE_WITHIN_MS: i64 = 120_000;
/// Longest reason for taking a message back, in bytes.
pub const REVOKE_REASON_BYTES: usize = 256;
/// Most different reactions of a message.
pub const REACTIONS: usize = 10;
/// Most users of one reaction of a message.
pub const REACTION_USERS: u32 = 100;
/// Longest ID of a reaction, in bytes.
pub const REACTION_ID_BYTES: usize = 64;
/// Most messages whose reactions are asked for at once.
pub const REACTED_MESSAGES: usize = 20;
/// Most users of each reaction that are answered for several messages.
pub const REACTION_USERS_SHOWN: u32 = 10;
/// Most pinned messages of a group.
pub const PINNED_MESSAGES: usize = 10;
/// Most messages whose reading is confirmed, or asked for, in one request.
pub const RECEIPT_MESSAGES: usize = 30;
/// Most users in one page of those who read a message, or did not.
pub const RECEIPT_PAGE: u32 = 100;
/// A session is told of receipts at most once in so many milliseconds.
pub const RECEIPTS_EVERY_MS: i64 = 1_000;
/// Most messages that a user removes in one request.
pub const REMOVED_MESSAGES: u64 = 50;
/// Most ranges of removed messages in one page.
pub const REMOVAL_PAGE: u32 = 200;
/// Most messages that are found by their IDs at once.
pub const FIND_MESSAGES: usize = 100;
/// Most keywords of a search.
pub const SEARCH_KEYWORDS: usize = 5;
/// Longest keyword of a search, in bytes.
pub const SEARCH_KEYWORD_BYTES: usize = 256;
/// Most types of messages of a search.
pub const SEARCH_TYPES: usize = 20;
/// Most senders of a search.
pub const SEARCH_SENDERS: usize = 5;
/// Most results of one page of a search.
pub const SEARCH_PAGE: u32 = 100;
/// Most messages that a server's search finds in one conversation.
pub const SEARCH_HITS: u32 = 1_000;
/// Letters of a word that a search compares; those that follow make no difference.
pub const SEARCH_WORD: usize = 64;
