//! The verbs by their names, with their parameters as JSON: each calls the method of its name.
//!
//! Written by cargo xtask faces from uniffi/src/client; never edited.

use std::sync::Arc;

use super::parameters::{Given, Parameters, unknown};
use super::{Call, call, write};
use crate::client::{ProgressListener, Tim};
use crate::error::TimError;
use crate::types::{AllReceiveMessageOpt, ApplicationType, CheckType, ConversationFilter, CustomField, DeleteType, GroupChanges, GroupMemberSearchParam, KeywordMatch, Message, MessageListHoppingParam, MessageRemindType, MessageSearchParam, NewFriend, NewGroup, ProfileFields, ReadAllType, ReadMemberFilter, RenditionType, ResponseAction, Role, SendOptions};

pub(crate) fn login(tim: Arc<Tim>, user_id: String, user_sig: String) -> Call {
    call!(tim.login(user_id, user_sig))
}

pub(crate) fn login_as_guest(tim: Arc<Tim>) -> Call {
    call!(tim.login_as_guest())
}

pub(crate) fn logout(tim: Arc<Tim>) -> Call {
    call!(tim.logout())
}

pub(crate) fn pause(tim: Arc<Tim>) -> Call {
    call!(tim.pause())
}

pub(crate) fn resume(tim: Arc<Tim>) -> Call {
    call!(tim.resume())
}

pub(crate) fn get_server_time(tim: Arc<Tim>) -> Call {
    call!(tim.get_server_time())
}

pub(crate) fn insert_message_to_local_storage(tim: Arc<Tim>, message: Message, sender: String) -> Call {
    call!(tim.insert_message_to_local_storage(message, sender))
}

pub(crate) fn set_local_custom_data(tim: Arc<Tim>, message_id: String, data: String) -> Call {
    call!(tim.set_local_custom_data(message_id, data))
}

pub(crate) fn set_local_custom_int(tim: Arc<Tim>, message_id: String, number: i64) -> Call {
    call!(tim.set_local_custom_int(message_id, number))
}

pub(crate) fn get_group_member_list(tim: Arc<Tim>, group_id: String, count: i32, role: Option<Role>, next: Option<String>) -> Call {
    call!(tim.get_group_member_list(group_id, count, role, next))
}

pub(crate) fn add_group_member(tim: Arc<Tim>, group_id: String, user_id_list: Vec<String>) -> Call {
    call!(tim.add_group_member(group_id, user_id_list))
}

pub(crate) fn delete_group_member(tim: Arc<Tim>, group_id: String, user_id_list: Vec<String>, reason: String, duration: i32) -> Call {
    call!(tim.delete_group_member(group_id, user_id_list, reason, duration))
}

pub(crate) fn set_group_member_role(tim: Arc<Tim>, group_id: String, user_id: String, role: Role) -> Call {
    call!(tim.set_group_member_role(group_id, user_id, role))
}

pub(crate) fn change_group_owner(tim: Arc<Tim>, group_id: String, new_owner_id: String) -> Call {
    call!(tim.change_group_owner(group_id, new_owner_id))
}

pub(crate) fn set_group_member_mute_time(tim: Arc<Tim>, group_id: String, user_id: String, mute_time: i32) -> Call {
    call!(tim.set_group_member_mute_time(group_id, user_id, mute_time))
}

pub(crate) fn set_group_member_name_card(tim: Arc<Tim>, group_id: String, name_card: String, user_id: Option<String>) -> Call {
    call!(tim.set_group_member_name_card(group_id, name_card, user_id))
}

pub(crate) fn set_group_member_custom_field(tim: Arc<Tim>, group_id: String, member_custom_field: Vec<CustomField>, user_id: Option<String>) -> Call {
    call!(tim.set_group_member_custom_field(group_id, member_custom_field, user_id))
}

pub(crate) fn send_message(tim: Arc<Tim>, message: Message, options: Option<SendOptions>) -> Call {
    call!(tim.send_message(message, options))
}

pub(crate) fn resend_message(tim: Arc<Tim>, message_id: String) -> Call {
    call!(tim.resend_message(message_id))
}

pub(crate) fn cancel_message(tim: Arc<Tim>, message_id: String) -> Call {
    call!(tim.cancel_message(message_id))
}

pub(crate) fn revoke_message(tim: Arc<Tim>, message: Message, reason: Option<String>) -> Call {
    call!(tim.revoke_message(message, reason))
}

pub(crate) fn modify_message(tim: Arc<Tim>, message: Message) -> Call {
    call!(tim.modify_message(message))
}

pub(crate) fn delete_message(tim: Arc<Tim>, message_list: Vec<Message>) -> Call {
    call!(tim.delete_message(message_list))
}

pub(crate) fn get_message_list(tim: Arc<Tim>, conversation_id: String, next_req_message_id: Option<String>, count: i32) -> Call {
    call!(tim.get_message_list(conversation_id, next_req_message_id, count))
}

pub(crate) fn get_message_list_hopping(tim: Arc<Tim>, param: MessageListHoppingParam) -> Call {
    call!(tim.get_message_list_hopping(param))
}

pub(crate) fn find_messages(tim: Arc<Tim>, message_id_list: Vec<String>) -> Call {
    call!(tim.find_messages(message_id_list))
}

pub(crate) fn download_attachment(tim: Arc<Tim>, message: Message, rendition: RenditionType, target: String, on_progress: Option<Arc<dyn ProgressListener>>) -> Call {
    call!(tim.download_attachment(message, rendition, target, on_progress))
}

pub(crate) fn get_attachment_file(tim: Arc<Tim>, message: Message, rendition: RenditionType, on_progress: Option<Arc<dyn ProgressListener>>) -> Call {
    call!(tim.get_attachment_file(message, rendition, on_progress))
}

pub(crate) fn get_attachment_url(tim: Arc<Tim>, message: Message, rendition: RenditionType) -> Call {
    call!(tim.get_attachment_url(message, rendition))
}

pub(crate) fn download_merger_message(tim: Arc<Tim>, message: Message) -> Call {
    call!(tim.download_merger_message(message))
}

pub(crate) fn cancel_download(tim: Arc<Tim>, target: String) -> Call {
    call!(tim.cancel_download(target))
}

