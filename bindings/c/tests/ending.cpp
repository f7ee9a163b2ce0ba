/*
 * As ending.c, for tim.hpp: a callback may destroy its instance or shut everything down, and wait for it there.
 */
#include "people.hpp"

namespace {

void a_listener_may_destroy_its_instance_and_wait() {
    int calls = 0, ended = 0, others = 0;
    {
        const auto destroys = alice->add_listener([&](const std::string &) {
            if (add(&calls) > 1) return;
            alice->destroy().get();
            add(&ended);
        });
        const auto other = alice->add_listener([&](const std::string &json) {
            if (has(json, "sdkStateNotReady")) add(&others);
        });
        cause_event();
        CHECK(reaches(&ended, 1) && reaches(&others, 1));
    }
    CHECK(thrown_by([] { alice->get_server_time().get(); }) == 130160);
    CHECK(bob->is_ready());
    alice = logged_in("alice", alices_sig);
}

/** What a callback does in the stories below, at its first call. */
class shutting_down {
public:
    void operator()() {
        if (add(&calls_) > 1) return;
        tim::shutdown().get();
        add(&ended_);
    }
    void is_over() {
        CHECK(reaches(&ended_, 1));
        for (const auto *person : {&*alice, &*bob}) CHECK(thrown_by([&] { person->get_server_time().get(); }) == 130160);
    }

private:
    int calls_ = 0, ended_ = 0;
};

void a_listener_may_shut_everything_down_and_wait() {
    shutting_down end;
    {
        const auto listener = alice->add_listener([&](const std::string &) { end(); });
        cause_event();
        end.is_over();
    }
    people_log_in();
}

void the_end_of_a_call_may_shut_everything_down_and_wait() {
    shutting_down end;
    const auto done = [](void *user_data, tim_status, const char *) { (*static_cast<shutting_down *>(user_data))(); };
    GIVES(TIM_OK, tim_get_server_time(alice->handle(), done, &end));
    end.is_over();
    people_log_in();
}

void progress_may_shut_everything_down_and_wait() {
    shutting_down end;
    auto sent = alice->send_message(picture([&](std::uint32_t) { end(); }));
    end.is_over();
    CHECK(thrown_by([&] { sent.get(); }) == 130161);
    people_log_in();
}

void an_uploader_may_shut_everything_down_and_wait() {
    shutting_down end;
    alice->register_plugin([&](const std::string &, const tim::progress_callback &) -> std::string {
        end();
        throw tim::error(2041, "too late");
    });
    auto sent = alice->send_message(picture());
    end.is_over();
    CHECK(thrown_by([&] { sent.get(); }) == 130161);
    people_log_in();
}

}  // namespace

int main(int count, char **arguments) {
    read_arguments(count, arguments);
    people_log_in();
    STORY(a_listener_may_destroy_its_instance_and_wait);
    STORY(a_listener_may_shut_everything_down_and_wait);
    STORY(the_end_of_a_call_may_shut_everything_down_and_wait);
    STORY(progress_may_shut_everything_down_and_wait);
    STORY(an_uploader_may_shut_everything_down_and_wait);
    tim::shutdown().get();
    return 0;
}
