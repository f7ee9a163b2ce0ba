//! The verbs as C has them: each takes C's arguments apart and calls the method of its name.
//!
//! Written by cargo xtask faces from uniffi/src/client; never edited.

use std::ffi::{c_char, c_void};
use std::sync::Arc;

use tim::protocol::media::FileType;

use super::TimStatus;
use super::callbacks::{TimDestroy, TimDoneCallback, TimProgressCallback, progress};
use super::calls::{create, run};
use super::guard;
use super::handles::TimClient;
use crate::client::Tim;
use crate::json::verbs;

/// Logs a user in; `sdkStateReady` tells when everything works.
///
/// Result: `login result`.
///
/// Errors: 2002 or 2003 for an id or token that is missing or cannot be one, 70001 to 70052 for a token that the server
/// refuses, 130107 if server and engine have no version in common, 2025 while another login is running, 2026 while
/// another user is logged in; 2800 or 2801 after `loginTimeoutMs`; 6005, 6022, 130167 or 130168 for this device's
/// database; 130161 if it is logged out meanwhile, 130160 after `tim_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_login(
    client: TimClient,
    user_id: *const c_char,
    user_sig: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::login(
        tim,
        guard::text(user_id)?,
        guard::text(user_sig)?,
    ))))
}

/// Lets somebody in who has no userSig, if the server lets guests in. A guest enters and leaves live rooms, hears what
/// is said there, and may ask for their profile, their attributes and how many are there. Everything else is refused
/// with 2662. Nothing of a guest is stored, here or on the server. A guest who logs in with a userSig logs out before,
/// and is in no room then.
///
/// Result: `login result`.
///
/// Errors: those of `tim_login`: 70002 if the server lets no guests in; 130156 if as many are there as it lets in.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_login_as_guest(
    client: TimClient,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::login_as_guest(tim))))
}

/// Logs out, on the server too if it can be reached within three seconds. What waits to be sent stays, and is sent
/// after the user's next login on this device.
///
/// Result: `null`.
///
/// Errors: 130160 after `tim_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_logout(
    client: TimClient,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::logout(tim))))
}

/// Closes the connection and the files of the local database, and keeps the login: for an app that goes to the
/// background, where the system ends apps that hold a lock on a file (iOS), or stops them. When it returns, no file of
/// the database is open. Until `tim_resume` calls are refused with 130179, and those that wait fail with it. Messages
/// that wait stay in the outbox and are sent afterwards; `MESSAGE_STATUS_CHANGED` reports them. A login that is under
/// way goes on then, within its time. It waits until the files of messages being sent are copied; downloads go on.
/// Without a login nothing happens. A login of the same user resumes the instance, too.
///
/// Result: `null`.
///
/// Errors: 130160 after `tim_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_pause(
    client: TimClient,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::pause(tim))))
}

/// Opens the local database of a paused instance again and connects, at once. The list of conversations is reported
/// anew, and what was missed is received. Nothing happens if the instance is not paused.
///
/// Result: `null`.
///
/// Errors: the local database cannot be opened; it is tried again by itself; 130160 after `tim_destroy`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_resume(
    client: TimClient,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::resume(tim))))
}

/// The server's clock: a time, like those of messages.
///
/// Result: a number.
///
/// Errors: the gate's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_server_time(
    client: TimClient,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::get_server_time(tim))))
}

/// Makes a text message to a user or a group, to be shown at once; `tim_send_message` sends it.
///
/// `to` is a userID and `conversation_type` `C2C`, or `to` a groupID and `conversation_type` `GROUP`. `options_json` is
/// `create options`, or NULL for none. Result: `message` in `message_json`; give it back with `tim_string_free`.
///
/// Errors: the gate's; 2002 or 2602 for a user or group that is none, 2106 for another type of conversation, 130110 for
/// no text, 8001 for more than 12 KB with the options. For `options_json` also 2106 if they mention users outside a
/// group, 20001 if more than 30, 2002 for one that is none; 130115 for elements that may not be appended, 130117 for
/// more than 20 in all.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_create_text_message(
    client: TimClient,
    to: *const c_char,
    conversation_type: *const c_char,
    text: *const c_char,
    options_json: *const c_char,
    message_json: *mut *mut c_char,
) -> TimStatus {
    create(client, message_json, Box::new(move |tim: Arc<Tim>| tim.create_text_message(
        guard::text(to)?,
        guard::conversation_type(conversation_type)?,
        guard::text(text)?,
        guard::optional_noun(options_json)?,
    )))
}

/// Creates a location message: a place on Earth, in degrees, and its name (may be empty); `tim_send_message` sends it.
///
/// `to` is a userID and `conversation_type` `C2C`, or `to` a groupID and `conversation_type` `GROUP`. `options_json` is
/// `create options`, or NULL for none. Result: `message` in `message_json`; give it back with `tim_string_free`.
///
/// Errors: as of `tim_create_text_message`; 130110 for a longitude that is not -180 to 180, or a latitude that is not
/// -90 to 90.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_create_location_message(
    client: TimClient,
    to: *const c_char,
    conversation_type: *const c_char,
    description: *const c_char,
    longitude: f64,
    latitude: f64,
    options_json: *const c_char,
    message_json: *mut *mut c_char,
) -> TimStatus {
    create(client, message_json, Box::new(move |tim: Arc<Tim>| tim.create_location_message(
        guard::text(to)?,
        guard::conversation_type(conversation_type)?,
        guard::text(description)?,
        longitude,
        latitude,
        guard::optional_noun(options_json)?,
    )))
}

/// Creates a custom message: content of the application's own, three texts of which one at least is not empty;
/// `tim_send_message` sends it.
///
/// `to` is a userID and `conversation_type` `C2C`, or `to` a groupID and `conversation_type` `GROUP`. `options_json` is
/// `create options`, or NULL for none. Result: `message` in `message_json`; give it back with `tim_string_free`.
///
/// Errors: as of `tim_create_text_message`; 130110 if all three are empty.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_create_custom_message(
    client: TimClient,
    to: *const c_char,
    conversation_type: *const c_char,
    data: *const c_char,
    description: *const c_char,
    extension: *const c_char,
    options_json: *const c_char,
    message_json: *mut *mut c_char,
) -> TimStatus {
    create(client, message_json, Box::new(move |tim: Arc<Tim>| tim.create_custom_message(
        guard::text(to)?,
        guard::conversation_type(conversation_type)?,
        guard::text(data)?,
        guard::text(description)?,
        guard::text(extension)?,
        guard::optional_noun(options_json)?,
    )))
}

/// Creates a face message: a sticker of the application's own set, by its number, and a text (may be empty);
/// `tim_send_message` sends it.
///
/// `to` is a userID and `conversation_type` `C2C`, or `to` a groupID and `conversation_type` `GROUP`. `options_json` is
/// `create options`, or NULL for none. Result: `message` in `message_json`; give it back with `tim_string_free`.
///
/// Errors: as of `tim_create_text_message`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_create_face_message(
    client: TimClient,
    to: *const c_char,
    conversation_type: *const c_char,
    index: i32,
    data: *const c_char,
    options_json: *const c_char,
    message_json: *mut *mut c_char,
) -> TimStatus {
    create(client, message_json, Box::new(move |tim: Arc<Tim>| tim.create_face_message(
        guard::text(to)?,
        guard::conversation_type(conversation_type)?,
        index,
        guard::text(data)?,
        guard::optional_noun(options_json)?,
    )))
}

/// Creates a message with the content of another one, the `original_json`, and with its `cloudCustomData` unless
/// `options_json` has some. A file is not uploaded again. `tim_send_message` sends it.
///
/// `to` is a userID and `conversation_type` `C2C`, or `to` a groupID and `conversation_type` `GROUP`. `original_json`
/// is `message`. `options_json` is `create options`, or NULL for none. Result: `message` in `message_json`; give it
/// back with `tim_string_free`.
///
/// Errors: as of `tim_create_text_message`; 2453 for a message that was not sent, is revoked, of the server, or of a
/// kind that this version does not know.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_create_forward_message(
    client: TimClient,
    to: *const c_char,
    conversation_type: *const c_char,
    original_json: *const c_char,
    options_json: *const c_char,
    message_json: *mut *mut c_char,
) -> TimStatus {
    create(client, message_json, Box::new(move |tim: Arc<Tim>| tim.create_forward_message(
        guard::text(to)?,
        guard::conversation_type(conversation_type)?,
        guard::noun(original_json)?,
        guard::optional_noun(options_json)?,
    )))
}

/// Creates a merger: several messages as one, with a title, up to 5 lines of 100 characters that show what is in it,
/// and a text for programs that do not know mergers; `tim_send_message` sends it. One that has more than 11 KB, or in
/// which others nest deep, is uploaded then: `tim_download_merger_message` gives its messages.
///
/// `to` is a userID and `conversation_type` `C2C`, or `to` a groupID and `conversation_type` `GROUP`.
/// `message_list_json` is an array of `message`. `abstract_list_json` is an array of texts. `options_json` is `create
/// options`, or NULL for none. Result: `message` in `message_json`; give it back with `tim_string_free`.
///
/// Errors: as of `tim_create_text_message`; 2450 for no messages, more than 300, one that was not sent, is revoked, of
/// the server, or of a kind that this version does not know, and for mergers in mergers, more than 100 deep; 130110 for
/// too many or too long lines, or no `compatible_text`; of a large one 2402 for more than 5 MB, and 130168 or 6022.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_create_merger_message(
    client: TimClient,
    to: *const c_char,
    conversation_type: *const c_char,
    message_list_json: *const c_char,
    title: *const c_char,
    abstract_list_json: *const c_char,
    compatible_text: *const c_char,
    options_json: *const c_char,
    message_json: *mut *mut c_char,
) -> TimStatus {
    create(client, message_json, Box::new(move |tim: Arc<Tim>| tim.create_merger_message(
        guard::text(to)?,
        guard::conversation_type(conversation_type)?,
        guard::noun(message_list_json)?,
        guard::text(title)?,
        guard::noun(abstract_list_json)?,
        guard::text(compatible_text)?,
        guard::optional_noun(options_json)?,
    )))
}

