//! The engine's nouns as other languages see them: records of plain values, the same for both faces.
//!
//! Each is made by taking the engine's own apart completely, so that a field added there has to be thought of here. As
//! JSON (the C face) they have TIM's names. No unsigned numbers where a host has none: sequences, counts and times are
//! `i64`, ids are texts.

use serde::{Deserialize, Serialize};
use tim::conversation as engine_conversation;
use tim::message as engine;
use tim::protocol::call::Platform as EnginePlatform;
use tim::protocol::group as engine_group;
use tim::protocol::media as engine_media;
use tim::protocol::message as wire;
use tim::protocol::profile as engine_profile;
use tim::{Code, ConversationId, GroupId, MessageId, UserId};

use crate::error::TimError;

/// A number of the engine's for hosts that have signed ones. The engine's stay far below the limit.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A number of a host's. What is negative is none.
fn unsigned(number: i64) -> Result<u64, TimError> {
    u64::try_from(number).map_err(|_| invalid("a sequence or size is not negative"))
}

fn invalid(reason: &str) -> TimError {
    TimError::new(Code::BAD_REQUEST, reason)
}

pub(crate) fn user_id(text: &str) -> Result<UserId, TimError> {
    UserId::new(text).map_err(|_| TimError::of(Code::USER_ID_INVALID))
}

pub(crate) fn user_ids(texts: &[String]) -> Result<Vec<UserId>, TimError> {
    texts.iter().map(|text| user_id(text)).collect()
}

pub(crate) fn group_id(text: &str) -> Result<GroupId, TimError> {
    GroupId::new(text).map_err(|_| TimError::of(Code::GROUP_BAD_ID))
}

pub(crate) fn conversation_id(text: &str) -> Result<ConversationId, TimError> {
    text.parse().map_err(|_| TimError::of(Code::CONVERSATION_TYPE_INVALID))
}

/// Makes a host's enum and both ways between it and the engine's. The words are those of the JSON.
macro_rules! mirror {
    ($(#[$meta:meta])* $name:ident = $engine:path { $($(#[$vmeta:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$vmeta])* #[serde(rename = $word)] $variant,)*
        }
        impl From<$engine> for $name {
            fn from(value: $engine) -> Self {
                match value { $(<$engine>::$variant => Self::$variant,)* }
            }
        }
        impl From<$name> for $engine {
            fn from(value: $name) -> Self {
                match value { $($name::$variant => <$engine>::$variant,)* }
            }
        }
    };
}

mirror! {
    /// Where a message stands on its way out. Received messages are `Success`.
    SendStatus = engine::SendStatus {
        /// Not sent yet: just created, or waiting in the outbox.
        UnSend = "unSend",
        /// On the server's stable storage.
        Success = "success",
        /// Refused; `resendMessage` tries again.
        Fail = "fail",
    }
}

mirror! {
    /// Which way a message went.
    MessageFlow = engine::Flow {
        /// To this user.
        In = "in",
        /// From this user, on any of their devices.
        Out = "out",
    }
}

mirror! {
    /// A message's urgency in a group.
    Priority = wire::Priority {
        /// Delivered first.
        High = "High",
        /// As usual.
        Normal = "Normal",
        /// May wait.
        Low = "Low",
        /// May wait longest.
        Lowest = "Lowest",
    }
}

mirror! {
    /// The kind of a group.
    GroupType = engine_group::GroupType {
        /// Members are added, nobody applies. Up to 200 members.
        Work = "Private",
        /// Whoever applies waits for consent. Up to 2,000 members.
        Public = "Public",
        /// Everybody may join; nothing counts as unread. Up to 6,000 members.
        Meeting = "ChatRoom",
    }
}

mirror! {
    /// What happens to those who apply to join.
    JoinOption = engine_group::JoinOption {
        /// They are in.
        FreeAccess = "FreeAccess",
        /// The owner or an admin decides.
        NeedPermission = "NeedPermission",
        /// They are refused.
        DisableApply = "DisableApply",
    }
}

mirror! {
    /// What came of an attempt to join.
    JoinStatus = engine_group::JoinStatus {
        /// The user is a member now.
        JoinedSuccess = "JoinedSuccess",
        /// The user was a member before.
        AlreadyInGroup = "AlreadyInGroup",
        /// The owner or an admin was asked.
        WaitAdminApproval = "WaitAdminApproval",
    }
}

