//! The user's conversations: their positions, the messages that are received, and the list.
//!
//! * `conversation` keeps one conversation's positions, `view` is what the list shows of it; this file has all of them, and the
//!   list.
//! * `by_filter` is what is unread in the conversations that a filter wants, `subscriptions` what the app is told of that.
//! * `inbox` puts received messages in order and emits them once; `delivery` remembers what no listener has heard.
//! * `mentions` keeps which unread messages mention this user.
//! * `mutations` applies changes of messages, `reads` receipts and read sequences, `pages` finds the messages of a page.
//! * `receipts` are how many read the user's own messages, `watch` those of which that may change.
//! * `removals` are what the user removes for themselves: history, and conversations from the list.
//! * `removed` are messages that the user removes.
//! * `settings` are what the user sets about a conversation, and drafts.
//! * `total` is the sum of what is unread.
//! * `peers` is what conversations are called.
//! * `ranges` are sets of sequences.
//! * `requests` asks the server for what is missing.

mod by_filter;
mod conversation;
mod delivery;
mod inbox;
mod mentions;
mod mutations;
mod pages;
mod peers;
mod reads;
mod receipts;
mod removals;
mod removed;
mod requests;
mod settings;
mod subscriptions;
mod total;
mod view;
mod watch;

use std::sync::Arc;

use tim_protocol::call::{RemoveConversationsRequest, SetConversationsRequest};
use tim_protocol::{ConversationId, UnixMillis};

use super::account::{Account, Membership};
use super::context::Context;
use super::outbox::Outbox;
use super::signaling::Signaling;
use crate::conversation::{Conversation, ConversationChanges, ConversationList};
use crate::event::Event;
use crate::message::ReadMarks;
use crate::sorted::SortedMap;
use crate::sorted_set::SortedSet;
use crate::stored::{Change, Ranges, StoredConversation};
use conversation::Conv;
use delivery::Deliveries;
pub(super) use pages::Page;
use subscriptions::Subscriptions;
use total::Total;
pub(super) use view::Shown;
use watch::Watch;

/// Changes of the conversation list within this many milliseconds are emitted together.
const LIST_EVERY_MS: i64 = 1_000;

/// All conversations of the user.
#[derive(Default)]
pub(super) struct Conversations {
    convs: SortedMap<ConversationId, Conv>,
    /// Conversations with pushed messages of the present frame that are not stored and emitted yet.
    pushed_to: SortedSet<ConversationId>,
    /// Conversations whose positions changed since they were stored.
    touched: SortedSet<ConversationId>,
    /// Conversations that may need a request to the server: those that changed since the last look.
    wanting: SortedSet<ConversationId>,
    /// No read sequence is sent before this time, because many were.
    reads_at: i64,
    deliveries: Deliveries,
    /// Settings of this device that the server has not answered.
    asked_settings: Option<SetConversationsRequest>,
    /// Removals of this device that the server has not answered.
    asked_removals: Option<RemoveConversationsRequest>,
    /// The messages that this device removed of a conversation and that the server has not answered.
    asked_removed: SortedMap<ConversationId, Ranges>,
    /// Conversations whose history or place in the list is gone, since [`Conversations::take_emptied`].
    emptied: SortedSet<ConversationId>,
    /// Conversations whose last message may be unknown, and those that it is looked for in.
    lastless: SortedSet<ConversationId>,
    seeking: SortedSet<ConversationId>,
    drafts: SortedMap<ConversationId, String>,
    peers: Peers,
    receipts: Watch,
    total: Total,
    subscriptions: Subscriptions,
    list: List,
}

/// What the other side of C2C conversations is called.
#[derive(Default)]
struct Peers {
    /// Conversations of which nothing says so.
    unnamed: SortedSet<ConversationId>,
    /// Those of them that the server was asked for and has not answered.
    asked: Vec<ConversationId>,
    /// Those for which it refused to say: not asked for again by this run.
    refused: SortedSet<ConversationId>,
    /// No request is made before this time, because the last one failed.
    ask_at: i64,
}

/// Whether and when the conversation list has to be emitted.
#[derive(Default)]
struct List {
    /// The list as it was last emitted.
    emitted: ConversationList,
    /// The conversations that changed since it was last emitted.
    changed: SortedSet<ConversationId>,
    /// What was emitted was of conversations that were forgotten since.
    is_owed: bool,
    /// `None` until it was emitted since the store was opened.
    emitted_at: Option<i64>,
}

/// What received messages concern besides their conversations.
pub(super) struct Surroundings<'a> {
    pub(super) cx: &'a mut Context,
    pub(super) account: &'a mut Account,
    pub(super) outbox: &'a mut Outbox,
    pub(super) signaling: &'a mut Signaling,
    /// When the initial sync was requested; 0 before.
    pub(super) initial_sync_at: UnixMillis,
    /// When the server welcomed this device, as long as it waits for the initial sync.
    pub(super) awaited_since: Option<UnixMillis>,
}

