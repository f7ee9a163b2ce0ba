//! Reactions of messages: given and taken back, seen on every device, also on one that was away, and who gave them.

use tim::event::Event;
use tim::message::Message;
use tim::protocol::group::GroupType;
use tim::{Code, ConversationId};

use crate::groups::new_group;
use crate::world::{Device, World, received, text_of};

/// What a message shows of its reactions: IDs, totals, and which are this user's.
fn shown(message: &Message) -> Vec<(&str, u32, bool)> {
    message.reaction_list.iter().map(|it| (it.reaction_id.as_str(), it.total, it.mine)).collect()
}

/// Waits for a MESSAGE_REACTIONS_UPDATED with these reactions.
async fn updated(device: &Device, reactions: &[(&str, u32, bool)]) -> Message {
    let is_it = |event: &Event| match event {
        Event::MessageReactionsUpdated(messages) => {
            messages.iter().find(|it| shown(it) == reactions).cloned()
        }
        _ => None,
    };
    device.expect("MESSAGE_REACTIONS_UPDATED", is_it).await
}

/// The text that a device lists of a group.
async fn listed(device: &Device, group: &str) -> Message {
    let conversation: ConversationId = group.parse().unwrap();
    let page = device.tim.get_message_list(&conversation, None, 50).await.unwrap();
    page.message_list.into_iter().find(|message| text_of(message).is_some()).unwrap()
}

/// A text that a device receives in a group.
async fn text(device: &Device) -> Message {
    let text = |event: &Event| received(event)?.into_iter().find(|message| text_of(message).is_some());
    device.expect("a text", text).await
}

#[tokio::test(flavor = "multi_thread")]
async fn reactions_are_seen_on_every_device_also_on_one_that_was_away() {
    let world = World::new().await;
    let alice = world.device("alice", "phone").await;
    let (laptop, tablet) = (world.device("bob", "laptop").await, world.device("bob", "tablet").await);
    let carol = world.device("carol", "phone").await;
    alice.tim.create_group(new_group("tea", GroupType::Work, &["bob", "carol"])).await.unwrap();
    laptop.expect("the group", received).await;
    let sent = alice.send("GROUPtea", "tea at four").await;
    let (of_bob, of_carol) = (text(&laptop).await, text(&carol).await);
    text(&tablet).await;
    // The tablet is away meanwhile.
    let tablet = tablet.restart().await;

    let given = laptop.tim.add_message_reaction(&of_bob, "up").await.unwrap();
    assert_eq!(shown(&given), [("up", 1, true)]);
    assert_eq!(updated(&alice, &[("up", 1, false)]).await.id, sent.id);
    updated(&carol, &[("up", 1, false)]).await;
    // What bob gave on the laptop is superseded in the log before his tablet sees it.
    carol.tim.add_message_reaction(&of_carol, "heart").await.unwrap();
    updated(&laptop, &[("up", 1, true), ("heart", 1, false)]).await;
    carol.tim.add_message_reaction(&of_carol, "up").await.unwrap();
    updated(&laptop, &[("up", 2, true), ("heart", 1, false)]).await;
    tablet.login(&world).await;
    updated(&tablet, &[("up", 2, true), ("heart", 1, false)]).await;
    // A push tells the one who reacted from the others.
    alice.tim.add_message_reaction(&sent, "heart").await.unwrap();
    let seen = updated(&tablet, &[("up", 2, true), ("heart", 2, false)]).await;
    tablet.tim.remove_message_reaction(&seen, "up").await.unwrap();
    updated(&laptop, &[("up", 1, false), ("heart", 2, false)]).await;
    updated(&carol, &[("up", 1, true), ("heart", 2, true)]).await;
    for device in [&laptop, &tablet] {
        assert_eq!(shown(&listed(device, "GROUPtea").await), [("up", 1, false), ("heart", 2, false)]);
        let list = device.tim.get_conversation_list().await.unwrap();
        let last =
            list.iter().find_map(|it| it.last_message.as_ref().filter(|it| text_of(it).is_some())).unwrap();
        assert_eq!(shown(last), [("up", 1, false), ("heart", 2, false)]);
    }
    // A device that never had the message gets it as it is now.
    let browser = world.device("carol", "browser").await;
    assert_eq!(shown(&listed(&browser, "GROUPtea").await), [("up", 1, true), ("heart", 2, true)]);
    // The same again changes nothing, also what never was.
    let again = carol.tim.add_message_reaction(&of_carol, "heart").await.unwrap();
    assert_eq!(shown(&again), [("up", 1, true), ("heart", 2, true)]);
    let never = carol.tim.remove_message_reaction(&of_carol, "rain").await.unwrap();
    assert_eq!(shown(&never), shown(&again));

    let taken_back = alice.tim.revoke_message(&listed(&alice, "GROUPtea").await).await.unwrap();
    assert_eq!(shown(&taken_back), []);
    let revoked = |event: &Event| match event {
        Event::MessageRevoked(messages) => messages.first().cloned(),
        _ => None,
    };
    assert_eq!(shown(&laptop.expect("MESSAGE_REVOKED", revoked).await), []);
    let late = laptop.tim.add_message_reaction(&of_bob, "up").await.unwrap_err();
    assert_eq!(late.code, Code::MESSAGE_NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reacted_is_asked_of_the_server() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let [first, second] = ["tea", "coffee"].map(|text| alice.send("C2Cbob", text));
    let sent = [first.await, second.await];
    let received = bob.messages(2).await;
    bob.tim.add_message_reaction(&received[0], "up").await.unwrap();
    alice.tim.add_message_reaction(&sent[0], "up").await.unwrap();
    alice.tim.add_message_reaction(&sent[0], "heart").await.unwrap();

    let found = bob.tim.get_message_reactions(&received, 1).await.unwrap();
    assert_eq!(found.iter().map(|it| it.message_id).collect::<Vec<_>>(), [sent[0].id, sent[1].id]);
    assert!(found[1].reaction_list.is_empty());
    let up = &found[0].reaction_list[0];
    assert_eq!((up.reaction_id.as_str(), up.total, up.mine), ("up", 2, true));
    assert_eq!(up.users.iter().map(|user| user.user_id.as_str()).collect::<Vec<_>>(), ["bob"]);
    let page = bob.tim.get_all_user_list_of_message_reaction(&received[0], "up", 0, 1).await.unwrap();
    assert!(!page.is_completed && page.user_list[0].user_id.as_str() == "bob");
    let next = page.next_seq;
    let page = bob.tim.get_all_user_list_of_message_reaction(&received[0], "up", next, 100).await.unwrap();
    assert!(page.is_completed && page.user_list[0].user_id.as_str() == "alice");
    let none = bob.tim.get_all_user_list_of_message_reaction(&received[1], "up", 0, 9).await.unwrap();
    assert!(none.is_completed && none.user_list.is_empty());

    let many = vec![received[0].clone(); 21];
    assert_eq!(bob.tim.get_message_reactions(&many, 1).await.unwrap_err().code, Code::BAD_REQUEST);
    assert_eq!(bob.tim.get_message_reactions(&received, 11).await.unwrap_err().code, Code::BAD_REQUEST);
    for id in ["", &"x".repeat(65)] {
        let refused = bob.tim.add_message_reaction(&received[0], id).await.unwrap_err();
        assert_eq!(refused.code, Code::BAD_REQUEST);
    }
    let unsent = bob.text("C2Calice", "not sent");
    assert_eq!(bob.tim.add_message_reaction(&unsent, "up").await.unwrap_err().code, Code::MESSAGE_INVALID);
}
