//! What Firefox is told: preferences and certificate authorities of the profile, and arguments.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::{FirefoxTrust, LaunchError, LaunchOptions, Profile, ProfileError};

/// How long certutil may take; it is done in a tenth of a second.
const CERTUTIL_PATIENCE: Duration = Duration::from_secs(20);

/// Without these a fresh profile asks questions, and Firefox talks to its maker: noise in the
/// capture. What pages can do is left as it is.
const QUIET: [(&str, &str); 30] = [
    // Automation's own preferences change what pages can do, such as files reading each other.
    ("remote.prefs.recommended", "false"),
    ("app.normandy.enabled", "false"),
    ("app.update.disabledForTesting", "true"),
    ("app.update.auto", "false"),
    ("app.shield.optoutstudies.enabled", "false"),
    ("browser.aboutwelcome.enabled", "false"),
    ("browser.contentblocking.report.lockwise.enabled", "false"),
    ("browser.discovery.enabled", "false"),
    ("browser.newtabpage.enabled", "false"),
    (
        "browser.newtabpage.activity-stream.feeds.system.topstories",
        "false",
    ),
    ("browser.ping-centre.telemetry", "false"),
    ("browser.region.update.enabled", "false"),
    ("browser.region.network.url", "\"\""),
    ("browser.safebrowsing.downloads.remote.enabled", "false"),
    ("browser.safebrowsing.provider.google4.updateURL", "\"\""),
    ("browser.safebrowsing.provider.mozilla.updateURL", "\"\""),
    ("browser.search.update", "false"),
    ("browser.shell.checkDefaultBrowser", "false"),
    ("browser.startup.homepage_override.mstone", "\"ignore\""),
    ("browser.startup.page", "0"),
    ("browser.tabs.warnOnClose", "false"),
    ("datareporting.healthreport.uploadEnabled", "false"),
    ("datareporting.policy.dataSubmissionEnabled", "false"),
    ("datareporting.usage.uploadEnabled", "false"),
    ("extensions.systemAddon.update.enabled", "false"),
    ("extensions.update.enabled", "false"),
    ("extensions.getAddons.cache.enabled", "false"),
    ("toolkit.telemetry.reportingpolicy.firstRun", "false"),
    ("termsofuse.bypassNotification", "true"),
    ("dom.push.connection.enabled", "false"),
];

/// What would ask the network at every start.
const SILENCED: [(&str, &str); 14] = [
    ("network.captive-portal-service.enabled", "false"),
    ("network.connectivity-service.enabled", "false"),
    // The address at which Firefox itself gives up asking; needs `SETTINGS_MAY_MOVE`.
    (
        "services.settings.server",
        "\"data:,#remote-settings-dummy/v1\"",
    ),
    ("toolkit.telemetry.server", "\"data:,\""),
    ("media.gmp-manager.updateEnabled", "false"),
    ("network.trr.mode", "5"),
    ("browser.newtab.preload", "false"),
    (
        "browser.newtabpage.activity-stream.unifiedAds.spocs.enabled",
        "false",
    ),
    (
        "browser.newtabpage.activity-stream.unifiedAds.tiles.enabled",
        "false",
    ),
    ("browser.safebrowsing.malware.enabled", "false"),
    ("browser.safebrowsing.phishing.enabled", "false"),
    ("browser.safebrowsing.provider.google5.updateURL", "\"\""),
    ("browser.safebrowsing.update.enabled", "false"),
    ("browser.topsites.contile.enabled", "false"),
];

/// Without it a released Firefox takes its settings from its maker whatever the preferences say.
const SETTINGS_MAY_MOVE: &str = "MOZ_REMOTE_SETTINGS_DEVTOOLS";

/// What Firefox finds in its environment.
pub(super) const ENVIRONMENT: [(&str, &str); 2] =
    [(SETTINGS_MAY_MOVE, "1"), ("MOZ_CRASHREPORTER_DISABLE", "1")];

/// Writes the preferences and, if a certificate authority is to be trusted, its database.
pub(super) fn prepare(options: &LaunchOptions, profile: &Profile) -> Result<(), LaunchError> {
    let folder = profile.browser_folder();
    let path = folder.join("user.js");
    std::fs::write(&path, preferences(options))
        .map_err(|error| LaunchError::Profile(ProfileError::Write(path, error)))?;
    match (&options.ca_cert_pem, options.firefox_trust) {
        (Some(pem), FirefoxTrust::Certutil) => trust(&folder, pem),
        _ => Ok(()),
    }
}

