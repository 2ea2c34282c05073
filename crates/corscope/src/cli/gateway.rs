//! `corscope gateway`: an API that browsers refuse, served so that they do not.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use clap::Args;
use corscope_fetch::policy::{Policy, PolicyDocument};
use corscope_wire::OwnListeners;
use corscope_wire::client::ResolveOverride;
use corscope_wire::gateway::{App, Gateway, GatewayConfig, GatewayError, Notice, Notices, Target};
use corscope_wire::proxy::{HostPattern, Observer, ProxyConfig, TlsPolicy};

use super::capture::{CaptureArgs, interrupted, refuse};
use super::end_signal::EndSignal;
use super::live::LiveFormat;
use super::output::{self, BAD_INPUT, fail};
use super::policy;
use super::serving::serving;

/// The port when none is asked for.
const DEFAULT_LISTEN: ([u8; 4], u16) = ([127, 0, 0, 1], 8379);

/// How many different notices are told; a hostile page could make up any number.
const MOST_NOTICES: usize = 100;

/// Serves an API with the CORS headers that it lacks, or under one origin with its page
#[derive(Args, Debug)]
#[command(
    after_help = "Without --app the gateway adds the CORS headers of a correct policy. With --app \
                        the page and the API have one origin, and CORS has no say:\n  \
                        corscope gateway --to https://api.example.com --credentials\n  \
                        corscope gateway --to http://localhost:3000 --mount /api --app ./dist"
)]
pub(super) struct GatewayArgs {
    /// The API: its URL, with the path that all its paths begin with
    // The gateway rewrites by its policy alone.
    #[arg(long, value_name = "URL", conflicts_with_all = ["rules", "every_preflight", "fix"])]
    to: Target,
    /// Serve the API under this path only
    #[arg(long, value_name = "PATH")]
    mount: Option<String>,
    /// Let the API see its paths with the mount in front
    #[arg(long, requires = "mount")]
    keep_prefix: bool,
    /// Serve the page, too: a folder, or the URL of a development server
    #[arg(long, value_name = "URL|DIR", requires = "mount")]
    app: Option<String>,
    /// Address to listen on
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// A name by which the gateway may be asked, beside localhost and addresses (may be repeated)
    #[arg(long, value_name = "HOST")]
    host: Vec<HostPattern>,
    /// An origin whose pages may read; without --app those of this machine may, too (may be repeated)
    #[arg(long, value_name = "ORIGIN", help_heading = "Policy")]
    origin: Vec<String>,
    /// Let them send and get cookies
    #[arg(long, help_heading = "Policy")]
    credentials: bool,
    /// A response header that they may read (may be repeated) [default: all]
    #[arg(long, value_name = "NAME", help_heading = "Policy")]
    expose: Vec<String>,
    /// Answer by this policy (TOML or JSON) and no other origins
    #[arg(
        long,
        value_name = "FILE",
        help_heading = "Policy",
        conflicts_with_all = ["origin", "credentials", "expose"]
    )]
    policy: Option<PathBuf>,
    /// Let the server see the Host that the page asked for
    #[arg(long, help_heading = "Server")]
    keep_host: bool,
    /// Dial private addresses, too, when the API's name leads there
    #[arg(long, help_heading = "Server")]
    allow_private: bool,
    /// Accept any certificate of the API's server, and say so on each exchange
    #[arg(long, help_heading = "Server")]
    insecure: bool,
    /// Trust these certificates (PEM), too (may be repeated)
    #[arg(long, value_name = "FILE", help_heading = "Server")]
    cacert: Vec<PathBuf>,
    /// Use this address for a host, as curl does (may be repeated)
    #[arg(long, value_name = "HOST:PORT:ADDRESS", help_heading = "Server")]
    resolve: Vec<ResolveOverride>,
    #[command(flatten)]
    capture: CaptureArgs,
    /// Keep nothing and judge nothing: only carry
    #[arg(long, conflicts_with_all = ["all", "fail_on", "rules_of", "save", "har", "bundles"])]
    no_capture: bool,
}

