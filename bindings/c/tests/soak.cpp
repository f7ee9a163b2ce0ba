/*
 * A million events without growth: calls that are refused because nobody is logged in are each told as an event. What the
 * process holds after 100,000 is what it holds after 1,000,000.
 */
#include <fstream>

#include "people.hpp"

namespace {

/** What this process holds, in KiB. */
long resident() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.rfind("VmRSS:", 0) == 0) return std::stol(line.substr(6));
    return 0;
}

int count(const std::string &text, const char *part) {
    int found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
    return found;
}

}  // namespace

int main(int arguments_count, char **arguments) {
    constexpr int first = 100'000, all = 1'000'000, most_growth_kib = 4'096;
    // No more than the queue holds, so that none is lost.
    constexpr int most_waiting = 5'000;
    read_arguments(arguments_count, arguments);
    const tim::client carol(options("carol"));
    int heard = 0, lost = 0;
    const auto subscription = carol.add_listener([&](const std::string &events) {
        add_some(&lost, count(events, "\"code\":130162"));
        add_some(&heard, count(events, "\"code\":2024"));
    });
    long after_first = 0;
    for (int caused = 1; caused <= all; ++caused) {
        char *message = nullptr;
        GIVES(2024, tim_create_text_message(carol.handle(), "bob", "C2C", "nobody is logged in", nullptr, &message));
        CHECK(reaches(&heard, caused - most_waiting));
        if (caused == first) after_first = resident();
    }
    CHECK(reaches(&heard, all));
    const long growth = resident() - after_first;
    std::printf("  %d events, %ld KiB held after %d, %+ld KiB at the end\n", all, after_first, first, growth);
    CHECK(now(&heard) == all && now(&lost) == 0);
    CHECK(growth <= most_growth_kib);
    tim::shutdown().get();
    return 0;
}
