//! The way to an instance's task: what handles ask of it.
//!
//! A call is in the task's queue when its future is first polled, so calls keep their order and a dropped future stops
//! nothing.

use tim_protocol::Code;
use tokio::runtime::Handle;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

use crate::error::TimError;
use crate::machine::io::{Call, Return};
use crate::message::Message;

/// Commands that wait for the task.
const QUEUE: usize = 256;

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
    runtime: Handle,
}

impl Commands {
    /// The way, and where the task finds what comes over it. Must be called inside the runtime.
    pub(super) fn channel() -> (Self, mpsc::Receiver<Command>) {
        let (queue, commands) = mpsc::channel(QUEUE);
        (Self { queue, runtime: Handle::current() }, commands)
    }

    /// Makes a call and waits for its answer. Dropping the future does not stop the call.
    ///
    /// # Errors
    /// Those of the call, or [`Code::DESTROYED`].
    pub(crate) async fn call(&self, call: Call) -> Result<Answer, TimError> {
        let (caller, answer) = oneshot::channel();
        let destroyed = || TimError::new(Code::DESTROYED);
        // At once, so that calls keep their order; only where the queue is full it takes a task to outlive this future.
        match self.queue.try_send(Command::Call(call, caller)) {
            Ok(()) => {}
            Err(TrySendError::Full(command)) => {
                let queue = self.queue.clone();
                self.runtime.spawn(async move { queue.send(command).await });
            }
            Err(TrySendError::Closed(_)) => return Err(destroyed()),
        }
        answer.await.unwrap_or_else(|_| Err(destroyed()))
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
}
