//! What conversations are called: groups by their names, the other side of a C2C conversation as their newest message here says.
//! Who has written nothing that is here is asked for at the server, once a message was sent.

use tim_protocol::call::{GetProfilesRequest, Profiles};
use tim_protocol::message::Message as WireMessage;
use tim_protocol::profile::{Profile, ProfileFields};
use tim_protocol::{Code, ConversationId, Fault, UserId, limits};

use super::conversation::Conv;
use super::{Conversations, Peers};
use crate::machine::account::Account;
use crate::machine::context::{ASK_AGAIN_MS, Context};
use crate::machine::purpose::Purpose;
use crate::machine::unreadable::Unreadable;
use crate::stored::Peer;

impl Conv {
    /// Takes over what the sender of a message is called, if that is the other side. One without nick and avatar names nobody:
    /// it may be one that this version cannot read.
    pub(super) fn note_peer(&mut self, message: &WireMessage) {
        let is_theirs = matches!(&self.row.id, ConversationId::C2c(peer) if message.from == *peer);
        let names = !message.nick.is_empty() || !message.avatar.is_empty();
        let is_news = match &mut self.row.peer {
            None => is_theirs,
            Some(known) => is_theirs && names && known.sequence < message.sequence,
        };
        if is_news {
            let (nick, avatar) = (message.nick.clone(), message.avatar.clone());
            self.row.peer = Some(Box::new(Peer { nick, avatar, sequence: message.sequence }));
        }
    }

    /// The other side, if nothing says what they are called.
    fn unnamed(&self) -> Option<&UserId> {
        match &self.row.id {
            ConversationId::C2c(peer) if self.row.peer.is_none() && self.is_listed() => Some(peer),
            _ => None,
        }
    }

    /// What it is called, and the address of its avatar.
    pub(super) fn called(&self, account: &Account) -> (String, String) {
        let or_id = |name: &str, id: &str| if name.is_empty() { id.to_owned() } else { name.to_owned() };
        match &self.row.id {
            ConversationId::C2c(peer) => {
                let known = self.row.peer.as_deref().cloned().unwrap_or_default();
                (or_id(&known.nick, peer.as_str()), known.avatar)
            }
            ConversationId::Group(group) => {
                let known = account.group(&self.row.id);
                let (name, avatar) =
                    known.map(|it| (it.name.as_str(), it.avatar.clone())).unwrap_or_default();
                (or_id(name, group.as_str()), avatar)
            }
            ConversationId::System => (self.row.id.to_string(), String::new()),
        }
    }
}

impl Conversations {
    /// Notes that the other side of a conversation is to be asked for, if nothing says what they are called.
    pub(super) fn check_peer(&mut self, id: &ConversationId) {
        let is_refused = self.peers.refused.contains(id);
        if !is_refused && self.convs.get(id).is_some_and(|conv| conv.unnamed().is_some()) {
            self.peers.unnamed.insert(id.clone());
        }
    }

    /// Asks what users are called: one request at a time.
    pub(super) fn pump_peers(&mut self, cx: &mut Context) {
        let Peers { unnamed, asked, ask_at, .. } = &mut self.peers;
        if unnamed.is_empty() || !asked.is_empty() || *ask_at > cx.now() {
            return;
        }
        unnamed.retain(|id| self.convs.get(id).is_some_and(|conv| conv.unnamed().is_some()));
        asked.extend(unnamed.iter().take(limits::USERS_PER_CALL).cloned());
        let users = asked.iter().filter_map(|id| self.convs.get(id)?.unnamed().cloned());
        let user_id_list: Vec<UserId> = users.collect();
        if !user_id_list.is_empty() {
            cx.ask(Purpose::Peers, GetProfilesRequest { user_id_list });
        }
    }

    /// Takes over what a user is called, until they write something. Gives whether there is a conversation with them.
    pub(in crate::machine) fn heard_of(&mut self, profile: &Profile) -> bool {
        let id = ConversationId::C2c(profile.user_id.clone());
        let Some(conv) = self.convs.get_mut(&id) else { return false };
        let ProfileFields { nick, avatar, .. } = &profile.fields;
        let (nick, avatar) = (nick.clone().unwrap_or_default(), avatar.clone().unwrap_or_default());
        if conv.row.peer.as_ref().is_none_or(|known| known.nick != nick || known.avatar != avatar) {
            conv.row.peer = Some(Box::new(Peer { nick, avatar, sequence: conv.row.head }));
            self.touch(&id);
        }
        true
    }

    /// Handles what users are called, and gives their profiles. Those who are unknown there are called by their IDs.
    pub(in crate::machine) fn peers_came(
        &mut self,
        cx: &mut Context,
        result: Result<Profiles, Fault>,
    ) -> Vec<Profile> {
        let asked = std::mem::take(&mut self.peers.asked);
        let page = match result {
            Ok(page) => page,
            Err(fault) if fault.code.is_retryable() && fault.code != Code::UNREADABLE => {
                self.peers.ask_at = cx.now() + fault.retry_after.map_or(0, i64::from).max(ASK_AGAIN_MS);
                return Vec::new();
            }
            Err(_) => {
                self.peers.unnamed.retain(|id| !asked.contains(id));
                self.peers.refused.extend(asked);
                return Vec::new();
            }
        };
        cx.count_unreadable(Unreadable::Profile, page.profiles.unreadable);
        let looked_at =
            page.next.map_or(asked.len(), |next| usize::try_from(next).unwrap_or(usize::MAX).max(1));
        for id in asked.iter().take(looked_at) {
            self.peers.unnamed.remove(id);
            let Some(conv) = self.convs.get_mut(id).filter(|conv| conv.row.peer.is_none()) else { continue };
            let ConversationId::C2c(user) = id else { continue };
            let fields = page.profiles.iter().find(|it| it.user_id == *user).map(|it| it.fields.clone());
            let ProfileFields { nick, avatar, .. } = fields.unwrap_or_default();
            let (nick, avatar) = (nick.unwrap_or_default(), avatar.unwrap_or_default());
            conv.row.peer = Some(Box::new(Peer { nick, avatar, sequence: conv.row.head }));
            self.touch(id);
        }
        page.profiles.items
    }
}
