//! `tim_types.hpp`: the nouns as structures of C++, to and from JSON.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, bail};

use super::nouns::{Case, Content, Field, Noun, NounKind};
use super::table::ORIGIN_OF_NOUNS;

pub(crate) fn text(nouns: &[Noun]) -> Result<String> {
    let Order { ordered, ahead, .. } = Order::of(nouns)?;
    let ahead: String = ahead.into_iter().map(announcement).collect();
    let types: Vec<String> = ordered.into_iter().map(declaration).collect::<Result<_>>()?;
    Ok(format!("{}{ahead}{}{END}", HEAD.replace("@ORIGIN@", ORIGIN_OF_NOUNS), types.join("\n")))
}

const HEAD: &str = r##"/*
 * tim_types.hpp: the JSON of tim.hpp as structures of C++17, on nlohmann-json (3.11 or newer), for programs that have it. tim.hpp
 * does not need it. What each noun and field means stands in tim.h, under JSON NOUNS.
 *
 *   tim::client alice{tim::types::json(tim::types::options{1400000001, "wss://im.example.org", "/var/lib/app/tim"})};
 *   auto events = alice.add_listener([](const std::string &json) {
 *       for (const auto &event : tim::types::from<std::vector<tim::types::event>>(json))
 *           if (auto *received = std::get_if<tim::types::message_received>(&event)) show(received->messages);
 *   });
 *   auto page = tim::types::from<tim::types::message_list>(alice.get_message_list("C2Cbob").get());
 *
 * A word of a later version is read as `other` if its enum has that, and otherwise as the first value of its enum. An event of a
 * later version is an `unknown_event`, and the content of a message of a later version is `unknown`; both keep the JSON.
 * @ORIGIN@
 */
#ifndef TIM_TYPES_HPP
#define TIM_TYPES_HPP

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace tim {
namespace types {

namespace detail {

template <typename T> void put(nlohmann::json &json, const char *name, const T &value) { json[name] = value; }

/** An empty optional is left out of the JSON. */
template <typename T> void put(nlohmann::json &json, const char *name, const std::optional<T> &value) {
    if (value) json[name] = *value;
}

template <typename T> void take(const nlohmann::json &json, const char *name, T &value) { json.at(name).get_to(value); }

/** A field that is null or absent is an empty optional. */
template <typename T> void take(const nlohmann::json &json, const char *name, std::optional<T> &value) {
    const auto found = json.find(name);
    value.reset();
    if (found != json.end() && !found->is_null()) value = found->template get<T>();
}

}  // namespace detail

"##;

const END: &str = r#"
/**
 * Reads a noun from JSON that tim.hpp returns or passes to a callback. Throws nlohmann::json::parse_error if the text is not JSON,
 * nlohmann::json::out_of_range if a field is absent, and nlohmann::json::type_error if a value has another type; all three are
 * nlohmann::json::exception.
 */
template <typename T> T from(const std::string &text) { return nlohmann::json::parse(text).get<T>(); }

/** Writes a noun as JSON for tim.hpp. Throws nlohmann::json::type_error if a text is not UTF-8. */
template <typename T> std::string json(const T &noun) { return nlohmann::json(noun).dump(); }

}  // namespace types
}  // namespace tim

#endif /* TIM_TYPES_HPP */
"#;

/// Sorts the nouns for C++, which needs the declaration of a type before its first use.
struct Order<'a> {
    nouns: &'a [Noun],
    visited: BTreeSet<&'a str>,
    ordered: Vec<&'a Noun>,
    /// Those of which others have lists that they are made of: declared before all.
    ahead: BTreeSet<&'a str>,
}

impl<'a> Order<'a> {
    fn of(nouns: &'a [Noun]) -> Result<Self> {
        let (visited, ahead) = (BTreeSet::new(), BTreeSet::new());
        let mut order = Self { nouns, visited, ordered: Vec::new(), ahead };
        for noun in nouns {
            order.visit(noun)?;
        }
        Ok(order)
    }

    fn visit(&mut self, noun: &'a Noun) -> Result<()> {
        if !self.visited.insert(&noun.name) {
            return Ok(());
        }
        for name in needed(noun) {
            let other = self.find(&name)?;
            if listed(noun).contains(&name) && self.reaches(other, noun)? {
                self.ahead.insert(&other.name);
            } else {
                self.visit(other)?;
            }
        }
        self.ordered.push(noun);
        Ok(())
    }

    fn find(&self, name: &str) -> Result<&'a Noun> {
        self.nouns.iter().find(|it| it.name == name).with_context(|| format!("no noun is {name}"))
    }

    /// Whether a noun is made of another one, directly or by others.
    fn reaches(&self, noun: &'a Noun, other: &Noun) -> Result<bool> {
        let (mut seen, mut left) = (BTreeSet::new(), vec![noun]);
        while let Some(next) = left.pop() {
            for name in needed(next) {
                let part = self.find(&name)?;
                if part.name == other.name {
                    return Ok(true);
                }
                if seen.insert(&part.name) {
                    left.push(part);
                }
            }
        }
        Ok(false)
    }
}

