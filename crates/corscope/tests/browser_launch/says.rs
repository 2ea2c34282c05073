//! What the browsers say.

use corscope::browser::{BrowserEvent, LaunchOptions, Launched, Stage};
use corscope::demo::DemoServer;
use corscope_fetch::{Api, CredentialsMode, Mode};

use super::page::{PageServer, asking};
use super::{Root, options, skipped, start, until};

/// An endpoint, Chromium's error name with its parameter, and Firefox's message key. Without an
/// error name the page may read it.
const ENDPOINTS: [(&str, &str, &str, &str); 12] = [
    (
        "acao-missing",
        "MissingAllowOriginHeader",
        "",
        "CORSMissingAllowOrigin2",
    ),
    (
        "acao-host-mismatch",
        "AllowOriginMismatch",
        "http://localhost:",
        "CORSAllowOriginNotMatchingOrigin",
    ),
    (
        "acao-duplicate-header",
        "MultipleAllowOriginValues",
        "",
        "CORSMultipleAllowOriginNotAllowed",
    ),
    (
        "acao-wildcard-with-credentials",
        "WildcardOriginNotAllowed",
        "",
        "CORSNotSupportingCredentials",
    ),
    (
        "acac-missing",
        "InvalidAllowCredentials",
        "",
        "CORSMissingAllowCredentials",
    ),
    (
        "preflight-acao-missing",
        "PreflightMissingAllowOriginHeader",
        "",
        "CORSMissingAllowOrigin2",
    ),
    (
        "preflight-status-not-ok",
        "PreflightInvalidStatus",
        "",
        "CORSPreflightDidNotSucceed3",
    ),
    (
        "preflight-redirect",
        "PreflightDisallowedRedirect",
        "",
        "CORSExternalRedirectNotAllowed",
    ),
    (
        "acam-method-missing",
        "MethodDisallowedByPreflightResponse",
        "PUT",
        "CORSMethodNotFound",
    ),
    (
        "acah-header-missing",
        "HeaderDisallowedByPreflightResponse",
        "x-",
        "CORSMissingAllowHeaderFromPreflight2",
    ),
    ("connection-refused", "", "", "CORSDidNotSucceed2"),
    ("healthy", "", "", ""),
];

async fn demo() -> DemoServer {
    DemoServer::start([127, 0, 0, 1].into(), 0).await.unwrap()
}

/// The last that the browser tells of each endpoint's request, and of its preflight.
async fn ask_all(browser: &str) -> (Vec<BrowserEvent>, String) {
    let demo = demo().await;
    let slugs = ENDPOINTS.map(|(slug, ..)| slug);
    let page = PageServer::start(asking(&demo, &slugs)).await;
    let root = Root::new(&format!("{browser}-says"));
    let mut launched = start(options(browser, &page.url(), &root)).await;
    let mut told: Vec<BrowserEvent> = Vec::new();
    let is_done = |event: &BrowserEvent| {
        let refused = event.stage == Stage::Failed;
        let is_said = !event.said.console.is_empty() || !refused;
        // What Firefox has ended may still be refused by what it says later.
        let readable = event.url.ends_with("/healthy");
        is_said && (refused || readable && event.stage == Stage::Finished)
    };
    until(&mut launched, "end of every request", |event| {
        told.retain(|before| before.request != event.request);
        told.push(event.clone());
        let done = |slug: &&str| {
            let path = format!("/{slug}");
            told.iter()
                .any(|event| event.url.ends_with(&path) && !event.is_preflight && is_done(event))
        };
        slugs.iter().all(done)
    })
    .await;
    launched.close().await.unwrap();
    (told, page.url())
}

fn about<'a>(told: &'a [BrowserEvent], slug: &str) -> &'a BrowserEvent {
    let path = format!("/{slug}");
    let is_it = |event: &&BrowserEvent| !event.is_preflight && event.url.ends_with(&path);
    told.iter().find(is_it).unwrap()
}

