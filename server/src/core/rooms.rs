//! Live rooms: how much each passes on, and what it tells its viewers next.
//!
//! A room has a rate. Each priority leaves a part of the room's burst to those above it, so that under load the lowest class is
//! dropped first, and what is admitted is told in the order in which it came. The decision is made at once, and its sender is told.
//! What was admitted, and how many came and left, is told together, so that a viewer costs the same however much is said.
//!
//! Pure: times and numbers of viewers are arguments. Memory is bounded: a room is forgotten once nobody views it and its rate
//! is unused; until then it holds what its rate admitted since it told last.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tim_protocol::body::{Body, GroupTip, GroupTipType};
use tim_protocol::frame::Push;
use tim_protocol::message::{Message, Priority, RoomMessages};
use tim_protocol::{ConversationId, GroupId, MessageId, UserId, limits};

use super::Now;
use super::ops::ConversationKey;
use super::rate::{Bucket, Rate};

/// Most users whom a tip names of those who came.
const NAMED: usize = 10;
/// Pause between two tips of those who came and left, in milliseconds.
const TIPS_EVERY_MS: i64 = 1_000;
/// Most bytes of messages that are told in one frame, unless one message has more.
const TOLD_BYTES: usize = limits::FRAME_BYTES;

/// All live rooms of a server in which something happens.
#[derive(Default)]
pub struct Rooms {
    rooms: Mutex<HashMap<ConversationKey, Room>>,
    /// How many tips there could have been, for their IDs.
    tips: AtomicU64,
}

/// One room.
struct Room {
    group: GroupId,
    rate: Bucket,
    /// What was admitted and not told yet.
    said: Vec<Message>,
    /// Who came last since the last tip; and when somebody did, on the monotonic clock.
    came: VecDeque<UserId>,
    came_at: i64,
    /// How many viewers the last tip told, and when, on the monotonic clock.
    viewers: u32,
    tip_at: i64,
}

/// How much of the burst a message leaves to others: a part to those of higher priority, and all leave one message to who leads.
fn left_to_others(priority: Priority, leads: bool) -> u64 {
    let quarter = limits::ROOM_BURST / 4;
    match priority {
        _ if leads => 0,
        Priority::High => 1,
        Priority::Normal | Priority::Other(_) => quarter,
        Priority::Low => 2 * quarter,
        Priority::Lowest => 3 * quarter,
    }
}

/// A message that the server writes and nothing stores. `number` tells those of one time apart.
#[must_use]
pub fn system_message(to: ConversationId, body: &Body, now: i64, number: u64) -> Option<Message> {
    let mut unique = [0; 10];
    unique.iter_mut().zip(number.to_be_bytes()).for_each(|(byte, of_number)| *byte = of_number);
    let id = MessageId::from_parts(now, unique);
    Some(Message::bare(id, UserId::system(), to, now, body.write().ok()?))
}

impl Room {
    fn new(group: GroupId) -> Self {
        Self {
            group,
            rate: Bucket::default(),
            said: Vec::new(),
            came: VecDeque::new(),
            came_at: 0,
            viewers: 0,
            tip_at: 0,
        }
    }

    fn offer(&mut self, message: Message, leads: bool, now: i64) -> bool {
        let rate = Rate::new(limits::ROOM_BURST, limits::ROOM_MESSAGES, 1_000);
        let is_admitted = self.rate.check(rate, 1 + left_to_others(message.priority, leads), now).is_ok();
        if is_admitted {
            self.rate.charge(rate, 1, now);
            self.said.push(message);
        }
        is_admitted
    }

    /// A tip of those who came and left since the last one, if it is time for it.
    fn tip(&mut self, viewers: u32, now: Now) -> Option<GroupTip> {
        let has_changed = !self.came.is_empty() || viewers != self.viewers;
        if !has_changed || now.monotonic < self.tip_at + TIPS_EVERY_MS {
            return None;
        }
        let came: Vec<UserId> = std::mem::take(&mut self.came).into();
        let has_more = !came.is_empty() || viewers > self.viewers;
        let operation_type = if has_more { GroupTipType::Join } else { GroupTipType::Quit };
        (self.viewers, self.tip_at) = (viewers, now.monotonic);
        Some(GroupTip {
            operator_id: came.last().cloned().unwrap_or_else(UserId::system),
            operation_type,
            user_id_list: came,
            member_count: viewers,
            new_group_profile: None,
            info_sequence: 0,
            owner_id: None,
            reason: String::new(),
            member_list: Vec::new(),
        })
    }

    /// What the room tells now.
    fn take(&mut self, viewers: u32, now: Now, number: u64) -> Vec<Message> {
        let mut said = std::mem::take(&mut self.said);
        if let Some(tip) = self.tip(viewers, now) {
            let to = ConversationId::Group(self.group.clone());
            said.extend(system_message(to, &Body::GroupTip(tip), now.wall, number));
        }
        said
    }
}

