//! Converts C's pointers to values and Rust's results to statuses: the only file that dereferences pointers.

use std::cell::{Cell, RefCell};
use std::ffi::{CStr, CString, c_char};
use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::de::DeserializeOwned;
use tim::Code;
use tim::protocol::media::FileType;

use super::{TIM_OK, TimStatus};
use crate::error::TimError;
use crate::event::EventName;
use crate::json;
use crate::types::{ConversationType, MessageRemindType, ReadAllType, ReadMemberFilter, RenditionType};

/// [`Code::PANICKED`] as a status.
const FAULT: TimStatus = Code::PANICKED.0.cast_signed();

thread_local! {
    /// The text of the last error of a call on this thread.
    static LAST_ERROR: RefCell<Option<String>> = const { RefCell::new(None) };
    /// The nesting depth of calls on this thread: callbacks may call the library.
    static GUARDED: Cell<u32> = const { Cell::new(0) };
}

/// Whether this thread is inside a call of the library.
pub(super) fn is_guarded() -> bool {
    GUARDED.get() > 0
}

/// Runs a function's body. A panic in it becomes [`Code::PANICKED`].
pub(super) fn guarded(body: impl FnOnce() -> Result<(), TimError>) -> TimStatus {
    GUARDED.set(GUARDED.get() + 1);
    let result = catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|_| Err(TimError::of(Code::PANICKED)));
    GUARDED.set(GUARDED.get() - 1);
    result.map_or_else(|error| failed(&error), |()| TIM_OK)
}

/// The status of an error, which is also stored as this thread's last error.
pub(super) fn failed(error: &TimError) -> TimStatus {
    let (code, message) = error.parts();
    // A destructor of the host's may call when this thread's own are through: then there is the status alone.
    let _ = LAST_ERROR.try_with(|last| *last.borrow_mut() = Some(message.to_owned()));
    // An error must never have the status of success.
    if code > TIM_OK { code } else { FAULT }
}

/// Why this thread's last failed call failed, or the one whose end it was told last.
pub(super) fn last_error() -> Option<String> {
    LAST_ERROR.try_with(|last| last.borrow().clone()).ok().flatten()
}

/// A string argument.
///
/// Errors: [`Code::NULL_ARGUMENT`], [`Code::TEXT_NOT_UTF8`].
pub(super) fn text(pointer: *const c_char) -> Result<String, TimError> {
    optional_text(pointer)?.ok_or_else(|| TimError::of(Code::NULL_ARGUMENT))
}

/// An optional string argument.
pub(super) fn optional_text(pointer: *const c_char) -> Result<Option<String>, TimError> {
    if pointer.is_null() {
        return Ok(None);
    }
    // SAFETY: tim.h asks for a text that is ended by NUL and stays as it is during the call; it is not NULL.
    let text = unsafe { CStr::from_ptr(pointer) };
    let text = text.to_str().map_err(|_| TimError::of(Code::TEXT_NOT_UTF8))?;
    Ok(Some(text.to_owned()))
}

/// A JSON argument.
///
/// Errors: those of [`text`], [`Code::JSON_INVALID`].
pub(super) fn noun<T: DeserializeOwned>(pointer: *const c_char) -> Result<T, TimError> {
    json::noun(&text(pointer)?)
}

/// An optional JSON argument: NULL and an empty text are none.
///
/// Errors: [`Code::TEXT_NOT_UTF8`], [`Code::JSON_INVALID`].
pub(super) fn optional_noun<T: DeserializeOwned>(pointer: *const c_char) -> Result<Option<T>, TimError> {
    let json = optional_text(pointer)?.filter(|json| !json.is_empty());
    json.map(|json| json::noun(&json)).transpose()
}

/// The type of a conversation by its name.
///
/// Errors: those of [`text`], [`Code::CONVERSATION_TYPE_INVALID`].
pub(super) fn conversation_type(pointer: *const c_char) -> Result<ConversationType, TimError> {
    let none = |_| TimError::of(Code::CONVERSATION_TYPE_INVALID);
    serde_json::from_value(text(pointer)?.into()).map_err(none)
}

/// Which messages of a conversation a user wants to be told of, by its name.
///
/// Errors: those of [`text`], [`Code::BAD_REQUEST`].
pub(super) fn message_remind_type(pointer: *const c_char) -> Result<MessageRemindType, TimError> {
    let none = |_| TimError::new(Code::BAD_REQUEST, "a message remind type is one of those that tim.h names");
    serde_json::from_value(text(pointer)?.into()).map_err(none)
}

/// Which conversations a call marks as read, by the name of the type.
///
/// Errors: those of [`text`], [`Code::BAD_REQUEST`].
pub(super) fn read_all_type(pointer: *const c_char) -> Result<ReadAllType, TimError> {
    let none = |_| TimError::new(Code::BAD_REQUEST, "a read all type is one of those that tim.h names");
    serde_json::from_value(text(pointer)?.into()).map_err(none)
}

