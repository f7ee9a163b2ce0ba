//! What the list of conversations calls them, and the line that it shows of the last message.

use std::sync::Arc;

use tim::conversation::Conversation;
use tim::event::Event;
use tim::message::{CreateOptions, CustomBody};
use tim::protocol::group::{GroupType, NewGroup};
use tim::protocol::profile::ProfileFields;

use crate::groups::new_group;
use crate::world::{Device, World};

async fn is_called(device: &Device, nick: &str, avatar: &str) {
    let fields = ProfileFields {
        nick: Some(nick.to_owned()),
        avatar: Some(avatar.to_owned()),
        ..ProfileFields::default()
    };
    device.tim.update_my_profile(fields).await.unwrap();
}

/// Waits until the list shows a conversation with this name.
async fn shows(device: &Device, name: &str) -> Arc<Conversation> {
    let named = |event: &Event| match event {
        Event::ConversationListUpdated(list) => list.iter().find(|it| it.show_name == name).cloned(),
        _ => None,
    };
    device.expect(&format!("a conversation called {name}"), named).await
}

fn listed(event: &Event) -> Option<Arc<Vec<Arc<Conversation>>>> {
    if let Event::ConversationListUpdated(list) = event { Some(Arc::clone(list)) } else { None }
}

fn names(list: &[Arc<Conversation>]) -> Vec<&str> {
    let mut names: Vec<_> = list.iter().map(|it| it.show_name.as_str()).collect();
    names.sort_unstable();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_calls_people_and_groups_by_their_names_also_offline() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    is_called(&bob, "Bob", "https://pictures.example/bob.png").await;
    // Bob has written nothing: the server knows what he is called.
    alice.send("C2Cbob", "tea\nat four?").await;
    let with_bob = shows(&alice, "Bob").await;
    assert_eq!(with_bob.avatar, "https://pictures.example/bob.png");
    assert_eq!(with_bob.message_for_show, "tea at four?");
    // Alice has no nick.
    let with_alice = shows(&bob, "alice").await;
    assert_eq!((with_alice.conversation_id.to_string(), with_alice.avatar.as_str()), ("C2Calice".into(), ""));
    // A message tells what its sender is called now.
    is_called(&bob, "Bobby", "").await;
    bob.send("C2Calice", "yes").await;
    assert_eq!(shows(&alice, "Bobby").await.avatar, "");
    let group = NewGroup { name: "Tea at four".to_owned(), ..new_group("tea", GroupType::Work, &["bob"]) };
    alice.tim.create_group(group).await.unwrap();
    let body = CustomBody { description: "a kettle".to_owned(), ..CustomBody::default() };
    let kind = tim::ConversationType::Group;
    let kettle = alice.tim.create_custom_message("tea", kind, body, CreateOptions::default()).unwrap();
    alice.tim.send_message(kettle).await.unwrap();
    let is_kettle = |event: &Event| match event {
        Event::ConversationListUpdated(list) => {
            list.iter().find(|it| it.message_for_show == "[Custom message] a kettle").cloned()
        }
        _ => None,
    };
    let tea = bob.expect("the kettle", is_kettle).await;
    assert_eq!(
        (tea.show_name.as_str(), tea.conversation_id.to_string().as_str()),
        ("Tea at four", "GROUPtea")
    );

    // Without a network the device has them still, and a new one gets them with its first sync.
    let alice = alice.restart().await;
    world.kill_server().await;
    let login = tokio::spawn({
        let (tim, sig) = (alice.tim.clone(), world.sig("alice"));
        async move { tim.login("alice", &sig).await }
    });
    let offline = alice.expect("the list", listed).await;
    assert_eq!(names(&offline), ["@TIM#SYSTEM", "Bobby", "Tea at four"]);
    world.start_server().await;
    login.await.unwrap().unwrap();
    let tablet = world.device("alice", "tablet").await;
    assert_eq!(
        names(&tablet.tim.get_conversation_list().await.unwrap()),
        ["@TIM#SYSTEM", "Bobby", "Tea at four"]
    );
}
