/*
 * What tim.h says of an exception that leaves one of its callbacks: it ends the process, whichever callback it was. Each kind
 * throws in a process of its own, which is started with the kind's name behind the other arguments.
 */
#include <csignal>
#include <stdexcept>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "test.h"

namespace {

[[noreturn]] void leave() { throw std::runtime_error("nobody catches this"); }

void on_events(void *, const char *) { leave(); }
void on_done(void *, tim_status, const char *) { leave(); }
void on_progress(void *, std::uint32_t) { leave(); }
void on_log(void *, std::uint32_t, const char *) { leave(); }
tim_status on_upload(void *, const char *, tim_upload) { leave(); }
void on_destroy(void *) { leave(); }

void hear_nothing(void *, const char *) {}
void end_nothing(void *, tim_status, const char *) {}

void send_picture(tim_client alice, tim_progress_callback progress) {
    char *message = nullptr;
    log_in(alice, "alice", alices_sig);
    GIVES(TIM_OK, tim_create_image_message_from_bytes(alice, "bob", "C2C", PIXEL, sizeof PIXEL, nullptr, progress, nullptr, nullptr,
                                                      &message));
    GIVES(TIM_OK, tim_send_message(alice, message, nullptr, end_nothing, nullptr));
}

/** Nobody is logged in: the call ends with 2024, and a listener hears of it. */
void ask(tim_client alice, tim_done_callback done) { GIVES(TIM_OK, tim_get_server_time(alice, done, nullptr)); }

struct kind {
    const char *name;
    void (*cause)(tim_client alice);
};

const kind kinds[] = {
    {"the end of a call", [](tim_client alice) { ask(alice, on_done); }},
    {"a listener",
     [](tim_client alice) {
         tim_listener listener;
         GIVES(TIM_OK, tim_add_listener(alice, on_events, nullptr, nullptr, &listener));
         ask(alice, end_nothing);
     }},
    {"progress", [](tim_client alice) { send_picture(alice, on_progress); }},
    {"an uploader",
     [](tim_client alice) {
         GIVES(TIM_OK, tim_register_plugin(alice, on_upload, nullptr, nullptr));
         send_picture(alice, nullptr);
     }},
    {"a log sink",
     [](tim_client) {
         GIVES(TIM_OK, tim_set_log_level(0));
         GIVES(TIM_OK, tim_set_log_sink(on_log, nullptr, nullptr));
         GIVES(TIM_OK, tim_login(create_at("ws://127.0.0.1:1", "carol"), "carol", "no token", end_nothing, nullptr));
     }},
    {"destroy, in a call that fails",
     [](tim_client alice) { tim_add_listener(alice, nullptr, nullptr, on_destroy, nullptr); }},
    {"destroy, in a call that lets go",
     [](tim_client alice) {
         GIVES(TIM_OK, tim_set_log_sink(on_log, nullptr, on_destroy));
         GIVES(TIM_OK, tim_register_plugin(alice, on_upload, nullptr, on_destroy));
         tim_clear_log_sink();
     }},
    {"destroy, on a thread of the library's",
     [](tim_client alice) {
         tim_listener listener;
         GIVES(TIM_OK, tim_add_listener(alice, hear_nothing, nullptr, on_destroy, &listener));
         GIVES(TIM_OK, tim_destroy(alice, end_nothing, nullptr));
     }},
};

[[noreturn]] void throw_in(const std::string &name) {
    const rlimit no_core = {0, 0};
    CHECK(setrlimit(RLIMIT_CORE, &no_core) == 0);
    const tim_client alice = create("alice");
    for (const kind &it : kinds)
        if (name == it.name) it.cause(alice);
    for (;;) pause();
}

void ends_the_process(char **arguments, const kind &it) {
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        execl(arguments[0], arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5], it.name,
              static_cast<char *>(nullptr));
        _exit(1);
    }
    int ended = 0;
    CHECK(waitpid(child, &ended, 0) == child);
    CHECK(WIFSIGNALED(ended) && WTERMSIG(ended) == SIGABRT);
    std::printf("  %s\n", it.name);
}

}  // namespace

int main(int count, char **arguments) {
    read_arguments(count, arguments);
    if (count > 6) throw_in(arguments[6]);
    for (const kind &it : kinds) ends_the_process(arguments, it);
    return 0;
}
