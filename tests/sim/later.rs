//! A server of a later version, as devices of this one hear it: on the way to them its frames get all that
//! docs/protocol.md, "Growing the protocol", lets a later version add. What devices of the later version say is more, too.
//!
//! What is added changes no positions but one: each mutation has one of an unknown kind in front of it, so the numbers of
//! mutations are twice as high for these devices.

use std::sync::Arc;

use serde_json::{Map, Value, json};
use tim_protocol::message::Message;
use tim_protocol::{Code, MessageId, UserId};
use tim_server::bus::Delivery;

use crate::device::DeviceId;
use crate::world::{Break, World};

/// An envelope without `i` and `n`.
const ENVELOPE: &str = r#"{"typing":{"from":"bob"}}"#;
/// Pushes that this version cannot read.
const PUSHES: [&str; 4] = [
    r#""ev":"reaction","p":{"sequence":3,"reaction":"+1"}"#,
    r#""ev":"change","p":{"kind":"pinned","conversationID":"C2Cbob"}"#,
    r#""ev":"msg","p":{"sequence":"first"}"#,
    r#""ev":"read","p":7"#,
];
/// An error code of the later version.
const CODE: u32 = 139_999;

/// What a later version makes of a message: by its identity, so that it is the same whenever it is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Plain,
    /// Its time is no number.
    Unreadable,
    OtherBody,
    MoreElements,
    OtherPriority,
}

fn form(id: &MessageId) -> Form {
    match id.as_bytes()[15] % 12 {
        0 => Form::Unreadable,
        1 => Form::OtherBody,
        2 => Form::MoreElements,
        3 => Form::OtherPriority,
        _ => Form::Plain,
    }
}

/// Whether devices of this version cannot read a message at all.
pub fn is_unreadable(message: &Message) -> bool {
    form(&message.id) == Form::Unreadable && !message.from.is_system()
}

/// Whether `here` is what a device of this version has of the server's message: something unknown in its place, or the
/// message with the body that it heard.
pub fn is_heard(there: &Message, here: &Message, me: &UserId) -> bool {
    if is_unreadable(there) {
        return here.body.get().contains("unreadable") && here.sequence == there.sequence;
    }
    let mut body = serde_json::from_str(there.body.get()).unwrap();
    add_to_body(&mut body, form(&there.id), there.from.is_system(), me);
    let heard: Value = serde_json::from_str(here.body.get()).unwrap();
    (there.id, &there.from, there.unread_index, there.time)
        == (here.id, &here.from, here.unread_index, here.time)
        && (heard == body || here.revoked.is_some())
}

fn add_to_body(body: &mut Value, form: Form, is_from_system: bool, me: &UserId) {
    match form {
        // What the server says of others' coming and going has new numbers.
        Form::Unreadable | Form::OtherBody if is_from_system => {
            let payload = &mut body["payload"];
            let is_for_others = payload["userIDList"]
                .as_array()
                .is_some_and(|users| users.iter().all(|user| user != me.as_str()));
            if is_for_others {
                payload["operationType"] = json!(17);
            }
        }
        Form::OtherBody => body["type"] = json!("TIMLocationElem"),
        Form::MoreElements => body["elements"] = json!([{"type": "TIMHologramElem"}]),
        Form::Plain | Form::Unreadable | Form::OtherPriority => {}
    }
}

fn add_to_message(message: &mut Map<String, Value>, me: &UserId) {
    let id: MessageId = serde_json::from_value(message["ID"].clone()).unwrap();
    let (form, is_from_system) = (form(&id), message["from"] == UserId::system().as_str());
    add_to_body(&mut message["body"], form, is_from_system, me);
    match form {
        Form::Unreadable if !is_from_system => drop(message.insert("time".into(), json!("later"))),
        Form::OtherPriority => drop(message.insert("priority".into(), json!("Critical"))),
        _ => {}
    }
}

/// The mutation of an unknown kind in front of one, which has its new number already.
fn translation_before(mutation: &Value) -> Value {
    let mut translation = mutation.clone();
    translation["mutation"] = json!(mutation["mutation"].as_u64().unwrap() - 1);
    translation["change"] = json!({"kind": "translated", "language": "fr"});
    translation
}

fn double(object: &mut Map<String, Value>, field: &str) {
    if let Some(number) = object.get(field).and_then(Value::as_u64) {
        object.insert(field.into(), json!(2 * number));
    }
}

fn other_word(object: &mut Map<String, Value>, field: &str, from: &str, to: &str) {
    if object.get(field).is_some_and(|word| word == from) {
        object.insert(field.into(), json!(to));
    }
}

/// Adds to whatever the server says.
fn add(value: &mut Value, me: &UserId) {
    match value {
        Value::Array(elements) => elements.iter_mut().for_each(|element| add(element, me)),
        Value::Object(object) => {
            for (_, inner) in object.iter_mut().filter(|(field, _)| *field != "body") {
                add(inner, me);
            }
            add_to_object(object, me);
        }
        _ => {}
    }
}