mirror! {
    /// A member's standing.
    Role = engine_group::Role {
        /// An ordinary member.
        Member = "Member",
        /// May decide on applications and take back others' messages.
        Admin = "Admin",
        /// Made the group, or was given it.
        Owner = "Owner",
    }
}

mirror! {
    /// Gender, as a profile tells it.
    Gender = engine_profile::Gender {
        /// Not told.
        Unknown = "Gender_Type_Unknown",
        /// Female.
        Female = "Gender_Type_Female",
        /// Male.
        Male = "Gender_Type_Male",
    }
}

mirror! {
    /// The kind of machine, for the server's login policy.
    Platform = EnginePlatform {
        /// Android.
        Android = "android",
        /// iOS and iPadOS.
        Ios = "ios",
        /// macOS.
        Macos = "macos",
        /// Windows.
        Windows = "windows",
        /// Linux.
        Linux = "linux",
        /// A browser.
        Web = "web",
        /// Anything else.
        Other = "other",
    }
}

/// Which of a picture's three sizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub enum ImageType {
    /// As it was uploaded.
    Original,
    /// At most 198 px on the longer side.
    Thumb,
    /// At most 720 px on the longer side.
    Large,
}

impl From<engine_media::ImageType> for ImageType {
    fn from(kind: engine_media::ImageType) -> Self {
        match kind {
            engine_media::ImageType::Original => Self::Original,
            engine_media::ImageType::Thumb => Self::Thumb,
            engine_media::ImageType::Large => Self::Large,
        }
    }
}

impl From<ImageType> for engine_media::ImageType {
    fn from(kind: ImageType) -> Self {
        match kind {
            ImageType::Original => Self::Original,
            ImageType::Thumb => Self::Thumb,
            ImageType::Large => Self::Large,
        }
    }
}

impl From<ImageType> for u32 {
    fn from(kind: ImageType) -> Self {
        engine_media::ImageType::from(kind).into()
    }
}

impl TryFrom<u32> for ImageType {
    type Error = &'static str;
    fn try_from(number: u32) -> Result<Self, Self::Error> {
        engine_media::ImageType::try_from(number).map(Into::into)
    }
}

/// One of a picture's sizes.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageInfo {
    /// Which size.
    #[serde(rename = "type")]
    pub image_type: ImageType,
    /// Bytes.
    pub size: i64,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Where it is: a path on the server, or a full address.
    pub url: String,
}

/// A picture: its three sizes, in the order original, thumbnail, large.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageBody {
    /// Its identity, a UUID.
    pub uuid: String,
    /// Its format, by TIM's numbers: 1 JPEG, 2 GIF, 3 PNG, 4 BMP, 5 WebP, 255 unknown.
    pub image_format: u32,
    /// The sizes.
    pub image_info_array: Vec<ImageInfo>,
}

impl From<engine_media::ImageBody> for ImageBody {
    fn from(body: engine_media::ImageBody) -> Self {
        let engine_media::ImageBody { uuid, image_format, image_info_array } = body;
        let info = |info| {
            let engine_media::ImageInfo { image_type, size, width, height, url } = info;
            ImageInfo { image_type: image_type.into(), size: signed(size), width, height, url }
        };
        Self {
            uuid: uuid.to_string(),
            image_format: image_format.into(),
            image_info_array: image_info_array.into_iter().map(info).collect(),
        }
    }
}

impl TryFrom<ImageBody> for engine_media::ImageBody {
    type Error = TimError;
    fn try_from(body: ImageBody) -> Result<Self, TimError> {
        let ImageBody { uuid, image_format, image_info_array } = body;
        let info = |info| {
            let ImageInfo { image_type, size, width, height, url } = info;
            let size = unsigned(size)?;
            Ok(engine_media::ImageInfo { image_type: image_type.into(), size, width, height, url })
        };
        Ok(Self {
            uuid: uuid.parse().map_err(|_| invalid("a picture's uuid is a UUID"))?,
            image_format: image_format.into(),
            image_info_array: image_info_array.into_iter().map(info).collect::<Result<_, TimError>>()?,
        })
    }
}

/// A text.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
pub struct TextBody {
    /// What it says.
    pub text: String,
}

