//! The addresses of pictures, as an image view requests them: with a ticket, by HTTP, and of this server only.

use tim::Code;
use tim::message::{Body, Message, Payload, RenditionType};
use tim_server::core::ops::UserKey;
use tim_server::core::ticket::sign_download;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::pictures::{Elsewhere, picture, png, rough, send_picture};
use crate::world::World;

/// Requests an address like an image view does; returns the lines of the response's head, and the bytes.
pub async fn ask(method: &str, address: &str, headers: &str) -> (Vec<String>, Vec<u8>) {
    let (host, path) = address.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut socket = TcpStream::connect(host).await.unwrap();
    let request = format!("{method} /{path} HTTP/1.1\r\nHost: {host}\r\n{headers}Connection: close\r\n\r\n");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    socket.read_to_end(&mut answer).await.unwrap();
    let end = answer.windows(4).position(|it| it == b"\r\n\r\n").unwrap();
    let bytes = answer.split_off(end + 4);
    (String::from_utf8(answer).unwrap().lines().map(str::to_lowercase).collect(), bytes)
}

/// The bytes that an image view shows.
async fn view(address: &str) -> Vec<u8> {
    let (head, bytes) = ask("GET", address, "").await;
    assert_eq!(head[0], "http/1.1 200 ok");
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_view_takes_a_pictures_address_as_it_is() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let made = picture(&alice, "C2Cbob", rough(1000, 500));
    let unsent = alice.tim.get_attachment_url(&made, RenditionType::Original).await;
    assert_eq!(unsent.unwrap_err().code, Code::MESSAGE_INVALID);
    alice.tim.send_message(made).await.unwrap();
    let got = bob.messages(1).await.remove(0);
    let address = bob.tim.get_attachment_url(&got, RenditionType::Original).await.unwrap();
    assert_eq!(view(&address).await, rough(1000, 500));
    assert_eq!(view(&address).await, rough(1000, 500), "as often as it likes");
    let thumb = view(&bob.tim.get_attachment_url(&got, RenditionType::Thumb).await.unwrap()).await;
    assert_eq!(image::load_from_memory(&thumb).unwrap().height(), 198);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_view_may_ask_for_the_head_for_a_part_and_for_nothing_that_it_has() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    let original = rough(100, 50);
    send_picture(&alice, "C2Cbob", original.clone()).await;
    let got = bob.messages(1).await.remove(0);
    let address = bob.tim.get_attachment_url(&got, RenditionType::Original).await.unwrap();
    let has = |head: &[String], line: &str| assert!(head.iter().any(|it| it == line), "{line}: {head:#?}");

    let (head, bytes) = ask("HEAD", &address, "").await;
    assert!(bytes.is_empty() && head[0] == "http/1.1 200 ok");
    for line in ["content-type: image/png", "accept-ranges: bytes", "x-content-type-options: nosniff"] {
        has(&head, line);
    }
    has(&head, &format!("content-length: {}", original.len()));
    let tag = head.iter().find_map(|line| line.strip_prefix("etag: ")).unwrap();

    for (range, part) in
        [("0-99", 0..100), ("100-", 100..original.len()), ("-10", original.len() - 10..original.len())]
    {
        let (head, bytes) =
            ask("GET", &address, &format!("Range: bytes={range}\r\nIf-Range: {tag}\r\n")).await;
        assert_eq!((&*head[0], &*bytes), ("http/1.1 206 partial content", &original[part.clone()]));
        has(&head, &format!("content-range: bytes {}-{}/{}", part.start, part.end - 1, original.len()));
    }
    let (head, _) = ask("GET", &address, &format!("Range: bytes={}-\r\n", original.len())).await;
    assert_eq!(head[0], "http/1.1 416 range not satisfiable");
    has(&head, &format!("content-range: bytes */{}", original.len()));
    let (head, bytes) = ask("GET", &address, &format!("If-None-Match: {tag}\r\n")).await;
    assert!(bytes.is_empty() && head[0] == "http/1.1 304 not modified");
    let (head, _) = ask("POST", &address, "").await;
    assert_eq!(head[0], "http/1.1 405 method not allowed");
    has(&head, "allow: get, head");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_over_or_forged_says_so_and_another_is_had_for_the_asking() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    send_picture(&alice, "C2Cbob", png(30, 20)).await;
    let got = bob.messages(1).await.remove(0);
    let Payload::Body(Body::Image(image)) = &got.payload else { panic!("not a picture: {got:?}") };
    let key: [u8; 32] = std::fs::read(world.data().join("ticket.key")).unwrap().try_into().unwrap();
    let fresh = bob.tim.get_attachment_url(&got, RenditionType::Original).await.unwrap();
    let (place, _) = fresh.split_once("?ticket=").unwrap();
    for (key, expires, code) in [(key, 1, Code::TICKET_EXPIRED), ([0; 32], i64::MAX, Code::TICKET_INVALID)] {
        let ticket = sign_download(&key, world.app, image.uuid, UserKey(1), expires);
        for method in ["GET", "HEAD"] {
            let (head, bytes) = ask(method, &format!("{place}?ticket={ticket}"), "").await;
            assert_eq!(head[0], "http/1.1 403 forbidden");
            let said = String::from_utf8(bytes).unwrap();
            assert!(method == "HEAD" || said.starts_with(&format!("{{\"c\":{}", code.0)), "{said}");
        }
    }
    let renewed = bob.tim.get_attachment_url(&got, RenditionType::Original).await.unwrap();
    assert_eq!(view(&renewed).await, png(30, 20));
}

