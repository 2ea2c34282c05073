//! Real servers on loopback with a recipe pasted in, stopped by their process ids.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::http::start_app;

/// A server that recipes are pasted into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stack {
    Nginx,
    Apache,
    Caddy,
    Haproxy,
    Lighttpd,
}

/// A running server.
pub(crate) struct Server {
    pub(crate) port: u16,
    /// Dropped before what it watches, whose process id is somebody else's afterwards.
    _watchdog: Running,
    _process: Running,
    _directory: Directory,
}

/// A process that ends when this is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended on its own.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

struct Directory(PathBuf);

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0); // what is left lies in the scratch space
    }
}

/// Where a configuration finds things.
struct Places<'a> {
    directory: &'a Path,
    port: u16,
    app: u16,
    /// Where nobody listens.
    dead: u16,
}

impl Stack {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx",
            Self::Apache => "apache",
            Self::Caddy => "caddy",
            Self::Haproxy => "haproxy",
            Self::Lighttpd => "lighttpd",
        }
    }

    /// The program and the Debian package that holds it.
    const fn program(self) -> (&'static str, &'static str) {
        match self {
            Self::Nginx => ("nginx", "nginx"),
            Self::Apache => ("apache2", "apache2"),
            Self::Caddy => ("caddy", "caddy"),
            Self::Haproxy => ("haproxy", "haproxy"),
            Self::Lighttpd => ("lighttpd", "lighttpd lighttpd-modules-lua"),
        }
    }

    /// Starts it, on another port if somebody took the first one meanwhile.
    ///
    /// # Panics
    /// When it is not installed or does not start.
    pub(crate) fn start(self, recipe: &str) -> Server {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let app = start_app();
        let mut complaint = String::new();
        for _ in 0..3 {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            // Not in the build's directory: servers that lay root down must be able to read it.
            let directory = std::env::temp_dir()
                .join(format!("corscope-battery-{}-{number}", std::process::id()));
            let _ = fs::remove_dir_all(&directory); // of an earlier process that had our number
            fs::create_dir_all(&directory).unwrap();
            let directory = Directory(directory);
            fs::write(directory.0.join("passwords"), "ann:{PLAIN}secret\n").unwrap();
            fs::write(directory.0.join("plain"), "ann:secret\n").unwrap();
            // SHA-1 of "secret", as htpasswd -s writes it.
            let hashed = "ann:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n";
            fs::write(directory.0.join("hashed"), hashed).unwrap();
            let places = Places {
                directory: &directory.0,
                port: free_port(),
                app,
                dead: free_port(),
            };
            let arguments = self.configure(recipe, &places);
            let mut process = self.spawn(&arguments, &directory.0);
            if is_up(&mut process, places.port) {
                return Server {
                    port: places.port,
                    _watchdog: watch_over(&process),
                    _process: process,
                    _directory: directory,
                };
            }
            complaint = fs::read_to_string(directory.0.join("output")).unwrap_or_default();
        }
        panic!("{} does not start:\n{complaint}\n{recipe}", self.name());
    }

    fn spawn(self, arguments: &[String], directory: &Path) -> Running {
        let (program, package) = self.program();
        let output = fs::File::create(directory.join("output")).unwrap();
        // Debian keeps servers where the PATH of ordinary users does not lead.
        let path = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin";
        let child = Command::new("env")
            .arg(program)
            .args(arguments)
            .env("PATH", path)
            .env("HOME", directory)
            .env("XDG_DATA_HOME", directory)
            .env("XDG_CONFIG_HOME", directory)
            .stdin(Stdio::null())
            .stdout(output.try_clone().unwrap())
            .stderr(output)
            .spawn()
            .unwrap_or_else(|error| {
                panic!("{program} cannot be started ({error}); Debian: apt-get install {package}")
            });
        Running(child)
    }

    fn configure(self, recipe: &str, places: &Places<'_>) -> Vec<String> {
        let (file, text) = match self {
            Self::Nginx => ("nginx.conf", nginx(recipe, places)),
            Self::Apache => ("httpd.conf", apache(recipe, places)),
            Self::Caddy => ("Caddyfile", caddy(recipe, places)),
            Self::Haproxy => ("haproxy.cfg", haproxy(recipe, places)),
            Self::Lighttpd => ("lighttpd.conf", lighttpd(recipe, places)),
        };
        let file = places.directory.join(file);
        fs::write(&file, text).unwrap();
        let file = file.display().to_string();
        let arguments: &[&str] = match self {
            Self::Nginx => &["-c", &file, "-g", "daemon off;"],
            Self::Apache => &["-f", &file, "-D", "FOREGROUND"],
            Self::Caddy => &["run", "--adapter", "caddyfile", "--config", &file],
            Self::Haproxy => &["-db", "-f", &file],
            Self::Lighttpd => &["-D", "-f", &file],
        };
        arguments.iter().map(|text| (*text).to_owned()).collect()
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn is_up(process: &mut Running, port: u16) -> bool {
    let deadline = Instant::now() + Duration::from_secs(20);
    while Instant::now() < deadline {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return true;
        }
        if process.0.try_wait().is_ok_and(|ended| ended.is_some()) {
            return false;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    false
}

/// Stops a process when this process ends in whatever way: by Ctrl-C or a kill nothing is dropped.
fn watch_over(process: &Running) -> Running {
    let watchdog = Command::new("sh")
        .args(["-c", "cat >/dev/null; kill \"$0\" 2>/dev/null"])
        .arg(process.0.id().to_string())
        .stdin(Stdio::piped()) // it ends when this pipe does
        .spawn();
    Running(watchdog.unwrap())
}

fn nginx(recipe: &str, places: &Places<'_>) -> String {
    let (maps, location) = recipe
        .split_once("# Inside of the location")
        .map(|(maps, rest)| (maps, rest.split_once('\n').unwrap().1))
        .unwrap();
    let Places {
        directory,
        port,
        app,
        dead,
    } = places;
    let directory = directory.display();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .iter()
        .map(|name| format!("{name}_temp_path {directory}/{name};\n"))
        .collect();
    format!(
        "master_process off;\npid {directory}/pid;\nerror_log {directory}/error.log;\n\
         events {{}}\nhttp {{\naccess_log off;\n{temporary}{maps}\nserver {{\n\
         listen 127.0.0.1:{port};\n\
         location / {{\n{location}\nproxy_pass http://127.0.0.1:{app};\n}}\n\
         location /dead {{\n{location}\nproxy_pass http://127.0.0.1:{dead};\n}}\n\
         location /auth {{\n{location}\nauth_basic x;\nauth_basic_user_file {directory}/passwords;\n\
         proxy_pass http://127.0.0.1:{app};\n}}\n}}\n}}\n"
    )
}

fn apache(recipe: &str, places: &Places<'_>) -> String {
    let Places {
        directory,
        port,
        app,
        dead,
    } = places;
    let directory = directory.display();
    let modules: String = [
        "mpm_event",
        "authn_core",
        "authn_file",
        "authz_core",
        "authz_user",
        "auth_basic",
        "headers",
        "rewrite",
        "setenvif",
        "proxy",
        "proxy_http",
    ]
    .iter()
    .map(|name| format!("LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so\n"))
    .collect();
    format!(
        "ServerRoot {directory}\nServerName localhost\nListen 127.0.0.1:{port}\n\
         PidFile {directory}/pid\nDefaultRuntimeDir {directory}\nErrorLog {directory}/error.log\n\
         {modules}User www-data\nGroup www-data\n<VirtualHost 127.0.0.1:{port}>\n{recipe}\n\
         <Location /auth>\nAuthType Basic\nAuthName x\nAuthUserFile {directory}/hashed\n\
         Require valid-user\n</Location>\nProxyPass /dead http://127.0.0.1:{dead}/\n\
         ProxyPass / http://127.0.0.1:{app}/\n</VirtualHost>\n"
    )
}

fn caddy(recipe: &str, places: &Places<'_>) -> String {
    let (snippet, site) = recipe.split_once("# Inside of the site's block.").unwrap();
    let Places {
        port, app, dead, ..
    } = places;
    // The bcrypt hash of "secret".
    let hash = BCRYPT_OF_SECRET;
    let what = format!(
        "basicauth /auth {{\nann {hash}\n}}\nreverse_proxy /dead 127.0.0.1:{dead}\n\
         reverse_proxy 127.0.0.1:{app}"
    );
    let marker = "# What the site does comes here: basicauth, reverse_proxy, file_server.";
    assert!(site.contains(marker));
    let site = site.replace(marker, &what);
    format!(
        "{{\nadmin off\nauto_https off\n}}\n{snippet}\n\
         http://127.0.0.1:{port} {{\nbind 127.0.0.1\n{site}\n}}\n"
    )
}

const BCRYPT_OF_SECRET: &str = "$2a$14$G2v9kjl5M6VLIQGU5aoVLudiyqx2ieq0pj6i7.BFcB6VdoevAYROm";

fn haproxy(recipe: &str, places: &Places<'_>) -> String {
    let Places {
        port, app, dead, ..
    } = places;
    format!(
        "defaults\n    mode http\n    timeout connect 2s\n    timeout client 20s\n    \
         timeout server 20s\nuserlist users\n    user ann insecure-password secret\n\
         frontend api\n    bind 127.0.0.1:{port}\n{recipe}\n    \
         http-request auth realm x if {{ path /auth }} !{{ http_auth(users) }}\n    \
         use_backend dead if {{ path /dead }}\n    default_backend app\n\
         backend app\n    server app 127.0.0.1:{app}\n\
         backend dead\n    retries 0\n    server dead 127.0.0.1:{dead}\n"
    )
}

fn lighttpd(recipe: &str, places: &Places<'_>) -> String {
    let Places {
        directory,
        port,
        app,
        dead,
    } = places;
    let directory = directory.display();
    fs::write(places.directory.join("cors.lua"), recipe).unwrap();
    let two_lines: String = recipe
        .lines()
        .filter_map(|line| line.strip_prefix("-- magnet."))
        .map(|line| format!("magnet.{line}\n"))
        .collect();
    let two_lines = two_lines.replace("/etc/lighttpd", &directory.to_string());
    format!(
        "server.modules = ( \"mod_magnet\", \"mod_auth\", \"mod_authn_file\", \"mod_proxy\" )\n\
         server.document-root = \"{directory}\"\nserver.bind = \"127.0.0.1\"\n\
         server.port = {port}\nserver.errorlog = \"{directory}/error.log\"\n{two_lines}\
         auth.backend = \"plain\"\nauth.backend.plain.userfile = \"{directory}/plain\"\n\
         auth.require = ( \"/auth\" => ( \"method\" => \"basic\", \"realm\" => \"x\", \
         \"require\" => \"valid-user\" ) )\n\
         $HTTP[\"url\"] == \"/dead\" {{\n  proxy.server = ( \"\" => ( ( \"host\" => \"127.0.0.1\", \
         \"port\" => {dead} ) ) )\n}} else {{\n  proxy.server = ( \"\" => ( ( \
         \"host\" => \"127.0.0.1\", \"port\" => {app} ) ) )\n}}\n"
    )
}
