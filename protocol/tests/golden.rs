//! Holds the wire format still: every frame in `golden/` is read, written again and compared.
//!
//! One file is one frame, named after its verb or event and, after a further point, what is special about it.
//! `client/x.json` is answered by `server/x.json`. `later/` holds frames of versions to come, which this one has
//! to bear. A change that makes this test fail changes the protocol for everybody who speaks it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;
use tim_protocol::body::Body;
use tim_protocol::call::{self, Call, Request};
use tim_protocol::conversation::Change;
use tim_protocol::frame::{Ask, FromClient, FromServer, KickReason, Kicked, Push};
use tim_protocol::message::MessageChange;
use tim_protocol::{Code, codec, limits};

/// The frames of one folder, by file name without its ending.
fn frames(folder: &str) -> BTreeMap<String, String> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(folder);
    let mut frames = BTreeMap::new();
    for entry in fs::read_dir(path).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "json") {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            frames.insert(name, fs::read_to_string(&path).unwrap());
        }
    }
    frames
}

fn value(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn from_client(frame: &str) -> Vec<FromClient> {
    let envelopes = codec::split(frame, limits::FRAME_BYTES).unwrap();
    envelopes.into_iter().map(|envelope| FromClient::read(envelope).unwrap()).collect()
}

fn from_server(frame: &str) -> Vec<FromServer> {
    let envelopes = codec::split(frame, limits::SERVER_FRAME_BYTES).unwrap();
    envelopes.into_iter().map(|envelope| FromServer::read(envelope).unwrap()).collect()
}

/// The one request of a frame.
fn request(frame: &str) -> Request {
    match from_client(frame).remove(0).ask {
        Some(Ask::Request(_, request)) => request.unwrap(),
        other => panic!("not a request: {other:?}"),
    }
}

/// The one reply of a frame.
fn reply(frame: &str) -> Box<RawValue> {
    match from_server(frame).remove(0) {
        FromServer::Reply(_, reply) => reply.unwrap(),
        other => panic!("not a reply: {other:?}"),
    }
}

/// Reads a value as `T` and writes it again.
fn through<T: Serialize + DeserializeOwned>(raw: &RawValue) -> Value {
    serde_json::to_value(serde_json::from_str::<T>(raw.get()).unwrap()).unwrap()
}

/// Reads a reply to `method` as the type that its call names, and writes it again.
fn reply_through_its_type(method: &str, raw: &RawValue) -> Value {
    macro_rules! by_method {
        ($($call:ident)*) => {$(
            if method == call::$call::METHOD {
                return through::<<call::$call as Call>::Reply>(raw);
            }
        )*};
    }
    by_method!(HelloRequest LogoutRequest SyncRequest SendRequest SendOnlineRequest SendTargetedRequest HistoryRequest PositionRequest MutationsRequest RevokeRequest ModifyRequest ReactRequest ReactionsRequest ReceiptRequest ReceiptsRequest ReadersRequest SearchRequest RemoveMessagesRequest RemovalsRequest ReadRequest SetConversationsRequest RemoveConversationsRequest GetProfilesRequest UpdateProfileRequest ChangedProfilesRequest UpdateBlacklistRequest SetReceiveOptRequest CreateGroupRequest);
    by_method!(JoinGroupRequest QuitGroupRequest DismissGroupRequest GetGroupRequest UpdateGroupRequest GetGroupMembersRequest ListMembersRequest AddMembersRequest DeleteMembersRequest SetMemberRoleRequest ChangeOwnerRequest MuteMemberRequest UpdateMemberRequest SearchMembersRequest GetAttributesRequest SetAttributesRequest CountOnlineRequest PinMessageRequest GetPinnedRequest HandleApplicationRequest UploadTicketRequest DownloadTicketRequest GrantRequest);
    by_method!(AddFriendRequest DeleteFriendsRequest CheckFriendsRequest UpdateFriendRequest AcceptApplicationRequest RefuseApplicationRequest DeleteApplicationRequest ReadApplicationsRequest CreateFriendGroupRequest DeleteFriendGroupRequest RenameFriendGroupRequest FillFriendGroupRequest);
    by_method!(SetStatusRequest GetStatusesRequest SubscribeStatusesRequest UnsubscribeStatusesRequest);
    panic!("add the call {method} to this list")
}

#[test]
fn every_frame_of_a_client_is_written_as_it_was_read() {
    for (name, frame) in frames("client") {
        let written: Vec<String> =
            from_client(&frame).iter().map(|envelope| envelope.write().unwrap()).collect();
        assert_eq!(value(&codec::join(&written)), value(&frame), "client/{name}.json");
    }
}

#[test]
fn every_frame_of_a_server_is_written_as_it_was_read() {
    for (name, frame) in frames("server") {
        let written: Vec<String> =
            from_server(&frame).iter().map(|envelope| envelope.write().unwrap()).collect();
        assert_eq!(value(&codec::join(&written)), value(&frame), "server/{name}.json");
    }
}

#[test]
fn every_request_has_an_example_and_a_reply_that_fits_it() {
    let (requests, replies) = (frames("client"), frames("server"));
    for method in Request::methods() {
        assert!(requests.contains_key(method), "add tests/golden/client/{method}.json");
        assert!(replies.contains_key(method), "add tests/golden/server/{method}.json");
    }
    for (name, frame) in requests.iter().filter(|(name, _)| replies.contains_key(*name) && *name != "batch") {
        let request = request(frame);
        assert!(name.starts_with(request.method()), "client/{name}.json asks for {}", request.method());
        let reply = reply(&replies[name]);
        assert!(request.read_reply(&reply).is_ok(), "server/{name}.json is no reply to client/{name}.json");
        let again = reply_through_its_type(request.method(), &reply);
        assert_eq!(again, value(reply.get()), "server/{name}.json");
    }
}

#[test]
fn every_push_has_an_example() {
    let mut seen = BTreeMap::new();
    for (name, frame) in frames("server").into_iter().filter(|(name, _)| name.starts_with("push.")) {
        let FromServer::Push(number, push) = from_server(&frame).remove(0) else {
            panic!("{name} is no push")
        };
        assert_eq!(
            number.is_none(),
            matches!(push, Push::Kicked(_) | Push::Online(_) | Push::Room(_) | Push::Statuses(_)),
            "{name}: which are numbered"
        );
        let event = match &push {
            Push::Message(message) => {
                assert!(message.removed || Body::read(&message.body).is_ok(), "{name}: a body that is known");
                "msg"
            }
            Push::Mutation(mutation) => {
                assert!(!matches!(mutation.change, MessageChange::Other(_)), "{name}: a kind that is known");
                "mut"
            }
            Push::Online(message) => {
                assert!(Body::read(&message.body).is_ok(), "{name}: a body that is known");
                "online"
            }
            Push::Room(said) => {
                assert!(
                    said.messages.iter().all(|it| Body::read(&it.body).is_ok()),
                    "{name}: bodies that are known"
                );
                "room"
            }
            Push::Receipt(_) => "read",
            Push::Change(change) => {
                assert!(!matches!(change, Change::Other(_)), "{name}: a kind that is known");
                "change"
            }
            Push::Receipts(_) => "receipts",
            Push::Profile(_) => "profile",
            Push::Statuses(_) => "status",
            Push::Attributes(_) => "groupAttributes",
            Push::Lag => "lag",
            Push::Kicked(Kicked { reason }) => {
                assert!(!reason.code().describe().is_empty());
                "kick"
            }
            Push::Unknown => panic!("{name} is of a later version: move it to later/"),
        };
        assert_eq!(value(&frame)["ev"], event, "{name}");
        seen.insert(event, name);
    }
    assert_eq!(
        seen.keys().copied().collect::<Vec<_>>(),
        [
            "change",
            "groupAttributes",
            "kick",
            "lag",
            "msg",
            "mut",
            "online",
            "profile",
            "read",
            "receipts",
            "room",
            "status"
        ]
    );
}

#[test]
fn acknowledgements_heartbeats_faults_and_batches_have_examples() {
    let (client, server) = (frames("client"), frames("server"));
    let ack = from_client(&client["ack"]).remove(0);
    assert!(ack.ask.is_none() && ack.ack == Some(33));
    assert!(matches!(from_client(&client["ping"]).remove(0).ask, Some(Ask::Ping(3))));
    assert!(matches!(from_server(&server["pong"]).remove(0), FromServer::Pong(pong) if pong.number == 3));
    let FromServer::Reply(25, Err(fault)) = from_server(&server["fault"]).remove(0) else {
        panic!("not a fault")
    };
    assert_eq!((fault.code, fault.text.as_str()), (Code::BUSY, Code::BUSY.describe()));
    assert_eq!(fault.retry_after, Some(1_500));
    let FromServer::Reply(1, Err(fault)) = from_server(&server["fault.hello"]).remove(0) else {
        panic!("not a fault")
    };
    assert_eq!(KickReason::of_code(fault.code), Some(KickReason::MultipleDevice));
    assert_eq!(from_client(&client["batch"]).len(), 3);
    assert_eq!(from_server(&server["batch"]).len(), 3);
}

#[test]
fn a_binary_frame_is_the_deflated_text_of_a_frame() {
    let hex = include_str!("golden/server/z1.hex").replace('\n', "");
    let byte = |digits: &[u8]| u8::from_str_radix(std::str::from_utf8(digits).unwrap(), 16).unwrap();
    let bytes: Vec<u8> = hex.as_bytes().chunks(2).map(byte).collect();
    assert_eq!(value(&codec::inflate(&bytes).unwrap()), value(&frames("server")["msg.history"]));
}

#[test]
fn frames_of_later_versions_are_borne() {
    let later = frames("later");
    for (name, frame) in later.iter().filter(|(name, _)| name.starts_with("client.")) {
        assert_eq!(from_client(frame).len(), 1, "{name}");
    }
    for (name, frame) in later.iter().filter(|(name, _)| !name.starts_with("client.")) {
        assert_eq!(from_server(frame).len(), 1, "{name}");
    }
    let ask = from_client(&later["client.unknown-method"]).remove(0).ask;
    assert!(matches!(ask, Some(Ask::Request(26, Err(fault))) if fault.code == Code::UNSUPPORTED));
    assert!(matches!(
        from_server(&later["push.unknown"]).remove(0),
        FromServer::Push(Some(45), Push::Unknown)
    ));
    let FromServer::Push(Some(47), Push::Message(message)) =
        from_server(&later["push.unknown-body"]).remove(0)
    else {
        panic!("a message with an unknown body is still a message")
    };
    assert!(message.body.get().contains("TIMLocationElem"));
}
