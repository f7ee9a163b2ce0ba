//! The end of the process's use of the engine: `shutdown` ends every instance. A program of its own, because it does.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    unreachable_pub,
    dead_code
)]

#[path = "stories/world.rs"]
mod world;

use tim::Code;
use tim::event::Event;

use world::World;

#[tokio::test(flavor = "multi_thread")]
async fn shutdown_ends_every_instance_and_tells_it() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    tim::shutdown().await.unwrap();
    for device in [&alice, &bob] {
        device.expect("SDK_NOT_READY", |event| matches!(event, Event::SdkNotReady).then_some(())).await;
        assert_eq!(device.tim.get_conversation_list().await.unwrap_err().code, Code::DESTROYED);
    }
    // Afterwards one may begin anew.
    let again = alice.restart().await;
    again.login(&world).await;
    tim::shutdown().await.unwrap();
}