/// Runs until interrupted. Exit codes: 0 ended by the user, 1 something was blocked (with --fail-on
/// cors), 2 bad usage or input, 3 it cannot listen.
pub(super) fn run(args: &GatewayArgs) -> ExitCode {
    serving(serve(args))
}

async fn serve(args: &GatewayArgs) -> ExitCode {
    let config = match config(args) {
        Ok(config) => config,
        Err(problem) => return fail(problem.code, &problem.message),
    };
    let shown = config.clone();
    let end = EndSignal::listen();
    let running = match args.capture.start(&config.wire, false) {
        Ok(running) => running,
        Err(code) => return code,
    };
    let observer: Arc<dyn Observer> = running.session.clone();
    let notices = Arc::new(Told::new(args.capture.format));
    let gateway = match Gateway::bind(config, observer, notices).await {
        Ok(gateway) => gateway,
        Err(GatewayError::Proxy(error)) => return refuse(&error),
        Err(error) => return fail(BAD_INPUT, &error.to_string()),
    };
    let address = gateway.local_addr();
    let text = match args.capture.format {
        LiveFormat::Text => welcome(args, &shown, address),
        LiveFormat::Jsonl => {
            let ready = serde_json::json!({ "gateway": format!("http://{address}") });
            format!("{ready}\n")
        }
    };
    let _ = output::print(&text); // a reader that has gone ends the run below
    if let Err(code) = running.serve_page(None).await {
        return code;
    }
    gateway
        .run(interrupted(end, Arc::clone(&running.tally)))
        .await;
    running.close_page().await;
    ExitCode::from(running.finish())
}

fn config(args: &GatewayArgs) -> Result<GatewayConfig, policy::Problem> {
    let mut policy = match &args.policy {
        Some(file) => policy::build(&policy::read(file)?, false)?,
        None => from_flags(args)?,
    };
    policy.max_age = Some(0);
    let mut wire = ProxyConfig {
        listen: args
            .listen
            .unwrap_or_else(|| SocketAddr::from(DEFAULT_LISTEN)),
        own: Arc::new(OwnListeners::new()),
        resolve: args.resolve.clone(),
        tls: TlsPolicy {
            extra_roots: args.cacert.clone(),
            ..TlsPolicy::default()
        },
        ..ProxyConfig::default()
    };
    if args.no_capture {
        wire.capture = None;
    }
    if args.insecure {
        let host = args.to.host().parse();
        let host = host.map_err(|error| policy::Problem::input(format!("--to: {error}")))?;
        wire.tls.unverified.push(host);
    }
    Ok(GatewayConfig {
        wire,
        mount: args.mount.clone().unwrap_or_default(),
        keep_prefix: args.keep_prefix,
        app: app(args)?,
        loopback_origins: args.app.is_none() && args.policy.is_none(),
        hosts: args.host.clone(),
        keep_host: args.keep_host,
        allow_private: args.allow_private,
        ..GatewayConfig::new(args.to.clone(), policy)
    })
}

/// The policy that the options say. What is allowed to whom they name is everything.
fn from_flags(args: &GatewayArgs) -> Result<Policy, policy::Problem> {
    let document = PolicyDocument {
        origins: args.origin.clone(),
        expose: args.expose.clone(),
        credentials: args.credentials,
        ..PolicyDocument::default()
    };
    let findings: Vec<_> = document
        .lint()
        .into_iter()
        // Without a list those of this machine are the list.
        .filter(|finding| finding.kind.code() != "no-origin")
        .filter(|finding| finding.kind.is_wrong() || finding.kind.is_unsafe())
        .collect();
    if !findings.is_empty() {
        let message = format!("these options are refused\n{}", policy::list(&findings));
        return Err(policy::Problem::input(message.trim_end().to_owned()));
    }
    let origins = args.origin.iter();
    Ok(Policy {
        origins: origins
            .filter_map(|origin| corscope_fetch::policy::OriginPattern::parse(origin))
            .collect(),
        methods: vec!["*".to_owned()],
        headers: vec!["*".to_owned()],
        expose: args.expose.clone(),
        credentials: args.credentials,
        max_age: Some(0),
        private_network: false,
    })
}

