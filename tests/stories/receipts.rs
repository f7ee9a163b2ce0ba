//! Read receipts of single messages: asked for by the sender, confirmed by receivers, and counted on every device of the sender.

use tim::event::{Event, MessageReadReceipt};
use tim::message::{CreateOptions, Message};
use tim::protocol::group::{GroupType, JoinOption, NewGroup};
use tim::{Code, ConversationId, GroupId, ReadMemberFilter};

use crate::groups::new_group;
use crate::world::{Device, World, addressed, received, text_of};

/// Sends a text that asks for read receipts.
async fn ask(device: &Device, to: &str, words: &str) -> Message {
    let (to, conversation_type) = addressed(to);
    let options = CreateOptions { need_read_receipt: true, ..CreateOptions::default() };
    let message = device.tim.create_text_message(to, conversation_type, words, options).unwrap();
    device.tim.send_message(message).await.unwrap()
}

/// How many read a message, and how many did not, as a device knows it.
fn counts(message: &Message) -> Option<(u32, u32)> {
    message.read_receipt_info.map(|info| (info.read_count, info.unread_count))
}

/// A text that a device receives.
async fn text(device: &Device) -> Message {
    let text = |event: &Event| received(event)?.into_iter().find(|message| text_of(message).is_some());
    device.expect("a text", text).await
}

/// Waits until it is told that so many read a message, and so many did not.
async fn told(device: &Device, message: &Message, (read, unread): (u32, u32)) -> MessageReadReceipt {
    let is_it = |event: &Event| match event {
        Event::MessageReadReceiptReceived(receipts) => {
            let is_it = |it: &&MessageReadReceipt| {
                let of = (it.info.read_count, it.info.unread_count);
                (it.message_id, of) == (message.id, (read, unread))
            };
            receipts.iter().find(is_it).cloned()
        }
        _ => None,
    };
    device.expect("MESSAGE_READ_RECEIPT_RECEIVED", is_it).await
}