/// The nouns that a noun has in lists alone.
fn listed(noun: &Noun) -> Vec<String> {
    let NounKind::Record(fields) = &noun.kind else { return Vec::new() };
    let (lists, values): (Vec<_>, Vec<_>) = fields.iter().partition(|it| it.rust.starts_with("Vec<"));
    let is_value = |name: &String| values.iter().any(|it| innermost(&it.rust) == *name);
    lists.into_iter().map(|it| innermost(&it.rust)).filter(|name| !is_value(name)).collect()
}

fn needed(noun: &Noun) -> Vec<String> {
    let of_fields = |fields: &[Field]| fields.iter().map(|it| innermost(&it.rust)).collect::<Vec<_>>();
    let all = match &noun.kind {
        NounKind::Words(_) => Vec::new(),
        NounKind::Record(fields) => of_fields(fields),
        NounKind::Union { cases, .. } => cases
            .iter()
            .flat_map(|case| match &case.content {
                Content::Nothing => Vec::new(),
                Content::Of(noun) => vec![innermost(noun)],
                Content::Fields(fields) => of_fields(fields),
                Content::Bare(field) => vec![innermost(&field.rust)],
            })
            .collect(),
    };
    all.into_iter().filter(|name| plain(name).is_none()).collect()
}

/// `Message` of `Option<Vec<Message>>`.
fn innermost(rust: &str) -> String {
    rust.rsplit('<').next().unwrap_or_default().trim_end_matches('>').to_owned()
}

fn plain(rust: &str) -> Option<&'static str> {
    Some(match rust {
        "String" => "std::string",
        "bool" => "bool",
        "i32" => "std::int32_t",
        "i64" => "std::int64_t",
        "f64" => "double",
        _ => return None,
    })
}

fn in_cpp(rust: &str) -> Result<String> {
    let inner = |outer| rust.strip_prefix(outer).and_then(|it| it.strip_suffix('>'));
    Ok(match (plain(rust), inner("Option<"), inner("Vec<")) {
        (Some(plain), ..) => plain.to_owned(),
        (_, Some(of), _) => format!("std::optional<{}>", in_cpp(of)?),
        (_, _, Some(each)) => format!("std::vector<{}>", in_cpp(each)?),
        _ if rust.contains('<') => bail!("C++ has nothing of type {rust} yet"),
        _ => format!("types::{}", snake(rust)),
    })
}

/// `GroupTip` is `group_tip`, `TimOptions` is `options`; a keyword of C++ gets an underscore at the end.
fn snake(name: &str) -> String {
    let without = name.strip_prefix("Tim").filter(|rest| rest.starts_with(char::is_uppercase));
    let name = without.unwrap_or(name);
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    if ["and", "default", "friend", "linux", "or", "private", "public"].contains(&snake.as_str()) {
        snake + "_"
    } else {
        snake
    }
}

/// The first sentence of a text; the rest stands in `tim.h`.
fn documented(text: &[String], indent: &str) -> String {
    let first: Vec<&str> = text.iter().take_while(|line| !line.is_empty()).map(String::as_str).collect();
    let first = first.join(" ");
    let sentence = first.split_once(". ").map_or(first.as_str(), |(sentence, _)| sentence);
    // Backquotes have names of other languages between them, and headers are ASCII.
    let plain = sentence
        .trim_end_matches('.')
        .replace('`', "")
        .replace(" \u{2026}", " ...")
        .replace('\u{2026}', "...");
    format!("{indent}/** {plain}. */\n")
}

/// Before its declaration.
fn announcement(noun: &str) -> String {
    let name = snake(noun);
    format!(
        "struct {name};\ninline void to_json(nlohmann::json &json, const {name} &it);\ninline void from_json(const \
         nlohmann::json &json, {name} &it);\n\n"
    )
}

fn declaration(noun: &Noun) -> Result<String> {
    let name = snake(&noun.name);
    Ok(match &noun.kind {
        NounKind::Words(words) => {
            let values: String = words.iter().map(|it| format!("    {},\n", snake(&it.name))).collect();
            // An unknown word becomes the first of the table.
            let (other, known): (Vec<_>, Vec<_>) = words.iter().partition(|it| it.name == "Other");
            let pairs = other.into_iter().chain(known);
            let pairs: String =
                pairs.map(|it| format!("    {{{name}::{}, {}}},\n", snake(&it.name), it.json)).collect();
            format!(
                "{}enum class {name} {{\n{values}}};\nNLOHMANN_JSON_SERIALIZE_ENUM({name}, {{\n{pairs}}})\n",
                documented(&noun.text, "")
            )
        }
        NounKind::Record(fields) => record(&name, &noun.text, fields)?,
        NounKind::Union { tag, content, cases } => union(&name, noun, tag, content, cases)?,
    })
}

