//! Loads proxies with what wrk cannot send: requests inside intercepted tunnels, new tunnels, and
//! single requests that are timed. Each answer is compared with what must come, byte for byte; the
//! first that differs ends the run.
//!
//! usage: loader keep|tunnels <proxy> <host:port> <path> <body bytes> <connections> <seconds>
//!        loader latency <proxy> <host:port> <path> <body bytes> <requests>
//!
//! `keep` sends requests one after the other through one tunnel for each connection, `tunnels` makes
//! a new tunnel, with a full handshake, for each request: both print requests a second. `latency`
//! asks in turns directly and by the proxy, plain HTTP over one connection each, and prints both
//! medians in microseconds.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use hudsucker::rustls::client::Resumption;
use hudsucker::rustls::client::danger::{
    HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier,
};
use hudsucker::rustls::crypto::{CryptoProvider, aws_lc_rs};
use hudsucker::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use hudsucker::rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

type AnyError = Box<dyn std::error::Error + Send + Sync>;

/// Threads that send; as many as wrk is given.
const THREADS: usize = 2;

fn main() -> Result<(), AnyError> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["latency", proxy, origin, path, bytes, requests] => {
            let plan = Plan::new(proxy, origin, path, bytes.parse()?)?;
            latency(&plan, requests.parse()?)
        }
        [
            mode @ ("keep" | "tunnels"),
            proxy,
            origin,
            path,
            bytes,
            connections,
            seconds,
        ] => {
            let plan = Plan::new(proxy, origin, path, bytes.parse()?)?;
            let span = Duration::from_secs_f64(seconds.parse()?);
            load(plan, *mode == "keep", connections.parse()?, span)
        }
        _ => Err("usage: see bench/proxy/src/bin/loader.rs".into()),
    }
}

/// What is sent, where to, and what must come back.
struct Plan {
    proxy: String,
    origin: String,
    connect: Vec<u8>,
    /// In origin-form, as inside a tunnel.
    request: Vec<u8>,
    /// In absolute-form, as proxies are asked.
    absolute: Vec<u8>,
    body: Vec<u8>,
    name: ServerName<'static>,
    tls: Arc<ClientConfig>,
}

impl Plan {
    fn new(proxy: &str, origin: &str, path: &str, body: usize) -> Result<Self, AnyError> {
        let host = origin.split(':').next().unwrap_or_default().to_owned();
        let head = format!("Host: {origin}\r\nOrigin: http://localhost:5173\r\n");
        let connect = format!("CONNECT {origin} HTTP/1.1\r\nHost: {origin}\r\n\r\n");
        let mut tls = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AnyCertificate(
                aws_lc_rs::default_provider(),
            )))
            .with_no_client_auth();
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        tls.resumption = Resumption::disabled();
        Ok(Self {
            proxy: proxy.to_owned(),
            origin: origin.to_owned(),
            connect: connect.into_bytes(),
            request: format!("GET {path} HTTP/1.1\r\n{head}\r\n").into_bytes(),
            absolute: format!("GET http://{origin}{path} HTTP/1.1\r\n{head}\r\n").into_bytes(),
            body: vec![b'x'; body],
            name: ServerName::try_from(host)?,
            tls: Arc::new(tls),
        })
    }
}