/// Something that happened in a group.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupTip {
    /// Who did it.
    #[serde(rename = "operatorID")]
    pub operator_id: String,
    /// What was done: 1 users joined, 2 a user left. Others are of a later version.
    pub operation_type: u32,
    /// Whom it concerns.
    #[serde(rename = "userIDList")]
    pub user_id_list: Vec<String>,
    /// How many members the group has afterwards.
    pub member_count: u32,
}

/// A notice from the server.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SystemNotice {
    /// Who caused it.
    #[serde(rename = "operatorID")]
    pub operator_id: String,
    /// What it tells: 1 somebody applies, 2 accepted, 3 refused, 5 the group was dismissed, 6 you created it, 7 you were
    /// added, 8 you left. Others are of a later version.
    pub operation_type: u32,
    /// The group it is about.
    #[serde(rename = "groupID")]
    pub group_id: String,
    /// Its name.
    pub group_name: String,
    /// Its kind.
    pub group_type: GroupType,
    /// The words that came with an application or its answer; empty if none.
    pub handle_message: String,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Enum, Serialize, Deserialize)]
#[serde(tag = "type", content = "payload")]
pub enum Payload {
    /// A text.
    #[serde(rename = "TIMTextElem")]
    Text(TextBody),
    /// A picture. While it has not been uploaded its addresses are empty.
    #[serde(rename = "TIMImageElem")]
    Image(ImageBody),
    /// Something that happened in a group.
    #[serde(rename = "TIMGroupTipElem")]
    GroupTip(GroupTip),
    /// A notice from the server.
    #[serde(rename = "TIMGroupSystemNoticeElem")]
    GroupSystemNotice(SystemNotice),
    /// Taken back.
    #[serde(rename = "gone")]
    Gone,
    /// Of a type this version does not know: its JSON text, to be shown as "not supported yet".
    #[serde(rename = "unknown")]
    Unknown(String),
}

/// A message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Message {
    /// Its identity: final from creation on, the same for every receiver.
    #[serde(rename = "ID")]
    pub id: String,
    /// The conversation, as this user names it: `C2C` and a user, `GROUP` and a group, or `@TIM#SYSTEM`.
    #[serde(rename = "conversationID")]
    pub conversation_id: String,
    /// Who wrote it.
    pub from: String,
    /// Which way it went.
    pub flow: MessageFlow,
    /// Its place in the conversation: 1, 2, 3 …; 0 while it is not sent.
    pub sequence: i64,
    /// When the server accepted it (before that: when it was created), in milliseconds since 1970.
    pub time: i64,
    /// When it was created, by the sender's clock, in milliseconds since 1970.
    pub client_time: i64,
    /// Where it stands.
    pub status: SendStatus,
    /// Its urgency in a group.
    pub priority: Priority,
    /// The sender's nick at that time; empty if none.
    pub nick: String,
    /// The sender's avatar address at that time; empty if none.
    pub avatar: String,
    /// It was taken back.
    pub is_revoked: bool,
    /// Who took it back.
    pub revoker: Option<String>,
    /// This user has read it.
    pub is_read: bool,
    /// The other side of a C2C conversation has read it.
    pub is_peer_read: bool,
    /// Does not count as unread.
    #[serde(rename = "isExcludedFromUnreadCount")]
    pub excluded_from_unread_count: bool,
    /// What it says.
    #[serde(flatten)]
    pub payload: Payload,
}

impl From<engine::Payload> for Payload {
    fn from(payload: engine::Payload) -> Self {
        match payload {
            engine::Payload::Text(text) => Self::Text(TextBody { text }),
            engine::Payload::Image(image) => Self::Image(image.into()),
            engine::Payload::GroupTip(tip) => {
                let wire::GroupTip { operator_id, operation_type, user_id_list, member_count } = tip;
                Self::GroupTip(GroupTip {
                    operator_id: operator_id.to_string(),
                    operation_type: operation_type.into(),
                    user_id_list: user_id_list.iter().map(ToString::to_string).collect(),
                    member_count,
                })
            }
            engine::Payload::GroupSystemNotice(notice) => {
                let wire::SystemNotice { operator_id, operation_type, group_profile, handle_message } =
                    notice;
                let wire::NoticeGroup { group_id, name, group_type } = group_profile;
                Self::GroupSystemNotice(SystemNotice {
                    operator_id: operator_id.to_string(),
                    operation_type: operation_type.into(),
                    group_id: group_id.to_string(),
                    group_name: name,
                    group_type: group_type.into(),
                    handle_message,
                })
            }
            engine::Payload::Gone => Self::Gone,
            engine::Payload::Unknown(json) => Self::Unknown(json),
        }
    }
}

