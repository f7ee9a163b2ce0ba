//! As much of a Matrix homeserver as one sync loop needs: a room of two people, and a burst of messages in each answer.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

use serde_json::{Value, json};

/// Messages of an answer.
pub(crate) const EACH: usize = 100;
/// Who listens.
pub(crate) const ALICE: &str = "@alice:localhost";
/// Who writes.
const BOB: &str = "@bob:localhost";
/// Where.
pub(crate) const ROOM: &str = "!tea:localhost";

/// Prints its address, and answers until it is killed.
pub(crate) fn serve() -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("http://{}", listener.local_addr()?);
    for connection in listener.incoming() {
        let connection = connection?;
        std::thread::spawn(move || answer_all(connection));
    }
    Ok(())
}

fn answer_all(mut connection: TcpStream) -> io::Result<()> {
    connection.set_nodelay(true)?;
    let mut requests = BufReader::new(connection.try_clone()?);
    while let Some(path) = request(&mut requests)? {
        let body = answer(&path).to_string();
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length:";
        write!(connection, "{head} {}\r\n\r\n{body}", body.len())?;
    }
    Ok(())
}

/// Reads a request and gives its path; `None` at the end.
fn request(requests: &mut BufReader<TcpStream>) -> io::Result<Option<String>> {
    let (mut path, mut length) = (None, 0);
    loop {
        let mut line = String::new();
        if requests.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        match line.split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.parse().unwrap_or(0)
            }
            Some(_) => {}
            None => path = line.split(' ').nth(1).map(str::to_owned),
        }
    }
    io::copy(&mut requests.take(length), &mut io::sink())?;
    Ok(path)
}

fn answer(path: &str) -> Value {
    let Some((_, parameters)) = path.split_once("/sync") else { return json!({}) };
    let since = parameters.split(['?', '&']).find_map(|it| it.strip_prefix("since="));
    let Some(since) = since else { return sync(0, state(), Vec::new()) };
    let burst = since.parse().unwrap_or(0);
    sync(burst + 1, Vec::new(), (0..EACH).map(|place| message(burst, place)).collect())
}

fn sync(next: usize, state: Vec<Value>, timeline: Vec<Value>) -> Value {
    json!({
        "next_batch": next.to_string(),
        "rooms": { "join": { ROOM: {
            "state": { "events": state },
            "timeline": { "events": timeline, "limited": false, "prev_batch": next.to_string() },
            "unread_notifications": { "notification_count": next * EACH, "highlight_count": 0 },
        } } },
    })
}

fn state() -> Vec<Value> {
    let event = |kind: &str, key: &str, content: Value| {
        json!({
            "type": kind, "state_key": key, "content": content, "sender": BOB, "origin_server_ts": 1_767_225_600_000_u64,
            "event_id": format!("${kind}{key}"),
        })
    };
    vec![
        event("m.room.create", "", json!({ "room_version": "11" })),
        event("m.room.member", BOB, json!({ "membership": "join", "displayname": "Bob" })),
        event("m.room.member", ALICE, json!({ "membership": "join", "displayname": "Alice" })),
        event("m.room.join_rules", "", json!({ "join_rule": "invite" })),
    ]
}

/// A text of 100 bytes.
fn message(burst: usize, place: usize) -> Value {
    let number = burst * EACH + place;
    json!({
        "type": "m.room.message", "sender": BOB, "event_id": format!("$message{number:036}"),
        "origin_server_ts": 1_767_225_600_000 + number,
        "content": { "msgtype": "m.text", "body": format!("{number:0100}") },
    })
}
