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
use crate::server::Server;

/// A group of connected members.
pub(crate) struct Meeting {
    owner: Client,
    members: Vec<mpsc::UnboundedReceiver<()>>,
    id: GroupId,
}

/// The cost of messages to a group.
pub(crate) struct FanOut {
    /// Of the server, for each delivery.
    pub(crate) cpu: Duration,
    /// From the send to its acknowledgement.
    pub(crate) acknowledged: Times,
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
        Ok(Self { owner, members: connected, id })
    }

    /// The owner sends this many messages, one after the other, and every member receives each.
    pub(crate) async fn chat(self, server: &Server, messages: u32) -> AnyResult<FanOut> {
        let Self { mut owner, mut members, id } = self;
        let to = ConversationId::Group(id);
        // The tips of the joins are delivered, and all members are marked.
        tokio::time::sleep(Duration::from_secs(1)).await;
        let (cpu, mut acknowledged) = (server.cpu_time()?, Times::default());
        for _ in 0..messages {
            let begun = Instant::now();
            let number = owner.send_text(&to).await?;
            owner.answer(number).await?;
            acknowledged.add(begun.elapsed());
        }
        for member in &mut members {
            for _ in 0..messages {
                member.recv().await.ok_or("a member was too slow")?;
            }
        }
        #[expect(clippy::cast_precision_loss)]
        let deliveries = f64::from(messages) * members.len() as f64;
        let cpu = server.cpu_time()?.saturating_sub(cpu).div_f64(deliveries);
        Ok(FanOut { cpu, acknowledged })
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
