//! Bugs of the engine: they are reported with an error code, and a new instance works.
//!
//! A caller whose waker panics stands for them: it panics where the instance's task answers it.

use std::sync::Arc;
use std::task::{Context, Wake, Waker};

use tim::event::Event;
use tim::{Code, Tim};

use crate::world::World;

struct Fault;

impl Wake for Fault {
    fn wake(self: Arc<Self>) {
        panic!("stands for a fault of the engine's");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_ends_every_call_with_its_number_and_create_gives_a_new_instance() {
    let world = World::new().await;
    let alice = world.device("alice", "phone").await;
    world.kill_server().await;
    let mut send = Box::pin(alice.tim.send_message(alice.text("C2Calice", "nobody is there to answer this")));
    assert!(send.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    let mut call = Box::pin(alice.tim.get_conversation_list());
    let begun = call.as_mut().poll(&mut Context::from_waker(&Waker::from(Arc::new(Fault))));
    assert!(begun.is_pending());
    let told = |event: &Event| matches!(event, Event::Error { code: Code::PANICKED, .. }).then_some(());
    alice.expect("the fault", told).await;
    assert_eq!(send.await.unwrap_err().code, Code::PANICKED);
    assert_eq!(alice.tim.get_conversation_list().await.unwrap_err().code, Code::PANICKED);
    assert!(!alice.tim.is_ready());

    let again = Tim::create(alice.options.clone()).unwrap();
    assert_eq!(again.get_conversation_list().await.unwrap_err().code, Code::NOT_LOGGED_IN);
    alice.expect("the end", |event| matches!(event, Event::SdkDestroy { .. }).then_some(())).await;
    // What was sent before is not lost with it.
    world.start_server().await;
    let laptop = world.device("alice", "laptop").await;
    again.login("alice", &world.sig("alice")).await.unwrap();
    assert_eq!(laptop.next_text().await, "nobody is there to answer this");
}