/// Makes a picture message of a file: JPEG, PNG, GIF, BMP or WebP, under 20 MB. It can be shown at once: it has the
/// picture's width and height, and `localPath`. Looks at the file on the caller's thread; `tim_send_message` uploads
/// and sends it. Until then the file has to stay where it is.
///
/// `to` is a userID and `conversation_type` `C2C`, or `to` a groupID and `conversation_type` `GROUP`. `options_json` is
/// `create options`, or NULL for none. While the file is uploaded `on_progress` (may be NULL) is told 0 to 100 on a
/// thread that it may block; `progress_destroy` is called when it is needed no more, with an error before this returns.
/// Result: `message` in `message_json`; give it back with `tim_string_free`.
///
/// Errors: the gate's; 2002 or 2602 for a user or group that is none, 2106 for another type of conversation; 2251 for
/// no path, 2401 for a file that cannot be read, 7006 if it is empty, 2252 if it is no picture, 2253 if it has 20 MB or
/// more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_create_image_message(
    client: TimClient,
    to: *const c_char,
    conversation_type: *const c_char,
    file: *const c_char,
    options_json: *const c_char,
    on_progress: TimProgressCallback,
    progress_user_data: *mut c_void,
    progress_destroy: TimDestroy,
    message_json: *mut *mut c_char,
) -> TimStatus {
    let on_progress = progress(on_progress, progress_user_data, progress_destroy);
    create(client, message_json, Box::new(move |tim: Arc<Tim>| tim.create_image_message(
        guard::text(to)?,
        guard::conversation_type(conversation_type)?,
        guard::text(file)?,
        guard::optional_noun(options_json)?,
        on_progress,
    )))
}

/// Makes a picture message of a file's bytes, as `tim_create_image_message` does of a file. They are written into a
/// file of the engine's, which `localPath` names. Of more than 256 files, or more than 100 MB of bytes, that were never
/// sent, the oldest cannot be sent any more.
///
/// `to` is a userID and `conversation_type` `C2C`, or `to` a groupID and `conversation_type` `GROUP`. `bytes` are
/// copied before this returns. `options_json` is `create options`, or NULL for none. While the file is uploaded
/// `on_progress` (may be NULL) is told 0 to 100 on a thread that it may block; `progress_destroy` is called when it is
/// needed no more, with an error before this returns. Result: `message` in `message_json`; give it back with
/// `tim_string_free`.
///
/// Errors: the gate's; 2002 or 2602 for a user or group that is none, 2106 for another type of conversation; 7006 for
/// no bytes, 2252 if they are no picture, 2253 if there are 20 MB or more; 130168 or 6022 if they cannot be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_create_image_message_from_bytes(
    client: TimClient,
    to: *const c_char,
    conversation_type: *const c_char,
    bytes: *const u8,
    length: usize,
    options_json: *const c_char,
    on_progress: TimProgressCallback,
    progress_user_data: *mut c_void,
    progress_destroy: TimDestroy,
    message_json: *mut *mut c_char,
) -> TimStatus {
    let on_progress = progress(on_progress, progress_user_data, progress_destroy);
    create(client, message_json, Box::new(move |tim: Arc<Tim>| tim.create_image_message_from_bytes(
        guard::text(to)?,
        guard::conversation_type(conversation_type)?,
        guard::bytes(bytes, length, FileType::Image)?,
        guard::optional_noun(options_json)?,
        on_progress,
    )))
}

/// Creates an audio message, such as a voice message: a recording of any format, up to 28 MB, that lasts `second`
/// seconds. `localPath` names it. Looks at the file on the caller's thread; `tim_send_message` uploads and sends it.
/// Until then the file has to stay where it is.
///
/// `to` is a userID and `conversation_type` `C2C`, or `to` a groupID and `conversation_type` `GROUP`. `options_json` is
/// `create options`, or NULL for none. While the file is uploaded `on_progress` (may be NULL) is told 0 to 100 on a
/// thread that it may block; `progress_destroy` is called when it is needed no more, with an error before this returns.
/// Result: `message` in `message_json`; give it back with `tim_string_free`.
///
/// Errors: the gate's; 2002 or 2602 for a user or group that is none, 2106 for another type of conversation; 2401 for a
/// file that cannot be read, 7006 if it is empty, 2301 if it has more than 28 MB, 20001 for a negative duration.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_create_audio_message(
    client: TimClient,
    to: *const c_char,
    conversation_type: *const c_char,
    file: *const c_char,
    second: i32,
    options_json: *const c_char,
    on_progress: TimProgressCallback,
    progress_user_data: *mut c_void,
    progress_destroy: TimDestroy,
    message_json: *mut *mut c_char,
) -> TimStatus {
    let on_progress = progress(on_progress, progress_user_data, progress_destroy);
    create(client, message_json, Box::new(move |tim: Arc<Tim>| tim.create_audio_message(
        guard::text(to)?,
        guard::conversation_type(conversation_type)?,
        guard::text(file)?,
        second,
        guard::optional_noun(options_json)?,
        on_progress,
    )))
}

/// Creates a video message of a video, up to 100 MB, that lasts `second` seconds, and of its `snapshot`: a picture that
/// stands for it until it is played, as of `tim_create_image_message`. `format` is such as `mp4`, empty for the file's
/// extension. `localPath` and `localSnapshotPath` name the files. Looks at them on the caller's thread;
/// `tim_send_message` uploads and sends them. Until then they have to stay where they are.
///
/// `to` is a userID and `conversation_type` `C2C`, or `to` a groupID and `conversation_type` `GROUP`. `options_json` is
/// `create options`, or NULL for none. While the file is uploaded `on_progress` (may be NULL) is told 0 to 100 on a
/// thread that it may block; `progress_destroy` is called when it is needed no more, with an error before this returns.
/// Result: `message` in `message_json`; give it back with `tim_string_free`.
///
/// Errors: the gate's; 2002 or 2602 for a user or group that is none, 2106 for another type of conversation; 2401 for a
/// file that cannot be read, 7006 if it is empty, 2351 if the video has more than 100 MB, 130110 for a format that is
/// not 1 to 16 letters and digits, 20001 for a negative duration; for the snapshot 2251 for no path, 2252 if it is no
/// picture, 2253 if it has 20 MB or more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_create_video_message(
    client: TimClient,
    to: *const c_char,
    conversation_type: *const c_char,
    file: *const c_char,
    format: *const c_char,
    second: i32,
    snapshot: *const c_char,
    options_json: *const c_char,
    on_progress: TimProgressCallback,
    progress_user_data: *mut c_void,
    progress_destroy: TimDestroy,
    message_json: *mut *mut c_char,
) -> TimStatus {
    let on_progress = progress(on_progress, progress_user_data, progress_destroy);
    create(client, message_json, Box::new(move |tim: Arc<Tim>| tim.create_video_message(
        guard::text(to)?,
        guard::conversation_type(conversation_type)?,
        guard::text(file)?,
        guard::text(format)?,
        second,
        guard::text(snapshot)?,
        guard::optional_noun(options_json)?,
        on_progress,
    )))
}

/// Makes a file message of any file, up to 100 MB; `name` is what receivers see, empty for the file's own. `localPath`
/// names it. Looks at the file on the caller's thread; `tim_send_message` uploads and sends it. Until then the file has
/// to stay where it is.
///
/// `to` is a userID and `conversation_type` `C2C`, or `to` a groupID and `conversation_type` `GROUP`. `options_json` is
/// `create options`, or NULL for none. While the file is uploaded `on_progress` (may be NULL) is told 0 to 100 on a
/// thread that it may block; `progress_destroy` is called when it is needed no more, with an error before this returns.
/// Result: `message` in `message_json`; give it back with `tim_string_free`.
///
/// Errors: the gate's; 2002 or 2602 for a user or group that is none, 2106 for another type of conversation; 2401 for a
/// file that cannot be read, 7006 if it is empty, 2402 if it has more than 100 MB, 130110 for a name longer than 256
/// bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_create_file_message(
    client: TimClient,
    to: *const c_char,
    conversation_type: *const c_char,
    file: *const c_char,
    name: *const c_char,
    options_json: *const c_char,
    on_progress: TimProgressCallback,
    progress_user_data: *mut c_void,
    progress_destroy: TimDestroy,
    message_json: *mut *mut c_char,
) -> TimStatus {
    let on_progress = progress(on_progress, progress_user_data, progress_destroy);
    create(client, message_json, Box::new(move |tim: Arc<Tim>| tim.create_file_message(
        guard::text(to)?,
        guard::conversation_type(conversation_type)?,
        guard::text(file)?,
        guard::text(name)?,
        guard::optional_noun(options_json)?,
        on_progress,
    )))
}

/// Makes a file message of a file's bytes, as `tim_create_file_message` does of a file; it needs a name.
///
/// `to` is a userID and `conversation_type` `C2C`, or `to` a groupID and `conversation_type` `GROUP`. `bytes` are
/// copied before this returns. `options_json` is `create options`, or NULL for none. While the file is uploaded
/// `on_progress` (may be NULL) is told 0 to 100 on a thread that it may block; `progress_destroy` is called when it is
/// needed no more, with an error before this returns. Result: `message` in `message_json`; give it back with
/// `tim_string_free`.
///
/// Errors: as of `tim_create_file_message`; 130168 or 6022 if they cannot be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_create_file_message_from_bytes(
    client: TimClient,
    to: *const c_char,
    conversation_type: *const c_char,
    bytes: *const u8,
    length: usize,
    name: *const c_char,
    options_json: *const c_char,
    on_progress: TimProgressCallback,
    progress_user_data: *mut c_void,
    progress_destroy: TimDestroy,
    message_json: *mut *mut c_char,
) -> TimStatus {
    let on_progress = progress(on_progress, progress_user_data, progress_destroy);
    create(client, message_json, Box::new(move |tim: Arc<Tim>| tim.create_file_message_from_bytes(
        guard::text(to)?,
        guard::conversation_type(conversation_type)?,
        guard::bytes(bytes, length, FileType::File)?,
        guard::text(name)?,
        guard::optional_noun(options_json)?,
        on_progress,
    )))
}

