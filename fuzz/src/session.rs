//! What clients may do to a server once they are logged in: any text, line by line, as frames to sessions with a real
//! database behind them.
//!
//! Returns on whatever may be refused. Panics if a session does, or if it sends what a client cannot read.

use tim_server::store::sqlite::Database;

use crate::server::Server;

/// Any text as alice's frames.
pub fn session(data: &[u8]) {
    play(&["alice"], data);
}

/// Any text as the frames of alice and bob, who take turns line by line.
pub fn two_users(data: &[u8]) {
    play(&["alice", "bob"], data);
}

fn play(users: &[&str], data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let mut server = Server::on(Database::in_memory().expect("memory takes a database"));
    let mut connections: Vec<usize> = users.iter().map(|user| server.connect(user)).collect();
    for (turn, line) in text.lines().take(64).enumerate() {
        let speaker = turn % connections.len();
        connections[speaker] = server.says(connections[speaker], line);
    }
}
