//! The device's database without an engine around it: what a long conversation costs to store, to page through and to search.

use std::time::Duration;

use serde_json::json;
use tim::protocol::message::Message;
use tim::protocol::search::Phrase;
use tim::protocol::{ConversationId, MessageId, UserId};
use tim::store::{Change, Query, Store};
use tim_core::search::Search;

use crate::list;
use crate::outcome::AnyResult;
use crate::report;
use crate::server::cpu_time;

/// The options.
#[derive(clap::Args)]
pub(crate) struct Device {
    /// Messages of the conversation.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u64).range(10_000..))]
    messages: u64,
}

/// A word in one of a thousand messages, and one in every third.
const RARE: &str = "喝茶";
const COMMON: &str = "今天";

impl Device {
    pub(crate) fn run(self) -> AnyResult<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("tim.db");
        let (alice, bob) = (UserId::new("alice")?, ConversationId::C2c(UserId::new("bob")?));
        let mut store = Store::open(&path)?.store;
        report::heading("a conversation on a device");
        println!("{} messages of 5 to 30 characters", self.messages);
        let begun = cpu()?;
        for first in (1..=self.messages).step_by(100) {
            let messages = (first..first + 100).map(|number| message(&alice, &bob, number));
            store.apply(&[Change::Messages(bob.clone(), messages.collect::<AnyResult<_>>()?)], false)?;
            while store.catch_up()? {}
        }
        let each = (cpu()? - begun) / u32::try_from(self.messages)?;
        println!("stored and indexed, 100 at once: {:.1} us CPU each", each.as_secs_f64() * 1e6);
        let size = std::fs::metadata(&path)?.len();
        println!("file: {} bytes for each", size / self.messages);

        drop(store);
        let mut store = Store::open(&path)?.store;
        let mut middle = self.messages / 2;
        let page = times(100, || {
            middle -= 50;
            let query = Query { conversation: bob.clone(), low: middle, high: middle + 49, own_only: false };
            Ok(store.messages(&alice, &query)?.len() as u64)
        })?;
        print("page of 50", page);
        let mut search = |keyword: &str, conversation: Option<ConversationId>| {
            let phrases = vec![Phrase::of(keyword).ok_or("no keyword")?];
            let search = Search { phrases, conversation, count: 20, ..Search::default() };
            times(20, || Ok(store.search(&search)?.total))
        };
        for keyword in [RARE, COMMON] {
            print(
                &format!("first 20 of {keyword}, with the number of all"),
                search(keyword, Some(bob.clone()))?,
            );
            print(&format!("{keyword} in all conversations"), search(keyword, None)?);
        }
        println!("resident: {} KiB", resident()?);
        report::heading("a list of conversations on a device");
        for conversations in [10, 1_000, 10_000] {
            list::measure(folder.path(), conversations)?;
        }
        Ok(())
    }
}

fn message(alice: &UserId, bob: &ConversationId, number: u64) -> AnyResult<Message> {
    let mut random = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut next = |below: u64| {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random % below
    };
    let mut text = String::new();
    for _ in 0..5 + next(26) {
        // 2,500 characters, the first ones often: as people write.
        let character = next(50) * next(50) + 0x4E00;
        text.push(char::from_u32(u32::try_from(character)?).ok_or("no character")?);
    }
    if number % 1_000 == 7 {
        text.push_str(RARE);
    }
    if number.is_multiple_of(3) {
        text.push_str(COMMON);
    }
    let time = 1_767_225_600_000 + i64::try_from(number)? * 1_000;
    let mut unique = [0; 10];
    for (byte, of_number) in unique.iter_mut().zip(number.to_be_bytes()) {
        *byte = of_number;
    }
    let body = serde_json::value::to_raw_value(&json!({"type": "TIMTextElem", "payload": {"text": text}}))?;
    Ok(Message {
        sequence: number,
        unread_index: number,
        by_sender: number,
        ..Message::bare(MessageId::from_parts(time, unique), alice.clone(), bob.clone(), time, body)
    })
}

fn cpu() -> AnyResult<Duration> {
    cpu_time(std::process::id())
}

/// The processor time of some work, done so often, and what it gave last.
fn times(often: u32, mut work: impl FnMut() -> AnyResult<u64>) -> AnyResult<(Duration, u64)> {
    let (begun, mut last) = (cpu()?, 0);
    for _ in 0..often {
        last = work()?;
    }
    Ok(((cpu()? - begun) / often, last))
}

fn print(what: &str, (took, found): (Duration, u64)) {
    println!("{what}: {:.2} ms CPU ({found})", took.as_secs_f64() * 1e3);
}

/// Memory of this process.
fn resident() -> AnyResult<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}
