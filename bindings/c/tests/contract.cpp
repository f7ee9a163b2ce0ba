/*
 * What tim.hpp promises beyond tim.h: nothing thrown crosses the border, futures carry errors, ends of objects are ends of what
 * they stand for, and callbacks may do what they may do in C.
 */
#include <memory>
#include <thread>
#include <vector>

#include "people.hpp"

namespace {

/** Held by what a host passes to the library: counts its own end. */
class held {
public:
    explicit held(int *gone) : gone_(gone) {}
    held(const held &) = delete;
    held &operator=(const held &) = delete;
    ~held() { add(gone_); }

private:
    int *gone_;
};

/** Has the engine log a line, about a server that is not there. */
class log_line {
public:
    log_line() : carol_(options("carol", "ws://127.0.0.1:1")) { carol_.login("carol", "no token"); }
    ~log_line() { carol_.destroy().get(); }

private:
    tim::client carol_;
};

/** What an uploader tells that put a picture somewhere else. */
std::string somewhere_else() {
    std::string sizes;
    for (const char *type : {"0", "1", "2"})
        sizes += std::string(sizes.empty() ? "" : ",") + R"({"type":)" + type +
                 R"(,"size":58,"width":1,"height":1,"url":"https://example.org/)" + type + R"("})";
    return R"({"uuid":"0199a2a4-3f52-7c1e-9d4b-5a0f3c1e2b7d","renditions":[)" + sizes + "]}";
}

void errors_are_thrown_here_and_come_with_futures() {
    CHECK(thrown_by([] { tim::client("{}"); }) == 130182);
    CHECK(thrown_by([] { alice->create_text_message("", "C2C", "hi"); }) == 2002);
    CHECK(thrown_by([] { alice->send_message("{}").get(); }) == 130182);
    std::string reason;
    try {
        alice->get_group_profile("nowhere").get();
    } catch (const tim::error &why) {
        CHECK(why.code() == 10010);
        reason = why.message();
    }
    CHECK(reason == tim::status_text(10010));
    CHECK(thrown_by([] { tim::set_log_level(7); }) == 20001);
    CHECK(tim::status_text(2801) == "no answer in time: check the network and try again");
    CHECK(tim::version() == TIM_VERSION);
    // A future may be dropped.
    alice->get_conversation_list();
    CHECK(alice->get_blacklist().get() == "[]");
}

void what_is_not_done_yet_is_taken_back() {
    const auto message = alice->create_text_message("nobody", "C2C", "hello?");
    CHECK(thrown_by([&] { alice->send_message(message).get(); }) == 20003);
    CHECK(alice->cancel_message(id_of(message)).get() == "null");
    CHECK(thrown_by([&] { alice->cancel_message(id_of(message)).get(); }) == 130171);
    CHECK(thrown_by([&] { alice->cancel_download("/nothing/here").get(); }) == 130171);
}

void any_verb_is_called_by_its_name() {
    alice->call("createGroup", R"({"group":{"name":"Tea","type":"Public","groupID":"tea","joinOption":"FreeAccess"}})").get();
    CHECK(has(bob->call("joinGroup", R"({"groupID":"tea","applyMessage":"two sugars"})").get(), "JoinedSuccess"));
    CHECK(bob->call("getGroupList").get() == bob->get_group_list().get());
    const auto message = alice->call("createTextMessage", R"({"to":"tea","conversationType":"GROUP","text":"two sugars"})").get();
    CHECK(has(alice->call("sendMessage", R"({"message":)" + message + "}").get(), "\"success\""));
    CHECK(thrown_by([] { alice->call("makeTea").get(); }) == 130103);
    CHECK(thrown_by([] { alice->call("joinGroup").get(); }) == 130182);
    CHECK(thrown_by([] { alice->call("joinGroup", R"({"groupID":""})").get(); }) == 2602);
    CHECK(thrown_by([] { alice->call("getGroupProfile", R"({"groupID":"nowhere"})").get(); }) == 10010);
}

void a_picture_is_shown_before_it_is_sent_and_by_its_address_afterwards() {
    const auto made = picture();
    CHECK(shows(made.c_str(), PIXEL, sizeof PIXEL));
    CHECK(thrown_by([&] { alice->get_attachment_url(made, 0).get(); }) == 2105);
    const auto sent = alice->send_message(made).get();
    CHECK(loads(bob->get_attachment_url(sent, 0).get().c_str(), PIXEL, sizeof PIXEL));
}

void a_text_with_a_nul_is_refused_whole() {
    const std::string nul(1, '\0');
    CHECK(thrown_by([&] { alice->create_text_message("bob", "C2C", "pay 100" + nul + " no, 1"); }) == 20001);
    CHECK(thrown_by([&] { alice->create_text_message("bob" + nul, "C2C", "hi"); }) == 20001);
    CHECK(thrown_by([&] { alice->create_text_message("bob", "C2C", "hi", R"({"priority":"High"})" + nul); }) == 20001);
    CHECK(thrown_by([&] { tim::client("{}" + nul); }) == 20001);
    // Of a call that asks the server it is told in the future, as everything else.
    auto joined = alice->join_group("climbers", "let me in" + nul);
    CHECK(thrown_by([&] { joined.get(); }) == 20001);
    auto sent = alice->send_message(alice->create_text_message("bob", "C2C", "hi") + nul);
    CHECK(thrown_by([&] { sent.get(); }) == 20001);
    // What was passed along goes as it always does.
    int gone = 0;
    const auto keeps = [&gone] {
        return [captured = std::make_shared<held>(&gone)](std::uint32_t) { CHECK(captured != nullptr); };
    };
    CHECK(thrown_by([&] { alice->create_image_message("bob", "C2C", "picture" + nul, keeps()); }) == 20001);
    CHECK(thrown_by([&] { alice->create_image_message("bob" + nul, "C2C", PIXEL, sizeof PIXEL, keeps()); }) == 20001);
    CHECK(thrown_by([&] { alice->download_attachment("{}", 0, "picture" + nul, keeps()).get(); }) == 20001);
    CHECK(gone == 3);
}

void a_moved_from_client_has_no_handle() {
    tim::client one(options("alice")), two = std::move(one);
    CHECK(one.handle().number == 0 && two.login_user() == "alice");
    one = std::move(two);
    CHECK(two.handle().number == 0 && one.is_ready());
    one.release();
    one.release();
    CHECK(thrown_by([&] { one.is_ready(); }) == 130183);
    CHECK(alice->is_ready());
}

void what_a_listener_throws_is_caught_and_told() {
    int heard = 0, told = 0, others = 0;
    const auto before = tim::exceptions_caught();
    tim::on_exception([&](std::exception_ptr what) {
        try {
            std::rethrow_exception(what);
        } catch (const std::runtime_error &why) {
            if (std::string(why.what()) == "from a listener") add(&told);
        } catch (int) {
            add(&told);
        }
        throw std::logic_error("even here");
    });
    {
        const auto throws = alice->add_listener([&](const std::string &) {
            if (add(&heard) % 2 == 0) throw 7;
            throw std::runtime_error("from a listener");
        });
        const auto other = alice->add_listener([&](const std::string &) { add(&others); });
        for (int i = 1; i <= 3; ++i) {
            cause_event();
            CHECK(reaches(&heard, i) && reaches(&others, i));
        }
    }
    CHECK(now(&told) >= 3);
    CHECK(tim::exceptions_caught() >= before + 6);
    tim::on_exception({});
}

void what_progress_an_uploader_and_a_log_throw_is_caught_too() {
    int told = 0, lines = 0;
    tim::on_exception([&](std::exception_ptr) { add(&told); });
    const auto throws = [](std::uint32_t) { throw std::runtime_error("from progress"); };
    alice->send_message(picture(throws)).get();
    CHECK(now(&told) > 0);

    alice->register_plugin([](const std::string &, const tim::progress_callback &) -> std::string {
        throw tim::error(2041, "no");
    });
    const std::string refused = picture(throws);
    CHECK(thrown_by([&] { alice->send_message(refused).get(); }) == 2041);
    const int before = now(&told);
    alice->register_plugin([](const std::string &, const tim::progress_callback &) -> std::string {
        throw std::runtime_error("no reason");
    });
    CHECK(thrown_by([&] { alice->resend_message(id_of(refused)).get(); }) == 2400);
    CHECK(now(&told) > before);
    alice->register_plugin(
        [](const std::string &, const tim::progress_callback &) { return somewhere_else() + std::string(1, '\0'); });
    CHECK(thrown_by([&] { alice->resend_message(id_of(refused)).get(); }) == 20001);
    alice->register_plugin([](const std::string &, const tim::progress_callback &progress) {
        progress(50);
        return somewhere_else();
    });
    CHECK(has(alice->resend_message(id_of(refused)).get(), "https://example.org/2"));

    tim::set_log_sink([&](std::uint32_t, const std::string &) -> void {
        add(&lines);
        throw std::runtime_error("from the log");
    });
    const int without_log = now(&told);
    {
        const log_line line;
        CHECK(reaches(&lines, 1) && reaches(&told, without_log + 1));
    }
    tim::set_log_sink({});
    tim::on_exception({});
}

void progress_an_uploader_and_a_log_may_call_the_library() {
    int told = 0, first_gone = 0, second_gone = 0, logged = 0, sink_gone = 0;
    const auto call = [](const char *words) {
        alice->get_my_profile().get();
        say(*alice, "bob", words);
    };
    auto first = std::make_shared<held>(&first_gone), second = std::make_shared<held>(&second_gone);
    alice->register_plugin([&, first = std::move(first)](const std::string &, const tim::progress_callback &) {
        call("from an uploader");
        // Another takes its place, and it lives on until it returns.
        alice->register_plugin([second](const std::string &, const tim::progress_callback &) { return ""; });
        CHECK(now(&first_gone) == 0);
        return somewhere_else();
    });
    const auto sent = alice->send_message(picture([&](std::uint32_t) {
                               call("from progress");
                               add(&told);
                           })).get();
    CHECK(has(sent, "https://example.org/2") && now(&told) > 0);
    CHECK(reaches(&first_gone, 1));
    second.reset();
    CHECK(now(&second_gone) == 0);
    alice->register_plugin([](const std::string &, const tim::progress_callback &) { return ""; });
    CHECK(reaches(&second_gone, 1));

    auto sink = std::make_shared<held>(&sink_gone);
    tim::set_log_sink([&, sink = std::move(sink)](std::uint32_t, const std::string &) {
        // Nothing that takes long: a log line holds up the thread that logs.
        alice->get_server_time();
        tim::set_log_sink({});
        CHECK(now(&sink_gone) == 0);
        add(&logged);
    });
    const log_line line;
    CHECK(reaches(&logged, 1) && reaches(&sink_gone, 1));
}

void a_listener_that_blocks_holds_up_its_own_instance_alone() {
    int stuck = 0, let_go = 0, bobs = 0;
    const auto blocks = alice->add_listener([&](const std::string &) {
        add(&stuck);
        CHECK(reaches(&let_go, 1));
    });
    const auto hears = bob->add_listener([&](const std::string &json) {
        if (has(json, "are you there?")) add(&bobs);
    });
    cause_event();
    CHECK(reaches(&stuck, 1));
    say(*alice, "bob", "are you there?");
    CHECK(reaches(&bobs, 1) && now(&stuck) == 1);
    add(&let_go);
}

void a_handler_hears_its_kind_and_one_that_is_on_once_a_single_event() {
    int each = 0, once = 0;
    auto of_each = alice->on(TIM_EVENT_MESSAGE_RECEIVED, [&](const std::string &json) {
        CHECK(json.rfind(R"({"name":"onMessageReceived","data":[)", 0) == 0);
        add(&each);
    });
    const auto of_once = alice->once(TIM_EVENT_MESSAGE_RECEIVED, [&](const std::string &) { add(&once); });
    for (int i = 1; i <= 2; ++i) {
        cause_event();
        CHECK(reaches(&each, i));
    }
    of_each.off();
    all_have_heard();
    CHECK(now(&each) == 2 && now(&once) == 1);
}

void the_end_of_a_subscription_waits_for_its_running_call() {
    int begun = 0, ended = 0;
    {
        const auto slow = alice->add_listener([&](const std::string &) {
            add(&begun);
            // To the server and back, which is long enough to come too late if nobody waits.
            for (int i = 0; i < 5; ++i) say(*alice, "bob", "still here");
            add(&ended);
        });
        cause_event();
        CHECK(reaches(&begun, 1));
    }
    CHECK(now(&begun) == now(&ended));
    const int before = now(&begun);
    all_have_heard();
    CHECK(now(&begun) == before);
}

void what_a_listener_captured_goes_with_its_subscription() {
    int busy = 0, let_go = 0, gone = 0;
    auto captured = std::make_shared<held>(&gone);
    auto first = alice->add_listener([captured = std::move(captured)](const std::string &) {});
    const auto second = alice->add_listener([&](const std::string &) {
        add(&busy);
        CHECK(reaches(&let_go, 1));
    });
    cause_event();
    // The library still has both in its hands.
    CHECK(reaches(&busy, 1) && now(&gone) == 0);
    first.off();
    CHECK(now(&gone) == 1);
    add(&let_go);
}

void a_listener_may_end_its_own_subscription() {
    int calls = 0, gone = 0, is_set = 0;
    auto captured = std::make_shared<held>(&gone);
    tim::subscription own;
    own = alice->add_listener([&, captured = std::move(captured)](const std::string &) {
        CHECK(reaches(&is_set, 1));
        add(&calls);
        own.off();
        CHECK(now(&gone) == 0 && captured != nullptr);
    });
    add(&is_set);
    cause_event();
    CHECK(reaches(&gone, 1));
    all_have_heard();
    CHECK(now(&calls) == 1);
}

void a_listener_may_wait_for_calls_and_drop_the_last_client() {
    int calls = 0;
    auto own = std::make_unique<tim::client>(options("alice"));
    const auto subscription = alice->add_listener([&](const std::string &) {
        if (now(&calls) == 0) {
            own->get_my_profile().get();
            say(*own, "bob", "from a listener");
            own.reset();
        }
        add(&calls);
    });
    cause_event();
    CHECK(reaches(&calls, 2));
    CHECK(own == nullptr);
}

void a_kept_listener_goes_with_its_instance() {
    int gone = 0;
    auto captured = std::make_shared<held>(&gone);
    tim::client carol(options("carol"));
    carol.add_listener([captured = std::move(captured)](const std::string &) {}).keep();
    CHECK(now(&gone) == 0);
    CHECK(thrown_by([&] { carol.create_text_message("bob", "C2C", "nobody is logged in"); }) == 2024);
    carol.destroy().get();
    CHECK(now(&gone) == 1);
    CHECK(thrown_by([&] { static_cast<void>(carol.add_listener([](const std::string &) {})); }) == 130160);
    CHECK(thrown_by([&] { carol.login("alice", alices_sig).get(); }) == 130160);
}

void many_threads_come_and_go() {
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([i] {
            const tim::client &mine = i % 2 ? *alice : *bob;
            std::vector<std::future<std::string>> answers;
            for (int j = 0; j < 30; ++j) {
                int heard = 0;
                const auto subscription = mine.add_listener([&](const std::string &) { add(&heard); });
                answers.push_back(mine.get_server_time());
                if (j % 10 == 0) answers.push_back(mine.send_message(mine.create_text_message("bob", "C2C", "one of many")));
            }
            for (auto &answer : answers) answer.get();
        });
    for (auto &thread : threads) thread.join();
}

/** Something of a thread's own that calls the library when it goes. */
struct last_words {
    explicit last_words(int *counter) : spoken(counter) {}
    last_words(const last_words &) = delete;
    last_words &operator=(const last_words &) = delete;
    ~last_words() {
        tim::client released(options("alice"));
        released.release();
        CHECK(thrown_by([&] { released.is_ready(); }) == 130183);
        say(*alice, "bob", "last words");
        add(spoken);
    }
    int *spoken;
};

void a_thread_may_call_the_library_as_it_ends() {
    int spoken = 0;
    std::thread([&] {
        // Made first, so that what the library keeps for this thread goes before.
        thread_local const last_words words(&spoken);
        CHECK(words.spoken == &spoken);
        CHECK(thrown_by([] { alice->create_text_message("", "C2C", "hi"); }) == 2002);
        say(*alice, "bob", "first words");
    }).join();
    CHECK(spoken == 1);
}

}  // namespace

