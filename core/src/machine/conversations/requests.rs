//! The requests to the server that conversations need: missing messages and mutations, and read sequences.

use tim_protocol::call::{HistoryRequest, MutationsRequest, ReadRequest};
use tim_protocol::{ConversationId, limits};

use super::Conversations;
use crate::machine::account::Account;
use crate::machine::context::{ASK_AGAIN_MS, Context};
use crate::machine::purpose::Purpose;

/// Most read sequences that are sent at once, and the pause before the next, in milliseconds: all conversations may be marked
/// as read together, and other requests of the user must not wait for the server's share.
const READS_AT_ONCE: u32 = 10;
const READS_EVERY_MS: i64 = 500;

impl Conversations {
    /// Sends the requests that conversations need. True if a sync is needed first: which messages of a group are new
    /// depends on when the user joined it, which a sync reports.
    pub(in crate::machine) fn pump(&mut self, cx: &mut Context, account: &Account) -> bool {
        let (mut needs_sync, mut reads) = (false, 0);
        let wanting: Vec<ConversationId> = self.wanting.iter().cloned().collect();
        for id in wanting {
            let Some(conv) = self.convs.get_mut(&id).filter(|conv| conv.wants()) else {
                self.wanting.remove(&id);
                continue;
            };
            if conv.retry_at > cx.now() {
                continue;
            }
            let missing = conv.is_missing() && conv.ask_missing_at.is_none_or(|at| at <= cx.now());
            let (low, high) = (conv.row.emitted_seq + 1, conv.missing_up_to());
            if missing && account.is_stranger(&id) {
                conv.ask_missing_at = Some(cx.now() + ASK_AGAIN_MS);
                needs_sync = true;
            } else if missing && low <= high {
                let limit = limits::HISTORY_PAGE;
                let history = HistoryRequest { conversation_id: id.clone(), low, high, limit };
                cx.ask(Purpose::Missing(id.clone()), history);
            }
            if conv.wants_mutations() {
                let mutations =
                    MutationsRequest { conversation_id: id.clone(), after: conv.row.mutation_seq };
                cx.ask(Purpose::Mutations(id.clone()), mutations);
            }
            let read_pending = conv.row.read_pending;
            self.pump_removed(cx, &id);
            if read_pending > 0 && reads < READS_AT_ONCE && self.reads_at <= cx.now() {
                reads += 1;
                let read = ReadRequest { conversation_id: id.clone(), sequence: read_pending };
                cx.ask(Purpose::Read(id), read);
            }
        }
        if reads == READS_AT_ONCE {
            self.reads_at = cx.now() + READS_EVERY_MS;
        }
        self.pump_settings(cx);
        self.pump_removals(cx);
        self.pump_peers(cx);
        self.pump_receipts(cx);
        needs_sync
    }

    /// Delays further requests about a conversation, at least as long as the server asked for.
    pub(in crate::machine) fn postpone(
        &mut self,
        cx: &Context,
        id: &ConversationId,
        retry_after: Option<u32>,
    ) {
        if let Some(conv) = self.convs.get_mut(id) {
            conv.retry_at = cx.now() + retry_after.map_or(0, i64::from).max(ASK_AGAIN_MS);
        }
    }

    /// When a request becomes due.
    pub(in crate::machine) fn due(&self, now: i64) -> Option<i64> {
        let waiting = self.wanting.iter().filter_map(|id| self.convs.get(id));
        let deadlines = waiting.flat_map(|conv| {
            let reads_at = (conv.row.read_pending > 0).then_some(self.reads_at);
            [conv.ask_missing_at, Some(conv.retry_at), reads_at].into_iter().flatten()
        });
        let peers_at = (!self.peers.unnamed.is_empty()).then_some(self.peers.ask_at);
        deadlines.chain(peers_at).chain(self.receipts.due()).filter(|due| *due > now).min()
    }
}