fn app(args: &GatewayArgs) -> Result<Option<App>, policy::Problem> {
    let Some(app) = &args.app else {
        return Ok(None);
    };
    if args
        .mount
        .as_deref()
        .is_some_and(|mount| mount.trim_end_matches('/').is_empty())
    {
        let message = "--mount /: nothing is left for --app; mount the API at a path like /api";
        return Err(policy::Problem::input(message.to_owned()));
    }
    if !app.contains("://") {
        return Ok(Some(App::Folder(app.into())));
    }
    let target = app
        .parse()
        .map_err(|error| policy::Problem::input(format!("--app {app}: {error}")))?;
    Ok(Some(App::Server(target)))
}

fn welcome(args: &GatewayArgs, config: &GatewayConfig, address: SocketAddr) -> String {
    // Pages at localhost are another site to 127.0.0.1, and send it no cookies.
    let here = match address.ip().is_loopback() {
        true => format!("http://localhost:{}", address.port()),
        false => format!("http://{address}"),
    };
    let mount = config.mount.trim_end_matches('/');
    let mut text = format!("corscope gateway: listening on {address}\n\n");
    text.push_str(&format!("  {here}{mount}/ is {}/\n", args.to));
    if let Some(app) = &args.app {
        text.push_str(&format!("  {here}/ is {app}\n"));
        text.push_str("  The page and the API have one origin, so CORS has no say.\n");
    } else {
        let mut who: Vec<&str> = args.origin.iter().map(String::as_str).collect();
        if config.loopback_origins {
            who.insert(0, "every origin of this machine");
        }
        let who = match &args.policy {
            Some(file) => format!("as {} says", file.display()),
            None => who.join(", "),
        };
        let with = match config.policy.credentials {
            true => "with",
            false => "without",
        };
        text.push_str(&format!("  Readable by: {who}; {with} credentials.\n"));
        if config.policy.credentials {
            text.push_str(
                "  Ask for it as localhost from pages at localhost: to 127.0.0.1 they would be \
                 another site,\n  and send no cookies.\n",
            );
        }
    }
    text.push_str("\n  Ctrl-C ends it.\n\n");
    if !config.wire.listen.ip().is_loopback() {
        text.push_str("  WARNING: other machines of your network can use this gateway.\n\n");
    }
    if args.insecure {
        text.push_str(
            "  WARNING: the server's certificate is not verified; each exchange says so.\n\n",
        );
    }
    text
}

/// Tells each notice once.
struct Told {
    format: LiveFormat,
    told: Mutex<HashSet<String>>,
}

impl Told {
    fn new(format: LiveFormat) -> Self {
        Self {
            format,
            told: Mutex::default(),
        }
    }
}

impl Notices for Told {
    fn notice(&self, notice: Notice) {
        let (kind, what, message) = match notice {
            Notice::OriginRefused { origin } => {
                let message = format!(
                    "{origin} is not on the gateway's list, so its pages cannot read; if they \
                     shall, start it with --origin {origin}"
                );
                ("origin-refused", origin, message)
            }
            Notice::HostRefused { host } => {
                let message = format!(
                    "somebody asked for {host}, which is not the gateway's name; if it is, start it \
                     with --host {host}"
                );
                ("host-refused", host, message)
            }
            Notice::AddressRefused { host, address } => {
                let message = format!(
                    "{host} leads to {address}, which is no public address; if it shall, start it \
                     with --allow-private, or name the address in --to"
                );
                ("address-refused", host, message)
            }
        };
        let clean = |text: &str| -> String {
            let kept = text.chars().filter(|character| !character.is_control());
            kept.take(300).collect()
        };
        {
            let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
            let is_new = told.len() < MOST_NOTICES && told.insert(format!("{kind} {what}"));
            if !is_new {
                return;
            }
        }
        let _ = match self.format {
            LiveFormat::Text => output::print_aside(&format!("note: {}\n", clean(&message))),
            LiveFormat::Jsonl => {
                let document =
                    serde_json::json!({ "notice": kind, "of": what, "message": message });
                output::print(&format!("{document}\n"))
            }
        };
    }
}
