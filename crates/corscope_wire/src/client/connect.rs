//! Opens a TCP connection to whichever address answers first, in the manner of
//! [Happy Eyeballs](https://www.rfc-editor.org/rfc/rfc8305): one after the other, the next beside
//! the last when that one fails or takes its time.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::error::{ConnectAttempt, ConnectFailure, NetworkError};

/// Connects to one of `addresses` within `cap`, giving each `stagger` before the next is tried too.
pub(crate) async fn connect(
    addresses: &[SocketAddr],
    stagger: Duration,
    cap: Duration,
) -> Result<(TcpStream, SocketAddr), NetworkError> {
    let end = Instant::now() + cap;
    let mut waiting = addresses.iter().copied();
    let mut running = JoinSet::new();
    let mut started = Vec::new();
    let mut tried: Vec<ConnectAttempt> = Vec::new();
    loop {
        if let Some(address) = waiting.next() {
            started.push(address);
            running.spawn(async move { (address, TcpStream::connect(address).await) });
        }
        let next_start = if waiting.len() > 0 {
            Instant::now() + stagger
        } else {
            end
        };
        let joined = tokio::select! {
            joined = running.join_next() => joined,
            () = sleep_until(next_start.min(end)) => {
                if Instant::now() < end {
                    continue;
                }
                break;
            }
        };
        match joined {
            Some(Ok((address, Ok(stream)))) => {
                // A request is one write; waiting to fill a packet would only add delay.
                let _ = stream.set_nodelay(true);
                return Ok((stream, address));
            }
            Some(Ok((address, Err(error)))) => {
                tried.push(ConnectAttempt {
                    address,
                    failure: ConnectFailure::of_io(&error),
                });
            }
            // Tasks neither panic nor are cancelled while this future lives.
            Some(Err(_)) => {}
            None if waiting.len() == 0 => break,
            None => {}
        }
    }
    for address in started {
        if !tried.iter().any(|attempt| attempt.address == address) {
            tried.push(ConnectAttempt {
                address,
                failure: ConnectFailure::TimedOut,
            });
        }
    }
    Err(overall(tried, cap))
}

/// The one error for all attempts: the most telling one, so that a refused IPv4 is not hidden
/// behind an IPv6 that was never there.
fn overall(tried: Vec<ConnectAttempt>, cap: Duration) -> NetworkError {
    let any = |wanted: &ConnectFailure| tried.iter().any(|attempt| attempt.failure == *wanted);
    if any(&ConnectFailure::Refused) {
        NetworkError::ConnectionRefused { tried }
    } else if any(&ConnectFailure::TimedOut) {
        NetworkError::ConnectTimedOut { tried, after: cap }
    } else if any(&ConnectFailure::Forbidden) {
        NetworkError::ConnectForbidden { tried }
    } else if any(&ConnectFailure::Unreachable) {
        NetworkError::Unreachable { tried }
    } else {
        NetworkError::ConnectFailed { tried }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_telling_failure_names_the_error() {
        use ConnectFailure::*;
        let table = [
            (vec![Unreachable, Refused], "connection-refused"),
            (vec![TimedOut, Refused], "connection-refused"),
            (vec![Unreachable, TimedOut], "connect-timeout"),
            (vec![Unreachable, Forbidden], "connect-forbidden"),
            (vec![Unreachable, System(String::new())], "unreachable"),
            (vec![Reset], "connect-failed"),
        ];
        for (failures, code) in table {
            let address = SocketAddr::from(([127, 0, 0, 1], 1));
            let tried = failures
                .into_iter()
                .map(|failure| ConnectAttempt { address, failure })
                .collect::<Vec<_>>();
            assert_eq!(overall(tried, Duration::from_secs(1)).code(), code);
        }
    }

    #[tokio::test]
    async fn the_next_address_is_tried_when_one_refuses() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let good = listener.local_addr().unwrap();
        let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let bad = closed.local_addr().unwrap();
        drop(closed);
        let minute = Duration::from_secs(60);
        let (_, address) = connect(&[bad, good], minute, minute).await.unwrap();
        assert_eq!(address, good);
        let error = connect(&[bad], minute, minute).await.unwrap_err();
        let tried = vec![ConnectAttempt {
            address: bad,
            failure: ConnectFailure::Refused,
        }];
        assert_eq!(error, NetworkError::ConnectionRefused { tried });
    }

    /// A port whose queue of connections is full, so that it answers no more: on loopback the only
    /// address that is silent.
    #[cfg(target_os = "linux")]
    fn silent() -> (SocketAddr, Vec<socket2::Socket>) {
        use socket2::{Domain, Socket, Type};
        let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        listener
            .bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into())
            .unwrap();
        listener.listen(0).unwrap();
        let address = listener.local_addr().unwrap();
        let mut held = vec![listener];
        for _ in 0..4 {
            let filler = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
            filler.set_nonblocking(true).unwrap();
            let _ = filler.connect(&address);
            held.push(filler);
        }
        (address.as_socket().unwrap(), held)
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_silent_address_delays_by_one_stagger_and_times_out_alone() {
        let (silent, _held) = silent();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let good = listener.local_addr().unwrap();
        let (stagger, cap) = (Duration::from_millis(50), Duration::from_millis(300));
        let started = Instant::now();
        let (_, address) = connect(&[silent, good], stagger, cap).await.unwrap();
        assert_eq!(address, good);
        assert!(
            (stagger..cap).contains(&started.elapsed()),
            "{:?}",
            started.elapsed()
        );
        let error = connect(&[silent], stagger, cap).await.unwrap_err();
        let tried = vec![ConnectAttempt {
            address: silent,
            failure: ConnectFailure::TimedOut,
        }];
        assert_eq!(error, NetworkError::ConnectTimedOut { tried, after: cap });
    }
}
