//! Whatever mallory may say, in every frame that carries it to alice: pushes, pages of history, syncs, mutations, profiles,
//! groups, notices and tips.

use proptest::prelude::*;
use serde_json::{Value, json};
use tim_protocol::{Code, limits};
use tim_server::store::sqlite::Database;

use crate::server::Server;
use crate::{Reader, pushed, reply};

/// Texts that take much more as JSON than by themselves, cut to a number of bytes.
fn text(max: usize) -> impl Strategy<Value = String> {
    let unit = prop::sample::select(vec!["\u{1}", "\"", "\\", "a", "é", "👩‍👩‍👧‍👦", "\u{2028}", "\u{0}", "]}"]);
    (prop::collection::vec(unit, 1..20), 1..=max).prop_map(move |(units, max)| {
        let mut text = String::new();
        for unit in units.iter().cycle() {
            if text.len() + unit.len() > max {
                break;
            }
            text.push_str(unit);
        }
        if text.is_empty() { "a".to_owned() } else { text }
    })
}

/// A value of a field nobody knows, nested this deep.
fn unknown(depth: usize) -> impl Strategy<Value = Value> {
    (prop::collection::vec(any::<bool>(), depth), text(200)).prop_map(|(kinds, inner)| {
        kinds.into_iter().fold(Value::from(inner), |inner, is_list| {
            if is_list { json!([inner]) } else { json!({ "later\u{0}": inner }) }
        })
    })
}

/// A picture elsewhere, with addresses of any length.
fn picture(addresses: &str) -> Value {
    let size = |number: u32| json!({ "type": number, "size": 10, "width": 3, "height": 2, "url": format!("https://a.example/{addresses}") });
    json!({
        "type": "TIMImageElem",
        "payload": { "uuid": "b3a1d2c4-5e6f-4a7b-8c9d-0e1f2a3b4c5d", "imageFormat": 1, "imageInfoArray": [size(0), size(1), size(2)] },
    })
}

/// Bodies, most of which are accepted: as deep and as long as bodies may be, and a little more.
fn body() -> impl Strategy<Value = Value> {
    let depth = prop_oneof![0_usize..4, 12_usize..28];
    (text(limits::BODY_BYTES), depth.prop_flat_map(unknown), any::<bool>(), any::<bool>()).prop_map(
        |(text, unknown, inside, shows)| {
            let mut body = match shows {
                true => picture(&text.chars().take(text.chars().count() / 4).collect::<String>()),
                false => json!({ "type": "TIMTextElem", "payload": { "text": text } }),
            };
            if inside {
                body["payload"]["later"] = unknown;
            } else {
                body["later"] = unknown;
            }
            body
        },
    )
}

#[derive(Debug, Clone)]
struct Content {
    profile: [String; 3],
    group: [String; 3],
    application: String,
    bodies: Vec<Value>,
}

fn content() -> impl Strategy<Value = Content> {
    let face = || text(limits::PROFILE_TEXT_BYTES);
    let profile = [face(), face(), face()];
    let group =
        [text(limits::GROUP_NAME_BYTES), text(limits::GROUP_TEXT_BYTES), text(limits::GROUP_TEXT_BYTES)];
    (profile, group, text(limits::APPLICATION_BYTES), prop::collection::vec(body(), 1..30))
        .prop_map(|(profile, group, application, bodies)| Content { profile, group, application, bodies })
}

fn message(number: u64, to: &str, body: &Value) -> Value {
    let id = format!("019b76da-cb28-7002-8000-{number:012x}");
    json!({ "ID": id, "to": to, "clientTime": 1, "body": body })
}

