//! The way to an instance's task: what handles ask of it.
//!
//! A call is in the task's queue when its future is first polled, so calls keep their order and a dropped future stops
//! nothing.

use std::sync::Arc;

use tim_protocol::{Code, call};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

use super::Shared;
use crate::error::TimError;
use crate::machine::io::{Call, Return};
use crate::message::Message;

/// Commands that may wait for the task: as many as messages may wait for the server.
const QUEUE: usize = 10_000;

/// What a call gives back.
pub(crate) enum Answer {
    /// The machine's answer.
    Return(Return),
    /// A page of messages, oldest first, and whether there are none before it.
    Page { messages: Vec<Message>, completed: bool },
}

pub(super) type Caller = oneshot::Sender<Result<Answer, TimError>>;

/// What the task is told.
pub(super) enum Command {
    Call(Call, Caller),
    Network { up: bool },
    Destroy(oneshot::Sender<()>),
}

/// The way to an instance's task. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Commands {
    queue: mpsc::Sender<Command>,
    shared: Arc<Shared>,
}

impl Commands {
    /// The way, and where the task finds what comes over it.
    pub(super) fn channel(shared: Arc<Shared>) -> (Self, mpsc::Receiver<Command>) {
        let (queue, commands) = mpsc::channel(QUEUE);
        (Self { queue, shared }, commands)
    }

    /// Makes a call and waits for its answer. Dropping the future does not stop the call.
    ///
    /// # Errors
    /// Those of the call, [`Code::TOO_MANY_CALLS`], [`Code::DESTROYED`], or [`Code::PANICKED`] if a fault of ours has ended
    /// the task.
    pub(crate) async fn call(&self, call: Call) -> Result<Answer, TimError> {
        let (caller, answer) = oneshot::channel();
        // At once or not at all: whoever waited here for room would lose the place that the call's order gives it.
        self.queue.try_send(Command::Call(call, caller)).map_err(|why| match why {
            TrySendError::Full(_) => Code::TOO_MANY_CALLS,
            TrySendError::Closed(_) => self.why_gone(),
        })?;
        answer.await.unwrap_or_else(|_| Err(self.why_gone().into()))
    }

    /// Asks the server and waits for its reply.
    ///
    /// # Errors
    /// Those of [`Commands::call`].
    pub(crate) async fn ask<C: call::Call>(&self, request: C) -> Result<C::Reply, TimError> {
        let reply = match self.call(Call::ask(request)).await? {
            Answer::Return(Return::Reply(reply)) => C::reply(*reply),
            _ => None,
        };
        reply.ok_or_else(|| Code::PANICKED.into())
    }

    fn why_gone(&self) -> Code {
        self.shared.refusal().filter(|code| *code == Code::PANICKED).unwrap_or(Code::DESTROYED)
    }

    /// The device's network came or went.
    pub(crate) fn network(&self, up: bool) {
        // A hint that finds the queue full is one that is not needed.
        let _ = self.queue.try_send(Command::Network { up });
    }

    /// Logs out and ends the task. Everybody who asks for it is answered when it has ended.
    pub(crate) async fn destroy(&self) {
        let (done, ended) = oneshot::channel();
        if self.queue.send(Command::Destroy(done)).await.is_ok() {
            let _ = ended.await;
        }
    }

    /// Waits until the task has ended and let go of its files.
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
        let shared = Arc::new(Shared::new(Dispatch::start().unwrap(), files, server));
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
