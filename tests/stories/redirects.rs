//! Servers that send on to somewhere else: pictures are followed as far as it is safe, and the connection itself never is.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tim::message::{Body, Message, Payload, RenditionType};
use tim::{Code, Tim};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::certificates::{TestCertificate, certificate};
use crate::pictures::{Elsewhere, png};
use crate::world::{Device, World};

/// A little web server, and what it was asked for.
struct Web {
    port: u16,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Web {
    /// Gives this answer to every request; with a certificate, over TLS.
    async fn answers(
        made: Option<&TestCertificate>,
        answer: impl FnOnce(u16) -> Vec<u8> + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let (tls, asked, answer) = (made.map(TestCertificate::acceptor), Arc::clone(&heads), answer(port));
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                match &tls {
                    Some(tls) => serve(tls.accept(socket).await.unwrap(), &answer, &asked).await,
                    None => serve(socket, &answer, &asked).await,
                }
            }
        });
        Self { port, heads }
    }

    /// What it was asked for, and with what.
    fn asked(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    fn paths(&self) -> Vec<String> {
        self.asked().iter().map(|head| head.split(' ').nth(1).unwrap().to_owned()).collect()
    }
}

/// Notes the head of one request, and then answers it.
async fn serve(mut socket: impl AsyncReadWrite, answer: &[u8], asked: &Mutex<Vec<String>>) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && socket.read_buf(&mut head).await.unwrap() > 0 {}
    asked.lock().unwrap().push(String::from_utf8(head).unwrap());
    socket.write_all(answer).await.unwrap();
    let _ = socket.shutdown().await;
}

trait AsyncReadWrite: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin {}
impl<T: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin> AsyncReadWrite for T {}

fn sends_on(to: &str) -> Vec<u8> {
    format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").into()
}

fn gives(picture: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", picture.len());
    [head.as_bytes(), picture].concat()
}

/// Bob's laptop, which trusts this root, and a picture of alice's at this place.
async fn shown(world: &World, made: &TestCertificate, place: &Web) -> (Device, Message) {
    let alice = world.device("alice", "phone").await;
    let mut bob = world.device_offline("bob", "laptop");
    bob.options.extra_roots_pem = Some(made.root.clone());
    let bob = bob.restart().await;
    bob.login(world).await;
    let address = format!("https://localhost:{}/album/1?signature=secret", place.port);
    let picture = Elsewhere(address).body();
    alice
        .tim
        .send_message(Message {
            payload: Payload::Body(Body::Image(picture)),
            ..alice.text("C2Cbob", "look")
        })
        .await
        .unwrap();
    let got = bob.messages(1).await.remove(0);
    (bob, got)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_has_moved_is_fetched_where_it_is_without_what_was_signed() {
    let (world, made) = (World::new().await, certificate("localhost", |_| {}));
    let picture = png(30, 20);
    let given = gives(&picture);
    let there = Web::answers(Some(&made), move |_| given).await;
    let to = format!("https://localhost:{}/moved/1", there.port);
    let place = Web::answers(Some(&made), move |_| sends_on(&to)).await;
    let (bob, got) = shown(&world, &made, &place).await;
    let target = world.folder.path().join("picture.png");
    bob.tim.download_attachment(&got, RenditionType::Original, &target, |_| {}).await.unwrap();
    assert_eq!(std::fs::read(&target).unwrap(), picture);
    assert_eq!(
        (place.paths(), there.paths()),
        (vec!["/album/1?signature=secret".into()], vec!["/moved/1".into()])
    );
    let head = there.asked().remove(0).to_lowercase();
    assert!(
        !head.contains("secret") && !head.contains("authorization") && !head.contains("cookie"),
        "{head}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_leads_to_plain_text_is_not_fetched() {
    let (world, made) = (World::new().await, certificate("localhost", |_| {}));
    let plain = Web::answers(None, |_| gives(&png(30, 20))).await;
    let to = format!("http://localhost:{}/1", plain.port);
    let place = Web::answers(Some(&made), move |_| sends_on(&to)).await;
    let (bob, got) = shown(&world, &made, &place).await;
    let target = world.folder.path().join("picture.png");
    let why = bob.tim.download_attachment(&got, RenditionType::Original, &target, |_| {}).await.unwrap_err();
    assert_eq!(why.code, Code::MEDIA_NOT_FOUND);
    assert_eq!((place.asked().len(), plain.asked().len(), target.exists()), (1, 0, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_leads_in_a_circle_is_given_up() {
    let (world, made) = (World::new().await, certificate("localhost", |_| {}));
    let place = Web::answers(Some(&made), |port| sends_on(&format!("https://localhost:{port}/again"))).await;
    let (bob, got) = shown(&world, &made, &place).await;
    let target = world.folder.path().join("picture.png");
    let why = bob.tim.download_attachment(&got, RenditionType::Original, &target, |_| {}).await.unwrap_err();
    assert_eq!((why.code, place.asked().len()), (Code::MEDIA_NOT_FOUND, 6));
}

/// A server whose name or certificate a host was given is who that host trusts: nobody else is told a token.
#[tokio::test(flavor = "multi_thread")]
async fn a_connection_is_not_made_where_an_answer_leads() {
    let elsewhere = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = elsewhere.local_addr().unwrap();
    let place = Web::answers(None, move |_| sends_on(&format!("ws://{address}/v1"))).await;
    let world = World::new().await;
    let mut options = world.device_offline("alice", "phone").options.clone();
    options.server = format!("ws://127.0.0.1:{}", place.port);
    options.instance = format!("sent on {}", world.folder.path().display());
    options.login_timeout = Duration::from_secs(1);
    let alice = Tim::create(options).unwrap();
    let why = alice.login("alice", &world.sig("alice")).await.unwrap_err();
    assert_eq!(why.code, Code::NETWORK_ERROR, "{why}");
    assert!(
        !place.asked().is_empty() && place.asked().iter().all(|head| !head.contains(&world.sig("alice")))
    );
    // The first to knock is the story itself.
    let knocking = TcpStream::connect(address).await.unwrap();
    assert_eq!(elsewhere.accept().await.unwrap().1, knocking.local_addr().unwrap());
    alice.destroy().await.unwrap();
}
