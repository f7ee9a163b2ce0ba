//! Messages to a group whose members are all connected: what a delivery costs, and how long the sender waits.
//!
//! The members have a thread of their own, so that the sender does not wait until this program has read what they receive.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use tim_protocol::call::{CreateGroupRequest, JoinGroupRequest};
use tim_protocol::frame::{FromServer, Push};
use tim_protocol::group::{GroupType, NewGroup};
use tim_protocol::{ConversationId, GroupId};
use tokio::runtime::Builder;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::{LocalSet, spawn_local};

use crate::client::Client;
use crate::outcome::AnyResult;
use crate::report::Times;
use crate::server::{Server, settle};

/// What the thread of the members says.
enum Heard {
    /// All are in the group.
    Joined,
    /// All have received one message more.
    All,
    /// One has failed, or was too slow.
    Failed(String),
}

/// A group of connected members.
pub(crate) struct Meeting {
    owner: Client,
    others: u32,
    heard: UnboundedReceiver<Heard>,
    id: GroupId,
}

impl Meeting {
    /// A group with this many members, its owner among them.
    pub(crate) async fn open(
        server: &Arc<Server>,
        name: &str,
        group_type: GroupType,
        members: u32,
    ) -> AnyResult<Self> {
        let mut owner = Client::login(server, &format!("{name}-owner")).await?;
        let id = GroupId::new(name)?;
        let group =
            NewGroup { name: name.to_owned(), group_type, group_id: Some(id.clone()), ..NewGroup::default() };
        owner.call(CreateGroupRequest { group }).await?;
        let (say, heard) = unbounded_channel();
        let others = members - 1;
        let mut meeting = Self { owner, others, heard, id };
        let (server, id) = (Arc::clone(server), meeting.id.clone());
        thread::Builder::new().name("members".into()).spawn(move || receive(&server, &id, others, &say))?;
        meeting.hear().await?;
        // The tips of the joins are delivered, and all members are marked.
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok(meeting)
    }

    /// The owner sends this many times so many messages at once, each time when those before are acknowledged, and every
    /// member receives each. The processor time of the server for each delivery.
    pub(crate) async fn chat(mut self, server: &Server, times: u32, at_once: u32) -> AnyResult<Duration> {
        let cpu = server.cpu_time()?;
        for _ in 0..times {
            self.send(at_once).await?;
        }
        for _ in 0..times * at_once {
            self.hear().await?;
        }
        settle().await;
        let deliveries = f64::from(times * at_once) * f64::from(self.others);
        Ok(server.cpu_time()?.saturating_sub(cpu).div_f64(deliveries))
    }

    /// The owner sends this many messages, each when all members have received the one before: how long each waits for its
    /// acknowledgement.
    pub(crate) async fn acknowledgements(mut self, messages: u32) -> AnyResult<Times> {
        let mut times = Times::default();
        for _ in 0..messages {
            let begun = Instant::now();
            self.send(1).await?;
            times.add(begun.elapsed());
            self.hear().await?;
        }
        Ok(times)
    }

    /// The owner sends messages and waits for their acknowledgements.
    async fn send(&mut self, at_once: u32) -> AnyResult<()> {
        let group = ConversationId::Group(self.id.clone());
        let mut last = 0;
        for _ in 0..at_once {
            last = self.owner.send_text(&group).await?;
        }
        self.owner.answer(last).await.map(drop)
    }

    /// Every member has joined, or receives a message.
    async fn hear(&mut self) -> AnyResult<()> {
        match self.heard.recv().await.ok_or("the members' thread has ended")? {
            Heard::Joined | Heard::All => Ok(()),
            Heard::Failed(why) => Err(why.into()),
        }
    }
}

/// The thread of the members: lets them join, and receives until the meeting is over.
fn receive(server: &Server, group: &GroupId, members: u32, say: &UnboundedSender<Heard>) {
    let work = async {
        let (text, mut texts) = unbounded_channel();
        for number in 0..members {
            let member = join(server, group, number).await?;
            spawn_local(texts_of(member, text.clone()));
        }
        say.send(Heard::Joined)?;
        drop(text);
        let mut received = 0_u64;
        while !say.is_closed() {
            texts.recv().await.ok_or("all members have ended")?.ok_or("a member was too slow")?;
            received += 1;
            if received.is_multiple_of(members.into()) {
                say.send(Heard::All)?;
            }
        }
        AnyResult::Ok(())
    };
    let run = Builder::new_current_thread().enable_all().build().map_err(Into::into);
    if let Err(why) = run.and_then(|runtime| LocalSet::new().block_on(&runtime, work)) {
        let _ = say.send(Heard::Failed(why.to_string()));
    }
}

async fn join(server: &Server, group: &GroupId, number: u32) -> AnyResult<Client> {
    let mut member = Client::login(server, &format!("{}-{number}", group.as_str())).await?;
    member.call(JoinGroupRequest { group_id: group.clone(), apply_message: String::new() }).await?;
    Ok(member)
}

/// Reports every text message, and at the end that the server closed the connection or left something out.
async fn texts_of(mut member: Client, text: UnboundedSender<Option<()>>) {
    while let Ok(envelope) = member.next().await {
        match envelope {
            FromServer::Push(_, Push::Message(message)) if message.body.get().contains("TIMTextElem") => {
                let _ = text.send(Some(()));
            }
            FromServer::Push(_, Push::Lag) => break,
            _ => {}
        }
    }
    let _ = text.send(None);
}
