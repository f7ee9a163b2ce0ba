//! Pages of history while the server has too much to do: asked for as late as it wishes, and not given up.

use serde_json::json;
use tim::Code;
use tim::machine::io::{Call, Query};

use crate::phone::{BEGIN, Phone, message, with_bob};

fn page(before: Option<u64>) -> Call {
    Call::MessageList { conversation: "C2Cbob".parse().unwrap(), before, count: 20 }
}

#[test]
fn a_page_is_asked_for_again_when_the_server_wishes_and_then_answered() {
    let mut phone = Phone::ready(json!([with_bob(500, 481..=500, BEGIN)]));
    let call = phone.call(page(Some(401)));
    for asked in 1..=3 {
        phone.refuse("msg.history", Code::BUSY, 3_000);
        phone.wait(2_999);
        assert_eq!(phone.asked("msg.history").len(), asked);
        phone.wait(1);
        assert_eq!(phone.asked("msg.history").len(), asked + 1);
    }
    phone.serve_history(BEGIN);
    let query = Query { conversation: "C2Cbob".parse().unwrap(), low: 381, high: 400, own_only: false };
    assert_eq!(phone.pages, [(call, query)]);
}

#[test]
fn a_gap_is_asked_for_again_when_the_server_wishes_also_if_a_page_waits_for_it() {
    let mut phone = Phone::ready(json!([with_bob(5, 1..=5, BEGIN)]));
    phone.hear(&json!({"n": 1, "ev": "msg", "p": message(7, "bob", BEGIN)}));
    let call = phone.call(page(None));
    phone.refuse("msg.history", Code::BUSY, 3_000);
    phone.wait(1_000);
    phone.hear(&json!({"n": 2, "ev": "msg", "p": message(8, "bob", BEGIN)}));
    phone.wait(1_999);
    assert_eq!(phone.asked("msg.history").len(), 1);
    phone.wait(1);
    phone.serve_history(BEGIN);
    assert_eq!(phone.told(), [6, 7, 8]);
    assert_eq!(phone.pages.first().map(|(answered, _)| *answered), Some(call));
}

#[test]
fn mutations_and_read_marks_wait_as_long_as_the_server_wishes() {
    let mut state = with_bob(5, 1..=5, BEGIN);
    let mut phone = Phone::ready(json!([state]));
    state["mutationHead"] = json!(1);
    phone.comes_back(false);
    phone.page(2, json!([state]));
    phone.refuse("msg.mutations", Code::BUSY, 5_000);
    phone.call(Call::SetRead("C2Cbob".parse().unwrap()));
    phone.wait(4_999);
    assert_eq!((phone.asked("msg.mutations").len(), phone.asked("conv.read").len()), (1, 0));
    phone.wait(1);
    assert_eq!((phone.asked("msg.mutations").len(), phone.asked("conv.read").len()), (2, 1));
}
