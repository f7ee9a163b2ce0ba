/*
 * What the quick start in C++ needs beside the engine: waiting for events, printing, cutting JSON, a picture. Nothing here
 * calls the engine. A program of yours has a library for JSON and an event loop to wake.
 */
#ifndef HELPERS_HPP
#define HELPERS_HPP

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <fstream>
#include <functional>
#include <iostream>
#include <mutex>
#include <string>

/** What is printed on several threads, whole. */
inline void tell(const std::string &line) { std::cout << line + "\n" << std::flush; }

inline void step(const std::string &what) { tell("\n" + what); }

/** The JSON object that begins at `begin`. */
inline std::string object_at(const std::string &text, std::size_t begin) {
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

/** What a message says. */
inline std::string payload(const std::string &message) {
    const std::string key = "\"payload\":";
    return object_at(message, message.find(key) + key.size());
}

/** The first text of this name; empty if there is none. */
inline std::string text_of(const std::string &json, const std::string &name) {
    const std::string key = "\"" + name + "\":\"";
    const auto found = json.find(key);
    if (found == std::string::npos) return "";
    const auto begin = found + key.size();
    return json.substr(begin, json.find('"', begin) - begin);
}

/** The first number of this name. */
inline std::string number_of(const std::string &json, const std::string &name) {
    const auto begin = json.find("\"" + name + "\":") + name.size() + 3;
    return json.substr(begin, json.find_first_not_of("0123456789", begin) - begin);
}

inline void copy_file(const std::string &from, const std::string &to) {
    std::ofstream(to, std::ios::binary) << std::ifstream(from, std::ios::binary).rdbuf();
}

/** Everything that somebody was told, and how much of it was waited for. */
class inbox {
public:
    explicit inbox(std::string name) : name_(std::move(name)) {}

    /** Takes events as the library tells them: [{"name":"sdkStateReady"},{"name":"onMessageReceived","data":[{...}]}] */
    void hear(const std::string &events) {
        for (std::size_t at = 1; at < events.size();) {
            const std::string event = object_at(events, at);
            tell("  " + name_ + " <- " + event.substr(0, 110));
            at += event.size() + 1;
        }
        std::lock_guard<std::mutex> hold(lock_);
        heard_ += events;
        news_.notify_all();
    }

    /** Waits for the next event of this name, and gives the first object of its data (a message), or nothing. */
    std::string wait_for(const std::string &event) {
        static const std::string data = "\"data\":[{";
        std::unique_lock<std::mutex> hold(lock_);
        std::size_t found = 0;
        news_.wait(hold, [&] {
            found = heard_.find("{\"name\":\"" + event + "\"", waited_for_);
            return found != std::string::npos;
        });
        const std::string whole = object_at(heard_, found);
        waited_for_ = found + whole.size();
        const auto first = whole.find(data);
        return first == std::string::npos ? "" : object_at(whole, first + data.size() - 1);
    }

private:
    const std::string name_;
    std::mutex lock_;
    std::condition_variable news_;
    std::string heard_;
    std::size_t waited_for_ = 0;
};

/** Tells how far a picture has come. */
inline std::function<void(std::uint32_t)> bar(const std::string &way) {
    return [way](std::uint32_t percent) {
        if (percent % 50 == 0) tell("     " + way + " " + std::to_string(percent) + " %");
    };
}

/** Something to look at: a BMP file of 320 x 240 pixels. */
inline void draw(const std::string &file) {
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

#endif /* HELPERS_HPP */
