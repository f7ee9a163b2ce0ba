/*
 * The main job, call by call: alice and bob log in, chat with texts and pictures, and see every event as it comes.
 * helpers.hpp waits for events and prints them.
 *
 *   c++ -std=c++17 quickstart.cpp $(pkg-config --cflags --libs tim) -lpthread -o quickstart
 *   ./quickstart SERVER SDKAPPID ALICES_USERSIG BOBS_USERSIG FOLDER
 */
#include <tim.hpp>

#include "helpers.hpp"

int main(int count, char **arguments) try {
    if (count != 6) {
        std::cerr << "usage: quickstart SERVER SDKAPPID ALICES_USERSIG BOBS_USERSIG FOLDER\n";
        return 2;
    }
    const std::string server = arguments[1], app = arguments[2], folder = arguments[5];
    draw(folder + "/drawing.bmp");

    // Initialise.
    tim::set_log_level(1);
    // instance: two of them in one process, as only a demonstration has it.
    const auto options = [&](const std::string &name) {
        return R"({"SDKAppID":)" + app + R"(, "server":")" + server + R"(", "dataDir":")" + folder + "/" + name +
               R"(", "instance":")" + name + R"("})";
    };
    const tim::client alice(options("alice")), bob(options("bob"));

    step("Events, then login");
    inbox alices("alice"), bobs("bob");
    const auto alices_ears = alice.add_listener([&](const std::string &json) { alices.hear(json); });
    const auto bobs_ears = bob.add_listener([&](const std::string &json) { bobs.hear(json); });
    alice.login("alice", arguments[3]).get();
    bob.login("bob", arguments[4]).get();
    alices.wait_for("sdkStateReady");
    bobs.wait_for("sdkStateReady");

    step("A text, there and back");
    const auto hello = alice.create_text_message("bob", "C2C", "Hello world!");
    alice.send_message(hello).get();
    tell("bob got " + payload(bobs.wait_for("onMessageReceived")));
    const auto reply = bob.create_text_message("alice", "C2C", "Hello alice!");
    bob.send_message(reply).get();
    tell("alice got " + payload(alices.wait_for("onMessageReceived")));

    step("A picture, there and back, and onto their disks");
    const auto picture = alice.create_image_message("bob", "C2C", folder + "/drawing.bmp", bar("up"));
    alice.send_message(picture).get();
    bob.download_attachment(bobs.wait_for("onMessageReceived"), 0, folder + "/from-alice.bmp", bar("down")).get();
    const auto copy = bob.create_image_message("alice", "C2C", folder + "/from-alice.bmp", bar("up"));
    bob.send_message(copy).get();
    alice.download_attachment(alices.wait_for("onMessageReceived"), 0, folder + "/from-bob.bmp", bar("down")).get();

    step("A file that the app stores elsewhere: here in a folder, in an app on a server of its own");
    alice.register_plugin([&](const std::string &file, const tim::progress_callback &progress) {
        const std::string uuid = "1c9a7f3e-5d0b-4f6c-8a4e-2b7d9e1f3a5c";  // an app makes one for each file
        copy_file(text_of(file, "path"), folder + "/" + uuid);
        progress(100);
        return R"({"uuid":")" + uuid + R"(", "renditions":[{"type":0, "size":)" + number_of(file, "size") +
               R"(, "width":0, "height":0, "url":"https://files.example/)" + uuid + R"("}]})";
    });
    const std::string notes = "Milk, bread, tea";
    const auto given = alice.create_file_message("bob", "C2C", reinterpret_cast<const std::uint8_t *>(notes.data()),
                                                 notes.size(), "notes.txt", bar("up"));
    alice.send_message(given).get();
    tell("bob finds it at " + bob.get_attachment_url(bobs.wait_for("onMessageReceived"), 0).get());

    step("Read");
    bob.set_message_read("C2Calice").get();
    alices.wait_for("onMessageReadByPeer");

    step("The list of chats with their names, and a chat page by page");
    const std::string chats = bob.get_conversation_list().get();
    tell(text_of(chats, "showName") + ": " + text_of(chats, "messageForShow"));
    std::string next;
    do {
        const std::string page = bob.get_message_list("C2Calice", next, 3).get();
        tell("a page that begins with " + payload(page));
        next = text_of(page, "nextReqMessageID");
    } while (!next.empty());

    step("What was refused is kept, also when the app starts anew, and sent again");
    bob.add_to_blacklist(R"(["alice"])").get();
    const auto refused = alice.create_text_message("bob", "C2C", "Are you there?");
    try {
        alice.send_message(refused).get();
    } catch (const tim::error &why) {
        tell("refused: " + std::to_string(why.code()));
    }
    alice.destroy().get();
    const tim::client anew(options("alice"));
    inbox anews("alice");
    const auto anews_ears = anew.add_listener([&](const std::string &json) { anews.hear(json); });
    anew.login("alice", arguments[3]).get();
    anews.wait_for("sdkStateReady");
    bob.remove_from_blacklist(R"(["alice"])").get();
    anew.resend_message(text_of(refused, "ID")).get();
    tell("bob got " + payload(bobs.wait_for("onMessageReceived")));
    anew.logout().get();
    tim::shutdown().get();
    tell("\nDone: texts and pictures went both ways, and every step was seen.");
    return 0;
} catch (const tim::error &why) {
    std::cerr << why.code() << ": " << why.message() << "\n";
    return 1;
}
