//! The command queue of an instance's task.
//!
//! A call is queued when its future is first polled, so calls keep their order, and dropping the future does not cancel
//! the call.

use std::sync::Arc;

use tim_protocol::{Code, call};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

use super::InstanceState;
use crate::error::TimError;
use crate::machine::io::{Call, Return};
use crate::message::Message;
use crate::search::MessageSearchResult;

/// Capacity of the queue; as many as messages may wait in the outbox.
const QUEUE: usize = 10_000;

/// The result of a call.
pub(crate) enum CallResult {
    /// The machine's result.
    Return(Return),
    /// Messages; of a page oldest first, `completed` if there are none beyond it.
    Page { messages: Vec<Message>, completed: bool },
    /// What a search found.
    Found(MessageSearchResult),
}

pub(super) type Caller = oneshot::Sender<Result<CallResult, TimError>>;

/// A command to the task.
pub(super) enum Command {
    Call(Call, Caller),
    Network { up: bool },
    Destroy(oneshot::Sender<()>),
}

/// A handle to an instance's task. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Commands {
    queue: mpsc::Sender<Command>,
    shared: Arc<InstanceState>,
}

impl Commands {
    /// Creates the handle, and the receiver for the task.
    pub(super) fn channel(shared: Arc<InstanceState>) -> (Self, mpsc::Receiver<Command>) {
        let (queue, commands) = mpsc::channel(QUEUE);
        (Self { queue, shared }, commands)
    }

    /// Makes a call and waits for its answer. Dropping the future does not stop the call.
    ///
    /// # Errors
    /// Those of the call, [`Code::TOO_MANY_CALLS`], [`Code::DESTROYED`], or [`Code::PANICKED`] if the task has
    /// panicked.
    pub(crate) async fn call(&self, call: Call) -> Result<CallResult, TimError> {
        let (caller, answer) = oneshot::channel();
        // `try_send`, because awaiting capacity would reorder calls.
        self.queue.try_send(Command::Call(call, caller)).map_err(|why| match why {
            TrySendError::Full(_) => Code::TOO_MANY_CALLS,
            TrySendError::Closed(_) => self.closed_code(),
        })?;
        answer.await.unwrap_or_else(|_| Err(self.closed_code().into()))
    }

    /// Asks the server and waits for its reply.
    ///
    /// # Errors
    /// Those of [`Commands::call`].
    pub(crate) async fn ask<C: call::Call>(&self, request: C) -> Result<C::Reply, TimError> {
        let reply = match self.call(Call::ask(request)).await? {
            CallResult::Return(Return::Reply(reply)) => C::reply(*reply),
            _ => None,
        };
        reply.ok_or_else(|| Code::PANICKED.into())
    }

    fn closed_code(&self) -> Code {
        self.shared.refusal().filter(|code| *code == Code::PANICKED).unwrap_or(Code::DESTROYED)
    }

    /// The device's network came or went.
    pub(crate) fn network(&self, up: bool) {
        // If the queue is full, the hint is not needed.
        let _ = self.queue.try_send(Command::Network { up });
    }

    /// Logs out and ends the task. Returns when it has ended.
    pub(crate) async fn destroy(&self) {
        let (done, ended) = oneshot::channel();
        if self.queue.send(Command::Destroy(done)).await.is_ok() {
            let _ = ended.await;
        }
    }

    /// Waits until the task has ended and closed its files.
    pub(crate) async fn ended(&self) {
        self.queue.closed().await;
    }
}

#[cfg(test)]
mod tests {
    use super::super::address::Address;
    use super::super::dispatch::Dispatch;
    use super::super::files::Files;
    use super::*;
    use std::task::{Context, Waker};

    /// Makes a call and waits for nothing; the code it was refused with.
    fn begin(commands: &Commands) -> Option<Code> {
        let mut call = Box::pin(commands.call(Call::Logout));
        match call.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            std::task::Poll::Ready(ended) => ended.err().map(|why| why.code),
            std::task::Poll::Pending => None,
        }
    }

    #[test]
    fn a_call_too_many_is_told_so_and_those_before_it_stay() {
        let folder = tempfile::tempdir().unwrap();
        let server = Address::of_server("ws://127.0.0.1:1", None).unwrap();
        let files = Files::open(folder.path(), 1).unwrap().0;
        let shared = Arc::new(InstanceState::new(Dispatch::start().unwrap(), files, server));
        let (commands, mut queue) = Commands::channel(Arc::clone(&shared));
        for _ in 0..QUEUE {
            assert_eq!(begin(&commands), None);
        }
        assert_eq!(begin(&commands), Some(Code::TOO_MANY_CALLS));
        assert!(queue.try_recv().is_ok());
        assert_eq!(begin(&commands), None, "there is room again");
        queue.close();
        assert_eq!(begin(&commands), Some(Code::DESTROYED));
        shared.publish(None, Some(Code::PANICKED));
        assert_eq!(begin(&commands), Some(Code::PANICKED));
    }
}
