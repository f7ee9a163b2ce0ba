//! The outbox: what waits in it, how long, and what becomes of it.

use std::path::PathBuf;

use serde_json::json;
use tim::UserId;
use tim::machine::io::{Call, Output};
use tim::message::{
    Flow, ImageBody, ImageFormat, ImageInfo, ImageType, Message, Payload, Priority, SendStatus,
};

use crate::phone::{BEGIN, Phone};

/// A message of alice's, not sent.
fn message(number: u64, to: &str, payload: Payload) -> Message {
    Message {
        id: format!("01990000-0000-7000-9000-{number:012}").parse().unwrap(),
        conversation_id: to.parse().unwrap(),
        from: UserId::new("alice").unwrap(),
        flow: Flow::Out,
        sequence: 0,
        time: BEGIN,
        client_time: BEGIN,
        status: SendStatus::UnSend,
        priority: Priority::Normal,
        nick: String::new(),
        avatar: String::new(),
        is_revoked: false,
        revoker: None,
        is_read: true,
        is_peer_read: false,
        excluded_from_unread_count: false,
        payload,
    }
}

/// A picture that is at this address; nowhere yet, if that is empty.
fn picture_at(url: &str) -> ImageBody {
    let info = |image_type| ImageInfo { image_type, size: 1, width: 1, height: 1, url: url.into() };
    ImageBody {
        uuid: "00000000-0000-4000-8000-000000000001".parse().unwrap(),
        image_format: ImageFormat::Png,
        image_info_array: [ImageType::Original, ImageType::Thumb, ImageType::Large].map(info).to_vec(),
    }
}

fn copy() -> PathBuf {
    "outbox/picture".into()
}

/// A phone that uploads a picture for bob.
fn uploading() -> (Phone, Message) {
    let mut phone = Phone::ready(json!([]));
    let picture = message(1, "C2Cbob", Payload::Image(picture_at("")));
    phone.call(Call::Send { message: Box::new(picture.clone()), upload: Some(copy()) });
    assert!(matches!(phone.done.last(), Some(Output::Upload { message, .. }) if *message == picture.id));
    phone.done.clear();
    (phone, picture)
}

#[test]
fn a_new_life_of_the_servers_data_has_one_upload_for_each_picture() {
    let (mut phone, picture) = uploading();
    phone.comes_back(false);
    let reset = json!({"reset": true, "cursor": [2, 1], "conversations": [], "changes": []});
    phone.reply("sync", &reset);
    assert!(phone.done.iter().any(|it| matches!(it, Output::CancelUpload(id) if *id == picture.id)));
    phone.done.clear();
    phone.welcome(false);
    assert!(
        phone.done.iter().any(|it| matches!(it, Output::Upload { message, .. } if *message == picture.id))
    );
}
