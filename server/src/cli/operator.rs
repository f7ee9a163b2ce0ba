//! What a command asks of the server that uses the data, over the operator's port.

use http_body_util::{BodyExt as _, Empty};
use hyper::body::Bytes;
use hyper::{Request, StatusCode, header};
use hyper_util::rt::TokioIo;
use tim_protocol::Fault;
use tokio::runtime::Builder;

use super::terminal::AnyResult;
use crate::data::{Admin, Data};

/// Posts to the server that uses this data, and gives its answer.
pub(super) fn ask_server(data: &Data, path: &str) -> AnyResult<Bytes> {
    let admin = data.announced()?.ok_or("a server uses this data but is not ready yet: try again")?;
    let answer = Builder::new_current_thread().enable_all().build()?.block_on(post(&admin, path));
    let answer = answer.map_err(|why| {
        format!(
            "{}: {why}: the server that uses this data does not answer: try again, or see its log",
            admin.address
        )
    })?;
    Ok(answer?)
}

/// The answer, or why it refused.
async fn post(admin: &Admin, path: &str) -> AnyResult<Result<Bytes, Fault>> {
    let socket = tokio::net::TcpStream::connect(&admin.address).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(socket)).await?;
    tokio::spawn(connection);
    let request = Request::post(path)
        .header(header::HOST, &admin.address)
        .header(header::AUTHORIZATION, format!("Bearer {}", admin.token))
        .body(Empty::<Bytes>::new())?;
    let answer = sender.send_request(request).await?;
    let status = answer.status();
    let body = answer.into_body().collect().await?.to_bytes();
    if status == StatusCode::OK { Ok(Ok(body)) } else { Ok(Err(serde_json::from_slice(&body)?)) }
}
