//! The attributes of groups.

use super::Tim;
use crate::error::TimError;
use crate::offload::offload;
use crate::types::{self as ids, CustomField, GroupAttributes, unsigned};

/// The version that the app has seen; `None` for 0.
fn seen(version: i64) -> Result<Option<u64>, TimError> {
    Ok(Some(unsigned(version)?).filter(|version| *version > 0))
}

#[uniffi::export]
impl Tim {
    /// The attributes of a group, of these keys or all if there are none, and their version: 1 at first, one more with each change.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2602 for an id that is none, 10007 for who is not in it, 10010 for no such group. `Unreachable`: 2800 or
    /// 2801.
    #[uniffi::method(default(key_list = []))]
    pub async fn get_group_attributes(
        &self,
        group_id: String,
        key_list: Vec<String>,
    ) -> Result<GroupAttributes, TimError> {
        let group = ids::group_id(&group_id)?;
        Ok(offload(self.tim.get_group_attributes(&group, &key_list)).await?.into())
    }

    /// Gives a group these attributes and no others. Tells what changed, of a removed one the empty value, and the version. If `version` is
    /// not 0, it is refused if any attribute changed since.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2602 for an id that is none, 10004 for more than fits, 10007 for who may not, 10010 for no such group,
    /// 10017 for who is muted, 10049 for changes that are too fast, 10056 if one changed since `version`. `Unreachable`: 2800 or 2801.
    #[uniffi::method(default(version = 0))]
    pub async fn init_group_attributes(
        &self,
        group_id: String,
        group_attributes: Vec<CustomField>,
        version: i64,
    ) -> Result<GroupAttributes, TimError> {
        let (group, version) = (ids::group_id(&group_id)?, seen(version)?);
        let attributes = ids::fields(group_attributes);
        Ok(offload(self.tim.init_group_attributes(&group, attributes, version)).await?.into())
    }

    /// Sets attributes of a group, beside which the others stay; an empty value removes one. Tells what changed, and the version. Other
    /// members who are connected hear of it by an event. A group has up to 16, with keys of 1 to 32 bytes, values of up to 4,096, and
    /// 16 KiB in all, which change at most 5 times a second. If `version` is not 0 but what an answer or an event told, it is
    /// refused if one of these attributes changed since.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2602 for an id that is none, 10004 for none, or more than fits, 10007 for who may not, 10010 for no such
    /// group, 10017 for who is muted, 10049 for changes that are too fast, 10056 if one changed since `version`. `Unreachable`: 2800 or
    /// 2801.
    #[uniffi::method(default(version = 0))]
    pub async fn set_group_attributes(
        &self,
        group_id: String,
        group_attributes: Vec<CustomField>,
        version: i64,
    ) -> Result<GroupAttributes, TimError> {
        let (group, version) = (ids::group_id(&group_id)?, seen(version)?);
        let attributes = ids::fields(group_attributes);
        Ok(offload(self.tim.set_group_attributes(&group, attributes, version)).await?.into())
    }

    /// Removes attributes of a group, those of these keys, or all if there are none. Tells what was removed, with empty values, and the
    /// version. If `version` is not 0, it is refused if one of them changed since.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2602 for an id that is none, 10004 for more than fits, 10007 for who may not, 10010 for no such group,
    /// 10017 for who is muted, 10049 for changes that are too fast, 10056 if one changed since `version`. `Unreachable`: 2800 or 2801.
    #[uniffi::method(default(key_list = [], version = 0))]
    pub async fn delete_group_attributes(
        &self,
        group_id: String,
        key_list: Vec<String>,
        version: i64,
    ) -> Result<GroupAttributes, TimError> {
        let (group, version) = (ids::group_id(&group_id)?, seen(version)?);
        Ok(offload(self.tim.delete_group_attributes(&group, &key_list, version)).await?.into())
    }
}
