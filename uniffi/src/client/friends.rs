//! Friends, applications to become one, and groups of friends.

use super::Tim;
use crate::error::TimError;
use crate::offload::offload;
use crate::types::{
    ApplicationType, CheckType, CheckedFriend, CustomField, DeleteType, Friend, FriendApplications,
    FriendGroup, FriendResult, NewFriend, ResponseAction, fields, user_id, user_ids,
};

#[uniffi::export]
impl Tim {
    /// The friends, as this device knows them, also without a connection.
    ///
    /// # Errors
    /// `NotReady`.
    pub async fn get_friend_list(&self) -> Result<Vec<Friend>, TimError> {
        Ok(all(offload(self.tim.get_friend_list()).await?))
    }

    /// Those of these users who are friends, as this device knows them, also without a connection.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2002 for an id that is none.
    pub async fn get_friend_profile(&self, user_id_list: Vec<String>) -> Result<Vec<Friend>, TimError> {
        Ok(all(offload(self.tim.get_friend_profile(&user_ids(&user_id_list)?)).await?))
    }

    /// Adds a friend, or applies to become one: the result's code is 30539 then. Who has applied to this user is a friend at once.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2002 for an id that is none, 30001 for a value that is too long or not allowed, 30003 for a user who
    /// does not exist, 30015 for a friend, 30516 if the user lets nobody, 30515 or 30525 for a blacklist, 30010, 30012 or 30014 if a
    /// list is full, 2711 for a friend group that there is not, 130116 for `Other`. `Unreachable`: 2800 or 2801.
    pub async fn add_friend(&self, friend: NewFriend) -> Result<FriendResult, TimError> {
        Ok(offload(self.tim.add_friend(friend.try_into()?)).await?.into())
    }

    /// Deletes 1 to 100 friends; the result says what became of each, 31704 if there was no friend.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2002 for an id that is none, 20001 for none or more than 100, 130116 for `Other`. `Unreachable`: 2800
    /// or 2801.
    pub async fn delete_friend(
        &self,
        user_id_list: Vec<String>,
        delete_type: DeleteType,
    ) -> Result<Vec<FriendResult>, TimError> {
        let users = user_ids(&user_id_list)?;
        Ok(all(offload(self.tim.delete_friend(&users, delete_type.into())).await?))
    }

    /// Asks the server who has whom as a friend, for 1 to 100 users.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2002 for an id that is none, 20001 for none or more than 100, 130116 for `Other`. `Unreachable`: 2800
    /// or 2801.
    pub async fn check_friend(
        &self,
        user_id_list: Vec<String>,
        check_type: CheckType,
    ) -> Result<Vec<CheckedFriend>, TimError> {
        let users = user_ids(&user_id_list)?;
        Ok(all(offload(self.tim.check_friend(&users, check_type.into())).await?))
    }

    /// Changes what this user calls a friend, up to 96 bytes, and up to 5 fields of the app's, beside which the others stay: a key is
    /// Tag_SNS_Custom_ and 1 to 8 letters, an empty value removes a field.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2002 for an id that is none, 31704 if there is no such friend, 30001 for a value that is too long or not
    /// allowed, 2722 for nothing to change. `Unreachable`: 2800 or 2801.
    pub async fn update_friend(
        &self,
        user_id: String,
        remark: Option<String>,
        friend_custom_field: Vec<CustomField>,
    ) -> Result<Friend, TimError> {
        let user = self::user_id(&user_id)?;
        Ok(offload(self.tim.update_friend(user, remark, fields(friend_custom_field))).await?.into())
    }

    /// The applications that wait, received and sent, as this device knows them, also without a connection.
    ///
    /// # Errors
    /// `NotReady`.
    pub async fn get_friend_application_list(&self) -> Result<FriendApplications, TimError> {
        Ok(offload(self.tim.get_friend_application_list()).await?.into())
    }

    /// Accepts an application, with what this user calls the friend. One that was accepted on another device is done.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2002 for an id that is none, 30614 if there is no such application, 30010 or 30014 if a list is full,
    /// 30001 for a remark over 96 bytes, 130116 for `Other`. `Unreachable`: 2800 or 2801.
    pub async fn accept_friend_application(
        &self,
        user_id: String,
        action: ResponseAction,
        remark: String,
    ) -> Result<(), TimError> {
        let user = self::user_id(&user_id)?;
        Ok(offload(self.tim.accept_friend_application(user, action.into(), &remark)).await?)
    }

