//! The attributes of groups.

use tim_protocol::GroupId;
use tim_protocol::call::{GetAttributesRequest, GroupAttributes, SetAttributesRequest};
use tim_protocol::fields::Fields;

use super::Tim;
use crate::error::TimError;

impl Tim {
    /// The attributes of a group, of these keys or all if there are none, and their version: 1 at first, one more with each change.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::GROUP_NOT_FOUND`],
    /// [`tim_protocol::Code::GROUP_PERMISSION_DENIED`] for who is not in it.
    pub async fn get_group_attributes(
        &self,
        group: &GroupId,
        keys: &[String],
    ) -> Result<GroupAttributes, TimError> {
        self.ask(GetAttributesRequest { group_id: group.clone(), key_list: keys.to_vec() }).await
    }

    /// Gives a group these attributes and no others. Tells what changed: of a removed one the empty value, and the version.
    ///
    /// # Errors
    /// As [`Tim::set_group_attributes`]. With a version it is refused if any attribute changed since.
    pub async fn init_group_attributes(
        &self,
        group: &GroupId,
        attributes: Fields,
        version: Option<u64>,
    ) -> Result<GroupAttributes, TimError> {
        self.change_attributes(group, attributes.set_alone(), true, version).await
    }

    /// Sets attributes of a group, beside which the others stay; an empty value removes one. Tells what changed, and the version. Other
    /// members who are connected hear of it by
    /// [`Event::GroupAttributesUpdated`](crate::event::Event::GroupAttributesUpdated). With the version that
    /// [`Tim::get_group_attributes`] or an event told, it is refused if one of these attributes changed since.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::GROUP_ATTRIBUTES_CHANGED`],
    /// [`tim_protocol::Code::GROUP_ATTRIBUTES_TOO_OFTEN`], [`tim_protocol::Code::GROUP_BAD_PARAMETER`] for none, or more than fits,
    /// [`tim_protocol::Code::GROUP_MUTED`], [`tim_protocol::Code::GROUP_NOT_FOUND`],
    /// [`tim_protocol::Code::GROUP_PERMISSION_DENIED`].
    pub async fn set_group_attributes(
        &self,
        group: &GroupId,
        attributes: Fields,
        version: Option<u64>,
    ) -> Result<GroupAttributes, TimError> {
        self.change_attributes(group, attributes, false, version).await
    }

    /// Removes attributes of a group, those of these keys, or all if there are none. Tells what was removed, and the version.
    ///
    /// # Errors
    /// As [`Tim::set_group_attributes`].
    pub async fn delete_group_attributes(
        &self,
        group: &GroupId,
        keys: &[String],
        version: Option<u64>,
    ) -> Result<GroupAttributes, TimError> {
        let removed = Fields(keys.iter().map(|key| (key.clone(), String::new())).collect());
        self.change_attributes(group, removed, keys.is_empty(), version).await
    }

    async fn change_attributes(
        &self,
        group: &GroupId,
        group_attributes: Fields,
        replaces_all: bool,
        version: Option<u64>,
    ) -> Result<GroupAttributes, TimError> {
        let group_id = group.clone();
        self.ask(SetAttributesRequest { group_id, group_attributes, replaces_all, version }).await
    }
}
