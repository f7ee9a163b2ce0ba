/*
 * A million events without growth: calls that are refused because nobody is logged in are each told as an event. What the
 * process holds after 100,000 is what it holds after 1,000,000.
 */
#include <atomic>
#include <fstream>
#include <thread>
#include <tim.hpp>

#include "test.h"

namespace {

/** What this process holds, in KiB. */
long resident() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.rfind("VmRSS:", 0) == 0) return std::stol(line.substr(6));
    return 0;
}

std::size_t count(const std::string &text, const std::string &part) {
    std::size_t found = 0;
    for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) ++found;
    return found;
}

}  // namespace

int main(int arguments_count, char **arguments) {
    constexpr long first = 100'000, all = 1'000'000, most_growth_kib = 4'096;
    read_arguments(arguments_count, arguments);
    const tim::client alice(R"({"SDKAppID":)" + std::string(test_app) + R"(, "server":")" + test_server +
                            R"(", "dataDir":")" + test_folder + R"("})");
    std::atomic<long> heard{0}, lost{0};
    const auto subscription = alice.on_events([&](const std::string &events) {
        heard += static_cast<long>(count(events, "\"code\":2024"));
        lost += static_cast<long>(count(events, "\"code\":130162"));
    });
    long after_first = 0;
    for (long caused = 1; caused <= all; ++caused) {
        char *message = nullptr;
        GIVES(2024, tim_create_text_message(alice.handle(), "C2Cbob", "nobody is logged in", nullptr, &message));
        // No more than the queue holds, so that none is lost.
        while (caused - heard > 5'000) std::this_thread::yield();
        if (caused == first) after_first = resident();
    }
    while (heard < all) sleep_ms(1);
    const long growth = resident() - after_first;
    std::printf("  %ld events, %ld KiB held after %ld, %+ld KiB at the end\n", heard.load(), after_first, first, growth);
    CHECK(heard == all && lost == 0);
    CHECK(growth <= most_growth_kib);
    tim::shutdown().get();
    return 0;
}
