//! Following the user's changes when the server is not at its best.

use serde_json::json;
use tim::Code;
use tim::event::Event;
use tim::machine::io::{Input, Now};
use tim::protocol::Fault;

use crate::phone::{BEGIN, Phone, message, with_bob};

/// A heartbeat tells a phone that is ready of something it does not know.
fn behind() -> Phone {
    let mut phone = Phone::ready(json!([]));
    phone.hear(&json!({"po": 1, "cur": [1, 2], "now": BEGIN}));
    assert_eq!(phone.asked("sync").len(), 2);
    phone
}

#[test]
fn a_sync_that_is_refused_for_now_is_asked_for_again_over_the_same_connection() {
    for code in [Code::BUSY, Code::READ_ONLY, Code::TOO_FAST] {
        let mut phone = behind();
        phone.refuse("sync", code, 1_000);
        phone.wait(999);
        assert_eq!(phone.asked("sync").len(), 2, "{code:?}: sooner than the server wished");
        phone.wait(1);
        assert_eq!(phone.asked("sync").len(), 3, "{code:?}");
        phone.page(2, json!([with_bob(1, 1..=1, BEGIN)]));
        assert_eq!((phone.told(), phone.disconnects), (vec![1], 0), "{code:?}");
    }
}

#[test]
fn a_refusal_of_the_last_session_holds_up_no_new_one() {
    let mut phone = behind();
    phone.refuse("sync", Code::BUSY, 60_000);
    phone.comes_back(false);
    assert_eq!(phone.asked("sync").len(), 3);
}

#[test]
fn the_longer_a_server_refuses_the_longer_it_is_left_in_peace() {
    let mut phone = behind();
    for _ in 0..6 {
        phone.refuse("sync", Code::BUSY, 0);
        let asked = phone.asked("sync").len();
        for _ in 0..9 {
            if phone.asked("sync").len() == asked {
                phone.wait_for_it();
            }
        }
        assert_eq!(phone.asked("sync").len(), asked + 1);
    }
    assert!(phone.now - BEGIN > 6 * 500, "that took {} ms", phone.now - BEGIN);
}

#[test]
fn whoever_is_told_that_everything_works_has_been_shown_the_list_of_now() {
    let mut phone = Phone::with(tim::store::Store::in_memory().unwrap());
    phone.log_in("alice");
    phone.welcome(false);
    phone.page(1, json!([with_bob(5, 1..=5, BEGIN)]));
    let ready = phone.events.iter().position(|event| *event == Event::SdkReady).unwrap();
    let shown = phone.events.iter().take(ready).rev().find_map(|event| match event {
        Event::ConversationListUpdated(list) => Some(list.iter().map(|it| it.unread_count).collect()),
        _ => None,
    });
    assert_eq!(shown, Some(vec![5]));
}

fn lists(phone: &Phone) -> Vec<usize> {
    let list = |event: &Event| match event {
        Event::ConversationListUpdated(list) => Some(list.len()),
        _ => None,
    };
    phone.events.iter().filter_map(list).collect()
}

#[test]
fn a_stored_list_that_the_first_page_does_not_change_is_shown_once() {
    let mut phone = Phone::ready(json!([with_bob(5, 1..=5, BEGIN)])).restarts();
    phone.log_in("alice");
    assert_eq!(lists(&phone), [1]);
    phone.welcome(false);
    phone.page(1, json!([]));
    assert!(phone.events.contains(&Event::SdkReady));
    assert_eq!(lists(&phone), [1]);
    let mut phone = phone.restarts();
    phone.log_in("alice");
    phone.welcome(false);
    phone.page(2, json!([with_bob(6, 6..=6, BEGIN)]));
    assert_eq!(lists(&phone), [1, 1], "the page changed it");
}