/// Inserts a message that was created here into its conversation on this device, as if `sender` had written it now: a
/// hint of the app, or a message from elsewhere. Nobody else gets it, nor do this user's other devices. It is listed by
/// its time, with the status `localImported`, may be the last message of its conversation, and counts as read. Searches
/// do not find it; `tim_find_messages` does. `tim_delete_message`, `tim_clear_history_message` and
/// `tim_delete_conversation` remove it. Answers it as it is listed.
///
/// `message_json` is `message`. Result: `message`.
///
/// Errors: the gate's; 2105 for a message that was not created here, was sent, is inserted already, or has a file that
/// is not on a server; 20001, with the reason, for a sender who is none of the two of a C2C conversation, or if 1,000
/// are inserted; 20002 for a sender that is no user ID. `Storage`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_insert_message_to_local_storage(
    client: TimClient,
    message_json: *const c_char,
    sender: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::insert_message_to_local_storage(
        tim,
        guard::noun(message_json)?,
        guard::text(sender)?,
    ))))
}

/// Keeps a text beside a message on this device: its `localCustomData`. An empty one removes it. It goes with the
/// message, and stays when that changes.
///
/// Result: `null`.
///
/// Errors: the gate's; 2105 for an ID that is none, 130150 for a message that is neither stored on this device nor in
/// the outbox, 20001 over 12 KB. `Storage`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_set_local_custom_data(
    client: TimClient,
    message_id: *const c_char,
    data: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::set_local_custom_data(
        tim,
        guard::text(message_id)?,
        guard::text(data)?,
    ))))
}

/// Keeps a number beside a message on this device: its `localCustomInt`. 0 removes it.
///
/// Result: `null`.
///
/// Errors: as `tim_set_local_custom_data`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_set_local_custom_int(
    client: TimClient,
    message_id: *const c_char,
    number: i64,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::set_local_custom_int(
        tim,
        guard::text(message_id)?,
        number,
    ))))
}

/// A page of up to `count` (1 to 100) members of a group that this user is in, those of one role or all. `next` is what
/// the page before gave, and absent for the first. Who is a member the whole time is listed once, whoever comes or goes
/// meanwhile.
///
/// `role_json` is `role`, or NULL for none. `next` may be NULL. Result: `group member list`.
///
/// Errors: the gate's; 2602 for an id that is none, 2002 for `next` that is none, 20001 for a count that does not fit,
/// 10007 for who is not in it, 10010 for no such group; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_group_member_list(
    client: TimClient,
    group_id: *const c_char,
    count: i32,
    role_json: *const c_char,
    next: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::get_group_member_list(
        tim,
        guard::text(group_id)?,
        count,
        guard::optional_noun(role_json)?,
        guard::optional_text(next)?,
    ))))
}

/// Adds 1 to 100 users to a group, and tells what became of each. If its invite option is `NeedPermission`, those whom
/// an ordinary member names wait for the owner or an admin.
///
/// `user_id_list_json` is an array of texts. Result: `added members`.
///
/// Errors: the gate's; 2602 for an id that is none, 2002 for a user's, 20001 for none or more than 100 users, 10007 for
/// who is not in it or if nobody may be added, 10010 for no such group; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_add_group_member(
    client: TimClient,
    group_id: *const c_char,
    user_id_list_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::add_group_member(
        tim,
        guard::text(group_id)?,
        guard::noun(user_id_list_json)?,
    ))))
}

/// Removes 1 to 100 members of lower roles from a group, and says why, in up to 256 bytes. For `duration` seconds they
/// may not come back. Who is no member is passed over.
///
/// `user_id_list_json` is an array of texts. Result: `null`.
///
/// Errors: the gate's; 2602 for an id that is none, 2002 for a user's, 20001 for none or more than 100 users, 10004 for
/// a reason that is too long, 10007 for who may not, 10010 for no such group; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_delete_group_member(
    client: TimClient,
    group_id: *const c_char,
    user_id_list_json: *const c_char,
    reason: *const c_char,
    duration: i32,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::delete_group_member(
        tim,
        guard::text(group_id)?,
        guard::noun(user_id_list_json)?,
        guard::text(reason)?,
        duration,
    ))))
}

/// Makes a member an admin, or an admin an ordinary member again. Only the owner may. A group has at most 100 admins.
///
/// `role_json` is `role`. Result: `group member`.
///
/// Errors: the gate's; 2602 for an id that is none, 2002 for a user's, 2623 for who is no member, 2682 in a group of a
/// type without admins, 2683 for another role, 2684 for the own role, 10004 for a 101st admin, 10007 for who may not,
/// 10010 for no such group, 10019 for no such user; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_set_group_member_role(
    client: TimClient,
    group_id: *const c_char,
    user_id: *const c_char,
    role_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::set_group_member_role(
        tim,
        guard::text(group_id)?,
        guard::text(user_id)?,
        guard::noun(role_json)?,
    ))))
}

/// Makes another member the owner, and this user, who is the owner, an ordinary member. Gives the group.
///
/// Result: `group`.
///
/// Errors: the gate's; 2602 for an id that is none, 2002 for a user's, 2621 for this user, 2623 for who is no member,
/// 10007 for who is not the owner, 10010 for no such group, 10019 for no such user; 2800 or 2801; if the connection
/// broke before the answer, the group tells who owns it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_change_group_owner(
    client: TimClient,
    group_id: *const c_char,
    new_owner_id: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::change_group_owner(
        tim,
        guard::text(group_id)?,
        guard::text(new_owner_id)?,
    ))))
}

/// Mutes a member of a lower role for so many seconds from now on, by the server's clock; 0 lets the member write
/// again. What a muted member sends is refused with 10017. Nobody is muted in a group of the type Work.
///
/// Result: `group member`.
///
/// Errors: the gate's; 2602 for an id that is none, 2002 for a user's, 2623 for who is no member, 2685 for this user,
/// 10007 for who may not, 10010 for no such group, 10019 for no such user, 20001 for a negative time; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_set_group_member_mute_time(
    client: TimClient,
    group_id: *const c_char,
    user_id: *const c_char,
    mute_time: i32,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::set_group_member_mute_time(
        tim,
        guard::text(group_id)?,
        guard::text(user_id)?,
        mute_time,
    ))))
}

/// Sets what a member is called in a group, in up to 50 bytes; empty: as elsewhere. No user is this user; the owner and
/// the admins name members of a lower role. Members hear of it by a tip.
///
/// `user_id` may be NULL. Result: `group member`.
///
/// Errors: the gate's; 2602 for an id that is none, 2002 for a user's, 2623 for who is no member, 10004 for a name that
/// is too long, 10007 for who may not, 10010 for no such group, 10019 for no such user; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_set_group_member_name_card(
    client: TimClient,
    group_id: *const c_char,
    name_card: *const c_char,
    user_id: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::set_group_member_name_card(
        tim,
        guard::text(group_id)?,
        guard::text(name_card)?,
        guard::optional_text(user_id)?,
    ))))
}

/// Sets fields that the app keeps with a member, beside which the others stay; an empty value removes a field. A member
/// has up to 5, of keys of 1 to 16 bytes and values of up to 512. No user is this user; the owner and the admins set
/// those of members of a lower role. Members hear of it by a tip.
///
/// `member_custom_field_json` is an array of `custom field`. `user_id` may be NULL. Result: `group member`.
///
/// Errors: the gate's; 2602 for an id that is none, 2002 for a user's, 2623 for who is no member, 10004 for none, too
/// many or a field that does not fit, 10007 for who may not, 10010 for no such group, 10019 for no such user; 2800 or
/// 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_set_group_member_custom_field(
    client: TimClient,
    group_id: *const c_char,
    member_custom_field_json: *const c_char,
    user_id: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::set_group_member_custom_field(
        tim,
        guard::text(group_id)?,
        guard::noun(member_custom_field_json)?,
        guard::optional_text(user_id)?,
    ))))
}

/// Sends a message that was created here. It is on this device's stable storage before the first attempt, and attempts
/// go on across breaks and restarts. Answers it with its place, once it is on the server's stable storage. One that was
/// refused is sent again with `tim_resend_message`.
///
/// `message_json` is `message`. `options_json` is `send options`, or NULL for none. Result: `message`.
///
/// Errors: the gate's; 130161 if `tim_cancel_message` took it back, or if the login ended first: then the message
/// stays, and is sent after the next one; 2105 for a message that is not this user's or was sent already, 130164 while
/// 10,000 wait; by the server: 20003 for no such user, 20007 for a receiver who does not want it, 10007 or 10010 for a
/// group; for one with a file also 2105 if it was forgotten or taken back, 2252, 2253, 2301, 2351, 2400, 2401, 2402,
/// 2450, 7006, 130140 to 130145, 130147 or 130148, or what an upload plugin answered; 2002, 2106, 8001, 20001 or 130110
/// for a message that was changed into one that cannot be sent; 6005, 6022 or 130168 if it could not be kept; for one
/// with a file: 2800 or 2801 once it was tried four times.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_send_message(
    client: TimClient,
    message_json: *const c_char,
    options_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::send_message(
        tim,
        guard::noun(message_json)?,
        guard::optional_noun(options_json)?,
    ))))
}

/// Sends a message that was refused again, under the same identity; of one that waits, its end is awaited. Its ID is
/// enough, also after a restart: `tim_get_message_list` shows what waits and what was refused.
///
/// Result: `message`.
///
/// Errors: those of `tim_send_message`; 2105 for an ID that is none, for a message that is not in the outbox, or whose
/// end is awaited already. A file that was refused for what it is (2252, 2253, 2301, 2351, 2402, 2450, 7006, 130145,
/// 130147, 130148) is refused again with the same number, at once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_resend_message(
    client: TimClient,
    message_id: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::resend_message(tim, guard::text(message_id)?))))
}

