//! Logins that end against the user's will, each for its reason, and never a war between two devices.

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tim::Code;
use tim::event::Event;
use tim::protocol::frame::KickReason;

use crate::proxy::Proxy;
use crate::world::{Device, World};

async fn kicked_out(device: &Device) -> KickReason {
    device
        .expect("KICKED_OUT", |event| match event {
            Event::KickedOut(reason) => Some(*reason),
            _ => None,
        })
        .await
}

async fn kicked(device: &Device) -> KickReason {
    let reason = kicked_out(device).await;
    device.expect("SDK_NOT_READY", |event| matches!(event, Event::SdkNotReady).then_some(())).await;
    reason
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_phone_takes_the_first_ones_place() {
    let world = World::new().await;
    let (laptop, phone) = (world.device("alice", "laptop").await, world.device("alice", "phone").await);
    let second = world.device("alice", "second phone").await;
    assert_eq!(kicked(&phone).await, KickReason::MultipleDevice);
    assert_eq!(phone.tim.get_conversation_list().await.unwrap_err().code, Code::KICKED_MULTIPLE_DEVICE);
    assert!(laptop.tim.is_ready() && second.tim.is_ready());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_device_logged_in_twice_keeps_the_newer() {
    let world = World::new().await;
    let first = world.device("alice", "phone").await;
    // A second process of the same app on the same device: the same folder holds the same device name.
    let mut options = first.options.clone();
    options.instance.push_str("-again");
    let second = tim::Tim::create(options).unwrap();
    second.login("alice", &world.sig("alice")).await.unwrap();
    assert_eq!(kicked(&first).await, KickReason::MultipleAccount);
    second.destroy().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_expires_ends_the_login() {
    let world = World::new().await;
    let alice = world.device_offline("alice", "phone");
    alice.tim.login("alice", &world.sig_for("alice", 2)).await.unwrap();
    assert_eq!(kicked(&alice).await, KickReason::UserSigExpired);
    assert_eq!(alice.tim.get_conversation_list().await.unwrap_err().code, Code::USERSIG_EXPIRED_OFFLINE);
    alice.login(&world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_ends_a_login() {
    let world = World::new().await;
    let (phone, laptop) = (world.device("alice", "phone").await, world.device("alice", "laptop").await);
    world.server_command(&["kick", "--app", &world.app.to_string(), "--user", "alice"]);
    assert_eq!(kicked(&phone).await, KickReason::RestApi);
    assert_eq!(kicked(&laptop).await, KickReason::RestApi);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_kicked_while_away_learns_it_on_return() {
    let world = World::new().await;
    let wire = Proxy::new(&world.address).await;
    let phone = world.device_at("alice", "phone", &wire.address);
    phone.login(&world).await;
    wire.cut();
    let _second = world.device("alice", "second phone").await;
    wire.mend();
    assert_eq!(kicked(&phone).await, KickReason::MultipleDevice);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_phones_that_log_in_together_one_stays() {
    let world = World::new().await;
    for round in 0..5 {
        let phones: Vec<Device> =
            (0..4).map(|n| world.device_offline("alice", &format!("phone {round}{n}"))).collect();
        let sig = world.sig("alice");
        let logins = phones.iter().map(|phone| phone.tim.login("alice", &sig));
        let logins = futures_util::future::join_all(logins).await;
        // Three learn that another took their place, by the answer to their login or after it; which, is for the server to say.
        let mut refused = 0;
        for why in logins.into_iter().filter_map(Result::err) {
            assert_eq!(why.code, Code::KICKED_MULTIPLE_DEVICE);
            refused += 1;
        }
        let mut kicks: FuturesUnordered<_> = phones.iter().map(kicked_out).collect();
        for _ in refused..3 {
            assert_eq!(kicks.next().await, Some(KickReason::MultipleDevice));
        }
        drop(kicks);
        assert_eq!(phones.iter().filter(|phone| phone.tim.get_login_user().is_some()).count(), 1);
        for phone in phones {
            phone.tim.destroy().await.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_phone_that_comes_back_late_does_not_take_the_new_ones_place() {
    let world = World::new().await;
    let wire = Proxy::new(&world.address).await;
    let old = world.device_at("alice", "old phone", &wire.address);
    old.login(&world).await;
    wire.cut();
    // Each ends the one before, and more logins end than are remembered.
    let mut new = world.device("alice", "phone").await;
    for number in 2..=18 {
        new = world.device("alice", &format!("phone {number}")).await;
    }
    wire.mend();
    assert_eq!(kicked(&old).await, KickReason::MultipleDevice);
    new.send("C2Calice", "still here").await;
}
