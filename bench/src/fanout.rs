//! Messages to a group whose members are all connected: what a delivery costs, and how long the sender waits.

use std::time::{Duration, Instant};

use tim_protocol::call::{CreateGroupRequest, JoinGroupRequest};
use tim_protocol::frame::{FromServer, Push};
use tim_protocol::group::{GroupType, NewGroup};
use tim_protocol::{ConversationId, GroupId};
use tokio::sync::mpsc;

use crate::client::Client;
use crate::outcome::AnyResult;
use crate::report::Times;
use crate::server::{Server, settle};

/// A group of connected members.
pub(crate) struct Meeting {
    owner: Client,
    members: Vec<mpsc::UnboundedReceiver<()>>,
    id: GroupId,
}

impl Meeting {
    /// A group with this many members, its owner among them.
    pub(crate) async fn open(server: &Server, name: &str, members: u32) -> AnyResult<Self> {
        let mut owner = Client::login(server, &format!("{name}-owner")).await?;
        let id = GroupId::new(name)?;
        let group = NewGroup {
            name: name.to_owned(),
            group_type: GroupType::Meeting,
            group_id: Some(id.clone()),
            introduction: String::new(),
            notification: String::new(),
            avatar: String::new(),
            join_option: None,
            member_list: Vec::new(),
        };
        owner.call(CreateGroupRequest { group }).await?;
        let mut connected = Vec::new();
        for number in 1..members {
            let mut member = Client::login(server, &format!("{name}-{number}")).await?;
            let join = JoinGroupRequest { group_id: id.clone(), apply_message: String::new() };
            member.call(join).await?;
            let (heard, texts) = mpsc::unbounded_channel();
            tokio::task::spawn_local(receive(member, heard));
            connected.push(texts);
        }
        // The tips of the joins are delivered, and all members are marked.
        tokio::time::sleep(Duration::from_secs(1)).await;
        Ok(Self { owner, members: connected, id })
    }

    /// The owner sends this many messages, each when the one before is acknowledged, and every member receives each. The
    /// processor time of the server for each delivery.
    pub(crate) async fn chat(mut self, server: &Server, messages: u32) -> AnyResult<Duration> {
        let cpu = server.cpu_time()?;
        for _ in 0..messages {
            self.send().await?;
        }
        for _ in 0..messages {
            self.hear().await?;
        }
        settle().await;
        #[expect(clippy::cast_precision_loss)]
        let deliveries = f64::from(messages) * self.members.len() as f64;
        Ok(server.cpu_time()?.saturating_sub(cpu).div_f64(deliveries))
    }

    /// The owner sends this many messages, each when all members have received the one before: how long each waits for its
    /// acknowledgement.
    pub(crate) async fn acknowledgements(mut self, messages: u32) -> AnyResult<Times> {
        let mut times = Times::default();
        for _ in 0..messages {
            let begun = Instant::now();
            self.send().await?;
            times.add(begun.elapsed());
            self.hear().await?;
        }
        Ok(times)
    }

    /// The owner sends a message and waits for its acknowledgement.
    async fn send(&mut self) -> AnyResult<()> {
        let number = self.owner.send_text(&ConversationId::Group(self.id.clone())).await?;
        self.owner.answer(number).await.map(drop)
    }

    /// Every member receives a message.
    async fn hear(&mut self) -> AnyResult<()> {
        for member in &mut self.members {
            member.recv().await.ok_or("a member was too slow")?;
        }
        Ok(())
    }
}

/// Receives, and reports every text message. Ends if the server leaves something out.
async fn receive(mut member: Client, heard: mpsc::UnboundedSender<()>) {
    while let Ok(envelope) = member.next().await {
        match envelope {
            FromServer::Push(_, Push::Message(message)) if message.body.get().contains("TIMTextElem") => {
                let _ = heard.send(());
            }
            FromServer::Push(_, Push::Lag) => return,
            _ => {}
        }
    }
}
