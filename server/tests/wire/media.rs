//! Pictures over bare HTTP: what a ticket allows, and all it does not.

use hyper::body::Bytes;
use hyper::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tim_protocol::Code;
use tim_protocol::media::FileType;
use tim_server::core::ops::UserKey;
use tim_server::core::ticket::{Upload, sign_download, sign_upload};
use uuid::Uuid;

use crate::stage::{Client, Server, code, http};

pub(crate) fn png(width: u32) -> Vec<u8> {
    let mut bytes = Vec::new();
    let picture = image::RgbImage::from_pixel(width, 10, image::Rgb([1, 2, 3]));
    picture.write_to(&mut std::io::Cursor::new(&mut bytes), image::ImageFormat::Png).unwrap();
    bytes
}

/// A picture whose smaller sizes are lighter than it.
pub(crate) fn photograph() -> Vec<u8> {
    let mut bytes = Vec::new();
    let color =
        |x: u32, y: u32| (x.wrapping_mul(7_919) ^ y.wrapping_mul(104_729)).wrapping_mul(2_654_435_761);
    let picture = image::RgbImage::from_fn(300, 300, |x, y| {
        let [red, green, blue, _] = color(x, y).to_be_bytes();
        image::Rgb([red, green, blue])
    });
    picture.write_to(&mut std::io::Cursor::new(&mut bytes), image::ImageFormat::Png).unwrap();
    bytes
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A path to upload exactly these bytes to.
pub(crate) async fn ticket_for(client: &mut Client, bytes: &[u8]) -> String {
    let asked = json!({ "fileType": 1, "size": bytes.len(), "sha256": sha256(bytes) });
    let answer = client.ask("media.upload", &asked).await;
    answer["r"]["path"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

pub(crate) async fn put(server: &Server, path: &str, bytes: Vec<u8>) -> (StatusCode, Bytes) {
    http(&server.address, Method::PUT, path, &[], bytes).await
}

async fn get(server: &Server, path: &str) -> (StatusCode, Bytes) {
    http(&server.address, Method::GET, path, &[], Vec::new()).await
}

/// Uploads a picture and gives the address of its original.
pub(crate) async fn upload(server: &Server, client: &mut Client, bytes: Vec<u8>) -> String {
    let path = ticket_for(client, &bytes).await;
    let (status, body) = put(server, &path, bytes).await;
    assert_eq!(status, StatusCode::OK, "{body:?}");
    let uploaded: Value = serde_json::from_slice(&body).unwrap();
    uploaded["renditions"][0]["url"].as_str().unwrap().to_owned()
}

fn ticket_key(server: &Server) -> [u8; 32] {
    std::fs::read(server.data().join("ticket.key")).unwrap().try_into().unwrap()
}

/// Refused with this number.
fn is_refused((status, body): (StatusCode, Bytes), expected: Code) {
    assert_ne!(status, StatusCode::OK);
    assert_eq!(code(&body), u64::from(expected.0));
}

#[tokio::test]
async fn a_ticket_uploads_one_picture_once() {
    let server = Server::start().await;
    let mut alice = server.login("alice").await;
    let path = ticket_for(&mut alice, &png(10)).await;
    is_refused(put(&server, &path, png(11)).await, Code::MEDIA_MISMATCH);
    let mut as_long = png(10);
    *as_long.last_mut().unwrap() ^= 1;
    is_refused(put(&server, &path, as_long).await, Code::MEDIA_MISMATCH);
    let (status, _) = put(&server, &path, png(10)).await;
    assert_eq!(status, StatusCode::OK, "what failed did not use it up");
    is_refused(put(&server, &path, png(10)).await, Code::TICKET_USED);
    let left = std::fs::read_dir(server.data().join("media").join("incoming")).unwrap().count();
    assert_eq!(left, 0, "nothing is left half uploaded");
}

#[tokio::test]
async fn a_ticket_that_this_server_did_not_give_or_gave_long_ago_uploads_nothing() {
    let server = Server::start().await;
    let bytes = png(10);
    let upload = Upload {
        app: server.app,
        owner: UserKey(1),
        file_type: FileType::Image,
        size: bytes.len() as u64,
        sha256: sha256(&bytes),
        nonce: Uuid::from_u128(1),
    };
    let path = |ticket: String| format!("/media/upload?ticket={ticket}");
    let expired = path(sign_upload(&ticket_key(&server), &upload, 1));
    is_refused(put(&server, &expired, bytes.clone()).await, Code::TICKET_EXPIRED);
    let forged = path(sign_upload(&[0; 32], &upload, i64::MAX));
    is_refused(put(&server, &forged, bytes.clone()).await, Code::TICKET_INVALID);
    is_refused(put(&server, "/media/upload", bytes.clone()).await, Code::TICKET_INVALID);
    let to_look = sign_download(&ticket_key(&server), server.app, Uuid::from_u128(1), UserKey(1), i64::MAX);
    is_refused(put(&server, &path(to_look), bytes).await, Code::TICKET_INVALID);
}

#[tokio::test]
async fn what_is_no_picture_is_not_kept() {
    let server = Server::start().await;
    let mut alice = server.login("alice").await;
    let cut = png(100)[..60].to_vec();
    let progressive = b"\xff\xd8\xff\xc2\0\x11\x08\x23\x40\x2f\0\x03\x01\x22\0\x02\x11\0\x03\x11\0".to_vec();
    let refused = [
        (b"#!/bin/sh".to_vec(), Code::IMAGE_TYPE_INVALID),
        (vec![0], Code::IMAGE_TYPE_INVALID),
        (b"\x89PNG\r\n\x1a\nand then nothing".to_vec(), Code::IMAGE_DAMAGED),
        (cut, Code::IMAGE_DAMAGED),
        (b"GIF89a\x31\x75\x01\0".to_vec(), Code::IMAGE_DIMENSIONS),
        (progressive, Code::IMAGE_NEEDS_MEMORY),
    ];
    for (bytes, code) in refused {
        let path = ticket_for(&mut alice, &bytes).await;
        is_refused(put(&server, &path, bytes).await, code);
    }
}

#[tokio::test]
async fn a_picture_is_given_only_to_whoever_has_a_ticket_for_it() {
    let server = Server::start().await;
    let (mut alice, mut bob) = (server.login("alice").await, server.login("bob").await);
    let first = upload(&server, &mut alice, png(10)).await;
    let second = upload(&server, &mut alice, png(20)).await;
    let answer = bob.ask("media.download", &json!({ "url": first })).await;
    let path = answer["r"]["path"].as_str().unwrap();
    assert_eq!(get(&server, path).await, (StatusCode::OK, png(10).into()));
    assert_eq!(get(&server, path).await.0, StatusCode::OK, "looking twice is fine");
    let (_, query) = path.split_once('?').unwrap();
    is_refused(get(&server, &first).await, Code::TICKET_INVALID);
    is_refused(get(&server, &format!("{second}?{query}")).await, Code::TICKET_INVALID);
    let id = Uuid::parse_str(first.split('/').nth(3).unwrap()).unwrap();
    let expired = sign_download(&ticket_key(&server), server.app, id, UserKey(1), 1);
    is_refused(get(&server, &format!("{first}?ticket={expired}")).await, Code::TICKET_EXPIRED);
    let nobodys = sign_download(&ticket_key(&server), server.app, Uuid::nil(), UserKey(1), i64::MAX);
    let of_nobody = format!("/media/{}/{}/0?ticket={nobodys}", server.app, Uuid::nil());
    is_refused(get(&server, &of_nobody).await, Code::MEDIA_NOT_FOUND);
    let not_there = json!({ "url": format!("/media/{}/{}/0", server.app, Uuid::nil()) });
    assert_eq!(bob.ask("media.download", &not_there).await["e"]["c"], Code::MEDIA_NOT_FOUND.0);
    is_refused(get(&server, "/media/../ticket.key").await, Code::MEDIA_NOT_FOUND);
    let (status, _) = http(&server.address, Method::DELETE, path, &[], Vec::new()).await;
    assert_eq!(status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn what_a_device_is_granted_holds_as_long_as_a_ticket() {
    let server = Server::start().await;
    let mut bob = server.login("bob").await;
    let granted = bob.ask("media.grant", &json!({})).await["r"].clone();
    let ticket =
        bob.ask("media.upload", &json!({ "fileType": 255, "size": 1, "sha256": "0".repeat(64) })).await;
    let [grants, tickets] = [&granted, &ticket["r"]].map(|it| it["expires"].as_i64().unwrap());
    assert!((grants - tickets).abs() < 60_000);
    let place = format!("/media/{}/{}/0", server.app, Uuid::nil());
    let grant = granted["grant"].as_str().unwrap();
    for forged in [grant.to_owned(), format!("{grant}."), format!("{grant}.{}", "0".repeat(64))] {
        is_refused(get(&server, &format!("{place}?ticket={forged}")).await, Code::TICKET_INVALID);
    }
}

#[tokio::test]
async fn an_equal_picture_never_spoils_the_one_that_is_there() {
    use std::io::Read as _;
    let server = Server::start().await;
    let mut alice = server.login("alice").await;
    let first = upload(&server, &mut alice, photograph()).await;
    let name = sha256(&photograph());
    let file = |size: u32| server.data().join("media").join(&name[..2]).join(format!("{name}.{size}"));
    let before = [0, 1, 2].map(|size| std::fs::File::open(file(size)).unwrap());
    let bytes = [0, 1, 2].map(|size| std::fs::read(file(size)).unwrap());
    let second = upload(&server, &mut alice, photograph()).await;
    assert_ne!(first, second, "each upload has its name");
    for ((mut old, size), bytes) in before.into_iter().zip(0..).zip(bytes) {
        // A download that had begun goes on.
        let mut read = Vec::new();
        old.read_to_end(&mut read).unwrap();
        assert!(read == bytes && std::fs::read(file(size)).unwrap() == bytes, "size {size}");
    }
    let left = std::fs::read_dir(server.data().join("media").join("incoming")).unwrap().count();
    assert_eq!(left, 0);
}