/// Cancels a message that was not sent yet, for good: one that waits, or was refused; an upload for it ends. The call
/// that sends it ends with 130161. A picture cannot be sent again then: create it anew. If an attempt broke off, the
/// server may have the message nevertheless: then it comes with the next sync. Its ID is enough, also after a restart.
///
/// Result: `null`.
///
/// Errors: the gate's; 2105 for an ID that is none, 130170 while it is on its way (`tim_revoke_message` takes it back
/// once it has arrived), 130171 if it has arrived, was taken back already, or was never sent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_cancel_message(
    client: TimClient,
    message_id: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::cancel_message(tim, guard::text(message_id)?))))
}

/// Takes a message back that has arrived: an own one within two minutes (unless the server is set otherwise), in a
/// group also another's if this user is its owner or an admin. Its content leaves every device; everybody sees the
/// `reason`, of at most 256 bytes. Answers the message as it is now.
///
/// `message_json` is `message`. `reason` may be NULL. Result: `message`.
///
/// Errors: the gate's; 2105 for a message that was not sent, 10030 if it does not exist, 10007 or 10032 if it may not
/// be taken back, 10031 or 20016 if it is too late, 20001 for too long a reason; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_revoke_message(
    client: TimClient,
    message_json: *const c_char,
    reason: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::revoke_message(
        tim,
        guard::noun(message_json)?,
        guard::optional_text(reason)?,
    ))))
}

/// Modifies a message of this user on every device: pass it as it was listed or received, with another content of the
/// same kind (a text, a custom message, a face or a location), with other `elements` appended, with other
/// `cloudCustomData`, or several of these. Of all other kinds the content stays. Answers the message as it is now.
///
/// `message_json` is `message`. Result: `message`.
///
/// Errors: the gate's; 2480 if another device modified it first, and the event `onMessageModified` has it as it is now;
/// 2105 for a message that was not sent, 130150 if it does not exist or was taken back, 130151 for another user's or
/// for another kind of content; 8001, 80002, 20007, 10007, 10010, 130110, 130115 or 130117 for what could not be sent
/// either; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_modify_message(
    client: TimClient,
    message_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::modify_message(tim, guard::noun(message_json)?))))
}

/// Deletes 1 to 50 messages of one conversation for this user, on all devices: others keep them. Without a connection
/// they are deleted here at once, elsewhere later. The user's other devices emit `onMessageDeleted`. Pass messages as
/// they were listed or received. Those that wait to be sent or were refused leave the outbox, as `tim_cancel_message`
/// has it.
///
/// `message_list_json` is an array of `message`. Result: `null`.
///
/// Errors: the gate's; 20001 for none, too many, or messages of several conversations, 2116 for a system notice, 2500
/// for a conversation that is not known, 2105 for a message that was neither sent nor refused nor waits, 130170 while
/// one is on its way. Then nothing is deleted.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_delete_message(
    client: TimClient,
    message_list_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::delete_message(
        tim,
        guard::noun(message_list_json)?,
    ))))
}

/// A page of a conversation's messages, oldest first: the newest, or those before the page that gave this
/// `next_req_message_id`, passed as it was. `count` is cut to 1 to 100. What this device lacks is asked of the server.
///
/// Besides so many that have a place it shows the outbox: what waits (`unSend`) behind all others on the newest page,
/// what was refused (`fail`, with `errorCode`) by the time it was sent, on one page each. A message that gets its place
/// between two pages may be in both, under the same ID.
///
/// `next_req_message_id` may be NULL. Result: `message list`.
///
/// Errors: the gate's; 2503 for a conversation that is none, 20001 for a `next_req_message_id` that no page gave, 10007
/// for messages of a group that are not this user's to read; 2800 or 2801 if older messages cannot be asked for.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_message_list(
    client: TimClient,
    conversation_id: *const c_char,
    next_req_message_id: *const c_char,
    count: i32,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::get_message_list(
        tim,
        guard::text(conversation_id)?,
        guard::optional_text(next_req_message_id)?,
        count,
    ))))
}

/// A page of a conversation's messages from any place on, in either direction: for a jump to a message that was found
/// or quoted, and on from there. What this device lacks is asked of the server; without it the page ends where the
/// stored messages end. It shows nothing of the outbox.
///
/// `param_json` is `message list hopping param`. Result: `message list hopping`.
///
/// Errors: the gate's; 2503 for a conversation that is none, 20001 for a direction that is none, a negative sequence,
/// or a sequence and a time, or neither; 10007 or 10010 for messages of a group that are not this user's to read; 2800
/// or 2801 if messages, or the place of a time, have to be asked for and cannot.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_message_list_hopping(
    client: TimClient,
    param_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::get_message_list_hopping(
        tim,
        guard::noun(param_json)?,
    ))))
}

/// The messages with these IDs that are on this device, in this order: received, sent, waiting or refused. The others
/// are left out. Asks nobody.
///
/// `message_id_list_json` is an array of texts. Result: an array of `message`.
///
/// Errors: the gate's; 2105 for an ID that is none, 20001 for more than 100.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_find_messages(
    client: TimClient,
    message_id_list_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::find_messages(
        tim,
        guard::noun(message_id_list_json)?,
    ))))
}

/// Saves the file of a message in one of its renditions, atomically. If the connection breaks, it goes on; if it, the
/// login or the app ends early, what came lies beside `target` (`.partial`) for a week, and the same call goes on with
/// it.
///
/// `message_json` is `message`. `rendition` is 0 (original), 1 (thumbnail), 2 (large) or 3 (snapshot of a video). While
/// the file is fetched `on_progress` (may be NULL) is told 0 to 100 on a thread that it may block; `progress_destroy`
/// is called when it is needed no more, with an error before this returns. Result: `null`.
///
/// Errors: the gate's; 2105 for a message that has no such file or is not sent yet; 130140, 130141 or 130143 if the
/// server has it no more or does not give it, 130143 for a file elsewhere that has no https address or is refused
/// there; 2800 or 2801; 130168 or 6022 if the file cannot be written; 130161 if `tim_cancel_download` ended it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_download_attachment(
    client: TimClient,
    message_json: *const c_char,
    rendition: u32,
    target: *const c_char,
    on_progress: TimProgressCallback,
    progress_user_data: *mut c_void,
    progress_destroy: TimDestroy,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    let on_progress = progress(on_progress, progress_user_data, progress_destroy);
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::download_attachment(
        tim,
        guard::noun(message_json)?,
        guard::rendition(rendition)?,
        guard::text(target)?,
        on_progress,
    ))))
}

/// The path of the file of a message on this device, in one of its renditions, for image views and players. A file that
/// is here is answered at once, also offline: that of an own message, or one in the cache. Otherwise it is loaded into
/// the cache; calls for one file at the same time load it once. Do not change the file. The cache keeps the files used
/// last, up to the `cacheBytes` of the options; `localPath` is there as long as the original is. A file leaves with its
/// message.
///
/// `message_json` is `message`. `rendition` is 0 (original), 1 (thumbnail), 2 (large) or 3 (snapshot of a video). While
/// the file is fetched `on_progress` (may be NULL) is told 0 to 100 on a thread that it may block; `progress_destroy`
/// is called when it is needed no more, with an error before this returns. Result: a text.
///
/// Errors: those of `tim_download_attachment`; 130168 if there is no room with an empty cache either.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_attachment_file(
    client: TimClient,
    message_json: *const c_char,
    rendition: u32,
    on_progress: TimProgressCallback,
    progress_user_data: *mut c_void,
    progress_destroy: TimDestroy,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    let on_progress = progress(on_progress, progress_user_data, progress_destroy);
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::get_attachment_file(
        tim,
        guard::noun(message_json)?,
        guard::rendition(rendition)?,
        on_progress,
    ))))
}

/// The full address of the file of a message, in one of its renditions, as an image view or a player takes it: a plain
/// `GET` gives the bytes, as often as wanted, for five to ten minutes; then it is refused with 403 and 130141. Call
/// this again for a fresh one, whenever a view needs an address: it is signed on this device, and asks the server now
/// and then only. The address is another one after some minutes: let caches remember the message's ID and the
/// rendition.
///
/// `message_json` is `message`. `rendition` is 0 (original), 1 (thumbnail), 2 (large) or 3 (snapshot of a video).
/// Result: a text.
///
/// Errors: the gate's; 2105 for a message that has no such file or is not sent yet (its `localPath` shows it), 130143
/// for an address that is neither on the server nor `https`; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_attachment_url(
    client: TimClient,
    message_json: *const c_char,
    rendition: u32,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::get_attachment_url(
        tim,
        guard::noun(message_json)?,
        guard::rendition(rendition)?,
    ))))
}

/// The messages of a merger. Each can be passed on, its files downloaded and addressed, and its own messages asked for
/// if it is a merger, as of a message that was received; what needs a place in a conversation it has not, and its
/// `sequence` is 0. Of a merger that has its messages in its body nothing is downloaded.
///
/// `message_json` is `message`. Result: an array of `message`.
///
/// Errors: the gate's; 2450 for a message that is no merger, 2451 for one whose messages the server does not have (any
/// more), or that was not sent yet, 2452 if they cannot be read; 2800 or 2801; 130168 or 6022.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_download_merger_message(
    client: TimClient,
    message_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::download_merger_message(
        tim,
        guard::noun(message_json)?,
    ))))
}

/// Ends every download into this file, named exactly as for `tim_download_attachment`, which fails with 130161; nothing
/// is left of it, and a file that was there before stays. Returns when they have ended.
///
/// Result: `null`.
///
/// Errors: the gate's; 130171 if no download into this file is under way.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_cancel_download(
    client: TimClient,
    target: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::cancel_download(tim, guard::text(target)?))))
}

/// All conversations, or those that a filter wants: the pinned ones first, and of these and of the others the most
/// recently active first.
///
/// `filter_json` is `conversation filter`, or NULL for none. Result: an array of `conversation`.
///
/// Errors: the gate's; 2503 for a conversation that is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_conversation_list(
    client: TimClient,
    filter_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::get_conversation_list(
        tim,
        guard::optional_noun(filter_json)?,
    ))))
}

