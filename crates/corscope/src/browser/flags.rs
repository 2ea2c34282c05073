//! What Chromium and its kin are told on the command line.

use std::ffi::OsString;

use super::{LaunchOptions, Profile};

/// Without these a fresh profile asks questions, and the browser talks to its maker: noise in the
/// capture. What pages can do is left as it is.
const QUIET: [&str; 20] = [
    "--no-first-run",
    "--no-default-browser-check",
    "--no-service-autorun",
    "--no-pings",
    "--disable-background-networking",
    "--disable-breakpad",
    "--disable-client-side-phishing-detection",
    "--disable-component-extensions-with-background-pages",
    "--disable-component-update",
    "--disable-crash-reporter",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-field-trial-config",
    "--disable-search-engine-choice-screen",
    "--disable-sync",
    "--metrics-recording-only",
    // The profile's secrets need no keyring, which would ask for its password.
    "--password-store=basic",
    "--use-mock-keychain",
    "--hide-crash-restore-bubble",
];

/// Parts of the browser that talk to its maker.
const TALKATIVE: &str = "Translate,OptimizationHints,MediaRouter,DialMediaRouteProvider,\
    AutofillServerCommunication,CertificateTransparencyComponentUpdater,\
    InterestFeedContentSuggestions,NetworkTimeServiceQuerying";

/// What it asks all the same, some seconds after its start: whether there are updates, and who is
/// signed in. No page asks the former; for the latter it is told of a server that does not exist.
const UPDATES: &str = "update.googleapis.com";
const SIGN_IN: &str = "sign-in.corscope.invalid";

const DISABLE: &str = "--disable-features=";

/// The arguments, in order.
pub(super) fn chromium_args(options: &LaunchOptions, profile: &Profile) -> Vec<OsString> {
    let mut folder = OsString::from("--user-data-dir=");
    folder.push(profile.browser_folder());
    let mut args = vec![folder, "--remote-debugging-pipe".into()];
    args.extend(QUIET.map(OsString::from));
    if options.headless {
        args.push("--headless".into());
    }
    if is_superuser() {
        // Chromium refuses to start as root with its sandbox.
        args.push("--no-sandbox".into());
    }
    args.extend(proxy_args(options).into_iter().map(OsString::from));
    // Only the last list of features counts: the caller's goes into ours.
    let (features, rest): (Vec<_>, Vec<_>) = options
        .extra_args
        .iter()
        .partition(|arg| arg.to_string_lossy().starts_with(DISABLE));
    let mut disabled = OsString::from(format!("{DISABLE}{TALKATIVE}"));
    for feature in features {
        let list = feature.to_string_lossy();
        disabled.push(format!(",{}", list.trim_start_matches(DISABLE)));
    }
    args.push(disabled);
    args.extend(rest.into_iter().cloned());
    // Where to go is told over the pipe, once the page is watched.
    args.push("about:blank".into());
    args
}

fn proxy_args(options: &LaunchOptions) -> Vec<String> {
    let mut args = vec![
        format!("--gaia-url=http://{SIGN_IN}/"),
        format!("--host-resolver-rules=MAP {UPDATES} ~NOTFOUND,MAP {SIGN_IN} ~NOTFOUND"),
    ];
    if let Some(proxy) = options.proxy_addr {
        args.push(format!("--proxy-server={proxy}"));
        // The proxy resolves names itself: what is to be found nowhere must not reach it.
        let mut bypass = format!("--proxy-bypass-list={UPDATES};{SIGN_IN}");
        if options.lna_faithful {
            // The address space of what the proxy answers is the proxy's own, loopback, and a page
            // from there may reach any network. Taken for public, it must ask, as in life; what is
            // on loopback then has to be reached without the proxy to be known as such.
            args.push(format!("--ip-address-space-overrides={proxy}=public"));
        } else {
            bypass.push_str(";<-loopback>");
        }
        args.push(bypass);
    }
    if let Some(hash) = &options.ca_spki_sha256 {
        args.push(format!("--ignore-certificate-errors-spki-list={hash}"));
    }
    args
}

#[cfg(unix)]
fn is_superuser() -> bool {
    rustix::process::geteuid().is_root()
}

#[cfg(not(unix))]
fn is_superuser() -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::{Browser, Kind};

    fn options() -> LaunchOptions {
        let browser = Browser {
            kind: Kind::Chromium,
            path: "/usr/bin/chromium".into(),
        };
        LaunchOptions {
            proxy_addr: Some("127.0.0.1:8899".parse().unwrap()),
            ca_spki_sha256: Some("AAAA".to_owned()),
            ..LaunchOptions::new(browser, "http://localhost/")
        }
    }

    fn args(options: &LaunchOptions) -> Vec<String> {
        let root = crate::browser::profile::test_root("flags");
        let profile = Profile::create(std::slice::from_ref(&root)).unwrap();
        let args = chromium_args(options, &profile);
        drop(profile);
        std::fs::remove_dir(root).unwrap();
        let text = |arg: OsString| arg.into_string().unwrap();
        args.into_iter().map(text).collect()
    }

    #[test]
    fn loopback_goes_through_the_proxy_unless_local_network_access_is_to_be_true() {
        let usual = args(&options());
        let has = |args: &[String], wanted: &str| args.iter().any(|arg| arg == wanted);
        assert!(has(&usual, "--proxy-server=127.0.0.1:8899"));
        assert!(usual.iter().any(|arg| arg.ends_with(";<-loopback>")));
        assert!(has(&usual, "--ignore-certificate-errors-spki-list=AAAA"));
        let faithful = args(&LaunchOptions {
            lna_faithful: true,
            ..options()
        });
        assert!(has(
            &faithful,
            "--ip-address-space-overrides=127.0.0.1:8899=public"
        ));
        assert!(!faithful.iter().any(|arg| arg.contains("<-loopback>")));
        let direct = args(&LaunchOptions {
            proxy_addr: None,
            ..options()
        });
        assert!(!direct.iter().any(|arg| arg.starts_with("--proxy")));
    }

    #[test]
    fn the_callers_disabled_features_join_ours() {
        let args = args(&LaunchOptions {
            extra_args: vec!["--disable-features=Mine".into(), "--lang=de".into()],
            ..options()
        });
        let lists: Vec<_> = args.iter().filter(|arg| arg.starts_with(DISABLE)).collect();
        assert_eq!(lists.len(), 1);
        assert!(lists[0].ends_with(",Mine"));
        assert_eq!(args[args.len() - 2..], ["--lang=de", "about:blank"]);
    }
}
