//! The bodies of messages for both APIs: every kind, with its conversions.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use tim::Code;
use tim::message as engine;
use tim::protocol::{body as wire, json};

use super::{
    GroupChanges, GroupType, MemberChange, Rendition, RenditionType, invalid, message_id, millis, seconds,
    signed, small, unsigned, unsigned_small, user_id,
};
use crate::error::TimError;

/// Reads a record whose payload's type and contents are fields of the record itself: first the record, then the payload.
/// Serde's own way copies all fields first, and its code for that is twice as large.
macro_rules! with_payload {
    ($record:ident) => {
        impl Serialize for $record {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                Self::serialize(self, serializer)
            }
        }
        impl<'de> Deserialize<'de> for $record {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = Box::<RawValue>::deserialize(deserializer)?;
                let record = tim::protocol::json::read_by(text.get(), |reader| Self::deserialize(reader));
                let payload = tim::protocol::json::read(text.get()).map_err(D::Error::custom)?;
                Ok(Self { payload, ..record.map_err(D::Error::custom)? })
            }
        }
    };
}
pub(super) use with_payload;

/// A text.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
pub struct TextBody {
    /// The text.
    pub text: String,
}

/// A recording.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
pub struct AudioBody {
    /// Its ID, a UUID.
    pub uuid: String,
    /// Where it is: a path on the server, or a full address; empty until it is uploaded. `getAttachmentUrl` makes of it what
    /// can be fetched.
    pub url: String,
    /// Size in bytes.
    pub size: i64,
    /// How long it is, in seconds, as its sender says.
    pub second: i32,
}

/// A video, and its snapshot: a picture that stands for it until it is played.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VideoBody {
    /// The video's ID, a UUID.
    #[serde(rename = "videoUUID")]
    pub video_uuid: String,
    /// Where the video is: a path on the server, or a full address; empty until it is uploaded. `getAttachmentUrl` with
    /// `Original` makes of it what can be fetched.
    pub video_url: String,
    /// Its format, such as `mp4`, as its sender says.
    pub video_format: String,
    /// How long it is, in seconds, as its sender says.
    pub video_second: i32,
    /// Size in bytes.
    pub video_size: i64,
    /// The snapshot's ID, a UUID.
    #[serde(rename = "snapshotUUID")]
    pub snapshot_uuid: String,
    /// Where the snapshot is, as the video; `getAttachmentUrl` with `Snapshot` makes of it what can be fetched.
    pub snapshot_url: String,
    /// Its width in pixels.
    pub snapshot_width: i32,
    /// Its height in pixels.
    pub snapshot_height: i32,
    /// Its size in bytes.
    pub snapshot_size: i64,
}

/// Any file, as it is.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FileBody {
    /// Its ID, a UUID.
    pub uuid: String,
    /// What its sender calls it. A peer chose it: never a path to write to as it is.
    pub file_name: String,
    /// Size in bytes.
    pub file_size: i64,
    /// Where it is: a path on the server, or a full address; empty until it is uploaded. `getAttachmentUrl` makes of it what
    /// can be fetched.
    pub file_url: String,
}

/// A place on Earth.
#[derive(Debug, Clone, PartialEq, uniffi::Record, Serialize, Deserialize)]
pub struct LocationBody {
    /// Its name; may be empty.
    pub description: String,
    /// Degrees east of Greenwich: -180 to 180.
    pub longitude: f64,
    /// Degrees north of the equator: -90 to 90.
    pub latitude: f64,
}

/// Content of the application's own. At least one of the texts is not empty.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
pub struct CustomBody {
    /// What the application makes of it.
    pub data: String,
    /// What it is, in words.
    pub description: String,
    /// More of it.
    pub extension: String,
}

/// A sticker of the application's own set.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
pub struct FaceBody {
    /// Its number in the application's set.
    pub index: i32,
    /// More about it; may be empty.
    pub data: String,
}

/// Several messages as one.
#[derive(Debug, Clone, PartialEq, uniffi::Record, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MergerBody {
    /// What is shown above it.
    pub title: String,
    /// Lines that show what is in it.
    pub abstract_list: Vec<String>,
    /// What programs show that do not know mergers.
    pub compatible_text: String,
    /// The messages; none of a merger that is stored: `downloadMergerMessage` gives them.
    #[serde(default)]
    #[uniffi(default = [])]
    pub message_list: Vec<MergedMessage>,
    /// Where the messages are stored; empty if they are here, and before the merger is sent.
    #[serde(default)]
    #[uniffi(default = "")]
    pub download_key: String,
    /// Bytes of what is stored; 0 if the messages are here.
    #[serde(default)]
    #[uniffi(default = 0)]
    pub download_size: i64,
    /// How many mergers nest in one that is stored, itself counted; 0 if the messages are here.
    #[serde(default)]
    #[uniffi(default = 0)]
    pub layers: i32,
}

