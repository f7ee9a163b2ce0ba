//! Calls that ask the server: each returns at once and ends with its callback. Results are JSON as `tim.h` shows it;
//! `null` where there is nothing to tell.

use std::ffi::{c_char, c_void};
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use serde::Serialize;
use tim::{Code, Tim};

use super::callbacks::{Done, TimDoneCallback};
use super::guard::{failed, guarded, json, noun, text};
use super::handles::{CLIENTS, TimClient};
use super::{TIM_OK, TimStatus};
use crate::error::TimError;
use crate::types::{
    Conversation, Group, Joined, NewGroup, Profile, ProfileFields, conversation_id, group_id, user_id,
    user_ids,
};

/// What a callback gets in place of a result.
#[derive(Serialize)]
struct Failed<'a> {
    code: TimStatus,
    reason: &'a str,
}

/// A call on its way to its result's JSON. Boxed, because what carries it would else be compiled once for every function.
type Call = Pin<Box<dyn Future<Output = Result<String, TimError>> + Send>>;

/// Begins a call here, goes on with it on the engine's threads, and ends it with the callback on one that it may block.
pub(super) fn spawn<T: Serialize + Send + 'static>(
    done: TimDoneCallback,
    user_data: *mut c_void,
    call: impl Future<Output = Result<T, TimError>> + Send + 'static,
) -> Result<(), TimError> {
    let done = Done::new(done, user_data)?;
    begin(done, Box::pin(async move { json(&call.await?) }))
}

/// Begun on the host's own thread, calls keep the order in which the host makes them, and the engine sees whether it is a
/// listener that makes one.
fn begin(done: Done, mut call: Call) -> Result<(), TimError> {
    let runtime = tim::runtime()?;
    let begun = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    runtime.spawn(async move {
        let ended = match begun {
            Poll::Ready(ended) => ended,
            // A task of its own, so that a panic in it is an end too: the host waits for one.
            Poll::Pending => tokio::spawn(call).await.unwrap_or_else(|_| Err(TimError::of(Code::PANICKED))),
        };
        let end = move || match ended {
            Ok(result) => done.call(TIM_OK, result),
            Err(error) => {
                let (code, (_, reason)) = (failed(&error), error.parts());
                done.call(code, json(&Failed { code, reason }).unwrap_or_default());
            }
        };
        let _ = tokio::task::spawn_blocking(end).await;
    });
    Ok(())
}

/// As [`spawn`], for an instance.
pub(super) fn spawn_for<T, F>(
    client: TimClient,
    done: TimDoneCallback,
    user_data: *mut c_void,
    call: impl FnOnce(Tim) -> F,
) -> TimStatus
where
    T: Serialize + Send + 'static,
    F: Future<Output = Result<T, TimError>> + Send + 'static,
{
    guarded(|| spawn(done, user_data, call(CLIENTS.get(client)?)))
}

fn all<T, U: From<T>>(items: Vec<T>) -> Vec<U> {
    items.into_iter().map(U::from).collect()
}

/// Logs a user in. Result: `true` if the user was logged in already. The event `sdkStateReady` tells when everything works.
///
/// Errors: none of its own. To the callback: 2002, 2003 for a user or token that is missing or cannot be one, 2025 while
/// another login runs, 2026 while another user is logged in, 70001 to 70052 for a token that the server refuses, 130107 if
/// server and engine have no version in common, 2800, 2801 if the server does not answer within `loginTimeoutMs`, 6005, 6022,
/// 130167, 130168 for this device's database, 130161 if it is logged out or destroyed meanwhile.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_login(
    client: TimClient,
    user: *const c_char,
    user_sig: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    guarded(|| {
        let (tim, user, sig) = (CLIENTS.get(client)?, text(user)?, text(user_sig)?);
        spawn(done, user_data, async move { Ok(tim.login(&user, &sig).await?.repeated) })
    })
}

/// Logs out. Result: `null`.
///
/// Errors: none of its own.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_logout(
    client: TimClient,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    spawn_for(client, done, user_data, |tim| async move { Ok(tim.logout().await?) })
}

/// The server's clock. Result: milliseconds since 1970.
///
/// Errors: none of its own. To the callback: the gate's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_server_time(
    client: TimClient,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    spawn_for(client, done, user_data, |tim| async move { Ok(tim.get_server_time().await?) })
}

/// Marks everything in a conversation as read. Nothing else does: a message that is sent changes no mark and no count.
/// Result: `null`.
///
/// Errors: 2503 for a conversation that is none. To the callback: the gate's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_set_message_read(
    client: TimClient,
    conversation: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    guarded(|| {
        let (tim, conversation) = (CLIENTS.get(client)?, conversation_id(&text(conversation)?)?);
        spawn(done, user_data, async move { Ok(tim.set_message_read(&conversation).await?) })
    })
}