#[tokio::test]
async fn chromium_names_its_error_and_prints_the_reason() {
    if skipped() {
        return;
    }
    let (told, page) = ask_all("chromium").await;
    for (slug, error, parameter, _) in ENDPOINTS {
        let event = about(&told, slug);
        let said = &event.said;
        assert_eq!(
            said.cors_error.as_deref().unwrap_or(""),
            error,
            "{event:#?}"
        );
        let given = said.failed_parameter.as_deref().unwrap_or("");
        assert!(given.starts_with(parameter), "{event:#?}");
        let printed = |part: &str| said.console.iter().any(|text| text.contains(part));
        assert_eq!(
            printed("blocked by CORS policy"),
            !error.is_empty(),
            "{event:#?}"
        );
        assert_eq!(event.api, Some(Api::Fetch), "{event:#?}");
        assert_eq!(event.page_url.as_deref(), Some(&*page), "{event:#?}");
        assert!(event.time > 1_700_000_000_000_000, "{event:#?}");
    }
    let credentials = |slug| about(&told, slug).credentials;
    assert_eq!(credentials("acac-missing"), Some(CredentialsMode::Include));
    assert_eq!(credentials("acao-missing"), None);
    assert_eq!(about(&told, "acao-missing").mode, Some(Mode::Cors));
    let refused = about(&told, "connection-refused");
    assert_eq!(
        refused.said.net_error.as_deref(),
        Some("net::ERR_CONNECTION_REFUSED")
    );
    // Also of a response that the page may not see.
    assert_eq!(about(&told, "acao-missing").status, Some(200));
    assert_eq!(about(&told, "healthy").status, Some(200));
    preflights_are_paired(&told);
}

#[tokio::test]
async fn firefox_prints_the_reason() {
    if skipped() {
        return;
    }
    let (told, page) = ask_all("firefox").await;
    for (slug, _, _, key) in ENDPOINTS {
        let event = about(&told, slug);
        let said = &event.said;
        assert_eq!(said.cors_error.as_deref().unwrap_or(""), key, "{event:#?}");
        let printed = said.console.iter().any(|text| text.contains("(Reason: "));
        assert_eq!(printed, !key.is_empty(), "{event:#?}");
        assert_eq!(event.api, Some(Api::Fetch), "{event:#?}");
        assert_eq!(event.page_url.as_deref(), Some(&*page), "{event:#?}");
        assert!(event.time > 1_700_000_000_000_000, "{event:#?}");
    }
    assert_eq!(about(&told, "healthy").status, Some(200));
    preflights_are_paired(&told);
}

fn preflights_are_paired(told: &[BrowserEvent]) {
    for slug in ["preflight-acao-missing", "acam-method-missing"] {
        let owner = about(told, slug);
        let preflight = told
            .iter()
            .find(|event| event.is_preflight && event.url == owner.url)
            .unwrap();
        assert_eq!(preflight.method, "OPTIONS");
        assert_eq!(
            preflight.preflight_of,
            Some(owner.request),
            "{preflight:#?}"
        );
    }
}

#[tokio::test]
async fn loopback_goes_through_the_proxy_and_what_only_the_browser_wants_does_not() {
    if skipped() {
        return;
    }
    for browser in ["chromium", "firefox"] {
        let proxy = PageServer::start("<link rel=icon href='data:,'>".to_owned()).await;
        let root = Root::new(&format!("{browser}-proxy"));
        let url = format!("http://localhost:{}/page", free_port());
        let mut launched = start(LaunchOptions {
            proxy_addr: Some(proxy.addr),
            ..options(browser, &url, &root)
        })
        .await;
        answered(&mut launched, &url).await;
        launched.close().await.unwrap();
        let asked = proxy.asked.lock().unwrap();
        let wanted = format!("GET {url} HTTP/1.1");
        assert!(asked.contains(&wanted), "{browser}: {asked:#?}");
        // A connection on which nothing is asked is opened in advance.
        let mut others = asked
            .iter()
            .filter(|line| !line.is_empty() && **line != wanted);
        assert_eq!(others.next(), None, "{browser}: {asked:#?}");
    }
}

#[tokio::test]
async fn local_network_access_is_true_when_loopback_is_left_to_the_browser() {
    if skipped() {
        return;
    }
    let target = PageServer::start(String::new()).await;
    let html = format!(
        "<link rel=icon href='data:,'><script>fetch('{}x').catch(() => {{}})</script>",
        target.url()
    );
    let proxy = PageServer::start(html).await;
    let root = Root::new("chromium-lna");
    let mut launched = start(LaunchOptions {
        proxy_addr: Some(proxy.addr),
        lna_faithful: true,
        ..options("chromium", "http://public.test/", &root)
    })
    .await;
    let refused = until(&mut launched, "refusal", |event| {
        event.url.ends_with("/x") && event.said.cors_error.is_some()
    })
    .await;
    launched.close().await.unwrap();
    let error = refused.said.cors_error.unwrap();
    assert!(error.contains("LocalNetwork"), "{error}");
    assert!(target.asked.lock().unwrap().is_empty());
}

async fn answered(browser: &mut Launched, url: &str) {
    until(browser, "answer", |event| {
        event.url == url && event.status == Some(200)
    })
    .await;
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
