//! HTTP/2 clients and servers over TLS.

use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use h2::client::{ResponseFuture, SendRequest};
use h2::server::SendResponse;
use h2::{RecvStream, SendStream};
use http::{HeaderMap, Request, Response};
use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::running::Running;
use crate::secure::{Outside, root, trusting};

pub(crate) const NAME: &str = "api.test";

/// What a server's script may do to its connection.
pub(crate) enum Order {
    /// Says that it takes no more streams.
    GoAway,
    /// Cuts it.
    Cut,
}

/// One stream of a server.
pub(crate) struct Asked {
    pub(crate) connection: usize,
    pub(crate) request: Request<RecvStream>,
    pub(crate) respond: SendResponse<Bytes>,
    pub(crate) orders: UnboundedSender<Order>,
}

type Script = dyn Fn(Asked) -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync;

/// A server that runs `script` for each stream; the number of its connections.
pub(crate) async fn serve<F>(
    outside: &Outside,
    alpn: &[&str],
    script: impl Fn(Asked) -> F + Send + Sync + 'static,
) -> (SocketAddr, Arc<AtomicUsize>)
where
    F: Future<Output = ()> + Send + 'static,
{
    serve_with(outside.server_config(&[NAME], alpn), script).await
}

/// The same, by a configuration of one's own.
pub(crate) async fn serve_with<F>(
    config: rustls::ServerConfig,
    script: impl Fn(Asked) -> F + Send + Sync + 'static,
) -> (SocketAddr, Arc<AtomicUsize>)
where
    F: Future<Output = ()> + Send + 'static,
{
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let script: Arc<Script> = Arc::new(move |asked| Box::pin(script(asked)));
    tokio::spawn(async move {
        while let Ok((tcp, _)) = listener.accept().await {
            let (acceptor, script) = (acceptor.clone(), Arc::clone(&script));
            let number = counted.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(tcp).await else {
                    return;
                };
                run(stream, number, script).await;
            });
        }
    });
    (address, count)
}

async fn run(
    stream: tokio_rustls::server::TlsStream<TcpStream>,
    connection: usize,
    script: Arc<Script>,
) {
    let mut builder = h2::server::Builder::new();
    builder.initial_window_size(1 << 20);
    let mut h2 = builder.handshake(stream).await.unwrap();
    let (orders, mut given) = unbounded_channel();
    loop {
        tokio::select! {
            order = given.recv() => match order {
                Some(Order::GoAway) => h2.graceful_shutdown(),
                Some(Order::Cut) | None => return,
            },
            accepted = h2.accept() => {
                let Some(Ok((request, respond))) = accepted else {
                    return;
                };
                let orders = orders.clone();
                tokio::spawn(script(Asked { connection, request, respond, orders }));
            }
        }
    }
}

impl Asked {
    /// Answers 200 with these fields and this body.
    pub(crate) async fn answer(&mut self, headers: HeaderMap, body: impl Into<Bytes>) {
        let mut response = Response::new(());
        *response.headers_mut() = headers;
        let mut stream = self.respond.send_response(response, false).unwrap();
        send(&mut stream, body.into(), true).await;
    }
}

/// The number at the end of a request's path.
pub(crate) fn number_of<T>(request: &Request<T>) -> usize {
    request
        .uri()
        .path()
        .trim_start_matches('/')
        .parse()
        .unwrap()
}

/// Sends all of `body`, as fast as it is taken.
pub(crate) async fn send(stream: &mut SendStream<Bytes>, mut body: Bytes, last: bool) {
    while !body.is_empty() {
        stream.reserve_capacity(body.len());
        while stream.capacity() == 0 {
            let got = std::future::poll_fn(|context| stream.poll_capacity(context)).await;
            if !matches!(got, Some(Ok(_))) {
                return;
            }
        }
        let part = body.split_to(stream.capacity().min(body.len()));
        if stream.send_data(part, false).is_err() {
            return;
        }
    }
    if last {
        let _ = stream.send_data(Bytes::new(), true);
    }
}

/// Reads a body to its end.
pub(crate) async fn read(stream: &mut RecvStream) -> Result<Vec<u8>, h2::Error> {
    let mut body = Vec::new();
    while let Some(data) = stream.data().await {
        let data = data?;
        body.extend_from_slice(&data);
        stream.flow_control().release_capacity(data.len()).unwrap();
    }
    Ok(body)
}

/// TLS inside a tunnel through `proxy`, offering `alpn`.
pub(crate) async fn shake(
    proxy: &Running,
    outside: &Outside,
    server: SocketAddr,
    alpn: &[&str],
) -> tokio_rustls::client::TlsStream<TcpStream> {
    let mut tcp = TcpStream::connect(proxy.address).await.unwrap();
    let connect = format!("CONNECT {server} HTTP/1.1\r\nHost: {server}\r\n\r\n");
    tcp.write_all(connect.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(tcp.read_u8().await.unwrap());
    }
    assert!(head.starts_with(b"HTTP/1.1 200 "));
    let config = trusting(&[root(outside)], alpn);
    let name = ServerName::try_from(NAME).unwrap();
    let connector = TlsConnector::from(Arc::new(config));
    connector.connect(name, tcp).await.unwrap()
}

/// A client's HTTP/2 connection through `proxy`.
pub(crate) async fn connect(
    proxy: &Running,
    outside: &Outside,
    server: SocketAddr,
) -> SendRequest<Bytes> {
    let stream = shake(proxy, outside, server, &["h2", "http/1.1"]).await;
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    let mut builder = h2::client::Builder::new();
    builder
        .initial_window_size(1 << 20)
        .initial_connection_window_size(4 << 20);
    let (sender, connection) = builder.handshake(stream).await.unwrap();
    tokio::spawn(connection);
    sender
}

/// A request for `path`.
pub(crate) fn get(path: &str) -> Request<()> {
    let uri = format!("https://{NAME}{path}");
    Request::builder().uri(uri).body(()).unwrap()
}

/// Sends a request that has no body.
pub(crate) async fn ask(sender: &SendRequest<Bytes>, request: Request<()>) -> ResponseFuture {
    let mut sender = sender.clone().ready().await.unwrap();
    sender.send_request(request, true).unwrap().0
}

/// The response to a request that has no body, and its body.
pub(crate) async fn fetch(
    sender: &SendRequest<Bytes>,
    request: Request<()>,
) -> (http::response::Parts, String) {
    let (parts, mut body) = ask(sender, request).await.await.unwrap().into_parts();
    let body = read(&mut body).await.unwrap();
    (parts, String::from_utf8(body).unwrap())
}