impl From<engine::Message> for Message {
    fn from(message: engine::Message) -> Self {
        let engine::Message {
            id,
            conversation_id,
            from,
            flow,
            sequence,
            time,
            client_time,
            status,
            priority,
            nick,
            avatar,
            is_revoked,
            revoker,
            is_read,
            is_peer_read,
            excluded_from_unread_count,
            payload,
        } = message;
        Self {
            id: id.to_string(),
            conversation_id: conversation_id.to_string(),
            from: from.to_string(),
            flow: flow.into(),
            sequence: signed(sequence),
            time,
            client_time,
            status: status.into(),
            priority: priority.into(),
            nick,
            avatar,
            is_revoked,
            revoker: revoker.map(|user| user.to_string()),
            is_read,
            is_peer_read,
            excluded_from_unread_count,
            payload: payload.into(),
        }
    }
}

impl TryFrom<Message> for engine::Message {
    type Error = TimError;

    /// A message that a host gives back. Tips and notices are the server's: nobody can send one, so nothing is lost.
    fn try_from(message: Message) -> Result<Self, TimError> {
        let Message {
            id,
            conversation_id: conversation,
            from,
            flow,
            sequence,
            time,
            client_time,
            status,
            priority,
            nick,
            avatar,
            is_revoked,
            revoker,
            is_read,
            is_peer_read,
            excluded_from_unread_count,
            payload,
        } = message;
        let id: MessageId = id.parse().map_err(|_| TimError::of(Code::MESSAGE_INVALID))?;
        Ok(Self {
            id,
            conversation_id: conversation_id(&conversation)?,
            from: user_id(&from)?,
            flow: flow.into(),
            sequence: unsigned(sequence)?,
            time,
            client_time,
            status: status.into(),
            priority: priority.into(),
            nick,
            avatar,
            is_revoked,
            revoker: revoker.map(|user| user_id(&user)).transpose()?,
            is_read,
            is_peer_read,
            excluded_from_unread_count,
            payload: match payload {
                Payload::Text(TextBody { text }) => engine::Payload::Text(text),
                Payload::Image(image) => engine::Payload::Image(image.try_into()?),
                Payload::GroupTip(_) | Payload::GroupSystemNotice(_) | Payload::Gone => engine::Payload::Gone,
                Payload::Unknown(json) => engine::Payload::Unknown(json),
            },
        })
    }
}

/// A page of a conversation's messages.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct MessageList {
    /// The messages, oldest first.
    pub message_list: Vec<Message>,
    /// What to pass as `before` for the page before this one; absent if there is nothing before it.
    #[serde(rename = "nextReqMessageID")]
    pub next_req_message_id: Option<i64>,
    /// There is nothing before this page.
    pub is_completed: bool,
}

impl From<tim::MessageList> for MessageList {
    fn from(list: tim::MessageList) -> Self {
        let tim::MessageList { message_list, next_req_message_id, is_completed } = list;
        Self {
            message_list: message_list.into_iter().map(Into::into).collect(),
            next_req_message_id: next_req_message_id.map(signed),
            is_completed,
        }
    }
}

/// What to pass as `before`: nothing, or what a page gave.
pub(crate) fn before(sequence: Option<i64>) -> Result<Option<u64>, TimError> {
    sequence.map(unsigned).transpose()
}

/// One conversation of this user's list.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Conversation {
    /// The conversation, as this user names it.
    #[serde(rename = "conversationID")]
    pub conversation_id: String,
    /// The group's type, for groups.
    pub group_type: Option<GroupType>,
    /// Messages this user has not read. Always 0 for Meeting groups.
    pub unread_count: i64,
    /// The newest message, sent or waiting to be.
    pub last_message: Option<Message>,
    /// How far this user has read, as a sequence.
    pub read_sequence: i64,
    /// How far the other side of a C2C conversation has read, as a sequence.
    pub peer_read_sequence: i64,
    /// When something last happened in it, in milliseconds since 1970.
    pub last_time: i64,
}