fn add_to_object(object: &mut Map<String, Value>, me: &UserId) {
    if object.contains_key("body") && object.contains_key("ID") {
        add_to_message(object, me);
    }
    if object.get("change").is_none_or(|change| change["kind"] != "translated") {
        double(object, "mutation");
    }
    double(object, "mutationHead");
    for field in ["type", "groupType"] {
        other_word(object, field, "Private", "Festival");
    }
    other_word(object, "joinOption", "NeedPermission", "NeedInvitation");
    other_word(object, "role", "Member", "Moderator");
    if let Some(Value::Array(mutations)) = object.get_mut("mutations") {
        *mutations = mutations.iter().flat_map(|it| [translation_before(it), it.clone()]).collect();
        mutations.push(json!({"mutation": "x"}));
        double(object, "upTo");
    }
    if object.contains_key("reset") {
        for (list, element) in [
            ("conversations", json!({"conversationID": "TOPIC7", "head": 1})),
            ("changes", json!({"kind": "pinned", "conversationID": "C2Cbob"})),
        ] {
            if let Value::Array(elements) = object.entry(list).or_insert_with(|| json!([])) {
                elements.push(element);
            }
        }
    }
    if object.get("ev").is_some_and(|event| event == "kick") {
        object["p"] = json!({"type": "deviceForgotten"});
    }
    object.insert("later".into(), json!({"since": [2, 0]}));
}

fn add_code(envelope: &mut Value) {
    let fault = &mut envelope["e"];
    let code = fault["c"].as_u64().and_then(|code| u32::try_from(code).ok()).map(Code::from);
    if code.is_some_and(|code| !code.is_retryable()) {
        fault["c"] = json!(CODE);
    }
}

/// Does something to every envelope of a frame.
fn each(text: &str, mut change: impl FnMut(&mut Value)) -> String {
    let mut frame: Value = serde_json::from_str(text).unwrap();
    match &mut frame {
        Value::Array(envelopes) => envelopes.iter_mut().for_each(change),
        envelope => change(envelope),
    }
    frame.to_string()
}

impl World {
    /// What a device says, as the server of the later version hears it.
    pub fn said_later(&mut self, id: DeviceId, text: String) -> String {
        if !self.faults.is_mixed {
            return text;
        }
        let is_old = self.devices[id].is_old;
        each(&text, |envelope| {
            let verb = envelope["m"].as_str().unwrap_or_default().to_owned();
            match (verb.as_str(), is_old) {
                ("hello", true) => envelope["p"]["features"] = json!([]),
                ("hello", false) => envelope["p"]["features"] = json!(["batch", "typing"]),
                // Here each has one of another kind in front of it.
                ("msg.mutations", true) => {
                    envelope["p"]["after"] = json!(envelope["p"]["after"].as_u64().unwrap() / 2);
                }
                ("msg.send", false) => envelope["p"]["priority"] = json!("Critical"),
                _ => {}
            }
            if !is_old {
                envelope["trace"] = json!("abc");
            }
        })
    }

    /// What a device hears: frames in front of one, and the one itself.
    pub fn heard_later(&mut self, id: DeviceId, text: String) -> Vec<String> {
        if !self.devices[id].is_old {
            return vec![text];
        }
        let me = self.devices[id].user.clone();
        let has_codes = self.faults.is_on && self.rng.bool();
        let text = each(&text, |envelope| {
            add(envelope, &me);
            if has_codes && envelope.get("e").is_some() {
                add_code(envelope);
            }
            if envelope.get("r").is_some_and(|result| result.get("session").is_some()) {
                envelope["r"]["features"] = json!(["typing"]);
            }
        });
        let text = if self.is_broken(Break::LosesPlaces) { without_unreadable(&text) } else { text };
        if self.chance(10) { vec![ENVELOPE.into(), text] } else { vec![text] }
    }

    /// Pushes in front of one.
    pub fn pushed_later(&mut self, id: DeviceId, delivery: &Delivery) -> Vec<Delivery> {
        let Delivery::Push(push) = delivery else { return Vec::new() };
        if !self.devices[id].is_old {
            return Vec::new();
        }
        let mut pushes: Vec<Arc<str>> = Vec::new();
        if self.faults.is_on && self.chance(30) {
            pushes.push(PUSHES[self.rng.usize(0..PUSHES.len())].into());
        }
        if push.starts_with(r#""ev":"mut""#) {
            let envelope: Value = serde_json::from_str(&format!("{{{push}}}")).unwrap();
            let mut mutation = envelope["p"].clone();
            mutation["mutation"] = json!(2 * mutation["mutation"].as_u64().unwrap());
            pushes.push(format!(r#""ev":"mut","p":{}"#, translation_before(&mutation)).into());
        }
        pushes.into_iter().map(Delivery::Push).collect()
    }

    /// Sees to it that what cannot be read was counted, and that the app was told.
    pub fn check_counted(&mut self, id: DeviceId, text: &str, before: u64) {
        let device = &self.devices[id];
        let (name, counted) = (device.name, device.counted());
        let is_missed = text == ENVELOPE && counted != before + 1;
        if is_missed || (counted > 0 && device.tells == 0) || device.tells > device.logins {
            let what = format!("{name} counts {counted} after {before}, and tells {} times", device.tells);
            self.history.violated("later", what);
        }
    }
}

/// For the break that hangs up on what cannot be read.
pub fn has_unreadable(text: &str) -> bool {
    ["typing\":{", "reaction", "pinned", "TOPIC7", "first", "\"p\":7", "\"time\":\"later\""]
        .into_iter()
        .any(|sign| text.contains(sign))
}

/// For the break that does not keep the places of messages that cannot be read.
fn without_unreadable(text: &str) -> String {
    each(text, |envelope| {
        if let Some(Value::Array(messages)) =
            envelope.get_mut("r").and_then(|result| result.get_mut("messages"))
        {
            messages.retain(|message| message["time"] != "later");
        }
    })
}
