/*
 * tim.hpp: tim for C++17, over tim.h and nothing else. Read the top of tim.h first: threads, shutdown order, JSON nouns and
 * error numbers are the same here.
 *
 *   - tim::client is an instance's handle: its destructor gives it back. tim::subscription is a handler or a listener: its destructor takes
 *     it off, and waits for a call of it that is running (unless it is that call that destroys it): then what the listener
 *     captured is gone, and what it refers to may go.
 *   - Calls that ask the server give a std::future with JSON. Its get() throws tim::error, with the code and the message.
 *     Futures may be dropped: what was asked goes on.
 *   - Other calls throw tim::error themselves.
 *   - Callbacks are std::function. What they throw never reaches the library: it is caught, counted
 *     (tim::exceptions_caught) and passed to the handler of tim::on_exception, if there is one.
 *   - The verbs stand in tim_verbs.hpp, which this includes; tim::client::call calls any by its name.
 *   - Texts are UTF-8. One with a NUL in it is refused with 20001, because C would cut it there.
 *   - It needs exceptions. Without RTTI (-fno-rtti) it works as well.
 *
 *   tim::client alice{R"({"SDKAppID":1400000001, "server":"wss://im.example.org", "dataDir":"/var/lib/app/tim"})"};
 *   auto messages = alice.on(TIM_EVENT_MESSAGE_RECEIVED, [](const std::string &json) { std::cout << json << '\n'; });
 *   alice.login("alice", user_sig).get();
 *   alice.send_message(alice.create_text_message("bob", "C2C", "Hello world!")).get();
 */
#ifndef TIM_HPP
#define TIM_HPP

#include "tim.h"

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>

namespace tim {

/** Why a call failed: a number that is stable for ever, and what to do in one line. */
class error : public std::runtime_error {
public:
    error(tim_status code, const std::string &message) : std::runtime_error(message), code_(code) {}
    tim_status code() const noexcept { return code_; }
    const char *message() const noexcept { return what(); }

private:
    tim_status code_;
};

using event_handler = std::function<void(const std::string &event_json)>;
using events_callback = std::function<void(const std::string &events_json)>;
using progress_callback = std::function<void(std::uint32_t percent)>;
using log_callback = std::function<void(std::uint32_t level, const std::string &line)>;
using exception_handler = std::function<void(std::exception_ptr)>;
/** Uploads a file (JSON, see tim_upload_callback), reports to `progress`, and gives back JSON (see tim_upload_result). A tim::error it throws is
 *  what the message fails with; anything else it throws counts as 2400. */
using uploader = std::function<std::string(const std::string &file, const progress_callback &progress)>;

namespace detail {

/** A handle that is none. */
template <typename Handle> constexpr Handle none() { return Handle{0}; }

struct exceptions {
    std::atomic<std::uint64_t> caught{0};
    std::mutex lock;
    std::shared_ptr<exception_handler> handler;

