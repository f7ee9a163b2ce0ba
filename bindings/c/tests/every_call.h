/*
 * Every verb of tim.h, called: EACH(call) is what a test makes of a call. Progress is told to on_progress, and each
 * callback of that kind counts its end in `destroys`, so often as a macro's count tells; messages go to `made`.
 * Written by cargo xtask faces from uniffi/src/client; never edited.
 */
#ifndef TIM_EVERY_CALL_H
#define TIM_EVERY_CALL_H

#define EVERY_CREATION(client, text, json) \
    EACH(tim_create_text_message(client, text, "C2C", text, NULL, &made)); \
    EACH(tim_create_location_message(client, text, "C2C", text, 1, 1, NULL, &made)); \
    EACH(tim_create_custom_message(client, text, "C2C", text, text, text, NULL, &made)); \
    EACH(tim_create_face_message(client, text, "C2C", 1, text, NULL, &made)); \
    EACH(tim_create_forward_message(client, text, "C2C", json, NULL, &made)); \
    EACH(tim_create_merger_message(client, text, "C2C", json, text, json, text, NULL, &made)); \
    EACH(tim_create_image_message(client, text, "C2C", text, NULL, on_progress, &destroys, count_destroy, &made)); \
    EACH(tim_create_image_message_from_bytes(client, text, "C2C", PIXEL, sizeof PIXEL, NULL, on_progress, &destroys, count_destroy, &made)); \
    EACH(tim_create_audio_message(client, text, "C2C", text, 1, NULL, on_progress, &destroys, count_destroy, &made)); \
    EACH(tim_create_video_message(client, text, "C2C", text, text, 1, text, NULL, on_progress, &destroys, count_destroy, &made)); \
    EACH(tim_create_file_message(client, text, "C2C", text, text, NULL, on_progress, &destroys, count_destroy, &made)); \
    EACH(tim_create_file_message_from_bytes(client, text, "C2C", PIXEL, sizeof PIXEL, text, NULL, on_progress, &destroys, count_destroy, &made));
enum { EVERY_CREATIONS_DESTROYS = 6 };