/// Which members of a group are listed, by the name of the filter.
///
/// Errors: those of [`text`], [`Code::BAD_REQUEST`].
pub(super) fn read_member_filter(pointer: *const c_char) -> Result<ReadMemberFilter, TimError> {
    let none = |_| TimError::new(Code::BAD_REQUEST, "a read member filter is read or unread");
    serde_json::from_value(text(pointer)?.into()).map_err(none)
}

/// The kind of an event by its number.
///
/// Errors: [`Code::BAD_REQUEST`].
pub(super) fn event(number: u32) -> Result<EventName, TimError> {
    let place = usize::try_from(number).unwrap_or(usize::MAX);
    let name = EventName::ALL.get(place).copied();
    name.ok_or_else(|| TimError::new(Code::BAD_REQUEST, "an event is a TIM_EVENT_ of tim.h"))
}

/// A rendition by its number.
///
/// Errors: [`Code::BAD_REQUEST`].
pub(super) fn rendition(number: u32) -> Result<RenditionType, TimError> {
    RenditionType::try_from(number).map_err(|why| TimError::new(Code::BAD_REQUEST, why))
}

/// The bytes of a file that C passes, copied.
///
/// Errors: [`Code::NULL_ARGUMENT`] for NULL with a length; for more than any file of this type has, what the type says.
pub(super) fn bytes(pointer: *const u8, length: usize, of: FileType) -> Result<Vec<u8>, TimError> {
    if length == 0 {
        return Ok(Vec::new());
    }
    if pointer.is_null() {
        return Err(TimError::of(Code::NULL_ARGUMENT));
    }
    of.check_size(length as u64).map_err(TimError::of)?;
    // SAFETY: tim.h asks for `length` readable bytes; the pointer is not NULL and the length is bounded.
    Ok(unsafe { std::slice::from_raw_parts(pointer, length) }.to_vec())
}

/// An output pointer, checked before the call has any effect.
pub(super) struct Out<T>(*mut T);

impl<T> Out<T> {
    /// Errors: [`Code::NULL_ARGUMENT`], also for a place that nothing of this type can be written to.
    pub(super) fn new(pointer: *mut T) -> Result<Self, TimError> {
        if pointer.is_null() {
            return Err(TimError::of(Code::NULL_ARGUMENT));
        }
        if !pointer.is_aligned() {
            let reason = "the place for a result is not aligned as its type has to be";
            return Err(TimError::new(Code::NULL_ARGUMENT, reason));
        }
        Ok(Self(pointer))
    }

    pub(super) fn write(self, value: T) {
        // SAFETY: tim.h asks for a place that can be written; it is neither NULL nor misaligned, and nothing that was there
        // is dropped.
        unsafe { self.0.write(value) }
    }
}

/// A C string. NUL bytes are removed; only error texts that quote the host's strings can contain them.
pub(super) fn c_string(text: String) -> CString {
    CString::new(text)
        .or_else(|with_nul| {
            let mut bytes = with_nul.into_vec();
            bytes.retain(|byte| *byte != 0);
            CString::new(bytes)
        })
        .unwrap_or_default()
}

/// A string for C, to be released with `tim_string_free`.
pub(super) fn export_string(text: String) -> *mut c_char {
    c_string(text).into_raw()
}

/// Releases a string.
pub(super) fn reclaim_string(pointer: *mut c_char) {
    if !pointer.is_null() {
        // SAFETY: tim.h asks for a text that this library gave out and that was not given back before.
        drop(unsafe { CString::from_raw(pointer) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_becomes_a_status_with_a_text() {
        assert_eq!(guarded(|| panic!("a fault of ours")), 130_185);
        assert_eq!(last_error().unwrap(), "a fault in the engine: please report it");
        assert!(!is_guarded());
        assert_eq!(guarded(|| Ok(())), TIM_OK, "and the next call works");
    }

    #[test]
    fn no_failure_is_a_success() {
        for number in [0, 1 << 31, u32::MAX] {
            assert_eq!(guarded(|| Err(TimError::new(Code(number), "why"))), 130_185);
            assert_eq!(last_error().unwrap(), "why");
        }
    }

    #[test]
    fn a_destructor_of_a_thread_that_ends_may_call() {
        struct Last;
        impl Drop for Last {
            fn drop(&mut self) {
                assert_eq!(guarded(|| Err(TimError::of(Code::HANDLE_INVALID))), 130_183);
                assert_eq!(last_error(), None, "the thread's own text is gone");
            }
        }
        thread_local! { static LAST: Last = const { Last }; }
        std::thread::spawn(|| {
            // The last to be made is the first to go.
            LAST.with(|_| ());
            assert_eq!(guarded(|| Err(TimError::of(Code::HANDLE_INVALID))), 130_183);
            assert!(last_error().is_some());
        })
        .join()
        .unwrap();
    }
}
