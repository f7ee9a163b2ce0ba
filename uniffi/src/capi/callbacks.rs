//! C's callbacks: a function, the host's `user_data`, and a function that destroys `user_data`.
//!
//! None is called under a lock or on a worker thread of the engine.

use std::ffi::{c_char, c_void};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use tim::Code;
use tim::event::Event;
use tim::log::LogLevel;
use tim::plugin::Uploaded;

use super::guard::{c_string, is_guarded};
use super::handles::{LISTENERS, Table, TimListener, TimUpload};
use super::{TIM_OK, TimStatus};
use crate::client::ProgressListener;
use crate::error::TimError;
use crate::json::{self, EventJson};

/// Called when a call has ended. `json` is the result, or `{"code":...,"message":...}` if `status` is not 0; it is valid
/// during the callback only.
pub type TimDoneCallback =
    Option<unsafe extern "C-unwind" fn(user_data: *mut c_void, status: TimStatus, json: *const c_char)>;
/// Called with events: a JSON array of `{"name":...,"data":...}`, valid during the callback only.
pub type TimEventCallback =
    Option<unsafe extern "C-unwind" fn(user_data: *mut c_void, events_json: *const c_char)>;
/// Called with one event, `{"name":...,"data":...}`, valid during the callback only.
pub type TimEventHandler =
    Option<unsafe extern "C-unwind" fn(user_data: *mut c_void, event_json: *const c_char)>;
/// Called with increasing values from 0 to 100.
pub type TimProgressCallback = Option<unsafe extern "C-unwind" fn(user_data: *mut c_void, percent: u32)>;
/// Called with a log line; `level` is 0 (much) to 3 (an error). The line is valid during the callback only.
pub type TimLogCallback =
    Option<unsafe extern "C-unwind" fn(user_data: *mut c_void, level: u32, line: *const c_char)>;
/// Called to upload a file: `{"path":..., "fileType":1, "fileName":..., "size":...}` with fileType 1 for a picture, 2 for a video, 3 for a recording, 255 for any other file, and
/// an empty name if it has none. Reports with `tim_upload_progress`, describes what was uploaded with `tim_upload_result`, and
/// returns 0, or an error's number. With one that may pass (2400, 2800, 2801, 6005) it is called again up to three times after
/// growing pauses, and anew with every connection; then, and with any other at once, the message fails with that number.
pub type TimUploadCallback = Option<
    unsafe extern "C-unwind" fn(user_data: *mut c_void, file: *const c_char, upload: TimUpload) -> TimStatus,
>;
/// Called once when `user_data` is no longer needed; may be NULL.
pub type TimDestroy = Option<unsafe extern "C-unwind" fn(user_data: *mut c_void)>;

/// The host's `user_data` and its destructor.
pub(super) struct UserData {
    pointer: *mut c_void,
    destroy: TimDestroy,
}

// SAFETY: tim.h tells on which threads callbacks and their `destroy` are called; what the pointer points at is the host's to
// make fit for that.
unsafe impl Send for UserData {}
// SAFETY: as above, and that log sinks and uploaders are called several at once; the pointer is passed along and never
// followed.
unsafe impl Sync for UserData {}

impl UserData {
    pub(super) fn new(pointer: *mut c_void, destroy: TimDestroy) -> Self {
        Self { pointer, destroy }
    }
}

impl UserData {
    /// Calls the destructor on this thread.
    fn end(&mut self) {
        if let Some(destroy) = self.destroy.take() {
            // SAFETY: tim.h asks for a function that takes this pointer; this is its one call.
            unsafe { destroy(self.pointer) }
        }
    }
}

impl Drop for UserData {
    /// Within a call of the host the destructor runs before the call returns. Worker threads hand it to a blocking
    /// thread.
    fn drop(&mut self) {
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) if self.destroy.is_some() && !is_guarded() => {
                let mut last = Self { pointer: self.pointer, destroy: self.destroy.take() };
                runtime.spawn_blocking(move || last.end());
            }
            _ => self.end(),
        }
    }
}

/// Checks that a callback is not NULL.
fn present<F>(callback: Option<F>) -> Result<F, TimError> {
    callback.ok_or_else(|| TimError::of(Code::NULL_ARGUMENT))
}

/// The callback for the end of a call.
pub(super) struct Done {
    callback: unsafe extern "C-unwind" fn(*mut c_void, TimStatus, *const c_char),
    user_data: UserData,
}

impl Done {
    /// Errors: [`Code::NULL_ARGUMENT`].
    pub(super) fn new(callback: TimDoneCallback, user_data: *mut c_void) -> Result<Self, TimError> {
        Ok(Self { callback: present(callback)?, user_data: UserData::new(user_data, None) })
    }

    /// Calls the callback.
    pub(super) fn call(self, status: TimStatus, json: String) {
        let json = c_string(json);
        // SAFETY: tim.h asks for a function of this type that takes this pointer; the text lives until it returns.
        unsafe { (self.callback)(self.user_data.pointer, status, json.as_ptr()) }
    }
}

