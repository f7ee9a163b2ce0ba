//! Every error code, its meaning, and what the caller can do about it.
//!
//! TIM's own numbers are used where TIM has one, so that its documentation applies. Codes from 130100 on are specific
//! to this project. Codes are only added; a retired code stays here with a note.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An error number. Stable for ever, unlike the text beside it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "u32", into = "u32")]
pub struct Code(pub u32);

impl From<u32> for Code {
    /// 0 means success elsewhere, so an error with the number 0 is read as [`Code::INTERNAL`].
    fn from(number: u32) -> Self {
        if number == 0 { Self::INTERNAL } else { Self(number) }
    }
}

impl From<Code> for u32 {
    fn from(code: Code) -> Self {
        code.0
    }
}

macro_rules! codes {
    ($($(#[$family:meta])* $name:ident = $number:literal $(, $retry:ident)?: $text:literal;)*) => {
        impl Code {
            $(#[doc = concat!("`", stringify!($number), "`\n```text\n", $text, "\n```")] pub const $name: Self = Self($number);)*

            /// Every number this version knows.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// One line that says what happened and what to do.
            #[must_use]
            pub fn describe(self) -> &'static str {
                match self.0 {
                    $($number => $text,)*
                    _ => "an error this version does not know: update the app, or look the number up in the server's documents",
                }
            }

            /// The number's name in this table; `UNKNOWN` for a number it lacks.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self.0 {
                    $($number => stringify!($name),)*
                    _ => "UNKNOWN",
                }
            }

            /// Whether the same request may succeed later unchanged, because the cause was the network, load or a disk.
            /// The outbox retries on these codes and fails the message on all others.
            #[must_use]
            pub fn is_retryable(self) -> bool {
                const RETRYABLE: &[u32] = &[$($(codes!(@retry $retry $number),)?)*];
                RETRYABLE.contains(&self.0)
            }
        }
    };
    (@retry retry $number:literal) => { $number };
}

