//! The calls about invitations: between the part that knows them and the outbox, which sends.

use tim_protocol::{Code, Fault};

use super::Machine;
use super::io::{Call, CallId, Return};
use crate::message::Message;
use crate::signaling::SignalingInfo;

impl Machine {
    pub(super) fn signaling_call(&mut self, id: CallId, call: Call) {
        let done = match call {
            Call::Invitation(invite_id) => {
                let found = self.signaling.find(&invite_id);
                found.map(|invitation| Return::Invitation(Box::new(invitation.clone())))
            }
            Call::MaySignal(info) => self.may_signal(&info).map(|()| Return::Done),
            Call::Signal(info, message) => return self.signal(id, &info, &message),
            Call::Signalled(message) => {
                self.signaling.passed_on(&mut self.cx, &message);
                Ok(Return::Done)
            }
            _ => return,
        };
        self.cx.complete(id, done.map_err(Fault::new));
    }

    fn may_signal(&self, info: &SignalingInfo) -> Result<(), Code> {
        let me = self.cx.me().ok_or(Code::NOT_LOGGED_IN)?;
        self.signaling.check(&me, info, |message| self.outbox.is_waiting(message))
    }

    /// Sends the message of a signal as any other.
    fn signal(&mut self, id: CallId, info: &SignalingInfo, message: &Message) {
        match self.may_signal(info) {
            Ok(()) => {
                self.outbox.send(&mut self.cx, id, message, None);
                self.signaling.sending(&info.invite_id, message.id);
            }
            Err(code) => self.cx.complete(id, Err(Fault::new(code))),
        }
    }
}
