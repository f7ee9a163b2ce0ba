//! Profiles and blacklists, on every device of a user.

use tim::event::Event;
use tim::protocol::profile::ProfileFields;
use tim::{Code, UserId};

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_new_nick_is_told_to_all_devices_and_shown_to_others() {
    let world = World::new().await;
    let (phone, laptop) = (world.device("alice", "phone").await, world.device("alice", "laptop").await);
    let bob = world.device("bob", "tablet").await;
    let update = ProfileFields { nick: Some("Alice L.".into()), ..ProfileFields::default() };
    let profile = phone.tim.update_my_profile(update).await.unwrap();
    assert_eq!(profile.fields.nick.as_deref(), Some("Alice L."));
    for device in [&phone, &laptop] {
        let nick = device.expect("PROFILE_UPDATED", |event| match event {
            Event::ProfileUpdated(profiles) => profiles[0].fields.nick.clone(),
            _ => None,
        });
        assert_eq!(nick.await, "Alice L.");
    }
    let sent = phone.send("C2Cbob", "who am I?").await;
    assert_eq!(sent.nick, "Alice L.");
    assert_eq!(bob.messages(1).await[0].nick, "Alice L.");
    let history = phone.tim.get_message_list(&"C2Cbob".parse().unwrap(), None, 15).await.unwrap();
    assert_eq!(history.message_list[0].nick, "Alice L.", "her own copy has it as well");
    let seen = bob.tim.get_user_profile(&[UserId::new("alice").unwrap()]).await.unwrap();
    assert_eq!(seen[0].fields.nick.as_deref(), Some("Alice L."));
    let nothing = phone.tim.update_my_profile(ProfileFields::default()).await.unwrap_err();
    assert_eq!(nothing.code, Code::PROFILE_NOTHING_TO_SET);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blacklisted_sender_is_refused_until_taken_off() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let bobs_tablet = world.device("bob", "tablet").await;
    let alice_id = [UserId::new("alice").unwrap()];
    bob.tim.add_to_blacklist(&alice_id).await.unwrap();
    for device in [&bob, &bobs_tablet] {
        device
            .expect("BLACKLIST_UPDATED", |event| {
                (*event == Event::BlacklistUpdated(alice_id.to_vec())).then_some(())
            })
            .await;
    }
    assert_eq!(bobs_tablet.tim.get_blacklist().await.unwrap(), alice_id);
    let refused = alice.text("C2Cbob", "hello?");
    assert_eq!(alice.tim.send_message(refused.clone()).await.unwrap_err().code, Code::BLACKLISTED);
    assert_eq!(
        bob.tim.add_to_blacklist(&[UserId::new("bob").unwrap()]).await.unwrap_err().code,
        Code::BLACKLIST_SELF
    );

    bob.tim.remove_from_blacklist(&alice_id).await.unwrap();
    bob.expect("BLACKLIST_UPDATED", |event| (*event == Event::BlacklistUpdated(Vec::new())).then_some(()))
        .await;
    let resent = alice.tim.resend_message(&refused).await.unwrap();
    assert_eq!(resent.id, refused.id, "a resend keeps its identity");
    assert_eq!(bob.next_text().await, "hello?");
}

#[tokio::test(flavor = "multi_thread")]
async fn fields_of_the_apps_and_the_rest_of_a_profile_are_kept_and_shown_to_others() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let of = |text: &str| serde_json::from_str::<ProfileFields>(text).unwrap();
    let field =
        |key: &str, value: &str| format!(r#""profileCustomField":[{{"key":"{key}","value":"{value}"}}]"#);
    let team = "Tag_Profile_Custom_Team";
    let first = format!(
        r#"{{"allowType":"AllowType_Type_DenyAny","language":1,"level":7,"role":2,{}}}"#,
        field(team, "red")
    );
    alice.tim.update_my_profile(of(&first)).await.unwrap();
    let second = format!(r#"{{"level":8,{}}}"#, field("Tag_Profile_Custom_Desk", "4"));
    alice.tim.update_my_profile(of(&second)).await.unwrap();
    let seen = bob.tim.get_user_profile(&[UserId::new("alice").unwrap()]).await.unwrap();
    let expected = r#"{"allowType":"AllowType_Type_DenyAny","language":1,"level":8,"role":2,"profileCustomField":[
        {"key":"Tag_Profile_Custom_Desk","value":"4"},{"key":"Tag_Profile_Custom_Team","value":"red"}]}"#;
    assert_eq!(seen[0].fields, of(expected));
    let code = async |text: String| alice.tim.update_my_profile(of(&text)).await.unwrap_err().code;
    assert_eq!(code(format!("{{{}}}", field("Team", "red"))).await, Code::PROFILE_INVALID);
    assert_eq!(code(format!("{{{}}}", field(team, &"x".repeat(501)))).await, Code::PROFILE_VALUE_TOO_LONG);
    assert_eq!(code(r#"{"allowType":"Whoever"}"#.into()).await, Code::VALUE_UNKNOWN);
}
