/*
 * The verbs of tim.hpp, which includes this: each as the function of tim.h that has its name.
 * Written by cargo xtask faces from uniffi/src/client; never edited.
 */
#ifndef TIM_HPP
#include "tim.hpp"
#elif !defined(TIM_VERBS_HPP)
#define TIM_VERBS_HPP

namespace tim {

/** What an instance can be asked for. */
class verbs : protected detail::caller {
public:
    using answer = std::future<std::string>;

    /** As tim_login. */
    answer login(const std::string &user_id, const std::string &user_sig) const {
        return ask(tim_login, user_id, user_sig);
    }
    /** As tim_login_as_guest. */
    answer login_as_guest() const {
        return ask(tim_login_as_guest);
    }
    /** As tim_logout. */
    answer logout() const {
        return ask(tim_logout);
    }
    /** As tim_pause. */
    answer pause() const {
        return ask(tim_pause);
    }
    /** As tim_resume. */
    answer resume() const {
        return ask(tim_resume);
    }
    /** As tim_get_server_time. */
    answer get_server_time() const {
        return ask(tim_get_server_time);
    }
    /** As tim_create_text_message. */
    std::string create_text_message(const std::string &to, const std::string &conversation_type,
                                    const std::string &text, const std::string &options_json = {}) const {
        return make(tim_create_text_message, to, conversation_type, text, options_json);
    }
    /** As tim_create_location_message. */
    std::string create_location_message(const std::string &to, const std::string &conversation_type,
                                        const std::string &description, double longitude, double latitude,
                                        const std::string &options_json = {}) const {
        return make(tim_create_location_message, to, conversation_type, description, longitude, latitude,
                    options_json);
    }
    /** As tim_create_custom_message. */
    std::string create_custom_message(const std::string &to, const std::string &conversation_type,
                                      const std::string &data, const std::string &description,
                                      const std::string &extension, const std::string &options_json = {}) const {
        return make(tim_create_custom_message, to, conversation_type, data, description, extension, options_json);
    }
    /** As tim_create_face_message. */
    std::string create_face_message(const std::string &to, const std::string &conversation_type, std::int32_t index,
                                    const std::string &data, const std::string &options_json = {}) const {
        return make(tim_create_face_message, to, conversation_type, index, data, options_json);
    }
    /** As tim_create_forward_message. */
    std::string create_forward_message(const std::string &to, const std::string &conversation_type,
                                       const std::string &original_json, const std::string &options_json = {}) const {
        return make(tim_create_forward_message, to, conversation_type, original_json, options_json);
    }
    /** As tim_create_merger_message. */
    std::string create_merger_message(const std::string &to, const std::string &conversation_type,
                                      const std::string &message_list_json, const std::string &title,
                                      const std::string &abstract_list_json, const std::string &compatible_text,
                                      const std::string &options_json = {}) const {
        return make(tim_create_merger_message, to, conversation_type, message_list_json, title, abstract_list_json,
                    compatible_text, options_json);
    }
    /** As tim_create_image_message. */
    std::string create_image_message(const std::string &to, const std::string &conversation_type,
                                     const std::string &file, progress_callback on_progress = {},
                                     const std::string &options_json = {}) const {
        return make(std::move(on_progress), tim_create_image_message, to, conversation_type, file, options_json);
    }
    /** As tim_create_image_message_from_bytes. */
    std::string create_image_message(const std::string &to, const std::string &conversation_type,
                                     const std::uint8_t *bytes, std::size_t length,
                                     progress_callback on_progress = {}, const std::string &options_json = {}) const {
        return make(std::move(on_progress), tim_create_image_message_from_bytes, to, conversation_type, bytes, length,
                    options_json);
    }
    /** As tim_create_audio_message. */
    std::string create_audio_message(const std::string &to, const std::string &conversation_type,
                                     const std::string &file, std::int32_t second, progress_callback on_progress = {},
                                     const std::string &options_json = {}) const {
        return make(std::move(on_progress), tim_create_audio_message, to, conversation_type, file, second,
                    options_json);
    }
    /** As tim_create_video_message. */
    std::string create_video_message(const std::string &to, const std::string &conversation_type,
                                     const std::string &file, const std::string &format, std::int32_t second,
                                     const std::string &snapshot, progress_callback on_progress = {},
                                     const std::string &options_json = {}) const {
        return make(std::move(on_progress), tim_create_video_message, to, conversation_type, file, format, second,
                    snapshot, options_json);
    }
    /** As tim_create_file_message. */
    std::string create_file_message(const std::string &to, const std::string &conversation_type,
                                    const std::string &file, const std::string &name,
                                    progress_callback on_progress = {}, const std::string &options_json = {}) const {
        return make(std::move(on_progress), tim_create_file_message, to, conversation_type, file, name, options_json);
    }
    /** As tim_create_file_message_from_bytes. */
    std::string create_file_message(const std::string &to, const std::string &conversation_type,
                                    const std::uint8_t *bytes, std::size_t length, const std::string &name,
                                    progress_callback on_progress = {}, const std::string &options_json = {}) const {
        return make(std::move(on_progress), tim_create_file_message_from_bytes, to, conversation_type, bytes, length,
                    name, options_json);
    }
    /** As tim_insert_message_to_local_storage. */
    answer insert_message_to_local_storage(const std::string &message_json, const std::string &sender) const {
        return ask(tim_insert_message_to_local_storage, message_json, sender);
    }
    /** As tim_set_local_custom_data. */
    answer set_local_custom_data(const std::string &message_id, const std::string &data) const {
        return ask(tim_set_local_custom_data, message_id, data);
    }
    /** As tim_set_local_custom_int. */
    answer set_local_custom_int(const std::string &message_id, std::int64_t number) const {
        return ask(tim_set_local_custom_int, message_id, number);
    }
    /** As tim_get_group_member_list. */
    answer get_group_member_list(const std::string &group_id, std::int32_t count = 15,
                                 const std::string &role_json = {}, const std::string &next = {}) const {
        return ask(tim_get_group_member_list, group_id, count, role_json, next);
    }
    /** As tim_add_group_member. */
    answer add_group_member(const std::string &group_id, const std::string &user_id_list_json) const {
        return ask(tim_add_group_member, group_id, user_id_list_json);
    }
    /** As tim_delete_group_member. */
    answer delete_group_member(const std::string &group_id, const std::string &user_id_list_json,
                               const std::string &reason = "", std::int32_t duration = 0) const {
        return ask(tim_delete_group_member, group_id, user_id_list_json, reason, duration);
    }
    /** As tim_set_group_member_role. */
    answer set_group_member_role(const std::string &group_id, const std::string &user_id,
                                 const std::string &role_json) const {
        return ask(tim_set_group_member_role, group_id, user_id, role_json);
    }
    /** As tim_change_group_owner. */
    answer change_group_owner(const std::string &group_id, const std::string &new_owner_id) const {
        return ask(tim_change_group_owner, group_id, new_owner_id);
    }
    /** As tim_set_group_member_mute_time. */
    answer set_group_member_mute_time(const std::string &group_id, const std::string &user_id,
                                      std::int32_t mute_time) const {
        return ask(tim_set_group_member_mute_time, group_id, user_id, mute_time);
    }
    /** As tim_set_group_member_name_card. */
    answer set_group_member_name_card(const std::string &group_id, const std::string &name_card,
                                      const std::string &user_id = {}) const {
        return ask(tim_set_group_member_name_card, group_id, name_card, user_id);
    }
    /** As tim_set_group_member_custom_field. */
    answer set_group_member_custom_field(const std::string &group_id, const std::string &member_custom_field_json,
                                         const std::string &user_id = {}) const {
        return ask(tim_set_group_member_custom_field, group_id, member_custom_field_json, user_id);
    }
    /** As tim_send_message. */
    answer send_message(const std::string &message_json, const std::string &options_json = {}) const {
        return ask(tim_send_message, message_json, options_json);
    }
    /** As tim_resend_message. */
    answer resend_message(const std::string &message_id) const {
        return ask(tim_resend_message, message_id);
    }
    /** As tim_cancel_message. */
    answer cancel_message(const std::string &message_id) const {
        return ask(tim_cancel_message, message_id);
    }
    /** As tim_revoke_message. */
    answer revoke_message(const std::string &message_json, const std::string &reason = {}) const {
        return ask(tim_revoke_message, message_json, reason);
    }
    /** As tim_modify_message. */
    answer modify_message(const std::string &message_json) const {
        return ask(tim_modify_message, message_json);
    }
    /** As tim_delete_message. */
    answer delete_message(const std::string &message_list_json) const {
        return ask(tim_delete_message, message_list_json);
    }
    /** As tim_get_message_list. */
    answer get_message_list(const std::string &conversation_id, const std::string &next_req_message_id = {},
                            std::int32_t count = 15) const {
        return ask(tim_get_message_list, conversation_id, next_req_message_id, count);
    }
    /** As tim_get_message_list_hopping. */
    answer get_message_list_hopping(const std::string &param_json) const {
        return ask(tim_get_message_list_hopping, param_json);
    }
    /** As tim_find_messages. */
    answer find_messages(const std::string &message_id_list_json) const {
        return ask(tim_find_messages, message_id_list_json);
    }
    /** As tim_download_attachment. */
    answer download_attachment(const std::string &message_json, std::uint32_t rendition, const std::string &target,
                               progress_callback on_progress = {}) const {
        return ask(std::move(on_progress), tim_download_attachment, message_json, rendition, target);
    }
    /** As tim_get_attachment_file. */
    answer get_attachment_file(const std::string &message_json, std::uint32_t rendition,
                               progress_callback on_progress = {}) const {
        return ask(std::move(on_progress), tim_get_attachment_file, message_json, rendition);
    }
    /** As tim_get_attachment_url. */
    answer get_attachment_url(const std::string &message_json, std::uint32_t rendition) const {
        return ask(tim_get_attachment_url, message_json, rendition);
    }
    /** As tim_download_merger_message. */
    answer download_merger_message(const std::string &message_json) const {
        return ask(tim_download_merger_message, message_json);
    }
    /** As tim_cancel_download. */
    answer cancel_download(const std::string &target) const {
        return ask(tim_cancel_download, target);
    }
    /** As tim_get_conversation_list. */
    answer get_conversation_list(const std::string &filter_json = {}) const {
        return ask(tim_get_conversation_list, filter_json);
    }
    /** As tim_get_conversation_profile. */
    answer get_conversation_profile(const std::string &conversation_id) const {
        return ask(tim_get_conversation_profile, conversation_id);
    }
    /** As tim_set_message_read. */
    answer set_message_read(const std::string &conversation_id) const {
        return ask(tim_set_message_read, conversation_id);
    }
    /** As tim_set_message_read_up_to. */
    answer set_message_read_up_to(const std::string &message_json) const {
        return ask(tim_set_message_read_up_to, message_json);
    }
    /** As tim_set_all_message_read. */
    answer set_all_message_read(const std::string &scope) const {
        return ask(tim_set_all_message_read, scope);
    }
    /** As tim_get_unread_message_count_by_filter. */
    answer get_unread_message_count_by_filter(const std::string &filter_json) const {
        return ask(tim_get_unread_message_count_by_filter, filter_json);
    }
    /** As tim_subscribe_unread_message_count_by_filter. */
    answer subscribe_unread_message_count_by_filter(const std::string &filter_json) const {
        return ask(tim_subscribe_unread_message_count_by_filter, filter_json);
    }
    /** As tim_unsubscribe_unread_message_count_by_filter. */
    answer unsubscribe_unread_message_count_by_filter(const std::string &filter_json) const {
        return ask(tim_unsubscribe_unread_message_count_by_filter, filter_json);
    }
    /** As tim_pin_conversation. */
    answer pin_conversation(const std::string &conversation_id, bool is_pinned) const {
        return ask(tim_pin_conversation, conversation_id, is_pinned);
    }
    /** As tim_set_message_remind_type. */
    answer set_message_remind_type(const std::string &conversation_id_list_json,
                                   const std::string &message_remind_type) const {
        return ask(tim_set_message_remind_type, conversation_id_list_json, message_remind_type);
    }
    /** As tim_mark_conversation. */
    answer mark_conversation(const std::string &conversation_id_list_json, std::int64_t mark_type,
                             bool enable_mark) const {
        return ask(tim_mark_conversation, conversation_id_list_json, mark_type, enable_mark);
    }
    /** As tim_set_conversation_custom_data. */
    answer set_conversation_custom_data(const std::string &conversation_id_list_json,
                                        const std::string &custom_data) const {
        return ask(tim_set_conversation_custom_data, conversation_id_list_json, custom_data);
    }
    /** As tim_clear_history_message. */
    answer clear_history_message(const std::string &conversation_id) const {
        return ask(tim_clear_history_message, conversation_id);
    }
    /** As tim_delete_conversation. */
    answer delete_conversation(const std::string &conversation_id_list_json, bool clear_history_message) const {
        return ask(tim_delete_conversation, conversation_id_list_json, clear_history_message);
    }
    /** As tim_set_conversation_draft. */
    answer set_conversation_draft(const std::string &conversation_id, const std::string &draft_text) const {
        return ask(tim_set_conversation_draft, conversation_id, draft_text);
    }
    /** As tim_get_friend_list. */
    answer get_friend_list() const {
        return ask(tim_get_friend_list);
    }
    /** As tim_get_friend_profile. */
    answer get_friend_profile(const std::string &user_id_list_json) const {
        return ask(tim_get_friend_profile, user_id_list_json);
    }
    /** As tim_add_friend. */
    answer add_friend(const std::string &friend_json) const {
        return ask(tim_add_friend, friend_json);
    }
    /** As tim_delete_friend. */
    answer delete_friend(const std::string &user_id_list_json, const std::string &delete_type_json) const {
        return ask(tim_delete_friend, user_id_list_json, delete_type_json);
    }
    /** As tim_check_friend. */
    answer check_friend(const std::string &user_id_list_json, const std::string &check_type_json) const {
        return ask(tim_check_friend, user_id_list_json, check_type_json);
    }
    /** As tim_update_friend. */
    answer update_friend(const std::string &user_id, const std::string &friend_custom_field_json,
                         const std::string &remark = {}) const {
        return ask(tim_update_friend, user_id, remark, friend_custom_field_json);
    }
    /** As tim_get_friend_application_list. */
    answer get_friend_application_list() const {
        return ask(tim_get_friend_application_list);
    }
    /** As tim_accept_friend_application. */
    answer accept_friend_application(const std::string &user_id, const std::string &action_json,
                                     const std::string &remark) const {
        return ask(tim_accept_friend_application, user_id, action_json, remark);
    }
    /** As tim_refuse_friend_application. */
    answer refuse_friend_application(const std::string &user_id) const {
        return ask(tim_refuse_friend_application, user_id);
    }
    /** As tim_delete_friend_application. */
    answer delete_friend_application(const std::string &user_id, const std::string &application_type_json) const {
        return ask(tim_delete_friend_application, user_id, application_type_json);
    }
    /** As tim_set_friend_application_read. */
    answer set_friend_application_read() const {
        return ask(tim_set_friend_application_read);
    }
    /** As tim_get_friend_group_list. */
    answer get_friend_group_list() const {
        return ask(tim_get_friend_group_list);
    }
    /** As tim_create_friend_group. */
    answer create_friend_group(const std::string &name, const std::string &user_id_list_json) const {
        return ask(tim_create_friend_group, name, user_id_list_json);
    }
    /** As tim_delete_friend_group. */
    answer delete_friend_group(const std::string &name) const {
        return ask(tim_delete_friend_group, name);
    }
    /** As tim_rename_friend_group. */
    answer rename_friend_group(const std::string &old_name, const std::string &new_name) const {
        return ask(tim_rename_friend_group, old_name, new_name);
    }
    /** As tim_add_to_friend_group. */
    answer add_to_friend_group(const std::string &name, const std::string &user_id_list_json) const {
        return ask(tim_add_to_friend_group, name, user_id_list_json);
    }
    /** As tim_remove_from_friend_group. */
    answer remove_from_friend_group(const std::string &name, const std::string &user_id_list_json) const {
        return ask(tim_remove_from_friend_group, name, user_id_list_json);
    }
    /** As tim_get_group_attributes. */
    answer get_group_attributes(const std::string &group_id, const std::string &key_list_json = "[]") const {
        return ask(tim_get_group_attributes, group_id, key_list_json);
    }
    /** As tim_init_group_attributes. */
    answer init_group_attributes(const std::string &group_id, const std::string &group_attributes_json,
                                 std::int64_t version = 0) const {
        return ask(tim_init_group_attributes, group_id, group_attributes_json, version);
    }
    /** As tim_set_group_attributes. */
    answer set_group_attributes(const std::string &group_id, const std::string &group_attributes_json,
                                std::int64_t version = 0) const {
        return ask(tim_set_group_attributes, group_id, group_attributes_json, version);
    }
    /** As tim_delete_group_attributes. */
    answer delete_group_attributes(const std::string &group_id, const std::string &key_list_json = "[]",
                                   std::int64_t version = 0) const {
        return ask(tim_delete_group_attributes, group_id, key_list_json, version);
    }
    /** As tim_search_groups. */
    answer search_groups(const std::string &keyword_list_json,
                         const std::string &keyword_list_match_type_json = {}) const {
        return ask(tim_search_groups, keyword_list_json, keyword_list_match_type_json);
    }
    /** As tim_search_group_members. */
    answer search_group_members(const std::string &param_json) const {
        return ask(tim_search_group_members, param_json);
    }
    /** As tim_search_group_by_id. */
    answer search_group_by_id(const std::string &group_id) const {
        return ask(tim_search_group_by_id, group_id);
    }
    /** As tim_get_group_list. */
    answer get_group_list() const {
        return ask(tim_get_group_list);
    }
    /** As tim_get_group_profile. */
    answer get_group_profile(const std::string &group_id) const {
        return ask(tim_get_group_profile, group_id);
    }
    /** As tim_get_group_member_profile. */
    answer get_group_member_profile(const std::string &group_id, const std::string &user_id_list_json) const {
        return ask(tim_get_group_member_profile, group_id, user_id_list_json);
    }
    /** As tim_get_group_online_member_count. */
    answer get_group_online_member_count(const std::string &group_id) const {
        return ask(tim_get_group_online_member_count, group_id);
    }
    /** As tim_create_group. */
    answer create_group(const std::string &group_json) const {
        return ask(tim_create_group, group_json);
    }
    /** As tim_update_group_profile. */
    answer update_group_profile(const std::string &group_id, const std::string &changes_json) const {
        return ask(tim_update_group_profile, group_id, changes_json);
    }
    /** As tim_join_group. */
    answer join_group(const std::string &group_id, const std::string &apply_message = "") const {
        return ask(tim_join_group, group_id, apply_message);
    }
    /** As tim_quit_group. */
    answer quit_group(const std::string &group_id) const {
        return ask(tim_quit_group, group_id);
    }
    /** As tim_dismiss_group. */
    answer dismiss_group(const std::string &group_id) const {
        return ask(tim_dismiss_group, group_id);
    }
    /** As tim_pin_group_message. */
    answer pin_group_message(const std::string &group_id, const std::string &message_json, bool is_pinned) const {
        return ask(tim_pin_group_message, group_id, message_json, is_pinned);
    }
    /** As tim_get_pinned_group_message_list. */
    answer get_pinned_group_message_list(const std::string &group_id) const {
        return ask(tim_get_pinned_group_message_list, group_id);
    }
    /** As tim_handle_group_application. */
    answer handle_group_application(const std::string &group_id, const std::string &user_id, bool accept,
                                    const std::string &handle_message = "") const {
        return ask(tim_handle_group_application, group_id, user_id, accept, handle_message);
    }
    /** As tim_add_message_reaction. */
    answer add_message_reaction(const std::string &message_json, const std::string &reaction_id) const {
        return ask(tim_add_message_reaction, message_json, reaction_id);
    }
    /** As tim_remove_message_reaction. */
    answer remove_message_reaction(const std::string &message_json, const std::string &reaction_id) const {
        return ask(tim_remove_message_reaction, message_json, reaction_id);
    }
    /** As tim_get_message_reactions. */
    answer get_message_reactions(const std::string &message_list_json,
                                 std::int32_t max_user_count_per_reaction) const {
        return ask(tim_get_message_reactions, message_list_json, max_user_count_per_reaction);
    }
    /** As tim_get_all_user_list_of_message_reaction. */
    answer get_all_user_list_of_message_reaction(const std::string &message_json, const std::string &reaction_id,
                                                 std::int64_t next_seq, std::int32_t count) const {
        return ask(tim_get_all_user_list_of_message_reaction, message_json, reaction_id, next_seq, count);
    }
    /** As tim_send_message_read_receipt. */
    answer send_message_read_receipt(const std::string &message_list_json) const {
        return ask(tim_send_message_read_receipt, message_list_json);
    }
    /** As tim_get_message_read_receipt_list. */
    answer get_message_read_receipt_list(const std::string &message_list_json) const {
        return ask(tim_get_message_read_receipt_list, message_list_json);
    }
    /** As tim_get_group_message_read_member_list. */
    answer get_group_message_read_member_list(const std::string &message_json, const std::string &filter,
                                              const std::string &cursor, std::int32_t count) const {
        return ask(tim_get_group_message_read_member_list, message_json, filter, cursor, count);
    }
    /** As tim_get_my_profile. */
    answer get_my_profile() const {
        return ask(tim_get_my_profile);
    }
    /** As tim_get_user_profile. */
    answer get_user_profile(const std::string &user_id_list_json) const {
        return ask(tim_get_user_profile, user_id_list_json);
    }
    /** As tim_update_my_profile. */
    answer update_my_profile(const std::string &fields_json) const {
        return ask(tim_update_my_profile, fields_json);
    }
    /** As tim_get_blacklist. */
    answer get_blacklist() const {
        return ask(tim_get_blacklist);
    }
    /** As tim_add_to_blacklist. */
    answer add_to_blacklist(const std::string &user_id_list_json) const {
        return ask(tim_add_to_blacklist, user_id_list_json);
    }
    /** As tim_remove_from_blacklist. */
    answer remove_from_blacklist(const std::string &user_id_list_json) const {
        return ask(tim_remove_from_blacklist, user_id_list_json);
    }
    /** As tim_set_all_receive_message_opt. */
    answer set_all_receive_message_opt(const std::string &opt_json) const {
        return ask(tim_set_all_receive_message_opt, opt_json);
    }
    /** As tim_get_all_receive_message_opt. */
    answer get_all_receive_message_opt() const {
        return ask(tim_get_all_receive_message_opt);
    }
    /** As tim_search_local_messages. */
    answer search_local_messages(const std::string &param_json) const {
        return ask(tim_search_local_messages, param_json);
    }
    /** As tim_search_cloud_messages. */
    answer search_cloud_messages(const std::string &param_json) const {
        return ask(tim_search_cloud_messages, param_json);
    }
    /** As tim_invite. */
    answer invite(const std::string &user_id, const std::string &data, std::int32_t timeout,
                  bool online_user_only) const {
        return ask(tim_invite, user_id, data, timeout, online_user_only);
    }
    /** As tim_invite_in_group. */
    answer invite_in_group(const std::string &group_id, const std::string &invitee_list_json, const std::string &data,
                           std::int32_t timeout, bool online_user_only) const {
        return ask(tim_invite_in_group, group_id, invitee_list_json, data, timeout, online_user_only);
    }
    /** As tim_cancel. */
    answer cancel(const std::string &invite_id, const std::string &data) const {
        return ask(tim_cancel, invite_id, data);
    }
    /** As tim_modify_invitation. */
    answer modify_invitation(const std::string &invite_id, const std::string &data) const {
        return ask(tim_modify_invitation, invite_id, data);
    }
    /** As tim_accept. */
    answer accept(const std::string &invite_id, const std::string &data) const {
        return ask(tim_accept, invite_id, data);
    }
    /** As tim_reject. */
    answer reject(const std::string &invite_id, const std::string &data) const {
        return ask(tim_reject, invite_id, data);
    }
    /** As tim_get_signaling_info. */
    answer get_signaling_info(const std::string &message_json) const {
        return ask(tim_get_signaling_info, message_json);
    }
    /** As tim_set_self_status. */
    answer set_self_status(const std::string &custom_status) const {
        return ask(tim_set_self_status, custom_status);
    }
    /** As tim_get_user_status. */
    answer get_user_status(const std::string &user_id_list_json) const {
        return ask(tim_get_user_status, user_id_list_json);
    }
    /** As tim_subscribe_user_status. */
    answer subscribe_user_status(const std::string &user_id_list_json) const {
        return ask(tim_subscribe_user_status, user_id_list_json);
    }
    /** As tim_unsubscribe_user_status. */
    answer unsubscribe_user_status(const std::string &user_id_list_json) const {
        return ask(tim_unsubscribe_user_status, user_id_list_json);
    }
};

}  // namespace tim

#endif /* TIM_VERBS_HPP */