#[tokio::test(flavor = "multi_thread")]
async fn addresses_are_signed_on_the_device_and_had_without_the_server() {
    let world = World::new().await;
    let (alice, bob) = (world.device("alice", "phone").await, world.device("bob", "laptop").await);
    send_picture(&alice, "C2Cbob", rough(1000, 500)).await;
    send_picture(&alice, "C2Cbob", png(30, 20)).await;
    let [first, second] = bob.messages(2).await.try_into().unwrap();
    // A chat opens: all of its pictures are asked for at once, and keep their addresses.
    let once = || bob.tim.get_attachment_url(&first, RenditionType::Original);
    let shown = futures_util::future::try_join_all(std::iter::repeat_with(once).take(30)).await.unwrap();
    let address = bob.tim.get_attachment_url(&first, RenditionType::Original).await.unwrap();
    assert!(shown.iter().all(|it| *it == address), "one grant signs all");
    world.kill_server().await;
    let of_second = bob.tim.get_attachment_url(&second, RenditionType::Original).await.unwrap();
    let thumb = bob.tim.get_attachment_url(&first, RenditionType::Thumb).await.unwrap();
    world.start_server().await;
    assert_eq!((view(&address).await, view(&of_second).await), (rough(1000, 500), png(30, 20)));
    assert_eq!(image::load_from_memory(&view(&thumb).await).unwrap().height(), 198);
    // Each opens its own place alone.
    let (place, _) = of_second.split_once("?ticket=").unwrap();
    let (_, ticket) = address.split_once("?ticket=").unwrap();
    let (head, _) = ask("GET", &format!("{place}?ticket={ticket}"), "").await;
    assert_eq!(head[0], "http/1.1 403 forbidden");
    // What signed them goes with the login.
    bob.tim.logout().await.unwrap();
    let logged_out = bob.tim.get_attachment_url(&first, RenditionType::Original).await.unwrap_err();
    assert_eq!(logged_out.code, Code::LOGGED_OUT);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_makes_nobody_ask_their_own_machine_for_anything() {
    let world = World::new().await;
    let (mallory, bob) = (world.device("mallory", "phone").await, world.device("bob", "laptop").await);
    let bobs_service = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = bobs_service.local_addr().unwrap();
    let picture = Elsewhere(format!("http://{address}/delete-all")).body();
    let message = Message { payload: Payload::Body(Body::Image(picture)), ..mallory.text("C2Cbob", "look!") };
    mallory.tim.send_message(message).await.unwrap();
    let got = bob.messages(1).await.remove(0);
    let target = world.folder.path().join("downloaded.png");
    let loading = bob.tim.download_attachment(&got, RenditionType::Original, &target, |_| {});
    assert_eq!(loading.await.unwrap_err().code, Code::MEDIA_NOT_FOUND);
    // The first to knock is bob himself.
    let knocking = TcpStream::connect(address).await.unwrap();
    assert_eq!(bobs_service.accept().await.unwrap().1, knocking.local_addr().unwrap());
}
