#!/usr/bin/env bash
# A message content in C++: std::variant of structs, each with its to_json for nlohmann's JSON, one of them for custom content.
#
# Expected: structs with to_json go into json by `to = one`, inside a to_json of the variant as well, be their member a string or
# a json.
# What happens: with nlohmann-json 3.11.2 (Debian's nlohmann-json3-dev) and g++ 12 it does not compile if the struct begins with
# a json: "exception specification ... depends on itself", with no line of one's own code named as wrong. To see whether
# to_json of the variant fits, the compiler tries to build the variant from the struct, and the struct, as an aggregate, from
# a json made of that struct, which asks the same again. Each of these ends it: calling to_json(to, one), a constructor,
# another member before the json, a visit outside of to_json.
# So: in to_json of a variant call the to_json of what it holds by name.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
[[ -e /usr/include/nlohmann/json.hpp && -x /usr/bin/g++ ]] ||
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends g++ nlohmann-json3-dev; } >/dev/null
cat >content.cc <<'CPP'
#include <iostream>
#include <nlohmann/json.hpp>
#include <variant>
using nlohmann::json;
namespace chat {
struct Text { std::string body; };
struct Custom { MEMBERS };
using Content = std::variant<Text, Custom>;
void to_json(json& to, const Text& text) { to = {{"text", text.body}}; }
void to_json(json& to, const Custom& custom) { to = {{"custom", custom.body}}; }
void to_json(json& to, const Content& content) {
    std::visit([&](const auto& one) { INTO_JSON; }, content);
}
}
int main() { std::cout << json(chat::Content(chat::Text{"hi"})) << '\n'; }
CPP

# builds MEMBERS INTO_JSON: what the program prints, or the error in short.
builds() {
    printf '%s %s: ' "$1" "$2"
    if g++ -std=c++17 -DMEMBERS="$1" -DINTO_JSON="$2" content.cc -o content 2>errors; then
        ./content
    elif grep -q 'error: exception specification of .* depends on itself' errors; then
        echo 'exception specification depends on itself'
    else
        cat errors
    fi
}
{
    builds 'std::string body;' 'to = one'
    builds 'json body;' 'to = one'
    builds 'json body;' 'to_json(to, one)'
    builds 'std::string kind; json body;' 'to = one'
    builds 'explicit Custom(json all) : body(std::move(all)) {} json body;' 'to = one'
} | tee seen
diff seen - <<'EXPECTED'
std::string body; to = one: {"text":"hi"}
json body; to = one: exception specification depends on itself
json body; to_json(to, one): {"text":"hi"}
std::string kind; json body; to = one: {"text":"hi"}
explicit Custom(json all) : body(std::move(all)) {} json body; to = one: {"text":"hi"}
EXPECTED
