//! The cost of a reconnect depends on what changed, never on how much a user has (I9).

use tim::machine::io::Call;
use tim_protocol::body::{Body, TextBody};
use tim_protocol::call;
use tim_protocol::profile::ProfileFields;
use tim_protocol::{ConversationId, MessageId};
use tim_server::core::ops::Write;

use crate::app::Asked;
use crate::device::DeviceId;
use crate::world::{Break, Plan, World, user};

/// Alice's phone, the only device here.
const PHONE: DeviceId = 0;
/// A few conversations, and many.
const FEW: u32 = 10;
const MANY: u32 = 1_000;

/// Frames and bytes of coming back after a while, in which a few messages came, for somebody with so many idle
/// conversations.
fn bill(idle: u32, away: i64, broken: Option<Break>) -> (usize, usize) {
    let mut world = World::new(Plan { broken, ..Plan::of(9) });
    world.faults.is_on = false;
    for device in &mut world.devices {
        device.up = device.name == "alice's phone";
    }
    make_idle(&mut world, idle);
    world.run_until(120_000);
    assert!(world.devices[PHONE].ready);
    world.part(PHONE, world.now + away);
    for _ in 0..3 {
        say(&mut world, "bob");
    }
    world.mark();
    world.bill = (0, 0);
    world.run_until(world.now + away + 120_000);
    world.bill
}

/// However often the first picture is interrupted, and whatever happens meanwhile, in the end it is whole.
#[test]
fn picture() {
    for pause in [3, 10, 30, 60] {
        let mut world = World::new(Plan::of(9));
        world.faults.is_on = false;
        for device in &mut world.devices {
            device.up = device.name == "alice's phone";
        }
        make_idle(&mut world, MANY);
        for _ in 0..40 {
            world.run_until(world.now + 100 * pause);
            let peer = format!("peer{}", world.rng.u32(0..MANY));
            say(&mut world, &peer);
            world.mark();
            world.part(PHONE, world.now + 1);
        }
        world.run_until(world.now + 200_000);
        world.call(PHONE, Asked::List, Call::ConversationList);
        let list = &world.history.devices[PHONE].last.as_ref().unwrap().list;
        let of_peers = list.iter().filter(|it| it.conversation_id.to_string().starts_with("C2Cpeer"));
        let unread: u64 = of_peers.clone().map(|it| it.unread_count).sum();
        assert_eq!((of_peers.count(), unread), (MANY as usize, u64::from(MANY) + 40));
    }
}

/// Conversations with one message each. Versions are as large for few as for many: their digits are not what is counted.
fn make_idle(world: &mut World, idle: u32) {
    for number in 0..MANY {
        if number < idle {
            let name = format!("peer{number}");
            world.commit(&[world.first_login(user(&name))]);
            say(world, &name);
        } else {
            let nick = Some(format!("nick {number}"));
            let update =
                call::UpdateProfileRequest { fields: ProfileFields { nick, ..ProfileFields::default() } };
            let (actor, now) = (world.server.actor(&user("alice")), world.wall());
            world.commit(&[Write::request(&actor, update, now)]);
        }
    }
    world.mark();
}

fn say(world: &mut World, name: &str) {
    let random: [u8; 10] = world.rng.u128(..).to_be_bytes()[..10].try_into().unwrap();
    let send = call::SendRequest {
        id: MessageId::from_parts(world.wall(), random),
        to: ConversationId::C2c(user("alice")),
        client_time: world.wall(),
        priority: Default::default(),
        excluded_from_unread_count: false,
        attributes: None,
        body: Body::Text(TextBody { text: "words".into() }).write().unwrap(),
    };
    let (actor, now) = (world.server.actor(&user(name)), world.wall());
    world.commit(&[Write::request(&actor, send, now)]);
}

/// Long enough for the session to be forgotten, and short enough for it to go on.
const AWAY: [i64; 2] = [200_000, 5_000];

#[test]
fn cost() {
    for away in AWAY {
        let (few, many) = (bill(FEW, away, None), bill(MANY, away, None));
        eprintln!(
            "away for {} s: {few:?} frames and bytes with {FEW} and {many:?} with {MANY}",
            away / 1_000
        );
        assert_eq!(few, many);
        assert!(few.0 > 0);
    }
    let all = Some(Break::SyncsAll);
    assert_ne!(
        bill(FEW, AWAY[0], all),
        bill(MANY, AWAY[0], all),
        "a sync that tells everything is not noticed"
    );
}
