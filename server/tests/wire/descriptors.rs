//! The limit of sockets: existing connections stay, and new ones wait for a place.

use std::process::Command;

use tokio::net::TcpStream;

use crate::stage::{Server, soon};

/// The numbers of what the server has open.
fn open(server: &Server) -> Vec<usize> {
    let folder = format!("/proc/{}/fd", server.pid());
    let numbers = std::fs::read_dir(folder).unwrap();
    numbers.map(|entry| entry.unwrap().file_name().to_str().unwrap().parse().unwrap()).collect()
}

#[tokio::test]
async fn a_server_takes_as_many_descriptors_as_it_may_have() {
    let server = Server::start().await;
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.pid())).unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
    let words: Vec<&str> = line.split_whitespace().collect();
    let [.., soft, hard, _] = words[..] else { panic!("{line}") };
    assert_eq!(soft, hard);
}

#[tokio::test]
async fn a_server_without_descriptors_keeps_who_is_in_and_lets_others_in_as_some_leave() {
    let server = Server::start().await;
    let (mut alice, mut bob) = (server.login("alice").await, server.login("bob").await);
    // Room for a few more.
    let limit = open(&server).into_iter().max().unwrap() + 4;
    let limited = format!("--nofile={limit}:{limit}");
    assert!(Command::new("prlimit").args([&limited, "--pid", &server.pid()]).status().unwrap().success());
    // Those that the server does not take wait in the system's queue.
    let mut crowd = Vec::new();
    for _ in 0..limit {
        crowd.push(soon(TcpStream::connect(&server.address)).await.unwrap());
    }
    soon(async { while open(&server).len() < limit {} }).await;

    for word in ["still", "in"] {
        assert!(alice.sends("C2Cbob", word).await["r"]["sequence"].is_number());
        assert_eq!(bob.hears().await, word);
    }
    let (mut carol, ()) = tokio::join!(server.login("carol"), async { drop(crowd) });
    assert!(carol.sends("C2Calice", "there was a place").await["r"]["sequence"].is_number());
    assert_eq!(alice.hears().await, "there was a place");
}