int main(int count, char **arguments) {
    read_arguments(count, arguments);
    people_log_in();
    STORY(errors_are_thrown_here_and_come_with_futures);
    STORY(what_is_not_done_yet_is_taken_back);
    STORY(any_verb_is_called_by_its_name);
    STORY(a_picture_is_shown_before_it_is_sent_and_by_its_address_afterwards);
    STORY(a_text_with_a_nul_is_refused_whole);
    STORY(a_moved_from_client_has_no_handle);
    STORY(what_a_listener_throws_is_caught_and_told);
    STORY(what_progress_an_uploader_and_a_log_throw_is_caught_too);
    STORY(progress_an_uploader_and_a_log_may_call_the_library);
    STORY(a_listener_that_blocks_holds_up_its_own_instance_alone);
    STORY(a_handler_hears_its_kind_and_one_that_is_on_once_a_single_event);
    STORY(the_end_of_a_subscription_waits_for_its_running_call);
    STORY(what_a_listener_captured_goes_with_its_subscription);
    STORY(a_listener_may_end_its_own_subscription);
    STORY(a_listener_may_wait_for_calls_and_drop_the_last_client);
    STORY(a_kept_listener_goes_with_its_instance);
    STORY(many_threads_come_and_go);
    STORY(a_thread_may_call_the_library_as_it_ends);
    tim::shutdown().get();
    return 0;
}
