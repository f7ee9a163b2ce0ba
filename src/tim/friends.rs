//! Friends, applications to become one, and groups of friends.

use tim_protocol::UserId;
use tim_protocol::call::{
    AcceptApplicationRequest, AddFriendRequest, CheckFriendsRequest, CheckedFriend, CreateFriendGroupRequest,
    DeleteApplicationRequest, DeleteFriendGroupRequest, DeleteFriendsRequest, FillFriendGroupRequest,
    FriendResult, ReadApplicationsRequest, RefuseApplicationRequest, RenameFriendGroupRequest,
    UpdateFriendRequest,
};
use tim_protocol::fields::Fields;
use tim_protocol::friend::{ApplicationType, CheckType, DeleteType, ResponseAction};

use super::{Tim, unexpected};
use crate::error::TimError;
use crate::friend::{Friend, FriendApplications, FriendGroup};
use crate::machine::io::{Call, Return};

impl Tim {
    /// The friends, as this device knows them, also without a connection.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`].
    pub async fn get_friend_list(&self) -> Result<Vec<Friend>, TimError> {
        match self.call(Call::FriendList).await? {
            Return::Friends(friends) => Ok(friends),
            _ => Err(unexpected()),
        }
    }

    /// Those of these users who are friends, as this device knows them, also without a connection.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`].
    pub async fn get_friend_profile(&self, users: &[UserId]) -> Result<Vec<Friend>, TimError> {
        let friends = self.get_friend_list().await?;
        Ok(friends.into_iter().filter(|friend| users.contains(&friend.user_id)).collect())
    }

    /// Adds a friend, or applies to become one. If the other user has to accept, the result has
    /// [`tim_protocol::Code::FRIEND_WAITS`]. Who has applied to this user is a friend at once, of both.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::FRIEND_BAD_PARAMETER`],
    /// [`tim_protocol::Code::FRIEND_ACCOUNT_NOT_FOUND`], [`tim_protocol::Code::ALREADY_FRIENDS`],
    /// [`tim_protocol::Code::FRIEND_DENIED`], [`tim_protocol::Code::FRIEND_BLACKLISTED_BY_ME`],
    /// [`tim_protocol::Code::FRIEND_BLACKLISTED_ME`], [`tim_protocol::Code::FRIENDS_FULL`],
    /// [`tim_protocol::Code::PEER_FRIENDS_FULL`], [`tim_protocol::Code::FRIEND_APPLICATIONS_FULL`],
    /// [`tim_protocol::Code::FRIEND_GROUP_NOT_FOUND`].
    pub async fn add_friend(&self, friend: AddFriendRequest) -> Result<FriendResult, TimError> {
        self.ask(friend).await?.results.into_iter().next().ok_or_else(unexpected)
    }

    /// Deletes friends, 1 to 100; the result says what became of each.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::BAD_REQUEST`] for none or too many.
    pub async fn delete_friend(
        &self,
        users: &[UserId],
        delete_type: DeleteType,
    ) -> Result<Vec<FriendResult>, TimError> {
        let done = self.ask(DeleteFriendsRequest { user_id_list: users.to_vec(), delete_type }).await?;
        Ok(done.results.into_iter().collect())
    }

    /// Asks the server who has whom as a friend, for 1 to 100 users.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::BAD_REQUEST`] for none or too many.
    pub async fn check_friend(
        &self,
        users: &[UserId],
        check_type: CheckType,
    ) -> Result<Vec<CheckedFriend>, TimError> {
        let checked = self.ask(CheckFriendsRequest { user_id_list: users.to_vec(), check_type }).await?;
        Ok(checked.results.into_iter().collect())
    }

    /// Changes what this user calls a friend, and the app's fields; what is absent stays.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::NOT_FRIENDS`],
    /// [`tim_protocol::Code::FRIEND_BAD_PARAMETER`], [`tim_protocol::Code::PROFILE_NOTHING_TO_SET`].
    pub async fn update_friend(
        &self,
        user_id: UserId,
        remark: Option<String>,
        friend_custom_field: Fields,
    ) -> Result<Friend, TimError> {
        let update = UpdateFriendRequest { user_id: user_id.clone(), remark, friend_custom_field };
        self.ask(update).await?;
        self.get_friend_profile(&[user_id]).await?.pop().ok_or_else(unexpected)
    }

    /// The applications that wait, received and sent, as this device knows them, also without a connection.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`].
    pub async fn get_friend_application_list(&self) -> Result<FriendApplications, TimError> {
        match self.call(Call::FriendApplications).await? {
            Return::FriendApplications(applications) => Ok(applications),
            _ => Err(unexpected()),
        }
    }