/// The arguments, in order. The port is any free one, and told on standard error.
pub(super) fn args(options: &LaunchOptions, profile: &Profile) -> Vec<OsString> {
    let mut args: Vec<OsString> = vec![
        "--new-instance".into(),
        "--no-remote".into(),
        "--profile".into(),
        profile.browser_folder().into(),
        "--remote-debugging-port=0".into(),
    ];
    if options.headless {
        args.push("--headless".into());
    }
    args.extend(options.extra_args.iter().cloned());
    args.push("about:blank".into());
    args
}

fn preferences(options: &LaunchOptions) -> String {
    let mut lines: Vec<(String, String)> = QUIET
        .into_iter()
        .chain(SILENCED)
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let mut set = |name: &str, value: String| lines.push((name.to_owned(), value));
    if let Some(proxy) = options.proxy_addr {
        set("network.proxy.type", "1".to_owned());
        for protocol in ["http", "ssl"] {
            set(
                &format!("network.proxy.{protocol}"),
                format!("\"{}\"", proxy.ip()),
            );
            set(
                &format!("network.proxy.{protocol}_port"),
                proxy.port().to_string(),
            );
        }
        set("network.proxy.no_proxies_on", "\"\"".to_owned());
        set(
            "network.proxy.allow_hijacking_localhost",
            (!options.lna_faithful).to_string(),
        );
    }
    lines
        .into_iter()
        .map(|(name, value)| format!("user_pref(\"{name}\", {value});\n"))
        .collect()
}

/// Makes the certificate database and puts the authority into it, all before the first start.
fn trust(folder: &Path, pem: &Path) -> Result<(), LaunchError> {
    // Windows has another program of that name.
    if cfg!(windows) {
        return Err(LaunchError::NoCertutil);
    }
    let mut database = OsString::from("sql:");
    database.push(folder);
    let run = |arguments: &[&str], file: Option<&Path>| {
        let mut command = Command::new("certutil");
        command.args(arguments).arg("-d").arg(&database);
        if let Some(file) = file {
            command.arg("-i").arg(file);
        }
        certutil(command)
    };
    run(&["-N", "--empty-password"], None)?;
    run(&["-A", "-t", "C,,", "-n", "corscope"], Some(pem))
}

fn certutil(mut command: Command) -> Result<(), LaunchError> {
    let failed = |error: &dyn std::fmt::Display| LaunchError::Certutil(error.to_string());
    let started = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = match started {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(LaunchError::NoCertutil);
        }
        started => started.map_err(|error| failed(&error))?,
    };
    let until = Instant::now() + CERTUTIL_PATIENCE;
    // Its words fit into the pipe, so that it never waits for us.
    while child.try_wait().map_err(|error| failed(&error))?.is_none() {
        if Instant::now() > until {
            let _ = child.kill();
            let _ = child.wait();
            return Err(failed(&"it does not end"));
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output().map_err(|error| failed(&error))?;
    if output.status.success() {
        return Ok(());
    }
    let words = String::from_utf8_lossy(&output.stderr);
    Err(failed(&words.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::{Browser, Kind};

    fn options() -> LaunchOptions {
        let browser = Browser {
            kind: Kind::Firefox,
            path: "/usr/bin/firefox".into(),
        };
        LaunchOptions::new(browser, "http://localhost/")
    }

    #[test]
    fn the_proxy_gets_loopback_too_unless_local_network_access_is_to_be_true() {
        let proxied = LaunchOptions {
            proxy_addr: Some("127.0.0.1:8899".parse().unwrap()),
            ..options()
        };
        let text = preferences(&proxied);
        for line in [
            "user_pref(\"network.proxy.type\", 1);",
            "user_pref(\"network.proxy.ssl\", \"127.0.0.1\");",
            "user_pref(\"network.proxy.http_port\", 8899);",
            "user_pref(\"network.proxy.allow_hijacking_localhost\", true);",
            "user_pref(\"network.proxy.no_proxies_on\", \"\");",
        ] {
            assert!(text.contains(line), "{line}");
        }
        let faithful = LaunchOptions {
            lna_faithful: true,
            ..proxied
        };
        assert!(preferences(&faithful).contains("hijacking_localhost\", false"));
        assert!(!preferences(&options()).contains("network.proxy.type"));
    }

    #[test]
    fn a_broken_certificate_is_refused_in_certutils_words() {
        let root = crate::browser::profile::test_root("certutil");
        std::fs::create_dir(&root).unwrap();
        let pem = root.join("broken.pem");
        std::fs::write(&pem, "nothing").unwrap();
        let error = trust(&root, &pem).unwrap_err();
        std::fs::remove_dir_all(root).unwrap();
        match error {
            LaunchError::Certutil(words) => assert!(words.contains("certutil"), "{words}"),
            // Where it is not installed.
            other => assert!(matches!(other, LaunchError::NoCertutil), "{other}"),
        }
    }
}
