//! Configurations of web servers with a recipe pasted in. Each stands before an application that
//! sets CORS headers of its own; `/private` wants a password, and behind `/dead` nobody listens.

use std::fs;
use std::path::Path;

use super::backend::start_app;
use super::processes::{Directory, Server, Start, free_port};

/// A web server that recipes are pasted into.
pub(crate) struct WebServer {
    pub(crate) program: &'static str,
    /// The Debian packages that hold it.
    pub(crate) packages: &'static str,
    file: &'static str,
    configure: fn(&str, &Places<'_>) -> String,
    /// Its arguments, where `@` stands for the file.
    arguments: &'static [&'static str],
}

pub(crate) const NGINX: WebServer = WebServer {
    program: "nginx",
    packages: "nginx",
    file: "nginx.conf",
    configure: nginx,
    arguments: &["-c", "@", "-g", "daemon off;"],
};
pub(crate) const APACHE: WebServer = WebServer {
    program: "apache2",
    packages: "apache2",
    file: "httpd.conf",
    configure: apache,
    arguments: &["-f", "@", "-D", "FOREGROUND"],
};
pub(crate) const CADDY: WebServer = WebServer {
    program: "caddy",
    packages: "caddy",
    file: "Caddyfile",
    configure: caddy,
    arguments: &["run", "--adapter", "caddyfile", "--config", "@"],
};
pub(crate) const HAPROXY: WebServer = WebServer {
    program: "haproxy",
    packages: "haproxy",
    file: "haproxy.cfg",
    configure: haproxy,
    arguments: &["-db", "-f", "@"],
};
pub(crate) const LIGHTTPD: WebServer = WebServer {
    program: "lighttpd",
    packages: "lighttpd lighttpd-modules-lua",
    file: "lighttpd.conf",
    configure: lighttpd,
    arguments: &["-D", "-f", "@"],
};

/// Where a configuration finds things.
struct Places<'a> {
    directory: &'a Path,
    port: u16,
    app: u16,
    /// Where nobody listens.
    dead: u16,
}

impl WebServer {
    /// # Panics
    /// When it is not installed or does not start.
    pub(crate) fn start(&self, recipe: &str) -> Server {
        self.start_before(start_app(), recipe)
    }

    /// Starts it before an application on a port of loopback.
    ///
    /// # Panics
    /// When it is not installed or does not start.
    pub(crate) fn start_before(&self, app: u16, recipe: &str) -> Server {
        Server::start(|| {
            let directory = Directory::new();
            let places = Places {
                directory: &directory.0,
                port: free_port(),
                app,
                dead: free_port(),
            };
            fs::write(directory.0.join("passwords"), "ann:{PLAIN}secret\n").unwrap();
            fs::write(directory.0.join("plain"), "ann:secret\n").unwrap();
            // SHA-1 of "secret", as htpasswd -s writes it.
            let hashed = "ann:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=\n";
            fs::write(directory.0.join("hashed"), hashed).unwrap();
            let file = directory.0.join(self.file);
            fs::write(&file, (self.configure)(recipe, &places)).unwrap();
            let file = file.display().to_string();
            let arguments = self.arguments.iter();
            Start {
                program: self.program.to_owned(),
                packages: self.packages,
                arguments: arguments.map(|text| text.replace('@', &file)).collect(),
                port: places.port,
                directory,
            }
        })
    }
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
         location /private {{\n{location}\nauth_basic x;\nauth_basic_user_file {directory}/passwords;\n\
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
         <Location /private>\nAuthType Basic\nAuthName x\nAuthUserFile {directory}/hashed\n\
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
        "basicauth /private {{\nann {hash}\n}}\nreverse_proxy /dead 127.0.0.1:{dead}\n\
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
         http-request auth realm x if {{ path /private }} !{{ http_auth(users) }}\n    \
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
         auth.require = ( \"/private\" => ( \"method\" => \"basic\", \"realm\" => \"x\", \
         \"require\" => \"valid-user\" ) )\n\
         $HTTP[\"url\"] == \"/dead\" {{\n  proxy.server = ( \"\" => ( ( \"host\" => \"127.0.0.1\", \
         \"port\" => {dead} ) ) )\n}} else {{\n  proxy.server = ( \"\" => ( ( \
         \"host\" => \"127.0.0.1\", \"port\" => {app} ) ) )\n}}\n"
    )
}