/// Passes events to C's callback: a listener's or a handler's.
pub(super) struct CListener {
    callback: unsafe extern "C-unwind" fn(*mut c_void, *const c_char),
    user_data: UserData,
    /// Its handle, once assigned.
    handle: AtomicU64,
}

impl CListener {
    /// Errors: [`Code::NULL_ARGUMENT`].
    pub(super) fn new(callback: TimEventCallback, user_data: UserData) -> Result<Self, TimError> {
        Ok(Self { callback: present(callback)?, user_data, handle: AtomicU64::new(0) })
    }

    pub(super) fn known_by(&self, handle: TimListener) {
        self.handle.store(handle.number, Ordering::Release);
    }
}

impl Drop for CListener {
    /// Invalidates the handle when the listener is removed or its instance ends.
    fn drop(&mut self) {
        let _ = LISTENERS.remove(TimListener { number: *self.handle.get_mut() });
    }
}

impl CListener {
    /// One event, for a handler.
    pub(super) fn hear(&self, event: &Event) {
        self.call(&EventJson(event));
    }

    fn call(&self, heard: &impl Serialize) {
        let json = c_string(json::write(heard).unwrap_or_default());
        // SAFETY: as in `Done::call`.
        unsafe { (self.callback)(self.user_data.pointer, json.as_ptr()) }
    }
}

impl tim::event::EventListener for CListener {
    fn on_events(&self, events: &[Event]) {
        self.call(&events.iter().map(EventJson).collect::<Vec<_>>());
    }
}

/// A progress callback; does nothing if `callback` is NULL.
struct Progress {
    callback: TimProgressCallback,
    user_data: UserData,
}

/// As the verbs of the other face take it.
pub(super) fn progress(
    callback: TimProgressCallback,
    user_data: *mut c_void,
    destroy: TimDestroy,
) -> Option<Arc<dyn ProgressListener>> {
    Some(Arc::new(Progress { callback, user_data: UserData::new(user_data, destroy) }))
}

impl ProgressListener for Progress {
    fn on_progress(&self, percent: i32) -> Result<(), TimError> {
        if let Some(callback) = self.callback {
            let percent = percent.unsigned_abs();
            // SAFETY: tim.h asks for a function of this type that takes this pointer.
            unsafe { callback(self.user_data.pointer, percent) }
        }
        Ok(())
    }
}

/// Takes log lines.
pub(super) struct Sink {
    callback: unsafe extern "C-unwind" fn(*mut c_void, u32, *const c_char),
    user_data: UserData,
}

impl Sink {
    /// Errors: [`Code::NULL_ARGUMENT`].
    pub(super) fn new(callback: TimLogCallback, user_data: UserData) -> Result<Self, TimError> {
        Ok(Self { callback: present(callback)?, user_data })
    }
}

impl tim::log::LogSink for Sink {
    fn log(&self, level: LogLevel, line: &str) {
        let line = c_string(line.to_owned());
        // SAFETY: as in `Done::call`.
        unsafe { (self.callback)(self.user_data.pointer, level as u32, line.as_ptr()) }
    }
}

/// The state of an upload that a plugin is working on.
#[derive(Clone)]
pub(super) struct Upload {
    pub(super) progress: tim::plugin::UploadProgress,
    pub(super) result: Arc<Mutex<Option<Uploaded>>>,
}

/// Uploads in progress by plugins.
pub(super) static UPLOADS: Table<TimUpload, Upload> = Table::new();

/// Uploads with the host's own function.
pub(super) struct Uploader {
    callback: unsafe extern "C-unwind" fn(*mut c_void, *const c_char, TimUpload) -> TimStatus,
    user_data: UserData,
}

impl Uploader {
    /// Errors: [`Code::NULL_ARGUMENT`].
    pub(super) fn new(callback: TimUploadCallback, user_data: UserData) -> Result<Self, TimError> {
        Ok(Self { callback: present(callback)?, user_data })
    }
}

impl tim::plugin::UploadPlugin for Uploader {
    fn upload(
        &self,
        file: &tim::plugin::UploadFile,
        progress: tim::plugin::UploadProgress,
    ) -> Result<Uploaded, tim::error::TimError> {
        let result = Arc::new(Mutex::new(None));
        let handle = UPLOADS.add(Upload { progress, result: Arc::clone(&result) });
        let file = c_string(json::write(&crate::types::UploadFile::from(file)).unwrap_or_default());
        // SAFETY: as in `Done::call`.
        let status = unsafe { (self.callback)(self.user_data.pointer, file.as_ptr(), handle) };
        let _ = UPLOADS.remove(handle);
        if status != TIM_OK {
            return Err(tim::error::TimError::new(Code(
                u32::try_from(status).unwrap_or(Code::UPLOAD_FAILED.0),
            )));
        }
        let uploaded: Option<Uploaded> = result.lock().unwrap_or_else(PoisonError::into_inner).take();
        uploaded.ok_or_else(|| tim::error::TimError {
            code: Code::UPLOAD_FAILED,
            message: "the uploader did not call tim_upload_result".into(),
        })
    }
}