impl From<&engine_conversation::Conversation> for Conversation {
    fn from(conversation: &engine_conversation::Conversation) -> Self {
        let engine_conversation::Conversation {
            conversation_id,
            group_type,
            unread_count,
            last_message,
            read_sequence,
            peer_read_sequence,
            last_time,
        } = conversation;
        Self {
            conversation_id: conversation_id.to_string(),
            group_type: group_type.map(Into::into),
            unread_count: signed(*unread_count),
            last_message: last_message.clone().map(Into::into),
            read_sequence: signed(*read_sequence),
            peer_read_sequence: signed(*peer_read_sequence),
            last_time: *last_time,
        }
    }
}

/// A group as one of its members sees it.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Group {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: String,
    /// Its kind.
    #[serde(rename = "type")]
    pub group_type: GroupType,
    /// Its name.
    pub name: String,
    /// What it is about; empty if not told.
    pub introduction: String,
    /// What members are to know; empty if nothing.
    pub notification: String,
    /// Address of a picture; empty if none.
    pub avatar: String,
    /// Its owner; absent when the owner has left.
    #[serde(rename = "ownerID")]
    pub owner_id: Option<String>,
    /// When it was made, in milliseconds since 1970.
    pub create_time: i64,
    /// How many members it has.
    pub member_count: u32,
    /// How many it may have.
    pub max_member_count: u32,
    /// What happens to those who apply.
    pub join_option: JoinOption,
    /// This user's own standing; absent when the user is not a member.
    pub self_role: Option<Role>,
    /// Since when this user is a member, in milliseconds since 1970; absent when the user is none.
    pub self_join_time: Option<i64>,
}

impl From<engine_group::Group> for Group {
    fn from(group: engine_group::Group) -> Self {
        let engine_group::Group {
            group_id,
            group_type,
            name,
            introduction,
            notification,
            avatar,
            owner_id,
            create_time,
            member_count,
            max_member_count,
            join_option,
            self_info,
        } = group;
        let own = self_info.map(|engine_group::SelfInfo { role, join_time }| (role.into(), join_time));
        let (self_role, self_join_time) = own.unzip();
        Self {
            group_id: group_id.to_string(),
            group_type: group_type.into(),
            name,
            introduction,
            notification,
            avatar,
            owner_id: owner_id.map(|user| user.to_string()),
            create_time,
            member_count,
            max_member_count,
            join_option: join_option.into(),
            self_role,
            self_join_time,
        }
    }
}

/// What is needed to make a group.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NewGroup {
    /// Its name: 1 to 100 bytes.
    pub name: String,
    /// Its kind.
    #[serde(rename = "type")]
    pub group_type: GroupType,
    /// The id to give it; the server makes one if not told.
    #[serde(rename = "groupID", default)]
    #[uniffi(default = None)]
    pub group_id: Option<String>,
    /// What it is about, up to 400 bytes.
    #[serde(default)]
    #[uniffi(default = "")]
    pub introduction: String,
    /// What members are to know, up to 400 bytes.
    #[serde(default)]
    #[uniffi(default = "")]
    pub notification: String,
    /// Address of a picture, up to 500 bytes.
    #[serde(default)]
    #[uniffi(default = "")]
    pub avatar: String,
    /// What happens to those who apply; by the group's type if not told.
    #[serde(default)]
    #[uniffi(default = None)]
    pub join_option: Option<JoinOption>,
    /// Users to begin with, beside the creator: up to 100.
    #[serde(default)]
    #[uniffi(default = [])]
    pub member_list: Vec<String>,
}

impl TryFrom<NewGroup> for engine_group::NewGroup {
    type Error = TimError;
    fn try_from(group: NewGroup) -> Result<Self, TimError> {
        let NewGroup {
            name,
            group_type,
            group_id: id,
            introduction,
            notification,
            avatar,
            join_option,
            member_list,
        } = group;
        Ok(Self {
            name,
            group_type: group_type.into(),
            group_id: id.map(|id| group_id(&id)).transpose()?,
            introduction,
            notification,
            avatar,
            join_option: join_option.map(Into::into),
            member_list: user_ids(&member_list)?,
        })
    }
}

