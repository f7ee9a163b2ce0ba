#!/usr/bin/env bash
# A chat's frames in Rust: an enum tells the kinds apart by a tag, and a part that is passed on unread is kept as its JSON text
# (serde_json's RawValue), so that nothing of a later version is lost. A last variant takes what a later version sends.
#
# Expected: whatever the order of an object's fields, the same frame is read: JSON objects have none.
# What happens: with serde 1.0.229 and serde_json 1.0.154 a frame with tag and content beside each other (tag = "type", content =
# "payload") is read if the tag comes first, and refused if it comes last. With the tag inside (tag = "type") it is refused in
# any order. If the enum has a variant for later versions (serde(untagged) on the last one), there is no error at all: the
# frame, of a kind that is known, is taken for one that is not. Both copy the fields into a buffer first, which has no text to
# keep.
# So: read such a frame in two steps, the tag and the whole as text, and then the kind out of that text; and let a test refuse
# that an example of a known kind is read as the variant for unknown ones.
set -euo pipefail
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
mkdir src
cat >Cargo.toml <<'TOML'
[package]
name = "frames"
version = "0.0.0"
edition = "2021"

[dependencies]
serde = { version = "=1.0.229", features = ["derive"] }
serde_json = { version = "=1.0.154", features = ["raw_value"] }
TOML
cat >src/main.rs <<'RUST'
use serde::Deserialize;
use serde_json::value::{RawValue, Value};

#[derive(Debug, Deserialize)]
struct Text {
    body: Box<RawValue>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", content = "payload")]
enum Beside {
    #[serde(rename = "text")]
    Known(Text),
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type")]
enum Inside {
    #[serde(rename = "text")]
    Known(Text),
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type")]
enum Growing {
    #[serde(rename = "text")]
    Known(Text),
    #[serde(untagged)]
    Later(Value),
}

fn main() {
    let shown = |read: Result<bool, serde_json::Error>| match read {
        Ok(true) => "known",
        Ok(false) => "of a later version",
        Err(_) => "refused",
    };
    let beside = |json| serde_json::from_str(json).map(|Beside::Known(text)| !text.body.get().is_empty());
    println!("beside, tag first: {}", shown(beside(r#"{"type":"text","payload":{"body":{"said":"hi"}}}"#)));
    println!("beside, tag last: {}", shown(beside(r#"{"payload":{"body":{"said":"hi"}},"type":"text"}"#)));
    let inside = |json| serde_json::from_str(json).map(|Inside::Known(text)| !text.body.get().is_empty());
    let growing = |json| {
        serde_json::from_str(json).map(|frame| match frame {
            Growing::Known(text) => !text.body.get().is_empty(),
            Growing::Later(frame) => frame.is_null(),
        })
    };
    for (order, json) in [
        ("first", r#"{"type":"text","body":{"said":"hi"}}"#),
        ("last", r#"{"body":{"said":"hi"},"type":"text"}"#),
    ] {
        println!("inside, tag {order}: {}", shown(inside(json)));
        println!("inside with a variant for later versions, tag {order}: {}", shown(growing(json)));
    }
}
RUST
cargo run --quiet >seen
cat seen
diff seen - <<'EXPECTED'
beside, tag first: known
beside, tag last: refused
inside, tag first: refused
inside with a variant for later versions, tag first: of a later version
inside, tag last: refused
inside with a variant for later versions, tag last: of a later version
EXPECTED
