//! The main job, call by call: two people log in, chat with texts and pictures, and see every event as it comes.
//!
//! `script/demo` runs it against a server it has just started. By hand:
//!
//! ```text
//! cargo run --example quickstart -- ws://127.0.0.1:7700 <SDKAppID> <alice's UserSig> <bob's UserSig> <folder>
//! ```

use std::error::Error;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tim::error::TimError;
use tim::event::{Event, EventListener};
use tim::message::{Body, Message, Payload, Priority, RenditionType, SendStatus, TextBody};
use tim::options::TimOptions;
use tim::plugin::{Plugin, Rendition, UploadFile, UploadPlugin, UploadProgress, Uploaded};
use tim::{Code, ConversationId, ConversationType, Tim, UserId};
use tokio::sync::mpsc;
use uuid::Uuid;

type AnyResult<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
async fn main() -> AnyResult<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [server, app, alices_sig, bobs_sig, folder] = arguments.as_slice() else {
        return Err("usage: quickstart SERVER SDKAPPID ALICES_USERSIG BOBS_USERSIG FOLDER".into());
    };
    let (app, folder) = (app.parse()?, Path::new(folder));
    tim::set_log_level(1)?;

    let mut alice = Person::create("alice", app, server, folder)?;
    let mut bob = Person::create("bob", app, server, folder)?;
    alice.log_in(alices_sig).await?;
    bob.log_in(bobs_sig).await?;

    alice.say(&bob, "Hello world!").await?;
    let got = bob.next_message().await?;
    bob.say(&alice, "Hello alice! Here is where I am.").await?;
    alice.next_message().await?;

    bob.show(&alice, picture(1_200, 800)?).await?;
    let shown = alice.next_picture().await?;
    alice.save(&shown, &folder.join("from-bob.png")).await?;
    alice.show(&bob, picture(640, 960)?).await?;
    let shown = bob.next_picture().await?;
    bob.save(&shown, &folder.join("from-alice.png")).await?;

    alice.tim.register_plugin(Plugin::Upload(Arc::new(Elsewhere(folder.to_owned()))));
    alice.give(&bob, "notes.txt", "Milk, bread, tea").await?;
    let given = bob.next_message().await?;
    println!("  it is at {}", bob.tim.get_attachment_url(&given, RenditionType::Original).await?);

    bob.tim.set_message_read(&got.conversation_id).await?;
    alice
        .wait_for("alice learns that bob has read", |event| matches!(event, Event::MessageReadByPeer(_)))
        .await?;
    let regretted = alice.say(&bob, "Never mind this one.").await?;
    alice.tim.revoke_message(&regretted).await?;
    bob.wait_for("bob sees it go", |event| matches!(event, Event::MessageRevoked(_))).await?;

    bob.list().await?;
    bob.page_through(&got.conversation_id).await?;

    bob.tim.add_to_blacklist(&[UserId::new(alice.name)?]).await?;
    if let Err(why) = alice.say(&bob, "Are you there?").await {
        println!("  refused: {why}");
    }
    step("alice's app starts anew");
    alice.tim.destroy().await?;
    let mut alice = Person::create("alice", app, server, folder)?;
    alice.log_in(alices_sig).await?;
    bob.tim.remove_from_blacklist(&[UserId::new(alice.name)?]).await?;
    alice.send_again(&bob).await?;
    bob.next_message().await?;

    alice.tim.logout().await?;
    tim::shutdown().await?;
    println!("\nDone: texts and pictures went both ways, and every step was seen.");
    Ok(())
}

/// Somebody with a device.
struct Person {
    name: &'static str,
    tim: Tim,
    events: mpsc::UnboundedReceiver<Event>,
    /// Messages that came while something else was waited for.
    messages: Vec<Message>,
}