pub(crate) fn get_conversation_list(tim: Arc<Tim>, filter: Option<ConversationFilter>) -> Call {
    call!(tim.get_conversation_list(filter))
}

pub(crate) fn get_conversation_profile(tim: Arc<Tim>, conversation_id: String) -> Call {
    call!(tim.get_conversation_profile(conversation_id))
}

pub(crate) fn set_message_read(tim: Arc<Tim>, conversation_id: String) -> Call {
    call!(tim.set_message_read(conversation_id))
}

pub(crate) fn set_message_read_up_to(tim: Arc<Tim>, message: Message) -> Call {
    call!(tim.set_message_read_up_to(message))
}

pub(crate) fn set_all_message_read(tim: Arc<Tim>, scope: ReadAllType) -> Call {
    call!(tim.set_all_message_read(scope))
}

pub(crate) fn get_unread_message_count_by_filter(tim: Arc<Tim>, filter: ConversationFilter) -> Call {
    call!(tim.get_unread_message_count_by_filter(filter))
}

pub(crate) fn subscribe_unread_message_count_by_filter(tim: Arc<Tim>, filter: ConversationFilter) -> Call {
    call!(tim.subscribe_unread_message_count_by_filter(filter))
}

pub(crate) fn unsubscribe_unread_message_count_by_filter(tim: Arc<Tim>, filter: ConversationFilter) -> Call {
    call!(tim.unsubscribe_unread_message_count_by_filter(filter))
}

pub(crate) fn pin_conversation(tim: Arc<Tim>, conversation_id: String, is_pinned: bool) -> Call {
    call!(tim.pin_conversation(conversation_id, is_pinned))
}

pub(crate) fn set_message_remind_type(tim: Arc<Tim>, conversation_id_list: Vec<String>, message_remind_type: MessageRemindType) -> Call {
    call!(tim.set_message_remind_type(conversation_id_list, message_remind_type))
}

pub(crate) fn mark_conversation(tim: Arc<Tim>, conversation_id_list: Vec<String>, mark_type: i64, enable_mark: bool) -> Call {
    call!(tim.mark_conversation(conversation_id_list, mark_type, enable_mark))
}

pub(crate) fn set_conversation_custom_data(tim: Arc<Tim>, conversation_id_list: Vec<String>, custom_data: String) -> Call {
    call!(tim.set_conversation_custom_data(conversation_id_list, custom_data))
}

pub(crate) fn clear_history_message(tim: Arc<Tim>, conversation_id: String) -> Call {
    call!(tim.clear_history_message(conversation_id))
}

pub(crate) fn delete_conversation(tim: Arc<Tim>, conversation_id_list: Vec<String>, clear_history_message: bool) -> Call {
    call!(tim.delete_conversation(conversation_id_list, clear_history_message))
}

pub(crate) fn set_conversation_draft(tim: Arc<Tim>, conversation_id: String, draft_text: String) -> Call {
    call!(tim.set_conversation_draft(conversation_id, draft_text))
}

pub(crate) fn get_friend_list(tim: Arc<Tim>) -> Call {
    call!(tim.get_friend_list())
}

pub(crate) fn get_friend_profile(tim: Arc<Tim>, user_id_list: Vec<String>) -> Call {
    call!(tim.get_friend_profile(user_id_list))
}

pub(crate) fn add_friend(tim: Arc<Tim>, friend: NewFriend) -> Call {
    call!(tim.add_friend(friend))
}

pub(crate) fn delete_friend(tim: Arc<Tim>, user_id_list: Vec<String>, delete_type: DeleteType) -> Call {
    call!(tim.delete_friend(user_id_list, delete_type))
}

pub(crate) fn check_friend(tim: Arc<Tim>, user_id_list: Vec<String>, check_type: CheckType) -> Call {
    call!(tim.check_friend(user_id_list, check_type))
}

pub(crate) fn update_friend(tim: Arc<Tim>, user_id: String, remark: Option<String>, friend_custom_field: Vec<CustomField>) -> Call {
    call!(tim.update_friend(user_id, remark, friend_custom_field))
}

pub(crate) fn get_friend_application_list(tim: Arc<Tim>) -> Call {
    call!(tim.get_friend_application_list())
}

pub(crate) fn accept_friend_application(tim: Arc<Tim>, user_id: String, action: ResponseAction, remark: String) -> Call {
    call!(tim.accept_friend_application(user_id, action, remark))
}

pub(crate) fn refuse_friend_application(tim: Arc<Tim>, user_id: String) -> Call {
    call!(tim.refuse_friend_application(user_id))
}

pub(crate) fn delete_friend_application(tim: Arc<Tim>, user_id: String, application_type: ApplicationType) -> Call {
    call!(tim.delete_friend_application(user_id, application_type))
}

pub(crate) fn set_friend_application_read(tim: Arc<Tim>) -> Call {
    call!(tim.set_friend_application_read())
}

pub(crate) fn get_friend_group_list(tim: Arc<Tim>) -> Call {
    call!(tim.get_friend_group_list())
}

pub(crate) fn create_friend_group(tim: Arc<Tim>, name: String, user_id_list: Vec<String>) -> Call {
    call!(tim.create_friend_group(name, user_id_list))
}

pub(crate) fn delete_friend_group(tim: Arc<Tim>, name: String) -> Call {
    call!(tim.delete_friend_group(name))
}

pub(crate) fn rename_friend_group(tim: Arc<Tim>, old_name: String, new_name: String) -> Call {
    call!(tim.rename_friend_group(old_name, new_name))
}

pub(crate) fn add_to_friend_group(tim: Arc<Tim>, name: String, user_id_list: Vec<String>) -> Call {
    call!(tim.add_to_friend_group(name, user_id_list))
}

pub(crate) fn remove_from_friend_group(tim: Arc<Tim>, name: String, user_id_list: Vec<String>) -> Call {
    call!(tim.remove_from_friend_group(name, user_id_list))
}

pub(crate) fn get_group_attributes(tim: Arc<Tim>, group_id: String, key_list: Vec<String>) -> Call {
    call!(tim.get_group_attributes(group_id, key_list))
}

