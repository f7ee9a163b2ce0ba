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

/// A token as a generator of another making would write it: `json` deflated at `level`, in the ordinary alphabet.
fn written(json: &str, level: u32) -> String {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::new(level));
    std::io::Write::write_all(&mut encoder, json.as_bytes()).unwrap();
    base64::engine::general_purpose::STANDARD.encode(encoder.finish().unwrap())
}

/// The signature of a token of alice's, over the texts that are given for its numbers.
fn signature(key: &str, app: &str, time: &str, expire: &str) -> String {
    use hmac::{KeyInit as _, Mac as _};
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(
        format!("TLS.identifier:alice\nTLS.sdkappid:{app}\nTLS.time:{time}\nTLS.expire:{expire}\n")
            .as_bytes(),
    );
    base64::engine::general_purpose::STANDARD.encode(mac.finalize().into_bytes())
}

/// The vector `standard-base64` leaves it to the server whether the ordinary alphabet is read. A published generator
/// writes it, and what arrives in an address has lost its `+` to a blank.
#[test]
fn a_token_in_the_ordinary_alphabet_is_read_too() {
    let vectors = vectors();
    let mut told_apart = 0;
    for vector in vectors["positive"].as_array().unwrap() {
        let variant = vector["usersig"].as_str().unwrap();
        let ordinary = variant.replace('*', "+").replace('-', "/").replace('_', "=");
        told_apart += usize::from(ordinary != variant);
        let keys = [Key::new(vector["key"].as_str().unwrap())];
        let wanted =
            expected(vector["userid"].as_str().unwrap(), vector["sdkappid"].as_u64().unwrap(), &keys);
        for token in [ordinary.clone(), ordinary.replace('+', " "), format!("{variant}\n")] {
            assert!(verify(&token, &wanted, vector["time"].as_i64().unwrap()).is_ok(), "{}", vector["name"]);
        }
    }
    assert!(told_apart >= 5);
}

#[test]
fn a_token_of_gos_generator_is_read() {
    let keys = [Key::new("key")];
    let wanted = expected("alice", 1_400_000_888, &keys);
    let signed = signature("key", "1400000888", "1000000", "3600");
    let json = format!(
        "{{\"TLS.ver\":\"2.0\",\"TLS.identifier\":\"alice\",\"TLS.sdkappid\":1400000888,\"TLS.expire\":3600,\
         \"TLS.time\":1000000,\"TLS.sig\":\"{signed}\"}}\n"
    );
    let token = written(&json, 0);
    assert!(token.starts_with("eAE"), "level 0 has the header 78 01");
    assert_eq!(verify(&token, &wanted, 1_000_001).unwrap().expire_s, 3_600);
}

#[test]
fn what_gos_generator_leaves_out_is_empty_or_zero() {
    let keys = [Key::new("key")];
    let wanted = expected("alice", 1_400_000_888, &keys);
    let refusal = |json: String| verify(&written(&json, 0), &wanted, 1_000_001).unwrap_err();
    assert_eq!(
        refusal(r#"{"TLS.ver":"2.0","TLS.sdkappid":1400000888,"TLS.time":1000000,"TLS.sig":""}"#.into()),
        UserSigError::OtherUser
    );
    assert_eq!(
        refusal(r#"{"TLS.ver":"2.0","TLS.identifier":"alice","TLS.time":1000000,"TLS.sig":""}"#.into()),
        UserSigError::OtherApp
    );
    let signed = signature("key", "1400000888", "1000000", "0");
    let without_life = format!(
        r#"{{"TLS.ver":"2.0","TLS.identifier":"alice","TLS.sdkappid":1400000888,"TLS.time":1000000,"TLS.sig":"{signed}"}}"#
    );
    assert_eq!(refusal(without_life), UserSigError::Expired);
}

/// Python's and Node's generators sign the text of what they are given, and store its number.
#[test]
fn a_backend_that_signs_another_text_or_with_a_line_feed_is_told_so() {
    let keys = [Key::new("key")];
    let wanted = expected("alice", 1_400_000_888, &keys);
    let refusal = |key: &str, number: i64, text: &str, now: i64| {
        let signed = signature(key, "1400000888", "1000000", text);
        let json = format!(
            r#"{{"TLS.ver":"2.0","TLS.identifier":"alice","TLS.sdkappid":1400000888,"TLS.time":1000000,"TLS.expire":{number},"TLS.sig":"{signed}"}}"#
        );
        verify(&written(&json, 6), &wanted, now).unwrap_err()
    };
    assert_eq!(refusal("key", 86_400, "86400.0", 1_000_001), UserSigError::ExpireAsOtherText);
    assert_eq!(refusal("key", 10_000, "1e4", 1_000_001), UserSigError::ExpireAsOtherText);
    assert_eq!(refusal("key\n", 3_600, "3600", 1_000_001), UserSigError::KeyWithLineFeed);
    assert_eq!(refusal("key\r\n", 3_600, "3600", 1_000_001), UserSigError::KeyWithLineFeed);
    // Of a forged token nothing is said but that it is one, its time included.
    assert_eq!(refusal("another", 3_600, "3600", 9_000_000), UserSigError::WrongKey);
    assert_eq!(UserSigError::KeyWithLineFeed.code(), Code::USERSIG_WRONG_KEY);
    assert_eq!(UserSigError::ExpireAsOtherText.code(), Code::USERSIG_WRONG_KEY);
}

#[test]
fn a_life_beyond_every_clock_is_refused_by_its_name() {
    let keys = [Key::new("key")];
    let wanted = expected("alice", 1_400_000_888, &keys);
    for (issued_at_s, expire_s) in [(1_000_000, i64::MAX), (1_000_000, 9_007_199_254_741), (-1, 3_600)] {
        let claims =
            Claims { sdk_app_id: 1_400_000_888, user: "alice".into(), issued_at_s, expire_s, userbuf: None };
        let why = verify(&sign(&keys[0], &claims), &wanted, 1_000_001).unwrap_err();
        assert_eq!(why.code(), Code::USERSIG_MALFORMED);
        assert!(why.to_string().contains("TLS.expire"), "{why}");
    }
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
