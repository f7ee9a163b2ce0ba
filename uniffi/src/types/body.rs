//! The bodies of messages for both APIs: every kind, with its conversions.

use serde::{Deserialize, Serialize};
use tim::message as engine;
use tim::protocol::body as wire;

use super::{GroupType, Rendition, invalid, signed, small, unsigned, unsigned_small};
use crate::error::TimError;

/// A text.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
pub struct TextBody {
    /// The text.
    pub text: String,
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

/// A change in a group.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupTip {
    /// The user who caused it.
    #[serde(rename = "operatorID")]
    pub operator_id: String,
    /// The kind of change: 1 users joined, 2 a user left. Other values are of a later version.
    pub operation_type: i32,
    /// The users it concerns.
    #[serde(rename = "userIDList")]
    pub user_id_list: Vec<String>,
    /// How many members the group has afterwards.
    pub member_count: i32,
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
    /// The kind of notice: 1 somebody applies, 2 accepted, 3 refused, 5 the group was dismissed, 6 the user created it,
    /// 7 the user was added, 8 the user left. Other values are of a later version.
    pub operation_type: i32,
    /// The group it is about.
    pub group_profile: GroupProfile,
    /// The text sent with an application or its answer; empty if none.
    pub handle_message: String,
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
#[derive(Debug, Clone, PartialEq, uniffi::Enum, Serialize, Deserialize)]
#[serde(tag = "type", content = "payload")]
pub enum Payload {
    /// A text.
    #[serde(rename = "TIMTextElem")]
    Text(TextBody),
    /// A picture. While it has not been uploaded its addresses are empty; the message's `localPath` shows it.
    #[serde(rename = "TIMImageElem")]
    Image(ImageBody),
    /// Any file, as it is. While it has not been uploaded its address is empty; the message's `localPath` shows it.
    #[serde(rename = "TIMFileElem")]
    File(FileBody),
    /// A place on Earth.
    #[serde(rename = "TIMLocationElem")]
    Location(LocationBody),
    /// A change in a group.
    #[serde(rename = "TIMGroupTipElem")]
    GroupTip(GroupTip),
    /// A notice from the server.
    #[serde(rename = "TIMGroupSystemNoticeElem")]
    GroupSystemNotice(SystemNotice),
    /// Revoked.
    #[serde(rename = "gone")]
    Gone,
    /// Of a type this version does not know: its JSON text, to be shown as "not supported yet".
    #[serde(rename = "unknown")]
    Unknown(String),
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
                    image_info_array: image_info_array.into_iter().filter_map(Rendition::shown).collect(),
                })
            }
            wire::Body::File(wire::FileBody { uuid, file_name, file_size, file_url }) => {
                let (uuid, file_size) = (uuid.to_string(), signed(file_size));
                Self::File(FileBody { uuid, file_name, file_size, file_url })
            }
            wire::Body::Location(wire::LocationBody { description, longitude, latitude }) => {
                Self::Location(LocationBody { description, longitude, latitude })
            }
            wire::Body::GroupTip(tip) => {
                let wire::GroupTip { operator_id, operation_type, user_id_list, member_count } = tip;
                Self::GroupTip(GroupTip {
                    operator_id: operator_id.to_string(),
                    operation_type: small(operation_type.into()),
                    user_id_list: user_id_list.iter().map(ToString::to_string).collect(),
                    member_count: small(member_count),
                })
            }
            wire::Body::GroupSystemNotice(notice) => {
                let wire::SystemNotice { operator_id, operation_type, group_profile, handle_message } =
                    notice;
                let wire::NoticeGroup { group_id, name, group_type } = group_profile;
                Self::GroupSystemNotice(SystemNotice {
                    operator_id: operator_id.to_string(),
                    operation_type: small(operation_type.into()),
                    group_profile: GroupProfile {
                        group_id: group_id.to_string(),
                        name,
                        r#type: group_type.into(),
                    },
                    handle_message,
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
            Payload::File(FileBody { uuid, file_name, file_size, file_url }) => {
                let uuid = uuid.parse().map_err(|_| invalid("a file's uuid is a UUID"))?;
                wire::FileBody { uuid, file_name, file_size: unsigned(file_size)?, file_url }.into()
            }
            Payload::Location(LocationBody { description, longitude, latitude }) => {
                wire::LocationBody { description, longitude, latitude }.into()
            }
            Payload::GroupTip(_) | Payload::GroupSystemNotice(_) | Payload::Gone => return Ok(Self::Gone),
            Payload::Unknown(json) => return Ok(Self::Unknown(json)),
        };
        Ok(Self::Body(body))
    }
}
