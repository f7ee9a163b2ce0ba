//! UserSig against the vectors that TIM's own libraries made, and against everything a forger might try.

#![cfg(feature = "usersig")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic
)]

use std::io::Read as _;

use base64::Engine as _;
use proptest::prelude::*;
use serde_json::Value;
use tim_protocol::Code;
use tim_protocol::usersig::{Claims, Expected, Key, UserSigError, sign, verify};

fn vectors() -> Value {
    serde_json::from_str(include_str!("data/usersig-vectors.json")).unwrap()
}

fn inflated(token: &str) -> Value {
    let standard = token.replace('*', "+").replace('-', "/").replace('_', "=");
    let deflated = base64::engine::general_purpose::STANDARD.decode(standard).unwrap();
    let mut json = String::new();
    flate2::read::ZlibDecoder::new(&deflated[..]).read_to_string(&mut json).unwrap();
    serde_json::from_str(&json).unwrap()
}

fn expected<'a>(user: &'a str, app: u64, keys: &'a [Key]) -> Expected<'a> {
    let sdk_app_id = u32::try_from(app).unwrap();
    Expected { sdk_app_id, user, keys, max_expire_s: None, min_issued_at_s: None }
}

#[test]
fn every_token_of_the_original_libraries_verifies_and_is_signed_alike() {
    let vectors = vectors();
    let positive = vectors["positive"].as_array().unwrap();
    assert!(positive.len() >= 9);
    for vector in positive {
        let name = vector["name"].as_str().unwrap();
        let keys = [Key::new(vector["key"].as_str().unwrap())];
        let user = vector["userid"].as_str().unwrap();
        let token = vector["usersig"].as_str().unwrap();
        let now = vector["time"].as_i64().unwrap() + 1;
        let claims = verify(token, &expected(user, vector["sdkappid"].as_u64().unwrap(), &keys), now)
            .unwrap_or_else(|why| panic!("{name}: {why}"));
        assert_eq!(claims.expire_s, vector["expire"].as_i64().unwrap(), "{name}");
        let again = sign(&keys[0], &claims);
        assert_eq!(inflated(&again)["TLS.sig"], inflated(token)["TLS.sig"], "{name}");
        assert_eq!(inflated(&again)["TLS.userbuf"], inflated(token)["TLS.userbuf"], "{name}");
    }
}

#[test]
fn every_bad_token_gets_its_number() {
    let vectors = vectors();
    let negative = vectors["negative"].as_array().unwrap();
    assert!(negative.len() >= 7);
    for vector in negative.iter().filter(|vector| vector["name"] != "standard-base64") {
        let check = &vector["check"];
        let keys = [Key::new(check["key"].as_str().unwrap())];
        let now = check["now"].as_i64().unwrap();
        let wanted = expected(check["userid"].as_str().unwrap(), check["sdkappid"].as_u64().unwrap(), &keys);
        let why = verify(vector["usersig"].as_str().unwrap(), &wanted, now).unwrap_err();
        let number = vector["expect_code"].as_u64().unwrap();
        assert_eq!(u64::from(why.code().0), number, "{}: {why}", vector["name"]);
    }
}

/// The vector `standard-base64` is to show that the ordinary alphabet is refused, but its text has none of the
/// characters in which the two alphabets differ: read either way it is the same bytes, and a good token of another
/// compression level. So the rule is held with tokens that do have them.
#[test]
fn a_token_in_the_ordinary_alphabet_is_refused() {
    let vectors = vectors();
    let blind = vectors["negative"]
        .as_array()
        .unwrap()
        .iter()
        .find(|vector| vector["name"] == "standard-base64")
        .unwrap();
    assert!(blind["usersig"].as_str().unwrap().chars().all(|character| character.is_ascii_alphanumeric()));
    let mut told_apart = 0;
    for vector in vectors["positive"].as_array().unwrap() {
        let variant = vector["usersig"].as_str().unwrap();
        let ordinary = variant.replace('*', "+").replace('-', "/").replace('_', "=");
        if ordinary != variant {
            told_apart += 1;
            let keys = [Key::new(vector["key"].as_str().unwrap())];
            let wanted =
                expected(vector["userid"].as_str().unwrap(), vector["sdkappid"].as_u64().unwrap(), &keys);
            let why = verify(&ordinary, &wanted, vector["time"].as_i64().unwrap()).unwrap_err();
            assert_eq!(why.code(), Code::USERSIG_MALFORMED);
        }
    }
    assert!(told_apart >= 5);
}

