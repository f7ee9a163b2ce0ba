//! Whether what a request carries is within its bounds, before anything is asked of the store.
//!
//! Sizes, forms and numbers only: who may do what is the store's to decide, with the data at hand.

use tim_protocol::call::{self, Hello, Request};
use tim_protocol::frame::Fault;
use tim_protocol::message::{Body, BodyProblem};
use tim_protocol::{Code, ConversationId, UserId, VERSIONS, bounds, limits};

/// Checks a request.
///
/// # Errors
/// [`Code::BAD_REQUEST`], with the field's name, for a number out of its range; the code of whatever else is over its
/// bound.
pub(super) fn check(request: &Request) -> Result<(), Fault> {
    match request {
        Request::Hello(hello) => check_hello(hello),
        Request::Sync(sync) => check_sync(sync),
        Request::Send(send) => check_send(send),
        Request::History(history) => check_history(history),
        Request::Mutations(mutations) => number("after", mutations.after),
        Request::Revoke(revoke) => at_least_one("sequence", revoke.sequence),
        Request::Read(read) => number("sequence", read.sequence),
        Request::GetProfiles(get) => check_users(&get.user_id_list),
        Request::UpdateProfile(update) => Ok(update.fields.check()?),
        Request::UpdateBlacklist(update) => check_users(&update.user_id_list),
        Request::CreateGroup(create) => Ok(create.group.check()?),
        Request::JoinGroup(join) => check_words(&join.apply_message),
        Request::HandleApplication(handle) => check_words(&handle.handle_message),
        Request::UploadTicket(upload) => check_upload(upload),
        Request::Logout(_)
        | Request::QuitGroup(_)
        | Request::DismissGroup(_)
        | Request::GetGroup(_)
        | Request::DownloadTicket(_) => Ok(()),
    }
}

/// The highest version that both sides speak, if there is one.
pub(super) fn highest_common([low, high]: [u32; 2]) -> Option<u32> {
    let [own_low, own_high] = VERSIONS;
    let highest = high.min(own_high);
    (highest >= low.max(own_low)).then_some(highest)
}

fn check_hello(hello: &Hello) -> Result<(), Fault> {
    if highest_common(hello.versions).is_none() {
        return Err(Fault::new(Code::VERSION_UNSUPPORTED));
    }
    if hello.user_id.is_system() {
        return Err(Fault::new(Code::USER_ID_INVALID));
    }
    for (field, name) in [("device", &hello.device), ("instance", &hello.instance)] {
        if !(1..=limits::DEVICE_BYTES).contains(&name.len()) {
            return Err(out_of(field, &format!("has 1 to {} bytes", limits::DEVICE_BYTES)));
        }
    }
    if hello.client.len() > limits::CLIENT_BYTES {
        return Err(out_of("client", &format!("has at most {} bytes", limits::CLIENT_BYTES)));
    }
    if hello.features.len() > limits::FEATURES {
        return Err(out_of("features", &format!("has at most {} names", limits::FEATURES)));
    }
    hello.resume.as_ref().map_or(Ok(()), |resume| number("push", resume.push))
}

fn check_sync(sync: &call::Sync) -> Result<(), Fault> {
    number("from", sync.from.version)?;
    number("before", sync.before.unwrap_or(0))?;
    at_least_one("limit", sync.limit.into())
}

fn check_send(send: &call::Send) -> Result<(), Fault> {
    if send.to == ConversationId::System {
        return Err(Fault::with_text(Code::BAD_REQUEST, "only the server writes to @TIM#SYSTEM"));
    }
    number("clientTime", u64::try_from(send.client_time).unwrap_or(u64::MAX))?;
    bounds::check_body(&send.body)?;
    match Body::read(&send.body) {
        Ok(body) => {
            if let Body::Image(image) = &body {
                image.image_info_array.iter().try_for_each(|info| number("size", info.size))?;
            }
            Ok(body.check_sendable()?)
        }
        Err(BodyProblem::UnknownType) => Err(Fault::new(Code::BODY_TYPE_UNKNOWN)),
        Err(BodyProblem::Malformed) => Err(Fault::new(Code::MESSAGE_BODY_INVALID)),
    }
}

fn check_history(history: &call::History) -> Result<(), Fault> {
    at_least_one("low", history.low)?;
    number("high", history.high)?;
    if history.low > history.high {
        return Err(Fault::with_text(Code::BAD_REQUEST, "low of a range of history is not above high"));
    }
    at_least_one("limit", history.limit.into())
}

fn check_users(users: &[UserId]) -> Result<(), Fault> {
    if (1..=limits::USERS_PER_CALL).contains(&users.len()) {
        Ok(())
    } else {
        Err(out_of("userIDList", &format!("names 1 to {} users", limits::USERS_PER_CALL)))
    }
}

fn check_words(words: &str) -> Result<(), Fault> {
    if words.len() > limits::APPLICATION_BYTES { Err(Fault::new(Code::GROUP_BAD_PARAMETER)) } else { Ok(()) }
}

fn check_upload(upload: &call::UploadTicket) -> Result<(), Fault> {
    if upload.size == 0 {
        return Err(Fault::new(Code::FILE_EMPTY));
    }
    if upload.size >= limits::IMAGE_BYTES {
        return Err(Fault::new(Code::IMAGE_TOO_LARGE));
    }
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    if upload.sha256.len() == 64 && upload.sha256.bytes().all(is_digit) {
        Ok(())
    } else {
        Err(out_of("sha256", "has 64 lower-case hexadecimal digits"))
    }
}

fn number(field: &str, value: u64) -> Result<(), Fault> {
    if value <= limits::NUMBER { Ok(()) } else { Err(out_of(field, "is a number from 0 to 2^53 - 1")) }
}

fn at_least_one(field: &str, value: u64) -> Result<(), Fault> {
    if value == 0 { Err(out_of(field, "is a number from 1 to 2^53 - 1")) } else { number(field, value) }
}

fn out_of(field: &str, range: &str) -> Fault {
    Fault::with_text(Code::BAD_REQUEST, format!("{field} {range}"))
}