/// Prints the events of a person's device, and passes them on.
struct Printer(&'static str, mpsc::UnboundedSender<Event>);

impl EventListener for Printer {
    fn on_events(&self, events: &[Event]) {
        for event in events {
            println!("  {:>5} <- {}", self.0, describe(event));
            let _ = self.1.send(event.clone());
        }
    }
}

/// Stores files where the app wants them: here in a folder, in an app on a server of its own.
struct Elsewhere(PathBuf);

impl UploadPlugin for Elsewhere {
    fn upload(&self, file: &UploadFile, progress: UploadProgress) -> Result<Uploaded, TimError> {
        let uuid = Uuid::new_v4();
        std::fs::copy(&file.path, self.0.join(uuid.to_string()))
            .map_err(|why| TimError { code: Code::UPLOAD_FAILED, message: why.to_string() })?;
        progress(100);
        let (rendition_type, url) = (RenditionType::Original, format!("https://files.example/{uuid}"));
        let renditions = vec![Rendition { rendition_type, size: file.size, width: 0, height: 0, url }];
        Ok(Uploaded { uuid, renditions })
    }
}

impl Person {
    fn create(name: &'static str, app: u32, server: &str, folder: &Path) -> AnyResult<Self> {
        let mut options = TimOptions::new(app, server, folder.join(name));
        // Two people in one process, as only a demonstration has it.
        options.instance = name.into();
        let tim = Tim::create(options)?;
        let (sender, events) = mpsc::unbounded_channel();
        tim.add_listener(Arc::new(Printer(name, sender)));
        Ok(Self { name, tim, events, messages: Vec::new() })
    }

    async fn log_in(&mut self, user_sig: &str) -> AnyResult<()> {
        step(&format!("{} logs in", self.name));
        self.tim.login(self.name, user_sig).await?;
        self.wait_for("ready", |event| *event == Event::SdkReady).await
    }

    async fn say(&self, to: &Self, words: &str) -> AnyResult<Message> {
        step(&format!("{} says \"{words}\"", self.name));
        let message =
            self.tim.create_text_message(to.name, ConversationType::C2c, words, Priority::Normal)?;
        Ok(self.tim.send_message(message).await?)
    }

    async fn show(&self, to: &Self, picture: Vec<u8>) -> AnyResult<Message> {
        step(&format!("{} sends a picture of {} KiB", self.name, picture.len() / 1024));
        let progress = |percent| bar("up", percent);
        let message = self.tim.create_image_message(
            to.name,
            ConversationType::C2c,
            picture,
            Priority::Normal,
            progress,
        )?;
        Ok(self.tim.send_message(message).await?)
    }

    async fn give(&self, to: &Self, name: &str, words: &str) -> AnyResult<Message> {
        step(&format!("{} gives {} a file, which is stored elsewhere", self.name, to.name));
        let (kind, priority) = (ConversationType::C2c, Priority::Normal);
        let message = self.tim.create_file_message(
            to.name,
            kind,
            words.as_bytes().to_vec(),
            name,
            priority,
            |percent| {
                bar("up", percent);
            },
        )?;
        Ok(self.tim.send_message(message).await?)
    }

    async fn save(&self, message: &Message, target: &Path) -> AnyResult<()> {
        step(&format!("{} saves it", self.name));
        self.tim
            .download_attachment(message, RenditionType::Original, target, |percent| bar("down", percent))
            .await?;
        Ok(())
    }

    /// The list of chats with their names.
    async fn list(&self) -> AnyResult<()> {
        step(&format!("{} looks at the list of chats", self.name));
        for chat in self.tim.get_conversation_list().await? {
            println!("  {}: {} ({} unread)", chat.show_name, chat.message_for_show, chat.unread_count);
        }
        Ok(())
    }

    /// A chat, page by page.
    async fn page_through(&self, chat: &ConversationId) -> AnyResult<()> {
        step(&format!("{} reads from the end to the beginning", self.name));
        let mut before = None;
        loop {
            let page = self.tim.get_message_list(chat, before.as_deref(), 3).await?;
            let lines: Vec<_> = page.message_list.iter().map(Message::for_show).collect();
            println!("  a page: {}", lines.join(" | "));
            if page.is_completed {
                return Ok(());
            }
            before = page.next_req_message_id;
        }
    }

    /// Sends again what was refused: it is kept, also when the app starts anew.
    async fn send_again(&self, to: &Self) -> AnyResult<()> {
        step(&format!("{} sends again what was refused", self.name));
        let chat = format!("C2C{}", to.name).parse()?;
        for message in self.tim.get_message_list(&chat, None, 20).await?.message_list {
            if message.status == SendStatus::Fail {
                self.tim.resend_message(message.id).await?;
            }
        }
        Ok(())
    }

    async fn next_message(&mut self) -> AnyResult<Message> {
        while self.messages.is_empty() {
            self.wait_for("a message", |event| matches!(event, Event::MessageReceived(_))).await?;
        }
        Ok(self.messages.remove(0))
    }

    async fn next_picture(&mut self) -> AnyResult<Message> {
        loop {
            let message = self.next_message().await?;
            if matches!(message.payload, Payload::Body(Body::Image(_))) {
                return Ok(message);
            }
        }
    }

    async fn wait_for(&mut self, what: &str, is_it: impl Fn(&Event) -> bool) -> AnyResult<()> {
        while let Some(event) = self.events.recv().await {
            if let Event::MessageReceived(messages) = &event {
                self.messages.extend(messages.iter().cloned());
            }
            if is_it(&event) {
                return Ok(());
            }
        }
        Err(format!("{} waited in vain: {what}", self.name).into())
    }
}

fn step(what: &str) {
    println!("\n{what}");
}

/// A progress bar: on one line of a terminal, or a line per quarter elsewhere.
fn bar(way: &str, percent: u8) {
    let line = format!("  {way:>5} [{:<20}] {percent:3} %", "#".repeat(usize::from(percent) / 5));
    if std::io::stdout().is_terminal() {
        print!("\r{line}{}", if percent == 100 { "\n" } else { "" });
        let _ = std::io::stdout().flush();
    } else if percent.is_multiple_of(25) {
        println!("{line}");
    }
}

fn describe(event: &Event) -> String {
    match event {
        Event::SdkReady => "SDK_READY".into(),
        Event::SdkNotReady => "SDK_NOT_READY".into(),
        Event::SdkDestroy { sdk_app_id } => format!("SDK_DESTROY {sdk_app_id}"),
        Event::MessageReceived(messages) => format!("MESSAGE_RECEIVED {}", all(messages)),
        Event::MessageStatusChanged(messages) => format!("MESSAGE_STATUS_CHANGED {}", all(messages)),
        Event::MessageRevoked(messages) => format!("MESSAGE_REVOKED {}", all(messages)),
        Event::MessageModified(messages) => format!("MESSAGE_MODIFIED {}", all(messages)),
        Event::MessageReactionsUpdated(messages) => format!("MESSAGE_REACTIONS_UPDATED {}", all(messages)),
        Event::PinnedGroupMessageUpdated(it) => {
            format!("PINNED_GROUP_MESSAGE_UPDATED {} {} {}", it.group_id, it.message_sequence, it.is_pinned)
        }
        Event::MessageReadByPeer(messages) => format!("MESSAGE_READ_BY_PEER {}", all(messages)),
        Event::MessageReadReceiptReceived(receipts) => {
            format!("MESSAGE_READ_RECEIPT_RECEIVED {} messages", receipts.len())
        }
        Event::ConversationListUpdated(list) => {
            let each = list
                .iter()
                .map(|c| format!("{}: {} ({} unread)", c.show_name, c.message_for_show, c.unread_count));
            format!("CONVERSATION_LIST_UPDATED {}", each.collect::<Vec<_>>().join(", "))
        }
        Event::MessageDeleted(deleted) => format!("MESSAGE_DELETED {}", deleted.message_id_list.len()),
        Event::ConversationChanged(changes) => {
            format!("CONVERSATION_CHANGED {}", changes.conversations.len() + changes.deleted.len())
        }
        Event::UnreadMessageCountChangedByFilter { filter, count } => {
            format!("UNREAD_MESSAGE_COUNT_CHANGED_BY_FILTER {filter:?} {count}")
        }
        Event::TotalUnreadMessageCountUpdated(count) => format!("TOTAL_UNREAD_MESSAGE_COUNT_UPDATED {count}"),
        Event::GroupListUpdated(groups) => format!("GROUP_LIST_UPDATED {} groups", groups.len()),
        Event::ProfileUpdated(_) => "PROFILE_UPDATED".into(),
        Event::BlacklistUpdated(users) => format!("BLACKLIST_UPDATED {} users", users.len()),
        Event::AllReceiveMessageOptUpdated(opt) => {
            format!("ALL_RECEIVE_MESSAGE_OPT_UPDATED {}", opt.message_remind_type.as_str())
        }
        Event::FriendListUpdated(friends) => format!("FRIEND_LIST_UPDATED {} friends", friends.len()),
        Event::FriendGroupListUpdated(groups) => format!("FRIEND_GROUP_LIST_UPDATED {} groups", groups.len()),
        Event::NewInvitationReceived(it) => format!("NEW_INVITATION_RECEIVED from {}", it.inviter),
        Event::InviteeAccepted(it) => format!("INVITEE_ACCEPTED {}", it.invitee),
        Event::InviteeRejected(it) => format!("INVITEE_REJECTED {}", it.invitee),
        Event::InvitationCancelled(it) => format!("INVITATION_CANCELLED by {}", it.inviter),
        Event::InvitationModified(it) => format!("INVITATION_MODIFIED by {}", it.inviter),
        Event::InvitationTimeout(it) => format!("INVITATION_TIMEOUT {} users", it.invitee_list.len()),
        Event::UserStatusUpdated(statuses) => format!("USER_STATUS_UPDATED {} users", statuses.len()),
        Event::FriendApplicationListUpdated(it) => {
            format!("FRIEND_APPLICATION_LIST_UPDATED {} unread", it.unread_count)
        }
        Event::GroupAttributesUpdated(it) => {
            format!("GROUP_ATTRIBUTES_UPDATED {} version {}", it.group_id, it.version)
        }
        Event::Error { code, message } => format!("ERROR {code} {message}"),
        Event::KickedOut(kind) => format!("KICKED_OUT {kind:?}"),
        Event::NetStateChange(state) => format!("NET_STATE_CHANGE {state:?}"),
    }
}

fn all(messages: &[Message]) -> String {
    messages.iter().map(shown).collect::<Vec<_>>().join(", ")
}

fn shown(message: &Message) -> String {
    match &message.payload {
        Payload::Body(Body::Text(TextBody { text: words })) => format!("{}: \"{words}\"", message.from),
        Payload::Body(Body::Image(image)) => {
            let size = image.image_info_array.first().map(|info| (info.width, info.height));
            format!("{}: a picture of {:?} pixels", message.from, size.unwrap_or_default())
        }
        _ if message.is_revoked => format!("{}: (taken back)", message.from),
        other => format!("{}: {other:?}", message.from),
    }
}

/// Something to look at, noisy enough not to compress away.
fn picture(width: u32, height: u32) -> AnyResult<Vec<u8>> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_fn(width, height, |x, y| {
        let noise = u8::try_from((x * 7 + y * 13 + x * y) % 251).unwrap_or(0);
        image::Rgb([
            noise,
            u8::try_from(x * 255 / width).unwrap_or(0),
            u8::try_from(y * 255 / height).unwrap_or(0),
        ])
    })
    .write_to(&mut bytes, image::ImageFormat::Png)?;
    Ok(bytes.into_inner())
}