/// What came of joining a group.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize)]
pub struct Joined {
    /// How it ended.
    pub status: JoinStatus,
    /// The group, once this user is in it.
    pub group: Option<Group>,
}

/// A user's profile.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// The user.
    #[serde(rename = "userID")]
    pub user_id: String,
    /// What the user tells.
    #[serde(flatten)]
    pub fields: ProfileFields,
    /// When it last changed, in milliseconds since 1970; 0 if never.
    pub last_updated_time: i64,
}

/// The changeable part of a profile; in an update, what is absent stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProfileFields {
    /// Shown name, up to 500 bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[uniffi(default = None)]
    pub nick: Option<String>,
    /// Address of a picture, up to 500 bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[uniffi(default = None)]
    pub avatar: Option<String>,
    /// Gender.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[uniffi(default = None)]
    pub gender: Option<Gender>,
    /// A line about oneself, up to 500 bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[uniffi(default = None)]
    pub self_signature: Option<String>,
    /// Day of birth as a number, year first: 20000419.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[uniffi(default = None)]
    pub birthday: Option<u32>,
    /// A place, up to 16 bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[uniffi(default = None)]
    pub location: Option<String>,
}

impl From<engine_profile::Profile> for Profile {
    fn from(profile: engine_profile::Profile) -> Self {
        let engine_profile::Profile { user_id, fields, last_updated_time } = profile;
        let engine_profile::ProfileFields { nick, avatar, gender, self_signature, birthday, location } =
            fields;
        let gender = gender.map(Into::into);
        let fields = ProfileFields { nick, avatar, gender, self_signature, birthday, location };
        Self { user_id: user_id.to_string(), fields, last_updated_time }
    }
}

impl From<ProfileFields> for engine_profile::ProfileFields {
    fn from(fields: ProfileFields) -> Self {
        let ProfileFields { nick, avatar, gender, self_signature, birthday, location } = fields;
        Self { nick, avatar, gender: gender.map(Into::into), self_signature, birthday, location }
    }
}

/// How an instance is made. Only the application, the server and the folder are required.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TimOptions {
    /// The application, as the server's operator made it.
    #[serde(rename = "SDKAppID")]
    pub sdk_app_id: u32,
    /// The server: `wss://host[:port]`, or `ws://` for a server on this machine only.
    pub server: String,
    /// A folder of the app's own, where databases are kept. Made if it does not exist.
    pub data_dir: String,
    /// Tells several instances of one application in one process apart. Best left empty.
    #[serde(default)]
    #[uniffi(default = "")]
    pub instance: String,
    /// The kind of machine; this machine's own if not told.
    #[serde(default)]
    #[uniffi(default = None)]
    pub platform: Option<Platform>,
    /// Certificates (PEM) to trust beside the public ones.
    #[serde(default)]
    #[uniffi(default = None)]
    pub extra_roots_pem: Option<String>,
    /// Pause between heartbeats, in milliseconds; 30,000 if not told.
    #[serde(default)]
    #[uniffi(default = None)]
    pub heartbeat_ms: Option<u32>,
    /// How long a login may take, in milliseconds; 90,000 if not told.
    #[serde(default)]
    #[uniffi(default = None)]
    pub login_timeout_ms: Option<u32>,
    /// How long any other call may wait for the server, in milliseconds; 15,000 if not told.
    #[serde(default)]
    #[uniffi(default = None)]
    pub call_timeout_ms: Option<u32>,
}

impl From<TimOptions> for tim::options::TimOptions {
    fn from(options: TimOptions) -> Self {
        let TimOptions {
            sdk_app_id,
            server,
            data_dir,
            instance,
            platform,
            extra_roots_pem,
            heartbeat_ms,
            login_timeout_ms,
            call_timeout_ms,
        } = options;
        let mut made = Self::new(sdk_app_id, server, data_dir);
        let or = |given: Option<u32>, default| {
            given.map_or(default, |ms| std::time::Duration::from_millis(ms.into()))
        };
        made.instance = instance;
        made.platform = platform.map_or(made.platform, Into::into);
        made.extra_roots_pem = extra_roots_pem;
        made.heartbeat = or(heartbeat_ms, made.heartbeat);
        made.login_timeout = or(login_timeout_ms, made.login_timeout);
        made.call_timeout = or(call_timeout_ms, made.call_timeout);
        made
    }
}