fn group(id: &str, texts: &[String; 3], members: &[&str]) -> Value {
    let [name, introduction, notification] = texts;
    json!({ "group": {
        "groupID": id, "name": name, "introduction": introduction, "notification": notification, "avatar": notification,
        "type": "Public", "joinOption": "NeedPermission", "memberList": members,
    } })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn whatever_mallory_says_reaches_alice_in_frames_she_takes(content in content()) {
        let mut server = Server::on(Database::in_memory().unwrap());
        let phone = server.connect("alice");
        let mallory = server.connect("mallory");
        let [nick, avatar, signature] = &content.profile;
        let fields = json!({ "nick": nick, "avatar": avatar, "selfSignature": signature });
        reply(server.asks(mallory, "profile.update", &json!({ "fields": fields }))).unwrap();
        for (owner, id) in [(phone, "hers"), (mallory, "club")] {
            let members: &[&str] = if owner == mallory { &["alice"] } else { &[] };
            reply(server.asks(owner, "group.create", &group(id, &content.group, members))).unwrap();
        }
        let apply = json!({ "groupID": "hers", "applyMessage": content.application });
        reply(server.asks(mallory, "group.join", &apply)).unwrap();
        let answer = json!({ "groupID": "hers", "userID": "mallory", "accept": true, "handleMessage": content.application });
        reply(server.asks(phone, "group.handle", &answer)).unwrap();
        let mut accepted = 0;
        for (number, body) in (0..).zip(&content.bodies) {
            for (to, half) in [("C2Calice", 0), ("GROUPclub", 1)] {
                let message = message(2 * number + half, to, body);
                if message.to_string().len() > limits::FRAME_BYTES - 100 {
                    // A frame that no session takes ends the connection, whatever is in it.
                    continue;
                }
                let sent = reply(server.asks(mallory, "msg.send", &message));
                // Beyond what was pushed means everything that was.
                server.says(phone, r#"{"a":9007199254740991}"#);
                match sent {
                    Ok(sent) if number % 3 == 0 => {
                        let revoke = json!({ "conversationID": to, "sequence": sent["sequence"] });
                        reply(server.asks(mallory, "msg.revoke", &revoke)).unwrap();
                        accepted += 1;
                    }
                    Ok(_) => accepted += 1,
                    Err(code) => {
                        let refused = [Code::MESSAGE_BODY_TOO_DEEP, Code::MESSAGE_BODY_TOO_LONG];
                        prop_assert!(refused.contains(&code), "{code:?}");
                    }
                }
            }
        }
        let read = json!({ "conversationID": "C2Cmallory", "sequence": 1 });
        let messages = pushed(&server.asks(phone, "conv.read", &read));
        prop_assert!(messages >= accepted, "{messages} of {accepted}");
        let mut tablet = Reader::of(&mut server, "alice").reads_everything();
        prop_assert_eq!(tablet.reads_profiles(&vec!["mallory".to_owned(); 100]), 100);
        prop_assert_eq!(tablet.picture.changes.len(), 2);
    }
}

#[test]
fn a_hundred_large_profiles_and_two_hundred_large_groups_come_page_by_page() {
    let mut server = Server::on(Database::in_memory().unwrap());
    server.connect("alice");
    let mallory = server.connect("mallory");
    let large = |bytes: usize| "\u{1}".repeat(bytes);
    let face = large(limits::PROFILE_TEXT_BYTES);
    let fields = json!({ "nick": face, "avatar": face, "selfSignature": face });
    reply(server.asks(mallory, "profile.update", &json!({ "fields": fields }))).unwrap();
    let texts = [limits::GROUP_NAME_BYTES, limits::GROUP_TEXT_BYTES, limits::GROUP_TEXT_BYTES].map(large);
    for number in 0..200 {
        let id = format!("{number:>48}");
        reply(server.asks(mallory, "group.create", &group(&id, &texts, &["alice"]))).unwrap();
    }
    let mut tablet = Reader::of(&mut server, "alice").reads_everything();
    assert_eq!(tablet.reads_profiles(&vec!["mallory".to_owned(); 100]), 100);
    assert_eq!(tablet.picture.changes.len(), 200);
    assert!(tablet.pages > 1_500_000 / limits::PAGE_BYTES, "{} pages", tablet.pages);
}