/// Each proxy has an authority of its own, which is not what is measured. Handshakes are verified as
/// always: only who signed the certificate is not asked.
#[derive(Debug)]
struct AnyCertificate(CryptoProvider);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let known = &self.0.signature_verification_algorithms;
        hudsucker::rustls::crypto::verify_tls12_signature(message, certificate, signature, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let known = &self.0.signature_verification_algorithms;
        hudsucker::rustls::crypto::verify_tls13_signature(message, certificate, signature, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// A connection with what was read from it and not yet used.
struct Connection<S> {
    stream: S,
    input: Vec<u8>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Connection<S> {
    fn new(stream: S) -> Self {
        Self {
            stream,
            input: Vec::new(),
        }
    }

    async fn fill(&mut self) -> Result<(), AnyError> {
        self.input.reserve(64 * 1024);
        match self.stream.read_buf(&mut self.input).await? {
            0 => Err("the connection ended early".into()),
            _ => Ok(()),
        }
    }

    /// Reads a head: its length, and how the body is framed.
    async fn head(&mut self) -> Result<(usize, Option<usize>), AnyError> {
        loop {
            let mut headers = [httparse::EMPTY_HEADER; 64];
            let mut response = httparse::Response::new(&mut headers);
            if let httparse::Status::Complete(length) = response.parse(&self.input)? {
                if response.code != Some(200) {
                    return Err(String::from_utf8_lossy(&self.input).into_owned().into());
                }
                let of_length = |header: &&httparse::Header<'_>| {
                    header.name.eq_ignore_ascii_case("content-length")
                };
                let declared = response.headers.iter().find(of_length);
                let declared = declared.and_then(|it| std::str::from_utf8(it.value).ok());
                let body = declared.map(str::trim).map(str::parse).transpose()?;
                return Ok((length, body));
            }
            self.fill().await?;
        }
    }

    /// Sends `request`; the answer's body must be `body`.
    async fn ask(&mut self, request: &[u8], body: &[u8]) -> Result<(), AnyError> {
        self.stream.write_all(request).await?;
        self.stream.flush().await?;
        let (head, length) = self.head().await?;
        self.input.drain(..head);
        match length {
            Some(length) => {
                while self.input.len() < length {
                    self.fill().await?;
                }
                if self.input != body {
                    return Err("the body is another one".into());
                }
            }
            None => self.chunked(body).await?,
        }
        self.input.clear();
        Ok(())
    }

    async fn chunked(&mut self, mut body: &[u8]) -> Result<(), AnyError> {
        loop {
            match httparse::parse_chunk_size(&self.input).map_err(|_| "a bad chunk")? {
                httparse::Status::Partial => self.fill().await?,
                httparse::Status::Complete((start, size)) => {
                    let size = usize::try_from(size)?;
                    while self.input.len() < start + size + 2 {
                        self.fill().await?;
                    }
                    let chunk = &self.input[start..start + size];
                    body = body.strip_prefix(chunk).ok_or("the body is another one")?;
                    self.input.drain(..start + size + 2);
                    if size == 0 {
                        let whole = body.is_empty() && self.input.is_empty();
                        return if whole {
                            Ok(())
                        } else {
                            Err("the body is cut".into())
                        };
                    }
                }
            }
        }
    }
}

async fn dial(address: &str) -> Result<TcpStream, AnyError> {
    let tcp = TcpStream::connect(address).await?;
    tcp.set_nodelay(true)?;
    Ok(tcp)
}

/// A tunnel through the proxy with TLS inside.
async fn tunnel(
    plan: &Plan,
) -> Result<Connection<tokio_rustls::client::TlsStream<TcpStream>>, AnyError> {
    let mut plain = Connection::new(dial(&plan.proxy).await?);
    plain.stream.write_all(&plan.connect).await?;
    let (head, _) = plain.head().await?;
    if head != plain.input.len() {
        return Err("something stands behind the answer to CONNECT".into());
    }
    let connector = TlsConnector::from(Arc::clone(&plan.tls));
    let stream = connector.connect(plan.name.clone(), plain.stream).await?;
    Ok(Connection::new(stream))
}

fn load(plan: Plan, keep: bool, connections: usize, span: Duration) -> Result<(), AnyError> {
    let plan = Arc::new(plan);
    let over = Arc::new(AtomicBool::new(false));
    let done = Arc::new(AtomicU64::new(0));
    let started = Instant::now();
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| {
            let (plan, over, done) = (Arc::clone(&plan), Arc::clone(&over), Arc::clone(&done));
            let share = connections / THREADS + usize::from(thread < connections % THREADS);
            std::thread::spawn(move || -> Result<(), AnyError> {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()?;
                runtime.block_on(async {
                    let mut senders = tokio::task::JoinSet::new();
                    for _ in 0..share {
                        let (plan, over, done) =
                            (Arc::clone(&plan), Arc::clone(&over), Arc::clone(&done));
                        senders.spawn(async move { send(&plan, keep, &over, &done).await });
                    }
                    let timer = tokio::time::sleep(span);
                    tokio::pin!(timer);
                    loop {
                        tokio::select! {
                            () = &mut timer, if !over.load(Ordering::Relaxed) => {
                                over.store(true, Ordering::Relaxed);
                            }
                            ended = senders.join_next() => match ended {
                                Some(ended) => ended??,
                                None => return Ok(()),
                            },
                        }
                    }
                })
            })
        })
        .collect();
    for thread in threads {
        thread.join().map_err(|_| "a thread broke")??;
    }
    let rate = done.load(Ordering::Relaxed) as f64 / started.elapsed().as_secs_f64();
    println!("{rate:.1}");
    Ok(())
}

async fn send(
    plan: &Plan,
    keep: bool,
    over: &AtomicBool,
    done: &AtomicU64,
) -> Result<(), AnyError> {
    let mut kept = None;
    while !over.load(Ordering::Relaxed) {
        let mut connection = match kept.take() {
            Some(connection) => connection,
            None => tunnel(plan).await?,
        };
        connection.ask(&plan.request, &plan.body).await?;
        done.fetch_add(1, Ordering::Relaxed);
        if keep {
            kept = Some(connection);
        } else {
            let _ = connection.stream.shutdown().await; // the proxy may have closed it first
        }
    }
    Ok(())
}

fn latency(plan: &Plan, requests: usize) -> Result<(), AnyError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut direct = Connection::new(dial(&plan.origin).await?);
        let mut proxied = Connection::new(dial(&plan.proxy).await?);
        let (mut without, mut with) = (Vec::new(), Vec::new());
        // What is done once for a connection is no part of a request.
        let warm_up = 20.min(requests);
        for number in 0..warm_up + requests {
            let start = Instant::now();
            direct.ask(&plan.request, &plan.body).await?;
            let middle = Instant::now();
            proxied.ask(&plan.absolute, &plan.body).await?;
            if number >= warm_up {
                without.push(middle - start);
                with.push(middle.elapsed());
            }
        }
        let median = |spans: &mut Vec<Duration>| {
            spans.sort_unstable();
            spans[spans.len() / 2].as_secs_f64() * 1e6
        };
        println!("{:.1} {:.1}", median(&mut without), median(&mut with));
        Ok(())
    })
}