/// One conversation of the list.
///
/// Result: `conversation`.
///
/// Errors: the gate's; 2503 for a conversation that is none, 2500 for one that the list does not have.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_conversation_profile(
    client: TimClient,
    conversation_id: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::get_conversation_profile(
        tim,
        guard::text(conversation_id)?,
    ))))
}

/// Marks everything in a conversation as read: here at once, elsewhere as soon as it can be told. Sending a message
/// does not mark anything as read.
///
/// Result: `null`.
///
/// Errors: the gate's; 2503 for a conversation that is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_set_message_read(
    client: TimClient,
    conversation_id: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::set_message_read(
        tim,
        guard::text(conversation_id)?,
    ))))
}

/// Marks a message and everything before it as read, as `tim_set_message_read` marks everything. Asks the server, which
/// alone can tell how many unread messages are left.
///
/// `message_json` is `message`. Result: `null`.
///
/// Errors: the gate's; 2105 for a message that was not sent, 10010 or 10007 for a group. `Unreachable`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_set_message_read_up_to(
    client: TimClient,
    message_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::set_message_read_up_to(
        tim,
        guard::noun(message_json)?,
    ))))
}

/// Marks everything as read in all conversations of a type, as `tim_set_message_read` does in one.
///
/// `scope` is `readAllC2CMessage`, `readAllGroupMessage` or `readAllMessage`. Result: `null`.
///
/// Errors: the gate's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_set_all_message_read(
    client: TimClient,
    scope: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::set_all_message_read(
        tim,
        guard::read_all_type(scope)?,
    ))))
}

/// How many messages are unread in the conversations that a filter wants, of those that `getTotalUnreadMessageCount`
/// counts.
///
/// `filter_json` is `conversation filter`. Result: a number.
///
/// Errors: the gate's; 2503 for a conversation that is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_unread_message_count_by_filter(
    client: TimClient,
    filter_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::get_unread_message_count_by_filter(
        tim,
        guard::noun(filter_json)?,
    ))))
}

/// Tells with `onUnreadMessageCountChangedByFilter` whenever what `tim_get_unread_message_count_by_filter` counts
/// changes, at most once a second, until `tim_unsubscribe_unread_message_count_by_filter` or the end of the login;
/// returns the number as it is now. A filter that is subscribed to already stays so.
///
/// `filter_json` is `conversation filter`. Result: a number.
///
/// Errors: the gate's; 2503 for a conversation that is none, 130159 for more than 50 filters.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_subscribe_unread_message_count_by_filter(
    client: TimClient,
    filter_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::subscribe_unread_message_count_by_filter(
        tim,
        guard::noun(filter_json)?,
    ))))
}

/// Ends a subscription, if there is one with this filter.
///
/// `filter_json` is `conversation filter`. Result: `null`.
///
/// Errors: the gate's; 2503 for a conversation that is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_unsubscribe_unread_message_count_by_filter(
    client: TimClient,
    filter_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::unsubscribe_unread_message_count_by_filter(
        tim,
        guard::noun(filter_json)?,
    ))))
}

/// Puts a conversation at the top of the list, or takes it from there, on all devices of the user. Like the other
/// settings of a conversation this takes effect here at once, and elsewhere as soon as the server can be told, also
/// after a restart.
///
/// Result: `null`.
///
/// Errors: the gate's; 2503 for a conversation that is none, 2500 for one that is not known here.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_pin_conversation(
    client: TimClient,
    conversation_id: *const c_char,
    is_pinned: bool,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::pin_conversation(
        tim,
        guard::text(conversation_id)?,
        is_pinned,
    ))))
}

/// Sets which messages of conversations this user wants to be told of. Those that are not known here are in the list of
/// failures, with 2500.
///
/// `conversation_id_list_json` is an array of texts. `message_remind_type` is `AcceptAndNotify`, `AcceptNotNotify`,
/// `Discard`, `AcceptNotNotifyExceptAt` or `NotReceiveMsgExceptAt`. Result: `conversation results`.
///
/// Errors: the gate's; 2503 for a conversation that is none, 50002 for no conversation, 51006 for more than 100, 130116
/// for a type that this version does not know.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_set_message_remind_type(
    client: TimClient,
    conversation_id_list_json: *const c_char,
    message_remind_type: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::set_message_remind_type(
        tim,
        guard::noun(conversation_id_list_json)?,
        guard::message_remind_type(message_remind_type)?,
    ))))
}

/// Sets a mark of conversations, or removes it: 1 STAR, 2 UNREAD, 4 FOLD, 8 HIDE, or a power of two from 2^32 on with a
/// meaning of the app's own; the highest bit is the sign. Those that are not known here are in the list of failures,
/// with 2500.
///
/// `conversation_id_list_json` is an array of texts. Result: `conversation results`.
///
/// Errors: the gate's; 2503 for a conversation that is none, 50002 for no conversation or another mark, 51006 for more
/// than 100.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_mark_conversation(
    client: TimClient,
    conversation_id_list_json: *const c_char,
    mark_type: i64,
    enable_mark: bool,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::mark_conversation(
        tim,
        guard::noun(conversation_id_list_json)?,
        mark_type,
        enable_mark,
    ))))
}

/// Sets the app's own data of conversations, at most 256 bytes; an empty text removes it. Those that are not known here
/// are in the list of failures, with 2500.
///
/// `conversation_id_list_json` is an array of texts. Result: `conversation results`.
///
/// Errors: the gate's; 2503 for a conversation that is none, 50002 for no conversation or longer data, 51006 for more
/// than 100.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_set_conversation_custom_data(
    client: TimClient,
    conversation_id_list_json: *const c_char,
    custom_data: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::set_conversation_custom_data(
        tim,
        guard::noun(conversation_id_list_json)?,
        guard::text(custom_data)?,
    ))))
}

/// Removes what was said in a conversation, for this user on all devices. The conversation stays in the list, with
/// nothing unread; the other side keeps its messages. Takes effect here at once, and elsewhere as soon as the server
/// can be told.
///
/// Result: `null`.
///
/// Errors: the gate's; 2503 for a conversation that is none, 2500 for one that is not known here.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_clear_history_message(
    client: TimClient,
    conversation_id: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::clear_history_message(
        tim,
        guard::text(conversation_id)?,
    ))))
}

/// Removes conversations from the list, on all devices of the user, until somebody writes there again; with
/// `clear_history_message` also what was said in them. The user stays a member of a group. Those that are not known
/// here are in the list of failures, with 2500.
///
/// `conversation_id_list_json` is an array of texts. Result: `conversation results`.
///
/// Errors: the gate's; 2503 for a conversation that is none, 50002 for no conversation, 51006 for more than 100.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_delete_conversation(
    client: TimClient,
    conversation_id_list_json: *const c_char,
    clear_history_message: bool,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::delete_conversation(
        tim,
        guard::noun(conversation_id_list_json)?,
        clear_history_message,
    ))))
}

/// Keeps what the user has begun to write in a conversation, at most 12 KiB; an empty text removes it. It stays on this
/// device, over restarts, and does not change the order of the list.
///
/// Result: `null`.
///
/// Errors: the gate's; 2503 for a conversation that is none, 2500 for a text in one that is not known here, 50002 for a
/// longer text.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_set_conversation_draft(
    client: TimClient,
    conversation_id: *const c_char,
    draft_text: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::set_conversation_draft(
        tim,
        guard::text(conversation_id)?,
        guard::text(draft_text)?,
    ))))
}

/// The friends, as this device knows them, also without a connection.
///
/// Result: an array of `friend`.
///
/// Errors: the gate's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_friend_list(
    client: TimClient,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::get_friend_list(tim))))
}

/// Those of these users who are friends, as this device knows them, also without a connection.
///
/// `user_id_list_json` is an array of texts. Result: an array of `friend`.
///
/// Errors: the gate's; 2002 for an id that is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_friend_profile(
    client: TimClient,
    user_id_list_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::get_friend_profile(
        tim,
        guard::noun(user_id_list_json)?,
    ))))
}

/// Adds a friend, or applies to become one: the result's code is 30539 then. Who has applied to this user is a friend
/// at once.
///
/// `friend_json` is `new friend`. Result: `friend result`.
///
/// Errors: the gate's; 2002 for an id that is none, 30001 for a value that is too long or not allowed, 30003 for a user
/// who does not exist, 30015 for a friend, 30516 if the user lets nobody, 30515 or 30525 for a blacklist, 30010, 30012
/// or 30014 if a list is full, 2711 for a friend group that there is not, 130116 for `other`; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_add_friend(
    client: TimClient,
    friend_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::add_friend(tim, guard::noun(friend_json)?))))
}

/// Deletes 1 to 100 friends; the result says what became of each, 31704 if there was no friend.
///
/// `user_id_list_json` is an array of texts. `delete_type_json` is `delete type`. Result: an array of `friend result`.
///
/// Errors: the gate's; 2002 for an id that is none, 20001 for none or more than 100, 130116 for `other`; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_delete_friend(
    client: TimClient,
    user_id_list_json: *const c_char,
    delete_type_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::delete_friend(
        tim,
        guard::noun(user_id_list_json)?,
        guard::noun(delete_type_json)?,
    ))))
}

/// Asks the server who has whom as a friend, for 1 to 100 users.
///
/// `user_id_list_json` is an array of texts. `check_type_json` is `check type`. Result: an array of `checked friend`.
///
/// Errors: the gate's; 2002 for an id that is none, 20001 for none or more than 100, 130116 for `other`; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_check_friend(
    client: TimClient,
    user_id_list_json: *const c_char,
    check_type_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::check_friend(
        tim,
        guard::noun(user_id_list_json)?,
        guard::noun(check_type_json)?,
    ))))
}