pub(crate) fn init_group_attributes(tim: Arc<Tim>, group_id: String, group_attributes: Vec<CustomField>, version: i64) -> Call {
    call!(tim.init_group_attributes(group_id, group_attributes, version))
}

pub(crate) fn set_group_attributes(tim: Arc<Tim>, group_id: String, group_attributes: Vec<CustomField>, version: i64) -> Call {
    call!(tim.set_group_attributes(group_id, group_attributes, version))
}

pub(crate) fn delete_group_attributes(tim: Arc<Tim>, group_id: String, key_list: Vec<String>, version: i64) -> Call {
    call!(tim.delete_group_attributes(group_id, key_list, version))
}

pub(crate) fn search_groups(tim: Arc<Tim>, keyword_list: Vec<String>, keyword_list_match_type: Option<KeywordMatch>) -> Call {
    call!(tim.search_groups(keyword_list, keyword_list_match_type))
}

pub(crate) fn search_group_members(tim: Arc<Tim>, param: GroupMemberSearchParam) -> Call {
    call!(tim.search_group_members(param))
}

pub(crate) fn search_group_by_id(tim: Arc<Tim>, group_id: String) -> Call {
    call!(tim.search_group_by_id(group_id))
}

pub(crate) fn get_group_list(tim: Arc<Tim>) -> Call {
    call!(tim.get_group_list())
}

pub(crate) fn get_group_profile(tim: Arc<Tim>, group_id: String) -> Call {
    call!(tim.get_group_profile(group_id))
}

pub(crate) fn get_group_member_profile(tim: Arc<Tim>, group_id: String, user_id_list: Vec<String>) -> Call {
    call!(tim.get_group_member_profile(group_id, user_id_list))
}

pub(crate) fn get_group_online_member_count(tim: Arc<Tim>, group_id: String) -> Call {
    call!(tim.get_group_online_member_count(group_id))
}

pub(crate) fn create_group(tim: Arc<Tim>, group: NewGroup) -> Call {
    call!(tim.create_group(group))
}

pub(crate) fn update_group_profile(tim: Arc<Tim>, group_id: String, changes: GroupChanges) -> Call {
    call!(tim.update_group_profile(group_id, changes))
}

pub(crate) fn join_group(tim: Arc<Tim>, group_id: String, apply_message: String) -> Call {
    call!(tim.join_group(group_id, apply_message))
}

pub(crate) fn quit_group(tim: Arc<Tim>, group_id: String) -> Call {
    call!(tim.quit_group(group_id))
}

pub(crate) fn dismiss_group(tim: Arc<Tim>, group_id: String) -> Call {
    call!(tim.dismiss_group(group_id))
}

pub(crate) fn pin_group_message(tim: Arc<Tim>, group_id: String, message: Message, is_pinned: bool) -> Call {
    call!(tim.pin_group_message(group_id, message, is_pinned))
}

pub(crate) fn get_pinned_group_message_list(tim: Arc<Tim>, group_id: String) -> Call {
    call!(tim.get_pinned_group_message_list(group_id))
}

pub(crate) fn handle_group_application(tim: Arc<Tim>, group_id: String, user_id: String, accept: bool, handle_message: String) -> Call {
    call!(tim.handle_group_application(group_id, user_id, accept, handle_message))
}

pub(crate) fn add_message_reaction(tim: Arc<Tim>, message: Message, reaction_id: String) -> Call {
    call!(tim.add_message_reaction(message, reaction_id))
}

pub(crate) fn remove_message_reaction(tim: Arc<Tim>, message: Message, reaction_id: String) -> Call {
    call!(tim.remove_message_reaction(message, reaction_id))
}

pub(crate) fn get_message_reactions(tim: Arc<Tim>, message_list: Vec<Message>, max_user_count_per_reaction: i32) -> Call {
    call!(tim.get_message_reactions(message_list, max_user_count_per_reaction))
}

pub(crate) fn get_all_user_list_of_message_reaction(tim: Arc<Tim>, message: Message, reaction_id: String, next_seq: i64, count: i32) -> Call {
    call!(tim.get_all_user_list_of_message_reaction(message, reaction_id, next_seq, count))
}

pub(crate) fn send_message_read_receipt(tim: Arc<Tim>, message_list: Vec<Message>) -> Call {
    call!(tim.send_message_read_receipt(message_list))
}

pub(crate) fn get_message_read_receipt_list(tim: Arc<Tim>, message_list: Vec<Message>) -> Call {
    call!(tim.get_message_read_receipt_list(message_list))
}

pub(crate) fn get_group_message_read_member_list(tim: Arc<Tim>, message: Message, filter: ReadMemberFilter, cursor: String, count: i32) -> Call {
    call!(tim.get_group_message_read_member_list(message, filter, cursor, count))
}

pub(crate) fn get_my_profile(tim: Arc<Tim>) -> Call {
    call!(tim.get_my_profile())
}

pub(crate) fn get_user_profile(tim: Arc<Tim>, user_id_list: Vec<String>) -> Call {
    call!(tim.get_user_profile(user_id_list))
}

pub(crate) fn update_my_profile(tim: Arc<Tim>, fields: ProfileFields) -> Call {
    call!(tim.update_my_profile(fields))
}

pub(crate) fn get_blacklist(tim: Arc<Tim>) -> Call {
    call!(tim.get_blacklist())
}

pub(crate) fn add_to_blacklist(tim: Arc<Tim>, user_id_list: Vec<String>) -> Call {
    call!(tim.add_to_blacklist(user_id_list))
}

pub(crate) fn remove_from_blacklist(tim: Arc<Tim>, user_id_list: Vec<String>) -> Call {
    call!(tim.remove_from_blacklist(user_id_list))
}

pub(crate) fn set_all_receive_message_opt(tim: Arc<Tim>, opt: AllReceiveMessageOpt) -> Call {
    call!(tim.set_all_receive_message_opt(opt))
}

pub(crate) fn get_all_receive_message_opt(tim: Arc<Tim>) -> Call {
    call!(tim.get_all_receive_message_opt())
}

pub(crate) fn search_local_messages(tim: Arc<Tim>, param: MessageSearchParam) -> Call {
    call!(tim.search_local_messages(param))
}