fn alice(key: &Key) -> String {
    let claims = Claims {
        sdk_app_id: 1_400_000_888,
        user: "alice".into(),
        issued_at_s: 1_000_000,
        expire_s: 3600,
        userbuf: None,
    };
    sign(key, &claims)
}

#[test]
fn a_token_holds_to_its_last_second_and_with_either_key() {
    let keys = [Key::new("new"), Key::new("old")];
    let token = alice(&keys[1]);
    let wanted = expected("alice", 1_400_000_888, &keys);
    assert!(verify(&token, &wanted, 1_003_599).is_ok());
    // A session ends at this very moment, so nothing begins in the second after it.
    assert_eq!(verify(&token, &wanted, 1_003_600), Err(UserSigError::Expired));
    assert_eq!(verify(&token, &Expected { keys: &[], ..wanted }, 1_000_001), Err(UserSigError::NoKey));
    assert_eq!(verify(&token, &Expected { sdk_app_id: 7, ..wanted }, 1_000_001), Err(UserSigError::OtherApp));
    assert_eq!(
        verify(&token, &Expected { min_issued_at_s: Some(1_000_001), ..wanted }, 1_000_001),
        Err(UserSigError::Revoked)
    );
    assert!(matches!(
        verify(&token, &Expected { max_expire_s: Some(60), ..wanted }, 1_000_001),
        Err(UserSigError::Malformed(_))
    ));
    let early = verify(&token, &wanted, 999_000).unwrap_err();
    assert_eq!((early, early.code()), (UserSigError::NotYet { ahead_s: 1_000 }, Code::CLOCKS_DIFFER));
    assert!(verify(&token, &wanted, 999_700).is_ok(), "clocks differ by five minutes");
}

#[test]
fn an_endless_token_and_one_of_version_1_are_refused() {
    let keys = [Key::new("key")];
    let wanted = expected("alice", 1_400_000_888, &keys);
    assert_eq!(verify(&"e".repeat(9_000), &wanted, 0).unwrap_err().code(), Code::USERSIG_MALFORMED);
    let old = r#"{"TLS.sdk_appid":"1400000888","TLS.identifier":"alice","TLS.sig":"x"}"#;
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    std::io::Write::write_all(&mut encoder, old.as_bytes()).unwrap();
    let token = base64::engine::general_purpose::STANDARD.encode(encoder.finish().unwrap());
    let token = token.replace('+', "*").replace('/', "-").replace('=', "_");
    assert!(verify(&token, &wanted, 0).unwrap_err().to_string().contains("version 1"));
}

#[test]
fn a_key_is_never_shown() {
    assert_eq!(format!("{:?}", Key::new("secret")), "Key(…)");
}

proptest! {
    #[test]
    fn what_is_signed_verifies(user in "\\PC{1,32}", time in 0_i64..4_000_000_000, life in 0_i64..100_000_000, userbuf in proptest::option::of(prop::collection::vec(any::<u8>(), 0..64))) {
        let keys = [Key::new("key")];
        let claims = Claims { sdk_app_id: 7, user: user.clone(), issued_at_s: time, expire_s: life, userbuf };
        prop_assert_eq!(verify(&sign(&keys[0], &claims), &expected(&user, 7, &keys), time), Ok(claims));
    }

    #[test]
    fn one_changed_character_never_makes_another_token(place in any::<prop::sample::Index>(), with in "[A-Za-z0-9*_-]") {
        let keys = [Key::new("key")];
        let token = alice(&keys[0]);
        let place = place.index(token.len());
        let changed = format!("{}{with}{}", &token[..place], &token[place + 1..]);
        let wanted = expected("alice", 1_400_000_888, &keys);
        if let Ok(claims) = verify(&changed, &wanted, 1_000_001) {
            // A change in bits that base64 or deflate ignores leaves the same claims.
            prop_assert_eq!(claims, verify(&token, &wanted, 1_000_001).unwrap());
        }
    }

    #[test]
    fn no_text_panics(text in ".{0,400}", time in any::<i64>()) {
        let keys = [Key::new("key")];
        let _ = verify(&text, &expected("alice", 7, &keys), time);
    }
}