/// Changes what this user calls a friend, up to 96 bytes, and up to 5 fields of the app's, beside which the others
/// stay: a key is Tag_SNS_Custom_ and 1 to 8 letters, an empty value removes a field.
///
/// `remark` may be NULL. `friend_custom_field_json` is an array of `custom field`. Result: `friend`.
///
/// Errors: the gate's; 2002 for an id that is none, 31704 if there is no such friend, 30001 for a value that is too
/// long or not allowed, 2722 for nothing to change; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_update_friend(
    client: TimClient,
    user_id: *const c_char,
    remark: *const c_char,
    friend_custom_field_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::update_friend(
        tim,
        guard::text(user_id)?,
        guard::optional_text(remark)?,
        guard::noun(friend_custom_field_json)?,
    ))))
}

/// The applications that wait, received and sent, as this device knows them, also without a connection.
///
/// Result: `friend applications`.
///
/// Errors: the gate's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_friend_application_list(
    client: TimClient,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::get_friend_application_list(tim))))
}

/// Accepts an application, with what this user calls the friend. One that was accepted on another device is done.
///
/// `action_json` is `response action`. Result: `null`.
///
/// Errors: the gate's; 2002 for an id that is none, 30614 if there is no such application, 30010 or 30014 if a list is
/// full, 30001 for a remark over 96 bytes, 130116 for `other`; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_accept_friend_application(
    client: TimClient,
    user_id: *const c_char,
    action_json: *const c_char,
    remark: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::accept_friend_application(
        tim,
        guard::text(user_id)?,
        guard::noun(action_json)?,
        guard::text(remark)?,
    ))))
}

/// Refuses an application. It is gone from both lists.
///
/// Result: `null`.
///
/// Errors: the gate's; 2002 for an id that is none, 30614 if there is no such application; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_refuse_friend_application(
    client: TimClient,
    user_id: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::refuse_friend_application(
        tim,
        guard::text(user_id)?,
    ))))
}

/// Deletes an application from this user's list alone.
///
/// `application_type_json` is `application type`. Result: `null`.
///
/// Errors: the gate's; 2002 for an id that is none, 30614 if there is no such application, 130116 for `other`; 2800 or
/// 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_delete_friend_application(
    client: TimClient,
    user_id: *const c_char,
    application_type_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::delete_friend_application(
        tim,
        guard::text(user_id)?,
        guard::noun(application_type_json)?,
    ))))
}

/// Reads all received applications, on all devices.
///
/// Result: `null`.
///
/// Errors: the gate's; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_set_friend_application_read(
    client: TimClient,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::set_friend_application_read(tim))))
}

/// The friend groups, as this device knows them, also without a connection.
///
/// Result: an array of `friend group`.
///
/// Errors: the gate's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_friend_group_list(
    client: TimClient,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::get_friend_group_list(tim))))
}

/// Creates a friend group of up to 100 friends; the result says what became of each, 31704 if there is no such friend.
///
/// `user_id_list_json` is an array of texts. Result: an array of `friend result`.
///
/// Errors: the gate's; 2002 for an id that is none, 2710 for a name that there is, 30001 for a name of 0 or more than
/// 30 bytes, 30011 if there are 32 groups, 20001 for more than 100 users; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_create_friend_group(
    client: TimClient,
    name: *const c_char,
    user_id_list_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::create_friend_group(
        tim,
        guard::text(name)?,
        guard::noun(user_id_list_json)?,
    ))))
}

/// Deletes a friend group. The friends stay.
///
/// Result: `null`.
///
/// Errors: the gate's; 2711 for a name that there is not; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_delete_friend_group(
    client: TimClient,
    name: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::delete_friend_group(tim, guard::text(name)?))))
}

/// Renames a friend group.
///
/// Result: `null`.
///
/// Errors: the gate's; 2711 for a name that there is not, 2710 for one that there is, 30001 for one of 0 or more than
/// 30 bytes; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_rename_friend_group(
    client: TimClient,
    old_name: *const c_char,
    new_name: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::rename_friend_group(
        tim,
        guard::text(old_name)?,
        guard::text(new_name)?,
    ))))
}

/// Puts 1 to 100 friends into a friend group; the result says what became of each, 31704 if there is no such friend.
///
/// `user_id_list_json` is an array of texts. Result: an array of `friend result`.
///
/// Errors: the gate's; 2002 for an id that is none, 2711 for a name that there is not, 20001 for none or more than 100
/// users; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_add_to_friend_group(
    client: TimClient,
    name: *const c_char,
    user_id_list_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::add_to_friend_group(
        tim,
        guard::text(name)?,
        guard::noun(user_id_list_json)?,
    ))))
}

/// Takes 1 to 100 friends out of a friend group; the result says what became of each, 31704 if there is no such friend.
///
/// `user_id_list_json` is an array of texts. Result: an array of `friend result`.
///
/// Errors: the gate's; 2002 for an id that is none, 2711 for a name that there is not, 20001 for none or more than 100
/// users; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_remove_from_friend_group(
    client: TimClient,
    name: *const c_char,
    user_id_list_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::remove_from_friend_group(
        tim,
        guard::text(name)?,
        guard::noun(user_id_list_json)?,
    ))))
}

/// The attributes of a group, of these keys or all if there are none, and their version: 1 at first, one more with each
/// change.
///
/// `key_list_json` is an array of texts. Result: `group attributes`.
///
/// Errors: the gate's; 2602 for an id that is none, 10007 for who is not in it, 10010 for no such group; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_group_attributes(
    client: TimClient,
    group_id: *const c_char,
    key_list_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::get_group_attributes(
        tim,
        guard::text(group_id)?,
        guard::noun(key_list_json)?,
    ))))
}

/// Gives a group these attributes and no others. Tells what changed, of a removed one the empty value, and the version.
/// If `version` is not 0, it is refused if any attribute changed since.
///
/// `group_attributes_json` is an array of `custom field`. Result: `group attributes`.
///
/// Errors: the gate's; 2602 for an id that is none, 10004 for more than fits, 10007 for who may not, 10010 for no such
/// group, 10017 for who is muted, 10049 for changes that are too fast, 10056 if one changed since `version`; 2800 or
/// 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_init_group_attributes(
    client: TimClient,
    group_id: *const c_char,
    group_attributes_json: *const c_char,
    version: i64,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::init_group_attributes(
        tim,
        guard::text(group_id)?,
        guard::noun(group_attributes_json)?,
        version,
    ))))
}

/// Sets attributes of a group, beside which the others stay; an empty value removes one. Tells what changed, and the
/// version. Other members who are connected hear of it by an event. A group has up to 16, with keys of 1 to 32 bytes,
/// values of up to 4,096, and 16 KiB in all, which change at most 5 times a second. If `version` is not 0 but what an
/// answer or an event told, it is refused if one of these attributes changed since.
///
/// `group_attributes_json` is an array of `custom field`. Result: `group attributes`.
///
/// Errors: the gate's; 2602 for an id that is none, 10004 for none, or more than fits, 10007 for who may not, 10010 for
/// no such group, 10017 for who is muted, 10049 for changes that are too fast, 10056 if one changed since `version`;
/// 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_set_group_attributes(
    client: TimClient,
    group_id: *const c_char,
    group_attributes_json: *const c_char,
    version: i64,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::set_group_attributes(
        tim,
        guard::text(group_id)?,
        guard::noun(group_attributes_json)?,
        version,
    ))))
}

/// Removes attributes of a group, those of these keys, or all if there are none. Tells what was removed, with empty
/// values, and the version. If `version` is not 0, it is refused if one of them changed since.
///
/// `key_list_json` is an array of texts. Result: `group attributes`.
///
/// Errors: the gate's; 2602 for an id that is none, 10004 for more than fits, 10007 for who may not, 10010 for no such
/// group, 10017 for who is muted, 10049 for changes that are too fast, 10056 if one changed since `version`; 2800 or
/// 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_delete_group_attributes(
    client: TimClient,
    group_id: *const c_char,
    key_list_json: *const c_char,
    version: i64,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::delete_group_attributes(
        tim,
        guard::text(group_id)?,
        guard::noun(key_list_json)?,
        version,
    ))))
}

/// The groups this user is in that have one of 1 to 5 keywords, or all of them, in their names or ids, in the order of
/// the group list; also offline. A word is found by its beginning.
///
/// `keyword_list_json` is an array of texts. `keyword_list_match_type_json` is `keyword match`, or NULL for none.
/// Result: an array of `group`.
///
/// Errors: the gate's; 20001 for no keyword or more than 5, one without a letter or digit, or over 256 bytes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_search_groups(
    client: TimClient,
    keyword_list_json: *const c_char,
    keyword_list_match_type_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::search_groups(
        tim,
        guard::noun(keyword_list_json)?,
        guard::optional_noun(keyword_list_match_type_json)?,
    ))))
}

/// The members of groups in whose user ids, nicks, name cards or remarks keywords stand, up to 100 of each group. The
/// server looks at up to 100,000 members in all; where it did not look at all of a group, the result says so. Groups in
/// which nobody was found are left out, unless that is so of them.
///
/// `param_json` is `group member search param`. Result: an array of `group member search result item`.
///
/// Errors: the gate's; 20001 for no keyword or more than 5, one without a letter or digit, or over 256 bytes, and if no
/// field is to be looked at, 2602 for an id that is none; of a group that is named 10010 for no such group, 10007 for
/// one that this user is not in; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_search_group_members(
    client: TimClient,
    param_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::search_group_members(
        tim,
        guard::noun(param_json)?,
    ))))
}

/// The group of an id, also if this user is not in it, unless it is of the type Work.
///
/// Result: `group`.
///
/// Errors: the gate's; 2602 for an id that is none, 10010 for no such group, 10007 for a group of the type Work that
/// this user is not in; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_search_group_by_id(
    client: TimClient,
    group_id: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::search_group_by_id(tim, guard::text(group_id)?))))
}

/// The groups this user is in.
///
/// Result: an array of `group`.
///
/// Errors: the gate's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_group_list(
    client: TimClient,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::get_group_list(tim))))
}

