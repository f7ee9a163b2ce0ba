//! Messages of every kind but texts and pictures, which have stories of their own: sent, received, and there again after a
//! restart.

use tim::message::{Body, LocationBody, Payload, Priority};
use tim::{Code, ConversationId};

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn alice_tells_bob_where_to_meet() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let to: ConversationId = "C2Cbob".parse().unwrap();
    let meet = |place| alice.tim.create_location_message(&to, "the tea house", place, Priority::Normal);
    alice.tim.send_message(meet((91.117_7, 29.657_9)).unwrap()).await.unwrap();

    let place = LocationBody { description: "the tea house".into(), longitude: 91.117_7, latitude: 29.657_9 };
    let expected = Payload::Body(Body::Location(place));
    assert_eq!(bob.messages(1).await[0].payload, expected);
    let from_alice: ConversationId = "C2Calice".parse().unwrap();
    let page = bob.tim.get_message_list(&from_alice, None, 10).await.unwrap();
    assert_eq!(page.message_list[0].payload, expected, "and from the device's own store");

    for nowhere in [(180.5, 0.0), (0.0, -91.0), (f64::NAN, 0.0)] {
        let why = meet(nowhere).unwrap_err();
        assert_eq!(why.code, Code::MESSAGE_BODY_INVALID);
        assert!(why.reason.contains("degrees"), "{why}");
    }
}