fn record(name: &str, text: &[String], fields: &[Field]) -> Result<String> {
    let members: String = fields.iter().map(member).collect::<Result<_>>()?;
    let puts: String = fields
        .iter()
        .map(|it| match &it.json {
            Some(json) => format!("    detail::put(json, {json:?}, it.{});\n", it.name),
            None => format!("    json.update(nlohmann::json(it.{}));\n", it.name),
        })
        .collect();
    let takes: String = fields
        .iter()
        .map(|it| match &it.json {
            Some(json) => format!("    detail::take(json, {json:?}, it.{});\n", it.name),
            None => format!("    json.get_to(it.{});\n", it.name),
        })
        .collect();
    Ok(format!(
        "{}struct {name} {{\n{members}}};\ninline void to_json(nlohmann::json &json, const {name} &it) {{\n    \
         json = nlohmann::json::object();\n{puts}}}\ninline void from_json(const nlohmann::json &json, {name} &it) {{\n{takes}}}\n",
        documented(text, "")
    ))
}

fn member(field: &Field) -> Result<String> {
    Ok(format!("{}    {} {}{{}};\n", documented(&field.text, "    "), in_cpp(&field.rust)?, field.name))
}

/// A case without a noun of its own gets a structure that has its name. Every union has a case for the words of later versions.
fn union(name: &str, noun: &Noun, tag: &str, content: &str, cases: &[Case]) -> Result<String> {
    let (mut own, mut alternatives) = (String::new(), Vec::new());
    let (mut puts, mut takes) = (String::new(), String::new());
    for case in cases {
        let mut alternative = snake(&case.name);
        let (put, take) = match &case.content {
            Content::Nothing => {
                own += &format!("{}struct {alternative} {{}};\n\n", documented(&case.text, ""));
                (String::new(), String::new())
            }
            Content::Of(of) if of == "String" => {
                own += &format!(
                    "{}struct {alternative} {{\n    std::string json{{}};\n}};\n\n",
                    documented(&case.text, "")
                );
                (
                    format!("json[{content:?}] = own->json; "),
                    format!(" json.at({content:?}).get_to(own.json);"),
                )
            }
            Content::Of(of) => {
                alternative = snake(of);
                (format!("json[{content:?}] = *own; "), format!(" json.at({content:?}).get_to(own);"))
            }
            Content::Fields(fields) => {
                own += &(record(&alternative, &case.text, fields)? + "\n");
                (format!("json[{content:?}] = *own; "), format!(" json.at({content:?}).get_to(own);"))
            }
            Content::Bare(field) => {
                own += &format!(
                    "{}struct {alternative} {{\n{}}};\n\n",
                    documented(&case.text, ""),
                    member(field)?
                );
                let named = &field.name;
                (
                    format!("json[{content:?}] = own->{named}; "),
                    format!(" json.at({content:?}).get_to(own.{named});"),
                )
            }
        };
        let word = &case.word;
        puts += &format!(
            "    if (auto *own = std::get_if<types::{alternative}>(&it)) {{ static_cast<void>(own); json[{tag:?}] = {word:?}; {put}}}\n"
        );
        takes += &format!(
            "    if (word == {word:?}) {{ types::{alternative} own{{}};{take} it = std::move(own); return; }}\n"
        );
        alternatives.push(format!("types::{alternative}"));
    }
    let has_unknown = cases.iter().any(|case| case.name == "Unknown");
    let unknown = if has_unknown { "unknown".to_owned() } else { format!("unknown_{name}") };
    if !has_unknown {
        own += &format!(
            "/** An {name} of a later version, as JSON. */\nstruct {unknown} {{\n    std::string json{{}};\n}};\n\n"
        );
        puts += &format!(
            "    if (auto *own = std::get_if<types::{unknown}>(&it)) json = nlohmann::json::parse(own->json);\n"
        );
        alternatives.push(format!("types::{unknown}"));
    }
    takes += &format!("    it = types::{unknown}{{json.dump()}};\n");
    // A structure around the variant, so that JSON's conversions are found.
    Ok(format!(
        "{own}{}struct {name} : std::variant<{}> {{\n    using variant::variant;\n}};\ninline void to_json(nlohmann::json &json, \
         const {name} &it) {{\n    json = nlohmann::json::object();\n{puts}}}\ninline void from_json(const nlohmann::json &json, \
         {name} &it) {{\n    const std::string word = json.at({tag:?});\n{takes}}}\n",
        documented(&noun.text, ""),
        alternatives.join(", "),
    ))
}
