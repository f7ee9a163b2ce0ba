//! The library's and an instance's life: versions, texts, logs, create, listen, destroy.

use std::ffi::{c_char, c_void};
use std::sync::Arc;

use tim::Code;
use tim::plugin::Plugin;

use super::callbacks::{
    CListener, Done, Sink, TimDestroy, TimDoneCallback, TimEventCallback, TimEventHandler, TimLogCallback,
    TimUploadCallback, UPLOADS, Uploader, UserData,
};
use super::calls::{run, spawn};
use super::guard::{self, Out, guarded};
use super::handles::{CLIENTS, LISTENERS, TimClient, TimListener, TimUpload};
use super::{TIM_ABI_VERSION, TimStatus};
use crate::client::{Tim, shutdown};
use crate::error::TimError;
use crate::json::call;

/// The version of the interface this library has: compare it with `TIM_ABI_VERSION` of the header.
#[unsafe(no_mangle)]
pub extern "C" fn tim_abi_version() -> u32 {
    TIM_ABI_VERSION
}

/// The library's version, like `"0.1.0"`. Give the text back with `tim_string_free`.
#[unsafe(no_mangle)]
pub extern "C" fn tim_version() -> *mut c_char {
    guard::export_string(env!("CARGO_PKG_VERSION").to_owned())
}

/// What a status means and what to do, in one line. Give the text back with `tim_string_free`.
#[unsafe(no_mangle)]
pub extern "C" fn tim_status_text(status: TimStatus) -> *mut c_char {
    let text = if status == super::TIM_OK {
        "success"
    } else {
        u32::try_from(status).map_or("not a status of this library", |code| Code(code).describe())
    };
    guard::export_string(text.to_owned())
}

/// Why this thread's last failed call failed, in more words than its status has; NULL if none has. In a `done` callback that is
/// told a failure: why that call failed. Give the text back with `tim_string_free`.
#[unsafe(no_mangle)]
pub extern "C" fn tim_last_error() -> *mut c_char {
    guard::last_error().map_or(std::ptr::null_mut(), guard::export_string)
}

/// Releases a string returned by this library. NULL is allowed. Must be called only once per string.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_string_free(text: *mut c_char) {
    guard::reclaim_string(text);
}

/// How much is logged: 0 everything, 1 what production needs (the default), 2 warnings and errors, 3 errors, 4 nothing.
///
/// Errors: 20001 for any other number.
#[unsafe(no_mangle)]
pub extern "C" fn tim_set_log_level(level: u32) -> TimStatus {
    guarded(|| Ok(tim::set_log_level(level)?))
}

/// Where log lines go, for the whole process, in place of a former callback. Until a program sets one they go to the standard
/// error output, each with its time (UTC) and level. Called on any thread, several at once; it must not block. A call of the
/// former one that has begun may still be running when this returns; its `destroy` is called when none is.
///
/// Errors: 130180 if `callback` is NULL (`tim_clear_log_sink` takes one off); then `destroy` is called before this returns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_set_log_sink(
    callback: TimLogCallback,
    user_data: *mut c_void,
    destroy: TimDestroy,
) -> TimStatus {
    let user_data = UserData::new(user_data, destroy);
    guarded(|| {
        let sink: Arc<dyn tim::log::LogSink> = Arc::new(Sink::new(callback, user_data)?);
        tim::set_log_sink(Some(sink));
        Ok(())
    })
}

/// Log lines go to the standard error output again; `tim_set_log_level(4)` silences them. A call of the callback that has begun may
/// still be running when this returns; its `destroy` is called when none is.
///
/// Errors: none.
#[unsafe(no_mangle)]
pub extern "C" fn tim_clear_log_sink() -> TimStatus {
    guarded(|| {
        tim::set_log_sink(None);
        Ok(())
    })
}

/// Makes an instance; for the same `SDKAppID` (and `instance`) it is the same one until it is destroyed. `abi_version` is
/// `TIM_ABI_VERSION`. `options_json` is
/// `{"SDKAppID":..., "server":"wss://...", "dataDir":"...", "platform":"linux", "extraRootsPem":"...", "instance":"...",
/// "heartbeatMs":30000, "loginTimeoutMs":90000, "callTimeoutMs":15000, "cacheBytes":268435456, "databaseKey":"..."}`; the first
/// three are required. The handle is given back with `tim_release`.
///
/// Errors: 130184 for another header's version, 2000 without an SDKAppID, 130165 for a server's address that is none or roots
/// without a certificate, 6022 or 130168 if the folder cannot be used, 130169 if the system refuses new threads,
/// 20001 for a databaseKey that is none, 130173 for one in a library without encryption.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_create(
    abi_version: u32,
    options_json: *const c_char,
    client: *mut TimClient,
) -> TimStatus {
    guarded(|| {
        if abi_version != TIM_ABI_VERSION {
            return Err(TimError::of(Code::ABI_MISMATCH));
        }
        let out = Out::new(client)?;
        out.write(CLIENTS.add(Arc::new(Tim::create(guard::noun(options_json)?)?)));
        Ok(())
    })
}

