/*
 * One of the people of a story of several languages (web/js/test/together): answers who is there, and prints at the end what it has
 * of the group's messages.
 *
 *   together SERVER SDKAPPID USER USERSIG FOLDER
 */
#include <future>
#include <iostream>

#include <tim.hpp>
#include <tim_types.hpp>

namespace {

namespace types = tim::types;

const std::string group = "kitchen";

/** A line for a text, a picture, or what was revoked; none for a tip. */
void print(const types::message &message) {
    std::string said;
    if (message.is_revoked) {
        said = "revoked";
    } else if (const auto *text = std::get_if<types::text_body>(&message.payload)) {
        said = text->text;
    } else if (const auto *image = std::get_if<types::image_body>(&message.payload)) {
        const auto &original = image->image_info_array.at(0);
        said = std::to_string(original.width) + " x " + std::to_string(original.height);
    } else {
        return;
    }
    std::cout << message.sequence << ' ' << message.from << ' ' << said << '\n';
}

}  // namespace

int main(int count, char **arguments) try {
    if (count != 6) {
        std::cerr << "usage: together SERVER SDKAPPID USER USERSIG FOLDER\n";
        return 2;
    }
    const std::string user = arguments[3];
    tim::types::options options{};
    options.sdk_app_id = std::stoll(arguments[2]);
    options.server = arguments[1];
    options.data_dir = arguments[5];
    const tim::client client(types::json(options));
    std::promise<void> ready, asked, ended;
    const auto ears = client.add_listener([&](const std::string &json) {
        for (const auto &event : types::from<std::vector<types::event>>(json)) {
            if (std::get_if<types::sdk_ready>(&event)) ready.set_value();
            const auto *received = std::get_if<types::message_received>(&event);
            if (!received) continue;
            for (const auto &message : received->messages) {
                const auto *text = std::get_if<types::text_body>(&message.payload);
                if (text && text->text == "who is here?") asked.set_value();
                if (text && text->text == "that is all") ended.set_value();
            }
        }
    });
    client.login(user, arguments[4]).get();
    ready.get_future().get();
    std::cout << "ready" << std::endl;

    asked.get_future().get();
    client.send_message(client.create_text_message(group, "GROUP", user + " writes C++")).get();
    ended.get_future().get();
    const auto page = types::from<types::message_list>(client.get_message_list("GROUP" + group, "", 50).get());
    for (const auto &message : page.message_list) print(message);
    client.destroy().get();
    return 0;
} catch (const tim::error &why) {
    std::cerr << why.code() << ": " << why.message() << "\n";
    return 1;
}