    static exceptions &instance() {
        // Never destroyed: callbacks may come until the process is gone.
        static exceptions &it = *new exceptions;
        return it;
    }
};

/** Call it in a catch block. */
inline void swallow() noexcept {
    exceptions &all = exceptions::instance();
    ++all.caught;
    try {
        std::shared_ptr<exception_handler> handler;
        {
            std::lock_guard<std::mutex> hold(all.lock);
            handler = all.handler;
        }
        if (handler && *handler) (*handler)(std::current_exception());
    } catch (...) {
        ++all.caught;
    }
}

/** A text of the library's, which is given back. */
inline std::string take(char *text) {
    std::unique_ptr<char, void (*)(char *)> owned(text, tim_string_free);
    return owned ? std::string(owned.get()) : std::string();
}

/** Why this thread's last call failed, or the one whose end it is told. A thread whose own things go already has no text of its
 *  own any more. */
inline error failure(tim_status status) {
    const std::string message = take(tim_last_error());
    return error(status, message.empty() ? take(tim_status_text(status)) : message);
}

inline void check(tim_status status) {
    if (status != TIM_OK) throw failure(status);
}

/** A text as C takes it. */
inline const char *as_c(const std::string &text) {
    if (text.find('\0') != std::string::npos) throw error(20001, "a text holds a NUL, where C would cut it: leave it out");
    return text.c_str();
}

/** What is no text stays as it is. */
template <typename T> T as_c(T value) { return value; }

/** For `destroy`. */
template <typename T> void destroy(void *user_data) noexcept { delete static_cast<T *>(user_data); }

using promise = std::promise<std::string>;

inline void done(void *user_data, tim_status status, const char *json) noexcept {
    std::unique_ptr<promise> answer(static_cast<promise *>(user_data));
    try {
        if (status == TIM_OK) answer->set_value(json);
        else answer->set_exception(std::make_exception_ptr(failure(status)));
    } catch (...) {
        swallow();
    }
}

/** Makes a call; one that cannot even begin is told in the future too, so that there is one place to look. */
template <typename Call> std::future<std::string> ask(Call &&call) {
    auto answer = std::make_unique<promise>();
    auto future = answer->get_future();
    try {
        check(call(&done, static_cast<void *>(answer.get())));
        static_cast<void>(answer.release());  // `done` deletes it
    } catch (const error &) {
        answer->set_exception(std::current_exception());
    }
    return future;
}

inline void progress(void *user_data, std::uint32_t percent) noexcept {
    try {
        (*static_cast<progress_callback *>(user_data))(percent);
    } catch (...) {
        swallow();
    }
}

/** A progress callback as C takes it: NULL if it is empty. */
struct progress_arguments {
    explicit progress_arguments(progress_callback callback)
        : user_data(callback ? new progress_callback(std::move(callback)) : nullptr) {}
    void *user_data;
    tim_progress_callback callback() const { return user_data ? &progress : nullptr; }
    tim_destroy_callback destroyer() const { return user_data ? &destroy<progress_callback> : nullptr; }
};

inline void log(void *user_data, std::uint32_t level, const char *line) noexcept {
    try {
        (*static_cast<log_callback *>(user_data))(level, line);
    } catch (...) {
        swallow();
    }
}

inline tim_status upload(void *user_data, const char *file, tim_upload upload) noexcept {
    constexpr tim_status failed = 2400;
    try {
        const auto report = [upload](std::uint32_t percent) { tim_upload_progress(upload, percent); };
        const std::string image = (*static_cast<uploader *>(user_data))(file, report);
        return tim_upload_result(upload, as_c(image));
    } catch (const error &why) {
        return why.code() == TIM_OK ? failed : why.code();
    } catch (...) {
        swallow();
        return failed;
    }
}

/** What a subscription and the library share. */
struct ears {
    explicit ears(events_callback told) : callback(std::make_shared<events_callback>(std::move(told))) {}
    /** Nothing, once it was taken off. What it captured is the host's, and never goes under the lock. */
    std::shared_ptr<events_callback> callback;
    /** Held during a call; recursive, because a call may take itself off. */
    std::recursive_mutex calling;
};

inline void events(void *user_data, const char *json) noexcept {
    try {
        const std::shared_ptr<ears> it = *static_cast<std::shared_ptr<ears> *>(user_data);
        // A call that takes itself off still has what it captured.
        std::shared_ptr<events_callback> own;
        std::lock_guard<std::recursive_mutex> hold(it->calling);
        own = it->callback;
        if (own) (*own)(json);
    } catch (...) {
        swallow();
    }
}

/** Calls functions of tim.h for an instance: with its handle in front, and behind the arguments what their ends are told to. */
class caller {
protected:
    /** A function that ends with `done, user_data`. */
    template <typename Function, typename... Arguments>
    std::future<std::string> ask(Function function, const Arguments &...arguments) const {
        return detail::ask([&](tim_done_callback done, void *user_data) {
            return function(handle_, as_c(arguments)..., done, user_data);
        });
    }

