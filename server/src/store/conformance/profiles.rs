//! A changed profile is found by whom its user knows, whatever the clock says.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::path::Path;

use tim_protocol::UnixMillis;
use tim_protocol::call::{ChangedProfiles, ChangedProfilesRequest, UpdateProfileRequest};
use tim_protocol::conversation::Cursor;
use tim_protocol::profile::ProfileFields;

use super::{NOW, deaf, login, message, sent, sync};
use crate::core::ops::{Actor, Query, UserRequest, Write};
use crate::store::{Listener, Store};

const AN_HOUR: i64 = 3_600_000;

/// A change is found after the clock was set back, by who asked before and by who did not, and its time is after that of the change before.
pub async fn profiled<S: Store>(folder: &Path, open: impl Fn(&Path, Listener) -> S) {
    let store = open(folder, deaf());
    let (alice, bob) = (login(&store, "alice").await, login(&store, "bob").await);
    sent(store.write(message(&alice, "C2Cbob", 1)).await);
    // The conversation is marked then.
    sync(&store, &bob, Cursor::default()).await;
    let nicks = |page: &ChangedProfiles| -> Vec<String> {
        page.profiles.iter().map(|profile| profile.fields.nick.clone().unwrap_or_default()).collect()
    };
    let before = changed(&store, &bob, 0, NOW + AN_HOUR).await;
    assert!(before.profiles.is_empty(), "{before:?}");
    store.write(nick_at(&alice, "Alice of the mill", NOW + AN_HOUR)).await.unwrap();
    let ahead = changed(&store, &bob, before.time, NOW + AN_HOUR).await;
    assert_eq!(nicks(&ahead), ["Alice of the mill"]);
    store.write(nick_at(&alice, "Alice", NOW)).await.unwrap();
    for (since, now) in [(ahead.time, NOW), (NOW, NOW), (ahead.time, NOW + 2 * AN_HOUR)] {
        let page = changed(&store, &bob, since, now).await;
        assert_eq!(nicks(&page), ["Alice"], "since {since} at {now}");
        let times = [&ahead, &page].map(|page| page.profiles.iter().map(|it| it.last_updated_time).max());
        assert!(times[1] > times[0], "{times:?}");
    }
    store.close().await;
}

fn nick_at(actor: &Actor, nick: &str, now: UnixMillis) -> Write {
    let fields = ProfileFields { nick: Some(nick.to_owned()), ..ProfileFields::default() };
    Write::request(actor, UpdateProfileRequest { fields }, now)
}

async fn changed(store: &impl Store, actor: &Actor, since: UnixMillis, now: UnixMillis) -> ChangedProfiles {
    let asked = UserRequest::new(actor, ChangedProfilesRequest { since, before: None }, now);
    let found = store.query(Query::Request(Box::new(asked))).await.unwrap();
    found.reply::<ChangedProfilesRequest>().expect("changed profiles were not answered")
}
