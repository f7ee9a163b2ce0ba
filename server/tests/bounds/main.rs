//! Nothing that the server accepts from a user makes a frame that another user's client refuses.
//!
//! The server's real rules, store and bus, without sockets; [`server`] checks each frame as a client does.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, unreachable_pub)]

#[path = "../../../fuzz/src/server.rs"]
mod server;

mod content;
mod stored;

use serde_json::Value;
use tim_protocol::Code;
use tim_protocol::call::{HistoryPage, MutationPage, Profiles, SyncPage};
use tim_protocol::frame::{FromServer, Push};
use tim_protocol::message::Message;

/// The reply to the request that was made last.
fn reply(heard: Vec<FromServer>) -> Result<Value, Code> {
    let reply = heard.into_iter().find_map(|envelope| match envelope {
        FromServer::Reply(_, result) => Some(result),
        _ => None,
    });
    match reply.expect("a request is answered") {
        Ok(result) => Ok(serde_json::from_str(result.get()).unwrap()),
        Err(fault) => Err(fault.code),
    }
}

/// A device that catches up with everything there is for its user.
struct Reader<'a> {
    server: &'a mut server::Server,
    place: usize,
    pages: usize,
    /// The rows of all pages, newest first.
    picture: SyncPage,
}

impl<'a> Reader<'a> {
    fn of(server: &'a mut server::Server, user: &str) -> Self {
        let place = server.connect(user);
        let picture = SyncPage {
            reset: false,
            cursor: (0, 0).into(),
            next: None,
            conversations: Vec::new().into(),
            changes: Vec::new().into(),
        };
        Self { server, place, pages: 0, picture }
    }

    fn asks<T: serde::de::DeserializeOwned>(&mut self, verb: &str, parameters: &Value) -> T {
        let result = reply(self.server.asks(self.place, verb, parameters)).unwrap();
        let is_within = result.to_string().len() <= tim_protocol::limits::PAGE_BYTES + 1_000;
        assert!(is_within, "a page of {verb} has {} bytes", result.to_string().len());
        serde_json::from_str(&result.to_string()).unwrap()
    }

    /// Syncs to the end, reads each history and all mutations, and asks for a hundred profiles.
    fn reads_everything(mut self) -> Self {
        self.syncs(20);
        let rows: Vec<_> = std::mem::take(&mut self.picture.conversations);
        for row in rows.iter().filter(|row| !row.gone) {
            let conversation = row.conversation_id.to_string();
            self.reads_history(&conversation, row.head);
            self.reads_mutations(&conversation, row.mutation_head);
        }
        self.picture.conversations = rows.into();
        self
    }

    fn syncs(&mut self, latest: u32) {
        let mut before = None;
        loop {
            let mut parameters = serde_json::json!({ "from": [0, 0], "limit": 200, "latest": latest });
            if let Some(before) = before {
                parameters["before"] = Value::from(before);
            }
            let page: SyncPage = self.asks("sync", &parameters);
            self.pages += 1;
            self.picture.conversations.extend(page.conversations);
            self.picture.changes.extend(page.changes);
            before = page.next;
            if before.is_none() {
                return;
            }
        }
    }

    fn reads_history(&mut self, conversation: &str, head: u64) -> Vec<Message> {
        let (mut high, mut messages) = (head, Vec::new());
        while high > 0 {
            let parameters =
                serde_json::json!({ "conversationID": conversation, "low": 1, "high": high, "limit": 100 });
            let page: HistoryPage = self.asks("msg.history", &parameters);
            messages.splice(..0, page.messages);
            if page.low <= page.first_visible_seq {
                break;
            }
            high = page.low - 1;
        }
        messages
    }

    fn reads_mutations(&mut self, conversation: &str, head: u64) {
        let mut after = 0;
        loop {
            let parameters = serde_json::json!({ "conversationID": conversation, "after": after });
            let page: MutationPage = self.asks("msg.mutations", &parameters);
            assert!(page.up_to > after || !page.more, "each page goes on");
            after = page.up_to;
            if !page.more {
                return assert_eq!(after, head);
            }
        }
    }

    fn reads_profiles(&mut self, users: &[String]) -> usize {
        let (mut left, mut found) = (users, 0);
        loop {
            let page: Profiles = self.asks("profile.get", &serde_json::json!({ "userIDList": left }));
            found += page.profiles.len();
            match page.next {
                Some(next) => left = &left[next as usize..],
                None => return found,
            }
        }
    }
}

/// The messages among what a client was pushed.
fn pushed(heard: &[FromServer]) -> usize {
    heard.iter().filter(|it| matches!(it, FromServer::Push(_, Push::Message(_)))).count()
}
