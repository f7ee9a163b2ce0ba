//! The attacks of one hostile user on a server at its default limits, on a thread of its own, until the program ends.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sha2::{Digest as _, Sha256};
use tim_protocol::call::{self, Request};
use tim_protocol::conversation::Cursor;
use tim_protocol::media::FileType;
use tim_protocol::{ConversationId, UserId};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use super::png;
use crate::client::Client;
use crate::outcome::AnyResult;
use crate::report;
use crate::server::Server;

const MALLORY: &str = "mallory";
/// Connections of one login that ask for all they can, and questions that each has under way. With those that upload they
/// leave room among a user's connections, so that mallory does not close their own.
const ASKING: usize = 12;
const DEPTH: usize = 16;
/// Tasks that do each of the other things.
const EACH: usize = 8;
/// Sockets that are opened and never say anything, or only half of it.
const SILENT: usize = 600;
/// Side of a picture that takes little to send and much to decode.
const SIDE: u32 = 7_900;
/// How long the other things go on before mallory uses up their own logins.
const LOGINS_AFTER: Duration = Duration::from_secs(3);
/// Pause after something did not work.
const AGAIN: Duration = Duration::from_millis(20);

/// How often each thing was done.
#[derive(Default)]
pub(super) struct Counts {
    answered: AtomicU64,
    refused: AtomicU64,
    logins: AtomicU64,
    wrong_tokens: AtomicU64,
    silent: AtomicU64,
    uploads: AtomicU64,
    refused_uploads: AtomicU64,
    drips: AtomicU64,
}

impl Counts {
    /// Shows them.
    pub(super) fn print(&self) {
        for (name, count) in [
            ("requests answered", &self.answered),
            ("requests refused", &self.refused),
            ("logins and reconnects", &self.logins),
            ("wrong tokens", &self.wrong_tokens),
            ("silent sockets", &self.silent),
            ("costly pictures taken", &self.uploads),
            ("uploads refused", &self.refused_uploads),
            ("dripping uploads that ended", &self.drips),
        ] {
            #[expect(clippy::cast_precision_loss)]
            report::line(name, count.load(Ordering::Relaxed) as f64, "");
        }
    }
}

fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

/// Begins, on a thread that nobody waits for.
pub(super) fn begin(server: Arc<Server>) -> AnyResult<Arc<Counts>> {
    let counts = Arc::new(Counts::default());
    let picture: Arc<[u8]> = png::plain(SIDE)?.into();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mallory = Mallory { server, counts: Arc::clone(&counts), picture };
    std::thread::Builder::new().name(MALLORY.to_owned()).spawn(move || {
        tokio::task::LocalSet::new().block_on(&runtime, mallory.rage());
    })?;
    Ok(counts)
}

#[derive(Clone)]
struct Mallory {
    server: Arc<Server>,
    counts: Arc<Counts>,
    picture: Arc<[u8]>,
}

impl Mallory {
    async fn rage(self) {
        for _ in 0..ASKING {
            forever(self.clone(), Self::asks);
        }
        for _ in 0..EACH {
            forever(self.clone(), Self::guesses);
            forever(self.clone(), Self::uploads);
            forever(self.clone(), Self::drips);
        }
        for _ in 0..SILENT {
            forever(self.clone(), Self::keeps_silent);
        }
        sleep(LOGINS_AFTER).await;
        forever(self, Self::logs_in);
        std::future::pending().await
    }

    /// Everything that may be asked, many at once.
    async fn asks(self) -> AnyResult<()> {
        let mut client = Client::login(&self.server, MALLORY).await?;
        let alice = ConversationId::C2c(UserId::new("alice")?);
        loop {
            let mut asked = Vec::new();
            for place in 0..DEPTH {
                asked.push(match place % 4 {
                    0 => client.send_text(&alice).await?,
                    1 => client.ask(everything_changed()).await?,
                    2 => client.ask(history_of(&alice)).await?,
                    _ => client.ask(profiles()?).await?,
                });
            }
            for number in asked {
                match client.result(number).await? {
                    Ok(_) => count(&self.counts.answered),
                    Err(_) => count(&self.counts.refused),
                }
            }
        }
    }

