//! The suite of the stores asks for what the promises say and for no more: it takes a store that keeps only the order of
//! writes which share an actor or a conversation, as a pool of connections does, and refuses one that keeps less.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::HashMap;
use std::path::Path;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use tim_protocol::call::{MessagesRequest, Request};
use tim_protocol::{ConversationId, UserId};
use tim_server::core::ops::{Committed, Notification, Query, QueryResult, UserKey, UserRequest, Write};
use tim_server::store::sqlite::SqliteStore;
use tim_server::store::{Listener, Pending, Store, conformance};
use tokio::sync::watch;

/// The keys that writes may share.
#[derive(PartialEq, Eq, Hash)]
enum Key {
    Actor(UserKey),
    Chat(UserId, UserId),
    Group(String),
}

fn keys(write: &Write) -> Vec<Key> {
    match write {
        Write::Request(asked) => {
            [Some(Key::Actor(asked.actor.key)), conversation(asked)].into_iter().flatten().collect()
        }
        Write::Logout { actor, .. } | Write::AdvanceWatermark { actor } => vec![Key::Actor(actor.key)],
        Write::PutMedia(put) => vec![Key::Actor(put.media.owner)],
        Write::Probe
        | Write::Login(_)
        | Write::Kick { .. }
        | Write::PutApp { .. }
        | Write::PutUser(_)
        | Write::RemoveMedia(_) => Vec::new(),
    }
}

/// The conversation that a request names.
fn conversation(asked: &UserRequest) -> Option<Key> {
    let named = match &asked.request {
        Request::Messages(MessagesRequest::Send(send)) => &send.to,
        Request::Messages(MessagesRequest::Revoke(revoke)) => &revoke.conversation_id,
        Request::Messages(MessagesRequest::Read(read)) => &read.conversation_id,
        _ => return None,
    };
    match named {
        ConversationId::C2c(peer) => {
            let mut two = [asked.actor.user.clone(), peer.clone()];
            two.sort();
            let [one, other] = two;
            Some(Key::Chat(one, other))
        }
        ConversationId::Group(group) => Some(Key::Group(group.to_string())),
        ConversationId::System => None,
    }
}

/// A store that lets writes overtake each other.
struct Pool {
    store: Arc<SqliteStore>,
    /// The last write of each key; `None` for a store that keeps no order.
    last: Option<Mutex<HashMap<Key, watch::Receiver<bool>>>>,
}

impl Pool {
    fn open(folder: &Path, listener: Listener) -> Self {
        let store = Arc::new(SqliteStore::open(&folder.join("tim.db"), listener).unwrap());
        Self { store, last: Some(Mutex::default()) }
    }

    fn without_order(folder: &Path, listener: Listener) -> Self {
        Self { last: None, ..Self::open(folder, listener) }
    }

    /// Takes a place behind the writes that share a key with this one.
    fn place(&self, write: &Write) -> (watch::Sender<bool>, Vec<watch::Receiver<bool>>) {
        let (done, is_done) = watch::channel(false);
        let Some(last) = &self.last else { return (done, Vec::new()) };
        let mut last = last.lock().unwrap();
        let before = keys(write).into_iter().filter_map(|key| last.insert(key, is_done.clone())).collect();
        (done, before)
    }
}

impl Store for Pool {
    fn write(&self, write: Write) -> Pending<Committed> {
        let (done, before) = self.place(&write);
        let (store, pause) = (Arc::clone(&self.store), fastrand::u32(0..20));
        let written = tokio::spawn(async move {
            for mut earlier in before {
                let _ = earlier.wait_for(|done| *done).await;
            }
            for _ in 0..pause {
                tokio::task::yield_now().await;
            }
            let result = store.write(write).await;
            done.send_replace(true);
            result
        });
        Box::pin(async { written.await.unwrap() })
    }

    fn query(&self, find: Query) -> Pending<QueryResult> {
        self.store.query(find)
    }

    fn close(&self) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        self.store.close()
    }
}

macro_rules! promises {
    ($($story:ident: $promise:ident of $open:expr;)*) => {
        $(#[tokio::test]
        async fn $story() {
            let folder = tempfile::tempdir().unwrap();
            conformance::$promise(folder.path(), $open).await;
        })*
    };
    (not $($story:ident: $promise:ident of $open:expr;)*) => {
        $(#[tokio::test]
        #[should_panic]
        async fn $story() {
            let folder = tempfile::tempdir().unwrap();
            conformance::$promise(folder.path(), $open).await;
        })*
    };
}

promises! {
    a_pool_keeps_a_message_once: idempotent of Pool::open;
    a_pool_keeps_sequences_without_holes: dense of Pool::open;
    a_pool_keeps_the_order_of_an_actor_and_of_a_conversation: ordered of Pool::open;
    a_pool_keeps_refusals_apart: isolated of Pool::open;
    a_pool_tells_each_conversation_in_order: published of Pool::open;
    a_pool_tells_a_group_by_its_topic: topics of Pool::open;
}

/// Tells the first thing at once, and of what follows each three in reverse: two of them are of one conversation.
fn reversing(listener: Listener) -> Listener {
    let state: Mutex<(bool, Vec<Notification>)> = Mutex::default();
    Box::new(move |notifications| {
        let (began, held) = &mut *state.lock().unwrap();
        for tell in notifications {
            held.push(tell);
            if held.len() == 3 || !*began {
                held.reverse();
                listener(std::mem::take(held));
            }
            *began = true;
        }
    })
}

promises! { not
    a_store_that_keeps_no_order_is_noticed: ordered of Pool::without_order;
    a_store_that_tells_in_another_order_is_noticed: published of |folder: &Path, listener| {
        Pool::open(folder, reversing(listener))
    };
}