/// A group's profile, also of one this user is not in.
///
/// Result: `group`.
///
/// Errors: the gate's; 2602 for an id that is none, 10010 for no such group; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_group_profile(
    client: TimClient,
    group_id: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::get_group_profile(tim, guard::text(group_id)?))))
}

/// Those of 1 to 100 users who are members of a group, with their roles. This user has to be a member.
///
/// `user_id_list_json` is an array of texts. Result: an array of `group member`.
///
/// Errors: the gate's; 2602 for an id that is none, 2002 for a user's, 20001 for none or more than 100 users, 10007 for
/// who is not in it, 10010 for no such group; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_group_member_profile(
    client: TimClient,
    group_id: *const c_char,
    user_id_list_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::get_group_member_profile(
        tim,
        guard::text(group_id)?,
        guard::noun(user_id_list_json)?,
    ))))
}

/// How many members of a group that this user is in are connected, as of a moment in the last minute. Who has several
/// devices counts once.
///
/// Result: a number.
///
/// Errors: the gate's; 2602 for an id that is none, 10007 for who is not in it, 10010 for no such group; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_group_online_member_count(
    client: TimClient,
    group_id: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::get_group_online_member_count(
        tim,
        guard::text(group_id)?,
    ))))
}

/// Makes a group with this user as its owner.
///
/// `group_json` is `new group`. Result: `group`.
///
/// Errors: the gate's; 10004 or 10005 for values that do not fit, 2602, 10015, 10021 or 10025 for the id, 2002 for a
/// member's id that is none, 10019 for a member who does not exist; 2800 or 2801; if the connection broke before the
/// answer, the group list shows whether it was made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_create_group(
    client: TimClient,
    group_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::create_group(tim, guard::noun(group_json)?))))
}

/// Changes a group's profile, and gives the group. Who may, and what can change, depends on the group's type; muting
/// all members takes the right to mute. Members hear of it by a tip in the group, and by the group list's event.
///
/// `changes_json` is `group changes`. Result: `group`.
///
/// Errors: the gate's; 2602 for an id that is none, 10004 for values that do not fit or are not of the group's type,
/// 10007 for who may not, 10010 for no such group; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_update_group_profile(
    client: TimClient,
    group_id: *const c_char,
    changes_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::update_group_profile(
        tim,
        guard::text(group_id)?,
        guard::noun(changes_json)?,
    ))))
}

/// Joins a group, or applies to, with a text for the owner and admins, who decide.
///
/// Result: `join result`.
///
/// Errors: the gate's; 2602 for an id that is none, 10004 for a text that is too long, 10007, 10010 or 10014 if it may
/// not be joined, does not exist, or is full; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_join_group(
    client: TimClient,
    group_id: *const c_char,
    apply_message: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::join_group(
        tim,
        guard::text(group_id)?,
        guard::text(apply_message)?,
    ))))
}

/// Leaves a group.
///
/// Result: `null`.
///
/// Errors: the gate's; 2602 for an id that is none, 10007 for who is not in it, 10009 for its owner, 10010 for no such
/// group; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_quit_group(
    client: TimClient,
    group_id: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::quit_group(tim, guard::text(group_id)?))))
}

/// Ends a group for all its members.
///
/// Result: `null`.
///
/// Errors: the gate's; 2602 for an id that is none, 10007 for who may not, 10010 for no such group; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_dismiss_group(
    client: TimClient,
    group_id: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::dismiss_group(tim, guard::text(group_id)?))))
}

/// Pins a message in its group, for all members, or removes the pin: the group's owner and its admins may. A group has
/// at most 10 pinned messages. Answers the message that was passed, with the pin that it has then.
///
/// `message_json` is `message`. Result: `message`.
///
/// Errors: the gate's; 2602 for an id that is none, 2105 for a message that was not sent or is not of the group, 130150
/// if it does not exist or was taken back, 20001 for a message of the server, 10070 for an eleventh one, 10071 if
/// another user has pinned it, 10007 for who may not, 10010 for no such group; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_pin_group_message(
    client: TimClient,
    group_id: *const c_char,
    message_json: *const c_char,
    is_pinned: bool,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::pin_group_message(
        tim,
        guard::text(group_id)?,
        guard::noun(message_json)?,
        is_pinned,
    ))))
}

/// The pinned messages of a group that this user can see, the last one that was pinned first. What this device lacks is
/// asked of the server.
///
/// Result: an array of `message`.
///
/// Errors: the gate's; 2602 for an id that is none, 10007 for who is not in it, 10010 for no such group; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_pinned_group_message_list(
    client: TimClient,
    group_id: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::get_pinned_group_message_list(
        tim,
        guard::text(group_id)?,
    ))))
}

/// Accepts or refuses a user's application to join, with a text for the user.
///
/// Result: `null`.
///
/// Errors: the gate's; 2002 or 2602 for ids that are none, 10004 for a text that is too long, 10007 for who may not
/// decide, 10010 for no such group, 10014 if it is full, 10019 for no such user, 10024 if it was decided already; 2800
/// or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_handle_group_application(
    client: TimClient,
    group_id: *const c_char,
    user_id: *const c_char,
    accept: bool,
    handle_message: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::handle_group_application(
        tim,
        guard::text(group_id)?,
        guard::text(user_id)?,
        accept,
        guard::text(handle_message)?,
    ))))
}

/// Gives a message a reaction, such as an emoji, that everybody sees: `reaction_id` has 1 to 64 bytes, and its meaning
/// is the application's. A message has at most 10 different reactions, each of at most 100 users. Answers the message
/// that was passed, with the reactions that it has then; one that has the reaction of this user already stays as it is.
///
/// `message_json` is `message`. Result: `message`.
///
/// Errors: the gate's; 2105 for a message that was not sent, 130150 if it does not exist or was taken back, 20001 for
/// an id that is none or a message of the server, 23005 or 23006 for too many reactions or users, 20007, 10007 or 10010
/// where nothing could be sent either; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_add_message_reaction(
    client: TimClient,
    message_json: *const c_char,
    reaction_id: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::add_message_reaction(
        tim,
        guard::noun(message_json)?,
        guard::text(reaction_id)?,
    ))))
}

/// Takes a reaction of this user back. Answers the message that was passed, with the reactions that it has then; one
/// that does not have it stays as it is.
///
/// `message_json` is `message`. Result: `message`.
///
/// Errors: those of `tim_add_message_reaction`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_remove_message_reaction(
    client: TimClient,
    message_json: *const c_char,
    reaction_id: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::remove_message_reaction(
        tim,
        guard::noun(message_json)?,
        guard::text(reaction_id)?,
    ))))
}

/// The reactions of 1 to 20 messages of one conversation, as the server has them, each with the first users who gave
/// it: `max_user_count_per_reaction`, 0 to 10, or fewer if there would be too much. Messages that cannot be seen are
/// left out.
///
/// `message_list_json` is an array of `message`. Result: an array of `message reactions`.
///
/// Errors: the gate's; 2105 for a message that was not sent or is of another conversation, 20001 for no message or too
/// many, or a number out of its range, 10007 or 10010 for messages of a group that are not this user's to read; 2800 or
/// 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_message_reactions(
    client: TimClient,
    message_list_json: *const c_char,
    max_user_count_per_reaction: i32,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::get_message_reactions(
        tim,
        guard::noun(message_list_json)?,
        max_user_count_per_reaction,
    ))))
}

/// A page of the users who gave a message a reaction: up to `count`, 1 to 100, after those of the page that gave this
/// `next_seq`, or the first ones with 0.
///
/// `message_json` is `message`. Result: `reaction user list`.
///
/// Errors: those of `tim_get_message_reactions`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_all_user_list_of_message_reaction(
    client: TimClient,
    message_json: *const c_char,
    reaction_id: *const c_char,
    next_seq: i64,
    count: i32,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::get_all_user_list_of_message_reaction(
        tim,
        guard::noun(message_json)?,
        guard::text(reaction_id)?,
        next_seq,
        count,
    ))))
}

/// Confirms that this user read messages that ask for it (`needReadReceipt`), at most 30: their senders are told.
/// Reading a conversation does not do that, and this does not change what is unread. Messages that ask for nothing, own
/// ones and those that were taken back are left out. Answers those that are confirmed; who confirmed one already counts
/// once. A call that fails is not made later: repeat it.
///
/// `message_list_json` is an array of `message`. Result: an array of `message`.
///
/// Errors: the gate's; 2114 if none of them needs a receipt, 20001 for more than 30, 20007, 10007 or 10010 where
/// nothing could be sent either; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_send_message_read_receipt(
    client: TimClient,
    message_list_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::send_message_read_receipt(
        tim,
        guard::noun(message_list_json)?,
    ))))
}

/// How many read messages of this user that ask for it, at most 30, as the server has it: answers them with their
/// `readReceiptInfo`. Other messages are left out.
///
/// `message_list_json` is an array of `message`. Result: an array of `message`.
///
/// Errors: the gate's; 2114 if none of them is this user's and asks for it, 20001 for more than 30, 10007 or 10010 for
/// messages of a group that this user is not in; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_message_read_receipt_list(
    client: TimClient,
    message_list_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::get_message_read_receipt_list(
        tim,
        guard::noun(message_list_json)?,
    ))))
}

/// A page of the members of a group who read a message of this user, or did not: up to `count`, 1 to 100, after those
/// of the page that gave this `cursor`, or the first ones with an empty one. Who has left the group is only among those
/// who read it.
///
/// `message_json` is `message`. `filter` is `read` or `unread`. Result: `group message read members`.
///
/// Errors: the gate's; 2105 for a message that was not sent, 2114 for one that asks for nothing or was taken back,
/// 20001 for one that is not of a group or a count out of its range, 10007 for a message of another user, 2002 or 20003
/// for a cursor that is none, 10010; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_group_message_read_member_list(
    client: TimClient,
    message_json: *const c_char,
    filter: *const c_char,
    cursor: *const c_char,
    count: i32,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::get_group_message_read_member_list(
        tim,
        guard::noun(message_json)?,
        guard::read_member_filter(filter)?,
        guard::text(cursor)?,
        count,
    ))))
}