codes! {
    // The engine: login and readiness.
    SDK_APP_ID_MISSING = 2000: "SDKAppID is missing: pass the number that tim-server app printed";
    USER_ID_INVALID = 2002: "userID is missing or not 1 to 32 printable ASCII characters";
    USERSIG_MISSING = 2003: "userSig is missing: ask your backend for one";
    NOT_LOGGED_IN = 2024: "not logged in: call login first";
    LOGIN_IN_PROGRESS = 2025: "a login is running already: wait for it to end";
    LOGGED_IN_AS_ANOTHER = 2026: "another user is logged in: call logout first";
    UPLOAD_PLUGIN_MISSING = 2040: "no uploader is registered: register an upload plugin, or use the built-in one";
    UPLOAD_REFUSED = 2041: "the server did not give leave to upload: try again, or ask its operator";

    // The engine: messages.
    SEND_FAILED = 2100: "the message could not be sent: resend it";
    ROOM_NOT_JOINED = 2101: "not in this live room: join it first";
    MESSAGE_INVALID = 2105: "this is not a message that can be used here: pass one that create or the list returned";
    CONVERSATION_TYPE_INVALID = 2106: "the conversation type is neither C2C nor GROUP";
    REVOKE_FAILED = 2110: "the message could not be taken back";
    NO_RECEIPT_NEEDED = 2114: "no read receipt to send or ask for: the message must have needReadReceipt, and not be revoked";
    NOTICE_NOT_REMOVABLE = 2116: "system notices cannot be deleted";
    IMAGE_MISSING = 2251: "no picture was chosen: pass a path or bytes";
    IMAGE_TYPE_INVALID = 2252: "the file is not a JPEG, PNG, GIF, BMP or WebP picture";
    IMAGE_TOO_LARGE = 2253: "the picture has 20 MB or more: make it smaller";
    AUDIO_TOO_LARGE = 2301: "the recording has more than 28 MB: make it shorter";
    VIDEO_TOO_LARGE = 2351: "the video has more than 100 MB: make it smaller";
    UPLOAD_FAILED = 2400, retry: "the upload failed: resend the message";
    FILE_UNREADABLE = 2401: "the file cannot be opened: check its path and permission";
    FILE_TOO_LARGE = 2402: "the file has more than 100 MB, or as a merger more than 5 MB: make it smaller";
    MERGER_INVALID = 2450: "a merger has 1 to 300 messages that were sent, none revoked and none of the server's";
    MERGER_KEY_INVALID = 2451: "the server has no such merger (any more): ask its sender to send it again";
    MERGER_DOWNLOAD_FAILED = 2452: "what was stored of this merger cannot be read: ask its sender to send it again";
    FORWARD_INVALID = 2453: "this message cannot be forwarded: it was not sent, was revoked, or is of the server";

    MODIFY_CONFLICT = 2480: "the message was modified meanwhile: this device has it as it is now, modify that";

    // The engine: conversations and groups.
    CONVERSATION_NOT_FOUND = 2500: "there is no such conversation";
    CONVERSATION_ID_INVALID = 2503: "a conversationID is C2C and a userID, GROUP and a groupID, or @TIM#SYSTEM";
    GROUP_ID_INVALID = 2602: "a groupID is 1 to 48 printable ASCII characters";
    GROUP_OWNER_ALREADY = 2621: "the user owns the group already: name another member";
    GROUP_NOT_A_MEMBER = 2623: "the user is not a member of the group: add the user first";
    LOGIN_NEEDED = 2662: "guests enter live rooms and listen, and do nothing else: log in with a userSig";
    GROUP_TYPE_WITHOUT_ROLES = 2682: "a group of this type has no admins";
    GROUP_ROLE_INVALID = 2683: "a member is made Admin or Member: change the owner by change_group_owner";
    GROUP_ROLE_OF_SELF = 2684: "nobody changes their own role";
    GROUP_MUTE_OF_SELF = 2685: "nobody mutes themselves";
    ROOM_BAN_MISSING = 2686: "who is removed from a live room is kept out for a while: say for how many seconds";
    FRIEND_GROUP_EXISTS = 2710: "there is a friend group of this name already: choose another";
    FRIEND_GROUP_NOT_FOUND = 2711: "there is no friend group of this name";
    PROFILE_INVALID = 2721: "a profile value is not allowed";
    PROFILE_NOTHING_TO_SET = 2722: "the profile update is empty: set at least one field";
    BLACKLIST_SELF = 2742: "nobody can blacklist themselves";

    // The engine: network and gate.
    NETWORK_ERROR = 2800, retry: "the server cannot be reached: check the network and the server's address";
    TIMEOUT = 2801, retry: "no answer in time: check the network and try again";
    NO_NETWORK = 2805, retry: "there is no network: try again when there is";
    SDK_NOT_READY = 2999: "the engine is not ready: wait for SDK_READY";
    LOGGING_IN = 3000: "the login is still running: wait for SDK_READY";
    LOGIN_FAILED = 3001: "the last login failed: log in again";
    KICKED_MULTIPLE_DEVICE = 3002: "another device took this one's place: log in again to take it back";
    KICKED_MULTIPLE_ACCOUNT = 3003: "this device logged in anew elsewhere: log in again to take the place back";
    USERSIG_EXPIRED_OFFLINE = 3004: "the userSig expired: log in with a new one";
    LOGGED_OUT = 3005: "logged out: call login first";
    KICKED_BY_SERVER = 3006: "the server's operator ended the login: log in again if you may";

    // The engine: its own machine.
    DATABASE_FAILED = 6005, retry: "the local database failed: free space, check permissions, then try again";
    DATA_DIR_UNUSABLE = 6022: "the data folder cannot be written: choose a folder of the app's own";
    FILE_EMPTY = 7006: "the file is empty";
    MESSAGE_TOO_LONG = 8001: "the message is over 12 KB: shorten it or send it in parts";
    INVITATION_UNKNOWN = 8010: "the invitation is unknown here, answered, cancelled, or its time is over";
    INVITATION_NOT_YOURS = 8011: "only its inviter cancels an invitation, and only who is invited accepts or rejects it";
    INVITATION_EXISTS = 8012: "a signal about this invitation is on its way already: wait for its end";
    TOO_MANY_CALLS = 9507, retry: "10,000 calls wait for the engine: wait until some have ended";

    // Groups.
    GROUP_BAD_PARAMETER = 10004: "a group value is missing, too long or not allowed for this type of group";
    GROUP_TOO_MANY_ACCOUNTS = 10005: "too many users in one request";
    GROUP_PERMISSION_DENIED = 10007: "not allowed in this group: not a member, or not with this role";
    GROUP_OWNER_CANNOT_QUIT = 10009: "the owner may not leave this group: dismiss it";
    GROUP_NOT_FOUND = 10010: "there is no such group, or it was dismissed";
    GROUP_ALREADY_MEMBER = 10013: "already a member";
    GROUP_FULL = 10014: "the group is full";
    GROUP_BAD_ID = 10015: "the groupID is not allowed: it may not begin with @TGS#";
    GROUP_ACCOUNT_NOT_FOUND = 10019: "a user does not exist: users exist from their first login on";
    GROUP_ID_IN_USE = 10021: "the groupID is taken: choose another";
    GROUP_ID_IS_YOURS = 10025: "the groupID is taken by a group of yours";
    GROUP_MUTED = 10017: "muted in this group: wait, or ask the owner or an admin";
    APPLICATION_HANDLED = 10024: "the application was decided already, or there is none";
    REVOKE_NOT_FOUND = 10030: "the message to take back does not exist";
    REVOKE_TOO_LATE_GROUP = 10031: "too late to take the message back";
    REVOKE_NOT_ALLOWED = 10032: "this message cannot be taken back";
    TOO_MANY_ROOMS = 10036: "this device is in 10 live rooms already: leave one first";
    GROUP_ATTRIBUTES_TOO_OFTEN = 10049: "a group's attributes change at most 5 times a second: wait";
    GROUP_ATTRIBUTES_CHANGED = 10056: "an attribute changed meanwhile: get the group's attributes, then try again";
    TOO_MANY_PINS = 10070: "the group has 10 pinned messages already: remove a pin first";
    ALREADY_PINNED = 10071: "another user has pinned this message already";

    // C2C messages.
    BAD_REQUEST = 20001: "the request's parameters do not fit: see docs/protocol.md";
    UNKNOWN_USER = 20003: "the user does not exist: users exist from their first login on";
    BLACKLISTED = 20007: "the receiver has blacklisted the sender";
    REVOKE_TOO_LATE = 20016: "too late to take the message back";

    TOO_MANY_REACTIONS = 23005: "the message has 10 different reactions already: choose one of those";
    TOO_MANY_REACTION_USERS = 23006: "100 users gave the message this reaction already";

    // Relations and profiles.
    FRIEND_BAD_PARAMETER = 30001: "a friend value is missing, too long or not allowed, or names yourself";
    FRIEND_ACCOUNT_NOT_FOUND = 30003: "the user does not exist: users exist from their first login on";
    FRIENDS_FULL = 30010: "you have 3,000 friends already: delete one first";
    FRIEND_GROUPS_FULL = 30011: "you have 32 friend groups already: delete one first";
    FRIEND_APPLICATIONS_FULL = 30012: "100 applications wait in your list or in theirs: wait until some have ended";
    BLACKLIST_FULL = 30013: "the blacklist is full";
    PEER_FRIENDS_FULL = 30014: "the other user has 3,000 friends already";
    ALREADY_FRIENDS = 30015: "the user is a friend already";
    FRIEND_BLACKLISTED_BY_ME = 30515: "the user is on your blacklist: take them off first";
    FRIEND_DENIED = 30516: "the user lets nobody add them";
    FRIEND_BLACKLISTED_ME = 30525: "you are on the user's blacklist";
    FRIEND_WAITS = 30539: "the user was asked, and is a friend once they accept";
    FRIEND_APPLICATION_NOT_FOUND = 30614: "there is no such application: it was handled or deleted";
    NOT_FRIENDS = 31704: "the user is no friend";
    PROFILE_VALUE_TOO_LONG = 40601: "a profile value is too long";

    // Conversations.
    CONVERSATION_BAD_PARAMETER = 50002: "a setting of the conversation is too long or not allowed";
    TOO_MANY_CONVERSATIONS = 51006: "too many conversations in one request: name up to 100";

    // Tokens and accounts.
    USERSIG_EXPIRED = 70001: "the userSig has expired: ask your backend for a new one";
    USERSIG_EMPTY = 70002: "the userSig is empty: ask your backend for one";
    USERSIG_MALFORMED = 70003: "the userSig cannot be read: it was cut, changed or not made for tim";
    USERSIG_WRONG_KEY = 70009: "the userSig was signed with another key: check the application's key on your backend";
    USERSIG_OTHER_USER = 70013: "the userSig belongs to another user";
    USERSIG_OTHER_APP = 70014: "the userSig belongs to another SDKAppID";
    APP_HAS_NO_KEY = 70016: "the application has no key: make one with tim-server app";
    APP_UNKNOWN = 70020: "the SDKAppID is unknown to this server: make it with tim-server app";
    TOO_MANY_LOGINS = 70050, retry: "too many failed logins: wait a minute";
    USERSIG_REVOKED = 70052: "the userSig was revoked: ask your backend for a new one";

    // Content.
    MESSAGE_BODY_TOO_LONG = 80002: "the message is over 12 KB: shorten it or send it in parts";

    // Ours: frames.
    MALFORMED_FRAME = 130_100: "the frame is not an envelope of the protocol: see docs/protocol.md";
    FRAME_TOO_LARGE = 130_101: "the frame is over 64 KiB: send less at once";
    FRAME_TOO_DEEP = 130_102: "the frame nests deeper than 32 levels";
    UNSUPPORTED = 130_103: "this side does not know the request: update it";
    OUT_OF_ORDER = 130_104: "request numbers must grow within a connection";
    HELLO_EXPECTED = 130_105: "the first request of a connection is hello, within 10 seconds";
    HELLO_REPEATED = 130_106: "hello was said already on this connection";
    VERSION_UNSUPPORTED = 130_107: "no common protocol version: update the older side";
    TOO_MANY_IN_FLIGHT = 130_108, retry: "too many requests wait for their answer: wait for some";
    TOO_FAST = 130_109, retry: "too many requests: slow down";
    MESSAGE_BODY_INVALID = 130_110: "the message's body is empty, incomplete or of a type users cannot send";
    BODY_TYPE_UNKNOWN = 130_111: "this server does not know the message's type: update it";
    IDLE_TOO_LONG = 130_112, retry: "no heartbeat came in time";
    UNREADABLE = 130_113, retry: "the server said something that this version of the app cannot read: update the app";
    MESSAGE_BODY_TOO_DEEP = 130114: "the message's body nests arrays and objects deeper than 16 levels";
    ELEMENT_NOT_APPENDABLE = 130_115: "only text, custom, face and location elements are appended: send the others on their own";
    VALUE_UNKNOWN = 130_116: "this side does not know the group's type, join option or the like: update it";
    TOO_MANY_ELEMENTS = 130_117: "a message has at most 20 elements: send the others with another one";
    TOO_MANY_CONNECTIONS = 130_118, retry: "too many connections of one user, or not logged in from one address: the newest stay";
    MEDIA_QUOTA = 130_119: "too many bytes of files today: send the message again later";

    // Ours: the server's state.
    BUSY = 130_120, retry: "the server has too much to do: try again";
    READ_ONLY = 130_121, retry: "the server cannot store anything now: its disk is full or failing";
    INTERNAL = 130_122, retry: "a fault in the server: try again, and tell its operator";
    SHUTTING_DOWN = 130_123, retry: "the server is shutting down: connect again";
    DATABASE_CORRUPT = 130_124: "the database is damaged: restore a backup";
    DATABASE_NEWER = 130_125: "the database was written by a newer version: run that version or newer";
    CLOCKS_DIFFER = 130_130, retry: "the userSig was issued in the future by the server's clock: set the clocks of the server and of your backend";

    // Ours: media.
    TICKET_INVALID = 130_140: "the ticket is not one of this server's for this purpose: ask for a new one";
    TICKET_EXPIRED = 130_141: "the ticket has expired: ask for a new one";
    TICKET_USED = 130_142: "the ticket was used already: ask for a new one";
    MEDIA_NOT_FOUND = 130_143: "the server does not have this file (any more): ask its sender to send it again";
    MEDIA_MISMATCH = 130_144: "the bytes are not those the ticket was given for";
    IMAGE_DIMENSIONS = 130_145: "the picture has too many pixels: at most 30,000 on a side and 250 million in all";
    TRANSFER_TOO_SLOW = 130_146, retry: "the file's bytes came too slowly: try again on a better line";
    IMAGE_DAMAGED = 130_147: "the picture is damaged or cut off: export it again";
    IMAGE_NEEDS_MEMORY = 130_148: "the picture is too large for its format: save it as a PNG or a non-progressive JPEG";
    MEDIA_FULL = 130_149: "your files take all the room you have on this server: ask its operator for more";

    // Ours: changes of messages.
    MESSAGE_NOT_FOUND = 130_150: "there is no such message, or it was revoked";
    MODIFY_NOT_ALLOWED = 130_151: "only its sender modifies a message: a text, custom, face or location element, of any its custom data";

    // Ours: members of groups.
    GROUP_BANNED = 130_152: "the user was removed from this group, and may not come back yet: try again later";

    // Ours: what a server may leave out.
    ROOM_BUSY = 130_153: "more is said in this live room than it passes on: the message was told to nobody";
    SEARCH_OFF = 130_155: "this server does not search messages: its operator turns it on with [search] enabled = true";

    GUESTS_FULL = 130_156, retry: "as many guests are here as this server lets in: try again later, or log in with a userSig";

    // Ours: the engine's own life.
    TOO_MANY_SUBSCRIPTIONS = 130_159: "50 filters are subscribed to already: unsubscribe from one first";
    DESTROYED = 130_160: "the instance was destroyed: create a new one";
    CANCELLED = 130_161: "the call was cancelled, or the login ended first";
    EVENTS_LOST = 130_162: "a listener was too slow and events were dropped: read the lists again";
    LISTENER_PANICKED = 130_163: "a listener panicked: mend it; other listeners go on";
    OUTBOX_FULL = 130_164: "10,000 messages wait to be sent: wait until some have left";
    SERVER_ADDRESS_INVALID = 130_165: "the server's address is not wss://host[:port], or ws:// on this machine";
    STORE_REBUILT = 130_166: "the local database was damaged and set aside: it is rebuilt from the server";
    STORE_NEWER = 130_167: "the local database was written by a newer version of the app: update the app";
    STORAGE_FULL = 130_168, retry: "this device's storage is full: free space, nothing was lost";
    RUNTIME_FAILED = 130_169: "the engine's threads could not be started: the system refuses new threads";
    MESSAGE_ON_ITS_WAY = 130_170: "the message is on its way and may have arrived: revoke it when it has";
    NOTHING_TO_CANCEL = 130_171: "there is nothing to cancel: it has ended, or never began";
    DATABASE_KEY_WRONG = 130_172: "the key does not open the local database: pass its own, or remove the user's folder to begin anew";
    ENCRYPTION_MISSING = 130_173: "this library cannot encrypt: build it with the feature encryption, or pass no databaseKey";
    CERTIFICATE_UNKNOWN_ISSUER = 130_174, retry: "the server's certificate is from an unknown issuer: give the app its root (extraRootsPem), or use a public one";
    CERTIFICATE_UNUSABLE = 130_175, retry: "the server's certificate cannot be a server's: one of an authority (CA) cannot; make one with tim-server cert";
    CERTIFICATE_WRONG_NAME = 130_176, retry: "the server's certificate is for another name: connect by a name that it has, or make one for this name";
    CERTIFICATE_NOT_VALID_NOW = 130_177, retry: "the server's certificate has expired or is not valid yet: renew it, and check this device's clock";
    STORE_DAMAGED = 130_178, retry: "the local database is damaged: it is set aside and rebuilt from the server, try again";
    PAUSED = 130_179: "the instance is paused: call resume first; messages that wait are sent then";

    // Ours: whether users are connected.
    CUSTOM_STATUS_TOO_LONG = 130_190: "the custom status is over 100 bytes: shorten it";
    STATUS_OF_SELF = 130_191: "nobody subscribes to themselves: your own devices are told of your status anyway";

    // Ours: the language border.
    NULL_ARGUMENT = 130_180: "an argument that may not be NULL is NULL";
    TEXT_NOT_UTF8 = 130_181: "a text is not UTF-8";
    JSON_INVALID = 130_182: "a JSON argument cannot be read or does not fit: see tim.h";
    HANDLE_INVALID = 130_183: "the handle is not one of this library's, or was released";
    ABI_MISMATCH = 130_184: "the program was built with another version of tim.h: build it with the library's own";
    PANICKED = 130_185: "a fault in the engine: please report it";
    LOADED_TWICE = 130_186: "the library belongs to another class loader of this process: load tim once";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({})", self.name(), self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_number_and_every_name_is_there_once() {
        let numbers: BTreeSet<u32> = Code::ALL.iter().map(|code| code.0).collect();
        let names: BTreeSet<&str> = Code::ALL.iter().map(|code| code.name()).collect();
        assert_eq!(numbers.len(), Code::ALL.len());
        assert_eq!(names.len(), Code::ALL.len());
    }

    #[test]
    fn a_number_of_a_later_version_still_says_something() {
        assert_eq!(Code(999_999).name(), "UNKNOWN");
        assert!(!Code(999_999).describe().is_empty());
        assert!(!Code(999_999).is_retryable());
    }

    /// A control frame holds 125 bytes (RFC 6455, section 5.5), two of them the status. Receivers take a longer one for a
    /// broken frame and lose status and reason; tungstenite 0.30 writes it all the same.
    #[test]
    fn every_code_with_its_text_fits_a_close_frame() {
        for code in Code::ALL {
            let reason = format!("{code}: {}", code.describe());
            assert!(reason.len() <= 123, "{reason} has {} bytes", reason.len());
        }
    }

    #[test]
    fn no_error_that_is_read_is_a_success() {
        assert_eq!(serde_json::from_str::<Code>("0").unwrap(), Code::INTERNAL);
        assert_eq!(serde_json::from_str::<Code>("20003").unwrap(), Code::UNKNOWN_USER);
        assert_eq!(serde_json::to_string(&Code::UNKNOWN_USER).unwrap(), "20003");
    }

    #[test]
    fn an_outbox_waits_for_a_full_disk_and_gives_up_on_a_blacklist() {
        assert!(Code::READ_ONLY.is_retryable());
        assert!(!Code::BLACKLISTED.is_retryable());
    }
}
