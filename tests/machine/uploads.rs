//! Uploads of pictures that wait in the outbox: how many at a time, in which order, and what counts as a failure.

use serde_json::json;
use tim::machine::io::{Call, Input, Output};
use tim::message::{Body, Payload, VideoBody};
use tim::plugin::Uploaded;
use tim::store::OutboxState;
use tim::{Code, MessageId};
use tim_protocol::Fault;
use uuid::Uuid;

use crate::phone::{Phone, draft};
use crate::sending::{copy, picture_at, refusal, uploaded_at, uploading};

/// The uploads that were started since the last look.
fn started(phone: &mut Phone) -> Vec<MessageId> {
    let uploads = phone.done.drain(..).filter_map(|output| match output {
        Output::Upload { message, .. } => Some(message),
        _ => None,
    });
    uploads.collect()
}

fn failed(phone: &mut Phone, picture: MessageId, code: Code) {
    phone.feed(Input::UploadEnded(picture, Err(Fault::new(code))));
}

/// Waits until an upload starts, over a connection that stands.
fn starts_again(phone: &mut Phone) -> Vec<MessageId> {
    for _ in 0..100 {
        let uploads = started(phone);
        if !uploads.is_empty() {
            return uploads;
        }
        phone.wait_for_it();
        pong(phone);
    }
    panic!("no upload starts");
}

/// The next connection stands.
fn reconnect(phone: &mut Phone) {
    let connections = phone.connects;
    while phone.connects == connections {
        phone.wait_for_it();
    }
    phone.welcome(true);
}

/// The server answers the last heartbeat.
fn pong(phone: &mut Phone) {
    let ping = phone.sent.iter().rev().find_map(|envelope| envelope["pi"].as_u64());
    phone.hear(&json!({"po": ping.unwrap_or_default(), "now": phone.now}));
}

#[test]
fn four_pictures_are_uploaded_at_a_time_and_the_oldest_that_may_is_next() {
    let mut phone = Phone::ready(json!([]));
    let pictures: Vec<MessageId> = (1..=7)
        .map(|number| {
            let picture = draft(number, "C2Cbob", Payload::Body(Body::Image(picture_at(""))));
            let id = picture.id;
            phone.call(Call::Send { message: Box::new(picture), upload: Some(copy()) });
            id
        })
        .collect();
    assert_eq!(started(&mut phone), pictures[..4]);
    phone.feed(Input::UploadEnded(pictures[1], Ok(uploaded_at("https://pictures.example/2"))));
    assert_eq!(started(&mut phone), pictures[4..5]);
    phone.feed(Input::UploadEnded(pictures[0], Err(Fault::new(Code::TOO_FAST).retry_after(60_000))));
    assert_eq!(started(&mut phone), pictures[5..6], "the first has to wait");
    phone.feed(Input::Disconnected);
    for picture in &pictures[2..6] {
        failed(&mut phone, *picture, Code::NETWORK_ERROR);
    }
    phone.now += 60_000;
    reconnect(&mut phone);
    assert_eq!(started(&mut phone), [pictures[0], pictures[2], pictures[3], pictures[4]]);
}

#[test]
fn a_broken_connection_is_no_failure_of_the_picture_whichever_is_noticed_first() {
    let (mut phone, picture) = uploading();
    started(&mut phone);
    for round in 0..14 {
        match round % 3 {
            0 => {
                phone.feed(Input::Disconnected);
                failed(&mut phone, picture.id, Code::NETWORK_ERROR);
                reconnect(&mut phone);
            }
            1 => {
                failed(&mut phone, picture.id, Code::NETWORK_ERROR);
                phone.feed(Input::Disconnected);
                reconnect(&mut phone);
            }
            _ => {
                phone.feed(Input::Disconnected);
                reconnect(&mut phone);
                failed(&mut phone, picture.id, Code::NETWORK_ERROR);
            }
        }
        assert_eq!(starts_again(&mut phone), [picture.id]);
    }
    phone.feed(Input::UploadEnded(picture.id, Ok(uploaded_at("https://pictures.example/1"))));
    assert_eq!(phone.last_asked("msg.send").1["ID"], picture.id.to_string());
}

