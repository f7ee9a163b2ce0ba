//! The work whose instructions `cargo xtask instructions` counts: each kind in one function, which does nothing else, in one
//! thread, on a real database. As a test it only has to run.
//!
//! What the kernel and the runtime do is not in it: script/bench measures that.

#![allow(missing_docs, unreachable_pub, reason = "nobody builds on a test")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a panic here is the failure report"
)]

mod phone;
mod server;

use tim_protocol::codec;

use phone::Phone;
use server::{Device, Server};

/// A text from its frame to its acknowledgement, and to the frame of its receiver.
#[test]
fn send() {
    let mut server = Server::new();
    let (mut alice, mut bob) = (server.login("alice"), server.login("bob"));
    let texts = bob.texts("C2Calice", 200);
    counted_send(&mut server, &mut bob, &mut alice, &texts);
    assert_eq!((bob.frames(), alice.frames()), (200, 200));
}

#[inline(never)]
fn counted_send(server: &mut Server, bob: &mut Device, alice: &mut Device, texts: &[String]) {
    for (number, text) in texts.iter().enumerate() {
        server.hear(bob, text);
        server.deliver(alice);
        // In groups, as the store's thread does.
        if number % 20 == 19 {
            server.mark();
        }
    }
}

/// A text to a group, from its frame to the frames of its members.
#[test]
fn fan_out() {
    let mut server = Server::new();
    let mut owner = server.login("owner");
    let made = server::group(&mut owner, "tea");
    server.hear(&mut owner, &made);
    let mut members: Vec<Device> = (0..100).map(|number| server.login(&format!("member{number}"))).collect();
    for member in &mut members {
        let join = server::join(member, "tea");
        server.hear(member, &join);
    }
    server.mark();
    for member in &mut members {
        server.deliver(member);
        member.clear();
    }
    let texts = owner.texts("GROUPtea", 10);
    counted_fan_out(&mut server, &mut owner, &mut members, &texts);
    assert!(members.iter().all(|member| member.frames() == texts.len()));
}

#[inline(never)]
fn counted_fan_out(server: &mut Server, owner: &mut Device, members: &mut [Device], texts: &[String]) {
    for text in texts {
        server.hear(owner, text);
        for member in &mut *members {
            server.deliver(member);
        }
    }
    server.mark();
}

/// A login of a known device with its first sync.
#[test]
fn login() {
    let mut server = Server::new();
    let mut hellos = Vec::new();
    for number in 0..50 {
        let name = format!("user{number}");
        server.login(&name);
        hellos.push((Device::new(&server), [server.hello(&name), server::sync()]));
    }
    counted_login(&mut server, &mut hellos);
    assert!(hellos.iter().all(|(device, _)| device.frames() == 2));
}

#[inline(never)]
fn counted_login(server: &mut Server, hellos: &mut [(Device, [String; 2])]) {
    for (device, frames) in hellos {
        for frame in frames {
            server.hear(device, frame);
        }
    }
}

/// A page of 50 messages, compressed.
#[test]
fn page() {
    let mut server = Server::new();
    drop(server.login("alice"));
    let mut bob = server.login("bob");
    for text in bob.texts("C2Calice", 1_000) {
        server.hear(&mut bob, &text);
    }
    let mut alice = server.login("alice");
    let asked: Vec<String> =
        (0..20).map(|page| server::history(&mut alice, "C2Cbob", 50 + page * 47)).collect();
    let bytes = counted_page(&mut server, &mut alice, &asked);
    assert_eq!(alice.frames(), asked.len());
    assert!(bytes > 10_000, "{bytes}");
}

#[inline(never)]
fn counted_page(server: &mut Server, alice: &mut Device, asked: &[String]) -> usize {
    let mut bytes = 0;
    for frame in asked {
        server.hear(alice, frame);
        bytes += codec::deflate(alice.last()).len();
    }
    bytes
}

/// Messages from their frames to the listener on the device, in batches of 100.
#[test]
fn receive() {
    let mut server = Server::new();
    let mut bob = server.login("bob");
    let mut phone = Phone::ready(&mut server, "alice");
    let mut frames = Vec::new();
    for _ in 0..2 {
        for text in bob.texts("C2Calice", 100) {
            server.hear(&mut bob, &text);
        }
        frames.extend(phone.frames(&mut server));
    }
    counted_receive(&mut phone, frames);
    assert_eq!(phone.heard, 200);
}

#[inline(never)]
fn counted_receive(phone: &mut Phone, frames: Vec<String>) {
    for frame in frames {
        phone.hear(frame);
    }
}