/// Releases a handle. The instance lives on until `tim_destroy`; other handles of it stay valid.
///
/// Errors: none of its own.
#[unsafe(no_mangle)]
pub extern "C" fn tim_release(client: TimClient) -> TimStatus {
    guarded(|| CLIENTS.remove(client).map(drop))
}

/// Logs out and ends the instance: its threads, its connection, its files. When the callback is called, no listener of it is
/// called any more, unless a listener made this call, or one has not returned for five seconds. The handle stays to be given
/// back.
///
/// Errors: none of its own.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_destroy(
    client: TimClient,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(|tim| Ok(call!(tim.destroy()))))
}

/// Destroys every instance of the process: what a program calls before it ends.
///
/// Errors: 130169 if the system refuses new threads.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_shutdown(done: TimDoneCallback, user_data: *mut c_void) -> TimStatus {
    guarded(|| spawn(Done::new(done, user_data)?, call!(shutdown())))
}

/// The instance, if it was not destroyed.
fn alive(client: TimClient) -> Result<Arc<Tim>, TimError> {
    let tim = CLIENTS.get(client)?;
    if tim.is_destroyed() { Err(TimError::of(Code::DESTROYED)) } else { Ok(tim) }
}

/// Calls `handler` with each event of one kind, a `tim_event`, that happens from now on: `{"name":..., "data":...}`. It is called
/// on one thread of the instance's own, one call at a time; it may call this library; it should not block for long. It may be
/// called before this has returned. `destroy` is called when it is removed.
///
/// Errors: 20001 for an `event` that is none, 130160 once the instance was destroyed. With any error `destroy` is called before
/// this returns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_on(
    client: TimClient,
    event: u32,
    handler: TimEventHandler,
    user_data: *mut c_void,
    destroy: TimDestroy,
    listener: *mut TimListener,
) -> TimStatus {
    let user_data = UserData::new(user_data, destroy);
    guarded(|| {
        let event = guard::event(event)?.into();
        listen(client, handler, user_data, listener, |tim, own| tim.on(event, move |told| own.hear(told)))
    })
}

/// Calls `handler` with the next event of one kind, once. In all else as `tim_on`; `destroy` is called after it was.
///
/// Errors: those of `tim_on`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_once(
    client: TimClient,
    event: u32,
    handler: TimEventHandler,
    user_data: *mut c_void,
    destroy: TimDestroy,
    listener: *mut TimListener,
) -> TimStatus {
    let user_data = UserData::new(user_data, destroy);
    guarded(|| {
        let event = guard::event(event)?.into();
        listen(client, handler, user_data, listener, |tim, own| tim.once(event, move |told| own.hear(told)))
    })
}

/// Adds a listener. `callback` hears everything that happens from now on, as an array of events. In all else as `tim_on`.
///
/// Errors: 130160 once the instance was destroyed. With any error `destroy` is called before this returns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_add_listener(
    client: TimClient,
    callback: TimEventCallback,
    user_data: *mut c_void,
    destroy: TimDestroy,
    listener: *mut TimListener,
) -> TimStatus {
    let user_data = UserData::new(user_data, destroy);
    guarded(|| listen(client, callback, user_data, listener, |tim, own| tim.add_listener(own)))
}

/// Adds a callback to an instance, by `add`, and writes its handle.
fn listen(
    client: TimClient,
    callback: TimEventCallback,
    user_data: UserData,
    listener: *mut TimListener,
    add: impl FnOnce(&tim::Tim, Arc<CListener>) -> tim::ListenerId,
) -> Result<(), TimError> {
    let (out, tim) = (Out::new(listener)?, alive(client)?);
    // Kept alive until it has a handle, because the instance may end meanwhile.
    let own = Arc::new(CListener::new(callback, user_data)?);
    let id = add(tim.engine(), Arc::clone(&own));
    let handle = LISTENERS.add((tim, id));
    own.known_by(handle);
    out.write(handle);
    Ok(())
}

/// Removes a handler or a listener. A call of it that has begun may still be running when this returns; no further call begins.
/// Its `destroy` is called when no call of it is running, at the latest with the end of the instance, which removes all of them.
///
/// Errors: none of its own.
#[unsafe(no_mangle)]
pub extern "C" fn tim_off(listener: TimListener) -> TimStatus {
    guarded(|| {
        let (tim, id) = LISTENERS.remove(listener)?;
        tim.engine().off(id);
        Ok(())
    })
}

