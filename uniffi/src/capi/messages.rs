//! Messages: create, send, take back, list; pictures.

use std::ffi::{c_char, c_void};
use std::path::PathBuf;

use tim::Code;

use super::TimStatus;
use super::callbacks::{TimDestroy, TimDoneCallback, TimProgressCallback, UserData, progress};
use super::calls::spawn;
use super::guard::{Out, bytes, give, guarded, json, noun, optional_text, text};
use super::handles::{CLIENTS, TimClient};
use crate::error::TimError;
use crate::types::{Message, MessageList, Priority, RenditionType, conversation_id, message_id};

/// A priority by its name; `Normal` if there is none.
fn priority(pointer: *const c_char) -> Result<tim::message::Priority, TimError> {
    let Some(name) = optional_text(pointer)? else { return Ok(Priority::Normal.into()) };
    serde_json::from_value::<Priority>(serde_json::Value::String(name))
        .map(Into::into)
        .map_err(|_| TimError::new(Code::BAD_REQUEST, "a priority is High, Normal, Low or Lowest"))
}

/// A rendition by its number.
fn rendition_type(number: u32) -> Result<tim::message::RenditionType, TimError> {
    RenditionType::try_from(number).map(Into::into).map_err(|why| TimError::new(Code::BAD_REQUEST, why))
}

fn created(message: tim::message::Message, out: Out<*mut c_char>) -> Result<(), TimError> {
    out.write(give(json(&Message::from(message))?));
    Ok(())
}

/// Makes a text message for a conversation (`C2C` and a user, or `GROUP` and a group). `message_priority` is `High`,
/// `Normal`, `Low`, `Lowest`, or NULL for `Normal`. The message is JSON, to be shown at once and passed to
/// `tim_send_message`; give it back with `tim_string_free`.
///
/// Errors: the gate's; 2503 for a conversation that is none, 2106 for one that takes no messages, 20001 for another priority, 130110 for no
/// text, 8001 for one over 12 KB.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_create_text_message(
    client: TimClient,
    conversation: *const c_char,
    words: *const c_char,
    message_priority: *const c_char,
    message_json: *mut *mut c_char,
) -> TimStatus {
    guarded(|| {
        let (out, tim) = (Out::new(message_json)?, CLIENTS.get(client)?);
        let (to, words) = (conversation_id(&text(conversation)?)?, text(words)?);
        created(tim.create_text_message(&to, &words, priority(message_priority)?)?, out)
    })
}

/// Makes a picture message of a file, as `tim_create_text_message` does of a text: it has the picture's width and height, and
/// `localPath`, the file to show until it is sent. While it is uploaded `on_progress` (may
/// be NULL) is told 0 to 100 on a thread that it may block; `destroy` is called when it is needed no more.
///
/// Errors: the gate's; 2503 for a conversation that is none, 2106 for one that takes no messages, 20001 for another priority, 2251 for no
/// path, 2401 if the file cannot be read, 7006 if it is empty, 2252 if it is no picture, 2253 if it has 20 MB or more. Then
/// `destroy` is called before this returns.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_create_image_message(
    client: TimClient,
    conversation: *const c_char,
    file: *const c_char,
    message_priority: *const c_char,
    on_progress: TimProgressCallback,
    user_data: *mut c_void,
    destroy: TimDestroy,
    message_json: *mut *mut c_char,
) -> TimStatus {
    let user_data = UserData::new(user_data, destroy);
    guarded(|| {
        let (out, tim) = (Out::new(message_json)?, CLIENTS.get(client)?);
        let (to, file) = (conversation_id(&text(conversation)?)?, PathBuf::from(text(file)?));
        let tell = progress(on_progress, user_data);
        created(tim.create_image_message(&to, file, priority(message_priority)?, tell)?, out)
    })
}

