//! One row: what it says.

use corscope_fetch::client::EmbedderPolicy;
use corscope_fetch::local_network_access::Permission;
use corscope_fetch::request_init::{BodyType, CacheMode, RedirectMode};
use corscope_fetch::{AddressSpace, Api, Browser, CredentialsMode, Mode};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Table {
    #[serde(default)]
    rows: Vec<Row>,
    /// Rows that share one preflight cache.
    #[serde(default)]
    sequences: Vec<Vec<Row>>,
    /// `[source, expected, [values…]]`: one row for each value of the field that is named.
    #[serde(default)]
    values: Vec<Values>,
}

/// Many rows that differ in one value.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Values {
    row: Row,
    #[serde(default)]
    acao: Vec<Lines>,
    #[serde(default)]
    aceh: Vec<Lines>,
    #[serde(default)]
    header: Vec<String>,
    #[serde(default)]
    port: Vec<u16>,
    #[serde(default)]
    pf_status: Vec<u16>,
    #[serde(default)]
    status: Vec<u16>,
    #[serde(default)]
    responses: Vec<Vec<Vec<String>>>,
}

impl Table {
    pub(crate) fn sequences(&self) -> impl Iterator<Item = Vec<Row>> {
        let single = self.rows.iter().map(|row| vec![row.clone()]);
        let spread = self.values.iter().flat_map(|values| {
            let with = |change: &dyn Fn(&mut Row)| {
                let mut row = values.row.clone();
                change(&mut row);
                vec![row]
            };
            let mut rows = Vec::new();
            rows.extend(
                values
                    .acao
                    .iter()
                    .map(|it| with(&|row| row.acao = Some(it.clone()))),
            );
            rows.extend(
                values
                    .aceh
                    .iter()
                    .map(|it| with(&|row| row.aceh = Some(it.clone()))),
            );
            rows.extend(
                values
                    .header
                    .iter()
                    .map(|it| with(&|row| row.headers.push(it.clone()))),
            );
            rows.extend(
                values
                    .port
                    .iter()
                    .map(|port| with(&|row| row.url = format!("{}:{port}/", row.url))),
            );
            rows.extend(
                values
                    .pf_status
                    .iter()
                    .map(|it| with(&|row| row.pf_status = *it)),
            );
            rows.extend(values.status.iter().map(|it| {
                with(&|row| {
                    row.status = *it;
                    row.expect = row.expect.replace('#', &it.to_string());
                })
            }));
            rows.extend(
                values
                    .responses
                    .iter()
                    .map(|it| with(&|row| row.responses.clone_from(it))),
            );
            rows
        });
        single.chain(spread).chain(self.sequences.iter().cloned())
    }
}

/// No line, one, or several of a header.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Lines {
    One(String),
    Many(Vec<String>),
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Row {
    /// Items of the checklist, web-platform-tests.
    pub(crate) of: String,
    /// Milliseconds on the clock, in a sequence.
    pub(crate) at: u64,
    pub(crate) page: String,
    pub(crate) page_url: Option<String>,
    pub(crate) csp: Option<String>,
    pub(crate) coep: EmbedderPolicy,
    pub(crate) space: Option<AddressSpace>,
    pub(crate) target_space: Option<AddressSpace>,
    pub(crate) permission: Option<Permission>,
    pub(crate) browser: Browser,

    pub(crate) api: Api,
    pub(crate) url: String,
    pub(crate) method: String,
    pub(crate) headers: Vec<String>,
    pub(crate) mode: Option<Mode>,
    pub(crate) credentials: Option<CredentialsMode>,
    pub(crate) redirect: RedirectMode,
    pub(crate) cache: CacheMode,
    pub(crate) integrity: String,
    pub(crate) keepalive: bool,
    pub(crate) body: Option<BodyType>,
    pub(crate) body_len: usize,
    pub(crate) blob: Option<String>,
    pub(crate) upload_listener: bool,
    pub(crate) crossorigin: Option<String>,

    pub(crate) pf_status: u16,
    pub(crate) pf_acao: Option<Lines>,
    pub(crate) pf_acac: Option<Lines>,
    pub(crate) acam: Option<Lines>,
    pub(crate) acah: Option<Lines>,
    pub(crate) max_age: Option<Lines>,
    pub(crate) pf_fails: bool,
    pub(crate) status: u16,
    pub(crate) acao: Option<Lines>,
    pub(crate) acac: Option<Lines>,
    pub(crate) aceh: Option<Lines>,
    /// Headers of the last response beside those.
    pub(crate) more: Vec<String>,
    /// Redirects and the last response in full: status, then header lines; `+cors` stands for the
    /// headers of a server that allows everything.
    pub(crate) responses: Vec<Vec<String>>,

    /// `cors 200`, `opaque`, `error CAUSE`, `throw CAUSE`, …
    pub(crate) expect: String,
    /// How many preflights are sent.
    pub(crate) preflights: Option<usize>,
    /// How many requests are sent in all.
    pub(crate) sent: Option<usize>,
    /// `Access-Control-Request-Method` of the last preflight.
    pub(crate) acrm: Option<String>,
    /// `Access-Control-Request-Headers` of the last preflight; empty: none.
    pub(crate) acrh: Option<String>,
    /// `Origin` of each request sent that is no preflight; `-` for none.
    pub(crate) origins: Option<Vec<String>>,
    /// `Origin` of each preflight.
    pub(crate) preflight_origins: Option<Vec<String>>,
    /// Header lines of the last request sent, in lower case, without `Origin`.
    pub(crate) carries: Option<Vec<String>>,
    /// The method of the last request sent.
    pub(crate) last_method: Option<String>,
    /// Whether the last request sent carries credentials.
    pub(crate) cookies: Option<bool>,
    pub(crate) visible: Option<Vec<String>>,
}

impl Default for Row {
    fn default() -> Self {
        Self {
            of: String::new(),
            at: 0,
            page: "https://a.test".to_owned(),
            page_url: None,
            csp: None,
            coep: EmbedderPolicy::UnsafeNone,
            space: None,
            target_space: None,
            permission: None,
            browser: Browser::Fetch,
            api: Api::Fetch,
            url: "https://b.test/".to_owned(),
            method: "GET".to_owned(),
            headers: Vec::new(),
            mode: None,
            credentials: None,
            redirect: RedirectMode::Follow,
            cache: CacheMode::Default,
            integrity: String::new(),
            keepalive: false,
            body: None,
            body_len: 1,
            blob: None,
            upload_listener: false,
            crossorigin: None,
            pf_status: 204,
            pf_acao: None,
            pf_acac: None,
            acam: None,
            acah: None,
            max_age: None,
            pf_fails: false,
            status: 200,
            acao: None,
            acac: None,
            aceh: None,
            more: Vec::new(),
            responses: Vec::new(),
            expect: "cors 200".to_owned(),
            preflights: None,
            sent: None,
            acrm: None,
            acrh: None,
            origins: None,
            preflight_origins: None,
            carries: None,
            last_method: None,
            cookies: None,
            visible: None,
        }
    }
}
