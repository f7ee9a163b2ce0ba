//! Pages of a long conversation, compressed as the engine asks for them.

use std::time::Duration;

use tim_protocol::call::{HelloRequest, HistoryRequest};
use tim_protocol::{ConversationId, UserId, feature};

use crate::client::{Client, hello};
use crate::outcome::AnyResult;
use crate::server::Server;

/// Server CPU for a page of 50 messages, anywhere in a conversation of this many.
pub(crate) async fn pages(server: &Server, messages: u64, pages: u32) -> AnyResult<Duration> {
    drop(Client::login(server, "bob").await?);
    let features = feature::ALL.map(str::to_owned).into();
    let (mut alice, _) = Client::greet(server, HelloRequest { features, ..hello(server, "alice")? }).await?;
    let bob = ConversationId::C2c(UserId::new("bob")?);
    let mut under_way = Vec::new();
    for _ in 0..messages {
        under_way.push(alice.send_text(&bob).await?);
        if under_way.len() == 16 {
            for number in under_way.drain(..) {
                alice.answer(number).await?;
            }
        }
    }
    for number in under_way {
        alice.answer(number).await?;
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let cpu = server.cpu_time()?;
    for page in 0..u64::from(pages) {
        let high = 50 + (page * 7_919) % (messages - 50);
        let asked = HistoryRequest { conversation_id: bob.clone(), low: high - 49, high, limit: 50 };
        if alice.call(asked).await?.messages.len() != 50 {
            return Err("a page is not whole".into());
        }
    }
    Ok(server.cpu_time()?.saturating_sub(cpu) / pages)
}
