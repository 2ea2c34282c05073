//! A request on its way through the stages.

use bytes::Bytes;
use corscope_fetch::HeaderList;
use corscope_fetch::exchange::{ObservedRequest, ObservedResponse};
use http::header::CONTENT_LENGTH;
use http::uri::Scheme;
use http::{Method, StatusCode, Uri};

use super::client::Client;
use super::fields;
use super::request::{Asked, Outgoing};
use super::trouble::Trouble;
use super::upload::Upload;
use crate::client::Phase;
use crate::proxy::clock::micros;
use crate::proxy::config::Limits;
use crate::proxy::fault::Fault;
use crate::proxy::http1::staged::{bound, bounded_request};
use crate::proxy::http1::target::Target;
use crate::proxy::http1::write;
use crate::proxy::stages::run::{Interested, Outcome, Verdict};
use crate::proxy::watch::Watch;

/// What the stages made of a request.
pub(super) enum Onward {
    /// It goes to its server.
    Send,
    /// It was answered.
    Answered,
}

/// Holds the request's body if a stage wants it, asks the stages, and changes what goes on.
pub(super) async fn ask(
    stages: &Interested,
    asked: &mut Asked,
    upload: &mut Upload,
    client: &mut Client<'_>,
    watch: &Watch,
    limits: &Limits,
) -> Result<Onward, Trouble> {
    if stages.all.request_body {
        hold(upload, &mut asked.observed, client, watch, limits).await?;
    }
    let original = asked.observed.clone();
    watch.allow_any();
    let asking = stages.on_request(&mut asked.observed);
    let Outcome {
        by,
        blocked,
        verdict,
    } = client.while_there(Phase::AwaitHead, asking).await?;
    let is_changed = !by.is_empty();
    let noted = bounded_request(&asked.observed, watch.record.capture().body_bytes);
    watch.record.edit(|draft| {
        draft.exchange.timing.blocked = Some(micros(blocked));
        if is_changed {
            let before = std::mem::replace(&mut draft.exchange.request, noted);
            let modified = draft.exchange.modified.get_or_insert_default();
            modified.by = by;
            if before != draft.exchange.request {
                modified.request = Some(before);
            }
        }
    });
    match verdict {
        Verdict::Go => {}
        Verdict::Answer(response) => {
            answer(*response, asked.asker.is_head, client, watch, limits).await?;
            return Ok(Onward::Answered);
        }
        Verdict::Close(name) => return Err(Trouble::Closed(name)),
    }
    if is_changed {
        let held = stages.all.request_body && upload.rest.is_none();
        change(asked, &original, upload, held).map_err(Trouble::Fault)?;
    }
    Ok(Onward::Send)
}

/// Makes what goes on from what a stage changed.
fn change(
    asked: &mut Asked,
    original: &ObservedRequest,
    upload: &mut Upload,
    held: bool,
) -> Result<(), Fault> {
    let Asked {
        observed, outgoing, ..
    } = asked;
    let unknown = || Fault::bad_request("no-target", "the changed URL is none of http(s)");
    outgoing.method = Method::from_bytes(observed.method.as_bytes())
        .map_err(|_| Fault::bad_request("request-line", "the changed method is no token"))?;
    if observed.url != original.url {
        redirect(outgoing, &observed.url, &original.url).ok_or_else(unknown)?;
    }
    if let Some(host) = observed.header_list.get("Host")
        && outgoing
            .headers
            .get("Host")
            .map(http::HeaderValue::as_bytes)
            != Some(&*host)
    {
        let host = String::from_utf8_lossy(&host).into_owned();
        outgoing.uri = with_authority(&outgoing.uri, &host).ok_or_else(unknown)?;
    }
    if held {
        let new = observed.body.bytes.len();
        observed.body.len = new as u64;
        if observed.header_list.contains(CONTENT_LENGTH.as_str()) {
            // A wrong one is malformed in HTTP/2.
            observed.header_list.set("content-length", new.to_string());
        }
        upload.held = Vec::new();
        if new > 0 {
            upload.held.push(Bytes::from(observed.body.bytes.clone()));
        }
    } else {
        write::keep_framing(&mut observed.header_list, &original.header_list);
    }
    outgoing.headers = fields::request_map(&observed.header_list, &outgoing.headers);
    Ok(())
}

