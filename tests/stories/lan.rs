//! A phone on the same network as its server, as the README has it: from the certificate to a picture.

use std::net::UdpSocket;

use tim::message::RenditionType;

use crate::pictures::{picture, png};
use crate::world::{World, run_server};

/// This machine's address on its network; of the machine alone if it has no network.
fn own_address() -> String {
    let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
    // Nothing is sent: the system only says over which of its addresses it would.
    match socket.connect("192.0.2.1:9") {
        Ok(()) => socket.local_addr().unwrap().ip().to_string(),
        Err(_) => "127.0.0.1".to_owned(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_trusts_the_certificate_that_the_server_made_for_its_address() {
    let (host, folder) = (own_address(), tempfile::tempdir().unwrap());
    let to = folder.path().join("certificate").display().to_string();
    let tls = run_server(&["cert", "--host", &host, "--host", "mymac.local", "--to", &to]);
    let root = std::fs::read_to_string(folder.path().join("certificate/root.pem")).unwrap();
    let world = World::listening("0.0.0.0:0", &tls).await;
    let alice = world.device_over_tls("alice", "phone", &host, &root);
    alice.login(&world).await;
    let bob = world.device_over_tls("bob", "laptop", &host, &root);
    bob.login(&world).await;

    let sent = alice.tim.send_message(picture(&alice, "C2Cbob", png(400, 300))).await.unwrap();
    assert_eq!(sent.sequence, 1);
    let got = bob.messages(1).await.remove(0);
    let target = folder.path().join("picture.png");
    bob.tim.download_attachment(&got, RenditionType::Original, &target, |_| {}).await.unwrap();
    assert_eq!(image::image_dimensions(&target).unwrap(), (400, 300));
}