    /** One that is told of progress, before that. */
    template <typename Function, typename... Arguments>
    std::future<std::string> ask(progress_callback on_progress, Function function, const Arguments &...arguments) const {
        return detail::ask([&](tim_done_callback done, void *user_data) {
            return tell(std::move(on_progress), function, std::make_tuple(as_c(arguments)...), done, user_data);
        });
    }

    /** A function that ends with `message_json`. */
    template <typename Function, typename... Arguments>
    std::string make(Function function, const Arguments &...arguments) const {
        char *message = nullptr;
        check(function(handle_, as_c(arguments)..., &message));
        return take(message);
    }

    /** One that is told of progress, before that. */
    template <typename Function, typename... Arguments>
    std::string make(progress_callback on_progress, Function function, const Arguments &...arguments) const {
        char *message = nullptr;
        check(tell(std::move(on_progress), function, std::make_tuple(as_c(arguments)...), &message));
        return take(message);
    }

    tim_client handle_ = none<tim_client>();

private:
    /** What could throw has not: once the progress is made, nobody but the library ends it. */
    template <typename Function, typename Arguments, typename... End>
    tim_status tell(progress_callback on_progress, Function function, const Arguments &arguments, End... end) const {
        const progress_arguments told(std::move(on_progress));
        return std::apply(
            [&](auto... each) {
                return function(handle_, each..., told.callback(), told.user_data, told.destroyer(), end...);
            },
            arguments);
    }
};

}  // namespace detail

/** How many exceptions callbacks have thrown so far, in this process. */
inline std::uint64_t exceptions_caught() noexcept { return detail::exceptions::instance().caught; }

/** Who is told what callbacks throw; an empty function for nobody. Called on the callback's thread. */
inline void on_exception(exception_handler handler) {
    auto shared = std::make_shared<exception_handler>(std::move(handler));
    auto &all = detail::exceptions::instance();
    std::lock_guard<std::mutex> hold(all.lock);
    all.handler.swap(shared);
}

/** The library's version, like "0.1.0". */
inline std::string version() { return detail::take(tim_version()); }

/** What a status means and what to do. */
inline std::string status_text(tim_status status) { return detail::take(tim_status_text(status)); }

/** As tim_set_log_level. */
inline void set_log_level(std::uint32_t level) { detail::check(tim_set_log_level(level)); }

/** As tim_set_log_sink; an empty function takes the sink off. A call of the former one that has begun may still be running when
 *  this returns; what it captured goes when none is. */
inline void set_log_sink(log_callback callback) {
    if (!callback) return detail::check(tim_clear_log_sink());
    auto owned = std::make_unique<log_callback>(std::move(callback));
    detail::check(tim_set_log_sink(&detail::log, owned.release(), &detail::destroy<log_callback>));
}

/** Destroys every instance of the process. */
inline std::future<std::string> shutdown() {
    return detail::ask([](tim_done_callback done, void *data) { return tim_shutdown(done, data); });
}

/** A handler or a listener that is on as long as this lives. */
class subscription {
public:
    subscription() = default;
    subscription(subscription &&other) noexcept
        : listener_(std::exchange(other.listener_, detail::none<tim_listener>())), ears_(std::move(other.ears_)) {}
    subscription &operator=(subscription &&other) noexcept {
        if (this != &other) {
            off();
            listener_ = std::exchange(other.listener_, detail::none<tim_listener>());
            ears_ = std::move(other.ears_);
        }
        return *this;
    }
    subscription(const subscription &) = delete;
    subscription &operator=(const subscription &) = delete;
    ~subscription() { off(); }

    /** Takes it off. No call of it begins after this, and none is running, except one that this is called in; what
     *  it captured is gone, or goes when that call returns. */
    void off() noexcept {
        if (listener_.number == 0) return;
        tim_off(std::exchange(listener_, detail::none<tim_listener>()));
        const auto ears = std::move(ears_);
        std::shared_ptr<events_callback> last;
        std::lock_guard<std::recursive_mutex> hold(ears->calling);
        last.swap(ears->callback);
    }