pub(crate) fn search_cloud_messages(tim: Arc<Tim>, param: MessageSearchParam) -> Call {
    call!(tim.search_cloud_messages(param))
}

pub(crate) fn invite(tim: Arc<Tim>, user_id: String, data: String, timeout: i32, online_user_only: bool) -> Call {
    call!(tim.invite(user_id, data, timeout, online_user_only))
}

pub(crate) fn invite_in_group(tim: Arc<Tim>, group_id: String, invitee_list: Vec<String>, data: String, timeout: i32, online_user_only: bool) -> Call {
    call!(tim.invite_in_group(group_id, invitee_list, data, timeout, online_user_only))
}

pub(crate) fn cancel(tim: Arc<Tim>, invite_id: String, data: String) -> Call {
    call!(tim.cancel(invite_id, data))
}

pub(crate) fn modify_invitation(tim: Arc<Tim>, invite_id: String, data: String) -> Call {
    call!(tim.modify_invitation(invite_id, data))
}

pub(crate) fn accept(tim: Arc<Tim>, invite_id: String, data: String) -> Call {
    call!(tim.accept(invite_id, data))
}

pub(crate) fn reject(tim: Arc<Tim>, invite_id: String, data: String) -> Call {
    call!(tim.reject(invite_id, data))
}

pub(crate) fn get_signaling_info(tim: Arc<Tim>, message: Message) -> Call {
    call!(tim.get_signaling_info(message))
}

pub(crate) fn set_self_status(tim: Arc<Tim>, custom_status: String) -> Call {
    call!(tim.set_self_status(custom_status))
}

pub(crate) fn get_user_status(tim: Arc<Tim>, user_id_list: Vec<String>) -> Call {
    call!(tim.get_user_status(user_id_list))
}

pub(crate) fn subscribe_user_status(tim: Arc<Tim>, user_id_list: Vec<String>) -> Call {
    call!(tim.subscribe_user_status(user_id_list))
}

pub(crate) fn unsubscribe_user_status(tim: Arc<Tim>, user_id_list: Vec<String>) -> Call {
    call!(tim.unsubscribe_user_status(user_id_list))
}

