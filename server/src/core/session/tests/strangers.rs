//! Whatever anybody says, no promise breaks.

use super::*;

/// Frames as a stranger might make them: pieces of good ones, in any order.
fn strange_frame() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        r#"{"i":1,"m":"hello","p":{}}"#,
        r#"{"i":2,"m":"sync","p":{"from":[1,0],"limit":1,"latest":1}}"#,
        r#"{"i":3,"m":"logout"}"#,
        r#"{"pi":1}"#,
        r#"{"a":99}"#,
        "[",
        "]",
        "{",
        "}",
        ",",
        "\"",
        "\u{0}",
        "null",
    ]);
    prop_oneof![prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat()), any::<String>()]
}

proptest! {
    #[test]
    fn whatever_a_stranger_says_the_connection_ends_at_most_once(
        is_logged_in: bool, frames in prop::collection::vec(strange_frame(), 0..12),
    ) {
        let mut phone = if is_logged_in { Phone::logged_in() } else { Phone::connects() };
        let mut is_over = false;
        for frame in frames {
            let effects = phone.says(&frame);
            prop_assert!(!is_over || effects.is_empty());
            is_over |= closed(&effects).is_some();
            prop_assert_eq!(is_over, phone.session.deadline().is_none());
        }
    }
}