    async fn logs_in(self) -> AnyResult<()> {
        let client = Client::login(&self.server, MALLORY).await;
        count(&self.counts.logins);
        client.map(drop)
    }

    async fn guesses(self) -> AnyResult<()> {
        let token = self.server.token(MALLORY);
        let refused = Client::with_token(&self.server, "alice", token).await;
        count(&self.counts.wrong_tokens);
        refused.map(drop).or(Ok(()))
    }

    /// Half of a request's head, and then nothing.
    async fn keeps_silent(self) -> AnyResult<()> {
        let mut socket = self.socket().await?;
        count(&self.counts.silent);
        socket.write_all(b"GET /v1 HTTP/1.1\r\n").await?;
        let _ = socket.read(&mut [0; 64]).await?;
        sleep(AGAIN).await;
        Ok(())
    }

    async fn uploads(self) -> AnyResult<()> {
        let mut client = Client::login(&self.server, MALLORY).await?;
        loop {
            // A user who requests without a pause is refused the request, and uploads nothing.
            sleep(AGAIN).await;
            let Some(mut socket) = self.begin_upload(&mut client).await? else { continue };
            let mut said = [0; 64];
            let _ = socket.write_all(&self.picture).await;
            let read = socket.read(&mut said).await.unwrap_or(0);
            let is_taken = said.get(..read).is_some_and(|said| said.starts_with(b"HTTP/1.1 200"));
            count(if is_taken { &self.counts.uploads } else { &self.counts.refused_uploads });
        }
    }

    async fn drips(self) -> AnyResult<()> {
        let mut client = Client::login(&self.server, MALLORY).await?;
        loop {
            sleep(AGAIN).await;
            if let Some(socket) = self.begin_upload(&mut client).await? {
                self.drip(socket).await;
                count(&self.counts.drips);
            }
        }
    }

    /// A byte a second, until the server has enough of it.
    async fn drip(&self, mut socket: TcpStream) {
        for byte in self.picture.iter() {
            if socket.write_all(&[*byte]).await.is_err() {
                break;
            }
            if let Ok(Ok(_)) = timeout(Duration::from_secs(1), socket.read(&mut [0; 64])).await {
                break;
            }
        }
    }

    /// An upload's head, with a ticket that is good; `None` if the server gives no ticket.
    async fn begin_upload(&self, client: &mut Client) -> AnyResult<Option<TcpStream>> {
        let size = self.picture.len();
        let sha256 = Sha256::digest(&self.picture).iter().map(|byte| format!("{byte:02x}")).collect();
        let asked = client
            .ask(call::UploadTicketRequest { file_type: FileType::Image, size: size as u64, sha256 }.into())
            .await?;
        let Ok(ticket) = client.result(asked).await? else {
            count(&self.counts.refused);
            return Ok(None);
        };
        let path = serde_json::from_str::<call::Ticket>(ticket.get())?.path;
        let mut socket = self.socket().await?;
        let head = format!("PUT {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {size}\r\n\r\n");
        socket.write_all(head.as_bytes()).await?;
        Ok(Some(socket))
    }

    async fn socket(&self) -> AnyResult<TcpStream> {
        Ok(TcpStream::connect(self.server.host()).await?)
    }
}

/// Does something again and again.
fn forever<F: Future<Output = AnyResult<()>> + 'static>(mallory: Mallory, deed: fn(Mallory) -> F) {
    tokio::task::spawn_local(async move {
        loop {
            if deed(mallory.clone()).await.is_err() {
                sleep(AGAIN).await;
            }
        }
    });
}

fn everything_changed() -> Request {
    call::SyncRequest { from: Cursor { epoch: 0, version: 0 }, before: None, limit: 200, latest: 20 }.into()
}

fn history_of(conversation: &ConversationId) -> Request {
    let conversation_id = conversation.clone();
    call::HistoryRequest { conversation_id, low: 1, high: u64::from(u32::MAX), limit: 100 }.into()
}

fn profiles() -> AnyResult<Request> {
    let users = (0..100).map(|number| UserId::new(&format!("user-{number}")));
    Ok(call::GetProfilesRequest { user_id_list: users.collect::<Result<_, _>>()? }.into())
}
