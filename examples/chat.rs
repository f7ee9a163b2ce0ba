//! A chat from the terminal: two people, two terminals, one server.
//!
//! ```text
//! cargo run --example chat -- ws://127.0.0.1:7700 <SDKAppID> <me> <my UserSig> <the other>
//! ```
//!
//! A line is sent as it is. `/image FILE` sends a picture, `/read` marks everything as read, `/history` shows the last
//! messages, `/quit` ends.

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;

use tim::event::{Event, EventListener};
use tim::message::{Body, Flow, Message, Payload, Priority, TextBody};
use tim::options::TimOptions;
use tim::{ConversationId, ConversationType, Tim};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::sync::Notify;

type AnyResult<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> AnyResult<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [server, app, me, user_sig, other] = arguments.as_slice() else {
        return Err("usage: chat SERVER SDKAPPID ME MY_USERSIG THE_OTHER".into());
    };
    let folder = std::env::temp_dir().join(format!("tim-chat-{me}"));
    let tim = Tim::create(TimOptions::new(app.parse()?, server.as_str(), folder))?;
    let ready = Arc::new(Notify::new());
    tim.add_listener(Arc::new(Screen(Arc::clone(&ready))));
    tim.login(me, user_sig).await?;
    ready.notified().await;
    println!("You are {me}. What you type goes to {other}; /quit ends.");
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        match obey(&tim, other, line.trim()).await {
            Ok(true) => {}
            Ok(false) => break,
            Err(why) => println!("! {why}"),
        }
    }
    tim.destroy().await?;
    Ok(())
}

/// Does what a line says. False when it says to end.
async fn obey(tim: &Tim, to: &str, line: &str) -> AnyResult<bool> {
    let conversation: ConversationId = format!("C2C{to}").parse()?;
    match line.split_once(' ').unwrap_or((line, "")) {
        ("", _) => {}
        ("/quit", _) => return Ok(false),
        ("/read", _) => tim.set_message_read(&conversation).await?,
        ("/history", _) => {
            let page = tim.get_message_list(&conversation, None, 15).await?;
            page.message_list.iter().for_each(|message| println!("{}", shown(message)));
        }
        ("/image", file) => {
            let progress = |percent| println!("  {percent} %");
            let file = PathBuf::from(file);
            let picture =
                tim.create_image_message(to, ConversationType::C2c, file, Priority::Normal, progress)?;
            tim.send_message(picture).await?;
        }
        _ => {
            tim.send_message(tim.create_text_message(to, ConversationType::C2c, line, Priority::Normal)?)
                .await?;
        }
    }
    Ok(true)
}

/// Shows what happens, and tells when everything works.
struct Screen(Arc<Notify>);

impl EventListener for Screen {
    fn on_events(&self, events: &[Event]) {
        for event in events {
            match event {
                Event::MessageReceived(messages) => {
                    messages.iter().for_each(|message| println!("{}", shown(message)));
                }
                Event::MessageReadByPeer(messages) => println!("  (read: {} messages)", messages.len()),
                Event::NetStateChange(state) => println!("  ({state:?})"),
                Event::SdkReady => self.0.notify_one(),
                Event::KickedOut(kind) => println!("  (logged out: {kind:?})"),
                _ => {}
            }
        }
    }
}

fn shown(message: &Message) -> String {
    let who = if message.flow == Flow::Out { "me" } else { message.from.as_str() };
    match &message.payload {
        Payload::Body(Body::Text(TextBody { text: words })) => format!("{who}: {words}"),
        Payload::Body(Body::Image(_)) => format!("{who}: [a picture]"),
        _ if message.is_revoked => format!("{who}: [taken back]"),
        _ => format!("{who}: [not supported yet]"),
    }
}
