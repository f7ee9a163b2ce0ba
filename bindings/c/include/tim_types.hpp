/*
 * tim_types.hpp: the JSON of tim.hpp as structures of C++17, on nlohmann-json (3.11 or newer), for programs that have it. tim.hpp
 * does not need it. What each noun and field means stands in tim.h, under JSON NOUNS.
 *
 *   tim::client alice{tim::types::json(tim::types::options{1400000001, "wss://im.example.org", "/var/lib/app/tim"})};
 *   auto events = alice.add_listener([](const std::string &json) {
 *       for (const auto &event : tim::types::from<std::vector<tim::types::event>>(json))
 *           if (auto *received = std::get_if<tim::types::message_received>(&event)) show(received->messages);
 *   });
 *   auto page = tim::types::from<tim::types::message_list>(alice.get_message_list("C2Cbob").get());
 *
 * A word of a later version is read as `other` if its enum has that, and otherwise as the first value of its enum. An event of a
 * later version is an `unknown_event`, and the content of a message of a later version is `unknown`; both keep the JSON.
 * Written by cargo xtask faces from uniffi/src/types; never edited.
 */
#ifndef TIM_TYPES_HPP
#define TIM_TYPES_HPP

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace tim {
namespace types {

namespace detail {

template <typename T> void put(nlohmann::json &json, const char *name, const T &value) { json[name] = value; }

/** An empty optional is left out of the JSON. */
template <typename T> void put(nlohmann::json &json, const char *name, const std::optional<T> &value) {
    if (value) json[name] = *value;
}

template <typename T> void take(const nlohmann::json &json, const char *name, T &value) { json.at(name).get_to(value); }

/** A field that is null or absent is an empty optional. */
template <typename T> void take(const nlohmann::json &json, const char *name, std::optional<T> &value) {
    const auto found = json.find(name);
    value.reset();
    if (found != json.end() && !found->is_null()) value = found->template get<T>();
}

}  // namespace detail

struct merged_message;
inline void to_json(nlohmann::json &json, const merged_message &it);
inline void from_json(const nlohmann::json &json, merged_message &it);

/** A text. */
struct text_body {
    /** The text. */
    std::string text{};
};
inline void to_json(nlohmann::json &json, const text_body &it) {
    json = nlohmann::json::object();
    detail::put(json, "text", it.text);
}
inline void from_json(const nlohmann::json &json, text_body &it) {
    detail::take(json, "text", it.text);
}

/** A recording. */
struct audio_body {
    /** Its ID, a UUID. */
    std::string uuid{};
    /** Where it is: a path on the server, or a full address; empty until it is uploaded. */
    std::string url{};
    /** Size in bytes. */
    std::int64_t size{};
    /** How long it is, in seconds, as its sender says. */
    std::int32_t second{};
};
inline void to_json(nlohmann::json &json, const audio_body &it) {
    json = nlohmann::json::object();
    detail::put(json, "uuid", it.uuid);
    detail::put(json, "url", it.url);
    detail::put(json, "size", it.size);
    detail::put(json, "second", it.second);
}
inline void from_json(const nlohmann::json &json, audio_body &it) {
    detail::take(json, "uuid", it.uuid);
    detail::take(json, "url", it.url);
    detail::take(json, "size", it.size);
    detail::take(json, "second", it.second);
}

/** A video, and its snapshot: a picture that stands for it until it is played. */
struct video_body {
    /** The video's ID, a UUID. */
    std::string video_uuid{};
    /** Where the video is: a path on the server, or a full address; empty until it is uploaded. */
    std::string video_url{};
    /** Its format, such as mp4, as its sender says. */
    std::string video_format{};
    /** How long it is, in seconds, as its sender says. */
    std::int32_t video_second{};
    /** Size in bytes. */
    std::int64_t video_size{};
    /** The snapshot's ID, a UUID. */
    std::string snapshot_uuid{};
    /** Where the snapshot is, as the video; getAttachmentUrl with Snapshot makes of it what can be fetched. */
    std::string snapshot_url{};
    /** Its width in pixels. */
    std::int32_t snapshot_width{};
    /** Its height in pixels. */
    std::int32_t snapshot_height{};
    /** Its size in bytes. */
    std::int64_t snapshot_size{};
};
inline void to_json(nlohmann::json &json, const video_body &it) {
    json = nlohmann::json::object();
    detail::put(json, "videoUUID", it.video_uuid);
    detail::put(json, "videoUrl", it.video_url);
    detail::put(json, "videoFormat", it.video_format);
    detail::put(json, "videoSecond", it.video_second);
    detail::put(json, "videoSize", it.video_size);
    detail::put(json, "snapshotUUID", it.snapshot_uuid);
    detail::put(json, "snapshotUrl", it.snapshot_url);
    detail::put(json, "snapshotWidth", it.snapshot_width);
    detail::put(json, "snapshotHeight", it.snapshot_height);
    detail::put(json, "snapshotSize", it.snapshot_size);
}
inline void from_json(const nlohmann::json &json, video_body &it) {
    detail::take(json, "videoUUID", it.video_uuid);
    detail::take(json, "videoUrl", it.video_url);
    detail::take(json, "videoFormat", it.video_format);
    detail::take(json, "videoSecond", it.video_second);
    detail::take(json, "videoSize", it.video_size);
    detail::take(json, "snapshotUUID", it.snapshot_uuid);
    detail::take(json, "snapshotUrl", it.snapshot_url);
    detail::take(json, "snapshotWidth", it.snapshot_width);
    detail::take(json, "snapshotHeight", it.snapshot_height);
    detail::take(json, "snapshotSize", it.snapshot_size);
}

/** Any file, as it is. */
struct file_body {
    /** Its ID, a UUID. */
    std::string uuid{};
    /** What its sender calls it. */
    std::string file_name{};
    /** Size in bytes. */
    std::int64_t file_size{};
    /** Where it is: a path on the server, or a full address; empty until it is uploaded. */
    std::string file_url{};
};
inline void to_json(nlohmann::json &json, const file_body &it) {
    json = nlohmann::json::object();
    detail::put(json, "uuid", it.uuid);
    detail::put(json, "fileName", it.file_name);
    detail::put(json, "fileSize", it.file_size);
    detail::put(json, "fileUrl", it.file_url);
}
inline void from_json(const nlohmann::json &json, file_body &it) {
    detail::take(json, "uuid", it.uuid);
    detail::take(json, "fileName", it.file_name);
    detail::take(json, "fileSize", it.file_size);
    detail::take(json, "fileUrl", it.file_url);
}

/** A place on Earth. */
struct location_body {
    /** Its name; may be empty. */
    std::string description{};
    /** Degrees east of Greenwich: -180 to 180. */
    double longitude{};
    /** Degrees north of the equator: -90 to 90. */
    double latitude{};
};
inline void to_json(nlohmann::json &json, const location_body &it) {
    json = nlohmann::json::object();
    detail::put(json, "description", it.description);
    detail::put(json, "longitude", it.longitude);
    detail::put(json, "latitude", it.latitude);
}
inline void from_json(const nlohmann::json &json, location_body &it) {
    detail::take(json, "description", it.description);
    detail::take(json, "longitude", it.longitude);
    detail::take(json, "latitude", it.latitude);
}

/** Content of the application's own. */
struct custom_body {
    /** What the application makes of it. */
    std::string data{};
    /** What it is, in words. */
    std::string description{};
    /** More of it. */
    std::string extension{};
};
inline void to_json(nlohmann::json &json, const custom_body &it) {
    json = nlohmann::json::object();
    detail::put(json, "data", it.data);
    detail::put(json, "description", it.description);
    detail::put(json, "extension", it.extension);
}
inline void from_json(const nlohmann::json &json, custom_body &it) {
    detail::take(json, "data", it.data);
    detail::take(json, "description", it.description);
    detail::take(json, "extension", it.extension);
}

/** A sticker of the application's own set. */
struct face_body {
    /** Its number in the application's set. */
    std::int32_t index{};
    /** More about it; may be empty. */
    std::string data{};
};
inline void to_json(nlohmann::json &json, const face_body &it) {
    json = nlohmann::json::object();
    detail::put(json, "index", it.index);
    detail::put(json, "data", it.data);
}
inline void from_json(const nlohmann::json &json, face_body &it) {
    detail::take(json, "index", it.index);
    detail::take(json, "data", it.data);
}

/** Several messages as one. */
struct merger_body {
    /** What is shown above it. */
    std::string title{};
    /** Lines that show what is in it. */
    std::vector<std::string> abstract_list{};
    /** What programs show that do not know mergers. */
    std::string compatible_text{};
    /** The messages; none of a merger that is stored: downloadMergerMessage gives them. */
    std::vector<types::merged_message> message_list{};
    /** Where the messages are stored; empty if they are here, and before the merger is sent. */
    std::string download_key{};
    /** Bytes of what is stored; 0 if the messages are here. */
    std::int64_t download_size{};
    /** How many mergers nest in one that is stored, itself counted; 0 if the messages are here. */
    std::int32_t layers{};
};
inline void to_json(nlohmann::json &json, const merger_body &it) {
    json = nlohmann::json::object();
    detail::put(json, "title", it.title);
    detail::put(json, "abstractList", it.abstract_list);
    detail::put(json, "compatibleText", it.compatible_text);
    detail::put(json, "messageList", it.message_list);
    detail::put(json, "downloadKey", it.download_key);
    detail::put(json, "downloadSize", it.download_size);
    detail::put(json, "layers", it.layers);
}
inline void from_json(const nlohmann::json &json, merger_body &it) {
    detail::take(json, "title", it.title);
    detail::take(json, "abstractList", it.abstract_list);
    detail::take(json, "compatibleText", it.compatible_text);
    detail::take(json, "messageList", it.message_list);
    detail::take(json, "downloadKey", it.download_key);
    detail::take(json, "downloadSize", it.download_size);
    detail::take(json, "layers", it.layers);
}

/** The renditions of an attachment. */
enum class rendition_type {
    original,
    thumb,
    large,
    snapshot,
};
NLOHMANN_JSON_SERIALIZE_ENUM(rendition_type, {
    {rendition_type::original, 0},
    {rendition_type::thumb, 1},
    {rendition_type::large, 2},
    {rendition_type::snapshot, 3},
})

/** A rendition of an attachment: a form in which it can be downloaded. */
struct rendition {
    /** The type of the rendition. */
    types::rendition_type type{};
    /** Size in bytes. */
    std::int64_t size{};
    /** Width in pixels; 0 if it is not a picture. */
    std::int32_t width{};
    /** Height in pixels; 0 if it is not a picture. */
    std::int32_t height{};
    /** Where it is: a path on the server, or a full address. */
    std::string url{};
};
inline void to_json(nlohmann::json &json, const rendition &it) {
    json = nlohmann::json::object();
    detail::put(json, "type", it.type);
    detail::put(json, "size", it.size);
    detail::put(json, "width", it.width);
    detail::put(json, "height", it.height);
    detail::put(json, "url", it.url);
}
inline void from_json(const nlohmann::json &json, rendition &it) {
    detail::take(json, "type", it.type);
    detail::take(json, "size", it.size);
    detail::take(json, "width", it.width);
    detail::take(json, "height", it.height);
    detail::take(json, "url", it.url);
}

/** A picture: its three sizes, in the order original, thumbnail, large. */
struct image_body {
    /** Its ID, a UUID. */
    std::string uuid{};
    /** Its format, with TIM's numbers: 1 JPEG, 2 GIF, 3 PNG, 4 BMP, 5 WebP, 255 unknown. */
    std::int32_t image_format{};
    /** The sizes. */
    std::vector<types::rendition> image_info_array{};
};
inline void to_json(nlohmann::json &json, const image_body &it) {
    json = nlohmann::json::object();
    detail::put(json, "uuid", it.uuid);
    detail::put(json, "imageFormat", it.image_format);
    detail::put(json, "imageInfoArray", it.image_info_array);
}
inline void from_json(const nlohmann::json &json, image_body &it) {
    detail::take(json, "uuid", it.uuid);
    detail::take(json, "imageFormat", it.image_format);
    detail::take(json, "imageInfoArray", it.image_info_array);
}

/** What happens to an application to join. */
enum class join_option {
    free_access,
    need_permission,
    disable_apply,
    other,
};
NLOHMANN_JSON_SERIALIZE_ENUM(join_option, {
    {join_option::other, "other"},
    {join_option::free_access, "FreeAccess"},
    {join_option::need_permission, "NeedPermission"},
    {join_option::disable_apply, "DisableApply"},
})

/** What happens to an invitation by a member. */
enum class invite_option {
    free_access,
    need_permission,
    disable_invite,
    other,
};
NLOHMANN_JSON_SERIALIZE_ENUM(invite_option, {
    {invite_option::other, "other"},
    {invite_option::free_access, "FreeAccess"},
    {invite_option::need_permission, "NeedPermission"},
    {invite_option::disable_invite, "DisableInvite"},
})

/** A field that the app keeps with a group. */
struct custom_field {
    /** Its name. */
    std::string key{};
    /** Its value. */
    std::string value{};
};
inline void to_json(nlohmann::json &json, const custom_field &it) {
    json = nlohmann::json::object();
    detail::put(json, "key", it.key);
    detail::put(json, "value", it.value);
}
inline void from_json(const nlohmann::json &json, custom_field &it) {
    detail::take(json, "key", it.key);
    detail::take(json, "value", it.value);
}

/** What changes of a group's profile. */
struct group_changes {
    /** Its name: 1 to 100 bytes. */
    std::optional<std::string> name{};
    /** Its introduction, at most 400 bytes. */
    std::optional<std::string> introduction{};
    /** Its announcement to the members, at most 400 bytes. */
    std::optional<std::string> notification{};
    /** Address of its picture, up to 500 bytes. */
    std::optional<std::string> avatar{};
    /** What happens to an application to join. */
    std::optional<types::join_option> join_option{};
    /** What happens to an invitation by a member. */
    std::optional<types::invite_option> invite_option{};
    /** Whether only the owner and the admins may send messages. */
    std::optional<bool> mute_all_members{};
    /** Fields of the app's to set, beside which the others stay; an empty value removes a field. */
    std::vector<types::custom_field> group_custom_field{};
};
inline void to_json(nlohmann::json &json, const group_changes &it) {
    json = nlohmann::json::object();
    detail::put(json, "name", it.name);
    detail::put(json, "introduction", it.introduction);
    detail::put(json, "notification", it.notification);
    detail::put(json, "avatar", it.avatar);
    detail::put(json, "joinOption", it.join_option);
    detail::put(json, "inviteOption", it.invite_option);
    detail::put(json, "muteAllMembers", it.mute_all_members);
    detail::put(json, "groupCustomField", it.group_custom_field);
}
inline void from_json(const nlohmann::json &json, group_changes &it) {
    detail::take(json, "name", it.name);
    detail::take(json, "introduction", it.introduction);
    detail::take(json, "notification", it.notification);
    detail::take(json, "avatar", it.avatar);
    detail::take(json, "joinOption", it.join_option);
    detail::take(json, "inviteOption", it.invite_option);
    detail::take(json, "muteAllMembers", it.mute_all_members);
    detail::take(json, "groupCustomField", it.group_custom_field);
}

/** What changed of what a group has about a member. */
struct member_change {
    /** The member. */
    std::string user_id{};
    /** What the member is called now; empty if not otherwise than elsewhere. */
    std::optional<std::string> name_card{};
    /** Until when the member may not send messages, in seconds since 1970; 0 if the member may. */
    std::optional<std::int64_t> mute_until{};
    /** The app's fields that have other values now. */
    std::vector<types::custom_field> member_custom_field{};
};
inline void to_json(nlohmann::json &json, const member_change &it) {
    json = nlohmann::json::object();
    detail::put(json, "userID", it.user_id);
    detail::put(json, "nameCard", it.name_card);
    detail::put(json, "muteUntil", it.mute_until);
    detail::put(json, "memberCustomField", it.member_custom_field);
}
inline void from_json(const nlohmann::json &json, member_change &it) {
    detail::take(json, "userID", it.user_id);
    detail::take(json, "nameCard", it.name_card);
    detail::take(json, "muteUntil", it.mute_until);
    detail::take(json, "memberCustomField", it.member_custom_field);
}

/** A change in a group. */
struct group_tip {
    /** The user who caused it. */
    std::string operator_id{};
    /** The kind of change: 1 users joined, 2 a user left, 3 users were removed, 4 users became admins, 5 admins became members, 6 the group's profile or owner changed, 7 what the group has about members changed. */
    std::int32_t operation_type{};
    /** The users it concerns. */
    std::vector<std::string> user_id_list{};
    /** How many members the group has afterwards. */
    std::int32_t member_count{};
    /** What changed of the group's profile. */
    std::optional<types::group_changes> new_group_profile{};
    /** The new owner, if the owner is another. */
    std::optional<std::string> owner_id{};
    /** Why users were removed; empty if nobody said. */
    std::string reason{};
    /** What changed of members. */
    std::vector<types::member_change> member_list{};
};
inline void to_json(nlohmann::json &json, const group_tip &it) {
    json = nlohmann::json::object();
    detail::put(json, "operatorID", it.operator_id);
    detail::put(json, "operationType", it.operation_type);
    detail::put(json, "userIDList", it.user_id_list);
    detail::put(json, "memberCount", it.member_count);
    detail::put(json, "newGroupProfile", it.new_group_profile);
    detail::put(json, "ownerID", it.owner_id);
    detail::put(json, "reason", it.reason);
    detail::put(json, "memberList", it.member_list);
}
inline void from_json(const nlohmann::json &json, group_tip &it) {
    detail::take(json, "operatorID", it.operator_id);
    detail::take(json, "operationType", it.operation_type);
    detail::take(json, "userIDList", it.user_id_list);
    detail::take(json, "memberCount", it.member_count);
    detail::take(json, "newGroupProfile", it.new_group_profile);
    detail::take(json, "ownerID", it.owner_id);
    detail::take(json, "reason", it.reason);
    detail::take(json, "memberList", it.member_list);
}

/** The kind of a group. */
enum class group_type {
    work,
    public_,
    meeting,
    community,
    av_chat_room,
    other,
};
NLOHMANN_JSON_SERIALIZE_ENUM(group_type, {
    {group_type::other, "other"},
    {group_type::work, "Private"},
    {group_type::public_, "Public"},
    {group_type::meeting, "ChatRoom"},
    {group_type::community, "Community"},
    {group_type::av_chat_room, "AVChatRoom"},
})

/** What a notice tells of its group. */
struct group_profile {
    /** The group. */
    std::string group_id{};
    /** Its name. */
    std::string name{};
    /** Its kind. */
    types::group_type type{};
};
inline void to_json(nlohmann::json &json, const group_profile &it) {
    json = nlohmann::json::object();
    detail::put(json, "groupID", it.group_id);
    detail::put(json, "name", it.name);
    detail::put(json, "type", it.type);
}
inline void from_json(const nlohmann::json &json, group_profile &it) {
    detail::take(json, "groupID", it.group_id);
    detail::take(json, "name", it.name);
    detail::take(json, "type", it.type);
}

/** A notice from the server. */
struct system_notice {
    /** The user who caused it. */
    std::string operator_id{};
    /** The kind of notice: 1 somebody applies or invites, 2 accepted, 3 refused, 4 the user was removed, 5 the group was dismissed, 6 the user created it, 7 the user was added, 8 the user left, 9 the user became an admin, 10 is none any more. */
    std::int32_t operation_type{};
    /** The group it is about. */
    types::group_profile group_profile{};
    /** The text sent with an application or its answer; empty if none. */
    std::string handle_message{};
    /** The users who were invited, in an application for others and the answer to it. */
    std::vector<std::string> user_id_list{};
};
inline void to_json(nlohmann::json &json, const system_notice &it) {
    json = nlohmann::json::object();
    detail::put(json, "operatorID", it.operator_id);
    detail::put(json, "operationType", it.operation_type);
    detail::put(json, "groupProfile", it.group_profile);
    detail::put(json, "handleMessage", it.handle_message);
    detail::put(json, "userIDList", it.user_id_list);
}
inline void from_json(const nlohmann::json &json, system_notice &it) {
    detail::take(json, "operatorID", it.operator_id);
    detail::take(json, "operationType", it.operation_type);
    detail::take(json, "groupProfile", it.group_profile);
    detail::take(json, "handleMessage", it.handle_message);
    detail::take(json, "userIDList", it.user_id_list);
}

/** Revoked. */
struct gone {};

/** Of a type this version does not know: its JSON text, to be shown as "not supported yet". */
struct unknown {
    std::string json{};
};

/** The content of a message. */
struct payload : std::variant<types::text_body, types::image_body, types::audio_body, types::video_body, types::file_body, types::location_body, types::custom_body, types::face_body, types::merger_body, types::group_tip, types::system_notice, types::gone, types::unknown> {
    using variant::variant;
};
inline void to_json(nlohmann::json &json, const payload &it) {
    json = nlohmann::json::object();
    if (auto *own = std::get_if<types::text_body>(&it)) { static_cast<void>(own); json["type"] = "TIMTextElem"; json["payload"] = *own; }
    if (auto *own = std::get_if<types::image_body>(&it)) { static_cast<void>(own); json["type"] = "TIMImageElem"; json["payload"] = *own; }
    if (auto *own = std::get_if<types::audio_body>(&it)) { static_cast<void>(own); json["type"] = "TIMSoundElem"; json["payload"] = *own; }
    if (auto *own = std::get_if<types::video_body>(&it)) { static_cast<void>(own); json["type"] = "TIMVideoFileElem"; json["payload"] = *own; }
    if (auto *own = std::get_if<types::file_body>(&it)) { static_cast<void>(own); json["type"] = "TIMFileElem"; json["payload"] = *own; }
    if (auto *own = std::get_if<types::location_body>(&it)) { static_cast<void>(own); json["type"] = "TIMLocationElem"; json["payload"] = *own; }
    if (auto *own = std::get_if<types::custom_body>(&it)) { static_cast<void>(own); json["type"] = "TIMCustomElem"; json["payload"] = *own; }
    if (auto *own = std::get_if<types::face_body>(&it)) { static_cast<void>(own); json["type"] = "TIMFaceElem"; json["payload"] = *own; }
    if (auto *own = std::get_if<types::merger_body>(&it)) { static_cast<void>(own); json["type"] = "TIMRelayElem"; json["payload"] = *own; }
    if (auto *own = std::get_if<types::group_tip>(&it)) { static_cast<void>(own); json["type"] = "TIMGroupTipElem"; json["payload"] = *own; }
    if (auto *own = std::get_if<types::system_notice>(&it)) { static_cast<void>(own); json["type"] = "TIMGroupSystemNoticeElem"; json["payload"] = *own; }
    if (auto *own = std::get_if<types::gone>(&it)) { static_cast<void>(own); json["type"] = "gone"; }
    if (auto *own = std::get_if<types::unknown>(&it)) { static_cast<void>(own); json["type"] = "unknown"; json["payload"] = own->json; }
}
inline void from_json(const nlohmann::json &json, payload &it) {
    const std::string word = json.at("type");
    if (word == "TIMTextElem") { types::text_body own{}; json.at("payload").get_to(own); it = std::move(own); return; }
    if (word == "TIMImageElem") { types::image_body own{}; json.at("payload").get_to(own); it = std::move(own); return; }
    if (word == "TIMSoundElem") { types::audio_body own{}; json.at("payload").get_to(own); it = std::move(own); return; }
    if (word == "TIMVideoFileElem") { types::video_body own{}; json.at("payload").get_to(own); it = std::move(own); return; }
    if (word == "TIMFileElem") { types::file_body own{}; json.at("payload").get_to(own); it = std::move(own); return; }
    if (word == "TIMLocationElem") { types::location_body own{}; json.at("payload").get_to(own); it = std::move(own); return; }
    if (word == "TIMCustomElem") { types::custom_body own{}; json.at("payload").get_to(own); it = std::move(own); return; }
    if (word == "TIMFaceElem") { types::face_body own{}; json.at("payload").get_to(own); it = std::move(own); return; }
    if (word == "TIMRelayElem") { types::merger_body own{}; json.at("payload").get_to(own); it = std::move(own); return; }
    if (word == "TIMGroupTipElem") { types::group_tip own{}; json.at("payload").get_to(own); it = std::move(own); return; }
    if (word == "TIMGroupSystemNoticeElem") { types::system_notice own{}; json.at("payload").get_to(own); it = std::move(own); return; }
    if (word == "gone") { types::gone own{}; it = std::move(own); return; }
    if (word == "unknown") { types::unknown own{}; json.at("payload").get_to(own.json); it = std::move(own); return; }
    it = types::unknown{json.dump()};
}

/** A message as it is in a merger. */
struct merged_message {
    /** The message's ID. */
    std::string id{};
    /** The sender's user ID. */
    std::string from{};
    /** The sender's nick when it was sent; empty if none. */
    std::string nick{};
    /** The sender's avatar address when it was sent; empty if none. */
    std::string avatar{};
    /** When it was sent. */
    std::int64_t time{};
    /** Its custom data; empty if none. */
    std::string cloud_custom_data{};
    /** What it says: the first element. */
    types::payload payload{};
    /** The elements that are appended to it. */
    std::vector<types::payload> elements{};
};
inline void to_json(nlohmann::json &json, const merged_message &it) {
    json = nlohmann::json::object();
    detail::put(json, "ID", it.id);
    detail::put(json, "from", it.from);
    detail::put(json, "nick", it.nick);
    detail::put(json, "avatar", it.avatar);
    detail::put(json, "time", it.time);
    detail::put(json, "cloudCustomData", it.cloud_custom_data);
    json.update(nlohmann::json(it.payload));
    detail::put(json, "elements", it.elements);
}
inline void from_json(const nlohmann::json &json, merged_message &it) {
    detail::take(json, "ID", it.id);
    detail::take(json, "from", it.from);
    detail::take(json, "nick", it.nick);
    detail::take(json, "avatar", it.avatar);
    detail::take(json, "time", it.time);
    detail::take(json, "cloudCustomData", it.cloud_custom_data);
    json.get_to(it.payload);
    detail::take(json, "elements", it.elements);
}

/** Which messages of a conversation this user wants to be told of. */
enum class message_remind_type {
    accept_and_notify,
    accept_not_notify,
    discard,
    accept_not_notify_except_at,
    not_receive_msg_except_at,
    other,
};
NLOHMANN_JSON_SERIALIZE_ENUM(message_remind_type, {
    {message_remind_type::other, "other"},
    {message_remind_type::accept_and_notify, "AcceptAndNotify"},
    {message_remind_type::accept_not_notify, "AcceptNotNotify"},
    {message_remind_type::discard, "Discard"},
    {message_remind_type::accept_not_notify_except_at, "AcceptNotNotifyExceptAt"},
    {message_remind_type::not_receive_msg_except_at, "NotReceiveMsgExceptAt"},
})

/** Whose conversation it is. */
enum class conversation_type {
    c2c,
    group,
    system,
};
NLOHMANN_JSON_SERIALIZE_ENUM(conversation_type, {
    {conversation_type::c2c, "C2C"},
    {conversation_type::group, "GROUP"},
    {conversation_type::system, "@TIM#SYSTEM"},
})

/** Which conversations of the list are wanted: those for which all of this holds. */
struct conversation_filter {
    /** They are among these; empty for any. */
    std::vector<std::string> conversation_id_list{};
    /** They are of this type. */
    std::optional<types::conversation_type> type{};
    /** They have this mark. */
    std::optional<std::int64_t> mark_type{};
    /** Something in them is unread. */
    bool has_unread_count{};
    /** An unread message in them mentions this user. */
    bool has_group_at_info{};
};
inline void to_json(nlohmann::json &json, const conversation_filter &it) {
    json = nlohmann::json::object();
    detail::put(json, "conversationIDList", it.conversation_id_list);
    detail::put(json, "type", it.type);
    detail::put(json, "markType", it.mark_type);
    detail::put(json, "hasUnreadCount", it.has_unread_count);
    detail::put(json, "hasGroupAtInfo", it.has_group_at_info);
}
inline void from_json(const nlohmann::json &json, conversation_filter &it) {
    detail::take(json, "conversationIDList", it.conversation_id_list);
    detail::take(json, "type", it.type);
    detail::take(json, "markType", it.mark_type);
    detail::take(json, "hasUnreadCount", it.has_unread_count);
    detail::take(json, "hasGroupAtInfo", it.has_group_at_info);
}

/** The conversations that a call marks as read. */
enum class read_all_type {
    c2c,
    group,
    all,
};
NLOHMANN_JSON_SERIALIZE_ENUM(read_all_type, {
    {read_all_type::c2c, "readAllC2CMessage"},
    {read_all_type::group, "readAllGroupMessage"},
    {read_all_type::all, "readAllMessage"},
})

/** The direction of a message. */
enum class message_flow {
    in,
    out,
};
NLOHMANN_JSON_SERIALIZE_ENUM(message_flow, {
    {message_flow::in, "in"},
    {message_flow::out, "out"},
})

/** The send status of a message. */
enum class send_status {
    un_send,
    success,
    fail,
    local_imported,
};
NLOHMANN_JSON_SERIALIZE_ENUM(send_status, {
    {send_status::un_send, "unSend"},
    {send_status::success, "success"},
    {send_status::fail, "fail"},
    {send_status::local_imported, "localImported"},
})

/** A message's urgency in a group. */
enum class priority {
    high,
    normal,
    low,
    lowest,
    other,
};
NLOHMANN_JSON_SERIALIZE_ENUM(priority, {
    {priority::other, "other"},
    {priority::high, "High"},
    {priority::normal, "Normal"},
    {priority::low, "Low"},
    {priority::lowest, "Lowest"},
})

/** A user who reacted to a message. */
struct reaction_user {
    /** The user. */
    std::string user_id{};
    /** The user's nick; empty if none. */
    std::string nick{};
    /** The address of the user's avatar; empty if none. */
    std::string avatar{};
};
inline void to_json(nlohmann::json &json, const reaction_user &it) {
    json = nlohmann::json::object();
    detail::put(json, "userID", it.user_id);
    detail::put(json, "nick", it.nick);
    detail::put(json, "avatar", it.avatar);
}
inline void from_json(const nlohmann::json &json, reaction_user &it) {
    detail::take(json, "userID", it.user_id);
    detail::take(json, "nick", it.nick);
    detail::take(json, "avatar", it.avatar);
}

/** A reaction of a message. */
struct message_reaction {
    /** Its ID, such as an emoji; its meaning is the application's. */
    std::string reaction_id{};
    /** How many users gave it. */
    std::int32_t total_user_count{};
    /** This user is one of them. */
    bool reacted_by_myself{};
    /** The first of them, in the order in which they reacted; only from getMessageReactions. */
    std::vector<types::reaction_user> partial_user_list{};
};
inline void to_json(nlohmann::json &json, const message_reaction &it) {
    json = nlohmann::json::object();
    detail::put(json, "reactionID", it.reaction_id);
    detail::put(json, "totalUserCount", it.total_user_count);
    detail::put(json, "reactedByMyself", it.reacted_by_myself);
    detail::put(json, "partialUserList", it.partial_user_list);
}
inline void from_json(const nlohmann::json &json, message_reaction &it) {
    detail::take(json, "reactionID", it.reaction_id);
    detail::take(json, "totalUserCount", it.total_user_count);
    detail::take(json, "reactedByMyself", it.reacted_by_myself);
    detail::take(json, "partialUserList", it.partial_user_list);
}

/** How many of those to whom a message was sent confirmed that they read it. */
struct read_receipt_info {
    /** They did. */
    std::int32_t read_count{};
    /** They did not, of those who were in the group when it was sent. */
    std::int32_t unread_count{};
    /** The other side of a C2C conversation did. */
    bool is_peer_read{};
};
inline void to_json(nlohmann::json &json, const read_receipt_info &it) {
    json = nlohmann::json::object();
    detail::put(json, "readCount", it.read_count);
    detail::put(json, "unreadCount", it.unread_count);
    detail::put(json, "isPeerRead", it.is_peer_read);
}
inline void from_json(const nlohmann::json &json, read_receipt_info &it) {
    detail::take(json, "readCount", it.read_count);
    detail::take(json, "unreadCount", it.unread_count);
    detail::take(json, "isPeerRead", it.is_peer_read);
}

/** A message of a conversation. */
struct message {
    /** Its identity: final from creation on, the same for every receiver. */
    std::string id{};
    /** The conversation, as this user names it: C2C and a user, GROUP and a group, or @TIM#SYSTEM. */
    std::string conversation_id{};
    /** Whose conversation that is. */
    types::conversation_type conversation_type{};
    /** The sender's user ID. */
    std::string from{};
    /** The receiver: a user, or the group in a group. */
    std::string to{};
    /** Whether it was received or sent. */
    types::message_flow flow{};
    /** Its sequence in the conversation: 1, 2, 3 ...; 0 until it is sent. */
    std::int64_t sequence{};
    /** When the server accepted it. */
    std::int64_t time{};
    /** When it was created, by the sender's clock. */
    std::int64_t client_time{};
    /** Its send status. */
    types::send_status status{};
    /** Why it was refused: the error's number, with status Fail only. */
    std::optional<std::int32_t> error_code{};
    /** Its urgency in a group. */
    types::priority priority{};
    /** The sender's nick at that time; empty if none. */
    std::string nick{};
    /** The sender's avatar address at that time; empty if none. */
    std::string avatar{};
    /** The message was revoked. */
    bool is_revoked{};
    /** The user who revoked it. */
    std::optional<std::string> revoker{};
    /** The reason that this user gave; empty if none. */
    std::string revoke_reason{};
    /** Its sender modified it. */
    bool is_modified{};
    /** How many times its sender modified it. */
    std::int64_t version{};
    /** It is pinned in its group. */
    bool is_pinned{};
    /** The user who pinned it last, or removed the pin. */
    std::optional<std::string> pin_operator{};
    /** Its reactions, in the order of their first use. */
    std::vector<types::message_reaction> reaction_list{};
    /** Its sender wants to know who read it. */
    bool need_read_receipt{};
    /** How many read it, as far as this device knows; only of this user's own messages that ask for it. */
    std::optional<types::read_receipt_info> read_receipt_info{};
    /** This user has read it. */
    bool is_read{};
    /** The other side of a C2C conversation has read it. */
    bool is_peer_read{};
    /** Does not count as unread. */
    bool is_excluded_from_unread_count{};
    /** Changes neither the conversation's last message nor its position in the list. */
    bool is_excluded_from_last_message{};
    /** It was sent to those who were connected, and nothing stores it: no list shows it, and it cannot be changed. */
    bool is_online_only{};
    /** A text for the application's own use; empty if none, and of a revoked message. */
    std::string cloud_custom_data{};
    /** The users that it mentions, and __kImSDK_MesssageAtALL__ for everybody; only in groups. */
    std::vector<std::string> at_user_list{};
    /** The only members of the group who see it besides its sender; empty if all do. */
    std::vector<std::string> receiver_list{};
    /** The file on this device. */
    std::optional<std::string> local_path{};
    /** The snapshot of a video on this device, as localPath. */
    std::optional<std::string> local_snapshot_path{};
    /** A text that the app keeps beside it on this device: setLocalCustomData. */
    std::string local_custom_data{};
    /** A number that the app keeps beside it, as localCustomData: setLocalCustomInt. */
    std::int64_t local_custom_int{};
    /** The contents: the first element. */
    types::payload payload{};
    /** The elements that are appended to it: texts, custom elements, faces and places, and what a later version appends. */
    std::vector<types::payload> elements{};
    /** The sender's name card in the group at that time; empty if none. */
    std::string name_card{};
};
inline void to_json(nlohmann::json &json, const message &it) {
    json = nlohmann::json::object();
    detail::put(json, "ID", it.id);
    detail::put(json, "conversationID", it.conversation_id);
    detail::put(json, "conversationType", it.conversation_type);
    detail::put(json, "from", it.from);
    detail::put(json, "to", it.to);
    detail::put(json, "flow", it.flow);
    detail::put(json, "sequence", it.sequence);
    detail::put(json, "time", it.time);
    detail::put(json, "clientTime", it.client_time);
    detail::put(json, "status", it.status);
    detail::put(json, "errorCode", it.error_code);
    detail::put(json, "priority", it.priority);
    detail::put(json, "nick", it.nick);
    detail::put(json, "avatar", it.avatar);
    detail::put(json, "isRevoked", it.is_revoked);
    detail::put(json, "revoker", it.revoker);
    detail::put(json, "revokeReason", it.revoke_reason);
    detail::put(json, "isModified", it.is_modified);
    detail::put(json, "version", it.version);
    detail::put(json, "isPinned", it.is_pinned);
    detail::put(json, "pinOperator", it.pin_operator);
    detail::put(json, "reactionList", it.reaction_list);
    detail::put(json, "needReadReceipt", it.need_read_receipt);
    detail::put(json, "readReceiptInfo", it.read_receipt_info);
    detail::put(json, "isRead", it.is_read);
    detail::put(json, "isPeerRead", it.is_peer_read);
    detail::put(json, "isExcludedFromUnreadCount", it.is_excluded_from_unread_count);
    detail::put(json, "isExcludedFromLastMessage", it.is_excluded_from_last_message);
    detail::put(json, "isOnlineOnly", it.is_online_only);
    detail::put(json, "cloudCustomData", it.cloud_custom_data);
    detail::put(json, "atUserList", it.at_user_list);
    detail::put(json, "receiverList", it.receiver_list);
    detail::put(json, "localPath", it.local_path);
    detail::put(json, "localSnapshotPath", it.local_snapshot_path);
    detail::put(json, "localCustomData", it.local_custom_data);
    detail::put(json, "localCustomInt", it.local_custom_int);
    json.update(nlohmann::json(it.payload));
    detail::put(json, "elements", it.elements);
    detail::put(json, "nameCard", it.name_card);
}
inline void from_json(const nlohmann::json &json, message &it) {
    detail::take(json, "ID", it.id);
    detail::take(json, "conversationID", it.conversation_id);
    detail::take(json, "conversationType", it.conversation_type);
    detail::take(json, "from", it.from);
    detail::take(json, "to", it.to);
    detail::take(json, "flow", it.flow);
    detail::take(json, "sequence", it.sequence);
    detail::take(json, "time", it.time);
    detail::take(json, "clientTime", it.client_time);
    detail::take(json, "status", it.status);
    detail::take(json, "errorCode", it.error_code);
    detail::take(json, "priority", it.priority);
    detail::take(json, "nick", it.nick);
    detail::take(json, "avatar", it.avatar);
    detail::take(json, "isRevoked", it.is_revoked);
    detail::take(json, "revoker", it.revoker);
    detail::take(json, "revokeReason", it.revoke_reason);
    detail::take(json, "isModified", it.is_modified);
    detail::take(json, "version", it.version);
    detail::take(json, "isPinned", it.is_pinned);
    detail::take(json, "pinOperator", it.pin_operator);
    detail::take(json, "reactionList", it.reaction_list);
    detail::take(json, "needReadReceipt", it.need_read_receipt);
    detail::take(json, "readReceiptInfo", it.read_receipt_info);
    detail::take(json, "isRead", it.is_read);
    detail::take(json, "isPeerRead", it.is_peer_read);
    detail::take(json, "isExcludedFromUnreadCount", it.is_excluded_from_unread_count);
    detail::take(json, "isExcludedFromLastMessage", it.is_excluded_from_last_message);
    detail::take(json, "isOnlineOnly", it.is_online_only);
    detail::take(json, "cloudCustomData", it.cloud_custom_data);
    detail::take(json, "atUserList", it.at_user_list);
    detail::take(json, "receiverList", it.receiver_list);
    detail::take(json, "localPath", it.local_path);
    detail::take(json, "localSnapshotPath", it.local_snapshot_path);
    detail::take(json, "localCustomData", it.local_custom_data);
    detail::take(json, "localCustomInt", it.local_custom_int);
    json.get_to(it.payload);
    detail::take(json, "elements", it.elements);
    detail::take(json, "nameCard", it.name_card);
}

/** An unread message that mentions this user. */
struct group_at_info {
    /** Its sequence. */
    std::int64_t message_sequence{};
    /** Who wrote it. */
    std::string from{};
    /** Whom it mentions: 1 this user, 2 everybody, 3 both. */
    std::int32_t at_type{};
};
inline void to_json(nlohmann::json &json, const group_at_info &it) {
    json = nlohmann::json::object();
    detail::put(json, "messageSequence", it.message_sequence);
    detail::put(json, "from", it.from);
    detail::put(json, "atType", it.at_type);
}
inline void from_json(const nlohmann::json &json, group_at_info &it) {
    detail::take(json, "messageSequence", it.message_sequence);
    detail::take(json, "from", it.from);
    detail::take(json, "atType", it.at_type);
}

/** One conversation of this user's list. */
struct conversation {
    /** The conversation, as this user names it. */
    std::string conversation_id{};
    /** Whose conversation it is. */
    types::conversation_type type{};
    /** What to call it: the other user's nick or the group's name, and if there is none the userID or groupID. */
    std::string show_name{};
    /** The address of the other user's avatar, or of the group's; empty if none. */
    std::string avatar{};
    /** The group's type, for groups. */
    std::optional<types::group_type> sub_type{};
    /** How many messages of others this user has not read. */
    std::int64_t unread_count{};
    /** The newest message, sent or waiting to be, that is not excluded from being this. */
    std::optional<types::message> last_message{};
    /** The last message in one line of at most 100 characters, with what is not text named in English, such as [Image]; empty if there is none. */
    std::string message_for_show{};
    /** How far this user has read, as a sequence. */
    std::int64_t read_sequence{};
    /** How far the other side of a C2C conversation has read, as a sequence. */
    std::int64_t peer_read_sequence{};
    /** The newest unread messages that mention this user in a group, oldest first; at most 20. */
    std::vector<types::group_at_info> group_at_info_list{};
    /** The time of the last activity. */
    std::int64_t last_time{};
    /** Its place in the list: the greater, the higher, and of equal ones the lesser conversation ID. */
    std::int64_t order_key{};
    /** The conversation is at the top of the list. */
    bool is_pinned{};
    /** Which messages this user wants to be told of. */
    types::message_remind_type message_remind_type{};
    /** The marks: 1 STAR, 2 UNREAD, 4 FOLD, 8 HIDE, and the app's own from 2^32 on. */
    std::vector<std::int64_t> mark_list{};
    /** The app's own data; empty if none. */
    std::string custom_data{};
    /** What the user has begun to write on this device; empty if nothing. */
    std::string draft_text{};
};
inline void to_json(nlohmann::json &json, const conversation &it) {
    json = nlohmann::json::object();
    detail::put(json, "conversationID", it.conversation_id);
    detail::put(json, "type", it.type);
    detail::put(json, "showName", it.show_name);
    detail::put(json, "avatar", it.avatar);
    detail::put(json, "subType", it.sub_type);
    detail::put(json, "unreadCount", it.unread_count);
    detail::put(json, "lastMessage", it.last_message);
    detail::put(json, "messageForShow", it.message_for_show);
    detail::put(json, "readSequence", it.read_sequence);
    detail::put(json, "peerReadSequence", it.peer_read_sequence);
    detail::put(json, "groupAtInfoList", it.group_at_info_list);
    detail::put(json, "lastTime", it.last_time);
    detail::put(json, "orderKey", it.order_key);
    detail::put(json, "isPinned", it.is_pinned);
    detail::put(json, "messageRemindType", it.message_remind_type);
    detail::put(json, "markList", it.mark_list);
    detail::put(json, "customData", it.custom_data);
    detail::put(json, "draftText", it.draft_text);
}
inline void from_json(const nlohmann::json &json, conversation &it) {
    detail::take(json, "conversationID", it.conversation_id);
    detail::take(json, "type", it.type);
    detail::take(json, "showName", it.show_name);
    detail::take(json, "avatar", it.avatar);
    detail::take(json, "subType", it.sub_type);
    detail::take(json, "unreadCount", it.unread_count);
    detail::take(json, "lastMessage", it.last_message);
    detail::take(json, "messageForShow", it.message_for_show);
    detail::take(json, "readSequence", it.read_sequence);
    detail::take(json, "peerReadSequence", it.peer_read_sequence);
    detail::take(json, "groupAtInfoList", it.group_at_info_list);
    detail::take(json, "lastTime", it.last_time);
    detail::take(json, "orderKey", it.order_key);
    detail::take(json, "isPinned", it.is_pinned);
    detail::take(json, "messageRemindType", it.message_remind_type);
    detail::take(json, "markList", it.mark_list);
    detail::take(json, "customData", it.custom_data);
    detail::take(json, "draftText", it.draft_text);
}

/** A conversation for which a call failed. */
struct conversation_failure {
    /** The conversation. */
    std::string conversation_id{};
    /** The number of the error. */
    std::int32_t code{};
    /** The error's text, in one line: what the caller can do. */
    std::string message{};
};
inline void to_json(nlohmann::json &json, const conversation_failure &it) {
    json = nlohmann::json::object();
    detail::put(json, "conversationID", it.conversation_id);
    detail::put(json, "code", it.code);
    detail::put(json, "message", it.message);
}
inline void from_json(const nlohmann::json &json, conversation_failure &it) {
    detail::take(json, "conversationID", it.conversation_id);
    detail::take(json, "code", it.code);
    detail::take(json, "message", it.message);
}

/** The result of a call about several conversations. */
struct conversation_results {
    /** The conversations for which it succeeded. */
    std::vector<std::string> success_conversation_id_list{};
    /** The conversations for which it failed. */
    std::vector<types::conversation_failure> failure_conversation_id_list{};
};
inline void to_json(nlohmann::json &json, const conversation_results &it) {
    json = nlohmann::json::object();
    detail::put(json, "successConversationIDList", it.success_conversation_id_list);
    detail::put(json, "failureConversationIDList", it.failure_conversation_id_list);
}
inline void from_json(const nlohmann::json &json, conversation_results &it) {
    detail::take(json, "successConversationIDList", it.success_conversation_id_list);
    detail::take(json, "failureConversationIDList", it.failure_conversation_id_list);
}

/** In whose list somebody becomes a friend. */
enum class add_type {
    single,
    both,
    other,
};
NLOHMANN_JSON_SERIALIZE_ENUM(add_type, {
    {add_type::other, "other"},
    {add_type::single, "Add_Type_Single"},
    {add_type::both, "Add_Type_Both"},
})

/** From whose list a friend is deleted. */
enum class delete_type {
    single,
    both,
    other,
};
NLOHMANN_JSON_SERIALIZE_ENUM(delete_type, {
    {delete_type::other, "other"},
    {delete_type::single, "Delete_Type_Single"},
    {delete_type::both, "Delete_Type_Both"},
})

/** Whose lists a check looks into. */
enum class check_type {
    single,
    both,
    other,
};
NLOHMANN_JSON_SERIALIZE_ENUM(check_type, {
    {check_type::other, "other"},
    {check_type::single, "CheckResult_Type_Single"},
    {check_type::both, "CheckResult_Type_Both"},
})

/** Which of two users, A who asks and B, has the other as a friend. */
enum class relation {
    no_relation,
    a_with_b,
    b_with_a,
    both_way,
    other,
};
NLOHMANN_JSON_SERIALIZE_ENUM(relation, {
    {relation::other, "other"},
    {relation::no_relation, "CheckResult_Type_NoRelation"},
    {relation::a_with_b, "CheckResult_Type_AWithB"},
    {relation::b_with_a, "CheckResult_Type_BWithA"},
    {relation::both_way, "CheckResult_Type_BothWay"},
})

/** Who applied. */
enum class application_type {
    come_in,
    send_out,
    other,
};
NLOHMANN_JSON_SERIALIZE_ENUM(application_type, {
    {application_type::other, "other"},
    {application_type::come_in, "Pendency_Type_ComeIn"},
    {application_type::send_out, "Pendency_Type_SendOut"},
})

/** How an application is accepted. */
enum class response_action {
    agree,
    agree_and_add,
    other,
};
NLOHMANN_JSON_SERIALIZE_ENUM(response_action, {
    {response_action::other, "other"},
    {response_action::agree, "Response_Action_Agree"},
    {response_action::agree_and_add, "Response_Action_AgreeAndAdd"},
})

/** Gender, as a profile tells it. */
enum class gender {
    unknown,
    female,
    male,
    other,
};
NLOHMANN_JSON_SERIALIZE_ENUM(gender, {
    {gender::other, "other"},
    {gender::unknown, "Gender_Type_Unknown"},
    {gender::female, "Gender_Type_Female"},
    {gender::male, "Gender_Type_Male"},
})

/** Who becomes a user's friend on asking. */
enum class allow_type {
    allow_any,
    need_confirm,
    deny_any,
    other,
};
NLOHMANN_JSON_SERIALIZE_ENUM(allow_type, {
    {allow_type::other, "other"},
    {allow_type::allow_any, "AllowType_Type_AllowAny"},
    {allow_type::need_confirm, "AllowType_Type_NeedConfirm"},
    {allow_type::deny_any, "AllowType_Type_DenyAny"},
})

/** A user's profile. */
struct profile {
    /** The user. */
    std::string user_id{};
    /** Display name; empty if none. */
    std::string nick{};
    /** Address of a picture; empty if none. */
    std::string avatar{};
    /** Gender. */
    types::gender gender{};
    /** A line about oneself; empty if none. */
    std::string self_signature{};
    /** Day of birth as a number, year first: 20000419; 0 if it is not told. */
    std::int32_t birthday{};
    /** A place; empty if none. */
    std::string location{};
    /** Who becomes this user's friend on asking. */
    types::allow_type allow_type{};
    /** A language, by a number of the app's; 0 if none. */
    std::int32_t language{};
    /** A level, by a number of the app's; 0 if none. */
    std::int32_t level{};
    /** A role, by a number of the app's; 0 if none. */
    std::int32_t role{};
    /** Fields of the app's. */
    std::vector<types::custom_field> profile_custom_field{};
    /** When it last changed; 0 if never. */
    std::int64_t last_updated_time{};
};
inline void to_json(nlohmann::json &json, const profile &it) {
    json = nlohmann::json::object();
    detail::put(json, "userID", it.user_id);
    detail::put(json, "nick", it.nick);
    detail::put(json, "avatar", it.avatar);
    detail::put(json, "gender", it.gender);
    detail::put(json, "selfSignature", it.self_signature);
    detail::put(json, "birthday", it.birthday);
    detail::put(json, "location", it.location);
    detail::put(json, "allowType", it.allow_type);
    detail::put(json, "language", it.language);
    detail::put(json, "level", it.level);
    detail::put(json, "role", it.role);
    detail::put(json, "profileCustomField", it.profile_custom_field);
    detail::put(json, "lastUpdatedTime", it.last_updated_time);
}
inline void from_json(const nlohmann::json &json, profile &it) {
    detail::take(json, "userID", it.user_id);
    detail::take(json, "nick", it.nick);
    detail::take(json, "avatar", it.avatar);
    detail::take(json, "gender", it.gender);
    detail::take(json, "selfSignature", it.self_signature);
    detail::take(json, "birthday", it.birthday);
    detail::take(json, "location", it.location);
    detail::take(json, "allowType", it.allow_type);
    detail::take(json, "language", it.language);
    detail::take(json, "level", it.level);
    detail::take(json, "role", it.role);
    detail::take(json, "profileCustomField", it.profile_custom_field);
    detail::take(json, "lastUpdatedTime", it.last_updated_time);
}

/** A friend. */
struct friend_ {
    /** The friend. */
    std::string user_id{};
    /** What this user calls the friend; empty if nothing. */
    std::string remark{};
    /** The names of the friend groups that the friend is in. */
    std::vector<std::string> group_list{};
    /** How the friendship came about: AddSource_Type_ and up to 8 letters. */
    std::string source{};
    /** What was said with it. */
    std::string wording{};
    /** Since when. */
    std::int64_t time_stamp{};
    /** The friend's profile, as this device was last told. */
    types::profile profile{};
    /** Fields of the app's. */
    std::vector<types::custom_field> friend_custom_field{};
};
inline void to_json(nlohmann::json &json, const friend_ &it) {
    json = nlohmann::json::object();
    detail::put(json, "userID", it.user_id);
    detail::put(json, "remark", it.remark);
    detail::put(json, "groupList", it.group_list);
    detail::put(json, "source", it.source);
    detail::put(json, "wording", it.wording);
    detail::put(json, "timeStamp", it.time_stamp);
    detail::put(json, "profile", it.profile);
    detail::put(json, "friendCustomField", it.friend_custom_field);
}
inline void from_json(const nlohmann::json &json, friend_ &it) {
    detail::take(json, "userID", it.user_id);
    detail::take(json, "remark", it.remark);
    detail::take(json, "groupList", it.group_list);
    detail::take(json, "source", it.source);
    detail::take(json, "wording", it.wording);
    detail::take(json, "timeStamp", it.time_stamp);
    detail::take(json, "profile", it.profile);
    detail::take(json, "friendCustomField", it.friend_custom_field);
}

/** A friend to add. */
struct new_friend {
    /** The user. */
    std::string to{};
    /** How it came about: AddSource_Type_ and 1 to 8 letters. */
    std::string source{};
    /** What is said with it, up to 256 bytes. */
    std::string wording{};
    /** In whose list; in both if absent. */
    std::optional<types::add_type> type{};
    /** What this user calls the friend, up to 96 bytes. */
    std::string remark{};
    /** A friend group that the friend is in. */
    std::optional<std::string> group_name{};
};
inline void to_json(nlohmann::json &json, const new_friend &it) {
    json = nlohmann::json::object();
    detail::put(json, "to", it.to);
    detail::put(json, "source", it.source);
    detail::put(json, "wording", it.wording);
    detail::put(json, "type", it.type);
    detail::put(json, "remark", it.remark);
    detail::put(json, "groupName", it.group_name);
}
inline void from_json(const nlohmann::json &json, new_friend &it) {
    detail::take(json, "to", it.to);
    detail::take(json, "source", it.source);
    detail::take(json, "wording", it.wording);
    detail::take(json, "type", it.type);
    detail::take(json, "remark", it.remark);
    detail::take(json, "groupName", it.group_name);
}

/** What became of one user. */
struct friend_result {
    /** The user. */
    std::string user_id{};
    /** 0 if it was done. */
    std::int32_t code{};
};
inline void to_json(nlohmann::json &json, const friend_result &it) {
    json = nlohmann::json::object();
    detail::put(json, "userID", it.user_id);
    detail::put(json, "code", it.code);
}
inline void from_json(const nlohmann::json &json, friend_result &it) {
    detail::take(json, "userID", it.user_id);
    detail::take(json, "code", it.code);
}

/** Who of this user and another one has whom as a friend. */
struct checked_friend {
    /** The other user. */
    std::string user_id{};
    /** Who has whom. */
    types::relation relation{};
    /** 0, or 30003 if there is no such user. */
    std::int32_t code{};
};
inline void to_json(nlohmann::json &json, const checked_friend &it) {
    json = nlohmann::json::object();
    detail::put(json, "userID", it.user_id);
    detail::put(json, "relation", it.relation);
    detail::put(json, "code", it.code);
}
inline void from_json(const nlohmann::json &json, checked_friend &it) {
    detail::take(json, "userID", it.user_id);
    detail::take(json, "relation", it.relation);
    detail::take(json, "code", it.code);
}

/** An application to become a friend. */
struct friend_application {
    /** The other user. */
    std::string user_id{};
    /** The other user's nick when this was told. */
    std::string nick{};
    /** The other user's avatar when this was told. */
    std::string avatar{};
    /** Who applied. */
    types::application_type type{};
    /** How it came about. */
    std::string source{};
    /** What the applicant says. */
    std::string wording{};
    /** When it was made. */
    std::int64_t time{};
};
inline void to_json(nlohmann::json &json, const friend_application &it) {
    json = nlohmann::json::object();
    detail::put(json, "userID", it.user_id);
    detail::put(json, "nick", it.nick);
    detail::put(json, "avatar", it.avatar);
    detail::put(json, "type", it.type);
    detail::put(json, "source", it.source);
    detail::put(json, "wording", it.wording);
    detail::put(json, "time", it.time);
}
inline void from_json(const nlohmann::json &json, friend_application &it) {
    detail::take(json, "userID", it.user_id);
    detail::take(json, "nick", it.nick);
    detail::take(json, "avatar", it.avatar);
    detail::take(json, "type", it.type);
    detail::take(json, "source", it.source);
    detail::take(json, "wording", it.wording);
    detail::take(json, "time", it.time);
}

/** The applications that wait. */
struct friend_applications {
    /** Received and sent ones, the newest first. */
    std::vector<types::friend_application> friend_application_list{};
    /** How many received ones are unread. */
    std::int32_t unread_count{};
};
inline void to_json(nlohmann::json &json, const friend_applications &it) {
    json = nlohmann::json::object();
    detail::put(json, "friendApplicationList", it.friend_application_list);
    detail::put(json, "unreadCount", it.unread_count);
}
inline void from_json(const nlohmann::json &json, friend_applications &it) {
    detail::take(json, "friendApplicationList", it.friend_application_list);
    detail::take(json, "unreadCount", it.unread_count);
}

/** A group of friends. */
struct friend_group {
    /** The name. */
    std::string name{};
    /** How many friends are in it. */
    std::int32_t count{};
    /** The friends in it. */
    std::vector<std::string> user_id_list{};
};
inline void to_json(nlohmann::json &json, const friend_group &it) {
    json = nlohmann::json::object();
    detail::put(json, "name", it.name);
    detail::put(json, "count", it.count);
    detail::put(json, "userIDList", it.user_id_list);
}
inline void from_json(const nlohmann::json &json, friend_group &it) {
    detail::take(json, "name", it.name);
    detail::take(json, "count", it.count);
    detail::take(json, "userIDList", it.user_id_list);
}

/** The result of an attempt to join. */
enum class join_status {
    joined_success,
    already_in_group,
    wait_admin_approval,
    other,
};
NLOHMANN_JSON_SERIALIZE_ENUM(join_status, {
    {join_status::other, "other"},
    {join_status::joined_success, "JoinedSuccess"},
    {join_status::already_in_group, "AlreadyInGroup"},
    {join_status::wait_admin_approval, "WaitAdminApproval"},
})

/** A member's standing. */
enum class role {
    member,
    admin,
    owner,
    other,
};
NLOHMANN_JSON_SERIALIZE_ENUM(role, {
    {role::other, "other"},
    {role::member, "Member"},
    {role::admin, "Admin"},
    {role::owner, "Owner"},
})

/** A user's own membership of a group. */
struct self_info {
    /** This user's role. */
    types::role role{};
    /** When this user joined. */
    std::int64_t join_time{};
    /** What this user is called in the group; empty if not otherwise. */
    std::string name_card{};
    /** Until when this user may not send messages, in seconds since 1970, which may be past; 0 if not muted. */
    std::int64_t mute_until{};
    /** What the app keeps with this user in the group. */
    std::vector<types::custom_field> member_custom_field{};
};
inline void to_json(nlohmann::json &json, const self_info &it) {
    json = nlohmann::json::object();
    detail::put(json, "role", it.role);
    detail::put(json, "joinTime", it.join_time);
    detail::put(json, "nameCard", it.name_card);
    detail::put(json, "muteUntil", it.mute_until);
    detail::put(json, "memberCustomField", it.member_custom_field);
}
inline void from_json(const nlohmann::json &json, self_info &it) {
    detail::take(json, "role", it.role);
    detail::take(json, "joinTime", it.join_time);
    detail::take(json, "nameCard", it.name_card);
    detail::take(json, "muteUntil", it.mute_until);
    detail::take(json, "memberCustomField", it.member_custom_field);
}

/** A group as one of its members sees it. */
struct group {
    /** The group. */
    std::string group_id{};
    /** Its kind. */
    types::group_type type{};
    /** Its name. */
    std::string name{};
    /** The group's introduction; empty if none. */
    std::string introduction{};
    /** The group's announcement to its members; empty if none. */
    std::string notification{};
    /** Address of a picture; empty if none. */
    std::string avatar{};
    /** Its owner; absent when the owner has left. */
    std::optional<std::string> owner_id{};
    /** When it was created. */
    std::int64_t create_time{};
    /** How many members it has. */
    std::int32_t member_count{};
    /** How many it may have. */
    std::int32_t max_member_count{};
    /** What happens to an application to join. */
    types::join_option join_option{};
    /** This user's own membership; absent when the user is not a member. */
    std::optional<types::self_info> self_info{};
    /** What happens to an invitation by a member. */
    types::invite_option invite_option{};
    /** Only the owner and the admins may send messages. */
    bool mute_all_members{};
    /** What the app keeps with the group. */
    std::vector<types::custom_field> group_custom_field{};
    /** How often all of this has changed, beside the members. */
    std::int64_t info_sequence{};
};
inline void to_json(nlohmann::json &json, const group &it) {
    json = nlohmann::json::object();
    detail::put(json, "groupID", it.group_id);
    detail::put(json, "type", it.type);
    detail::put(json, "name", it.name);
    detail::put(json, "introduction", it.introduction);
    detail::put(json, "notification", it.notification);
    detail::put(json, "avatar", it.avatar);
    detail::put(json, "ownerID", it.owner_id);
    detail::put(json, "createTime", it.create_time);
    detail::put(json, "memberCount", it.member_count);
    detail::put(json, "maxMemberCount", it.max_member_count);
    detail::put(json, "joinOption", it.join_option);
    detail::put(json, "selfInfo", it.self_info);
    detail::put(json, "inviteOption", it.invite_option);
    detail::put(json, "muteAllMembers", it.mute_all_members);
    detail::put(json, "groupCustomField", it.group_custom_field);
    detail::put(json, "infoSequence", it.info_sequence);
}
inline void from_json(const nlohmann::json &json, group &it) {
    detail::take(json, "groupID", it.group_id);
    detail::take(json, "type", it.type);
    detail::take(json, "name", it.name);
    detail::take(json, "introduction", it.introduction);
    detail::take(json, "notification", it.notification);
    detail::take(json, "avatar", it.avatar);
    detail::take(json, "ownerID", it.owner_id);
    detail::take(json, "createTime", it.create_time);
    detail::take(json, "memberCount", it.member_count);
    detail::take(json, "maxMemberCount", it.max_member_count);
    detail::take(json, "joinOption", it.join_option);
    detail::take(json, "selfInfo", it.self_info);
    detail::take(json, "inviteOption", it.invite_option);
    detail::take(json, "muteAllMembers", it.mute_all_members);
    detail::take(json, "groupCustomField", it.group_custom_field);
    detail::take(json, "infoSequence", it.info_sequence);
}

/** The parameters of a new group. */
struct new_group {
    /** Its name: 1 to 100 bytes. */
    std::string name{};
    /** Its kind. */
    types::group_type type{};
    /** The group ID; the server generates one if absent. */
    std::optional<std::string> group_id{};
    /** An introduction, at most 400 bytes. */
    std::string introduction{};
    /** An announcement to the members, at most 400 bytes. */
    std::string notification{};
    /** Address of a picture, up to 500 bytes. */
    std::string avatar{};
    /** What happens to an application to join; the group type's default if absent. */
    std::optional<types::join_option> join_option{};
    /** The first members beside the creator, at most 100. */
    std::vector<std::string> member_list{};
    /** What happens to an invitation by a member; the group type's default if absent. */
    std::optional<types::invite_option> invite_option{};
    /** What the app keeps with the group: at most 10 fields, with keys of up to 16 bytes and values of up to 512. */
    std::vector<types::custom_field> group_custom_field{};
};
inline void to_json(nlohmann::json &json, const new_group &it) {
    json = nlohmann::json::object();
    detail::put(json, "name", it.name);
    detail::put(json, "type", it.type);
    detail::put(json, "groupID", it.group_id);
    detail::put(json, "introduction", it.introduction);
    detail::put(json, "notification", it.notification);
    detail::put(json, "avatar", it.avatar);
    detail::put(json, "joinOption", it.join_option);
    detail::put(json, "memberList", it.member_list);
    detail::put(json, "inviteOption", it.invite_option);
    detail::put(json, "groupCustomField", it.group_custom_field);
}
inline void from_json(const nlohmann::json &json, new_group &it) {
    detail::take(json, "name", it.name);
    detail::take(json, "type", it.type);
    detail::take(json, "groupID", it.group_id);
    detail::take(json, "introduction", it.introduction);
    detail::take(json, "notification", it.notification);
    detail::take(json, "avatar", it.avatar);
    detail::take(json, "joinOption", it.join_option);
    detail::take(json, "memberList", it.member_list);
    detail::take(json, "inviteOption", it.invite_option);
    detail::take(json, "groupCustomField", it.group_custom_field);
}

/** The result of joining a group. */
struct join_result {
    /** How it ended. */
    types::join_status status{};
    /** The group, once this user is in it. */
    std::optional<types::group> group{};
};
inline void to_json(nlohmann::json &json, const join_result &it) {
    json = nlohmann::json::object();
    detail::put(json, "status", it.status);
    detail::put(json, "group", it.group);
}
inline void from_json(const nlohmann::json &json, join_result &it) {
    detail::take(json, "status", it.status);
    detail::take(json, "group", it.group);
}

/** Attributes of a group. */
struct group_attributes {
    /** Those that were asked for, or those that changed, of which an empty value says that it was removed. */
    std::vector<types::custom_field> group_attributes{};
    /** The version of the group's attributes: 1 at first, one more with each change. */
    std::int64_t version{};
};
inline void to_json(nlohmann::json &json, const group_attributes &it) {
    json = nlohmann::json::object();
    detail::put(json, "groupAttributes", it.group_attributes);
    detail::put(json, "version", it.version);
}
inline void from_json(const nlohmann::json &json, group_attributes &it) {
    detail::take(json, "groupAttributes", it.group_attributes);
    detail::take(json, "version", it.version);
}

/** Where a page of messages begins, and in which direction it goes on. */
struct message_list_hopping_param {
    /** The conversation. */
    std::string conversation_id{};
    /** The page begins with the message of this sequence. */
    std::optional<std::int64_t> sequence{};
    /** The page begins at this time, with the messages of that second. */
    std::optional<std::int64_t> time{};
    /** 0 towards older messages, 1 towards newer ones. */
    std::int32_t direction{};
    /** Most messages, cut to 1 to 100. */
    std::int32_t count{};
};
inline void to_json(nlohmann::json &json, const message_list_hopping_param &it) {
    json = nlohmann::json::object();
    detail::put(json, "conversationID", it.conversation_id);
    detail::put(json, "sequence", it.sequence);
    detail::put(json, "time", it.time);
    detail::put(json, "direction", it.direction);
    detail::put(json, "count", it.count);
}
inline void from_json(const nlohmann::json &json, message_list_hopping_param &it) {
    detail::take(json, "conversationID", it.conversation_id);
    detail::take(json, "sequence", it.sequence);
    detail::take(json, "time", it.time);
    detail::take(json, "direction", it.direction);
    detail::take(json, "count", it.count);
}

/** A page of a conversation's messages around a place. */
struct message_list_hopping {
    /** The messages, oldest first. */
    std::vector<types::message> message_list{};
    /** There is nothing beyond this page in its direction. */
    bool is_completed{};
    /** The sequence of the next page in the same direction; absent if there is none. */
    std::optional<std::int64_t> next_message_seq{};
};
inline void to_json(nlohmann::json &json, const message_list_hopping &it) {
    json = nlohmann::json::object();
    detail::put(json, "messageList", it.message_list);
    detail::put(json, "isCompleted", it.is_completed);
    detail::put(json, "nextMessageSeq", it.next_message_seq);
}
inline void from_json(const nlohmann::json &json, message_list_hopping &it) {
    detail::take(json, "messageList", it.message_list);
    detail::take(json, "isCompleted", it.is_completed);
    detail::take(json, "nextMessageSeq", it.next_message_seq);
}

/** The answer of a host's uploader: the addresses of the file. */
struct uploaded {
    /** The ID of the file, a UUID. */
    std::string uuid{};
    /** Of a picture all three renditions, in the order original, thumbnail, large; of another file the original. */
    std::vector<types::rendition> renditions{};
};
inline void to_json(nlohmann::json &json, const uploaded &it) {
    json = nlohmann::json::object();
    detail::put(json, "uuid", it.uuid);
    detail::put(json, "renditions", it.renditions);
}
inline void from_json(const nlohmann::json &json, uploaded &it) {
    detail::take(json, "uuid", it.uuid);
    detail::take(json, "renditions", it.renditions);
}

/** A file to be uploaded by the host's uploader. */
struct upload_file {
    /** Its path on this device. */
    std::string path{};
    /** The type of the file, with TIM's numbers: 1 for a picture, 2 for a video, 3 for a recording, 255 for any other file. */
    std::int32_t file_type{};
    /** The name that the sender gave it; of a video video. and its format; empty if it has none. */
    std::string file_name{};
    /** Size in bytes. */
    std::int64_t size{};
};
inline void to_json(nlohmann::json &json, const upload_file &it) {
    json = nlohmann::json::object();
    detail::put(json, "path", it.path);
    detail::put(json, "fileType", it.file_type);
    detail::put(json, "fileName", it.file_name);
    detail::put(json, "size", it.size);
}
inline void from_json(const nlohmann::json &json, upload_file &it) {
    detail::take(json, "path", it.path);
    detail::take(json, "fileType", it.file_type);
    detail::take(json, "fileName", it.file_name);
    detail::take(json, "size", it.size);
}

/** A member of a group. */
struct group_member {
    /** The user. */
    std::string user_id{};
    /** The user's nick; empty if none. */
    std::string nick{};
    /** The address of the user's avatar; empty if none. */
    std::string avatar{};
    /** The member's role. */
    types::role role{};
    /** When the member joined. */
    std::int64_t join_time{};
    /** What the member is called in this group; empty if not otherwise. */
    std::string name_card{};
    /** Until when the member may not send messages, in seconds since 1970, which may be past; 0 if not muted. */
    std::int64_t mute_until{};
    /** What the app keeps with the member. */
    std::vector<types::custom_field> member_custom_field{};
};
inline void to_json(nlohmann::json &json, const group_member &it) {
    json = nlohmann::json::object();
    detail::put(json, "userID", it.user_id);
    detail::put(json, "nick", it.nick);
    detail::put(json, "avatar", it.avatar);
    detail::put(json, "role", it.role);
    detail::put(json, "joinTime", it.join_time);
    detail::put(json, "nameCard", it.name_card);
    detail::put(json, "muteUntil", it.mute_until);
    detail::put(json, "memberCustomField", it.member_custom_field);
}
inline void from_json(const nlohmann::json &json, group_member &it) {
    detail::take(json, "userID", it.user_id);
    detail::take(json, "nick", it.nick);
    detail::take(json, "avatar", it.avatar);
    detail::take(json, "role", it.role);
    detail::take(json, "joinTime", it.join_time);
    detail::take(json, "nameCard", it.name_card);
    detail::take(json, "muteUntil", it.mute_until);
    detail::take(json, "memberCustomField", it.member_custom_field);
}

/** A page of the members of a group. */
struct group_member_list {
    /** The members, in an order that stays. */
    std::vector<types::group_member> member_list{};
    /** What to ask the next page with; absent if this was the last one. */
    std::optional<std::string> next{};
};
inline void to_json(nlohmann::json &json, const group_member_list &it) {
    json = nlohmann::json::object();
    detail::put(json, "memberList", it.member_list);
    detail::put(json, "next", it.next);
}
inline void from_json(const nlohmann::json &json, group_member_list &it) {
    detail::take(json, "memberList", it.member_list);
    detail::take(json, "next", it.next);
}

/** What became of each user who was to be added to a group. */
struct added_members {
    /** Members now. */
    std::vector<std::string> success_user_id_list{};
    /** Members before. */
    std::vector<std::string> existed_user_id_list{};
    /** Waiting for the owner or an admin to decide. */
    std::vector<std::string> pending_user_id_list{};
    /** Not added, because the group is full. */
    std::vector<std::string> over_limit_user_id_list{};
    /** Not added, because there is no such user, or the user was removed and may not come back yet. */
    std::vector<std::string> failure_user_id_list{};
};
inline void to_json(nlohmann::json &json, const added_members &it) {
    json = nlohmann::json::object();
    detail::put(json, "successUserIDList", it.success_user_id_list);
    detail::put(json, "existedUserIDList", it.existed_user_id_list);
    detail::put(json, "pendingUserIDList", it.pending_user_id_list);
    detail::put(json, "overLimitUserIDList", it.over_limit_user_id_list);
    detail::put(json, "failureUserIDList", it.failure_user_id_list);
}
inline void from_json(const nlohmann::json &json, added_members &it) {
    detail::take(json, "successUserIDList", it.success_user_id_list);
    detail::take(json, "existedUserIDList", it.existed_user_id_list);
    detail::take(json, "pendingUserIDList", it.pending_user_id_list);
    detail::take(json, "overLimitUserIDList", it.over_limit_user_id_list);
    detail::take(json, "failureUserIDList", it.failure_user_id_list);
}

/** What a message can be created with besides its content. */
struct create_options {
    /** Its urgency in a group; Normal if absent. */
    std::optional<types::priority> priority{};
    /** A text for the application's own use, which travels and is stored with the message. */
    std::string cloud_custom_data{};
    /** The users that it mentions, and __kImSDK_MesssageAtALL__ for everybody: at most 30, only in groups. */
    std::vector<std::string> at_user_list{};
    /** The sender wants to know who read it; receivers confirm that with sendMessageReadReceipt. */
    bool need_read_receipt{};
    /** The only members of the group who receive it, besides the sender: 1 to 50, each once; absent for all. */
    std::optional<std::vector<std::string>> receiver_list{};
    /** Elements that are appended to the first one: up to 19 texts, custom elements, faces and places. */
    std::vector<types::payload> elements{};
};
inline void to_json(nlohmann::json &json, const create_options &it) {
    json = nlohmann::json::object();
    detail::put(json, "priority", it.priority);
    detail::put(json, "cloudCustomData", it.cloud_custom_data);
    detail::put(json, "atUserList", it.at_user_list);
    detail::put(json, "needReadReceipt", it.need_read_receipt);
    detail::put(json, "receiverList", it.receiver_list);
    detail::put(json, "elements", it.elements);
}
inline void from_json(const nlohmann::json &json, create_options &it) {
    detail::take(json, "priority", it.priority);
    detail::take(json, "cloudCustomData", it.cloud_custom_data);
    detail::take(json, "atUserList", it.at_user_list);
    detail::take(json, "needReadReceipt", it.need_read_receipt);
    detail::take(json, "receiverList", it.receiver_list);
    detail::take(json, "elements", it.elements);
}

/** How a message is sent. */
struct send_options {
    /** It does not count as unread. */
    bool excluded_from_unread_count{};
    /** It changes neither the conversation's last message nor its position in the list. */
    bool excluded_from_last_message{};
    /** It is sent to those who are connected now, as a notice that somebody is typing: nothing stores it, nothing is sent again, and it may be left out for a receiver who is behind. */
    bool online_user_only{};
};
inline void to_json(nlohmann::json &json, const send_options &it) {
    json = nlohmann::json::object();
    detail::put(json, "excludedFromUnreadCount", it.excluded_from_unread_count);
    detail::put(json, "excludedFromLastMessage", it.excluded_from_last_message);
    detail::put(json, "onlineUserOnly", it.online_user_only);
}
inline void from_json(const nlohmann::json &json, send_options &it) {
    detail::take(json, "excludedFromUnreadCount", it.excluded_from_unread_count);
    detail::take(json, "excludedFromLastMessage", it.excluded_from_last_message);
    detail::take(json, "onlineUserOnly", it.online_user_only);
}

/** A page of a conversation's messages. */
struct message_list {
    /** The messages, oldest first. */
    std::vector<types::message> message_list{};
    /** What to pass for the page before this one, as it is; absent if there is nothing before it. */
    std::optional<std::string> next_req_message_id{};
    /** There is nothing before this page. */
    bool is_completed{};
};
inline void to_json(nlohmann::json &json, const message_list &it) {
    json = nlohmann::json::object();
    detail::put(json, "messageList", it.message_list);
    detail::put(json, "nextReqMessageID", it.next_req_message_id);
    detail::put(json, "isCompleted", it.is_completed);
}
inline void from_json(const nlohmann::json &json, message_list &it) {
    detail::take(json, "messageList", it.message_list);
    detail::take(json, "nextReqMessageID", it.next_req_message_id);
    detail::take(json, "isCompleted", it.is_completed);
}

/** The kind of machine, for the server's login policy. */
enum class platform {
    android,
    ios,
    macos,
    windows,
    linux_,
    web,
    other,
};
NLOHMANN_JSON_SERIALIZE_ENUM(platform, {
    {platform::other, "other"},
    {platform::android, "android"},
    {platform::ios, "ios"},
    {platform::macos, "macos"},
    {platform::windows, "windows"},
    {platform::linux_, "linux"},
    {platform::web, "web"},
})

/** How an instance is made. */
struct options {
    /** The application, as the server's operator made it. */
    std::int64_t sdk_app_id{};
    /** The server: wss://host[:port], or ws:// for a server on this machine only. */
    std::string server{};
    /** A folder of the app's own, where databases are kept. */
    std::string data_dir{};
    /** Tells several instances of one application in one process apart. */
    std::string instance{};
    /** The kind of machine; this machine's own if absent. */
    std::optional<types::platform> platform{};
    /** Certificates (PEM) to trust beside the public ones. */
    std::optional<std::string> extra_roots_pem{};
    /** Pause between heartbeats, in milliseconds; 30,000 if absent. */
    std::optional<std::int32_t> heartbeat_ms{};
    /** How long a login may take, in milliseconds; 90,000 if absent. */
    std::optional<std::int32_t> login_timeout_ms{};
    /** How long any other call may wait for the server, in milliseconds; 15,000 if absent. */
    std::optional<std::int32_t> call_timeout_ms{};
    /** How many bytes the files may take that getAttachmentFile keeps for a user; 268,435,456 (256 MiB) if absent. */
    std::optional<std::int64_t> cache_bytes{};
    /** The key that the local databases are encrypted with, as 64 hexadecimal digits: 32 random bytes that the host keeps where only it reads, such as Keychain or Keystore, and never prints. */
    std::optional<std::string> database_key{};
};
inline void to_json(nlohmann::json &json, const options &it) {
    json = nlohmann::json::object();
    detail::put(json, "SDKAppID", it.sdk_app_id);
    detail::put(json, "server", it.server);
    detail::put(json, "dataDir", it.data_dir);
    detail::put(json, "instance", it.instance);
    detail::put(json, "platform", it.platform);
    detail::put(json, "extraRootsPem", it.extra_roots_pem);
    detail::put(json, "heartbeatMs", it.heartbeat_ms);
    detail::put(json, "loginTimeoutMs", it.login_timeout_ms);
    detail::put(json, "callTimeoutMs", it.call_timeout_ms);
    detail::put(json, "cacheBytes", it.cache_bytes);
    detail::put(json, "databaseKey", it.database_key);
}
inline void from_json(const nlohmann::json &json, options &it) {
    detail::take(json, "SDKAppID", it.sdk_app_id);
    detail::take(json, "server", it.server);
    detail::take(json, "dataDir", it.data_dir);
    detail::take(json, "instance", it.instance);
    detail::take(json, "platform", it.platform);
    detail::take(json, "extraRootsPem", it.extra_roots_pem);
    detail::take(json, "heartbeatMs", it.heartbeat_ms);
    detail::take(json, "loginTimeoutMs", it.login_timeout_ms);
    detail::take(json, "callTimeoutMs", it.call_timeout_ms);
    detail::take(json, "cacheBytes", it.cache_bytes);
    detail::take(json, "databaseKey", it.database_key);
}

/** The result of a login. */
struct login_result {
    /** The same user was logged in already: there was nothing to do. */
    bool repeat_login{};
};
inline void to_json(nlohmann::json &json, const login_result &it) {
    json = nlohmann::json::object();
    detail::put(json, "repeatLogin", it.repeat_login);
}
inline void from_json(const nlohmann::json &json, login_result &it) {
    detail::take(json, "repeatLogin", it.repeat_login);
}

/** The changeable part of a profile; in an update, what is absent stays as it is. */
struct profile_fields {
    /** Display name, at most 500 bytes. */
    std::optional<std::string> nick{};
    /** Address of a picture, up to 500 bytes. */
    std::optional<std::string> avatar{};
    /** Gender. */
    std::optional<types::gender> gender{};
    /** A line about oneself, up to 500 bytes. */
    std::optional<std::string> self_signature{};
    /** Day of birth as a number, year first: 20000419. */
    std::optional<std::int32_t> birthday{};
    /** A place, up to 16 bytes. */
    std::optional<std::string> location{};
    /** Who becomes this user's friend on asking. */
    std::optional<types::allow_type> allow_type{};
    /** A language, by a number of the app's. */
    std::optional<std::int32_t> language{};
    /** A level, by a number of the app's. */
    std::optional<std::int32_t> level{};
    /** A role, by a number of the app's. */
    std::optional<std::int32_t> role{};
    /** Fields of the app's to set, up to 20 in all, beside which the others stay; an empty value removes a field. */
    std::vector<types::custom_field> profile_custom_field{};
};
inline void to_json(nlohmann::json &json, const profile_fields &it) {
    json = nlohmann::json::object();
    detail::put(json, "nick", it.nick);
    detail::put(json, "avatar", it.avatar);
    detail::put(json, "gender", it.gender);
    detail::put(json, "selfSignature", it.self_signature);
    detail::put(json, "birthday", it.birthday);
    detail::put(json, "location", it.location);
    detail::put(json, "allowType", it.allow_type);
    detail::put(json, "language", it.language);
    detail::put(json, "level", it.level);
    detail::put(json, "role", it.role);
    detail::put(json, "profileCustomField", it.profile_custom_field);
}
inline void from_json(const nlohmann::json &json, profile_fields &it) {
    detail::take(json, "nick", it.nick);
    detail::take(json, "avatar", it.avatar);
    detail::take(json, "gender", it.gender);
    detail::take(json, "selfSignature", it.self_signature);
    detail::take(json, "birthday", it.birthday);
    detail::take(json, "location", it.location);
    detail::take(json, "allowType", it.allow_type);
    detail::take(json, "language", it.language);
    detail::take(json, "level", it.level);
    detail::take(json, "role", it.role);
    detail::take(json, "profileCustomField", it.profile_custom_field);
}

/** The reactions of a message, as the server has them. */
struct message_reactions {
    /** The message. */
    std::string message_id{};
    /** Its reactions, in the order of their first use. */
    std::vector<types::message_reaction> reaction_list{};
};
inline void to_json(nlohmann::json &json, const message_reactions &it) {
    json = nlohmann::json::object();
    detail::put(json, "messageID", it.message_id);
    detail::put(json, "reactionList", it.reaction_list);
}
inline void from_json(const nlohmann::json &json, message_reactions &it) {
    detail::take(json, "messageID", it.message_id);
    detail::take(json, "reactionList", it.reaction_list);
}

/** A page of the users who gave a message a reaction. */
struct reaction_user_list {
    /** The users, in the order in which they reacted. */
    std::vector<types::reaction_user> user_list{};
    /** What to pass for the next page. */
    std::int64_t next_seq{};
    /** Nobody follows. */
    bool is_completed{};
};
inline void to_json(nlohmann::json &json, const reaction_user_list &it) {
    json = nlohmann::json::object();
    detail::put(json, "userList", it.user_list);
    detail::put(json, "nextSeq", it.next_seq);
    detail::put(json, "isCompleted", it.is_completed);
}
inline void from_json(const nlohmann::json &json, reaction_user_list &it) {
    detail::take(json, "userList", it.user_list);
    detail::take(json, "nextSeq", it.next_seq);
    detail::take(json, "isCompleted", it.is_completed);
}

/** Which members of a group are listed. */
enum class read_member_filter {
    read,
    unread,
};
NLOHMANN_JSON_SERIALIZE_ENUM(read_member_filter, {
    {read_member_filter::read, "read"},
    {read_member_filter::unread, "unread"},
})

/** How many read a message of this user that asks for it. */
struct message_read_receipt {
    /** The other side, of a message of a C2C conversation. */
    std::optional<std::string> user_id{};
    /** The group, of a message of a group. */
    std::optional<std::string> group_id{};
    /** The message. */
    std::string message_id{};
    /** The other side of a C2C conversation read it. */
    bool is_peer_read{};
    /** So many read it. */
    std::int32_t read_count{};
    /** So many did not, of those who were in the group when it was sent. */
    std::int32_t unread_count{};
};
inline void to_json(nlohmann::json &json, const message_read_receipt &it) {
    json = nlohmann::json::object();
    detail::put(json, "userID", it.user_id);
    detail::put(json, "groupID", it.group_id);
    detail::put(json, "messageID", it.message_id);
    detail::put(json, "isPeerRead", it.is_peer_read);
    detail::put(json, "readCount", it.read_count);
    detail::put(json, "unreadCount", it.unread_count);
}
inline void from_json(const nlohmann::json &json, message_read_receipt &it) {
    detail::take(json, "userID", it.user_id);
    detail::take(json, "groupID", it.group_id);
    detail::take(json, "messageID", it.message_id);
    detail::take(json, "isPeerRead", it.is_peer_read);
    detail::take(json, "readCount", it.read_count);
    detail::take(json, "unreadCount", it.unread_count);
}

/** A page of the members of a group who read a message, or did not. */
struct group_message_read_members {
    /** The message. */
    std::string message_id{};
    /** What to pass for the next page; empty after the last one. */
    std::string cursor{};
    /** Nobody follows. */
    bool is_completed{};
    /** Those who read it; empty if the others were asked for. */
    std::vector<std::string> read_user_id_list{};
    /** Those who did not; empty if the others were asked for. */
    std::vector<std::string> unread_user_id_list{};
};
inline void to_json(nlohmann::json &json, const group_message_read_members &it) {
    json = nlohmann::json::object();
    detail::put(json, "messageID", it.message_id);
    detail::put(json, "cursor", it.cursor);
    detail::put(json, "isCompleted", it.is_completed);
    detail::put(json, "readUserIDList", it.read_user_id_list);
    detail::put(json, "unreadUserIDList", it.unread_user_id_list);
}
inline void from_json(const nlohmann::json &json, group_message_read_members &it) {
    detail::take(json, "messageID", it.message_id);
    detail::take(json, "cursor", it.cursor);
    detail::take(json, "isCompleted", it.is_completed);
    detail::take(json, "readUserIDList", it.read_user_id_list);
    detail::take(json, "unreadUserIDList", it.unread_user_id_list);
}

/** A time on the clock of whoever reads it, wherever they are. */
struct time_of_day {
    /** 0 to 23. */
    std::int32_t hour{};
    /** 0 to 59. */
    std::int32_t minute{};
    /** 0 to 59. */
    std::int32_t second{};
};
inline void to_json(nlohmann::json &json, const time_of_day &it) {
    json = nlohmann::json::object();
    detail::put(json, "hour", it.hour);
    detail::put(json, "minute", it.minute);
    detail::put(json, "second", it.second);
}
inline void from_json(const nlohmann::json &json, time_of_day &it) {
    detail::take(json, "hour", it.hour);
    detail::take(json, "minute", it.minute);
    detail::take(json, "second", it.second);
}

/** How this user wants to be told of messages of all conversations during a time, of each day or once. */
struct all_receive_message_opt {
    /** What holds during that time: AcceptNotNotify, AcceptNotNotifyExceptAt, or AcceptAndNotify, as at any other time. */
    types::message_remind_type message_remind_type{};
    /** It begins every day at this time of the user's own clock. */
    std::optional<types::time_of_day> start_time{};
    /** It begins once, at this time. */
    std::optional<std::int64_t> start_timestamp{};
    /** How many seconds it lasts. */
    std::int32_t duration{};
};
inline void to_json(nlohmann::json &json, const all_receive_message_opt &it) {
    json = nlohmann::json::object();
    detail::put(json, "messageRemindType", it.message_remind_type);
    detail::put(json, "startTime", it.start_time);
    detail::put(json, "startTimestamp", it.start_timestamp);
    detail::put(json, "duration", it.duration);
}
inline void from_json(const nlohmann::json &json, all_receive_message_opt &it) {
    detail::take(json, "messageRemindType", it.message_remind_type);
    detail::take(json, "startTime", it.start_time);
    detail::take(json, "startTimestamp", it.start_timestamp);
    detail::take(json, "duration", it.duration);
}

/** How many of several keywords have to stand in a message. */
enum class keyword_match {
    or_,
    and_,
};
NLOHMANN_JSON_SERIALIZE_ENUM(keyword_match, {
    {keyword_match::or_, "or"},
    {keyword_match::and_, "and"},
})

/** What messages are searched for. */
struct message_search_param {
    /** What stands in the message: at most 5, each of at most 256 bytes. */
    std::vector<std::string> keyword_list{};
    /** Whether one of the keywords or all of them have to stand in a message. */
    std::optional<types::keyword_match> keyword_list_match_type{};
    /** Who sent it: at most 5; empty for everybody. */
    std::vector<std::string> sender_user_id_list{};
    /** Its types, such as TIMTextElem: at most 20; empty for all. */
    std::vector<std::string> message_type_list{};
    /** The conversation; absent for all. */
    std::optional<std::string> conversation_id{};
    /** The latest time at which it was sent; absent or 0 for now. */
    std::optional<std::int64_t> time_position{};
    /** How many seconds back from then; absent or 0 for any time before. */
    std::optional<std::int64_t> time_period{};
    /** Most results of a page, cut to 1 to 100: messages of one conversation, or conversations. */
    std::int32_t count{};
    /** What the page before gave, as it is; absent for the first page. */
    std::optional<std::string> cursor{};
};
inline void to_json(nlohmann::json &json, const message_search_param &it) {
    json = nlohmann::json::object();
    detail::put(json, "keywordList", it.keyword_list);
    detail::put(json, "keywordListMatchType", it.keyword_list_match_type);
    detail::put(json, "senderUserIDList", it.sender_user_id_list);
    detail::put(json, "messageTypeList", it.message_type_list);
    detail::put(json, "conversationID", it.conversation_id);
    detail::put(json, "timePosition", it.time_position);
    detail::put(json, "timePeriod", it.time_period);
    detail::put(json, "count", it.count);
    detail::put(json, "cursor", it.cursor);
}
inline void from_json(const nlohmann::json &json, message_search_param &it) {
    detail::take(json, "keywordList", it.keyword_list);
    detail::take(json, "keywordListMatchType", it.keyword_list_match_type);
    detail::take(json, "senderUserIDList", it.sender_user_id_list);
    detail::take(json, "messageTypeList", it.message_type_list);
    detail::take(json, "conversationID", it.conversation_id);
    detail::take(json, "timePosition", it.time_position);
    detail::take(json, "timePeriod", it.time_period);
    detail::take(json, "count", it.count);
    detail::take(json, "cursor", it.cursor);
}

/** A part of a text that was searched. */
struct text_part {
    /** The part, as it stands in the text. */
    std::string text{};
    /** Whether a keyword was found here. */
    bool is_match{};
};
inline void to_json(nlohmann::json &json, const text_part &it) {
    json = nlohmann::json::object();
    detail::put(json, "text", it.text);
    detail::put(json, "isMatch", it.is_match);
}
inline void from_json(const nlohmann::json &json, text_part &it) {
    detail::take(json, "text", it.text);
    detail::take(json, "isMatch", it.is_match);
}

/** What a search found in one conversation. */
struct message_search_result_item {
    /** The conversation. */
    std::string conversation_id{};
    /** How many messages were found in it, on all pages. */
    std::int64_t message_count{};
    /** The messages of this page, newest first. */
    std::vector<types::message> message_list{};
    /** For each of these messages the text in which keywords were found, divided into what they found and what stands between; empty if none was asked for. */
    std::vector<std::vector<types::text_part>> highlight_list{};
};
inline void to_json(nlohmann::json &json, const message_search_result_item &it) {
    json = nlohmann::json::object();
    detail::put(json, "conversationID", it.conversation_id);
    detail::put(json, "messageCount", it.message_count);
    detail::put(json, "messageList", it.message_list);
    detail::put(json, "highlightList", it.highlight_list);
}
inline void from_json(const nlohmann::json &json, message_search_result_item &it) {
    detail::take(json, "conversationID", it.conversation_id);
    detail::take(json, "messageCount", it.message_count);
    detail::take(json, "messageList", it.message_list);
    detail::take(json, "highlightList", it.highlight_list);
}

/** A page of what a search found. */
struct message_search_result {
    /** How many messages were found, on all pages. */
    std::int64_t total_count{};
    /** What to pass for the next page, as it is; absent on the last. */
    std::optional<std::string> cursor{};
    /** The conversations, the most recently active first; only the one that was asked for, if one was. */
    std::vector<types::message_search_result_item> search_result_list{};
};
inline void to_json(nlohmann::json &json, const message_search_result &it) {
    json = nlohmann::json::object();
    detail::put(json, "totalCount", it.total_count);
    detail::put(json, "cursor", it.cursor);
    detail::put(json, "searchResultList", it.search_result_list);
}
inline void from_json(const nlohmann::json &json, message_search_result &it) {
    detail::take(json, "totalCount", it.total_count);
    detail::take(json, "cursor", it.cursor);
    detail::take(json, "searchResultList", it.search_result_list);
}

/** Which members of groups are searched for. */
struct group_member_search_param {
    /** What stands in a field of a member: 1 to 5 keywords of at most 256 bytes, which are found as in messages. */
    std::vector<std::string> keyword_list{};
    /** Whether one of the keywords or all of them have to stand there. */
    std::optional<types::keyword_match> keyword_list_match_type{};
    /** The groups; empty for all that this user is in. */
    std::vector<std::string> group_id_list{};
    /** Looks at user ids. */
    bool is_search_member_user_id{};
    /** Looks at nicks. */
    bool is_search_member_nick_name{};
    /** Looks at what this user calls friends. */
    bool is_search_member_remark{};
    /** Looks at name cards. */
    bool is_search_member_name_card{};
};
inline void to_json(nlohmann::json &json, const group_member_search_param &it) {
    json = nlohmann::json::object();
    detail::put(json, "keywordList", it.keyword_list);
    detail::put(json, "keywordListMatchType", it.keyword_list_match_type);
    detail::put(json, "groupIDList", it.group_id_list);
    detail::put(json, "isSearchMemberUserID", it.is_search_member_user_id);
    detail::put(json, "isSearchMemberNickName", it.is_search_member_nick_name);
    detail::put(json, "isSearchMemberRemark", it.is_search_member_remark);
    detail::put(json, "isSearchMemberNameCard", it.is_search_member_name_card);
}
inline void from_json(const nlohmann::json &json, group_member_search_param &it) {
    detail::take(json, "keywordList", it.keyword_list);
    detail::take(json, "keywordListMatchType", it.keyword_list_match_type);
    detail::take(json, "groupIDList", it.group_id_list);
    detail::take(json, "isSearchMemberUserID", it.is_search_member_user_id);
    detail::take(json, "isSearchMemberNickName", it.is_search_member_nick_name);
    detail::take(json, "isSearchMemberRemark", it.is_search_member_remark);
    detail::take(json, "isSearchMemberNameCard", it.is_search_member_name_card);
}

/** The members of a group that a search found. */
struct group_member_search_result_item {
    /** The group. */
    std::string group_id{};
    /** The members, in the order of the list of members: at most 100. */
    std::vector<types::group_member> member_list{};
    /** All members of the group were looked at, and all that were found are here. */
    bool is_complete{};
};
inline void to_json(nlohmann::json &json, const group_member_search_result_item &it) {
    json = nlohmann::json::object();
    detail::put(json, "groupID", it.group_id);
    detail::put(json, "memberList", it.member_list);
    detail::put(json, "isComplete", it.is_complete);
}
inline void from_json(const nlohmann::json &json, group_member_search_result_item &it) {
    detail::take(json, "groupID", it.group_id);
    detail::take(json, "memberList", it.member_list);
    detail::take(json, "isComplete", it.is_complete);
}

/** What a signal does. */
enum class signaling_action_type {
    unknown,
    invite,
    cancel_invite,
    accept_invite,
    reject_invite,
    invite_timeout,
};
NLOHMANN_JSON_SERIALIZE_ENUM(signaling_action_type, {
    {signaling_action_type::unknown, 0},
    {signaling_action_type::invite, 1},
    {signaling_action_type::cancel_invite, 2},
    {signaling_action_type::accept_invite, 3},
    {signaling_action_type::reject_invite, 4},
    {signaling_action_type::invite_timeout, 5},
})

/** The content of a signal. */
struct signaling_info {
    /** The invitation. */
    std::string invite_id{};
    /** The group, of an invitation in one; else empty. */
    std::string group_id{};
    /** Who invited. */
    std::string inviter{};
    /** Who is invited; of an answer, who answers; of a timeout, who did not. */
    std::vector<std::string> invitee_list{};
    /** What the app says with it. */
    std::string data{};
    /** What it does. */
    types::signaling_action_type action_type{};
    /** How long an answer is waited for, in seconds; 0 for ever. */
    std::int32_t timeout{};
};
inline void to_json(nlohmann::json &json, const signaling_info &it) {
    json = nlohmann::json::object();
    detail::put(json, "inviteID", it.invite_id);
    detail::put(json, "groupID", it.group_id);
    detail::put(json, "inviter", it.inviter);
    detail::put(json, "inviteeList", it.invitee_list);
    detail::put(json, "data", it.data);
    detail::put(json, "actionType", it.action_type);
    detail::put(json, "timeout", it.timeout);
}
inline void from_json(const nlohmann::json &json, signaling_info &it) {
    detail::take(json, "inviteID", it.invite_id);
    detail::take(json, "groupID", it.group_id);
    detail::take(json, "inviter", it.inviter);
    detail::take(json, "inviteeList", it.invitee_list);
    detail::take(json, "data", it.data);
    detail::take(json, "actionType", it.action_type);
    detail::take(json, "timeout", it.timeout);
}

/** An answer to an invitation. */
struct invitation_answer {
    /** The invitation. */
    std::string invite_id{};
    /** The group, of an invitation in one; else empty. */
    std::string group_id{};
    /** Who invited. */
    std::string inviter{};
    /** Who answers. */
    std::string invitee{};
    /** What the app says with it. */
    std::string data{};
};
inline void to_json(nlohmann::json &json, const invitation_answer &it) {
    json = nlohmann::json::object();
    detail::put(json, "inviteID", it.invite_id);
    detail::put(json, "groupID", it.group_id);
    detail::put(json, "inviter", it.inviter);
    detail::put(json, "invitee", it.invitee);
    detail::put(json, "data", it.data);
}
inline void from_json(const nlohmann::json &json, invitation_answer &it) {
    detail::take(json, "inviteID", it.invite_id);
    detail::take(json, "groupID", it.group_id);
    detail::take(json, "inviter", it.inviter);
    detail::take(json, "invitee", it.invitee);
    detail::take(json, "data", it.data);
}

/** Whether a user is connected. */
enum class user_status_type {
    unknown,
    online,
    offline,
    unlogined,
};
NLOHMANN_JSON_SERIALIZE_ENUM(user_status_type, {
    {user_status_type::unknown, 0},
    {user_status_type::online, 1},
    {user_status_type::offline, 2},
    {user_status_type::unlogined, 3},
})

/** The status of a user, as this user sees it. */
struct user_status {
    /** The user. */
    std::string user_id{};
    /** Whether the user is connected. */
    types::user_status_type status_type{};
    /** What the user says of themselves; empty unless the user is online. */
    std::string custom_status{};
};
inline void to_json(nlohmann::json &json, const user_status &it) {
    json = nlohmann::json::object();
    detail::put(json, "userID", it.user_id);
    detail::put(json, "statusType", it.status_type);
    detail::put(json, "customStatus", it.custom_status);
}
inline void from_json(const nlohmann::json &json, user_status &it) {
    detail::take(json, "userID", it.user_id);
    detail::take(json, "statusType", it.status_type);
    detail::take(json, "customStatus", it.custom_status);
}

/** A user whose status cannot be told. */
struct user_status_failure {
    /** The user. */
    std::string user_id{};
    /** Why: 20003 if there is no such user. */
    std::int32_t code{};
    /** The same in words. */
    std::string message{};
};
inline void to_json(nlohmann::json &json, const user_status_failure &it) {
    json = nlohmann::json::object();
    detail::put(json, "userID", it.user_id);
    detail::put(json, "code", it.code);
    detail::put(json, "message", it.message);
}
inline void from_json(const nlohmann::json &json, user_status_failure &it) {
    detail::take(json, "userID", it.user_id);
    detail::take(json, "code", it.code);
    detail::take(json, "message", it.message);
}

/** The status of users, and of whom it cannot be told. */
struct user_status_result {
    /** Those who exist, in the order asked for. */
    std::vector<types::user_status> success_user_list{};
    /** The others. */
    std::vector<types::user_status_failure> failure_user_list{};
};
inline void to_json(nlohmann::json &json, const user_status_result &it) {
    json = nlohmann::json::object();
    detail::put(json, "successUserList", it.success_user_list);
    detail::put(json, "failureUserList", it.failure_user_list);
}
inline void from_json(const nlohmann::json &json, user_status_result &it) {
    detail::take(json, "successUserList", it.success_user_list);
    detail::take(json, "failureUserList", it.failure_user_list);
}

/** What kind of kick ended a login. */
enum class kicked_out_type {
    multiple_account,
    multiple_device,
    user_sig_expired,
    rest_api,
    other,
};
NLOHMANN_JSON_SERIALIZE_ENUM(kicked_out_type, {
    {kicked_out_type::other, "other"},
    {kicked_out_type::multiple_account, "multipleAccount"},
    {kicked_out_type::multiple_device, "multipleDevice"},
    {kicked_out_type::user_sig_expired, "userSigExpired"},
    {kicked_out_type::rest_api, "REST_API_Kick"},
})

/** The state of the connection. */
enum class net_state {
    connected,
    connecting,
    disconnected,
};
NLOHMANN_JSON_SERIALIZE_ENUM(net_state, {
    {net_state::connected, "connected"},
    {net_state::connecting, "connecting"},
    {net_state::disconnected, "disconnected"},
})

/** Logged in and synced: every call works from now on. */
struct sdk_ready {};

/** Logged out, kicked out or destroyed: calls are refused until the next login. */
struct sdk_not_ready {};

/** New messages, oldest first within a conversation. */
struct message_received {
    /** The messages. */
    std::vector<types::message> messages{};
};

/** The result of messages for which no call waits, because an earlier run of the app or an earlier login sent them: accepted, or refused (status is Fail, with errorCode). */
struct message_status_changed {
    /** The messages. */
    std::vector<types::message> messages{};
};

/** Messages were revoked. */
struct message_revoked {
    /** The messages. */
    std::vector<types::message> messages{};
};

/** Messages were modified: here they are as they are now. */
struct message_modified {
    /** The messages. */
    std::vector<types::message> messages{};
};

/** Users gave messages reactions, or took them back: here they are as they are now. */
struct message_reactions_updated {
    /** The messages. */
    std::vector<types::message> messages{};
};

/** A message was pinned in a group, or is not any more; also one that this device does not have. */
struct pinned_group_message_updated {
    /** The group. */
    std::string group_id{};
    /** The message's sequence in the group's conversation. */
    std::int64_t message_sequence{};
    /** Whether it is pinned. */
    bool is_pinned{};
    /** Who pinned it, or removed the pin. */
    std::string operator_id{};
};
inline void to_json(nlohmann::json &json, const pinned_group_message_updated &it) {
    json = nlohmann::json::object();
    detail::put(json, "groupID", it.group_id);
    detail::put(json, "messageSequence", it.message_sequence);
    detail::put(json, "isPinned", it.is_pinned);
    detail::put(json, "operatorID", it.operator_id);
}
inline void from_json(const nlohmann::json &json, pinned_group_message_updated &it) {
    detail::take(json, "groupID", it.group_id);
    detail::take(json, "messageSequence", it.message_sequence);
    detail::take(json, "isPinned", it.is_pinned);
    detail::take(json, "operatorID", it.operator_id);
}

/** This user deleted messages of a conversation on another device: they are not on this one any more. */
struct message_deleted {
    /** The conversation. */
    std::string conversation_id{};
    /** The IDs of the messages. */
    std::vector<std::string> message_id_list{};
};
inline void to_json(nlohmann::json &json, const message_deleted &it) {
    json = nlohmann::json::object();
    detail::put(json, "conversationID", it.conversation_id);
    detail::put(json, "messageIDList", it.message_id_list);
}
inline void from_json(const nlohmann::json &json, message_deleted &it) {
    detail::take(json, "conversationID", it.conversation_id);
    detail::take(json, "messageIDList", it.message_id_list);
}

/** The other side has read these. */
struct message_read_by_peer {
    /** The messages. */
    std::vector<types::message> messages{};
};

/** Users read messages of this user that ask for receipts: so many have now. */
struct message_read_receipt_received {
    /** The messages, by their IDs. */
    std::vector<types::message_read_receipt> receipts{};
};

/** The conversation list changed: the whole list, in order. */
struct conversation_list_updated {
    /** The conversations. */
    std::vector<types::conversation> conversations{};
};

/** Conversations changed, were added to the list or left it: only these. */
struct conversation_changed {
    /** Those that changed or were added, as they are now, in the order of the list. */
    std::vector<types::conversation> conversations{};
    /** Those that are not in the list any more, and perhaps never were. */
    std::vector<std::string> deleted_conversation_id_list{};
    /** The conversations are all there are: the first ones of a login, and after the server's data was replaced. */
    bool is_whole{};
};
inline void to_json(nlohmann::json &json, const conversation_changed &it) {
    json = nlohmann::json::object();
    detail::put(json, "conversationList", it.conversations);
    detail::put(json, "deletedConversationIDList", it.deleted_conversation_id_list);
    detail::put(json, "isWhole", it.is_whole);
}
inline void from_json(const nlohmann::json &json, conversation_changed &it) {
    detail::take(json, "conversationList", it.conversations);
    detail::take(json, "deletedConversationIDList", it.deleted_conversation_id_list);
    detail::take(json, "isWhole", it.is_whole);
}

/** The number of unread messages in all conversations changed, without those that the user has muted and system notices. */
struct total_unread_message_count_updated {
    /** The number. */
    std::int64_t count{};
};

/** The number of unread messages changed in the conversations that a filter wants, to which the app subscribed. */
struct unread_message_count_changed_by_filter {
    /** The filter of the subscription. */
    types::conversation_filter filter{};
    /** The number. */
    std::int64_t count{};
};
inline void to_json(nlohmann::json &json, const unread_message_count_changed_by_filter &it) {
    json = nlohmann::json::object();
    detail::put(json, "filter", it.filter);
    detail::put(json, "count", it.count);
}
inline void from_json(const nlohmann::json &json, unread_message_count_changed_by_filter &it) {
    detail::take(json, "filter", it.filter);
    detail::take(json, "count", it.count);
}

/** The groups this user is in changed: the whole list. */
struct group_list_updated {
    /** The groups. */
    std::vector<types::group> groups{};
};

/** Profiles changed: this user's, or those of friends and of the other sides of C2C conversations. */
struct profile_updated {
    /** The profiles. */
    std::vector<types::profile> profiles{};
};

/** The blacklist changed: the whole list. */
struct blacklist_updated {
    /** The users on it. */
    std::vector<std::string> user_id_list{};
};

/** How this user wants to be told of messages of all conversations changed, on any of their devices. */
struct all_receive_message_opt_updated {
    /** As it is now. */
    types::all_receive_message_opt opt{};
};

/** Friends were added, changed or deleted. */
struct friend_list_updated {
    /** The whole list. */
    std::vector<types::friend_> friends{};
};

/** Friend groups were created, renamed, deleted, filled or emptied. */
struct friend_group_list_updated {
    /** The whole list. */
    std::vector<types::friend_group> friend_groups{};
};

/** Applications to become a friend were made, have ended or were read. */
struct friend_application_list_updated {
    /** The whole list, and how many are unread. */
    types::friend_applications applications{};
};

/** Users to whom the app subscribed came or went, or say something else of themselves; after a new subscription each is told as it is. */
struct user_status_updated {
    /** The latest of each user. */
    std::vector<types::user_status> statuses{};
};

/** Others changed attributes of a group that this user is in. */
struct group_attributes_updated {
    /** The group. */
    std::string group_id{};
    /** Those that were set, with their values now. */
    std::vector<types::custom_field> group_attributes{};
    /** Those that were removed. */
    std::vector<std::string> deleted_key_list{};
    /** The version of the group's attributes now, one more than before. */
    std::int64_t version{};
};
inline void to_json(nlohmann::json &json, const group_attributes_updated &it) {
    json = nlohmann::json::object();
    detail::put(json, "groupID", it.group_id);
    detail::put(json, "groupAttributes", it.group_attributes);
    detail::put(json, "deletedKeyList", it.deleted_key_list);
    detail::put(json, "version", it.version);
}
inline void from_json(const nlohmann::json &json, group_attributes_updated &it) {
    detail::take(json, "groupID", it.group_id);
    detail::take(json, "groupAttributes", it.group_attributes);
    detail::take(json, "deletedKeyList", it.deleted_key_list);
    detail::take(json, "version", it.version);
}

/** This user is invited. */
struct new_invitation_received {
    /** The invitation. */
    types::signaling_info invitation{};
};

/** Somebody accepted an invitation: told to the inviter and all who are invited, on the devices that did not do it. */
struct invitee_accepted {
    /** The answer. */
    types::invitation_answer answer{};
};

/** Somebody rejected an invitation. */
struct invitee_rejected {
    /** The answer. */
    types::invitation_answer answer{};
};

/** The inviter took an invitation back: told to those who had not answered, and on the inviter's other devices. */
struct invitation_cancelled {
    /** The invitation, with those who had not answered. */
    types::signaling_info invitation{};
};

/** The time of an invitation is over: told to those who did not answer and, five seconds later, to the inviter. */
struct invitation_timeout {
    /** The invitation, with those who did not answer. */
    types::signaling_info invitation{};
};

/** The inviter changed what an invitation says: told to all who are invited, and on the inviter's other devices. */
struct invitation_modified {
    /** The invitation, as it is now. */
    types::signaling_info invitation{};
};

/** Something went wrong that no call can be blamed for, or a call was refused because nobody is logged in. */
struct error {
    /** The number; stable for ever. */
    std::int32_t code{};
    /** The error's text, in one line: what the caller can do. */
    std::string message{};
};
inline void to_json(nlohmann::json &json, const error &it) {
    json = nlohmann::json::object();
    detail::put(json, "code", it.code);
    detail::put(json, "message", it.message);
}
inline void from_json(const nlohmann::json &json, error &it) {
    detail::take(json, "code", it.code);
    detail::take(json, "message", it.message);
}

/** The login was ended. */
struct kicked_out {
    /** What kind of kick it was. */
    types::kicked_out_type type{};
};
inline void to_json(nlohmann::json &json, const kicked_out &it) {
    json = nlohmann::json::object();
    detail::put(json, "type", it.type);
}
inline void from_json(const nlohmann::json &json, kicked_out &it) {
    detail::take(json, "type", it.type);
}

/** The connection's state changed. */
struct net_state_change {
    /** The state. */
    types::net_state state{};
};
inline void to_json(nlohmann::json &json, const net_state_change &it) {
    json = nlohmann::json::object();
    detail::put(json, "state", it.state);
}
inline void from_json(const nlohmann::json &json, net_state_change &it) {
    detail::take(json, "state", it.state);
}

/** The instance was destroyed. */
struct sdk_destroy {
    /** The application whose instance it was. */
    std::int64_t sdk_app_id{};
};
inline void to_json(nlohmann::json &json, const sdk_destroy &it) {
    json = nlohmann::json::object();
    detail::put(json, "SDKAppID", it.sdk_app_id);
}
inline void from_json(const nlohmann::json &json, sdk_destroy &it) {
    detail::take(json, "SDKAppID", it.sdk_app_id);
}

/** An event of a later version, as JSON. */
struct unknown_event {
    std::string json{};
};

/** An event for the app. */
struct event : std::variant<types::sdk_ready, types::sdk_not_ready, types::message_received, types::message_status_changed, types::message_revoked, types::message_modified, types::message_reactions_updated, types::pinned_group_message_updated, types::message_deleted, types::message_read_by_peer, types::message_read_receipt_received, types::conversation_list_updated, types::conversation_changed, types::total_unread_message_count_updated, types::unread_message_count_changed_by_filter, types::group_list_updated, types::profile_updated, types::blacklist_updated, types::all_receive_message_opt_updated, types::friend_list_updated, types::friend_group_list_updated, types::friend_application_list_updated, types::user_status_updated, types::group_attributes_updated, types::new_invitation_received, types::invitee_accepted, types::invitee_rejected, types::invitation_cancelled, types::invitation_timeout, types::invitation_modified, types::error, types::kicked_out, types::net_state_change, types::sdk_destroy, types::unknown_event> {
    using variant::variant;
};
inline void to_json(nlohmann::json &json, const event &it) {
    json = nlohmann::json::object();
    if (auto *own = std::get_if<types::sdk_ready>(&it)) { static_cast<void>(own); json["name"] = "sdkStateReady"; }
    if (auto *own = std::get_if<types::sdk_not_ready>(&it)) { static_cast<void>(own); json["name"] = "sdkStateNotReady"; }
    if (auto *own = std::get_if<types::message_received>(&it)) { static_cast<void>(own); json["name"] = "onMessageReceived"; json["data"] = own->messages; }
    if (auto *own = std::get_if<types::message_status_changed>(&it)) { static_cast<void>(own); json["name"] = "onMessageStatusChanged"; json["data"] = own->messages; }
    if (auto *own = std::get_if<types::message_revoked>(&it)) { static_cast<void>(own); json["name"] = "onMessageRevoked"; json["data"] = own->messages; }
    if (auto *own = std::get_if<types::message_modified>(&it)) { static_cast<void>(own); json["name"] = "onMessageModified"; json["data"] = own->messages; }
    if (auto *own = std::get_if<types::message_reactions_updated>(&it)) { static_cast<void>(own); json["name"] = "onMessageReactionsUpdated"; json["data"] = own->messages; }
    if (auto *own = std::get_if<types::pinned_group_message_updated>(&it)) { static_cast<void>(own); json["name"] = "onPinnedGroupMessageUpdated"; json["data"] = *own; }
    if (auto *own = std::get_if<types::message_deleted>(&it)) { static_cast<void>(own); json["name"] = "onMessageDeleted"; json["data"] = *own; }
    if (auto *own = std::get_if<types::message_read_by_peer>(&it)) { static_cast<void>(own); json["name"] = "onMessageReadByPeer"; json["data"] = own->messages; }
    if (auto *own = std::get_if<types::message_read_receipt_received>(&it)) { static_cast<void>(own); json["name"] = "onMessageReadReceiptReceived"; json["data"] = own->receipts; }
    if (auto *own = std::get_if<types::conversation_list_updated>(&it)) { static_cast<void>(own); json["name"] = "onConversationListUpdated"; json["data"] = own->conversations; }
    if (auto *own = std::get_if<types::conversation_changed>(&it)) { static_cast<void>(own); json["name"] = "onConversationChanged"; json["data"] = *own; }
    if (auto *own = std::get_if<types::total_unread_message_count_updated>(&it)) { static_cast<void>(own); json["name"] = "onTotalUnreadMessageCountUpdated"; json["data"] = own->count; }
    if (auto *own = std::get_if<types::unread_message_count_changed_by_filter>(&it)) { static_cast<void>(own); json["name"] = "onUnreadMessageCountChangedByFilter"; json["data"] = *own; }
    if (auto *own = std::get_if<types::group_list_updated>(&it)) { static_cast<void>(own); json["name"] = "onGroupListUpdated"; json["data"] = own->groups; }
    if (auto *own = std::get_if<types::profile_updated>(&it)) { static_cast<void>(own); json["name"] = "onProfileUpdated"; json["data"] = own->profiles; }
    if (auto *own = std::get_if<types::blacklist_updated>(&it)) { static_cast<void>(own); json["name"] = "blacklistUpdated"; json["data"] = own->user_id_list; }
    if (auto *own = std::get_if<types::all_receive_message_opt_updated>(&it)) { static_cast<void>(own); json["name"] = "onAllReceiveMessageOptUpdated"; json["data"] = own->opt; }
    if (auto *own = std::get_if<types::friend_list_updated>(&it)) { static_cast<void>(own); json["name"] = "onFriendListUpdated"; json["data"] = own->friends; }
    if (auto *own = std::get_if<types::friend_group_list_updated>(&it)) { static_cast<void>(own); json["name"] = "onFriendGroupListUpdated"; json["data"] = own->friend_groups; }
    if (auto *own = std::get_if<types::friend_application_list_updated>(&it)) { static_cast<void>(own); json["name"] = "onFriendApplicationListUpdated"; json["data"] = own->applications; }
    if (auto *own = std::get_if<types::user_status_updated>(&it)) { static_cast<void>(own); json["name"] = "onUserStatusUpdated"; json["data"] = own->statuses; }
    if (auto *own = std::get_if<types::group_attributes_updated>(&it)) { static_cast<void>(own); json["name"] = "groupAttributesUpdated"; json["data"] = *own; }
    if (auto *own = std::get_if<types::new_invitation_received>(&it)) { static_cast<void>(own); json["name"] = "newInvitationReceived"; json["data"] = own->invitation; }
    if (auto *own = std::get_if<types::invitee_accepted>(&it)) { static_cast<void>(own); json["name"] = "ts_invitee_accepted"; json["data"] = own->answer; }
    if (auto *own = std::get_if<types::invitee_rejected>(&it)) { static_cast<void>(own); json["name"] = "ts_invitee_rejected"; json["data"] = own->answer; }
    if (auto *own = std::get_if<types::invitation_cancelled>(&it)) { static_cast<void>(own); json["name"] = "ts_invitation_cancelled"; json["data"] = own->invitation; }
    if (auto *own = std::get_if<types::invitation_timeout>(&it)) { static_cast<void>(own); json["name"] = "ts_invitation_timeout"; json["data"] = own->invitation; }
    if (auto *own = std::get_if<types::invitation_modified>(&it)) { static_cast<void>(own); json["name"] = "ts_invitation_modified"; json["data"] = own->invitation; }
    if (auto *own = std::get_if<types::error>(&it)) { static_cast<void>(own); json["name"] = "error"; json["data"] = *own; }
    if (auto *own = std::get_if<types::kicked_out>(&it)) { static_cast<void>(own); json["name"] = "kickedOut"; json["data"] = *own; }
    if (auto *own = std::get_if<types::net_state_change>(&it)) { static_cast<void>(own); json["name"] = "netStateChange"; json["data"] = *own; }
    if (auto *own = std::get_if<types::sdk_destroy>(&it)) { static_cast<void>(own); json["name"] = "sdkDestroy"; json["data"] = *own; }
    if (auto *own = std::get_if<types::unknown_event>(&it)) json = nlohmann::json::parse(own->json);
}
inline void from_json(const nlohmann::json &json, event &it) {
    const std::string word = json.at("name");
    if (word == "sdkStateReady") { types::sdk_ready own{}; it = std::move(own); return; }
    if (word == "sdkStateNotReady") { types::sdk_not_ready own{}; it = std::move(own); return; }
    if (word == "onMessageReceived") { types::message_received own{}; json.at("data").get_to(own.messages); it = std::move(own); return; }
    if (word == "onMessageStatusChanged") { types::message_status_changed own{}; json.at("data").get_to(own.messages); it = std::move(own); return; }
    if (word == "onMessageRevoked") { types::message_revoked own{}; json.at("data").get_to(own.messages); it = std::move(own); return; }
    if (word == "onMessageModified") { types::message_modified own{}; json.at("data").get_to(own.messages); it = std::move(own); return; }
    if (word == "onMessageReactionsUpdated") { types::message_reactions_updated own{}; json.at("data").get_to(own.messages); it = std::move(own); return; }
    if (word == "onPinnedGroupMessageUpdated") { types::pinned_group_message_updated own{}; json.at("data").get_to(own); it = std::move(own); return; }
    if (word == "onMessageDeleted") { types::message_deleted own{}; json.at("data").get_to(own); it = std::move(own); return; }
    if (word == "onMessageReadByPeer") { types::message_read_by_peer own{}; json.at("data").get_to(own.messages); it = std::move(own); return; }
    if (word == "onMessageReadReceiptReceived") { types::message_read_receipt_received own{}; json.at("data").get_to(own.receipts); it = std::move(own); return; }
    if (word == "onConversationListUpdated") { types::conversation_list_updated own{}; json.at("data").get_to(own.conversations); it = std::move(own); return; }
    if (word == "onConversationChanged") { types::conversation_changed own{}; json.at("data").get_to(own); it = std::move(own); return; }
    if (word == "onTotalUnreadMessageCountUpdated") { types::total_unread_message_count_updated own{}; json.at("data").get_to(own.count); it = std::move(own); return; }
    if (word == "onUnreadMessageCountChangedByFilter") { types::unread_message_count_changed_by_filter own{}; json.at("data").get_to(own); it = std::move(own); return; }
    if (word == "onGroupListUpdated") { types::group_list_updated own{}; json.at("data").get_to(own.groups); it = std::move(own); return; }
    if (word == "onProfileUpdated") { types::profile_updated own{}; json.at("data").get_to(own.profiles); it = std::move(own); return; }
    if (word == "blacklistUpdated") { types::blacklist_updated own{}; json.at("data").get_to(own.user_id_list); it = std::move(own); return; }
    if (word == "onAllReceiveMessageOptUpdated") { types::all_receive_message_opt_updated own{}; json.at("data").get_to(own.opt); it = std::move(own); return; }
    if (word == "onFriendListUpdated") { types::friend_list_updated own{}; json.at("data").get_to(own.friends); it = std::move(own); return; }
    if (word == "onFriendGroupListUpdated") { types::friend_group_list_updated own{}; json.at("data").get_to(own.friend_groups); it = std::move(own); return; }
    if (word == "onFriendApplicationListUpdated") { types::friend_application_list_updated own{}; json.at("data").get_to(own.applications); it = std::move(own); return; }
    if (word == "onUserStatusUpdated") { types::user_status_updated own{}; json.at("data").get_to(own.statuses); it = std::move(own); return; }
    if (word == "groupAttributesUpdated") { types::group_attributes_updated own{}; json.at("data").get_to(own); it = std::move(own); return; }
    if (word == "newInvitationReceived") { types::new_invitation_received own{}; json.at("data").get_to(own.invitation); it = std::move(own); return; }
    if (word == "ts_invitee_accepted") { types::invitee_accepted own{}; json.at("data").get_to(own.answer); it = std::move(own); return; }
    if (word == "ts_invitee_rejected") { types::invitee_rejected own{}; json.at("data").get_to(own.answer); it = std::move(own); return; }
    if (word == "ts_invitation_cancelled") { types::invitation_cancelled own{}; json.at("data").get_to(own.invitation); it = std::move(own); return; }
    if (word == "ts_invitation_timeout") { types::invitation_timeout own{}; json.at("data").get_to(own.invitation); it = std::move(own); return; }
    if (word == "ts_invitation_modified") { types::invitation_modified own{}; json.at("data").get_to(own.invitation); it = std::move(own); return; }
    if (word == "error") { types::error own{}; json.at("data").get_to(own); it = std::move(own); return; }
    if (word == "kickedOut") { types::kicked_out own{}; json.at("data").get_to(own); it = std::move(own); return; }
    if (word == "netStateChange") { types::net_state_change own{}; json.at("data").get_to(own); it = std::move(own); return; }
    if (word == "sdkDestroy") { types::sdk_destroy own{}; json.at("data").get_to(own); it = std::move(own); return; }
    it = types::unknown_event{json.dump()};
}

/**
 * Reads a noun from JSON that tim.hpp returns or passes to a callback. Throws nlohmann::json::parse_error if the text is not JSON,
 * nlohmann::json::out_of_range if a field is absent, and nlohmann::json::type_error if a value has another type; all three are
 * nlohmann::json::exception.
 */
template <typename T> T from(const std::string &text) { return nlohmann::json::parse(text).get<T>(); }

/** Writes a noun as JSON for tim.hpp. Throws nlohmann::json::type_error if a text is not UTF-8. */
template <typename T> std::string json(const T &noun) { return nlohmann::json(noun).dump(); }

}  // namespace types
}  // namespace tim

#endif /* TIM_TYPES_HPP */
