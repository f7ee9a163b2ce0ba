//! How verbs run: what asks the server returns at once and ends with its callback, what creates a message gives it at once.
//! Results are JSON as `tim.h` shows it; `null` where there is nothing to tell. It knows no verb.

use std::ffi::{c_char, c_void};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use serde::Serialize;
use tim::Code;

use super::callbacks::{Done, TimDoneCallback};
use super::guard::{Out, export_string, failed, guarded};
use super::handles::{CLIENTS, TimClient};
use super::{TIM_OK, TimStatus};
use crate::client::Tim;
use crate::error::TimError;
use crate::json::{self, Call};
use crate::offload::first_step;
use crate::types::Message;

/// The JSON of a failure.
#[derive(Serialize)]
struct Failed<'a> {
    code: TimStatus,
    message: &'a str,
}

/// A verb's arguments, which are taken out of C's within the guard. Boxed for the same reason.
pub(super) type Arguments<'a, T> = Box<dyn FnOnce(Arc<Tim>) -> Result<T, TimError> + 'a>;

/// Runs a verb that asks the server.
pub(super) fn run(
    client: TimClient,
    done: TimDoneCallback,
    user_data: *mut c_void,
    arguments: Arguments<'_, Call>,
) -> TimStatus {
    guarded(move || {
        let (tim, done) = (CLIENTS.get(client)?, Done::new(done, user_data)?);
        spawn(done, arguments(tim)?)
    })
}

/// Runs a verb that creates a message.
pub(super) fn create(
    client: TimClient,
    message_json: *mut *mut c_char,
    arguments: Arguments<'_, Message>,
) -> TimStatus {
    guarded(move || {
        let (out, tim) = (Out::new(message_json)?, CLIENTS.get(client)?);
        out.write(export_string(json::write(&arguments(tim)?)?));
        Ok(())
    })
}

/// Polls a call on this thread first, continues it on the engine's runtime, and calls the callback on a blocking
/// thread. Polled on the host's thread first, so that calls keep their order and the engine can detect calls from a
/// listener.
///
/// Errors: what the call finds wrong with its arguments. Then the callback is not called.
pub(super) fn spawn(done: Done, mut call: Call) -> Result<(), TimError> {
    let runtime = tim::runtime()?;
    let (begun, asked) = first_step(|| call.as_mut().poll(&mut Context::from_waker(Waker::noop())));
    let begun = match begun {
        Poll::Ready(Err(why)) if !asked => return Err(why),
        begun => begun,
    };
    runtime.spawn(async move {
        let ended = match begun {
            Poll::Ready(ended) => ended,
            // A separate task, so that a panic also ends the call.
            Poll::Pending => tokio::spawn(call).await.unwrap_or_else(|_| Err(TimError::of(Code::PANICKED))),
        };
        let end = move || match ended {
            Ok(result) => done.call(TIM_OK, result),
            Err(error) => {
                let (code, (_, message)) = (failed(&error), error.parts());
                done.call(code, json::write(&Failed { code, message }).unwrap_or_default());
            }
        };
        let _ = tokio::task::spawn_blocking(end).await;
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::guard::last_error;
    use super::*;
    use crate::json::call;
    use crate::offload::offload;
    use std::sync::mpsc;

    type End = mpsc::Sender<(TimStatus, String, Option<String>)>;

    /// Told the end of a call, once.
    unsafe extern "C-unwind" fn tell(user_data: *mut c_void, status: TimStatus, json: *const c_char) {
        // SAFETY: `end_of` gives a sender away to this one call, and a callback is given a text.
        let (sender, json) =
            unsafe { (Box::from_raw(user_data.cast::<End>()), std::ffi::CStr::from_ptr(json)) };
        sender.send((status, json.to_str().unwrap().to_owned(), last_error())).unwrap();
    }

    fn end_of(
        verb: impl Future<Output = Result<(), TimError>> + Send + 'static,
    ) -> (TimStatus, String, Option<String>) {
        let (sender, end) = mpsc::channel();
        let user_data = Box::into_raw(Box::<End>::new(sender)).cast();
        spawn(Done::new(Some(tell), user_data).unwrap(), call!(verb)).unwrap();
        end.recv().unwrap()
    }

    fn nobody() -> Done {
        Done::new(Some(tell), std::ptr::null_mut()).unwrap()
    }

    #[test]
    fn a_call_that_panics_ends_with_a_number_and_a_text() {
        let (status, json, _) = end_of(async {
            tokio::task::yield_now().await;
            panic!("a fault of ours");
        });
        assert_eq!(status, 130_185);
        assert_eq!(json, r#"{"code":130185,"message":"a fault in the engine: please report it"}"#);
        let (status, json, _) = end_of(async { Ok(()) });
        assert_eq!((status, &*json), (TIM_OK, "null"), "and the next one works");
    }

    #[test]
    fn the_end_of_a_call_may_ask_why_it_failed() {
        let refusal = async { Err(TimError::new(Code(0), "a\t\"line\"\nof ü")) };
        let (status, json, why) = end_of(offload(refusal));
        assert_eq!(status, 130_185, "no failure is a success");
        assert_eq!(json, r#"{"code":130185,"message":"a\t\"line\"\nof ü"}"#);
        assert_eq!(why.unwrap(), "a\t\"line\"\nof ü");
    }

    #[test]
    fn what_is_found_before_the_engine_is_asked_is_given_at_once() {
        let group = async || Err::<(), _>(TimError::of(Code::GROUP_ID_INVALID));
        assert_eq!(guarded(|| spawn(nobody(), call!(group()))), 2602, "and the callback is not called");
        let (status, ..) = end_of(offload(group()));
        assert_eq!(status, 2602, "the engine's own is told to the callback, however soon it comes");
    }

    #[test]
    fn a_call_that_panics_at_once_does_not_begin() {
        let fault = async || -> Result<(), TimError> { panic!("a fault of ours") };
        assert_eq!(guarded(|| spawn(nobody(), call!(fault()))), 130_185);
    }
}
