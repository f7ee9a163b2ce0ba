/*
 * What the stories in C++ share beyond test.h: alice and bob, who are logged in, and what they say.
 */
#ifndef TIM_PEOPLE_HPP
#define TIM_PEOPLE_HPP

#include <optional>
#include <string>
#include <tim.hpp>

#include "test.h"

inline std::string options(const std::string &name, const std::string &server = test_server) {
    return R"({"SDKAppID":)" + std::string(test_app) + R"(, "server":")" + server + R"(", "dataDir":")" + test_folder +
           "/" + name + R"(", "instance":")" + name + R"("})";
}

/** The ID of a message. */
inline std::string id_of(const std::string &message) {
    const std::string before = R"("ID":")";
    const auto found = message.find(before);
    CHECK(found != std::string::npos);
    return message.substr(found + before.size(), 36);
}

inline bool has(const std::string &events, const char *word) { return events.find(word) != std::string::npos; }

inline tim::client logged_in(const std::string &name, const char *sig) {
    tim::client client(options(name));
    int ready = 0;
    const auto events = client.add_listener([&](const std::string &json) {
        if (has(json, "sdkStateReady")) add(&ready);
    });
    client.login(name, sig).get();
    CHECK(reaches(&ready, 1));
    CHECK(client.is_ready() && client.login_user() == name);
    return client;
}

/** The code that something throws; 0 if it throws nothing. */
template <typename Call> inline tim_status thrown_by(Call &&call) {
    try {
        call();
        return TIM_OK;
    } catch (const tim::error &why) {
        CHECK(why.message()[0] != '\0');
        CHECK(std::string(why.message()).find('{') == std::string::npos);
        return why.code();
    }
}

/** Two people in one process. */
inline std::optional<tim::client> alice, bob;

/** At the start, and again after a shutdown. */
inline void people_log_in() {
    alice = logged_in("alice", alices_sig);
    bob = logged_in("bob", bobs_sig);
}

inline void say(const tim::client &from, const char *to, const char *words) {
    from.send_message(from.create_text_message(to, "C2C", words)).get();
}

/** Something for alice's listeners to hear. */
inline void cause_event() { say(*bob, "alice", "an event"); }

/** Causes events until every listener of alice's has heard one: who is told the second knows that all were told the first. */
inline void all_have_heard() {
    int heard = 0;
    const auto last = alice->add_listener([&](const std::string &) { add(&heard); });
    for (int i = 0; i < 2; ++i) {
        const int before = now(&heard);
        cause_event();
        CHECK(reaches(&heard, before + 1));
    }
}

inline std::string picture(tim::progress_callback on_progress = {}) {
    return alice->create_image_message("bob", "C2C", PIXEL, sizeof PIXEL, std::move(on_progress));
}

#endif /* TIM_PEOPLE_HPP */