impl Surroundings<'_> {
    /// Messages up to the baseline sequence are new only from this time on. Messages from before the initial sync are
    /// history, also in a conversation that the initial sync did not contain; so are messages of a Meeting group from
    /// before the user joined.
    fn news_since(&self, id: &ConversationId) -> UnixMillis {
        let since = self.awaited_since.unwrap_or(self.initial_sync_at);
        self.account.joined(id).unwrap_or_default().max(since)
    }
}

impl Conversations {
    /// Replaces the conversations with those that are stored. If the initial sync was never committed, the next one says
    /// where conversations stand: what was pushed before it sets no baseline, and is history if the app did not hear of
    /// it.
    pub(super) fn load(
        &mut self,
        rows: Vec<StoredConversation>,
        drafts: Vec<(ConversationId, String)>,
        has_initial_sync: bool,
    ) {
        self.forget();
        self.drafts = drafts.into_iter().collect();
        for mut stored in rows {
            let row = &mut stored.row;
            if !has_initial_sync {
                row.baseline_seq = None;
                row.undelivered.clear();
            }
            self.deliveries.loaded(row);
            let (id, mut conv) = (row.id.clone(), Conv::load(stored));
            self.total.adjust(&mut conv);
            if conv.last_is_among().is_some() {
                self.lastless.insert(id.clone());
            }
            if conv.wants() {
                self.wanting.insert(id.clone());
            }
            self.convs.insert(id.clone(), conv);
            self.check_peer(&id);
        }
        self.list.changed.extend(self.convs.keys().cloned());
    }

    /// Forgets all conversations; the store keeps them.
    pub(super) fn forget(&mut self) {
        self.convs.clear();
        self.pushed_to.clear();
        self.touched.clear();
        self.wanting.clear();
        self.deliveries.forget();
        self.asked_settings = None;
        self.asked_removals = None;
        self.asked_removed.clear();
        self.emptied.clear();
        self.lastless.clear();
        self.seeking.clear();
        self.drafts.clear();
        self.peers = Peers::default();
        self.total.forget();
        self.subscriptions.forget();
        let is_owed = self.list.is_owed || self.list.emitted_at.is_some();
        self.list = List { is_owed, ..List::default() };
    }

    /// The login ends: stores that everything emitted is delivered.
    pub(super) fn end_login(&mut self, cx: &mut Context) {
        self.deliveries.deliver_rest(cx, self.convs.values_mut());
        self.forget_receipts();
        self.subscriptions = Subscriptions::default();
        self.list = List::default();
    }

    /// The conversation, created if it does not exist.
    fn entry(&mut self, account: &Account, id: &ConversationId) -> &mut Conv {
        self.convs.entry(id.clone()).or_insert_with(|| {
            let mut conv = Conv::new(id.clone());
            conv.row.group_type = account.group_type(id);
            conv
        })
    }

    /// How far both sides have read in a conversation.
    pub(super) fn marks(&self, id: &ConversationId) -> ReadMarks {
        self.convs.get(id).map(Conv::marks).unwrap_or_default()
    }

    /// A conversation's positions changed: stores them, updates the list, and checks what to request.
    fn touch(&mut self, id: &ConversationId) {
        self.touched.insert(id.clone());
        self.wanting.insert(id.clone());
        self.check_peer(id);
    }

    /// Stores the positions that changed.
    pub(super) fn store_touched(&mut self, cx: &mut Context) {
        for id in std::mem::take(&mut self.touched) {
            if let Some(conv) = self.convs.get_mut(&id) {
                conv.invalidate_view();
                self.total.adjust(conv);
                cx.store(Change::Conversation(conv.row.clone()));
                if conv.last_is_among().is_some() {
                    self.lastless.insert(id.clone());
                }
            }
            self.list.changed.insert(id);
        }
    }

    /// The messages of a conversation in the outbox changed. Creates a conversation for them, and removes one that
    /// existed only because of them.
    pub(super) fn outbox_changed(&mut self, account: &Account, id: &ConversationId, outbox: &Outbox) {
        self.list.changed.insert(id.clone());
        self.entry(account, id);
        let Self { convs, total, .. } = self;
        let Some(conv) = convs.get_mut(id) else { return };
        conv.invalidate_view();
        conv.has_outbox = !outbox.lacks(id);
        total.adjust(conv);
        if outbox.lacks(id) && conv.row.head == 0 && !account.is_member(id) {
            self.convs.remove(id);
        }
    }

    /// A membership of the user changed: adds the group's conversation to the list, or removes it.
    pub(super) fn membership(&mut self, around: &mut Surroundings<'_>, membership: Membership) {
        match membership {
            Membership::Member { conversation: id, since, is_new } => {
                if self.convs.get(&id).is_none_or(|conv| conv.row.gone) {
                    let conv = self.entry(around.account, &id);
                    conv.enter(since);
                    conv.row.last_active = conv.row.last_active.max(since);
                    self.advance(around, &id, 0);
                }
                if is_new && let Some(conv) = self.convs.get_mut(&id) {
                    self.receipts.rejoined(&id);
                    // The baseline is set anew by the next sync or push.
                    conv.row.baseline_seq = None;
                    self.touch(&id);
                }
                // The group's name may have changed.
                if let Some(conv) = self.convs.get_mut(&id) {
                    conv.invalidate_view();
                    self.list.changed.insert(id);
                }
            }
            Membership::Ended(id) => self.leave(&id),
        }
    }