/// A message as it is in a merger.
#[derive(Debug, Clone, PartialEq, uniffi::Record, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub struct MergedMessage {
    /// The message's ID.
    #[serde(rename = "ID")]
    pub id: String,
    /// The sender's user ID.
    pub from: String,
    /// The sender's nick when it was sent; empty if none.
    pub nick: String,
    /// The sender's avatar address when it was sent; empty if none.
    pub avatar: String,
    /// When it was sent.
    pub time: i64,
    /// Its custom data; empty if none.
    pub cloud_custom_data: String,
    /// What it says: the first element.
    #[serde(flatten, skip_deserializing)]
    pub payload: Payload,
    /// The elements that are appended to it.
    #[serde(default)]
    #[uniffi(default = [])]
    pub elements: Vec<Payload>,
}

with_payload!(MergedMessage);

/// A change in a group.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupTip {
    /// The user who caused it.
    #[serde(rename = "operatorID")]
    pub operator_id: String,
    /// The kind of change: 1 users joined, 2 a user left, 3 users were removed, 4 users became
    /// admins, 5 admins became members, 6 the group's profile or owner changed, 7 what the group has about members changed.
    /// Other values are of a later version.
    pub operation_type: i32,
    /// The users it concerns.
    #[serde(rename = "userIDList")]
    pub user_id_list: Vec<String>,
    /// How many members the group has afterwards.
    pub member_count: i32,
    /// What changed of the group's profile.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[uniffi(default = None)]
    pub new_group_profile: Option<GroupChanges>,
    /// The new owner, if the owner is another.
    #[serde(rename = "ownerID", default, skip_serializing_if = "Option::is_none")]
    #[uniffi(default = None)]
    pub owner_id: Option<String>,
    /// Why users were removed; empty if nobody said.
    #[serde(default)]
    #[uniffi(default = "")]
    pub reason: String,
    /// What changed of members.
    #[serde(default)]
    #[uniffi(default = [])]
    pub member_list: Vec<MemberChange>,
}

/// What a notice tells of its group.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupProfile {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: String,
    /// Its name.
    pub name: String,
    /// Its kind.
    pub r#type: GroupType,
}

/// A notice from the server.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SystemNotice {
    /// The user who caused it.
    #[serde(rename = "operatorID")]
    pub operator_id: String,
    /// The kind of notice: 1 somebody applies or invites, 2 accepted, 3 refused, 4 the user was removed,
    /// 5 the group was dismissed, 6 the user created it,
    /// 7 the user was added, 8 the user left, 9 the user became an admin, 10 is none any more. Other values are of a later version.
    pub operation_type: i32,
    /// The group it is about.
    pub group_profile: GroupProfile,
    /// The text sent with an application or its answer; empty if none.
    pub handle_message: String,
    /// The users who were invited, in an application for others and the answer to it.
    #[serde(rename = "userIDList", default)]
    #[uniffi(default = [])]
    pub user_id_list: Vec<String>,
}

/// A picture: its three sizes, in the order original, thumbnail, large. Sizes of a later version are left out.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImageBody {
    /// Its ID, a UUID.
    pub uuid: String,
    /// Its format, with TIM's numbers: 1 JPEG, 2 GIF, 3 PNG, 4 BMP, 5 WebP, 255 unknown.
    pub image_format: i32,
    /// The sizes.
    pub image_info_array: Vec<Rendition>,
}