/// Sends the request where `url` says.
fn redirect(outgoing: &mut Outgoing, url: &str, original: &str) -> Option<()> {
    let target = Target::absolute(url.as_bytes())?;
    let stays = Target::absolute(original.as_bytes())
        .is_some_and(|original| target.is(&original.destination(), original.name));
    let whole: Uri = url.split('#').next()?.parse().ok()?;
    let path = whole.path_and_query().map_or("/", |path| path.as_str());
    let old = outgoing.uri.authority().map(ToString::to_string);
    let authority = match old {
        Some(old) if stays => old,
        _ => whole.authority()?.as_str().rsplit('@').next()?.to_owned(),
    };
    let scheme = if target.tls {
        Scheme::HTTPS
    } else {
        Scheme::HTTP
    };
    let built = Uri::builder().scheme(scheme).authority(authority);
    outgoing.uri = built.path_and_query(path).build().ok()?;
    if !stays {
        outgoing.elsewhere = Some((target.destination(), target.name.to_owned()));
    }
    Some(())
}

fn with_authority(uri: &Uri, authority: &str) -> Option<Uri> {
    let mut parts = uri.clone().into_parts();
    parts.authority = Some(authority.parse().ok()?);
    Uri::from_parts(parts).ok()
}

/// Reads the body into memory, as far as there may be of it.
async fn hold(
    upload: &mut Upload,
    request: &mut ObservedRequest,
    client: &mut Client<'_>,
    watch: &Watch,
    limits: &Limits,
) -> Result<(), Trouble> {
    let expects = request
        .header_list
        .get("Expect")
        .is_some_and(|value| value.eq_ignore_ascii_case(b"100-continue"));
    if expects && upload.rest.is_some() {
        // The client waits for this, and the server is not asked yet.
        client.informational(StatusCode::CONTINUE, http::HeaderMap::new());
    }
    let body = &mut request.body;
    while let Some(rest) = &mut upload.rest {
        if body.bytes.len() >= limits.held_body {
            // More will come: the copy must show that it is not whole.
            body.len = body.len.saturating_add(1);
            return Ok(());
        }
        watch.allow(limits.silence);
        let gone = |error: h2::Error| Trouble::ClientGone(error.reason());
        let next = std::future::poll_fn(|context| match rest.poll_data(context) {
            std::task::Poll::Pending if watch.is_expired() => {
                std::task::Poll::Ready(Err(Trouble::ClientLate))
            }
            polled => polled.map(Ok),
        });
        let Some(data) = next.await? else {
            upload.trailers = rest.trailers().await.map_err(gone)?;
            upload.rest = None;
            return Ok(());
        };
        let data = data.map_err(gone)?;
        watch.record.request_data(&data);
        body.bytes.extend_from_slice(&data);
        body.len += data.len() as u64;
        let _ = rest.flow_control().release_capacity(data.len());
        if rest.is_end_stream() {
            upload.rest = None;
        }
        if !data.is_empty() {
            upload.held.push(data);
        }
    }
    Ok(())
}

/// Answers as a stage said.
async fn answer(
    mut response: ObservedResponse,
    is_head: bool,
    client: &mut Client<'_>,
    watch: &Watch,
    limits: &Limits,
) -> Result<(), Trouble> {
    let has_body = !is_head && !matches!(response.status, 204 | 304 | 100..=199);
    response.body.len = response.body.bytes.len() as u64;
    response.header_list = fields::without_connection(&response.header_list);
    if has_body {
        let length = response.body.len.to_string();
        response.header_list.set("content-length", length);
    }
    let headers = fields::map(&response.header_list);
    let status = StatusCode::from_u16(response.status).unwrap_or(StatusCode::BAD_GATEWAY);
    let body = Bytes::from(response.body.bytes.clone());
    let trailers: HeaderList = std::mem::take(&mut response.trailers);
    bound(&mut response.body, watch.record.capture().body_bytes);
    response.trailers = trailers;
    watch
        .record
        .edit(|draft| draft.exchange.response = Some(response));
    watch.allow(limits.silence);
    let last = !has_body || body.is_empty();
    client.head(status, headers, last)?;
    match last {
        true => Ok(()),
        false => client.data(body, true).await,
    }
}