impl Rooms {
    fn rooms(&self) -> MutexGuard<'_, HashMap<ConversationKey, Room>> {
        // A panic cannot leave a room inconsistent, because each change is one step.
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the room passes this message on now, on the monotonic clock. What somebody says who leads the room comes before all
    /// priorities.
    pub fn offer(&self, room: ConversationKey, message: Message, leads: bool, now: i64) -> bool {
        let ConversationId::Group(group) = &message.to else { return false };
        let group = group.clone();
        self.rooms().entry(room).or_insert_with(|| Room::new(group)).offer(message, leads, now)
    }

    /// A session of a user comes into a room now, on the monotonic clock. Guests have no name to tell.
    pub fn entered(&self, room: ConversationKey, group: GroupId, user: UserId, now: i64) {
        let mut rooms = self.rooms();
        let room = rooms.entry(room).or_insert_with(|| Room::new(group));
        room.came_at = now;
        if user.is_guest() {
            return;
        }
        room.came.retain(|other| *other != user);
        if room.came.len() == NAMED {
            room.came.pop_front();
        }
        room.came.push_back(user);
    }

    /// The rooms in which something happens.
    #[must_use]
    pub fn active(&self) -> Vec<ConversationKey> {
        self.rooms().keys().copied().collect()
    }

    /// What a room tells its viewers now, if it has so many; forgets a room that is done.
    pub fn told(&self, key: ConversationKey, viewers: u32, now: Now) -> Vec<Push> {
        let mut rooms = self.rooms();
        let Some(room) = rooms.get_mut(&key) else { return Vec::new() };
        if viewers > 0 {
            let number = self.tips.fetch_add(1, Ordering::Relaxed);
            return frames(room.take(viewers, now, number));
        }
        room.said.clear();
        // Who comes now may not be counted yet.
        let is_coming = now.monotonic < room.came_at + TIPS_EVERY_MS;
        if !is_coming && room.rate.is_full(now.monotonic) {
            rooms.remove(&key);
        }
        Vec::new()
    }
}