#define EVERY_CALL(client, text, json, done) \
    EACH(tim_login(client, text, text, done, NULL)); \
    EACH(tim_insert_message_to_local_storage(client, json, text, done, NULL)); \
    EACH(tim_set_local_custom_data(client, text, text, done, NULL)); \
    EACH(tim_set_local_custom_int(client, text, 1, done, NULL)); \
    EACH(tim_get_group_member_list(client, text, 1, NULL, NULL, done, NULL)); \
    EACH(tim_add_group_member(client, text, json, done, NULL)); \
    EACH(tim_delete_group_member(client, text, json, text, 1, done, NULL)); \
    EACH(tim_set_group_member_role(client, text, text, json, done, NULL)); \
    EACH(tim_change_group_owner(client, text, text, done, NULL)); \
    EACH(tim_set_group_member_mute_time(client, text, text, 1, done, NULL)); \
    EACH(tim_set_group_member_name_card(client, text, text, NULL, done, NULL)); \
    EACH(tim_set_group_member_custom_field(client, text, json, NULL, done, NULL)); \
    EACH(tim_send_message(client, json, NULL, done, NULL)); \
    EACH(tim_resend_message(client, text, done, NULL)); \
    EACH(tim_cancel_message(client, text, done, NULL)); \
    EACH(tim_revoke_message(client, json, NULL, done, NULL)); \
    EACH(tim_modify_message(client, json, done, NULL)); \
    EACH(tim_delete_message(client, json, done, NULL)); \
    EACH(tim_get_message_list(client, text, NULL, 1, done, NULL)); \
    EACH(tim_get_message_list_hopping(client, json, done, NULL)); \
    EACH(tim_find_messages(client, json, done, NULL)); \
    EACH(tim_download_attachment(client, json, 0, text, on_progress, &destroys, count_destroy, done, NULL)); \
    EACH(tim_get_attachment_file(client, json, 0, on_progress, &destroys, count_destroy, done, NULL)); \
    EACH(tim_get_attachment_url(client, json, 0, done, NULL)); \
    EACH(tim_download_merger_message(client, json, done, NULL)); \
    EACH(tim_cancel_download(client, text, done, NULL)); \
    EACH(tim_get_conversation_profile(client, text, done, NULL)); \
    EACH(tim_set_message_read(client, text, done, NULL)); \
    EACH(tim_set_message_read_up_to(client, json, done, NULL)); \
    EACH(tim_get_unread_message_count_by_filter(client, json, done, NULL)); \
    EACH(tim_subscribe_unread_message_count_by_filter(client, json, done, NULL)); \
    EACH(tim_unsubscribe_unread_message_count_by_filter(client, json, done, NULL)); \
    EACH(tim_pin_conversation(client, text, true, done, NULL)); \
    EACH(tim_set_message_remind_type(client, json, "Discard", done, NULL)); \
    EACH(tim_mark_conversation(client, json, 1, true, done, NULL)); \
    EACH(tim_set_conversation_custom_data(client, json, text, done, NULL)); \
    EACH(tim_clear_history_message(client, text, done, NULL)); \
    EACH(tim_delete_conversation(client, json, true, done, NULL)); \
    EACH(tim_set_conversation_draft(client, text, text, done, NULL)); \
    EACH(tim_get_friend_profile(client, json, done, NULL)); \
    EACH(tim_add_friend(client, json, done, NULL)); \
    EACH(tim_delete_friend(client, json, json, done, NULL)); \
    EACH(tim_check_friend(client, json, json, done, NULL)); \
    EACH(tim_update_friend(client, text, NULL, json, done, NULL)); \
    EACH(tim_accept_friend_application(client, text, json, text, done, NULL)); \
    EACH(tim_refuse_friend_application(client, text, done, NULL)); \
    EACH(tim_delete_friend_application(client, text, json, done, NULL)); \
    EACH(tim_create_friend_group(client, text, json, done, NULL)); \
    EACH(tim_delete_friend_group(client, text, done, NULL)); \
    EACH(tim_rename_friend_group(client, text, text, done, NULL)); \
    EACH(tim_add_to_friend_group(client, text, json, done, NULL)); \
    EACH(tim_remove_from_friend_group(client, text, json, done, NULL)); \
    EACH(tim_get_group_attributes(client, text, json, done, NULL)); \
    EACH(tim_init_group_attributes(client, text, json, 1, done, NULL)); \
    EACH(tim_set_group_attributes(client, text, json, 1, done, NULL)); \
    EACH(tim_delete_group_attributes(client, text, json, 1, done, NULL)); \
    EACH(tim_search_groups(client, json, NULL, done, NULL)); \
    EACH(tim_search_group_members(client, json, done, NULL)); \
    EACH(tim_search_group_by_id(client, text, done, NULL)); \
    EACH(tim_get_group_profile(client, text, done, NULL)); \
    EACH(tim_get_group_member_profile(client, text, json, done, NULL)); \
    EACH(tim_get_group_online_member_count(client, text, done, NULL)); \
    EACH(tim_create_group(client, json, done, NULL)); \
    EACH(tim_update_group_profile(client, text, json, done, NULL)); \
    EACH(tim_join_group(client, text, text, done, NULL)); \
    EACH(tim_quit_group(client, text, done, NULL)); \
    EACH(tim_dismiss_group(client, text, done, NULL)); \
    EACH(tim_pin_group_message(client, text, json, true, done, NULL)); \
    EACH(tim_get_pinned_group_message_list(client, text, done, NULL)); \
    EACH(tim_handle_group_application(client, text, text, true, text, done, NULL)); \
    EACH(tim_add_message_reaction(client, json, text, done, NULL)); \
    EACH(tim_remove_message_reaction(client, json, text, done, NULL)); \
    EACH(tim_get_message_reactions(client, json, 1, done, NULL)); \
    EACH(tim_get_all_user_list_of_message_reaction(client, json, text, 1, 1, done, NULL)); \
    EACH(tim_send_message_read_receipt(client, json, done, NULL)); \
    EACH(tim_get_message_read_receipt_list(client, json, done, NULL)); \
    EACH(tim_get_group_message_read_member_list(client, json, "read", text, 1, done, NULL)); \
    EACH(tim_get_user_profile(client, json, done, NULL)); \
    EACH(tim_update_my_profile(client, json, done, NULL)); \
    EACH(tim_add_to_blacklist(client, json, done, NULL)); \
    EACH(tim_remove_from_blacklist(client, json, done, NULL)); \
    EACH(tim_set_all_receive_message_opt(client, json, done, NULL)); \
    EACH(tim_search_local_messages(client, json, done, NULL)); \
    EACH(tim_search_cloud_messages(client, json, done, NULL)); \
    EACH(tim_invite(client, text, text, 1, true, done, NULL)); \
    EACH(tim_invite_in_group(client, text, json, text, 1, true, done, NULL)); \
    EACH(tim_cancel(client, text, text, done, NULL)); \
    EACH(tim_modify_invitation(client, text, text, done, NULL)); \
    EACH(tim_accept(client, text, text, done, NULL)); \
    EACH(tim_reject(client, text, text, done, NULL)); \
    EACH(tim_get_signaling_info(client, json, done, NULL)); \
    EACH(tim_set_self_status(client, text, done, NULL)); \
    EACH(tim_get_user_status(client, json, done, NULL)); \
    EACH(tim_subscribe_user_status(client, json, done, NULL)); \
    EACH(tim_unsubscribe_user_status(client, json, done, NULL));
enum { EVERY_CALLS_DESTROYS = 2 };

#define EVERY_CALL_WITHOUT_TEXT(client, done) \
    EACH(tim_login_as_guest(client, done, NULL)); \
    EACH(tim_logout(client, done, NULL)); \
    EACH(tim_pause(client, done, NULL)); \
    EACH(tim_resume(client, done, NULL)); \
    EACH(tim_get_server_time(client, done, NULL)); \
    EACH(tim_get_conversation_list(client, NULL, done, NULL)); \
    EACH(tim_set_all_message_read(client, "readAllMessage", done, NULL)); \
    EACH(tim_get_friend_list(client, done, NULL)); \
    EACH(tim_get_friend_application_list(client, done, NULL)); \
    EACH(tim_set_friend_application_read(client, done, NULL)); \
    EACH(tim_get_friend_group_list(client, done, NULL)); \
    EACH(tim_get_group_list(client, done, NULL)); \
    EACH(tim_get_my_profile(client, done, NULL)); \
    EACH(tim_get_blacklist(client, done, NULL)); \
    EACH(tim_get_all_receive_message_opt(client, done, NULL));
enum { EVERY_CALL_WITHOUT_TEXTS_DESTROYS = 0 };

#endif /* TIM_EVERY_CALL_H */
