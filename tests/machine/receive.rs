//! Do not disturb: an option that other devices of the user set comes in any order.

use serde_json::{Value, json};
use tim::event::Event;
use tim::machine::io::{Call, Input, Return};
use tim::protocol::receive::AllReceiveMessageOpt;

use crate::phone::{BEGIN, Phone};

/// An option that lasts so many seconds, with its version.
fn opt(version: u64, duration: u32) -> Value {
    json!({
        "kind": "receiveOpt", "version": version,
        "opt": {"messageRemindType": "AcceptNotNotify", "startTimestamp": 17, "duration": duration},
    })
}

/// The durations that were told.
fn told(phone: &Phone) -> Vec<u32> {
    let durations = phone.events.iter().filter_map(|event| match event {
        Event::AllReceiveMessageOptUpdated(opt) => Some(opt.duration),
        _ => None,
    });
    durations.collect()
}

fn asked(phone: &mut Phone) -> AllReceiveMessageOpt {
    let call = phone.call(Call::ReceiveOpt);
    let Some(Ok(Return::ReceiveOpt(opt))) = phone.returned(call) else { panic!("{:?}", phone.returns) };
    *opt
}

#[test]
fn an_option_that_comes_late_undoes_nothing() {
    let mut phone = Phone::ready(json!([]));
    assert_eq!(asked(&mut phone), AllReceiveMessageOpt::default());
    phone.hear(&json!({"n": 1, "ev": "change", "p": opt(2, 20)}));
    // This page was read before the option was set.
    phone.comes_back(false);
    let page =
        json!({"reset": false, "cursor": [1, 5], "conversations": [], "changes": [opt(1, 10), opt(2, 20)]});
    phone.reply("sync", &page);
    assert_eq!((told(&phone), asked(&mut phone).duration), (vec![20], 20));
}

#[test]
fn an_option_is_known_without_a_connection_and_forgotten_with_the_servers_data() {
    let mut phone = Phone::ready(json!([]));
    phone.hear(&json!({"n": 1, "ev": "change", "p": opt(7, 70)}));
    let mut phone = phone.restarts();
    phone.log_in("alice");
    phone.welcome(false);
    phone.page(2, json!([]));
    assert_eq!((told(&phone), asked(&mut phone).duration), (vec![], 70));
    // The server begins anew, with an option whose version is lower.
    phone.feed(Input::Disconnected);
    phone.wait_for_it();
    phone.welcome_to(2, false, BEGIN);
    phone.wait(5_000);
    phone.welcome_to(2, false, BEGIN);
    let page = json!({"reset": false, "cursor": [2, 1], "conversations": [], "changes": [opt(1, 10)]});
    phone.reply("sync", &page);
    assert_eq!((told(&phone), asked(&mut phone).duration), (vec![10], 10));
}
