//! Profiles of others: which the app is told, which are asked for after a break, and what is known offline.

use serde_json::{Value, json};
use tim::Code;
use tim::event::Event;
use tim::machine::io::{Call, Input, Return};
use tim::protocol::UserId;

use crate::phone::{BEGIN, Phone, with_bob};

fn profile(user: &str, nick: &str, time: i64) -> Value {
    json!({"userID": user, "nick": nick, "lastUpdatedTime": time})
}

fn hears(phone: &mut Phone, number: u64, profile: &Value) {
    phone.hear(&json!({"n": number, "ev": "profile", "p": {"profile": profile}}));
}

/// The nicks that the app was told since it was asked last.
fn told(phone: &mut Phone) -> Vec<String> {
    let events = std::mem::take(&mut phone.events);
    let profiles = events.into_iter().filter_map(|event| match event {
        Event::ProfileUpdated(profiles) => Some(profiles),
        _ => None,
    });
    profiles.flatten().filter_map(|it| it.fields.nick).collect()
}

/// The nicks that the device knows without a connection; `None` if the call waits.
fn known(phone: &mut Phone, users: &[&str]) -> Option<Vec<String>> {
    let users = users.iter().map(|user| UserId::new(user).unwrap()).collect();
    let call = phone.call(Call::Profiles(users));
    let Ok(Return::Profiles(found)) = phone.returned(call)? else { panic!("{:?}", phone.returns) };
    Some(found.iter().filter_map(|it| it.fields.nick.clone()).collect())
}

#[test]
fn the_app_is_told_of_those_it_knows_and_never_of_what_is_older() {
    let mut phone = Phone::ready(json!([with_bob(1, 1..=1, BEGIN)]));
    assert!(phone.asked("profile.changed").is_empty(), "a new device is told by the sync how everything is");
    hears(&mut phone, 1, &profile("bob", "Bobby", 5));
    hears(&mut phone, 2, &profile("bob", "Bob", 4));
    hears(&mut phone, 3, &profile("bob", "Bobby", 5));
    hears(&mut phone, 4, &profile("mallory", "Mallory", 5));
    assert_eq!(told(&mut phone), ["Bobby"]);
    phone.call(Call::Profiles(vec![UserId::new("carol").unwrap()]));
    phone.reply("profile.get", &json!({"profiles": [profile("carol", "Carol", 5)]}));
    assert_eq!(told(&mut phone), [""; 0], "it asked");
    hears(&mut phone, 5, &profile("carol", "Caro", 6));
    assert_eq!(told(&mut phone), ["Caro"]);

    let mut phone = phone.restarts();
    phone.log_in("alice");
    phone.feed(Input::Connected);
    phone.welcome(false);
    phone.page(2, json!([]));
    let before = phone.asked("profile.changed");
    assert_eq!(before.len(), 1);
    phone.feed(Input::Disconnected);
    assert_eq!(known(&mut phone, &["carol", "mallory", "bob"]).unwrap(), ["Caro", "Bobby"]);
    assert_eq!(known(&mut phone, &["mallory"]), None);
}

#[test]
fn what_changed_unheard_is_asked_for_in_pages_from_the_time_that_was_told() {
    let mut phone = Phone::ready(json!([with_bob(1, 1..=1, BEGIN)]));
    phone.comes_back(true);
    assert!(phone.asked("profile.changed").is_empty(), "a resumed session misses nothing");
    phone.comes_back(false);
    let (_, first) = phone.last_asked("profile.changed");
    assert!(first["since"].as_i64().unwrap() >= BEGIN && first.get("before").is_none(), "{first}");
    phone.refuse("profile.changed", Code::BUSY, 5_000);
    phone.wait(5_000);
    phone.reply("profile.changed", &json!({"profiles": [profile("bob", "Bobby", 5)], "next": 7, "time": 77}));
    assert_eq!(phone.last_asked("profile.changed").1, json!({"since": first["since"], "before": 7}));
    phone.reply("profile.changed", &json!({"profiles": [], "time": 99}));
    assert_eq!(told(&mut phone), ["Bobby"]);
    assert_eq!(phone.asked("profile.changed").len(), 3);
    phone.hear(&json!({"n": 1, "ev": "lag"}));
    assert_eq!(phone.last_asked("profile.changed").1, json!({"since": 77}));
    phone.refuse("profile.changed", Code::UNSUPPORTED, 0);
    phone.wait(600_000);
    assert_eq!(phone.asked("profile.changed").len(), 4);
}

#[test]
fn five_hundred_are_kept_and_the_first_gives_way() {
    let mut phone = Phone::ready(json!([]));
    for number in 0..=500 {
        let user = format!("user{number}");
        phone.call(Call::Profiles(vec![UserId::new(&user).unwrap()]));
        phone.reply("profile.get", &json!({"profiles": [profile(&user, &user, 1)]}));
    }
    phone.feed(Input::Disconnected);
    assert_eq!(known(&mut phone, &["user0"]), None);
    assert_eq!(known(&mut phone, &["user1", "user500"]).unwrap(), ["user1", "user500"]);
}