#[test]
fn a_list_that_another_epoch_empties_while_somebody_is_logged_in_is_shown_empty() {
    let mut phone = Phone::ready(json!([with_bob(5, 1..=5, BEGIN)]));
    assert_eq!(lists(&phone), [1]);
    phone.feed(Input::Disconnected);
    phone.wait_for_it();
    phone.welcome_to(2, false, BEGIN);
    phone.wait(5_000);
    assert_eq!(lists(&phone), [1], "what the new data has is not known yet");
    phone.welcome_to(2, false, BEGIN);
    phone.reply("sync", &json!({"reset": false, "cursor": [2, 1], "conversations": [], "changes": []}));
    phone.wait(1_000);
    assert_eq!(lists(&phone), [1, 0]);
    let changes = phone.events.iter().filter_map(|event| match event {
        Event::ConversationChanged(changes) => Some((changes.is_whole, changes.conversations.len())),
        _ => None,
    });
    assert_eq!(changes.collect::<Vec<_>>(), [(true, 1), (true, 0)]);
}

#[test]
fn a_list_is_not_shown_empty_because_its_store_failed() {
    let mut phone = Phone::ready(json!([with_bob(1, 1..=1, BEGIN)]));
    let now = Now { monotonic: phone.now, wall: phone.now };
    let push = json!({"n": 1, "ev": "msg", "p": message(2, "bob", BEGIN)});
    phone.machine.handle(Input::Frames(vec![push.to_string()]), now);
    phone.feed(Input::StoreFailed(Fault::new(Code::STORAGE_FULL)));
    phone.wait(60_000);
    assert!(lists(&phone).iter().all(|length| *length == 1), "{:?}", lists(&phone));
}

#[test]
fn a_list_that_another_epoch_empties_is_shown_empty_before_everything_works() {
    let mut phone = Phone::ready(json!([with_bob(5, 1..=5, BEGIN)])).restarts();
    phone.log_in("alice");
    phone.welcome_to(2, false, BEGIN);
    phone.welcome_to(2, false, BEGIN);
    phone.reply("sync", &json!({"reset": false, "cursor": [2, 1], "conversations": [], "changes": []}));
    assert!(phone.events.contains(&Event::SdkReady));
    assert_eq!(lists(&phone), [1, 0]);
}

#[test]
fn pushes_left_out_while_a_sync_is_under_way_ask_for_another() {
    let mut phone = behind();
    phone.hear(&json!({"n": 1, "ev": "lag"}));
    assert_eq!(phone.asked("sync").len(), 2, "one after the other");
    phone.page(2, json!([]));
    assert_eq!(phone.last_asked("sync").1["from"], json!([1, 2]));
    phone.page(3, json!([with_bob(1, 1..=1, BEGIN)]));
    assert_eq!(phone.told(), [1]);
    assert_eq!(phone.asked("sync").len(), 3);
}

#[test]
fn a_sync_whose_answer_is_lost_is_asked_for_again() {
    let mut phone = behind();
    phone.comes_back(true);
    assert_eq!(phone.asked("sync").len(), 3);
    phone.page(2, json!([with_bob(1, 1..=1, BEGIN)]));
    assert_eq!(phone.told(), [1]);
}

#[test]
fn the_rest_of_a_long_sync_and_a_new_one_come_one_after_the_other() {
    let mut phone = behind();
    let first = json!({"reset": false, "cursor": [1, 900], "next": 700, "conversations": [], "changes": []});
    phone.reply("sync", &first);
    assert_eq!(phone.last_asked("sync").1["before"], 700);
    phone.hear(&json!({"po": 2, "cur": [1, 950], "now": BEGIN}));
    let asked = phone.asked("sync").len();
    let rest = json!({"reset": false, "cursor": [1, 699], "next": 300, "conversations": [], "changes": []});
    phone.reply("sync", &rest);
    assert_eq!(phone.asked("sync").len(), asked + 1);
    let second = json!({"reset": false, "cursor": [1, 950], "conversations": [], "changes": []});
    phone.reply("sync", &second);
    assert_eq!(phone.last_asked("sync").1["before"], 300, "the rest is not forgotten");
}
