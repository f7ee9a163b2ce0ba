//! Connects to a host by TCP, using whichever of its addresses answers first (RFC 8305, "Happy Eyeballs").
//!
//! Only name resolution and sockets; TLS and the protocol are elsewhere.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, sleep};

use crate::log::{self, LogLevel};

/// Pause before the next address is tried beside those that have not answered (RFC 8305, section 5).
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);
/// Most addresses of one name that are tried.
const MAX_ADDRESSES: usize = 16;

/// Connects to a host. The other attempts are dropped.
///
/// # Errors
/// Of the name's lookup, or of the last attempt that failed. Has no timeout of its own: callers must bound the time.
pub(super) async fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
    let began = Instant::now();
    let addresses: Vec<SocketAddr> = lookup_host((host, port)).await?.collect();
    log::write(
        LogLevel::Debug,
        format_args!("dial {host}:{port}: {} addresses after {} ms", addresses.len(), ms_since(began)),
    );
    let socket = race(addresses, attempt).await?;
    socket.set_nodelay(true)?;
    Ok(socket)
}

async fn attempt(address: SocketAddr, number: usize) -> io::Result<TcpStream> {
    let began = Instant::now();
    let connected = TcpStream::connect(address).await;
    let result: &dyn std::fmt::Display = match &connected {
        Ok(_) => &"connected",
        Err(why) => why,
    };
    log::write(
        LogLevel::Debug,
        format_args!(
            "dial {address} ({}), attempt {number}: {result} after {} ms",
            family(address.ip()),
            ms_since(began)
        ),
    );
    connected
}

/// Gives the first success. The next address is tried when an attempt fails, or has not ended after
/// [`ATTEMPT_DELAY`].
async fn race<T, F>(addresses: Vec<SocketAddr>, attempt: impl Fn(SocketAddr, usize) -> F) -> io::Result<T>
where
    F: Future<Output = io::Result<T>>,
{
    let mut waiting = interleave(addresses).into_iter().take(MAX_ADDRESSES).enumerate();
    let mut running = FuturesUnordered::new();
    let mut failure = io::Error::new(io::ErrorKind::NotFound, "the name has no address");
    loop {
        if let Some((index, address)) = waiting.next() {
            running.push(attempt(address, index + 1));
        } else if running.is_empty() {
            return Err(failure);
        }
        tokio::select! {
            Some(ended) = running.next() => match ended {
                Ok(connected) => return Ok(connected),
                Err(why) => failure = why,
            },
            () = sleep(ATTEMPT_DELAY), if waiting.len() > 0 => {}
        }
    }
}

/// Alternates between the families, beginning with the one the system prefers; within a family the system's order stays.
fn interleave(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let prefers_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) =
        addresses.into_iter().partition(|address| address.is_ipv6() == prefers_v6);
    let mut mixed = Vec::with_capacity(first.len() + second.len());
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    loop {
        let before = mixed.len();
        mixed.extend(first.next());
        mixed.extend(second.next());
        if mixed.len() == before {
            return mixed;
        }
    }
}

fn family(ip: IpAddr) -> &'static str {
    if ip.is_ipv6() { "IPv6" } else { "IPv4" }
}

pub(super) fn ms_since(began: Instant) -> u128 {
    began.elapsed().as_millis()
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::net::{TcpListener, TcpSocket};

    use super::*;

    fn addresses(texts: &[&str]) -> Vec<SocketAddr> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn families_take_turns_in_the_systems_order() {
        let system = addresses(&["[::1]:1", "[::2]:1", "[::3]:1", "1.1.1.1:1", "2.2.2.2:1"]);
        let mixed = addresses(&["[::1]:1", "1.1.1.1:1", "[::2]:1", "2.2.2.2:1", "[::3]:1"]);
        assert_eq!(interleave(system), mixed);
        let only_v4 = addresses(&["1.1.1.1:1", "2.2.2.2:1"]);
        assert_eq!(interleave(only_v4.clone()), only_v4);
    }

    /// A listener whose backlog is full: the system drops the packets of new connections. The sockets keep it full.
    async fn swallower(ip: &str) -> (TcpListener, Vec<TcpStream>) {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(format!("{ip}:0").parse().unwrap()).unwrap();
        let listener = socket.listen(0).unwrap();
        let address = listener.local_addr().unwrap();
        let mut filling = Vec::new();
        while let Ok(Ok(stream)) =
            tokio::time::timeout(Duration::from_millis(200), TcpStream::connect(address)).await
        {
            filling.push(stream);
        }
        (listener, filling)
    }

    #[tokio::test]
    async fn an_address_that_swallows_packets_does_not_keep_the_next_from_answering() {
        let (first, _filling) = swallower("127.0.0.1").await;
        let second = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let both = vec![first.local_addr().unwrap(), second.local_addr().unwrap()];
        let connected = race(both.clone(), attempt).await.unwrap();
        assert_eq!(connected.peer_addr().unwrap(), both[1]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_address_holds_off_the_next_by_the_delay_and_a_refusal_not_at_all() {
        let began = Instant::now();
        let answers = |address: SocketAddr, _| async move {
            match address.port() {
                1 => pending().await,
                2 => Err(io::ErrorKind::ConnectionRefused.into()),
                port => Ok(port),
            }
        };
        let connected = race(addresses(&["1.1.1.1:1", "1.1.1.1:2", "1.1.1.1:3"]), answers).await.unwrap();
        assert_eq!((connected, began.elapsed()), (3, ATTEMPT_DELAY));
        let refused = race(addresses(&["1.1.1.1:2", "[::1]:2"]), answers).await.unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::ConnectionRefused);
        assert_eq!(race(Vec::new(), answers).await.unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_comes_late_still_wins_over_addresses_that_never_answer() {
        let answers = |address: SocketAddr, _| async move {
            if address.port() != 1 {
                return pending().await;
            }
            sleep(10 * ATTEMPT_DELAY).await;
            Ok(1)
        };
        assert_eq!(race(addresses(&["1.1.1.1:1", "1.1.1.1:2"]), answers).await.unwrap(), 1);
    }
}