/// Registers the host's own uploader in place of the built-in one, or of a former one, whose `destroy` is called
/// when no call of it is running. Called on a thread that it may block.
///
/// Errors: 130160 once the instance was destroyed. With any error `destroy` is called before this returns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_register_plugin(
    client: TimClient,
    callback: TimUploadCallback,
    user_data: *mut c_void,
    destroy: TimDestroy,
) -> TimStatus {
    let user_data = UserData::new(user_data, destroy);
    guarded(|| {
        let tim = alive(client)?;
        tim.engine().register_plugin(Plugin::Upload(Arc::new(Uploader::new(callback, user_data)?)));
        Ok(())
    })
}

/// An upload plugin tells how far it has come: 0 to 100.
///
/// Errors: 130183 once the plugin has returned.
#[unsafe(no_mangle)]
pub extern "C" fn tim_upload_progress(upload: TimUpload, percent: u32) -> TimStatus {
    guarded(|| {
        (UPLOADS.get(upload)?.progress)(u8::try_from(percent.min(100)).unwrap_or(100));
        Ok(())
    })
}

/// An upload plugin describes what it uploaded: `{"uuid":..., "renditions":[{"type":0, "size":..., "width":..., "height":...,
/// "url":"https://..."}, ...]}`, of a picture with the types 0 (original), 1 (thumbnail), 2 (large) in this order, of another
/// file with 0 alone, each at an https address or a path on the server (`/...`).
///
/// Errors: 130182 for a file that cannot be sent, also one whose url is neither, 130183 once the plugin has returned.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_upload_result(upload: TimUpload, uploaded_json: *const c_char) -> TimStatus {
    guarded(|| {
        let (upload, uploaded) = (UPLOADS.get(upload)?, uploaded(guard::noun(uploaded_json)?)?);
        *upload.result.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some(uploaded);
        Ok(())
    })
}

/// Checks that a file can be sent. Otherwise its plugin gets the error here, and not the sender later.
///
/// Errors: [`Code::JSON_INVALID`].
fn uploaded(uploaded: crate::types::Uploaded) -> Result<tim::plugin::Uploaded, TimError> {
    let invalid = |reason: &str| TimError::new(Code::JSON_INVALID, reason);
    let uploaded: tim::plugin::Uploaded =
        uploaded.try_into().map_err(|why: TimError| invalid(why.parts().1))?;
    let types = uploaded.renditions.iter().map(|it| u32::from(it.rendition_type)).collect::<Vec<_>>();
    if types != [0] && types != [0, 1, 2] {
        Err(invalid("a file names its original, 0, and a picture its three sizes in the order 0, 1, 2"))
    } else if !uploaded.is_reachable() {
        Err(invalid("every rendition is at an https address, or a path on the server"))
    } else {
        Ok(uploaded)
    }
}

/// Whether everything works: from the event `sdkStateReady` to `sdkStateNotReady`.
///
/// Errors: none of its own.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_is_ready(client: TimClient, ready: *mut bool) -> TimStatus {
    guarded(|| {
        Out::new(ready)?.write(CLIENTS.get(client)?.is_ready());
        Ok(())
    })
}

/// How many messages are unread in all conversations, without those that the user has muted and system notices; 0 while nobody is
/// logged in.
///
/// Errors: none of its own.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_total_unread_message_count(client: TimClient, count: *mut i64) -> TimStatus {
    guarded(|| {
        Out::new(count)?.write(CLIENTS.get(client)?.get_total_unread_message_count());
        Ok(())
    })
}

/// Who is logged in; NULL if nobody is. Give the text back with `tim_string_free`.
///
/// Errors: none of its own.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_login_user(client: TimClient, user_id: *mut *mut c_char) -> TimStatus {
    guarded(|| {
        let out = Out::new(user_id)?;
        let user = CLIENTS.get(client)?.get_login_user();
        out.write(user.map_or(std::ptr::null_mut(), guard::export_string));
        Ok(())
    })
}

/// The device's network came (or changed to another) or went, as far as the host knows. When it came, the pause between attempts
/// ends, and a connection that stands has three seconds to prove that it works. When it went, nothing changes by that alone.
///
/// Errors: none of its own.
#[unsafe(no_mangle)]
pub extern "C" fn tim_network_changed(client: TimClient, up: bool) -> TimStatus {
    guarded(|| {
        CLIENTS.get(client)?.network_changed(up);
        Ok(())
    })
}