    /// Accepts an application. One that was accepted before, on another device for instance, is done.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::FRIEND_APPLICATION_NOT_FOUND`],
    /// [`tim_protocol::Code::FRIENDS_FULL`], [`tim_protocol::Code::PEER_FRIENDS_FULL`],
    /// [`tim_protocol::Code::FRIEND_BAD_PARAMETER`].
    pub async fn accept_friend_application(
        &self,
        user_id: UserId,
        action: ResponseAction,
        remark: &str,
    ) -> Result<(), TimError> {
        self.ask(AcceptApplicationRequest { user_id, action, remark: remark.to_owned() }).await.map(drop)
    }

    /// Refuses an application. It is gone from both lists.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::FRIEND_APPLICATION_NOT_FOUND`].
    pub async fn refuse_friend_application(&self, user_id: UserId) -> Result<(), TimError> {
        self.ask(RefuseApplicationRequest { user_id }).await.map(drop)
    }

    /// Deletes an application from this user's list alone.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::FRIEND_APPLICATION_NOT_FOUND`].
    pub async fn delete_friend_application(
        &self,
        user_id: UserId,
        application_type: ApplicationType,
    ) -> Result<(), TimError> {
        self.ask(DeleteApplicationRequest { user_id, application_type }).await.map(drop)
    }

    /// Reads all received applications, on all devices.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`].
    pub async fn set_friend_application_read(&self) -> Result<(), TimError> {
        self.ask(ReadApplicationsRequest {}).await.map(drop)
    }

    /// The friend groups, as this device knows them, also without a connection.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`].
    pub async fn get_friend_group_list(&self) -> Result<Vec<FriendGroup>, TimError> {
        match self.call(Call::FriendGroups).await? {
            Return::FriendGroups(groups) => Ok(groups),
            _ => Err(unexpected()),
        }
    }

    /// Creates a friend group, with up to 100 friends; the result says what became of each.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::FRIEND_GROUP_EXISTS`],
    /// [`tim_protocol::Code::FRIEND_GROUPS_FULL`], [`tim_protocol::Code::FRIEND_BAD_PARAMETER`].
    pub async fn create_friend_group(
        &self,
        name: &str,
        users: &[UserId],
    ) -> Result<Vec<FriendResult>, TimError> {
        let create = CreateFriendGroupRequest { name: name.to_owned(), user_id_list: users.to_vec() };
        Ok(self.ask(create).await?.results.into_iter().collect())
    }

    /// Deletes a friend group. The friends stay.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::FRIEND_GROUP_NOT_FOUND`].
    pub async fn delete_friend_group(&self, name: &str) -> Result<(), TimError> {
        self.ask(DeleteFriendGroupRequest { name: name.to_owned() }).await.map(drop)
    }

    /// Renames a friend group.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::FRIEND_GROUP_NOT_FOUND`],
    /// [`tim_protocol::Code::FRIEND_GROUP_EXISTS`], [`tim_protocol::Code::FRIEND_BAD_PARAMETER`].
    pub async fn rename_friend_group(&self, old_name: &str, new_name: &str) -> Result<(), TimError> {
        let (old_name, new_name) = (old_name.to_owned(), new_name.to_owned());
        self.ask(RenameFriendGroupRequest { old_name, new_name }).await.map(drop)
    }

    /// Puts friends into a friend group, 1 to 100; the result says what became of each.
    ///
    /// # Errors
    /// The gate's: see [`Tim::get_conversation_list`]. [`tim_protocol::Code::FRIEND_GROUP_NOT_FOUND`],
    /// [`tim_protocol::Code::BAD_REQUEST`] for none or too many.
    pub async fn add_to_friend_group(
        &self,
        name: &str,
        users: &[UserId],
    ) -> Result<Vec<FriendResult>, TimError> {
        self.fill_friend_group(name, users, true).await
    }

    /// Takes friends out of a friend group, 1 to 100; the result says what became of each.
    ///
    /// # Errors
    /// As [`Tim::add_to_friend_group`].
    pub async fn remove_from_friend_group(
        &self,
        name: &str,
        users: &[UserId],
    ) -> Result<Vec<FriendResult>, TimError> {
        self.fill_friend_group(name, users, false).await
    }

    async fn fill_friend_group(
        &self,
        name: &str,
        users: &[UserId],
        listed: bool,
    ) -> Result<Vec<FriendResult>, TimError> {
        let fill = FillFriendGroupRequest { name: name.to_owned(), user_id_list: users.to_vec(), listed };
        Ok(self.ask(fill).await?.results.into_iter().collect())
    }
}