/// The content of a message.
#[derive(Debug, Clone, PartialEq, Default, uniffi::Enum, Serialize)]
#[serde(tag = "type", content = "payload")]
pub enum Payload {
    /// A text.
    #[serde(rename = "TIMTextElem")]
    Text(TextBody),
    /// A picture. While it has not been uploaded its addresses are empty; the message's `localPath` shows it.
    #[serde(rename = "TIMImageElem")]
    Image(ImageBody),
    /// A recording. While it has not been uploaded its address is empty; the message's `localPath` plays it.
    #[serde(rename = "TIMSoundElem")]
    Audio(AudioBody),
    /// A video. While it has not been uploaded its addresses are empty; the message's `localPath` plays it, and its
    /// `localSnapshotPath` shows it.
    #[serde(rename = "TIMVideoFileElem")]
    Video(VideoBody),
    /// Any file, as it is. While it has not been uploaded its address is empty; the message's `localPath` shows it.
    #[serde(rename = "TIMFileElem")]
    File(FileBody),
    /// A place on Earth.
    #[serde(rename = "TIMLocationElem")]
    Location(LocationBody),
    /// Content of the application's own.
    #[serde(rename = "TIMCustomElem")]
    Custom(CustomBody),
    /// A sticker of the application's own set.
    #[serde(rename = "TIMFaceElem")]
    Face(FaceBody),
    /// Several messages as one.
    #[serde(rename = "TIMRelayElem")]
    Merger(MergerBody),
    /// A change in a group.
    #[serde(rename = "TIMGroupTipElem")]
    GroupTip(GroupTip),
    /// A notice from the server.
    #[serde(rename = "TIMGroupSystemNoticeElem")]
    GroupSystemNotice(SystemNotice),
    /// Revoked.
    #[serde(rename = "gone")]
    #[default]
    Gone,
    /// Of a type this version does not know: its JSON text, to be shown as "not supported yet".
    #[serde(rename = "unknown")]
    Unknown(String),
}