/// All conversations, the most recently active first. Result: an array of conversations.
///
/// Errors: none of its own. To the callback: the gate's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_conversation_list(
    client: TimClient,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    spawn_for(client, done, user_data, |tim| async move {
        let list = tim.get_conversation_list().await?;
        Ok(list.iter().map(|it| Conversation::from(&**it)).collect::<Vec<_>>())
    })
}

/// The groups this user is in. Result: an array of groups.
///
/// Errors: none of its own. To the callback: the gate's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_group_list(
    client: TimClient,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    spawn_for(client, done, user_data, |tim| async move { Ok(all::<_, Group>(tim.get_group_list().await?)) })
}

/// A group's profile. Result: a group.
///
/// Errors: 2602 for an id that is none. To the callback: the gate's, the server's; 10010 for no such group.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_group_profile(
    client: TimClient,
    group: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    guarded(|| {
        let (tim, group) = (CLIENTS.get(client)?, group_id(&text(group)?)?);
        spawn(done, user_data, async move { Ok(Group::from(tim.get_group_profile(&group).await?)) })
    })
}

/// Makes a group with this user as its owner: `{"name":..., "type":"Private", "groupID":..., "introduction":...,
/// "notification":..., "avatar":..., "joinOption":..., "memberList":["bob"]}`; name and type (`Private`, `Public`, `ChatRoom`) are
/// required. Result: a group.
///
/// Errors: 2002, 2602 for ids that are none. To the callback: the gate's, the server's (2800 if the connection broke before
/// the answer: the group list shows whether it was made); 10004, 10005 for values that do not fit, 10015, 10021, 10025 for
/// the id, 10019 for a member who does not exist.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_create_group(
    client: TimClient,
    group_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    guarded(|| {
        let (tim, group) = (CLIENTS.get(client)?, noun::<NewGroup>(group_json)?.try_into()?);
        spawn(done, user_data, async move { Ok(Group::from(tim.create_group(group).await?)) })
    })
}

/// Joins a group, or applies to, with words for whoever decides. Result: `{"status":"JoinedSuccess", "group":...}`; or
/// `AlreadyInGroup`, or `WaitAdminApproval` without a group.
///
/// Errors: 2602 for an id that is none. To the callback: the gate's, the server's; 10004 for words that are too long, 10007,
/// 10010, 10014 if the group may not be joined, does not exist, or is full.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_join_group(
    client: TimClient,
    group: *const c_char,
    apply_message: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    guarded(|| {
        let (tim, group, words) = (CLIENTS.get(client)?, group_id(&text(group)?)?, text(apply_message)?);
        spawn(done, user_data, async move {
            let (status, group) = tim.join_group(&group, &words).await?;
            Ok(Joined { status: status.into(), group: group.map(Into::into) })
        })
    })
}

/// Leaves a group. Result: `null`.
///
/// Errors: 2602 for an id that is none. To the callback: the gate's, the server's; 10007 for who is not in it, 10009 for its
/// owner, 10010 for no such group.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_quit_group(
    client: TimClient,
    group: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    guarded(|| {
        let (tim, group) = (CLIENTS.get(client)?, group_id(&text(group)?)?);
        spawn(done, user_data, async move { Ok(tim.quit_group(&group).await?) })
    })
}

/// Ends a group for all its members. Result: `null`.
///
/// Errors: 2602 for an id that is none. To the callback: the gate's, the server's; 10007 for who may not, 10010 for no such
/// group.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_dismiss_group(
    client: TimClient,
    group: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    guarded(|| {
        let (tim, group) = (CLIENTS.get(client)?, group_id(&text(group)?)?);
        spawn(done, user_data, async move { Ok(tim.dismiss_group(&group).await?) })
    })
}

/// Accepts or refuses a user's application to join, with words for them. Result: `null`.
///
/// Errors: 2002, 2602 for ids that are none. To the callback: the gate's, the server's; 10004 for words that are too long,
/// 10007 for who may not decide, 10010 for no such group, 10014 if it is full, 10019 for no such user, 10024 if it was
/// decided already.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_handle_group_application(
    client: TimClient,
    group: *const c_char,
    user: *const c_char,
    accept: bool,
    handle_message: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    guarded(|| {
        let tim = CLIENTS.get(client)?;
        let (group, user, words) = (group_id(&text(group)?)?, user_id(&text(user)?)?, text(handle_message)?);
        spawn(done, user_data, async move {
            Ok(tim.handle_group_application(&group, &user, accept, &words).await?)
        })
    })
}

