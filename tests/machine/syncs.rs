//! Following the user's changes when the server is not at its best.

use serde_json::json;
use tim::Code;
use tim::event::Event;

use crate::phone::{BEGIN, Phone, with_bob};

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
