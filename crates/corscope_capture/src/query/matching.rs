use corscope_fetch::exchange::{Exchange, ObservedBody};
use corscope_fetch::header_list::HeaderList;
use corscope_fetch::request_init::Api;

use super::Expr;
use super::term::{Flag, Part, Term, Text};
use crate::decoded::{Content, content};
use crate::row::{CorsOutcome, Row};

pub(super) fn holds(expr: &Expr, row: &Row) -> bool {
    match expr {
        Expr::And(all) => all.iter().all(|expr| holds(expr, row)),
        Expr::Or(any) => any.iter().any(|expr| holds(expr, row)),
        Expr::Not(expr) => !holds(expr, row),
        Expr::Term(term) => term_holds(term, row),
    }
}

fn term_holds(term: &Term, row: &Row) -> bool {
    let Row {
        exchange, judged, ..
    } = row;
    match term {
        Term::Cors(cors) => judged.cors == *cors,
        Term::Preflight(preflight) => judged.preflight == *preflight,
        Term::Reason(text) => judged
            .reasons
            .iter()
            .any(|code| text.is_in(code.as_bytes())),
        Term::Lna(text) => judged
            .lna
            .as_ref()
            .is_some_and(|lna| text.is_in(lna.as_bytes())),
        Term::Part(part, text) => part_holds(*part, text, exchange),
        Term::Header(name, value) => lists(exchange).any(|list| {
            let mut lines = list.lines_named(name);
            lines.any(|(_, header)| {
                value
                    .as_ref()
                    .is_none_or(|text| text.is_in(header.trimmed()))
            })
        }),
        Term::Body(text) => {
            let response = exchange.response.as_ref();
            let request = &exchange.request;
            body_holds(text, &request.body, &request.header_list)
                || response.is_some_and(|it| body_holds(text, &it.body, &it.header_list))
        }
        Term::Status(range) => {
            let response = exchange.response.as_ref();
            response.is_some_and(|response| range.holds(response.status.into()))
        }
        Term::Size(range) => {
            let response = exchange.response.as_ref();
            response.is_some_and(|response| range.holds(response.body.len))
        }
        Term::Time(range) => exchange
            .timing
            .total
            .is_some_and(|total| range.holds(total)),
        Term::Id(range) => range.holds(exchange.id),
        Term::Flag(flag) => flag_holds(*flag, row),
        Term::Free(text) => {
            text.is_in(exchange.request.url.as_bytes())
                || text.is_in(exchange.request.method.as_bytes())
                || judged
                    .reasons
                    .iter()
                    .any(|code| text.is_in(code.as_bytes()))
                || exchange.failure.as_ref().is_some_and(|it| {
                    text.is_in(it.message.as_bytes()) || text.is_in(it.code.as_bytes())
                })
                || lists(exchange)
                    .flat_map(HeaderList::iter)
                    .any(|header| text.is_in(header.name) || text.is_in(header.value))
        }
    }
}

fn lists(exchange: &Exchange) -> impl Iterator<Item = &HeaderList> {
    let response = exchange
        .response
        .as_ref()
        .map(|response| &response.header_list);
    std::iter::once(&exchange.request.header_list).chain(response)
}

/// Host and port, and path, of an absolute URL.
fn host_and_path(url: &str) -> (&str, &str) {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let path = path.split(['?', '#']).next().unwrap_or(path);
    (host, path)
}

fn part_holds(part: Part, text: &Text, exchange: &Exchange) -> bool {
    let url = &exchange.request.url;
    match part {
        Part::Origin => exchange
            .origin()
            .is_some_and(|origin| text.is_in(origin.as_bytes())),
        Part::Host => text.is_in(host_and_path(url).0.as_bytes()),
        Part::Path => text.is_in(host_and_path(url).1.as_bytes()),
        Part::Url => text.is_in(url.as_bytes()),
        Part::Method => text.is_in(exchange.request.method.as_bytes()),
    }
}

fn body_holds(text: &Text, body: &ObservedBody, list: &HeaderList) -> bool {
    match content(&body.bytes, list) {
        Content::Plain(plain) => text.is_in(&plain),
        Content::Encoded(_) => text.is_in(&body.bytes),
    }
}

fn flag_holds(flag: Flag, row: &Row) -> bool {
    let exchange = &row.exchange;
    let request = &exchange.request.header_list;
    let response = exchange.response.as_ref();
    let credentials = |name| request.contains(name);
    match flag {
        Flag::WebSocket => {
            let upgrade = request.get("upgrade").unwrap_or_default();
            exchange.hints.api == Some(Api::WebSocket)
                || upgrade.eq_ignore_ascii_case(b"websocket")
                || exchange.request.url.starts_with("ws")
        }
        Flag::Modified => exchange.modified.is_some(),
        Flag::Error => exchange.failure.is_some(),
        Flag::Preflight => exchange.is_preflight(),
        Flag::Pinned => row.pinned,
        Flag::Open => !exchange.ended,
        Flag::Cors => row.judged.cors != CorsOutcome::None,
        Flag::Cookie => {
            request.contains("cookie")
                || response.is_some_and(|it| it.header_list.contains("set-cookie"))
        }
        Flag::Authorization => credentials("authorization"),
        Flag::Credentials => credentials("authorization") || credentials("cookie"),
        Flag::Origin => request.contains("origin"),
        Flag::Response => response.is_some(),
        Flag::Body => {
            exchange.request.body.len > 0 || response.is_some_and(|response| response.body.len > 0)
        }
        Flag::Browser => exchange.hints.browser.is_some(),
    }
}

impl Text {
    /// Whether it is part of, or all of, some bytes; ASCII case is ignored.
    fn is_in(&self, bytes: &[u8]) -> bool {
        let wanted = self.text.as_bytes();
        if self.whole {
            return bytes.eq_ignore_ascii_case(wanted);
        }
        let Some(first) = wanted.first() else {
            return true;
        };
        let starts = memchr::memchr2_iter(*first, first.to_ascii_uppercase(), bytes);
        starts
            .filter_map(|start| bytes.get(start..start + wanted.len()))
            .any(|part| part.eq_ignore_ascii_case(wanted))
    }
}
