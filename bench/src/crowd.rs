//! What happens in a large group beside a small one: what it costs the server, and how long who sends waits.
//!
//! Both are Communities. What is measured of cost happens while nobody else is connected; the time of the sender while all are.

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;

use tim_protocol::call::{
    AddMembersRequest, CreateGroupRequest, DeleteMembersRequest, ListMembersRequest, LogoutRequest,
    UpdateMemberRequest,
};
use tim_protocol::group::{GroupType, InviteOption, NewGroup};
use tim_protocol::{ConversationId, GroupId, UserId, limits};
use tokio::task::JoinSet;

use crate::client::Client;
use crate::fanout::Meeting;
use crate::outcome::AnyResult;
use crate::report;
use crate::server::{Server, UNLIMITED, settle};

/// How many users log in at once, to be there.
const AT_ONCE: usize = 32;
/// Members of the small group.
const FEW: u32 = 100;
/// Members of the small group whose members are all connected.
const FEW_ONLINE: u32 = 10;

/// A Community of 100,000 beside one of 100.
#[derive(clap::Args)]
pub(crate) struct Crowd {
    /// The server program.
    #[arg(long, default_value = "target/release/tim-server")]
    server: PathBuf,
    /// Run the server on this processor only.
    #[arg(long)]
    server_cpu: Option<usize>,
    /// Members of the large group.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(200..=100_000))]
    members: u32,
    /// Members of the large group whose members are all connected.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(11..=100_000))]
    online: u32,
    /// How often each thing is done.
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(10..))]
    times: u32,
}

impl Crowd {
    pub(crate) async fn run(self) -> AnyResult<()> {
        let server = Arc::new(Server::start(&self.server, self.server_cpu, UNLIMITED).await?);
        report::heading(&format!("server CPU in a group of {FEW}, and of {}", self.members));
        let mut small = Town::settle(&server, "village", FEW).await?;
        let mut large = Town::settle(&server, "town", self.members).await?;
        type Work = for<'a> fn(&'a mut Town) -> std::pin::Pin<Box<dyn Future<Output = AnyResult<()>> + 'a>>;
        let kinds: [(&str, f64, Work); 4] = [
            ("a message", 1.0, |town| Box::pin(town.say())),
            ("a member who comes or goes", 2.0, |town| Box::pin(town.remove_and_add())),
            ("a name card", 1.0, |town| Box::pin(town.rename())),
            ("a page of 100 members", 1.0, |town| Box::pin(town.list())),
        ];
        for (what, changes, work) in kinds {
            let mut costs = [0.0, 0.0];
            for (town, cost) in [&mut small, &mut large].into_iter().zip(&mut costs) {
                work(town).await?;
                settle().await;
                let before = server.cpu_time()?;
                for _ in 0..self.times {
                    work(town).await?;
                }
                settle().await;
                let took = server.cpu_time()?.saturating_sub(before).as_secs_f64();
                *cost = took / f64::from(self.times) / changes * 1e6;
            }
            compare(what, costs, "us");
        }
        report::heading(&format!(
            "acknowledgement with {FEW_ONLINE} members connected, and with {}",
            self.online
        ));
        let mut waits = Vec::new();
        for (name, online) in [("@TGS#_inn", FEW_ONLINE), ("@TGS#_fair", self.online)] {
            let meeting = Meeting::open(&server, name, GroupType::Community, online).await?;
            waits.push(meeting.acknowledgements(self.times).await?.quantiles());
        }
        if let [few, many] = &waits[..] {
            for ((label, few), (_, many)) in few.iter().zip(many) {
                compare(label, [*few, *many], "ms");
            }
        }
        server.stop().await
    }
}

fn compare(what: &str, [small, large]: [f64; 2], unit: &str) {
    report::line(&format!("{what}, few"), small, unit);
    report::line(&format!("{what}, many"), large, unit);
    report::line(&format!("{what}, ratio"), large / small, "");
}

/// A Community in which nobody but its owner is connected, and a member who comes and goes.
struct Town {
    owner: Client,
    id: GroupId,
    traveller: UserId,
    done: u32,
}

impl Town {
    /// Has so many members, its owner among them.
    async fn settle(server: &Arc<Server>, name: &str, members: u32) -> AnyResult<Self> {
        let mut owner = Client::login(server, &format!("{name}-owner")).await?;
        let id = GroupId::new(&format!("@TGS#_{name}"))?;
        let group = NewGroup {
            name: name.to_owned(),
            group_type: GroupType::Community,
            group_id: Some(id.clone()),
            invite_option: Some(InviteOption::FreeAccess),
            ..NewGroup::default()
        };
        owner.call(CreateGroupRequest { group }).await?;
        let users = (1..members).map(|number| format!("{name}-{number}"));
        make(server, &users.clone().collect::<Vec<_>>()).await?;
        let others = users.map(|user| UserId::new(&user)).collect::<Result<Vec<_>, _>>()?;
        for user_id_list in others.chunks(limits::GROUP_FIRST_MEMBERS) {
            let add = AddMembersRequest { group_id: id.clone(), user_id_list: user_id_list.to_vec() };
            owner.call(add).await?;
        }
        settle().await;
        Ok(Self { owner, id, traveller: others.last().ok_or("nobody")?.clone(), done: 0 })
    }

    async fn say(&mut self) -> AnyResult<()> {
        let number = self.owner.send_text(&ConversationId::Group(self.id.clone())).await?;
        self.owner.answer(number).await.map(drop)
    }

    async fn remove_and_add(&mut self) -> AnyResult<()> {
        let (group_id, user_id_list) = (self.id.clone(), vec![self.traveller.clone()]);
        let (reason, duration) = (String::new(), 0);
        let add = AddMembersRequest { group_id: group_id.clone(), user_id_list: user_id_list.clone() };
        self.owner.call(DeleteMembersRequest { group_id, user_id_list, reason, duration }).await?;
        self.owner.call(add).await.map(drop)
    }

    async fn rename(&mut self) -> AnyResult<()> {
        self.done += 1;
        let name_card = Some(format!("owner {}", self.done));
        let (group_id, member_custom_field) = (self.id.clone(), Default::default());
        let update = UpdateMemberRequest { group_id, user_id: None, name_card, member_custom_field };
        self.owner.call(update).await.map(drop)
    }

    async fn list(&mut self) -> AnyResult<()> {
        let list = ListMembersRequest { group_id: self.id.clone(), role: None, after: None, limit: 100 };
        self.owner.call(list).await.map(drop)
    }
}

/// Makes users, by their first logins. They log out: a session whose connection ended hears everything for 90 seconds more.
async fn make(server: &Arc<Server>, users: &[String]) -> AnyResult<()> {
    for some in users.chunks(AT_ONCE) {
        let mut logins = JoinSet::new();
        for user in some {
            let (server, user) = (Arc::clone(server), user.clone());
            logins
                .spawn_local(async move { come_and_go(&server, &user).await.map_err(|why| why.to_string()) });
        }
        while let Some(login) = logins.join_next().await {
            login??;
        }
    }
    Ok(())
}

async fn come_and_go(server: &Arc<Server>, user: &str) -> AnyResult<()> {
    Client::login(server, user).await?.call(LogoutRequest {}).await.map(drop)
}
