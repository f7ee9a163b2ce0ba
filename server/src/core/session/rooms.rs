//! The live rooms that a session is in: entering, leaving, and what its client says there.

use tim_protocol::call::Reply;
use tim_protocol::{Code, Fault, limits};

use super::answer::fault_to;
use super::reply::replied;
use super::state::{Effect, Phase, Session};
use crate::core::Now;
use crate::core::ops::RoomStep;
use crate::core::rate::Rate;

impl Session {
    /// Carries out what a request about a room means, and answers it.
    pub(super) fn step(
        &mut self,
        number: u64,
        (reply, step): (Reply, RoomStep),
        now: Now,
        effects: &mut Vec<Effect>,
    ) {
        let Phase::Live(live) = &mut self.phase else { return };
        let answer = match step {
            RoomStep::Enter { room, .. } if live.rooms.contains(&room) => Ok(reply),
            RoomStep::Enter { .. } if live.rooms.len() >= limits::ROOMS => {
                Err(Fault::new(Code::TOO_MANY_ROOMS))
            }
            RoomStep::Enter { room, group } => {
                live.rooms.push(room);
                effects.push(Effect::Enter(room));
                self.rooms.entered(room, group, live.actor.user.clone(), now.monotonic);
                Ok(reply)
            }
            RoomStep::Leave { room } => {
                live.rooms.retain(|other| *other != room);
                effects.push(Effect::Leave(room));
                Ok(reply)
            }
            RoomStep::Say { room, .. } if !live.rooms.contains(&room) => {
                Err(Fault::new(Code::ROOM_NOT_JOINED))
            }
            RoomStep::Say { room, message, leads } => {
                let rate = Rate::new(limits::ROOM_SPEAKER, limits::ROOM_SPEAKER, 1_000);
                match live.spoken.take(rate, 1, now.monotonic) {
                    Err(wait) => Err(Fault::new(Code::TOO_FAST).retry_after(wait)),
                    Ok(()) if self.rooms.offer(room, *message, leads, now.monotonic) => Ok(reply),
                    Ok(()) => Err(Fault::new(Code::ROOM_BUSY)),
                }
            }
        };
        effects.push(match answer {
            Ok(reply) => replied(number, reply),
            Err(fault) => fault_to(number, fault),
        });
    }
}
