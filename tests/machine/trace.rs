//! The machine's trace: each step of a day with its IDs and durations, and never a message body.

use serde_json::json;
use tim::Code;
use tim::machine::io::{Input, Output};

use crate::phone::{Phone, message, with_bob};

/// The trace lines since the last check.
fn lines(phone: &mut Phone) -> Vec<String> {
    let done = std::mem::take(&mut phone.done);
    done.into_iter()
        .filter_map(|output| match output {
            Output::Trace(trace) => Some(trace.to_string()),
            _ => None,
        })
        .collect()
}

#[test]
fn each_step_is_told_with_its_ids_and_durations() {
    let mut phone = Phone::redact();
    phone.machine.set_tracing(true);
    phone.log_in("alice");
    let told = lines(&mut phone);
    let (instance, told) = (told[0].strip_prefix("login of alice begins, instance ").unwrap(), &told[1..]);
    assert_eq!(told, ["connecting"]);
    phone.feed(Input::Connected);
    assert_eq!(phone.last_asked("hello").1["instance"], instance, "the server knows it by this name");
    phone.wait(7);
    phone.welcome(false);
    let session = "5f0c2f1e-8a54-4f7b-9d57-2b8c1f0a6e01";
    assert_eq!(
        lines(&mut phone),
        [
            "request 1: hello".to_owned(),
            "request 1 answered after 7 ms".to_owned(),
            format!("welcome, session {session}, resumed: false"),
            "request 2: sync".to_owned(),
        ]
    );
    phone.wait(5);
    phone.page(1, json!([with_bob(1, 1..=1, phone.now)]));
    assert_eq!(
        lines(&mut phone)[..2],
        ["request 2 answered after 5 ms", "synced 1 conversations, first page: true"]
    );

    phone.say("a secret of alice's");
    let (_, sent) = phone.last_asked("msg.send");
    let id = sent["ID"].as_str().unwrap().to_owned();
    phone.wait(3);
    phone.reply("msg.send", &json!({"sequence": 2, "countable": 2, "time": phone.now}));
    let told = lines(&mut phone);
    assert_eq!(
        told,
        [
            format!("message {id} to C2Cbob waits in the outbox"),
            "request 3: msg.send".to_owned(),
            "request 3 answered after 3 ms".to_owned(),
            format!("message {id} to C2Cbob sent, sequence 2"),
        ]
    );
    phone.hear(&json!({"n": 1, "ev": "msg", "p": message(3, "bob", phone.now)}));
    assert_eq!(
        lines(&mut phone),
        ["message 01990000-0000-7000-8000-000000000003 in C2Cbob received, sequence 3"]
    );

    phone.feed(Input::Disconnected);
    let pause = phone.machine.deadline().unwrap() - phone.now;
    assert_eq!(lines(&mut phone), [format!("next connection in {pause} ms")]);
    phone.wait_for_it();
    phone.feed(Input::Connected);
    phone.refuse("hello", Code::USERSIG_MALFORMED, 0);
    let told = lines(&mut phone);
    assert_eq!(told[0], "connecting");
    assert!(told.iter().any(|line| line.starts_with("request 1 refused after 0 ms: 70003 ")), "{told:?}");
    assert!(told.last().unwrap().starts_with("login ended: "), "{told:?}");
}

#[test]
fn nothing_is_told_of_what_was_written_and_nothing_at_all_unless_asked() {
    let mut phone = Phone::ready(json!([]));
    phone.say("a secret of alice's");
    assert_eq!(lines(&mut phone), Vec::<String>::new());
    phone.machine.set_tracing(true);
    phone.say("another secret");
    phone.refuse("msg.send", Code::BLACKLISTED, 0);
    let told = lines(&mut phone).join("\n");
    assert!(
        told.contains(" refused after ") && !told.contains("secret") && !told.contains("a token"),
        "{told}"
    );
}
