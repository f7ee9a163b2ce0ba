/*
 * The main job, call by call: alice and bob log in, chat with texts and pictures, and see every event as it comes.
 *
 *   c++ -std=c++17 quickstart.cpp $(pkg-config --cflags --libs tim) -lpthread -o quickstart
 *   ./quickstart SERVER SDKAPPID ALICES_USERSIG BOBS_USERSIG FOLDER
 */
#include <condition_variable>
#include <fstream>
#include <iostream>
#include <mutex>
#include <tim.hpp>

namespace {

/** What is printed on several threads, whole. */
void tell(const std::string &line) { std::cout << line + "\n" << std::flush; }

tim::progress_callback bar(const std::string &way) {
    return [way](std::uint32_t percent) {
        if (percent % 50 == 0) tell("  " + way + " " + std::to_string(percent) + " %");
    };
}

/** The JSON object that begins at `begin`. A program of yours has a library for this. */
std::string object_at(const std::string &text, std::size_t begin) {
    std::size_t at = begin, depth = 0;
    bool quoted = false;
    do {
        const char c = text[at++];
        if (quoted && c == '\\') ++at;
        else if (c == '"') quoted = !quoted;
        else if (!quoted && c == '{') ++depth;
        else if (!quoted && c == '}') --depth;
    } while (depth > 0);
    return text.substr(begin, at - begin);
}

/** Somebody with a device. */
class person {
public:
    person(std::string name, const std::string &server, const std::string &app, const std::string &folder)
        : name_(std::move(name)),
          // instance: two people in one process, as only a demonstration has it.
          tim_(R"({"SDKAppID":)" + app + R"(, "server":")" + server + R"(", "dataDir":")" + folder + "/" + name_ +
               R"(", "instance":")" + name_ + R"("})"),
          events_(tim_.on_events([this](const std::string &events) { hear(events); })) {}

    void log_in(const std::string &sig) {
        tell("\n" + name_ + " logs in");
        tim_.login(name_, sig).get();
        std::unique_lock<std::mutex> hold(lock_);
        news_.wait(hold, [this] { return is_ready_; });
    }

    void say(const person &to, const std::string &words) {
        tell("\n" + name_ + " says \"" + words + "\"");
        tim_.send_message(tim_.create_text_message("C2C" + to.name_, words)).get();
    }

    void show(const person &to, const std::string &file) {
        tell("\n" + name_ + " sends a picture");
        tim_.send_message(tim_.create_image_message("C2C" + to.name_, file, bar("up"))).get();
    }

    void save(const std::string &message, const std::string &file) {
        tell("\n" + name_ + " saves it as " + file);
        tim_.download_image(message, 0, file, bar("down")).get();
    }

    std::string next_message() {
        std::unique_lock<std::mutex> hold(lock_);
        news_.wait(hold, [this] { return !message_.empty(); });
        return std::exchange(message_, "");
    }

    const tim::client &tim() const { return tim_; }

private:
    /** On the listener thread of this instance. */
    void hear(const std::string &events) {
        static const std::string received = R"("onMessageReceived","data":[)";
        tell("  " + name_ + " <- " + events.substr(0, 150));
        const auto message = events.find(received);
        std::lock_guard<std::mutex> hold(lock_);
        if (events.find("\"sdkStateReady\"") != std::string::npos) is_ready_ = true;
        if (message != std::string::npos) message_ = object_at(events, message + received.size());
        news_.notify_all();
    }

    std::string name_;
    std::mutex lock_;
    std::condition_variable news_;
    bool is_ready_ = false;
    std::string message_;
    tim::client tim_;
    // Last, so that it goes first: then nothing is heard any more.
    tim::subscription events_;
};

/** Something to look at: a BMP file of 320 x 240 pixels. */
void draw(const std::string &file) {
    constexpr int width = 320, height = 240, head_size = 54;
    std::string head(head_size, '\0');
    head[0] = 'B', head[1] = 'M', head[10] = head_size, head[14] = 40, head[26] = 1, head[28] = 24;
    head[18] = static_cast<char>(width & 255), head[19] = width >> 8, head[22] = static_cast<char>(height);
    std::ofstream out(file, std::ios::binary);
    out << head;
    for (int y = 0; y < height; ++y)
        for (int x = 0; x < width; ++x)
            out << static_cast<char>(x ^ y) << static_cast<char>(x * 255 / width) << static_cast<char>(y);
}

void chat(const std::string &server, const std::string &app, const std::string &alices_sig, const std::string &bobs_sig,
          const std::string &folder) {
    const std::string picture = folder + "/picture.bmp";
    draw(picture);

    person alice("alice", server, app, folder), bob("bob", server, app, folder);
    alice.log_in(alices_sig);
    bob.log_in(bobs_sig);

    alice.say(bob, "Hello world!");
    bob.next_message();
    bob.say(alice, "Hello alice! Here is where I am.");
    alice.next_message();

    bob.show(alice, picture);
    alice.save(alice.next_message(), folder + "/from-bob.bmp");
    alice.show(bob, picture);
    bob.save(bob.next_message(), folder + "/from-alice.bmp");

    bob.tim().set_message_read("C2Calice").get();
    alice.tim().logout().get();
    tim::shutdown().get();
    tell("\nDone: texts and pictures went both ways, and every step was seen.");
}

}  // namespace

int main(int count, char **arguments) {
    if (count != 6) {
        std::cerr << "usage: quickstart SERVER SDKAPPID ALICES_USERSIG BOBS_USERSIG FOLDER\n";
        return 2;
    }
    try {
        chat(arguments[1], arguments[2], arguments[3], arguments[4], arguments[5]);
        return 0;
    } catch (const tim::error &why) {
        std::cerr << why.code() << ": " << why.reason() << "\n";
        return 1;
    }
}
