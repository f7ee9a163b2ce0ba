/*
 * What tim.hpp promises beyond tim.h: nothing thrown crosses the border, futures carry errors, and ends of objects are ends
 * of what they stand for.
 */
#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <tim.hpp>
#include <vector>

#include "test.h"

namespace {

std::string options(const std::string &name) {
    return R"({"SDKAppID":)" + std::string(test_app) + R"(, "server":")" + test_server + R"(", "dataDir":")" +
           test_folder + "/" + name + R"(", "instance":")" + name + R"("})";
}

tim::client logged_in(const std::string &name, const char *sig) {
    tim::client client(options(name));
    client.login(name, sig).get();
    while (!client.is_ready()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    CHECK(client.login_user() == name);
    return client;
}

template <typename Condition> void eventually(Condition holds) {
    for (int i = 0; i < WITHIN_SECONDS * 100 && !holds(); ++i) sleep_ms(10);
    CHECK(holds());
}

/** The code that something throws; 0 if it throws nothing. */
template <typename Call> tim_status thrown_by(Call &&call) {
    try {
        call();
        return TIM_OK;
    } catch (const tim::error &why) {
        CHECK(why.reason()[0] != '\0');
        CHECK(std::string(why.reason()).find('{') == std::string::npos);
        return why.code();
    }
}

tim::client *alice, *bob;

void cause_event() { alice->send_message(alice->create_text_message("C2Cbob", "an event")).get(); }

void errors_are_thrown_here_and_come_with_futures() {
    CHECK(thrown_by([] { tim::client("{}"); }) == 130182);
    CHECK(thrown_by([] { alice->create_text_message("bob", "hi"); }) == 2106);
    CHECK(thrown_by([] { alice->send_message("{}").get(); }) == 130182);
    CHECK(thrown_by([] { alice->get_group_profile("nowhere").get(); }) == 10010);
    CHECK(thrown_by([] { tim::set_log_level(7); }) == 20001);
    CHECK(tim::status_text(2801) == "no answer in time: check the network and try again");
    CHECK(tim::version() == TIM_VERSION);
    // A future may be dropped.
    alice->get_conversation_list();
    CHECK(alice->get_blacklist().get() == "[]");
}

void a_moved_from_client_has_no_handle() {
    tim::client one(options("alice")), two = std::move(one);
    CHECK(one.handle() == 0 && two.login_user() == "alice");
    one = std::move(two);
    CHECK(two.handle() == 0 && one.is_ready());
    one.release();
    one.release();
    CHECK(thrown_by([&] { one.is_ready(); }) == 130183);
    CHECK(alice->is_ready());
}

void what_a_listener_throws_is_caught_and_told() {
    std::atomic<int> heard{0}, told{0}, others{0};
    const auto before = tim::exceptions_caught();
    tim::on_exception([&](std::exception_ptr what) {
        try {
            std::rethrow_exception(what);
        } catch (const std::runtime_error &why) {
            if (std::string(why.what()) == "from a listener") ++told;
        } catch (int) {
            ++told;
        }
        throw std::logic_error("even here");
    });
    {
        auto throws = alice->on_events([&](const std::string &) {
            if (heard++ % 2) throw 7;
            throw std::runtime_error("from a listener");
        });
        auto other = alice->on_events([&](const std::string &) { ++others; });
        for (int i = 0; i < 3; ++i) {
            cause_event();
            eventually([&] { return heard > i && others > i; });
        }
    }
    CHECK(told >= 3);
    CHECK(tim::exceptions_caught() >= before + 6);
    tim::on_exception({});
}

void what_progress_an_uploader_and_a_log_throw_is_caught_too() {
    const auto before = tim::exceptions_caught();
    auto picture = [] {
        return alice->create_image_message("C2Cbob", PIXEL, sizeof PIXEL,
                                           [](std::uint32_t) { throw std::runtime_error("from progress"); });
    };
    alice->send_message(picture()).get();
    CHECK(tim::exceptions_caught() > before);

    tim::client again(options("alice"));
    again.register_upload_plugin([](const std::string &, const tim::progress_callback &) -> std::string {
        throw tim::error(2041, "no");
    });
    const std::string refused = picture();
    CHECK(thrown_by([&] { alice->send_message(refused).get(); }) == 2041);

    std::string uploaded_file;
    again.register_upload_plugin([&](const std::string &file, const tim::progress_callback &progress) {
        uploaded_file = file;
        progress(50);
        std::string sizes;
        for (const char *type : {"0", "1", "2"})
            sizes += std::string(sizes.empty() ? "" : ",") + R"({"type":)" + type +
                     R"(,"size":58,"width":1,"height":1,"url":"https://example.org/)" + type + R"("})";
        return R"({"uuid":"0199a2a4-3f52-7c1e-9d4b-5a0f3c1e2b7d","imageFormat":4,"imageInfoArray":[)" + sizes + "]}";
    });
    const std::string sent = alice->resend_message(refused).get();
    CHECK(sent.find("https://example.org/2") != std::string::npos && !uploaded_file.empty());

    tim::set_log_level(0);
    tim::set_log_sink([](std::uint32_t, const std::string &) { throw std::runtime_error("from the log"); });
    cause_event();
    tim::set_log_sink({});
    tim::set_log_level(1);
}

void the_end_of_a_subscription_waits_for_its_running_call() {
    std::atomic<bool> is_running{false};
    auto captured = std::make_unique<std::atomic<int>>(0);
    {
        auto slow = alice->on_events([&](const std::string &) {
            is_running = true;
            sleep_ms(200);
            ++*captured;
            is_running = false;
        });
        cause_event();
        eventually([&] { return is_running.load(); });
    }
    CHECK(!is_running && *captured >= 1);
    captured.reset();
    cause_event();
}

void a_listener_may_end_its_own_subscription() {
    std::atomic<int> calls{0};
    auto held = std::make_shared<int>(1);
    std::weak_ptr<int> watched = held;
    std::promise<void> is_set;
    auto ready = is_set.get_future().share();
    tim::subscription own;
    own = alice->on_events([&, ready, held = std::move(held)](const std::string &) {
        ready.wait();
        ++calls;
        own.remove();
    });
    is_set.set_value();
    cause_event();
    eventually([&] { return watched.expired(); });
    cause_event();
    sleep_ms(50);
    CHECK(calls == 1);
}

void a_listener_may_wait_for_calls_and_drop_the_last_client() {
    std::atomic<int> calls{0};
    auto own = std::make_unique<tim::client>(options("alice"));
    auto subscription = alice->on_events([&](const std::string &) {
        if (calls++ > 0) return;
        own->get_my_profile().get();
        own->send_message(own->create_text_message("C2Cbob", "from a listener")).get();
        own.reset();
    });
    cause_event();
    eventually([&] { return calls >= 2; });
    CHECK(own == nullptr);
}

void a_kept_listener_goes_with_its_instance() {
    auto held = std::make_shared<int>(1);
    std::weak_ptr<int> watched = held;
    tim::client carol(options("carol"));
    carol.on_events([held = std::move(held)](const std::string &) {}).keep();
    CHECK(!watched.expired());
    CHECK(thrown_by([&] { carol.create_text_message("C2Cbob", "nobody is logged in"); }) == 2024);
    carol.destroy().get();
    CHECK(watched.expired());
    CHECK(thrown_by([&] { static_cast<void>(carol.on_events([](const std::string &) {})); }) == 130160);
    CHECK(thrown_by([&] { carol.login("alice", alices_sig).get(); }) == 130160);
}

void many_threads_come_and_go() {
    std::vector<std::thread> threads;
    std::atomic<int> heard{0};
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&, i] {
            const tim::client &mine = i % 2 ? *alice : *bob;
            std::vector<std::future<std::string>> answers;
            for (int j = 0; j < 30; ++j) {
                const auto subscription = mine.on_events([&](const std::string &) { ++heard; });
                answers.push_back(mine.get_server_time());
                if (j % 10 == 0) answers.push_back(mine.send_message(mine.create_text_message("C2Cbob", "one of many")));
            }
            for (auto &answer : answers) answer.get();
        });
    for (auto &thread : threads) thread.join();
}

}  // namespace

int main(int count, char **arguments) {
    read_arguments(count, arguments);
    auto alices = logged_in("alice", alices_sig), bobs = logged_in("bob", bobs_sig);
    alice = &alices, bob = &bobs;
    STORY(errors_are_thrown_here_and_come_with_futures);
    STORY(a_moved_from_client_has_no_handle);
    STORY(what_a_listener_throws_is_caught_and_told);
    STORY(what_progress_an_uploader_and_a_log_throw_is_caught_too);
    STORY(the_end_of_a_subscription_waits_for_its_running_call);
    STORY(a_listener_may_end_its_own_subscription);
    STORY(a_listener_may_wait_for_calls_and_drop_the_last_client);
    STORY(a_kept_listener_goes_with_its_instance);
    STORY(many_threads_come_and_go);
    tim::shutdown().get();
    return 0;
}