    /// The user no longer takes part in a conversation.
    fn leave(&mut self, id: &ConversationId) {
        if let Some(conv) = self.convs.get_mut(id).filter(|conv| !conv.row.gone) {
            conv.leave();
            self.touch(id);
            self.emptied.insert(id.clone());
        }
    }

    /// The conversations that were cleared, removed from the list or left, here or on another device.
    pub(super) fn take_emptied(&mut self) -> SortedSet<ConversationId> {
        std::mem::take(&mut self.emptied)
    }

    /// All conversations in their order: see [`Conversation`].
    pub(super) fn list(&mut self, shown: &Shown<'_>) -> Vec<Arc<Conversation>> {
        let listed = self.convs.iter_mut().filter(|(_, conv)| conv.is_listed());
        let view = |(id, conv): (&ConversationId, &mut Conv)| conv.view(shown, self.drafts.get(id));
        sorted(listed.map(view).collect())
    }

    /// What is different in the list since it was last emitted.
    fn changes(&mut self, shown: &Shown<'_>) -> ConversationChanges {
        let mut changes = ConversationChanges {
            is_whole: self.list.emitted_at.is_none(),
            ..ConversationChanges::default()
        };
        for id in std::mem::take(&mut self.list.changed) {
            match self.convs.get_mut(&id).filter(|conv| conv.is_listed()) {
                Some(conv) => {
                    let view = conv.view(shown, self.drafts.get(&id));
                    self.subscriptions.adjust(&id, Some((&view, conv.in_total)));
                    changes.conversations.push(view);
                }
                None => {
                    self.subscriptions.adjust(&id, None);
                    changes.deleted.push(id);
                }
            }
        }
        changes.conversations = sorted(changes.conversations);
        changes
    }

    /// Whether the list changed since it was last emitted.
    pub(super) fn is_list_changed(&self) -> bool {
        self.list.is_owed || !self.list.changed.is_empty()
    }

    /// Whether the list was emitted as it is.
    pub(super) fn is_list_emitted(&self) -> bool {
        self.list.emitted_at.is_some() && !self.is_list_changed()
    }

    /// When the changed list is to be emitted, on the monotonic clock.
    pub(super) fn list_due(&self, now: i64) -> Option<i64> {
        // The list shows last messages.
        (self.is_list_changed() && self.seeking.is_empty())
            .then(|| self.list.emitted_at.map_or(now, |emitted_at| emitted_at + LIST_EVERY_MS))
    }

    /// How many messages are unread in all, without those of muted conversations and system notices.
    pub(super) fn total_unread(&self) -> u64 {
        self.total.unread()
    }

    /// The events of the list, which counts as emitted, after those of the total and of subscriptions if they changed.
    pub(super) fn take_list(
        &mut self,
        now: i64,
        shown: Option<&Shown<'_>>,
    ) -> impl Iterator<Item = Event> + use<> {
        let events = shown.map(|shown| {
            let changes = self.changes(shown);
            self.list.emitted.apply(&changes);
            debug_assert_eq!(self.list(shown), self.list.emitted.conversations(), "a change is not told");
            debug_assert!(self.are_subscriptions_right(shown), "a subscription missed a change");
            (self.list.is_owed, self.list.emitted_at) = (false, Some(now));
            let list = self.list.emitted.snapshot();
            let list = [Event::ConversationChanged(changes), Event::ConversationListUpdated(list)];
            self.subscriptions.take_events().into_iter().chain(list)
        });
        self.total.take_event().into_iter().chain(events.into_iter().flatten())
    }

    /// The listeners have returned from everything up to these sequences.
    pub(super) fn delivered(&mut self, cx: &Context, heard: Vec<(ConversationId, u64)>) {
        for (id, up_to) in heard {
            if let Some(conv) = self.convs.get_mut(&id) {
                self.deliveries.delivered(conv, up_to, cx.now());
            }
        }
    }

    /// Emits again what an earlier run of the app emitted and did not deliver.
    pub(super) fn redeliver(&mut self, cx: &mut Context) {
        self.deliveries.redeliver(cx, &self.convs);
    }

    /// Stores deliveries that are due.
    pub(super) fn delivery_timers(&mut self, cx: &mut Context) {
        if self.deliveries.due().is_some_and(|due| due <= cx.now()) {
            self.store_deliveries(cx);
        }
    }

    /// Stores all deliveries.
    pub(super) fn store_deliveries(&mut self, cx: &mut Context) {
        for id in self.deliveries.take_unstored() {
            if let Some(conv) = self.convs.get(&id) {
                cx.store(Change::Conversation(conv.row.clone()));
            }
        }
    }

    pub(super) fn delivery_due(&self) -> Option<i64> {
        self.deliveries.due()
    }
}

fn sorted(mut list: Vec<Arc<Conversation>>) -> Vec<Arc<Conversation>> {
    list.sort_by(|a, b| a.order(b));
    list
}