/// Begins a verb by its name. One that creates a message has ended at once, with the message. `progress` is told of the transfer, if there is one.
///
/// # Errors
/// 130103 for a verb that this version does not know; 130182 for a parameter that is missing, is none of the verb's, or does not fit;
/// those of a verb that creates a message.
pub fn call_by_name(
    tim: Arc<Tim>,
    verb: &str,
    given: Given,
    progress: Option<Arc<dyn ProgressListener>>,
) -> Result<Call, TimError> {
    match verb {
        "login" => {
            let mut given = Parameters::new("login", &["userID", "userSig"], given)?;
            Ok(login(tim, given.take("userID")?, given.take("userSig")?))
        }
        "loginAsGuest" => {
            let _given = Parameters::new("loginAsGuest", &[], given)?;
            Ok(login_as_guest(tim))
        }
        "logout" => {
            let _given = Parameters::new("logout", &[], given)?;
            Ok(logout(tim))
        }
        "pause" => {
            let _given = Parameters::new("pause", &[], given)?;
            Ok(pause(tim))
        }
        "resume" => {
            let _given = Parameters::new("resume", &[], given)?;
            Ok(resume(tim))
        }
        "getServerTime" => {
            let _given = Parameters::new("getServerTime", &[], given)?;
            Ok(get_server_time(tim))
        }
        "createTextMessage" => {
            let mut given = Parameters::new("createTextMessage", &["to", "conversationType", "text", "options"], given)?;
            let message = write(&tim.create_text_message(given.take("to")?, given.take("conversationType")?, given.take("text")?, given.take_or("options", None)?)?)?;
            Ok(Box::pin(std::future::ready(Ok(message))))
        }
        "createLocationMessage" => {
            let mut given = Parameters::new("createLocationMessage", &["to", "conversationType", "description", "longitude", "latitude", "options"], given)?;
            let message = write(&tim.create_location_message(given.take("to")?, given.take("conversationType")?, given.take("description")?, given.take("longitude")?, given.take("latitude")?, given.take_or("options", None)?)?)?;
            Ok(Box::pin(std::future::ready(Ok(message))))
        }
        "createCustomMessage" => {
            let mut given = Parameters::new("createCustomMessage", &["to", "conversationType", "data", "description", "extension", "options"], given)?;
            let message = write(&tim.create_custom_message(given.take("to")?, given.take("conversationType")?, given.take("data")?, given.take("description")?, given.take("extension")?, given.take_or("options", None)?)?)?;
            Ok(Box::pin(std::future::ready(Ok(message))))
        }
        "createFaceMessage" => {
            let mut given = Parameters::new("createFaceMessage", &["to", "conversationType", "index", "data", "options"], given)?;
            let message = write(&tim.create_face_message(given.take("to")?, given.take("conversationType")?, given.take("index")?, given.take("data")?, given.take_or("options", None)?)?)?;
            Ok(Box::pin(std::future::ready(Ok(message))))
        }
        "createForwardMessage" => {
            let mut given = Parameters::new("createForwardMessage", &["to", "conversationType", "original", "options"], given)?;
            let message = write(&tim.create_forward_message(given.take("to")?, given.take("conversationType")?, given.take("original")?, given.take_or("options", None)?)?)?;
            Ok(Box::pin(std::future::ready(Ok(message))))
        }
        "createMergerMessage" => {
            let mut given = Parameters::new("createMergerMessage", &["to", "conversationType", "messageList", "title", "abstractList", "compatibleText", "options"], given)?;
            let message = write(&tim.create_merger_message(given.take("to")?, given.take("conversationType")?, given.take("messageList")?, given.take("title")?, given.take("abstractList")?, given.take("compatibleText")?, given.take_or("options", None)?)?)?;
            Ok(Box::pin(std::future::ready(Ok(message))))
        }
        "createImageMessage" => {
            let mut given = Parameters::new("createImageMessage", &["to", "conversationType", "file", "options"], given)?;
            let message = write(&tim.create_image_message(given.take("to")?, given.take("conversationType")?, given.take("file")?, given.take_or("options", None)?, progress)?)?;
            Ok(Box::pin(std::future::ready(Ok(message))))
        }
        "createAudioMessage" => {
            let mut given = Parameters::new("createAudioMessage", &["to", "conversationType", "file", "second", "options"], given)?;
            let message = write(&tim.create_audio_message(given.take("to")?, given.take("conversationType")?, given.take("file")?, given.take("second")?, given.take_or("options", None)?, progress)?)?;
            Ok(Box::pin(std::future::ready(Ok(message))))
        }
        "createVideoMessage" => {
            let mut given = Parameters::new("createVideoMessage", &["to", "conversationType", "file", "format", "second", "snapshot", "options"], given)?;
            let message = write(&tim.create_video_message(given.take("to")?, given.take("conversationType")?, given.take("file")?, given.take("format")?, given.take("second")?, given.take("snapshot")?, given.take_or("options", None)?, progress)?)?;
            Ok(Box::pin(std::future::ready(Ok(message))))
        }
        "createFileMessage" => {
            let mut given = Parameters::new("createFileMessage", &["to", "conversationType", "file", "name", "options"], given)?;
            let message = write(&tim.create_file_message(given.take("to")?, given.take("conversationType")?, given.take("file")?, given.take("name")?, given.take_or("options", None)?, progress)?)?;
            Ok(Box::pin(std::future::ready(Ok(message))))
        }
        "insertMessageToLocalStorage" => {
            let mut given = Parameters::new("insertMessageToLocalStorage", &["message", "sender"], given)?;
            Ok(insert_message_to_local_storage(tim, given.take("message")?, given.take("sender")?))
        }
        "setLocalCustomData" => {
            let mut given = Parameters::new("setLocalCustomData", &["messageID", "data"], given)?;
            Ok(set_local_custom_data(tim, given.take("messageID")?, given.take("data")?))
        }
        "setLocalCustomInt" => {
            let mut given = Parameters::new("setLocalCustomInt", &["messageID", "number"], given)?;
            Ok(set_local_custom_int(tim, given.take("messageID")?, given.take("number")?))
        }
        "getGroupMemberList" => {
            let mut given = Parameters::new("getGroupMemberList", &["groupID", "count", "role", "next"], given)?;
            Ok(get_group_member_list(tim, given.take("groupID")?, given.take_or("count", 15)?, given.take_or("role", None)?, given.take_or("next", None)?))
        }
        "addGroupMember" => {
            let mut given = Parameters::new("addGroupMember", &["groupID", "userIDList"], given)?;
            Ok(add_group_member(tim, given.take("groupID")?, given.take("userIDList")?))
        }
        "deleteGroupMember" => {
            let mut given = Parameters::new("deleteGroupMember", &["groupID", "userIDList", "reason", "duration"], given)?;
            Ok(delete_group_member(tim, given.take("groupID")?, given.take("userIDList")?, given.take_or("reason", "".to_owned())?, given.take_or("duration", 0)?))
        }
        "setGroupMemberRole" => {
            let mut given = Parameters::new("setGroupMemberRole", &["groupID", "userID", "role"], given)?;
            Ok(set_group_member_role(tim, given.take("groupID")?, given.take("userID")?, given.take("role")?))
        }
        "changeGroupOwner" => {
            let mut given = Parameters::new("changeGroupOwner", &["groupID", "newOwnerID"], given)?;
            Ok(change_group_owner(tim, given.take("groupID")?, given.take("newOwnerID")?))
        }
        "setGroupMemberMuteTime" => {
            let mut given = Parameters::new("setGroupMemberMuteTime", &["groupID", "userID", "muteTime"], given)?;
            Ok(set_group_member_mute_time(tim, given.take("groupID")?, given.take("userID")?, given.take("muteTime")?))
        }
        "setGroupMemberNameCard" => {
            let mut given = Parameters::new("setGroupMemberNameCard", &["groupID", "nameCard", "userID"], given)?;
            Ok(set_group_member_name_card(tim, given.take("groupID")?, given.take("nameCard")?, given.take_or("userID", None)?))
        }
        "setGroupMemberCustomField" => {
            let mut given = Parameters::new("setGroupMemberCustomField", &["groupID", "memberCustomField", "userID"], given)?;
            Ok(set_group_member_custom_field(tim, given.take("groupID")?, given.take("memberCustomField")?, given.take_or("userID", None)?))
        }
        "sendMessage" => {
            let mut given = Parameters::new("sendMessage", &["message", "options"], given)?;
            Ok(send_message(tim, given.take("message")?, given.take_or("options", None)?))
        }
        "resendMessage" => {
            let mut given = Parameters::new("resendMessage", &["messageID"], given)?;
            Ok(resend_message(tim, given.take("messageID")?))
        }
        "cancelMessage" => {
            let mut given = Parameters::new("cancelMessage", &["messageID"], given)?;
            Ok(cancel_message(tim, given.take("messageID")?))
        }
        "revokeMessage" => {
            let mut given = Parameters::new("revokeMessage", &["message", "reason"], given)?;
            Ok(revoke_message(tim, given.take("message")?, given.take_or("reason", None)?))
        }
        "modifyMessage" => {
            let mut given = Parameters::new("modifyMessage", &["message"], given)?;
            Ok(modify_message(tim, given.take("message")?))
        }
        "deleteMessage" => {
            let mut given = Parameters::new("deleteMessage", &["messageList"], given)?;
            Ok(delete_message(tim, given.take("messageList")?))
        }
        "getMessageList" => {
            let mut given = Parameters::new("getMessageList", &["conversationID", "nextReqMessageID", "count"], given)?;
            Ok(get_message_list(tim, given.take("conversationID")?, given.take_or("nextReqMessageID", None)?, given.take_or("count", 15)?))
        }
        "getMessageListHopping" => {
            let mut given = Parameters::new("getMessageListHopping", &["param"], given)?;
            Ok(get_message_list_hopping(tim, given.take("param")?))
        }
        "findMessages" => {
            let mut given = Parameters::new("findMessages", &["messageIDList"], given)?;
            Ok(find_messages(tim, given.take("messageIDList")?))
        }
        "downloadAttachment" => {
            let mut given = Parameters::new("downloadAttachment", &["message", "rendition", "target"], given)?;
            Ok(download_attachment(tim, given.take("message")?, given.take("rendition")?, given.take("target")?, progress))
        }
        "getAttachmentFile" => {
            let mut given = Parameters::new("getAttachmentFile", &["message", "rendition"], given)?;
            Ok(get_attachment_file(tim, given.take("message")?, given.take("rendition")?, progress))
        }
        "getAttachmentUrl" => {
            let mut given = Parameters::new("getAttachmentUrl", &["message", "rendition"], given)?;
            Ok(get_attachment_url(tim, given.take("message")?, given.take("rendition")?))
        }
        "downloadMergerMessage" => {
            let mut given = Parameters::new("downloadMergerMessage", &["message"], given)?;
            Ok(download_merger_message(tim, given.take("message")?))
        }
        "cancelDownload" => {
            let mut given = Parameters::new("cancelDownload", &["target"], given)?;
            Ok(cancel_download(tim, given.take("target")?))
        }
        "getConversationList" => {
            let mut given = Parameters::new("getConversationList", &["filter"], given)?;
            Ok(get_conversation_list(tim, given.take_or("filter", None)?))
        }
        "getConversationProfile" => {
            let mut given = Parameters::new("getConversationProfile", &["conversationID"], given)?;
            Ok(get_conversation_profile(tim, given.take("conversationID")?))
        }
        "setMessageRead" => {
            let mut given = Parameters::new("setMessageRead", &["conversationID"], given)?;
            Ok(set_message_read(tim, given.take("conversationID")?))
        }
        "setMessageReadUpTo" => {
            let mut given = Parameters::new("setMessageReadUpTo", &["message"], given)?;
            Ok(set_message_read_up_to(tim, given.take("message")?))
        }
        "setAllMessageRead" => {
            let mut given = Parameters::new("setAllMessageRead", &["scope"], given)?;
            Ok(set_all_message_read(tim, given.take("scope")?))
        }
        "getUnreadMessageCountByFilter" => {
            let mut given = Parameters::new("getUnreadMessageCountByFilter", &["filter"], given)?;
            Ok(get_unread_message_count_by_filter(tim, given.take("filter")?))
        }
        "subscribeUnreadMessageCountByFilter" => {
            let mut given = Parameters::new("subscribeUnreadMessageCountByFilter", &["filter"], given)?;
            Ok(subscribe_unread_message_count_by_filter(tim, given.take("filter")?))
        }
        "unsubscribeUnreadMessageCountByFilter" => {
            let mut given = Parameters::new("unsubscribeUnreadMessageCountByFilter", &["filter"], given)?;
            Ok(unsubscribe_unread_message_count_by_filter(tim, given.take("filter")?))
        }
        "pinConversation" => {
            let mut given = Parameters::new("pinConversation", &["conversationID", "isPinned"], given)?;
            Ok(pin_conversation(tim, given.take("conversationID")?, given.take("isPinned")?))
        }
        "setMessageRemindType" => {
            let mut given = Parameters::new("setMessageRemindType", &["conversationIDList", "messageRemindType"], given)?;
            Ok(set_message_remind_type(tim, given.take("conversationIDList")?, given.take("messageRemindType")?))
        }
        "markConversation" => {
            let mut given = Parameters::new("markConversation", &["conversationIDList", "markType", "enableMark"], given)?;
            Ok(mark_conversation(tim, given.take("conversationIDList")?, given.take("markType")?, given.take("enableMark")?))
        }
        "setConversationCustomData" => {
            let mut given = Parameters::new("setConversationCustomData", &["conversationIDList", "customData"], given)?;
            Ok(set_conversation_custom_data(tim, given.take("conversationIDList")?, given.take("customData")?))
        }
        "clearHistoryMessage" => {
            let mut given = Parameters::new("clearHistoryMessage", &["conversationID"], given)?;
            Ok(clear_history_message(tim, given.take("conversationID")?))
        }
        "deleteConversation" => {
            let mut given = Parameters::new("deleteConversation", &["conversationIDList", "clearHistoryMessage"], given)?;
            Ok(delete_conversation(tim, given.take("conversationIDList")?, given.take("clearHistoryMessage")?))
        }
        "setConversationDraft" => {
            let mut given = Parameters::new("setConversationDraft", &["conversationID", "draftText"], given)?;
            Ok(set_conversation_draft(tim, given.take("conversationID")?, given.take("draftText")?))
        }
        "getFriendList" => {
            let _given = Parameters::new("getFriendList", &[], given)?;
            Ok(get_friend_list(tim))
        }
        "getFriendProfile" => {
            let mut given = Parameters::new("getFriendProfile", &["userIDList"], given)?;
            Ok(get_friend_profile(tim, given.take("userIDList")?))
        }
        "addFriend" => {
            let mut given = Parameters::new("addFriend", &["friend"], given)?;
            Ok(add_friend(tim, given.take("friend")?))
        }
        "deleteFriend" => {
            let mut given = Parameters::new("deleteFriend", &["userIDList", "deleteType"], given)?;
            Ok(delete_friend(tim, given.take("userIDList")?, given.take("deleteType")?))
        }
        "checkFriend" => {
            let mut given = Parameters::new("checkFriend", &["userIDList", "checkType"], given)?;
            Ok(check_friend(tim, given.take("userIDList")?, given.take("checkType")?))
        }
        "updateFriend" => {
            let mut given = Parameters::new("updateFriend", &["userID", "remark", "friendCustomField"], given)?;
            Ok(update_friend(tim, given.take("userID")?, given.take_or("remark", None)?, given.take("friendCustomField")?))
        }
        "getFriendApplicationList" => {
            let _given = Parameters::new("getFriendApplicationList", &[], given)?;
            Ok(get_friend_application_list(tim))
        }
        "acceptFriendApplication" => {
            let mut given = Parameters::new("acceptFriendApplication", &["userID", "action", "remark"], given)?;
            Ok(accept_friend_application(tim, given.take("userID")?, given.take("action")?, given.take("remark")?))
        }
        "refuseFriendApplication" => {
            let mut given = Parameters::new("refuseFriendApplication", &["userID"], given)?;
            Ok(refuse_friend_application(tim, given.take("userID")?))
        }
        "deleteFriendApplication" => {
            let mut given = Parameters::new("deleteFriendApplication", &["userID", "applicationType"], given)?;
            Ok(delete_friend_application(tim, given.take("userID")?, given.take("applicationType")?))
        }
        "setFriendApplicationRead" => {
            let _given = Parameters::new("setFriendApplicationRead", &[], given)?;
            Ok(set_friend_application_read(tim))
        }
        "getFriendGroupList" => {
            let _given = Parameters::new("getFriendGroupList", &[], given)?;
            Ok(get_friend_group_list(tim))
        }
        "createFriendGroup" => {
            let mut given = Parameters::new("createFriendGroup", &["name", "userIDList"], given)?;
            Ok(create_friend_group(tim, given.take("name")?, given.take("userIDList")?))
        }
        "deleteFriendGroup" => {
            let mut given = Parameters::new("deleteFriendGroup", &["name"], given)?;
            Ok(delete_friend_group(tim, given.take("name")?))
        }
        "renameFriendGroup" => {
            let mut given = Parameters::new("renameFriendGroup", &["oldName", "newName"], given)?;
            Ok(rename_friend_group(tim, given.take("oldName")?, given.take("newName")?))
        }
        "addToFriendGroup" => {
            let mut given = Parameters::new("addToFriendGroup", &["name", "userIDList"], given)?;
            Ok(add_to_friend_group(tim, given.take("name")?, given.take("userIDList")?))
        }
        "removeFromFriendGroup" => {
            let mut given = Parameters::new("removeFromFriendGroup", &["name", "userIDList"], given)?;
            Ok(remove_from_friend_group(tim, given.take("name")?, given.take("userIDList")?))
        }
        "getGroupAttributes" => {
            let mut given = Parameters::new("getGroupAttributes", &["groupID", "keyList"], given)?;
            Ok(get_group_attributes(tim, given.take("groupID")?, given.take_or("keyList", Vec::new())?))
        }
        "initGroupAttributes" => {
            let mut given = Parameters::new("initGroupAttributes", &["groupID", "groupAttributes", "version"], given)?;
            Ok(init_group_attributes(tim, given.take("groupID")?, given.take("groupAttributes")?, given.take_or("version", 0)?))
        }
        "setGroupAttributes" => {
            let mut given = Parameters::new("setGroupAttributes", &["groupID", "groupAttributes", "version"], given)?;
            Ok(set_group_attributes(tim, given.take("groupID")?, given.take("groupAttributes")?, given.take_or("version", 0)?))
        }
        "deleteGroupAttributes" => {
            let mut given = Parameters::new("deleteGroupAttributes", &["groupID", "keyList", "version"], given)?;
            Ok(delete_group_attributes(tim, given.take("groupID")?, given.take_or("keyList", Vec::new())?, given.take_or("version", 0)?))
        }
        "searchGroups" => {
            let mut given = Parameters::new("searchGroups", &["keywordList", "keywordListMatchType"], given)?;
            Ok(search_groups(tim, given.take("keywordList")?, given.take_or("keywordListMatchType", None)?))
        }
        "searchGroupMembers" => {
            let mut given = Parameters::new("searchGroupMembers", &["param"], given)?;
            Ok(search_group_members(tim, given.take("param")?))
        }
        "searchGroupById" => {
            let mut given = Parameters::new("searchGroupById", &["groupID"], given)?;
            Ok(search_group_by_id(tim, given.take("groupID")?))
        }
        "getGroupList" => {
            let _given = Parameters::new("getGroupList", &[], given)?;
            Ok(get_group_list(tim))
        }
        "getGroupProfile" => {
            let mut given = Parameters::new("getGroupProfile", &["groupID"], given)?;
            Ok(get_group_profile(tim, given.take("groupID")?))
        }
        "getGroupMemberProfile" => {
            let mut given = Parameters::new("getGroupMemberProfile", &["groupID", "userIDList"], given)?;
            Ok(get_group_member_profile(tim, given.take("groupID")?, given.take("userIDList")?))
        }
        "getGroupOnlineMemberCount" => {
            let mut given = Parameters::new("getGroupOnlineMemberCount", &["groupID"], given)?;
            Ok(get_group_online_member_count(tim, given.take("groupID")?))
        }
        "createGroup" => {
            let mut given = Parameters::new("createGroup", &["group"], given)?;
            Ok(create_group(tim, given.take("group")?))
        }
        "updateGroupProfile" => {
            let mut given = Parameters::new("updateGroupProfile", &["groupID", "changes"], given)?;
            Ok(update_group_profile(tim, given.take("groupID")?, given.take("changes")?))
        }
        "joinGroup" => {
            let mut given = Parameters::new("joinGroup", &["groupID", "applyMessage"], given)?;
            Ok(join_group(tim, given.take("groupID")?, given.take_or("applyMessage", "".to_owned())?))
        }
        "quitGroup" => {
            let mut given = Parameters::new("quitGroup", &["groupID"], given)?;
            Ok(quit_group(tim, given.take("groupID")?))
        }
        "dismissGroup" => {
            let mut given = Parameters::new("dismissGroup", &["groupID"], given)?;
            Ok(dismiss_group(tim, given.take("groupID")?))
        }
        "pinGroupMessage" => {
            let mut given = Parameters::new("pinGroupMessage", &["groupID", "message", "isPinned"], given)?;
            Ok(pin_group_message(tim, given.take("groupID")?, given.take("message")?, given.take("isPinned")?))
        }
        "getPinnedGroupMessageList" => {
            let mut given = Parameters::new("getPinnedGroupMessageList", &["groupID"], given)?;
            Ok(get_pinned_group_message_list(tim, given.take("groupID")?))
        }
        "handleGroupApplication" => {
            let mut given = Parameters::new("handleGroupApplication", &["groupID", "userID", "accept", "handleMessage"], given)?;
            Ok(handle_group_application(tim, given.take("groupID")?, given.take("userID")?, given.take("accept")?, given.take_or("handleMessage", "".to_owned())?))
        }
        "addMessageReaction" => {
            let mut given = Parameters::new("addMessageReaction", &["message", "reactionID"], given)?;
            Ok(add_message_reaction(tim, given.take("message")?, given.take("reactionID")?))
        }
        "removeMessageReaction" => {
            let mut given = Parameters::new("removeMessageReaction", &["message", "reactionID"], given)?;
            Ok(remove_message_reaction(tim, given.take("message")?, given.take("reactionID")?))
        }
        "getMessageReactions" => {
            let mut given = Parameters::new("getMessageReactions", &["messageList", "maxUserCountPerReaction"], given)?;
            Ok(get_message_reactions(tim, given.take("messageList")?, given.take("maxUserCountPerReaction")?))
        }
        "getAllUserListOfMessageReaction" => {
            let mut given = Parameters::new("getAllUserListOfMessageReaction", &["message", "reactionID", "nextSeq", "count"], given)?;
            Ok(get_all_user_list_of_message_reaction(tim, given.take("message")?, given.take("reactionID")?, given.take("nextSeq")?, given.take("count")?))
        }
        "sendMessageReadReceipt" => {
            let mut given = Parameters::new("sendMessageReadReceipt", &["messageList"], given)?;
            Ok(send_message_read_receipt(tim, given.take("messageList")?))
        }
        "getMessageReadReceiptList" => {
            let mut given = Parameters::new("getMessageReadReceiptList", &["messageList"], given)?;
            Ok(get_message_read_receipt_list(tim, given.take("messageList")?))
        }
        "getGroupMessageReadMemberList" => {
            let mut given = Parameters::new("getGroupMessageReadMemberList", &["message", "filter", "cursor", "count"], given)?;
            Ok(get_group_message_read_member_list(tim, given.take("message")?, given.take("filter")?, given.take("cursor")?, given.take("count")?))
        }
        "getMyProfile" => {
            let _given = Parameters::new("getMyProfile", &[], given)?;
            Ok(get_my_profile(tim))
        }
        "getUserProfile" => {
            let mut given = Parameters::new("getUserProfile", &["userIDList"], given)?;
            Ok(get_user_profile(tim, given.take("userIDList")?))
        }
        "updateMyProfile" => {
            let mut given = Parameters::new("updateMyProfile", &["fields"], given)?;
            Ok(update_my_profile(tim, given.take("fields")?))
        }
        "getBlacklist" => {
            let _given = Parameters::new("getBlacklist", &[], given)?;
            Ok(get_blacklist(tim))
        }
        "addToBlacklist" => {
            let mut given = Parameters::new("addToBlacklist", &["userIDList"], given)?;
            Ok(add_to_blacklist(tim, given.take("userIDList")?))
        }
        "removeFromBlacklist" => {
            let mut given = Parameters::new("removeFromBlacklist", &["userIDList"], given)?;
            Ok(remove_from_blacklist(tim, given.take("userIDList")?))
        }
        "setAllReceiveMessageOpt" => {
            let mut given = Parameters::new("setAllReceiveMessageOpt", &["opt"], given)?;
            Ok(set_all_receive_message_opt(tim, given.take("opt")?))
        }
        "getAllReceiveMessageOpt" => {
            let _given = Parameters::new("getAllReceiveMessageOpt", &[], given)?;
            Ok(get_all_receive_message_opt(tim))
        }
        "searchLocalMessages" => {
            let mut given = Parameters::new("searchLocalMessages", &["param"], given)?;
            Ok(search_local_messages(tim, given.take("param")?))
        }
        "searchCloudMessages" => {
            let mut given = Parameters::new("searchCloudMessages", &["param"], given)?;
            Ok(search_cloud_messages(tim, given.take("param")?))
        }
        "invite" => {
            let mut given = Parameters::new("invite", &["userID", "data", "timeout", "onlineUserOnly"], given)?;
            Ok(invite(tim, given.take("userID")?, given.take("data")?, given.take("timeout")?, given.take("onlineUserOnly")?))
        }
        "inviteInGroup" => {
            let mut given = Parameters::new("inviteInGroup", &["groupID", "inviteeList", "data", "timeout", "onlineUserOnly"], given)?;
            Ok(invite_in_group(tim, given.take("groupID")?, given.take("inviteeList")?, given.take("data")?, given.take("timeout")?, given.take("onlineUserOnly")?))
        }
        "cancel" => {
            let mut given = Parameters::new("cancel", &["inviteID", "data"], given)?;
            Ok(cancel(tim, given.take("inviteID")?, given.take("data")?))
        }
        "modifyInvitation" => {
            let mut given = Parameters::new("modifyInvitation", &["inviteID", "data"], given)?;
            Ok(modify_invitation(tim, given.take("inviteID")?, given.take("data")?))
        }
        "accept" => {
            let mut given = Parameters::new("accept", &["inviteID", "data"], given)?;
            Ok(accept(tim, given.take("inviteID")?, given.take("data")?))
        }
        "reject" => {
            let mut given = Parameters::new("reject", &["inviteID", "data"], given)?;
            Ok(reject(tim, given.take("inviteID")?, given.take("data")?))
        }
        "getSignalingInfo" => {
            let mut given = Parameters::new("getSignalingInfo", &["message"], given)?;
            Ok(get_signaling_info(tim, given.take("message")?))
        }
        "setSelfStatus" => {
            let mut given = Parameters::new("setSelfStatus", &["customStatus"], given)?;
            Ok(set_self_status(tim, given.take("customStatus")?))
        }
        "getUserStatus" => {
            let mut given = Parameters::new("getUserStatus", &["userIDList"], given)?;
            Ok(get_user_status(tim, given.take("userIDList")?))
        }
        "subscribeUserStatus" => {
            let mut given = Parameters::new("subscribeUserStatus", &["userIDList"], given)?;
            Ok(subscribe_user_status(tim, given.take("userIDList")?))
        }
        "unsubscribeUserStatus" => {
            let mut given = Parameters::new("unsubscribeUserStatus", &["userIDList"], given)?;
            Ok(unsubscribe_user_status(tim, given.take("userIDList")?))
        }
        _ => Err(unknown(verb)),
    }
}
