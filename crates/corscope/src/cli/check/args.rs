//! What the user asks for: flags as curl has them, or a copied command.

use std::fs;
use std::io::Read as _;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use corscope_diagnose::scenario::Subject;
use corscope_fetch::local_network_access::address_space_of;
use corscope_fetch::request_init::{Body, BodyType, RedirectMode};
use corscope_fetch::{AddressSpace, Client, CredentialsMode, Mode, Options, Origin, RequestInit};
use url::Url;

use super::network::NetworkArgs;
use crate::check::Plan;
use crate::cli::output::BrowserChoice;
use crate::input::{self, Given, InputError};

/// Sends what the browser would send to a URL, and says what the browser makes of the answer
#[derive(Args, Debug)]
#[command(
    after_help = "An unsafe method (anything but GET and HEAD) is preflighted; the request \
                        itself is sent with --send only.\n\n\
                        Exit codes: 0 readable, 1 blocked or not known, 2 bad usage or input, 3 \
                        corscope could not do its work."
)]
pub(in crate::cli) struct CheckArgs {
    /// The URL that the script fetches
    #[arg(value_name = "URL", required_unless_present_any = ["curl", "fetch_snippet"])]
    url: Option<String>,
    /// The page's origin, such as https://app.example.com, or null
    #[arg(long, value_name = "ORIGIN")]
    from: Option<String>,
    /// The page's URL, when more than its origin matters
    #[arg(long, value_name = "URL", conflicts_with = "from")]
    page: Option<String>,
    /// The method
    #[arg(short = 'X', long = "request", value_name = "METHOD")]
    method: Option<String>,
    /// A header that the script sets; may be given again
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE")]
    headers: Vec<String>,
    /// A body, sent as a form (POST unless -X says otherwise)
    #[arg(short, long, value_name = "TEXT", conflicts_with = "json")]
    data: Option<String>,
    /// A body, sent as application/json (POST unless -X says otherwise)
    #[arg(long, value_name = "JSON")]
    json: Option<String>,
    /// The credentials mode
    #[arg(long, value_enum, value_name = "MODE")]
    credentials: Option<CredentialsChoice>,
    /// The Cookie header that the browser would send
    #[arg(short = 'b', long, value_name = "COOKIES")]
    cookie: Option<String>,
    /// The mode
    #[arg(long, value_enum, value_name = "MODE")]
    mode: Option<ModeChoice>,
    /// The redirect mode
    #[arg(long, value_enum, value_name = "MODE")]
    redirect: Option<RedirectChoice>,
    /// A response header that the script wants to read; may be given again
    #[arg(long = "read", value_name = "NAME")]
    reads: Vec<String>,
    /// Whose rules to follow
    #[arg(long, value_enum, default_value_t = BrowserChoice::Chromium)]
    pub(in crate::cli) browser: BrowserChoice,
    /// A copied cURL command, instead of the URL and the flags above
    #[arg(long, value_name = "COMMAND", conflicts_with_all = ["url", "fetch_snippet", "method", "headers", "data", "json"])]
    curl: Option<String>,
    /// A file with a copied fetch() call; - reads standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["url", "method", "headers", "data", "json"])]
    fetch_snippet: Option<PathBuf>,
    /// Really send a request with an unsafe method, once its preflight has passed
    #[arg(long)]
    send: bool,
    /// Send nothing that the browser would not send
    #[arg(long)]
    no_probes: bool,
    /// The address space that the page is loaded from
    #[arg(long, value_enum, value_name = "SPACE")]
    page_space: Option<SpaceChoice>,
    #[command(flatten)]
    pub(super) network: NetworkArgs,
    /// The stack to write the mending configuration for, such as nginx, instead of the one that the
    /// answers betray (corscope recipe --list shows all)
    #[arg(long, value_name = "NAME")]
    pub(super) stack: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub(super) format: Format,
    /// Add every step of the standard that was taken
    #[arg(long)]
    pub(super) trace: bool,
    /// Show all headers of every exchange
    #[arg(short, long)]
    pub(super) verbose: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
    Markdown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum CredentialsChoice {
    Omit,
    SameOrigin,
    Include,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ModeChoice {
    Cors,
    NoCors,
    SameOrigin,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum RedirectChoice {
    Follow,
    Error,
    Manual,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum SpaceChoice {
    Loopback,
    Local,
    Public,
}

/// What was asked, understood.
pub(super) struct Asked {
    pub(super) plan: Plan,
    /// What a copied command says about the network.
    pub(super) given: Given,
    /// What the user should know about how it was understood.
    pub(super) notes: Vec<String>,
}

impl CheckArgs {
    /// Reads the flags, or the copied command.
    pub(super) fn read(&self) -> Result<Asked, InputError> {
        let mut given = match (&self.curl, &self.fetch_snippet) {
            (Some(command), _) => input::curl::curl(command)?,
            (None, Some(file)) => input::fetch_snippet::fetch_snippet(&read_snippet(file)?)?,
            (None, None) => self.flags()?,
        };
        if let Some(credentials) = self.credentials {
            given.init.credentials = Some(match credentials {
                CredentialsChoice::Omit => CredentialsMode::Omit,
                CredentialsChoice::SameOrigin => CredentialsMode::SameOrigin,
                CredentialsChoice::Include => CredentialsMode::Include,
            });
        }
        if let Some(mode) = self.mode {
            given.init.mode = Some(match mode {
                ModeChoice::Cors => Mode::Cors,
                ModeChoice::NoCors => Mode::NoCors,
                ModeChoice::SameOrigin => Mode::SameOrigin,
            });
        }
        if let Some(redirect) = self.redirect {
            given.init.redirect = match redirect {
                RedirectChoice::Follow => RedirectMode::Follow,
                RedirectChoice::Error => RedirectMode::Error,
                RedirectChoice::Manual => RedirectMode::Manual,
            };
        }
        let cookies = self.cookie.clone().or_else(|| given.cookies.clone());
        if let Some(cookies) = &cookies
            && let Some(at) = cookies.find(|c: char| c.is_control() || u32::from(c) > 0xFF)
        {
            return Err(InputError::new(
                "--cookie",
                format!("the character at byte {at} cannot stand in a header"),
                "give the header's value in one line, such as 'sid=1; theme=dark'",
            ));
        }
        let client = self.client(&given)?;
        let mut notes = given.notes.clone();
        notes.extend(given.dropped.iter().map(|dropped| {
            format!(
                "{} was left out: {}",
                input::error::quoted(&dropped.name),
                dropped.reason
            )
        }));
        let body = given
            .init
            .body
            .as_ref()
            .map(|body| body.data.clone().into_bytes());
        let subject = Subject {
            init: given.init.clone(),
            client,
            credentials_unknown: false,
            preflights: Vec::new(),
            guesses_no_preflight: false,
            responses: Vec::new(),
            options: Options {
                trace: self.trace,
                ..Options::default()
            },
        };
        let plan = Plan {
            subject,
            cookies,
            body,
            send: self.send,
            probes: !self.no_probes,
            reads: self.reads.clone(),
            deadline: None,
        };
        Ok(Asked { plan, given, notes })
    }

    /// The request that the flags describe.
    fn flags(&self) -> Result<Given, InputError> {
        let mut init = RequestInit {
            url: input::url::target("URL", self.url.as_deref().unwrap_or_default())?,
            ..RequestInit::default()
        };
        for (index, line) in self.headers.iter().enumerate() {
            init.headers
                .push(input::header::header(&format!("-H #{}", index + 1), line)?);
        }
        let sets = |init: &RequestInit, name: &str| {
            init.headers
                .iter()
                .any(|(given, _)| given.eq_ignore_ascii_case(name))
        };
        let body = match (&self.data, &self.json) {
            (Some(data), _) => Some((data, "application/x-www-form-urlencoded")),
            (None, Some(json)) => Some((json, "application/json")),
            (None, None) => None,
        };
        init.method = if body.is_some() { "POST" } else { "GET" }.to_owned();
        if let Some((data, content_type)) = body {
            if !sets(&init, "content-type") {
                init.headers
                    .push(("Content-Type".to_owned(), content_type.to_owned()));
            }
            init.body = Some(Body {
                kind: BodyType::String,
                data: data.clone(),
                content_type: None,
            });
        }
        if let Some(method) = &self.method {
            init.method = input::method::method("-X", method)?;
        }
        Ok(Given {
            init,
            ..Given::default()
        })
    }

    fn client(&self, given: &Given) -> Result<Client, InputError> {
        let page = match (&self.from, &self.page) {
            (Some(origin), _) => (input::origin::origin("--from", origin)?, None),
            (None, Some(url)) => {
                let page = input::origin::page_url("--page", url)?;
                (page.origin, Some(page.url))
            }
            (None, None) => match (&given.page_origin, &given.page_url) {
                (Some(origin), url) => (origin.clone(), url.clone()),
                (None, Some(url)) => {
                    let page = input::origin::page_url("the copied page URL", url)?;
                    (page.origin, Some(page.url))
                }
                (None, None) => {
                    return Err(InputError::new(
                        "--from",
                        "the page's origin is missing, and CORS depends on it",
                        "add --from with the origin that the page is opened under, such as \
                         --from http://localhost:3000",
                    ));
                }
            },
        };
        let (origin, url) = page;
        let parsed = Origin::parse(&origin).map_err(|error| {
            InputError::new(
                "--from",
                error.to_string(),
                "write it as the browser's Origin header has it",
            )
        })?;
        let mut client = Client::new(parsed);
        // Without its URL, the page stands for the origin's root.
        client.url = url
            .and_then(|url| Url::parse(&url).ok())
            .or_else(|| Url::parse(&origin).ok());
        client.address_space = match self.page_space {
            Some(SpaceChoice::Loopback) => Some(AddressSpace::Loopback),
            Some(SpaceChoice::Local) => Some(AddressSpace::Local),
            Some(SpaceChoice::Public) => Some(AddressSpace::Public),
            None => client.url.as_ref().and_then(address_space_of),
        };
        Ok(client)
    }
}

fn read_snippet(file: &PathBuf) -> Result<String, InputError> {
    let place = "--fetch-snippet";
    let mut text = Vec::new();
    let limit = input::MAX_BYTES as u64 + 1;
    let read = if file.as_os_str() == "-" {
        std::io::stdin().take(limit).read_to_end(&mut text)
    } else {
        fs::File::open(file).and_then(|file| file.take(limit).read_to_end(&mut text))
    };
    read.map_err(|error| {
        let name = file.display().to_string();
        InputError::new(
            place,
            format!("{}: {error}", input::error::quoted(&name)),
            "name a readable file, or - for standard input",
        )
    })?;
    String::from_utf8(text).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        InputError::new(
            place,
            format!("not UTF-8 at byte {at}"),
            "save the copied text as UTF-8",
        )
    })
}