#[test]
fn an_upload_that_the_network_fails_probes_the_connection_before_it_is_repeated() {
    let (mut phone, picture) = uploading();
    started(&mut phone);
    phone.sent.clear();
    failed(&mut phone, picture.id, Code::NETWORK_ERROR);
    assert!(phone.sent.iter().any(|envelope| envelope.get("pi").is_some()), "{:?}", phone.sent);
    let connections = phone.connects;
    phone.wait(4_999);
    assert!(phone.connects > connections, "nobody answered");
    assert!(started(&mut phone).is_empty());
}

#[test]
fn a_picture_whose_upload_fails_again_and_again_is_refused() {
    let mut phone = Phone::ready(json!([]));
    let picture = draft(1, "C2Cbob", Payload::Body(Body::Image(picture_at(""))));
    let sending = phone.call(Call::Send { message: Box::new(picture.clone()), upload: Some(copy()) });
    for _ in 0..4 {
        assert_eq!(starts_again(&mut phone), [picture.id]);
        failed(&mut phone, picture.id, Code::NETWORK_ERROR);
        pong(&mut phone);
    }
    assert_eq!(refusal(&phone, sending), Code::NETWORK_ERROR);
}

#[test]
fn a_plugins_final_refusal_counts_without_a_connection_too() {
    let mut phone = Phone::ready(json!([]));
    let picture = draft(1, "C2Cbob", Payload::Body(Body::Image(picture_at(""))));
    let sending = phone.call(Call::Send { message: Box::new(picture.clone()), upload: Some(copy()) });
    assert_eq!(started(&mut phone), [picture.id]);
    phone.feed(Input::Disconnected);
    failed(&mut phone, picture.id, Code(999_999));
    assert_eq!(refusal(&phone, sending), Code(999_999));
    reconnect(&mut phone);
    assert!(started(&mut phone).is_empty());
}

#[test]
fn a_ticket_that_a_logout_refuses_does_not_refuse_the_picture() {
    let (mut phone, picture) = uploading();
    phone.call(Call::Logout);
    failed(&mut phone, picture.id, Code::LOGGED_OUT);
    let [row] = &phone.store.snapshot().unwrap().outbox[..] else { panic!("one waits") };
    assert_eq!((row.message.id, row.state), (picture.id, OutboxState::Waiting));
}

/// A video and its snapshot that are at these addresses.
fn video_at(video_url: &str, snapshot_url: &str) -> VideoBody {
    VideoBody {
        video_uuid: Uuid::nil(),
        video_url: video_url.into(),
        video_format: "mp4".into(),
        video_second: 12,
        video_size: 99,
        snapshot_uuid: Uuid::nil(),
        snapshot_url: snapshot_url.into(),
        snapshot_width: 30,
        snapshot_height: 20,
        snapshot_size: 1,
    }
}

/// The files whose uploads were started since the last look.
fn files_started(phone: &mut Phone) -> Vec<usize> {
    let places = phone.done.drain(..).filter_map(|output| match output {
        Output::Upload { place, .. } => Some(place),
        _ => None,
    });
    places.collect()
}

fn file_uploaded(phone: &mut Phone, video: MessageId, url: &str) {
    let uploaded = Uploaded::original_only(Uuid::nil(), 1, url);
    phone.feed(Input::UploadEnded(video, Ok(uploaded)));
}

const VIDEO: &str = "/media/1/00000000-0000-4000-8000-000000000001/0";
const SNAPSHOT: &str = "/media/1/00000000-0000-4000-8000-000000000002/0";