    /// Refuses an application. It is gone from both lists.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2002 for an id that is none, 30614 if there is no such application. `Unreachable`: 2800 or 2801.
    pub async fn refuse_friend_application(&self, user_id: String) -> Result<(), TimError> {
        let user = self::user_id(&user_id)?;
        Ok(offload(self.tim.refuse_friend_application(user)).await?)
    }

    /// Deletes an application from this user's list alone.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2002 for an id that is none, 30614 if there is no such application, 130116 for `Other`.
    /// `Unreachable`: 2800 or 2801.
    pub async fn delete_friend_application(
        &self,
        user_id: String,
        application_type: ApplicationType,
    ) -> Result<(), TimError> {
        let user = self::user_id(&user_id)?;
        Ok(offload(self.tim.delete_friend_application(user, application_type.into())).await?)
    }

    /// Reads all received applications, on all devices.
    ///
    /// # Errors
    /// `NotReady`. `Unreachable`: 2800 or 2801.
    pub async fn set_friend_application_read(&self) -> Result<(), TimError> {
        Ok(offload(self.tim.set_friend_application_read()).await?)
    }

    /// The friend groups, as this device knows them, also without a connection.
    ///
    /// # Errors
    /// `NotReady`.
    pub async fn get_friend_group_list(&self) -> Result<Vec<FriendGroup>, TimError> {
        Ok(all(offload(self.tim.get_friend_group_list()).await?))
    }

    /// Creates a friend group of up to 100 friends; the result says what became of each, 31704 if there is no such friend.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2002 for an id that is none, 2710 for a name that there is, 30001 for a name of 0 or more than 30 bytes,
    /// 30011 if there are 32 groups, 20001 for more than 100 users. `Unreachable`: 2800 or 2801.
    pub async fn create_friend_group(
        &self,
        name: String,
        user_id_list: Vec<String>,
    ) -> Result<Vec<FriendResult>, TimError> {
        let users = user_ids(&user_id_list)?;
        Ok(all(offload(self.tim.create_friend_group(&name, &users)).await?))
    }

    /// Deletes a friend group. The friends stay.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2711 for a name that there is not. `Unreachable`: 2800 or 2801.
    pub async fn delete_friend_group(&self, name: String) -> Result<(), TimError> {
        Ok(offload(self.tim.delete_friend_group(&name)).await?)
    }

    /// Renames a friend group.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2711 for a name that there is not, 2710 for one that there is, 30001 for one of 0 or more than 30 bytes.
    /// `Unreachable`: 2800 or 2801.
    pub async fn rename_friend_group(&self, old_name: String, new_name: String) -> Result<(), TimError> {
        Ok(offload(self.tim.rename_friend_group(&old_name, &new_name)).await?)
    }

    /// Puts 1 to 100 friends into a friend group; the result says what became of each, 31704 if there is no such friend.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2002 for an id that is none, 2711 for a name that there is not, 20001 for none or more than 100 users.
    /// `Unreachable`: 2800 or 2801.
    pub async fn add_to_friend_group(
        &self,
        name: String,
        user_id_list: Vec<String>,
    ) -> Result<Vec<FriendResult>, TimError> {
        let users = user_ids(&user_id_list)?;
        Ok(all(offload(self.tim.add_to_friend_group(&name, &users)).await?))
    }

    /// Takes 1 to 100 friends out of a friend group; the result says what became of each, 31704 if there is no such friend.
    ///
    /// # Errors
    /// `NotReady`. `Refused`: 2002 for an id that is none, 2711 for a name that there is not, 20001 for none or more than 100 users.
    /// `Unreachable`: 2800 or 2801.
    pub async fn remove_from_friend_group(
        &self,
        name: String,
        user_id_list: Vec<String>,
    ) -> Result<Vec<FriendResult>, TimError> {
        let users = user_ids(&user_id_list)?;
        Ok(all(offload(self.tim.remove_from_friend_group(&name, &users)).await?))
    }
}

fn all<T: Into<U>, U>(items: Vec<T>) -> Vec<U> {
    items.into_iter().map(Into::into).collect()
}
