//! Attributes of groups, as both faces have them.

use serde::Serialize;
use tim::protocol::call as engine;

use super::group::{CustomField, custom_fields};
use super::signed;

/// Attributes of a group.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct GroupAttributes {
    /// Those that were asked for, or those that changed, of which an empty value says that it was removed.
    pub group_attributes: Vec<CustomField>,
    /// The version of the group's attributes: 1 at first, one more with each change.
    pub version: i64,
}

impl From<engine::GroupAttributes> for GroupAttributes {
    fn from(attributes: engine::GroupAttributes) -> Self {
        Self {
            group_attributes: custom_fields(attributes.group_attributes),
            version: signed(attributes.version),
        }
    }
}