/// As `tim_create_image_message`, of a file's bytes, which are copied into a file of the engine's: `localPath` names it.
///
/// Errors: as `tim_create_image_message`, but for 2251 and 2401; 130168, 6022 if they cannot be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_create_image_message_from_bytes(
    client: TimClient,
    conversation: *const c_char,
    picture: *const u8,
    length: usize,
    message_priority: *const c_char,
    on_progress: TimProgressCallback,
    user_data: *mut c_void,
    destroy: TimDestroy,
    message_json: *mut *mut c_char,
) -> TimStatus {
    let user_data = UserData::new(user_data, destroy);
    guarded(|| {
        let (out, tim) = (Out::new(message_json)?, CLIENTS.get(client)?);
        let (to, picture) = (conversation_id(&text(conversation)?)?, bytes(picture, length)?);
        let tell = progress(on_progress, user_data);
        created(tim.create_image_message(&to, picture, priority(message_priority)?, tell)?, out)
    })
}

/// Sends a message that was created here; attempts go on across breaks and restarts until the server has it or refuses it.
/// Result: the message with its place, once it is on the server's stable storage.
///
/// Errors: 2002, 2105, 2503, 20001 for a message that was changed into none. To the callback: the gate's (130161 if
/// `tim_cancel_message` took it back, or the login ended first: then it is sent after the next one); 2105 for a message that is
/// not this user's or was sent already, 2106, 8001, 130110 for one that was changed into none, 130164 while 10,000 wait, 6005,
/// 6022, 130168 if it could not be kept. Of the server's refusals: 20003 for no such user, 20007 for a receiver who does not want
/// it, 10007, 10010 for a group. For a picture also 2105 for one that was forgotten or taken back, 2252, 2253, 2400, 2401, 7006,
/// 130140 to 130145, 130147, 130148, what an upload plugin returned, and the server's once it was tried four times.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_send_message(
    client: TimClient,
    message_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    guarded(|| {
        let (tim, message) = (CLIENTS.get(client)?, noun::<Message>(message_json)?.try_into()?);
        spawn(done, user_data, async move { Ok(Message::from(tim.send_message(message).await?)) })
    })
}

/// Sends a message that was refused again, under the same identity; of one that waits, its end is awaited. Its ID is enough,
/// also after a restart: `tim_get_message_list` shows what waits and what was refused. Result: as `tim_send_message`.
///
/// Errors: 2105 for an ID that is none. To the callback: as `tim_send_message`; 2105 also for a message that is not in the
/// outbox, or whose end is awaited already. A picture that was refused for what it is (2252, 2253, 7006, 130145, 130147, 130148) is refused
/// again with the same number, at once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_resend_message(
    client: TimClient,
    message: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    guarded(|| {
        let (tim, message) = (CLIENTS.get(client)?, message_id(&text(message)?)?);
        spawn(done, user_data, async move { Ok(Message::from(tim.resend_message(message).await?)) })
    })
}

/// Takes a message back that has not left, for good: one that waits, or was refused; an upload for it ends. Whoever sends it is
/// told 130161. A picture cannot be sent again then: create it anew. If an attempt broke off, the server may have the message
/// nevertheless: then it comes with the next sync. Its ID is enough, also after a restart. Result: `null`.
///
/// Errors: 2105 for an ID that is none. To the callback: the gate's; 130170 while it is on
/// its way (`tim_revoke_message` takes it back once it has arrived), 130171 if it has arrived, was taken back already, or was
/// never sent.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_cancel_message(
    client: TimClient,
    message: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    guarded(|| {
        let (tim, message) = (CLIENTS.get(client)?, message_id(&text(message)?)?);
        spawn(done, user_data, async move { Ok(tim.cancel_message(message).await?) })
    })
}

/// Takes a message back that has arrived. Result: the message as it is now.
///
/// Errors: 2002, 2105, 2503, 20001 for a message that was changed into none. To the callback: the gate's, the server's; 2105
/// for a message that was not sent, 10030 if it does not exist, 10007, 10032 if it may not be taken back, 10031, 20016 if it
/// is too late.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_revoke_message(
    client: TimClient,
    message_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    guarded(|| {
        let (tim, message) = (CLIENTS.get(client)?, noun::<Message>(message_json)?.try_into()?);
        spawn(done, user_data, async move { Ok(Message::from(tim.revoke_message(&message).await?)) })
    })
}

