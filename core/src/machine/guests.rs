//! What a guest may call, who has no userSig: nothing of theirs is listed, sent or kept.

use tim_protocol::Code;
use tim_protocol::call::Caller;

use super::Machine;
use super::io::Call;

impl Machine {
    /// The code with which a guest's call is refused, if it is one for those who are logged in.
    pub(super) fn refusal_of_guest(&self, call: &Call) -> Option<Code> {
        let is_guest = self.login.user().is_some_and(|user| user.is_guest());
        let is_theirs = match call {
            Call::Ask(request) => request.caller() == Caller::Guest,
            Call::Room(_) | Call::ServerTime => true,
            // Of a live room, nothing.
            Call::MessageList { .. } | Call::MessageListHopping { .. } => true,
            _ => false,
        };
        (is_guest && !is_theirs).then_some(Code::LOGIN_NEEDED)
    }
}