/// This user's profile.
///
/// Result: `profile`.
///
/// Errors: the gate's; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_my_profile(
    client: TimClient,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::get_my_profile(tim))))
}

/// The profiles of 1 to 100 users; users who do not exist are left out. Without a connection those that this device
/// knows: of friends, and the last that were asked for or that changed. If it knows none, the call waits for the
/// connection.
///
/// `user_id_list_json` is an array of texts. Result: an array of `profile`.
///
/// Errors: the gate's; 20001 for none or more than 100, 2002 for an id that is none; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_user_profile(
    client: TimClient,
    user_id_list_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::get_user_profile(
        tim,
        guard::noun(user_id_list_json)?,
    ))))
}

/// Changes this user's profile; what is absent stays.
///
/// `fields_json` is `profile fields`. Result: `profile`.
///
/// Errors: the gate's; 2722 for nothing to change, 40601 for a value that is too long, 2721 for fields of the app's
/// that are too many or have another key, 130116 for `other`; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_update_my_profile(
    client: TimClient,
    fields_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::update_my_profile(tim, guard::noun(fields_json)?))))
}

/// Whom this user does not want to hear from.
///
/// Result: an array of texts.
///
/// Errors: the gate's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_blacklist(
    client: TimClient,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::get_blacklist(tim))))
}

/// Puts users on the blacklist.
///
/// `user_id_list_json` is an array of texts. Result: `null`.
///
/// Errors: the gate's; 2002 for an id that is none, 20001 for none or more than 100, 2742 for oneself, 20003 for a user
/// who does not exist, 30013 if it is full; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_add_to_blacklist(
    client: TimClient,
    user_id_list_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::add_to_blacklist(
        tim,
        guard::noun(user_id_list_json)?,
    ))))
}

/// Takes users off the blacklist.
///
/// `user_id_list_json` is an array of texts. Result: `null`.
///
/// Errors: the gate's; 2002 for an id that is none, 20001 for none or more than 100, 2742 for oneself, 20003 for a user
/// who does not exist; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_remove_from_blacklist(
    client: TimClient,
    user_id_list_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::remove_from_blacklist(
        tim,
        guard::noun(user_id_list_json)?,
    ))))
}

/// Sets how this user wants to be told of messages of all conversations, on all devices of the user, in the place of
/// what was set before: without notifications at night, for instance. `AcceptAndNotify` without a time ends it. What is
/// shown is the app's business.
///
/// `opt_json` is `all receive message opt`. Result: `null`.
///
/// Errors: the gate's; 20001 for a time that is missing, told twice or impossible, a duration of 0, an option that only
/// a conversation can have; 130116 for `other`; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_set_all_receive_message_opt(
    client: TimClient,
    opt_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::set_all_receive_message_opt(
        tim,
        guard::noun(opt_json)?,
    ))))
}

/// How this user wants to be told of messages of all conversations, as this device knows it, also without a connection.
///
/// Result: `all receive message opt`.
///
/// Errors: the gate's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_all_receive_message_opt(
    client: TimClient,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::get_all_receive_message_opt(tim))))
}

/// Searches the messages that this device has, also offline: texts, names of files, descriptions of places. What was
/// never fetched is not found, nor what waits to be sent, was refused or taken back. In one conversation the result is
/// its messages, newest first, page by page; in all it is the conversations, each with its newest message found and the
/// number of all.
///
/// `param_json` is `message search param`. Result: `message search result`.
///
/// Errors: the gate's; 20001 if there is no condition, for more than 5 keywords, 5 senders or 20 types, a keyword
/// without a letter or digit or over 256 bytes, a type that is none, or a `cursor` that no page gave; 2002 for a sender
/// that is none, 2503 for a conversation that is none; 6005 or 6022.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_search_local_messages(
    client: TimClient,
    param_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::search_local_messages(
        tim,
        guard::noun(param_json)?,
    ))))
}

/// Searches the messages that the server has, of the conversations that this user is in: also what this device never
/// fetched. Parameters and results are those of a search of this device, but a conversation's count stays at 1,000, and
/// `totalCount` is of the conversations on this page. A page may have fewer results than asked for, or none, and a
/// `cursor`. What was sent or modified a moment ago may not be found yet.
///
/// `param_json` is `message search param`. Result: `message search result`.
///
/// Errors: the gate's; as a search of this device; 130155 if the server's operator has not turned searches on, 130109,
/// as each counts as ten requests; 10010, 10007; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_search_cloud_messages(
    client: TimClient,
    param_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::search_cloud_messages(
        tim,
        guard::noun(param_json)?,
    ))))
}

/// Invites a user, for `timeout` seconds, or with 0 for ever, and returns the invitation's ID. `data` is the app's.
/// With the last parameter only those hear of it who are connected now, and nothing is stored.
///
/// Result: a text.
///
/// Errors: the gate's; 2002 for an id that is none, 20001 for oneself or a negative time, 8001 for data that is too
/// long, and what a message is refused with; 2800 or 2801, if only those who are connected hear of it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_invite(
    client: TimClient,
    user_id: *const c_char,
    data: *const c_char,
    timeout: i32,
    online_user_only: bool,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::invite(
        tim,
        guard::text(user_id)?,
        guard::text(data)?,
        timeout,
        online_user_only,
    ))))
}

/// Invites 1 to 100 members of a group, as `tim_invite` does one user.
///
/// `invitee_list_json` is an array of texts. Result: a text.
///
/// Errors: the gate's; 2602 or 2002 for an id that is none, 20001 for nobody, more than 100, oneself or a negative
/// time, 8001 for data that is too long, and what a message is refused with; 2800 or 2801, if only those who are
/// connected hear of it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_invite_in_group(
    client: TimClient,
    group_id: *const c_char,
    invitee_list_json: *const c_char,
    data: *const c_char,
    timeout: i32,
    online_user_only: bool,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::invite_in_group(
        tim,
        guard::text(group_id)?,
        guard::noun(invitee_list_json)?,
        guard::text(data)?,
        timeout,
        online_user_only,
    ))))
}

/// Takes an invitation of this user's back, for those who have not answered.
///
/// Result: `null`.
///
/// Errors: the gate's; 8010 for an invitation that is unknown or over, 8011 for one of another user's, 8012 while a
/// signal about it is on its way; 8001, and what a message is refused with; 2800 or 2801, if only those who are
/// connected hear of it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_cancel(
    client: TimClient,
    invite_id: *const c_char,
    data: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::cancel(
        tim,
        guard::text(invite_id)?,
        guard::text(data)?,
    ))))
}

/// Changes what an invitation of this user's says, as long as it waits, for all who are invited. Whoever was away sees
/// what it says now.
///
/// Result: `null`.
///
/// Errors: the gate's; 8010 for an invitation that is unknown or over, or was made for those who were connected alone,
/// 8011 for one of another user's, 2480 if another device of this user changed it meanwhile, 8001, and what a message
/// is refused with; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_modify_invitation(
    client: TimClient,
    invite_id: *const c_char,
    data: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::modify_invitation(
        tim,
        guard::text(invite_id)?,
        guard::text(data)?,
    ))))
}

/// Accepts an invitation, on all devices of this user.
///
/// Result: `null`.
///
/// Errors: the gate's; 8010 for an invitation that is unknown, answered or over, 8011 for one of others, 8012 while an
/// answer is on its way; 8001, and what a message is refused with; 2800 or 2801, if only those who are connected hear
/// of it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_accept(
    client: TimClient,
    invite_id: *const c_char,
    data: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::accept(
        tim,
        guard::text(invite_id)?,
        guard::text(data)?,
    ))))
}

/// Rejects an invitation, on all devices of this user.
///
/// Result: `null`.
///
/// Errors: as `tim_accept`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_reject(
    client: TimClient,
    invite_id: *const c_char,
    data: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::reject(
        tim,
        guard::text(invite_id)?,
        guard::text(data)?,
    ))))
}

/// The signal that a message is.
///
/// `message_json` is `message`. Result: `signaling info`.
///
/// Errors: 2105 for a message that is none.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_signaling_info(
    client: TimClient,
    message_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::get_signaling_info(
        tim,
        guard::noun(message_json)?,
    ))))
}

/// Says something of this user, up to 100 bytes, to everybody who is told that the user is online; an empty text takes
/// it back. It is one for all devices of the user, and forgotten when the last of them is not connected any more.
///
/// Result: `user status`.
///
/// Errors: the gate's; 130190 for more than 100 bytes; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_set_self_status(
    client: TimClient,
    custom_status: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::set_self_status(tim, guard::text(custom_status)?))))
}

/// The status of 1 to 500 users, as it is now. Whoever is on a user's blacklist sees the user offline.
///
/// `user_id_list_json` is an array of texts. Result: `user status result`.
///
/// Errors: the gate's; 20001 for none or more than 500, 2002 for an id that is none; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_user_status(
    client: TimClient,
    user_id_list_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::get_user_status(
        tim,
        guard::noun(user_id_list_json)?,
    ))))
}

/// Has the status of 1 to 100 users told by `onUserStatusUpdated`, as it is now and as it changes, until the login or
/// the process ends. Of more than 200 users in all those who were named first give way. Returns those for whom it
/// failed.
///
/// `user_id_list_json` is an array of texts. Result: an array of `user status failure`.
///
/// Errors: the gate's; 20001 for none or more than 100, 2002 for an id that is none, 130191 for oneself; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_subscribe_user_status(
    client: TimClient,
    user_id_list_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::subscribe_user_status(
        tim,
        guard::noun(user_id_list_json)?,
    ))))
}

/// Ends subscriptions to up to 100 users, with an empty list to all.
///
/// `user_id_list_json` is an array of texts. Result: `null`.
///
/// Errors: the gate's; 20001 for more than 100, 2002 for an id that is none; 2800 or 2801.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_unsubscribe_user_status(
    client: TimClient,
    user_id_list_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    run(client, done, user_data, Box::new(move |tim| Ok(verbs::unsubscribe_user_status(
        tim,
        guard::noun(user_id_list_json)?,
    ))))
}