/// A page of a conversation's messages, older than `before` (0 begins at the newest), at most `count` of 1 to 100. Result:
/// `{"messageList":[...], "nextReqMessageID":..., "isCompleted":...}`, oldest first; pass `nextReqMessageID` as `before` for the
/// page before it. Besides so many that have a place it shows the outbox: what waits (status unSend) behind all others on the
/// newest page, what was refused (fail, with errorCode) by the time it was sent, on one page each. A message that gets its
/// place between two pages may be in both, under the same ID.
///
/// Errors: 2503 for a conversation that is none. To the callback: the gate's, the server's if older messages have to be asked
/// for; 10007 for those of a group that are not this user's to read.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_message_list(
    client: TimClient,
    conversation: *const c_char,
    before: u64,
    count: u32,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    guarded(|| {
        let (tim, conversation) = (CLIENTS.get(client)?, conversation_id(&text(conversation)?)?);
        let before = (before > 0).then_some(before);
        spawn(done, user_data, async move {
            Ok(MessageList::from(tim.get_message_list(&conversation, before, count).await?))
        })
    })
}

/// Saves the file of a message: it is there whole or not at all. `rendition` is 0 (original), 1 (thumbnail) or 2 (large). Result: `null`.
///
/// Errors: 2002, 2105, 2503, 20001 for a message that was changed into none, 20001 for another rendition; then `destroy` is called
/// before this returns. To the callback: the gate's, the server's; 2105 for a message that has no such file or is not sent
/// yet, 130140, 130141, 130143 if the server has it no more or does not give it, 130143 for a file elsewhere that has no
/// https address or is refused there, 130168, 6022 if the file cannot be written, 130161 if `tim_cancel_download` ended it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_download_attachment(
    client: TimClient,
    message_json: *const c_char,
    rendition: u32,
    file: *const c_char,
    on_progress: TimProgressCallback,
    progress_user_data: *mut c_void,
    progress_destroy: TimDestroy,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    let progress_data = UserData::new(progress_user_data, progress_destroy);
    guarded(|| {
        let tim = CLIENTS.get(client)?;
        let message: tim::message::Message = noun::<Message>(message_json)?.try_into()?;
        let rendition = rendition_type(rendition)?;
        let (file, tell) = (PathBuf::from(text(file)?), progress(on_progress, progress_data));
        spawn(
            done,
            user_data,
            async move { Ok(tim.download_attachment(&message, rendition, &file, tell).await?) },
        )
    })
}

/// The full address of the file of a message, as an image view takes it. `rendition` is 0 (original), 1 (thumbnail) or 2 (large).
/// A plain GET gives the bytes, as often as wanted, until ten minutes later; then it is refused with 403 and 130141. Call this
/// again for a fresh one. The address differs each time: let caches remember the message's ID and the rendition. Result: the
/// address, a JSON string.
///
/// Errors: 2002, 2105, 2503, 20001 for a message that was changed into none, 20001 for another rendition. To the callback: the
/// gate's, the server's; 2105 for a message that has no such file or is not sent yet (its `localPath` shows it), 130143 if the
/// server has the file no more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_attachment_url(
    client: TimClient,
    message_json: *const c_char,
    rendition: u32,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    guarded(|| {
        let tim = CLIENTS.get(client)?;
        let message: tim::message::Message = noun::<Message>(message_json)?.try_into()?;
        let rendition = rendition_type(rendition)?;
        spawn(done, user_data, async move { Ok(tim.get_attachment_url(&message, rendition).await?) })
    })
}

/// Ends every download into this file, named exactly as for `tim_download_attachment`, which is told 130161; nothing is left of it, and
/// a file that was there before stays. Result: `null`, when they have ended.
///
/// Errors: none of its own. To the callback: the gate's; 130171 if no download into this file is under way.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_cancel_download(
    client: TimClient,
    file: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    guarded(|| {
        let (tim, file) = (CLIENTS.get(client)?, PathBuf::from(text(file)?));
        spawn(done, user_data, async move { Ok(tim.cancel_download(&file).await?) })
    })
}