/// A message as a device lists it.
async fn listed(device: &Device, message: &Message) -> Message {
    let page = device.tim.get_message_list(&message.conversation_id, None, 50).await.unwrap();
    page.message_list.into_iter().find(|it| it.id == message.id).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_other_side_confirms_a_message_and_every_device_of_its_sender_knows() {
    let world = World::new().await;
    let (phone, laptop) = (world.device("alice", "phone").await, world.device("alice", "laptop").await);
    let bob = world.device("bob", "phone").await;
    let sent = ask(&phone, "C2Cbob", "did you see this?").await;
    assert_eq!((sent.need_read_receipt, counts(&sent)), (true, Some((0, 1))));
    let on_laptop = text(&laptop).await;
    let of_bob = text(&bob).await;
    assert_eq!((of_bob.need_read_receipt, counts(&of_bob)), (true, None));
    // Reading confirms nothing.
    bob.tim.set_message_read(&of_bob.conversation_id).await.unwrap();
    let by_peer = |event: &Event| matches!(event, Event::MessageReadByPeer(_)).then_some(());
    phone.expect("MESSAGE_READ_BY_PEER", by_peer).await;
    assert_eq!(counts(&listed(&phone, &sent).await), Some((0, 1)));

    let confirmed = bob.tim.send_message_read_receipt(std::slice::from_ref(&of_bob)).await.unwrap();
    assert_eq!(confirmed.iter().map(|it| it.id).collect::<Vec<_>>(), [sent.id]);
    for device in [&phone, &laptop] {
        let receipt = told(device, &sent, (1, 0)).await;
        let of =
            (receipt.user_id.as_ref().map(|it| it.as_str()), receipt.group_id, receipt.info.is_peer_read);
        assert_eq!(of, (Some("bob"), None, true));
        assert_eq!(counts(&listed(device, &on_laptop).await), Some((1, 0)));
        let list = device.tim.get_conversation_list().await.unwrap();
        assert_eq!(counts(list[0].last_message.as_ref().unwrap()), Some((1, 0)));
    }
    // Once more changes nothing.
    bob.tim.send_message_read_receipt(&[of_bob.clone(), of_bob.clone()]).await.unwrap();
    let found = phone.tim.get_message_read_receipt_list(std::slice::from_ref(&sent)).await.unwrap();
    assert_eq!(counts(&found[0]), Some((1, 0)));
    // A device that is made later knows it with the message.
    let tablet = world.device("alice", "tablet").await;
    assert_eq!(counts(&listed(&tablet, &sent).await), Some((1, 0)));

    let refused = |result: Result<Vec<Message>, tim::error::TimError>| result.unwrap_err().code;
    let unasked = phone.send("C2Cbob", "never mind").await;
    let of_bob_too = text(&bob).await;
    for wrong in [vec![], vec![of_bob_too.clone()], vec![bob.text("C2Calice", "not sent")]] {
        assert_eq!(refused(bob.tim.send_message_read_receipt(&wrong).await), Code::NO_RECEIPT_NEEDED);
    }
    assert_eq!(
        refused(phone.tim.send_message_read_receipt(std::slice::from_ref(&sent)).await),
        Code::NO_RECEIPT_NEEDED
    );
    assert_eq!(refused(phone.tim.get_message_read_receipt_list(&[unasked]).await), Code::NO_RECEIPT_NEEDED);
    assert_eq!(
        refused(bob.tim.get_message_read_receipt_list(std::slice::from_ref(&of_bob)).await),
        Code::NO_RECEIPT_NEEDED
    );
    let many = vec![of_bob.clone(); 31];
    assert_eq!(refused(bob.tim.send_message_read_receipt(&many).await), Code::BAD_REQUEST);
    let page = phone.tim.get_group_message_read_member_list(&sent, ReadMemberFilter::Read, "", 10).await;
    assert_eq!(page.unwrap_err().code, Code::BAD_REQUEST, "of groups only");
    phone.tim.revoke_message(&sent).await.unwrap();
    assert_eq!(refused(bob.tim.send_message_read_receipt(&[of_bob]).await), Code::NO_RECEIPT_NEEDED);
    assert_eq!(counts(&listed(&phone, &sent).await), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_counts_those_who_were_there_also_those_who_were_away() {
    let world = World::new().await;
    let alice = world.device("alice", "phone").await;
    let (bob, carol) = (world.device("bob", "phone").await, world.device("carol", "phone").await);
    let (dave, group) = (world.device("dave", "phone").await, GroupId::new("tea").unwrap());
    let public = new_group("tea", GroupType::Public, &["bob", "carol"]);
    let public = NewGroup { join_option: Some(JoinOption::FreeAccess), ..public };
    alice.tim.create_group(public).await.unwrap();
    carol.expect("the group", received).await;
    // Carol is away when it is asked, and alice when it is confirmed.
    let carol = carol.restart().await;
    let sent = ask(&alice, "GROUPtea", "who brings the cake?").await;
    assert_eq!(counts(&sent), Some((0, 2)));
    let of_bob = text(&bob).await;
    dave.tim.join_group(&group, "").await.unwrap();
    bob.tim.send_message_read_receipt(std::slice::from_ref(&of_bob)).await.unwrap();
    let receipt = told(&alice, &sent, (1, 1)).await;
    assert_eq!((receipt.user_id, receipt.group_id, receipt.info.is_peer_read), (None, Some(group), false));
    let alice = alice.restart().await;
    carol.login(&world).await;
    let of_carol = text(&carol).await;
    carol.tim.send_message_read_receipt(&[of_carol]).await.unwrap();
    // Dave came later: he is not counted, and says nothing.
    let late = Message { conversation_id: of_bob.conversation_id.clone(), ..of_bob.clone() };
    let refused = dave.tim.send_message_read_receipt(&[late]).await.unwrap_err();
    assert_eq!(refused.code, Code::NO_RECEIPT_NEEDED);

    // She asks for what she missed, and it is kept.
    alice.login(&world).await;
    let found = alice.tim.get_message_read_receipt_list(std::slice::from_ref(&sent)).await.unwrap();
    assert_eq!(counts(&found[0]), Some((2, 0)));
    assert_eq!(counts(&listed(&alice, &sent).await), Some((2, 0)));
    let page =
        |filter, cursor, count| alice.tim.get_group_message_read_member_list(&sent, filter, cursor, count);
    let first = page(ReadMemberFilter::Read, "", 1).await.unwrap();
    assert_eq!((first.message_id, first.is_completed), (sent.id, false));
    assert_eq!(first.read_user_id_list.iter().map(|it| it.as_str()).collect::<Vec<_>>(), ["bob"]);
    let second = page(ReadMemberFilter::Read, &first.cursor, 1).await.unwrap();
    assert_eq!((second.is_completed, second.cursor.as_str()), (true, ""));
    assert_eq!(second.read_user_id_list.iter().map(|it| it.as_str()).collect::<Vec<_>>(), ["carol"]);
    let unread = page(ReadMemberFilter::Unread, "", 100).await.unwrap();
    assert!(
        unread.is_completed && unread.unread_user_id_list.is_empty() && unread.read_user_id_list.is_empty()
    );
    assert_eq!(page(ReadMemberFilter::Unread, "", 101).await.unwrap_err().code, Code::BAD_REQUEST);
    assert_eq!(page(ReadMemberFilter::Read, "n\u{f6}body", 9).await.unwrap_err().code, Code::USER_ID_INVALID);
    assert_eq!(page(ReadMemberFilter::Read, "nobody", 9).await.unwrap_err().code, Code::UNKNOWN_USER);
    let foreign = bob.tim.get_group_message_read_member_list(&of_bob, ReadMemberFilter::Read, "", 9).await;
    assert_eq!(foreign.unwrap_err().code, Code::GROUP_PERMISSION_DENIED);
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_of_several_conversations_are_confirmed_where_that_is_allowed() {
    let world = World::new().await;
    let (alice, carol) = (world.device("alice", "phone").await, world.device("carol", "phone").await);
    let bob = world.device("bob", "phone").await;
    let sent = ask(&alice, "C2Cbob", "tea?").await;
    let of_alice = text(&bob).await;
    ask(&carol, "C2Cbob", "coffee?").await;
    let of_carol = text(&bob).await;
    carol.tim.add_to_blacklist(&[tim::UserId::new("bob").unwrap()]).await.unwrap();
    let elsewhere: ConversationId = "GROUPnowhere".parse().unwrap();
    let nowhere = Message { conversation_id: elsewhere, ..of_alice.clone() };
    let all = [nowhere.clone(), of_carol.clone(), of_alice];
    let confirmed = bob.tim.send_message_read_receipt(&all).await.unwrap();
    assert_eq!(confirmed.iter().map(|it| it.from.as_str()).collect::<Vec<_>>(), ["alice"]);
    told(&alice, &sent, (1, 0)).await;
    let refused = bob.tim.send_message_read_receipt(&[of_carol]).await.unwrap_err();
    assert_eq!(refused.code, Code::BLACKLISTED);
    let refused = bob.tim.send_message_read_receipt(&[nowhere]).await.unwrap_err();
    assert_eq!(refused.code, Code::GROUP_NOT_FOUND);
}