/// Messages in pushes that a client reads.
fn frames(said: Vec<Message>) -> Vec<Push> {
    let mut pushes: Vec<Push> = Vec::new();
    let mut bytes = 0;
    for message in said {
        let size = message.body.get().len() + message.attributes.as_ref().map_or(0, |it| it.get().len());
        bytes += size;
        match pushes.last_mut() {
            Some(Push::Room(told)) if bytes <= TOLD_BYTES => told.messages.push(message),
            _ => {
                bytes = size;
                pushes.push(Push::Room(RoomMessages { messages: vec![message].into() }));
            }
        }
    }
    pushes
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: ConversationKey = ConversationKey(7);

    fn at(monotonic: i64) -> Now {
        Now { monotonic, wall: 1_000_000 + monotonic }
    }

    fn user(name: &str) -> UserId {
        UserId::new(name).unwrap()
    }

    fn says(number: u64, priority: Priority) -> Message {
        let body = serde_json::value::RawValue::from_string(format!(r#"{{"number":{number}}}"#)).unwrap();
        let id = MessageId::from_parts(0, [0; 10]);
        let to = "GROUPstage".parse().unwrap();
        Message { priority, ..Message::bare(id, user("alice"), to, 0, body) }
    }

    fn enters(rooms: &Rooms, name: &str) {
        rooms.entered(ROOM, GroupId::new("stage").unwrap(), user(name), 5_000);
    }

    fn told(rooms: &Rooms, viewers: u32, ms: i64) -> Vec<Message> {
        let pushes = rooms.told(ROOM, viewers, at(ms));
        let messages = pushes.into_iter().flat_map(|push| match push {
            Push::Room(told) => told.messages,
            other => panic!("{other:?}"),
        });
        messages.collect()
    }

    fn tip(message: &Message) -> GroupTip {
        match Body::read(&message.body) {
            Ok(Body::GroupTip(tip)) => tip,
            other => panic!("{other:?}"),
        }
    }

    /// How many of ten seconds of messages pass, of those that are offered of each priority in a second.
    fn passed(offered: [u64; 4]) -> [u64; 4] {
        let rooms = Rooms::default();
        let priorities = [Priority::High, Priority::Normal, Priority::Low, Priority::Lowest];
        let mut passed = [0; 4];
        for ms in 0..10_000_u64 {
            for (class, (rate, priority)) in offered.into_iter().zip(priorities).enumerate() {
                let due = (ms + 1) * rate / 1_000 - ms * rate / 1_000;
                for _ in 0..due {
                    let now = i64::try_from(ms).unwrap();
                    passed[class] += u64::from(rooms.offer(ROOM, says(ms, priority), false, now));
                }
            }
        }
        passed
    }

    #[test]
    fn below_its_rate_a_room_passes_everything() {
        assert_eq!(passed([10, 10, 10, 10]), [100, 100, 100, 100]);
    }

    #[test]
    fn above_its_rate_the_lowest_class_is_dropped_first() {
        let [high, normal, low, lowest] = passed([10, 20, 20, 50]);
        assert_eq!((high, normal), (100, 200));
        assert!((90..=110).contains(&low), "{low}");
        assert!(lowest <= 4, "{lowest}");
        let [high, normal, low, lowest] = passed([50, 50, 50, 50]);
        assert!((400..=415).contains(&high), "{high}");
        assert!(normal + low + lowest <= 16, "{normal} {low} {lowest}");
    }

    #[test]
    fn one_who_leads_the_room_comes_before_all_priorities() {
        let rooms = Rooms::default();
        let lowest = |leads| rooms.offer(ROOM, says(1, Priority::Lowest), leads, 0);
        assert_eq!((0..20).filter(|_| lowest(false)).count(), 4);
        let high = || rooms.offer(ROOM, says(1, Priority::High), false, 0);
        assert_eq!((0..20).filter(|_| high()).count(), 11);
        assert_eq!((0..20).filter(|_| lowest(true)).count(), 1, "one is left to those who lead");
        let others = rooms.offer(ConversationKey(8), says(1, Priority::Lowest), false, 0);
        assert!(others, "another room has a rate of its own");
    }

    #[test]
    fn what_was_said_is_told_once_in_its_order() {
        let rooms = Rooms::default();
        (1..=3).for_each(|number| assert!(rooms.offer(ROOM, says(number, Priority::Normal), false, 0)));
        let bodies: Vec<_> = told(&rooms, 0, 0).iter().map(|it| it.body.get().to_owned()).collect();
        assert!(bodies.is_empty(), "nobody is there");
        (4..=5).for_each(|number| assert!(rooms.offer(ROOM, says(number, Priority::Normal), false, 0)));
        let said = told(&rooms, 1, 0);
        let bodies: Vec<_> = said.iter().map(|it| it.body.get()).filter(|it| it.contains("number")).collect();
        assert_eq!(bodies, [r#"{"number":4}"#, r#"{"number":5}"#]);
        assert!(told(&rooms, 1, 200).is_empty());
    }

    #[test]
    fn a_thousand_arrivals_are_one_tip_with_the_newest_names() {
        let rooms = Rooms::default();
        (0..1_000).for_each(|number| enters(&rooms, &format!("viewer {number}")));
        let tips = told(&rooms, 1_000, 5_000);
        let GroupTip { operation_type, user_id_list, member_count, .. } = tip(&tips[0]);
        assert_eq!((tips.len(), operation_type, member_count), (1, GroupTipType::Join, 1_000));
        assert_eq!((user_id_list.len(), user_id_list[9].as_str()), (10, "viewer 999"));
        enters(&rooms, "bob");
        assert!(told(&rooms, 1_001, 5_900).is_empty(), "one tip in a second");
        assert_eq!(tip(&told(&rooms, 1_001, 6_000)[0]).user_id_list, [user("bob")]);
    }

    #[test]
    fn leaving_is_told_by_the_number_that_stays_and_an_empty_room_is_forgotten() {
        let rooms = Rooms::default();
        enters(&rooms, "bob");
        assert_eq!(told(&rooms, 2, 5_000).len(), 1);
        let GroupTip { operation_type, user_id_list, member_count, .. } = tip(&told(&rooms, 1, 6_000)[0]);
        assert_eq!((operation_type, member_count), (GroupTipType::Quit, 1));
        assert!(user_id_list.is_empty());
        assert!(rooms.offer(ROOM, says(1, Priority::High), false, 6_000));
        assert!(told(&rooms, 0, 6_000).is_empty());
        assert_eq!(rooms.active(), [ROOM], "its rate is in use");
        assert!(told(&rooms, 0, 7_000).is_empty());
        assert!(rooms.active().is_empty());
    }

    #[test]
    fn guests_are_counted_and_not_named() {
        let rooms = Rooms::default();
        rooms.entered(ROOM, GroupId::new("stage").unwrap(), UserId::guest(), 5_000);
        let GroupTip { operation_type, user_id_list, member_count, .. } = tip(&told(&rooms, 3, 5_000)[0]);
        assert_eq!((operation_type, member_count), (GroupTipType::Join, 3));
        assert!(user_id_list.is_empty());
    }

    #[test]
    fn large_messages_are_told_in_several_frames() {
        let rooms = Rooms::default();
        let large = |number| {
            let body = serde_json::value::to_raw_value(&"x".repeat(12 * 1024)).unwrap();
            Message { body, ..says(number, Priority::High) }
        };
        assert!((0..16).all(|number| rooms.offer(ROOM, large(number), true, 0)));
        let pushes = rooms.told(ROOM, 1, at(0));
        assert!(pushes.len() > 1 && pushes.len() < 6, "{}", pushes.len());
        assert!(pushes.iter().all(|push| push.write().unwrap().len() <= limits::SERVER_FRAME_BYTES));
    }
}