/// This user's profile. Result: a profile.
///
/// Errors: none of its own. To the callback: the gate's, the server's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_my_profile(
    client: TimClient,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    spawn_for(client, done, user_data, |tim| async move { Ok(Profile::from(tim.get_my_profile().await?)) })
}

/// Users' profiles, of `["bob","carol"]`; whoever does not exist is left out. Result: an array of profiles.
///
/// Errors: 2002 for an id that is none. To the callback: the gate's, the server's; 20001 for none or more than 100.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_user_profile(
    client: TimClient,
    users_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    guarded(|| {
        let (tim, users) = (CLIENTS.get(client)?, user_ids(&noun::<Vec<String>>(users_json)?)?);
        spawn(done, user_data, async move { Ok(all::<_, Profile>(tim.get_user_profile(&users).await?)) })
    })
}

/// Changes this user's profile: `{"nick":..., "avatar":..., "gender":"Gender_Type_Female", "selfSignature":..., "birthday":20000419,
/// "location":...}`; what is absent stays. Result: a profile.
///
/// Errors: none of its own. To the callback: the gate's, the server's; 2722 for nothing to change, 40601 for a value that is
/// too long.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_update_my_profile(
    client: TimClient,
    profile_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    guarded(|| {
        let (tim, fields) = (CLIENTS.get(client)?, noun::<ProfileFields>(profile_json)?.into());
        spawn(done, user_data, async move { Ok(Profile::from(tim.update_my_profile(fields).await?)) })
    })
}

/// Whom this user does not want to hear from. Result: an array of user ids.
///
/// Errors: none of its own. To the callback: the gate's.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_get_blacklist(
    client: TimClient,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    spawn_for(client, done, user_data, |tim| async move {
        Ok(tim.get_blacklist().await?.iter().map(ToString::to_string).collect::<Vec<_>>())
    })
}

/// Puts users on the blacklist: `["mallory"]`. Result: `null`.
///
/// Errors: 2002 for an id that is none. To the callback: the gate's, the server's; 20001 for none or more than 100, 2742 for
/// oneself, 20003 for a user who does not exist, 30013 if it is full.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_add_to_blacklist(
    client: TimClient,
    users_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    guarded(|| {
        let (tim, users) = (CLIENTS.get(client)?, user_ids(&noun::<Vec<String>>(users_json)?)?);
        spawn(done, user_data, async move { Ok(tim.add_to_blacklist(&users).await?) })
    })
}

/// Takes users off the blacklist: `["mallory"]`. Result: `null`.
///
/// Errors: 2002 for an id that is none. To the callback: the gate's, the server's; 20001 for none or more than 100, 2742 for
/// oneself, 20003 for a user who does not exist.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tim_remove_from_blacklist(
    client: TimClient,
    users_json: *const c_char,
    done: TimDoneCallback,
    user_data: *mut c_void,
) -> TimStatus {
    guarded(|| {
        let (tim, users) = (CLIENTS.get(client)?, user_ids(&noun::<Vec<String>>(users_json)?)?);
        spawn(done, user_data, async move { Ok(tim.remove_from_blacklist(&users).await?) })
    })
}

#[cfg(test)]
mod tests {
    use super::super::guard::last_error;
    use super::*;
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
        call: impl Future<Output = Result<(), TimError>> + Send + 'static,
    ) -> (TimStatus, String, Option<String>) {
        let (sender, end) = mpsc::channel();
        spawn(Some(tell), Box::into_raw(Box::<End>::new(sender)).cast(), call).unwrap();
        end.recv().unwrap()
    }

    #[test]
    fn a_call_that_panics_ends_with_a_number_and_a_text() {
        let (status, json, _) = end_of(async {
            tokio::task::yield_now().await;
            panic!("a fault of ours");
        });
        assert_eq!(status, 130_185);
        assert_eq!(json, r#"{"code":130185,"reason":"a fault in the engine: please report it"}"#);
        let (status, json, _) = end_of(async { Ok(()) });
        assert_eq!((status, &*json), (TIM_OK, "null"), "and the next one works");
    }

    #[test]
    fn the_end_of_a_call_may_ask_why_it_failed() {
        let (status, json, why) = end_of(async { Err(TimError::new(Code(0), "a\t\"line\"\nof ü")) });
        assert_eq!(status, 130_185, "no failure is a success");
        assert_eq!(json, r#"{"code":130185,"reason":"a\t\"line\"\nof ü"}"#);
        assert_eq!(why.unwrap(), "a\t\"line\"\nof ü");
    }

    #[test]
    fn a_call_that_panics_at_once_does_not_begin() {
        let fault = async || -> Result<(), TimError> { panic!("a fault of ours") };
        assert_eq!(guarded(|| spawn(Some(tell), std::ptr::null_mut(), fault())), 130_185);
    }
}
