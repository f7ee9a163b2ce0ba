//! The reader takes what serde_json takes, and refuses what it refuses.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use serde_json::value::RawValue;

use super::reader::Reader;
use super::{Error, Result};

fn read<'de, T: Deserialize<'de>>(text: &'de str) -> Result<T> {
    Reader::read(text, |reader| T::deserialize(reader))
}

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Cup {
    of_tea: String,
    #[serde(default)]
    sugar: Option<f64>,
    kind: Kind,
    next: Option<Box<Cup>>,
    sizes: Vec<(u8, i64)>,
    is_full: bool,
}

#[derive(Debug, PartialEq, Deserialize)]
enum Kind {
    Plain,
    Mixed(Vec<String>),
    Named { name: String },
}

fn same<T: DeserializeOwned + PartialEq + std::fmt::Debug>(text: &str) {
    assert_eq!(read::<T>(text).ok(), serde_json::from_str::<T>(text).ok(), "{text}");
}

fn all_same(text: &str) {
    same::<Value>(text);
    same::<BTreeMap<String, Value>>(text);
    same::<Vec<Option<u64>>>(text);
    same::<Vec<i32>>(text);
    same::<Vec<f64>>(text);
    same::<String>(text);
    let raw = |read: Result<&RawValue>| read.map(|raw| raw.get().to_owned()).ok();
    assert_eq!(raw(read(text)), raw(serde_json::from_str(text)), "{text}");
    let parts = |read: Result<Vec<Box<RawValue>>>| {
        read.map(|parts| parts.iter().map(|part| part.get().to_owned()).collect::<Vec<_>>()).ok()
    };
    assert_eq!(parts(read(text)), parts(serde_json::from_str(text)), "{text}");
}

#[test]
fn values_of_every_form_are_read() {
    for text in [
        "null",
        " true ",
        "false",
        "0",
        "-0",
        "-0.0",
        "1.5e3",
        "1E-7",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775808",
        "-9223372036854775809",
        "1e400",
        "01",
        "-",
        "1.",
        ".5",
        "1e",
        "+1",
        "truex",
        "nul",
        r#""""#,
        r#""tea""#,
        r#""\u0074\n\"\\\/\ud83c\udf75""#,
        r#""\ud83c""#,
        r#""\u12g4""#,
        r#""\x""#,
        "\"\n\"",
        "\"",
        "\"\u{7f}ß茶\"",
        "[]",
        "[ ]",
        "[1,2]",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1",
        "]",
        "[1]]",
        "[null,7]",
        "[\"a\",{}]",
        "{}",
        "{ }",
        r#"{"a":1}"#,
        r#"{"a" : 1 , "b":[{}]}"#,
        r#"{"a":1,}"#,
        r#"{,}"#,
        r#"{"a"}"#,
        r#"{"a":}"#,
        r#"{1:2}"#,
        r#"{"a":1 "b":2}"#,
        r#"{"a":1}}"#,
        "",
        " ",
        "\u{feff}1",
    ] {
        all_same(text);
    }
}

#[test]
fn structures_and_enumerations_are_read() {
    let cup = r#"{"ofTea":"gr\u0065en","kind":"Plain","next":null,"sizes":[[1,-2]],"isFull":true}"#;
    let other = cup.replace("null", cup).replace("\"Plain\"", r#"{"Mixed":["a"]}"#);
    let named = cup.replace("\"Plain\"", r#"{"Named":{"name":"mint"}}"#).replace("true", "true,\"sugar\":2");
    assert!(read::<Cup>(cup).is_ok() && read::<Cup>(&other).is_ok() && read::<Cup>(&named).is_ok());
    for text in [cup, &other, &named] {
        same::<Cup>(text);
        for (from, to) in [
            ("[1,-2]", "[1,-2,3]"),
            ("[1,-2]", "[256,0]"),
            ("true", "1"),
            ("ofTea", "of"),
            ("\"Plain\"", "\"None\""),
        ] {
            same::<Cup>(&text.replace(from, to));
        }
    }
    assert!(read::<Cup>(r#"["green",null,"Plain",null,[],true]"#).is_err(), "a structure is an object");
}

#[test]
fn no_depth_exhausts_the_stack() {
    for depth in [126, 127, 128, 100_000] {
        let text = "[".repeat(depth) + &"]".repeat(depth);
        assert_eq!(read::<Value>(&text).is_ok(), depth < 128);
        assert!(read::<&RawValue>(&text).is_ok());
    }
}

#[test]
fn an_error_says_what_and_where_as_serde_json_does() {
    for text in ["[7]", r#"["a",null]"#, "[\n\"a\",\n{}]", "[true]", "[1.5]", "7", "[\"a\"] x"] {
        let theirs = serde_json::from_str::<Vec<String>>(text).unwrap_err();
        let ours = read::<Vec<String>>(text).unwrap_err();
        assert_eq!((ours.line(), ours.classify()), (theirs.line(), theirs.classify()), "{ours}, {theirs}");
        let what = |why: &Error| why.to_string().split(" at line").next().map(str::to_owned);
        assert_eq!(what(&ours), what(&theirs));
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_was_written_is_read(value in any_json(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        prop_assert_eq!(&read::<Value>(&text).unwrap(), &value);
        all_same(&text);
    }

    #[test]
    fn what_is_damaged_is_read_by_both_or_by_none(value in any_json(), at in any::<prop::sample::Index>(), by in r#"[\[\]{},:"\\0-9eE.truefalsn\-+ \n]{0,3}"#) {
        let mut text: Vec<char> = value.to_string().chars().collect();
        let at = at.index(text.len());
        text.splice(at..=at, by.chars());
        all_same(&text.into_iter().collect::<String>());
    }

    #[test]
    fn any_number_is_read_by_both_or_by_none(text in r"-?[0-9]{1,25}(\.[0-9]{0,25})?([eE][+-]?[0-9]{0,4})?") {
        all_same(&text);
        all_same(&format!("[{text}]"));
    }
}