#[test]
fn a_videos_files_are_uploaded_one_after_the_other_and_a_failure_of_the_second_is_not_one_of_the_first() {
    let mut phone = Phone::ready(json!([]));
    let video = draft(1, "C2Cbob", Payload::Body(Body::Video(video_at("", ""))));
    phone.call(Call::Send { message: Box::new(video.clone()), upload: Some(copy()) });
    assert_eq!(files_started(&mut phone), [0]);
    file_uploaded(&mut phone, video.id, VIDEO);
    assert!(!phone.done.iter().any(|it| matches!(it, Output::Uploaded(_))), "a file is still needed");
    assert_eq!(files_started(&mut phone), [1]);
    failed(&mut phone, video.id, Code::UPLOAD_FAILED);
    assert_eq!(starts_again(&mut phone), [video.id]);
    assert!(phone.asked("msg.send").is_empty());
    file_uploaded(&mut phone, video.id, SNAPSHOT);
    let (_, sent) = phone.last_asked("msg.send");
    let payload = &sent["body"]["payload"];
    assert_eq!((&payload["videoUrl"], &payload["snapshotUrl"]), (&json!(VIDEO), &json!(SNAPSHOT)));
}

#[test]
fn after_a_restart_the_server_is_asked_for_the_file_it_has_and_a_hosts_uploader_is_not() {
    for (first, expected) in [(VIDEO, vec![0, 1]), ("https://videos.example/1", vec![1])] {
        let mut phone = Phone::ready(json!([]));
        let video = draft(1, "C2Cbob", Payload::Body(Body::Video(video_at("", ""))));
        phone.call(Call::Send { message: Box::new(video.clone()), upload: Some(copy()) });
        file_uploaded(&mut phone, video.id, first);
        let mut phone = phone.restarts();
        phone.log_in("alice");
        phone.welcome(false);
        phone.page(3, json!([]));
        let mut places = files_started(&mut phone);
        if places == [0] {
            file_uploaded(&mut phone, video.id, first);
            places.extend(files_started(&mut phone));
        }
        assert_eq!(places, expected);
        file_uploaded(&mut phone, video.id, SNAPSHOT);
        let (_, sent) = phone.last_asked("msg.send");
        assert_eq!(sent["body"]["payload"]["videoUrl"], first);
    }
}

#[test]
fn what_the_app_itself_put_elsewhere_is_not_uploaded() {
    let mut phone = Phone::ready(json!([]));
    let elsewhere = "https://videos.example/snapshot";
    let video = draft(1, "C2Cbob", Payload::Body(Body::Video(video_at("", elsewhere))));
    phone.call(Call::Send { message: Box::new(video.clone()), upload: Some(copy()) });
    assert_eq!(files_started(&mut phone), [0]);
    file_uploaded(&mut phone, video.id, VIDEO);
    assert_eq!(phone.last_asked("msg.send").1["body"]["payload"]["snapshotUrl"], elsewhere);
    let both = draft(2, "C2Ccarol", Payload::Body(Body::Video(video_at(elsewhere, elsewhere))));
    phone.call(Call::Send { message: Box::new(both.clone()), upload: Some(copy()) });
    assert_eq!(files_started(&mut phone), [0; 0]);
    assert_eq!(phone.last_asked("msg.send").1["ID"], both.id.to_string());
}

#[test]
fn an_uploader_that_names_a_size_that_is_none_has_failed() {
    let mut phone = Phone::ready(json!([]));
    let video = draft(1, "C2Cbob", Payload::Body(Body::Video(video_at("", ""))));
    phone.call(Call::Send { message: Box::new(video.clone()), upload: Some(copy()) });
    let uploaded = Uploaded::original_only(Uuid::nil(), u64::MAX, "https://videos.example/1");
    phone.feed(Input::UploadEnded(video.id, Ok(uploaded)));
    assert_eq!(files_started(&mut phone), [0], "it is not taken over");
    assert_eq!(starts_again(&mut phone), [video.id]);
}
