//! One conversation with a browser: attaches to whatever it opens, and lets the first page go where
//! it should only when it is watched.

use serde_json::{Value, json};
use std::collections::HashSet;
use std::io;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until};

use super::Pipe;
use super::requests::Requests;
use crate::browser::BrowserEvent;

/// How long a browser may be without a page before it is taken for closed.
const WITHOUT_PAGE: Duration = Duration::from_secs(2);

/// What has requests of its own; the browser's own surfaces are left out.
const WATCHED: [&str; 5] = [
    "page",
    "iframe",
    "worker",
    "shared_worker",
    "service_worker",
];

/// The conversation.
#[derive(Debug)]
pub(in crate::browser) struct Session {
    pipe: Pipe,
    events: mpsc::Sender<BrowserEvent>,
    requests: Requests,
    sent: u64,
    /// The sessions of pages.
    pages: HashSet<String>,
    first_page: Option<FirstPage>,
}

/// What happens to the first page.
#[derive(Debug)]
struct FirstPage {
    url: String,
    ready: oneshot::Sender<()>,
    /// Its session and the command after whose answer it is watched.
    watched_by: Option<(String, u64)>,
}

impl Session {
    /// One that sends the first page to `url`, and tells when it does.
    pub(in crate::browser) fn new(
        pipe: Pipe,
        url: &str,
        events: mpsc::Sender<BrowserEvent>,
    ) -> (Self, oneshot::Receiver<()>) {
        let (ready, is_ready) = oneshot::channel();
        let session = Self {
            pipe,
            events,
            requests: Requests::default(),
            sent: 0,
            pages: HashSet::new(),
            first_page: Some(FirstPage {
                url: url.to_owned(),
                ready,
                watched_by: None,
            }),
        };
        (session, is_ready)
    }

    /// Runs until the browser is gone; when `close` is told, or its other end dropped, the browser
    /// is asked to end.
    pub(in crate::browser) async fn run(mut self, mut close: oneshot::Receiver<()>) {
        if self.watch_children(None).await.is_err() {
            return;
        }
        let mut closing = false;
        let mut no_page_since = None;
        loop {
            let page_patience = no_page_since.unwrap_or_else(Instant::now) + WITHOUT_PAGE;
            let done = tokio::select! {
                message = self.pipe.next() => match message {
                    Some(message) => self.take_in(&message).await,
                    None => return,
                },
                _ = &mut close, if !closing => {
                    closing = true;
                    self.send("Browser.close", json!({}), None).await.map(|_| ())
                }
                () = sleep_until(page_patience), if no_page_since.is_some() => return,
            };
            if done.is_err() {
                return;
            }
            let waits_for_first = self.first_page.is_some();
            no_page_since = (self.pages.is_empty() && !waits_for_first && !closing)
                .then(|| no_page_since.unwrap_or_else(Instant::now));
        }
    }

    async fn send(&mut self, method: &str, params: Value, to: Option<&str>) -> io::Result<u64> {
        self.sent += 1;
        let mut message = json!({ "id": self.sent, "method": method, "params": params });
        if let Some(session) = to {
            message["sessionId"] = session.into();
        }
        self.pipe.send(&message).await?;
        Ok(self.sent)
    }

    /// What is opened from now on waits until it is watched.
    async fn watch_children(&mut self, of: Option<&str>) -> io::Result<()> {
        let filter = WATCHED.map(|kind| json!({ "type": kind }));
        let params = json!({
            "autoAttach": true,
            "waitForDebuggerOnStart": true,
            "flatten": true,
            "filter": filter,
        });
        self.send("Target.setAutoAttach", params, of).await?;
        Ok(())
    }

    async fn take_in(&mut self, message: &Value) -> io::Result<()> {
        let params = &message["params"];
        match message["method"].as_str() {
            None => self.take_answer(message).await,
            Some("Target.attachedToTarget") => self.attached(params).await,
            Some("Target.detachedFromTarget") => {
                self.pages
                    .remove(params["sessionId"].as_str().unwrap_or_default());
                Ok(())
            }
            Some(method) => {
                for event in self.requests.take_in(method, params) {
                    // Without a reader the browser still runs.
                    let _ = self.events.send(event).await;
                }
                Ok(())
            }
        }
    }

    async fn attached(&mut self, params: &Value) -> io::Result<()> {
        let Some(session) = params["sessionId"].as_str() else {
            return Ok(());
        };
        // Bodies are the proxy's business: the browser need not keep them for us.
        let lean = json!({
            "maxTotalBufferSize": 1 << 20,
            "maxResourceBufferSize": 1 << 16,
            "maxPostDataSize": 0,
        });
        self.send("Audits.enable", json!({}), Some(session)).await?;
        self.send("Log.enable", json!({}), Some(session)).await?;
        let watched_after = self.send("Network.enable", lean, Some(session)).await?;
        self.watch_children(Some(session)).await?;
        self.send("Runtime.runIfWaitingForDebugger", json!({}), Some(session))
            .await?;
        if params["targetInfo"]["type"] == "page" {
            self.pages.insert(session.to_owned());
            if let Some(first) = &mut self.first_page
                && first.watched_by.is_none()
            {
                first.watched_by = Some((session.to_owned(), watched_after));
            }
        }
        Ok(())
    }

    /// The only answer that matters is that the first page is watched.
    async fn take_answer(&mut self, message: &Value) -> io::Result<()> {
        let is_it = |first: &mut FirstPage| {
            let watched_by = first.watched_by.as_ref();
            watched_by.is_some_and(|(_, id)| message["id"] == *id)
        };
        let Some(first) = self.first_page.take_if(is_it) else {
            return Ok(());
        };
        let session = first.watched_by.map(|(session, _)| session);
        let params = json!({ "url": first.url });
        self.send("Page.navigate", params, session.as_deref())
            .await?;
        let _ = first.ready.send(());
        Ok(())
    }
}
