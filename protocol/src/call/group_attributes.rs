//! Attributes: what an app keeps with a group for its members and changes often. Who may is in `group_rules`.

use serde::{Deserialize, Serialize};

use super::Check;
use crate::fields::{FieldLimits, Fields};
use crate::{Code, Fault, GroupId, bounds, limits};

/// Asks for the attributes of a group. Members may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GetAttributesRequest {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: GroupId,
    /// Which; all if empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub key_list: Vec<String>,
}

/// Attributes of a group.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupAttributes {
    /// Those that were asked for, or those that changed, of which an empty value says that it was removed.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub group_attributes: Fields,
    /// The version of the group's attributes: 1 at first, one more with each change.
    pub version: u64,
}

/// Changes attributes of a group. Nothing else happens if it changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SetAttributesRequest {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: GroupId,
    /// The attributes to set. An empty value removes one.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub group_attributes: Fields,
    /// Whether all others are removed; otherwise they stay.
    #[serde(default, skip_serializing_if = "crate::is_false")]
    pub replaces_all: bool,
    /// As of which version the caller knows them: refused with [`Code::GROUP_ATTRIBUTES_CHANGED`] if one of these changed since.
    /// Absent: whatever was there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
}

/// Attributes of a group changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AttributesChange {
    /// The group.
    #[serde(rename = "groupID")]
    pub group_id: GroupId,
    /// Those that have other values now. One with an empty value was removed.
    pub group_attributes: Fields,
    /// The version of the group's attributes now.
    pub version: u64,
}

impl GroupAttributes {
    /// Whether a group may have these.
    #[must_use]
    pub fn fit(attributes: &Fields) -> bool {
        const FIELDS: FieldLimits = FieldLimits {
            fields: limits::GROUP_ATTRIBUTES,
            key_bytes: limits::GROUP_ATTRIBUTE_KEY_BYTES,
            value_bytes: limits::GROUP_ATTRIBUTE_BYTES,
        };
        let bytes: usize = attributes.0.iter().map(|(key, value)| key.len() + value.len()).sum();
        attributes.fit(FIELDS)
            && bytes <= limits::GROUP_ATTRIBUTES_BYTES
            && bounds::encoded_len(attributes) <= limits::PAGE_BYTES
    }

    /// The refusal of attributes that do not [`fit`](Self::fit).
    #[must_use]
    pub fn unfit() -> Fault {
        let text = "a group has up to 16 attributes, keys of 1 to 32 bytes, values of up to 4,096, and 16 KiB in all";
        Fault::with_text(Code::GROUP_BAD_PARAMETER, text)
    }
}

impl Check for GetAttributesRequest {
    fn group(&self) -> Option<&GroupId> {
        Some(&self.group_id)
    }
}

impl Check for SetAttributesRequest {
    fn check(&self, _: &crate::UserId) -> Result<(), Fault> {
        if let Some(version) = self.version {
            bounds::at_least_one("version", version)?;
        }
        let is_change = self.replaces_all || !self.group_attributes.is_empty();
        if is_change && GroupAttributes::fit(&self.group_attributes) {
            Ok(())
        } else {
            Err(GroupAttributes::unfit())
        }
    }

    fn group(&self) -> Option<&GroupId> {
        Some(&self.group_id)
    }
}

verbs! {
    /// The requests about the attributes of groups.
    AttributesRequest -> AttributesReply {
        Query by Guest: GetAttributes(GetAttributesRequest) = "groupAttributes.get" -> GroupAttributes,
        Command by Member: SetAttributes(SetAttributesRequest) = "groupAttributes.set" -> GroupAttributes,
    }
}
