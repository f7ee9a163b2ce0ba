/*
 * The nouns as structures of tim_types.hpp, kept against a real server: what goes in is understood, what comes out has its values,
 * and nothing of the JSON is lost on the way.
 */
#include <tim_list.hpp>

#include "people.hpp"

namespace {

namespace types = tim::types;

/** A structure has no place for null, which is none. */
nlohmann::json without_nulls(const nlohmann::json &json) {
    if (!json.is_structured()) return json;
    nlohmann::json kept = json.is_array() ? nlohmann::json::array() : nlohmann::json::object();
    for (const auto &item : json.items()) {
        if (json.is_array()) kept.push_back(without_nulls(item.value()));
        else if (!item.value().is_null()) kept[item.key()] = without_nulls(item.value());
    }
    return kept;
}

/** Reads a noun, which has all that its JSON has. */
template <typename T> T read(const std::string &text) {
    const T noun = types::from<T>(text);
    const nlohmann::json again = noun, before = without_nulls(nlohmann::json::parse(text));
    if (again != before) std::fprintf(stderr, "%s became %s\n", before.dump().c_str(), again.dump().c_str());
    CHECK(again == before);
    return noun;
}

/** Keeps the first event of a kind that a test looks for. */
template <typename Case> struct hearing {
    explicit hearing(const tim::client &client, bool (*is_meant)(const Case &) = [](const Case &) { return true; })
        : ears(client.add_listener([this, is_meant](const std::string &json) {
              for (const auto &event : read<std::vector<types::event>>(json)) {
                  if (auto *own = std::get_if<Case>(&event); own && is_meant(*own)) {
                      if (count == 0) first = *own;
                      add(&count);
                  }
              }
          })) {}
    const Case &next() {
        CHECK(reaches(&count, 1));
        return first;
    }
    Case first{};
    int count = 0;
    tim::subscription ears;
};

void a_text_is_created_sent_heard_and_listed() {
    hearing<types::message_received> bobs(*bob);
    types::create_options options;
    options.cloud_custom_data = "gift 7";
    auto created = read<types::message>(alice->create_text_message("bob", "C2C", "hello", types::json(options)));
    CHECK(created.to == "bob" && created.conversation_type == types::conversation_type::c2c);
    CHECK(created.status == types::send_status::un_send && created.sequence == 0);
    created.priority = types::priority::high;
    const auto sent = read<types::message>(alice->send_message(types::json(created)).get());
    CHECK(sent.id == created.id && sent.status == types::send_status::success && sent.priority == types::priority::high);
    const auto &got = bobs.next().messages.at(0);
    CHECK(got.id == sent.id && got.from == "alice" && got.flow == types::message_flow::in && !got.revoker);
    CHECK(std::get<types::text_body>(got.payload).text == "hello" && got.cloud_custom_data == "gift 7");
    const auto page = read<types::message_list>(bob->get_message_list("C2Calice").get());
    CHECK(page.is_completed && !page.next_req_message_id && page.message_list.at(0).id == sent.id);
    hearing<types::message_modified> bobs_changes(*bob);
    auto changed = sent;
    std::get<types::text_body>(changed.payload).text = "hello again";
    const auto modified = read<types::message>(alice->modify_message(types::json(changed)).get());
    CHECK(modified.is_modified && modified.version == 1);
    CHECK(std::get<types::text_body>(bobs_changes.next().messages.at(0).payload).text == "hello again");
    hearing<types::message_reactions_updated> alices_reactions(*alice);
    const auto given = read<types::message>(bob->add_message_reaction(types::json(got), "up").get());
    CHECK(given.reaction_list.at(0).reacted_by_myself && given.reaction_list.at(0).total_user_count == 1);
    const auto &reacted = alices_reactions.next().messages.at(0);
    CHECK(reacted.id == sent.id && reacted.reaction_list.at(0).reaction_id == "up");
    const auto users = read<types::reaction_user_list>(
        alice->get_all_user_list_of_message_reaction(types::json(reacted), "up", 0, 100).get());
    CHECK(users.is_completed && users.user_list.at(0).user_id == "bob");
    CHECK(!given.is_pinned && !given.pin_operator);
    const auto list = read<std::vector<types::conversation>>(bob->get_conversation_list().get());
    CHECK(list.at(0).type == types::conversation_type::c2c && list.at(0).last_message->id == sent.id);
    const auto results = read<types::conversation_results>(
        bob->set_conversation_custom_data("[\"C2Calice\",\"C2Cnobody\"]", "red").get());
    CHECK(results.success_conversation_id_list.at(0) == "C2Calice");
    CHECK(results.failure_conversation_id_list.at(0).code == 2500);
    bob->set_conversation_draft("C2Calice", "Dear A").get();
    CHECK(bob->total_unread_message_count() == 1);
    bob->set_all_message_read("readAllC2CMessage").get();
    CHECK(bob->total_unread_message_count() == 0);
    const auto set = read<std::vector<types::conversation>>(bob->get_conversation_list().get());
    CHECK(set.at(0).custom_data == "red" && set.at(0).draft_text == "Dear A" && !set.at(0).is_pinned);
    bob->delete_message(types::json(page.message_list)).get();
    CHECK(read<types::message_list>(bob->get_message_list("C2Calice").get()).message_list.empty());
}

void a_list_is_kept_by_what_changes() {
    const auto one = [](const char *id, std::int64_t order_key) {
        types::conversation conversation{};
        conversation.conversation_id = id;
        conversation.order_key = order_key;
        return conversation;
    };
    tim::conversation_list list;
    const auto shows = [&](std::vector<std::string> expected) {
        std::vector<std::string> shown;
        for (const auto &entry : list.conversations()) shown.push_back(entry.second.conversation_id);
        return shown == expected;
    };
    list.apply({{one("C2Cbob", 7), one("C2Ccarol", 5)}, {}, true});
    list.apply({{one("C2Ccarol", 9), one("C2Cdave", 7)}, {}, false});
    CHECK(shows({"C2Ccarol", "C2Cbob", "C2Cdave"}));
    list.apply({{}, {"C2Cbob", "C2Cnobody"}, false});
    CHECK(shows({"C2Ccarol", "C2Cdave"}));
    list.reset({one("C2Cbob", 1)});
    CHECK(shows({"C2Cbob"}));

    hearing<types::conversation_changed> bobs(*bob, [](const types::conversation_changed &it) {
        return !it.conversations.empty() && it.conversations.at(0).conversation_id == "C2Calice";
    });
    say(*alice, "bob", "hello");
    const auto &changed = bobs.next();
    CHECK(!changed.is_whole && changed.conversations.at(0).order_key > 0 && changed.deleted_conversation_id_list.empty());
}

void pages_follow_each_other() {
    for (int i = 0; i < 3; ++i) say(*alice, "alice", "a note");
    std::string next;
    std::size_t notes = 0;
    for (bool is_completed = false; !is_completed;) {
        const auto page = read<types::message_list>(alice->get_message_list("C2Calice", next, 2).get());
        notes += page.message_list.size();
        next = page.next_req_message_id.value_or("");
        is_completed = page.is_completed;
    }
    CHECK(notes == 3);
}

void a_picture_has_its_renditions() {
    const auto drawn = read<types::message>(picture());
    const auto &image = std::get<types::image_body>(drawn.payload);
    CHECK(image.image_info_array.at(0).type == types::rendition_type::original && image.image_info_array.at(0).width == 1);
    CHECK(drawn.local_path);
}

const types::group_tip *tip_in(const types::message_received &it) {
    for (const auto &message : it.messages) {
        if (const auto *tip = std::get_if<types::group_tip>(&message.payload)) return tip;
    }
    return nullptr;
}

void a_group_is_made_joined_and_told_of() {
    types::new_group tea{};
    tea.name = "Tea";
    tea.type = types::group_type::public_;
    tea.join_option = types::join_option::free_access;
    const auto made = read<types::group>(alice->create_group(types::json(tea)).get());
    CHECK(made.type == types::group_type::public_ && made.owner_id == "alice" && made.member_count == 1);
    CHECK(made.self_info && made.self_info->role == types::role::owner);
    // The notice that the group was made may come before, after or together with the tip.
    hearing<types::message_received> alices(*alice, [](const types::message_received &it) { return tip_in(it) != nullptr; });
    const auto joined = read<types::join_result>(bob->join_group(made.group_id).get());
    CHECK(joined.status == types::join_status::joined_success && joined.group->member_count == 2);
    const auto &tip = *tip_in(alices.next());
    CHECK(tip.operation_type == 1 && tip.user_id_list == std::vector<std::string>{"bob"});
    const auto members = read<std::vector<types::group_member>>(
        alice->get_group_member_profile(made.group_id, types::json(std::vector<std::string>{"bob"})).get());
    CHECK(members.at(0).user_id == "bob" && members.at(0).role == types::role::member);
}

void a_profile_is_changed() {
    types::profile_fields fields{};
    fields.nick = "Alice";
    fields.gender = types::gender::female;
    const auto changed = read<types::profile>(alice->update_my_profile(types::json(fields)).get());
    CHECK(changed.nick == "Alice" && changed.gender == types::gender::female && changed.birthday == 0);
}

void an_instance_is_made_of_options_and_tells_of_its_end() {
    const tim::client carol(types::json(types::options{std::atoll(test_app), test_server, std::string(test_folder) + "/carol",
                                                       "carol", types::platform::linux_, {}, 30000, {}, {}}));
    hearing<types::error> refusal(carol);
    hearing<types::sdk_destroy> end(carol);
    CHECK(thrown_by([&] { carol.create_text_message("bob", "C2C", "too early"); }) == 2024);
    CHECK(refusal.next().code == 2024 && !refusal.next().message.empty());
    const auto login = read<types::login_result>(carol.login("alice", alices_sig).get());
    CHECK(!login.repeat_login);
    carol.destroy().get();
    CHECK(end.next().sdk_app_id == std::atoll(test_app));
}

void an_event_of_a_later_version_leaves_the_others_readable() {
    const auto events = read<std::vector<types::event>>(
        R"([{"name":"sdkStateReady"},{"name":"onTuesday","data":{"week":[1,"a"]}},{"name":"kickedOut","data":{"type":"userSigExpired"}}])");
    CHECK(events.size() == 3 && std::get_if<types::sdk_ready>(&events[0]) && std::get_if<types::kicked_out>(&events[2]));
    const auto later = nlohmann::json::parse(std::get<types::unknown_event>(events[1]).json);
    CHECK(later.at("name") == "onTuesday" && later.at("data").at("week").at(1) == "a");
}

void a_message_of_a_later_version_is_read_without_its_content() {
    auto later = nlohmann::json::parse(alice->create_text_message("bob", "C2C", "hello"));
    later["type"] = "TIMDanceElem";
    later["payload"] = {{"steps", 3}};
    const auto message = types::from<types::message>(later.dump());
    CHECK(message.to == "bob" && nlohmann::json::parse(std::get<types::unknown>(message.payload).json) == later);
}

void what_is_no_noun_is_refused() {
    int thrown = 0;
    for (const char *text : {"", "[]", "{}", R"({"name":"sdkDestroy"})"}) {
        try {
            types::from<types::event>(text);
        } catch (const nlohmann::json::exception &) {
            ++thrown;
        }
    }
    CHECK(thrown == 4);
}

}  // namespace

int main(int count, char **arguments) {
    read_arguments(count, arguments);
    people_log_in();
    STORY(a_text_is_created_sent_heard_and_listed);
    STORY(a_list_is_kept_by_what_changes);
    STORY(pages_follow_each_other);
    STORY(a_picture_has_its_renditions);
    STORY(a_group_is_made_joined_and_told_of);
    STORY(a_profile_is_changed);
    STORY(an_event_of_a_later_version_leaves_the_others_readable);
    STORY(a_message_of_a_later_version_is_read_without_its_content);
    STORY(an_instance_is_made_of_options_and_tells_of_its_end);
    STORY(what_is_no_noun_is_refused);
    tim::shutdown().get();
    return 0;
}