    /** Leaves it on until the instance is destroyed. */
    void keep() noexcept {
        listener_ = detail::none<tim_listener>();
        ears_.reset();
    }

private:
    friend class client;
    subscription(tim_listener listener, std::shared_ptr<detail::ears> ears)
        : listener_(listener), ears_(std::move(ears)) {}
    tim_listener listener_ = detail::none<tim_listener>();
    std::shared_ptr<detail::ears> ears_;
};

}  // namespace tim

#include "tim_verbs.hpp"

namespace tim {

/** An instance of the engine, with all the verbs. Safe to use on any thread; the instance itself lives until destroy() or
 *  tim::shutdown(). */
class client : public verbs {
public:
    /** As tim_create. */
    explicit client(const std::string &options_json) {
        detail::check(tim_create(TIM_ABI_VERSION, detail::as_c(options_json), &handle_));
    }
    client(client &&other) noexcept { std::swap(handle_, other.handle_); }
    client &operator=(client &&other) noexcept {
        if (this != &other) {
            release();
            std::swap(handle_, other.handle_);
        }
        return *this;
    }
    client(const client &) = delete;
    client &operator=(const client &) = delete;
    ~client() { release(); }

    /** Gives the handle back before the destructor does. */
    void release() noexcept {
        if (handle_.number != 0) tim_release(std::exchange(handle_, detail::none<tim_client>()));
    }

    /** For functions of tim.h; it stays this object's. */
    tim_client handle() const noexcept { return handle_; }

    /** As tim_destroy. */
    answer destroy() const { return ask(tim_destroy); }

    /** As tim_call: any verb by its name, with its parameters as a JSON object. */
    answer call(const std::string &verb, const std::string &parameters_json = "{}") const {
        return ask(tim_call, verb, parameters_json);
    }

    /** Calls a handler with each event of one kind: TIM_EVENT_MESSAGE_RECEIVED, ... Hold on to what it gives: its end is the
     *  handler's. */
    [[nodiscard]] subscription on(tim_event event, event_handler handler) const {
        return listen(std::move(handler), [&](auto... rest) { return tim_on(handle_, event, rest...); });
    }

    /** Calls a handler with the next event of one kind, once. */
    [[nodiscard]] subscription once(tim_event event, event_handler handler) const {
        return listen(std::move(handler), [&](auto... rest) { return tim_once(handle_, event, rest...); });
    }

    /** Adds a listener of all events. */
    [[nodiscard]] subscription add_listener(events_callback callback) const {
        return listen(std::move(callback), [&](auto... rest) { return tim_add_listener(handle_, rest...); });
    }

    /** As tim_register_plugin. What a former one captured goes when no call of it is running. */
    void register_plugin(uploader upload) const {
        auto owned = std::make_unique<uploader>(std::move(upload));
        detail::check(tim_register_plugin(handle_, &detail::upload, owned.release(), &detail::destroy<uploader>));
    }

    bool is_ready() const {
        bool ready = false;
        detail::check(tim_is_ready(handle_, &ready));
        return ready;
    }

    /** How many messages are unread in all. */
    std::int64_t total_unread_message_count() const {
        std::int64_t count = 0;
        detail::check(tim_get_total_unread_message_count(handle_, &count));
        return count;
    }

    /** Who is logged in; empty if nobody is. */
    std::string login_user() const {
        char *user = nullptr;
        detail::check(tim_get_login_user(handle_, &user));
        return detail::take(user);
    }

    void network_changed(bool up) const { detail::check(tim_network_changed(handle_, up)); }

private:
    /** `add` is a function of tim.h with what stands in front of the callback. */
    template <typename Add> subscription listen(events_callback callback, Add add) const {
        auto ears = std::make_shared<detail::ears>(std::move(callback));
        auto *user_data = new std::shared_ptr<detail::ears>(ears);
        tim_listener listener = detail::none<tim_listener>();
        detail::check(add(&detail::events, user_data, &detail::destroy<std::shared_ptr<detail::ears>>, &listener));
        return subscription(listener, std::move(ears));
    }
};

}  // namespace tim

#endif /* TIM_HPP */
