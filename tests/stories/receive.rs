//! Do not disturb: an option for all conversations, on every device of a user.

use tim::Code;
use tim::conversation::MessageRemindType;
use tim::event::Event;
use tim::protocol::receive::{AllReceiveMessageOpt, TimeOfDay};

use crate::world::{Device, World};

/// Quiet nights, which begin at this hour.
fn nights(hour: u32) -> AllReceiveMessageOpt {
    let start_time = Some(TimeOfDay { hour, minute: 30, second: 0 });
    let message_remind_type = MessageRemindType::AcceptNotNotify;
    AllReceiveMessageOpt { message_remind_type, start_time, start_timestamp: None, duration: 9 * 3_600 }
}

/// A login tells it, before everything works.
async fn learns(world: &World, device: &Device, opt: AllReceiveMessageOpt) {
    device.tim.login(&device.user, &world.sig(&device.user)).await.unwrap();
    let is_it = |event: &Event| (*event == Event::AllReceiveMessageOptUpdated(opt)).then_some(());
    device.expect("ALL_RECEIVE_MESSAGE_OPT_UPDATED", is_it).await;
    device.expect("SDK_READY", |event| (*event == Event::SdkReady).then_some(())).await;
    assert_eq!(device.tim.get_all_receive_message_opt().await.unwrap(), opt);
}

async fn told(device: &Device, opt: AllReceiveMessageOpt) {
    let is_it = |event: &Event| (*event == Event::AllReceiveMessageOptUpdated(opt)).then_some(());
    device.expect("ALL_RECEIVE_MESSAGE_OPT_UPDATED", is_it).await;
    assert_eq!(device.tim.get_all_receive_message_opt().await.unwrap(), opt);
}

#[tokio::test(flavor = "multi_thread")]
async fn quiet_nights_hold_on_every_device_also_on_one_that_was_away_and_on_a_new_one() {
    let world = World::new().await;
    let (phone, laptop) = (world.device("alice", "phone").await, world.device("alice", "laptop").await);
    let tablet = world.device("alice", "tablet").await;
    let nothing = AllReceiveMessageOpt::default();
    assert_eq!(phone.tim.get_all_receive_message_opt().await.unwrap(), nothing);

    // The tablet is away while the nights are set, and set otherwise.
    let tablet = tablet.restart().await;
    phone.tim.set_all_receive_message_opt(nights(22)).await.unwrap();
    for device in [&phone, &laptop] {
        told(device, nights(22)).await;
    }
    laptop.tim.set_all_receive_message_opt(nights(23)).await.unwrap();
    told(&phone, nights(23)).await;
    learns(&world, &tablet, nights(23)).await;
    // The app is installed anew.
    let browser = world.device_offline("alice", "browser");
    learns(&world, &browser, nights(23)).await;

    // It is known without the server, and ends everywhere.
    world.kill_server().await;
    assert_eq!(tablet.tim.get_all_receive_message_opt().await.unwrap(), nights(23));
    world.start_server().await;
    tablet.tim.set_all_receive_message_opt(nothing).await.unwrap();
    told(&phone, nothing).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_option_that_cannot_be_is_refused_and_the_former_one_stays() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    alice.tim.set_all_receive_message_opt(nights(22)).await.unwrap();
    told(&alice, nights(22)).await;
    let once = AllReceiveMessageOpt { start_timestamp: Some(17), start_time: None, ..nights(22) };
    for refused in [
        nights(24),
        AllReceiveMessageOpt { duration: 0, ..nights(22) },
        AllReceiveMessageOpt { start_time: None, ..nights(22) },
        AllReceiveMessageOpt { start_timestamp: Some(17), ..nights(22) },
        AllReceiveMessageOpt { start_timestamp: Some(-1), ..once },
        AllReceiveMessageOpt { message_remind_type: MessageRemindType::Discard, ..once },
    ] {
        let code = alice.tim.set_all_receive_message_opt(refused).await.unwrap_err().code;
        assert_eq!(code, Code::BAD_REQUEST, "{refused:?}");
    }
    assert_eq!(alice.tim.get_all_receive_message_opt().await.unwrap(), nights(22));
    // It is alice's own, and no message waits for the end of the night.
    assert_eq!(bob.tim.get_all_receive_message_opt().await.unwrap(), AllReceiveMessageOpt::default());
    bob.send("C2Calice", "are you awake?").await;
    assert_eq!(alice.next_text().await, "are you awake?");
}