impl<'de> Deserialize<'de> for Payload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Tagged {
            r#type: String,
            payload: Option<Box<RawValue>>,
        }
        let Tagged { r#type, payload } = Tagged::deserialize(deserializer)?;
        let payload = payload.as_ref().map_or("null", |payload| payload.get());
        let read = match r#type.as_str() {
            "TIMTextElem" => json::read(payload).map(Self::Text),
            "TIMImageElem" => json::read(payload).map(Self::Image),
            "TIMSoundElem" => json::read(payload).map(Self::Audio),
            "TIMVideoFileElem" => json::read(payload).map(Self::Video),
            "TIMFileElem" => json::read(payload).map(Self::File),
            "TIMLocationElem" => json::read(payload).map(Self::Location),
            "TIMCustomElem" => json::read(payload).map(Self::Custom),
            "TIMFaceElem" => json::read(payload).map(Self::Face),
            "TIMRelayElem" => json::read(payload).map(Self::Merger),
            "TIMGroupTipElem" => json::read(payload).map(Self::GroupTip),
            "TIMGroupSystemNoticeElem" => json::read(payload).map(Self::GroupSystemNotice),
            "gone" => Ok(Self::Gone),
            "unknown" => json::read(payload).map(Self::Unknown),
            other => return Err(D::Error::custom(format_args!("there is no payload of the type {other:?}"))),
        };
        read.map_err(|why| D::Error::custom(format_args!("payload of {}: {why}", r#type)))
    }
}

impl From<wire::VideoBody> for VideoBody {
    fn from(video: wire::VideoBody) -> Self {
        let wire::VideoBody {
            video_uuid,
            video_url,
            video_format,
            video_second,
            video_size,
            snapshot_uuid,
            snapshot_url,
            snapshot_width,
            snapshot_height,
            snapshot_size,
        } = video;
        Self {
            video_uuid: video_uuid.to_string(),
            video_url,
            video_format,
            video_second: small(video_second),
            video_size: signed(video_size),
            snapshot_uuid: snapshot_uuid.to_string(),
            snapshot_url,
            snapshot_width: small(snapshot_width),
            snapshot_height: small(snapshot_height),
            snapshot_size: signed(snapshot_size),
        }
    }
}

impl TryFrom<VideoBody> for wire::VideoBody {
    type Error = TimError;

    fn try_from(video: VideoBody) -> Result<Self, TimError> {
        let VideoBody {
            video_uuid,
            video_url,
            video_format,
            video_second,
            video_size,
            snapshot_uuid,
            snapshot_url,
            snapshot_width,
            snapshot_height,
            snapshot_size,
        } = video;
        Ok(Self {
            video_uuid: video_uuid.parse().map_err(|_| invalid("a video's videoUUID is a UUID"))?,
            video_url,
            video_format,
            video_second: unsigned_small(video_second)?,
            video_size: unsigned(video_size)?,
            snapshot_uuid: snapshot_uuid.parse().map_err(|_| invalid("a video's snapshotUUID is a UUID"))?,
            snapshot_url,
            snapshot_width: unsigned_small(snapshot_width)?,
            snapshot_height: unsigned_small(snapshot_height)?,
            snapshot_size: unsigned(snapshot_size)?,
        })
    }
}

impl From<engine::Payload> for Payload {
    fn from(payload: engine::Payload) -> Self {
        match payload {
            engine::Payload::Body(body) => body.into(),
            engine::Payload::Gone => Self::Gone,
            engine::Payload::Unknown(json) => Self::Unknown(json),
        }
    }
}

impl From<wire::Body> for Payload {
    fn from(body: wire::Body) -> Self {
        match body {
            wire::Body::Text(wire::TextBody { text }) => Self::Text(TextBody { text }),
            wire::Body::Image(image) => {
                let wire::ImageBody { uuid, image_format, image_info_array } = image;
                Self::Image(ImageBody {
                    uuid: uuid.to_string(),
                    image_format: small(image_format.into()),
                    image_info_array: image_info_array
                        .into_iter()
                        .filter_map(Rendition::shown)
                        .filter(|it| it.r#type != RenditionType::Snapshot)
                        .collect(),
                })
            }
            wire::Body::Audio(wire::AudioBody { uuid, url, size, second }) => {
                let (uuid, size, second) = (uuid.to_string(), signed(size), small(second));
                Self::Audio(AudioBody { uuid, url, size, second })
            }
            wire::Body::Video(video) => Self::Video(video.into()),
            wire::Body::File(wire::FileBody { uuid, file_name, file_size, file_url }) => {
                let (uuid, file_size) = (uuid.to_string(), signed(file_size));
                Self::File(FileBody { uuid, file_name, file_size, file_url })
            }
            wire::Body::Location(wire::LocationBody { description, longitude, latitude }) => {
                Self::Location(LocationBody { description, longitude, latitude })
            }
            wire::Body::Custom(wire::CustomBody { data, description, extension }) => {
                Self::Custom(CustomBody { data, description, extension })
            }
            wire::Body::Face(wire::FaceBody { index, data }) => Self::Face(FaceBody { index, data }),
            wire::Body::Merger(merger) => {
                let wire::MergerBody {
                    title,
                    abstract_list,
                    compatible_text,
                    message_list,
                    download_key,
                    download_size,
                    layers,
                } = merger;
                Self::Merger(MergerBody {
                    title,
                    abstract_list,
                    compatible_text,
                    message_list: message_list.into_iter().map(Into::into).collect(),
                    download_key,
                    download_size: signed(download_size),
                    layers: small(layers),
                })
            }
            wire::Body::GroupTip(tip) => {
                let wire::GroupTip { operator_id, operation_type, user_id_list, .. } = tip;
                Self::GroupTip(GroupTip {
                    operator_id: operator_id.to_string(),
                    operation_type: small(operation_type.into()),
                    user_id_list: user_id_list.iter().map(ToString::to_string).collect(),
                    member_count: small(tip.member_count),
                    new_group_profile: tip.new_group_profile.map(|changes| (*changes).into()),
                    owner_id: tip.owner_id.map(|owner| owner.to_string()),
                    reason: tip.reason,
                    member_list: tip.member_list.into_iter().map(Into::into).collect(),
                })
            }
            wire::Body::GroupSystemNotice(notice) => {
                let wire::SystemNotice { operator_id, operation_type, group_profile, .. } = notice;
                let wire::NoticeGroup { group_id, name, group_type } = group_profile;
                Self::GroupSystemNotice(SystemNotice {
                    operator_id: operator_id.to_string(),
                    operation_type: small(operation_type.into()),
                    group_profile: GroupProfile {
                        group_id: group_id.to_string(),
                        name,
                        r#type: group_type.into(),
                    },
                    handle_message: notice.handle_message,
                    user_id_list: notice.user_id_list.iter().map(ToString::to_string).collect(),
                })
            }
        }
    }
}

impl TryFrom<Payload> for engine::Payload {
    type Error = TimError;

    /// Converts the body of a message that a host passes in. Tips and notices are written only by the server and cannot
    /// be sent, so nothing is lost.
    fn try_from(payload: Payload) -> Result<Self, TimError> {
        let body: wire::Body = match payload {
            Payload::Text(TextBody { text }) => wire::TextBody { text }.into(),
            Payload::Image(ImageBody { uuid, image_format, image_info_array }) => wire::ImageBody {
                uuid: uuid.parse().map_err(|_| invalid("a picture's uuid is a UUID"))?,
                image_format: unsigned_small(image_format)?.into(),
                image_info_array: image_info_array
                    .into_iter()
                    .map(TryInto::try_into)
                    .collect::<Result<_, _>>()?,
            }
            .into(),
            Payload::Audio(AudioBody { uuid, url, size, second }) => {
                let uuid = uuid.parse().map_err(|_| invalid("a recording's uuid is a UUID"))?;
                let (size, second) = (unsigned(size)?, unsigned_small(second)?);
                wire::AudioBody { uuid, url, size, second }.into()
            }
            Payload::Video(video) => wire::VideoBody::try_from(video)?.into(),
            Payload::File(FileBody { uuid, file_name, file_size, file_url }) => {
                let uuid = uuid.parse().map_err(|_| invalid("a file's uuid is a UUID"))?;
                wire::FileBody { uuid, file_name, file_size: unsigned(file_size)?, file_url }.into()
            }
            Payload::Location(LocationBody { description, longitude, latitude }) => {
                wire::LocationBody { description, longitude, latitude }.into()
            }
            Payload::Custom(CustomBody { data, description, extension }) => {
                wire::CustomBody { data, description, extension }.into()
            }
            Payload::Face(FaceBody { index, data }) => wire::FaceBody { index, data }.into(),
            Payload::Merger(merger) => wire::MergerBody::try_from(merger)?.into(),
            Payload::GroupTip(_) | Payload::GroupSystemNotice(_) | Payload::Gone => return Ok(Self::Gone),
            Payload::Unknown(json) => return Ok(Self::Unknown(json)),
        };
        Ok(Self::Body(body))
    }
}

impl TryFrom<MergerBody> for wire::MergerBody {
    type Error = TimError;

    fn try_from(merger: MergerBody) -> Result<Self, TimError> {
        let MergerBody {
            title,
            abstract_list,
            compatible_text,
            message_list,
            download_key,
            download_size,
            layers,
        } = merger;
        Ok(Self {
            title,
            abstract_list,
            compatible_text,
            message_list: message_list.into_iter().map(TryInto::try_into).collect::<Result<_, TimError>>()?,
            download_key,
            download_size: unsigned(download_size)?,
            layers: unsigned_small(layers)?,
        })
    }
}

impl From<wire::MergedMessage> for MergedMessage {
    fn from(message: wire::MergedMessage) -> Self {
        let wire::MergedMessage { id, from, nick, avatar, time, cloud_custom_data, body } = message;
        let (payload, elements) = match body {
            wire::MergedBody::Known(content) => (content.body.into(), content.elements),
            wire::MergedBody::Unknown(json) => {
                (Payload::Unknown(json.get().to_owned()), wire::appended(&json))
            }
        };
        let elements = elements.into_iter().map(|it| engine::Payload::from(it).into()).collect();
        let (id, from, time) = (id.to_string(), from.to_string(), seconds(time));
        Self { id, from, nick, avatar, time, cloud_custom_data, payload, elements }
    }
}

impl TryFrom<MergedMessage> for wire::MergedMessage {
    type Error = TimError;

    fn try_from(message: MergedMessage) -> Result<Self, TimError> {
        let MergedMessage { id, from, nick, avatar, time, cloud_custom_data, payload, elements } = message;
        let body = match payload.try_into()? {
            engine::Payload::Body(body) => {
                let element = |it: Payload| {
                    let element: engine::Payload = it.try_into()?;
                    element.as_appended().ok_or_else(|| TimError::of(Code::MERGER_INVALID))
                };
                let elements = elements.into_iter().map(element).collect::<Result<_, TimError>>()?;
                wire::MergedBody::Known(Box::new(wire::Content { body, elements }))
            }
            engine::Payload::Unknown(json) => {
                let json = json::read(&json);
                wire::MergedBody::Unknown(json.map_err(|_| TimError::of(Code::MERGER_INVALID))?)
            }
            engine::Payload::Gone => return Err(TimError::of(Code::MERGER_INVALID)),
        };
        let (id, from, time) = (message_id(&id)?, user_id(&from)?, millis(time));
        Ok(Self { id, from, nick, avatar, time, cloud_custom_data, body })
    }
}
