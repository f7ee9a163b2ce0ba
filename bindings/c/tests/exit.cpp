/*
 * As exit.c, for tim.hpp: what a C++ program has goes in destructors, while the engine's threads call back.
 */
#include "people.hpp"

namespace {

int inside, never;

/** Calls of a listener. None may be running when this goes. */
struct calls {
    ~calls() {
        if (now(&begun) == now(&ended)) return;
        std::fputs("a listener runs, and what it uses has gone\n", stderr);
        std::_Exit(1);
    }
    int begun = 0, ended = 0;
};

/** An app. Its parts go in the reverse order: first its listener, then what that uses. */
struct app {
    app(const char *name, const char *sig, bool exits)
        : me(logged_in(name, sig)), events(me.add_listener([this, exits](const std::string &) {
              add(&inside);
              if (exits) std::exit(0);
              add(&heard.begun);
              me.get_server_time().get();
              add(&heard.ended);
          })) {}
    calls heard;
    tim::client me;
    tim::subscription events;
};

/** Goes on when a listener has been called, and more calls of it are to come. */
void talk(const app &from, const char *to) {
    for (int i = 0; i < 50; ++i) from.me.send_message(from.me.create_text_message(to, "C2C", "are you still there?"));
    CHECK(reaches(&inside, 1));
}

}  // namespace

int main(int count, char **arguments) {
    read_arguments(count, arguments);
    CHECK(count == 7);
    const std::string where = arguments[6];
    if (where == "with-locals") {
        const app bobs("bob", bobs_sig, false), alices("alice", alices_sig, false);
        talk(bobs, "alice");
        return 0;
    }
    static const app bobs("bob", bobs_sig, false), alices("alice", alices_sig, where == "in-a-listener");
    talk(bobs, "alice");
    if (where == "with-statics") return 0;
    reaches(&never, 1);
    return 1;
}
