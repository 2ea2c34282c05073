//! Applications with a recipe pasted in. They lie in `e2e/frameworks`.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::installed::{node, python, run, sources};
use super::processes::{Directory, Running, Server, Start, free_port};

/// Starts a script of Node that says its port.
pub(crate) fn start_node(stack: &str, policy: &str, recipe: &str) -> Server {
    let template = format!("{stack}.mjs");
    let text = fs::read_to_string(sources().join(&template)).unwrap();
    assert!(text.contains("/* RECIPE */"));
    // Node 20 knows no types.
    let recipe = recipe
        .replace("(origin: string): boolean", "(origin)")
        .replace("(req: any, callback)", "(req, callback)");
    let text = text.replace("/* RECIPE */", &recipe);
    start_script(
        Path::new("node"),
        &node(),
        &format!("{policy}-{template}"),
        &text,
    )
}

/// Starts a script of Python that says its port.
pub(crate) fn start_python(stack: &str, policy: &str, recipe: &str) -> Server {
    let template = format!("{stack}_app.py");
    let text = fs::read_to_string(sources().join(&template)).unwrap();
    assert!(text.contains("\"\"\" RECIPE \"\"\""));
    let (first, last) = recipe
        .split_once("\n# app.py: ")
        .or_else(|| recipe.split_once("\n# main.py: "))
        .unwrap_or((recipe, ""));
    let last = last.split_once('\n').map_or("", |(_, line)| line);
    let text = text
        .replace("\"\"\" RECIPE \"\"\"", first)
        .replace("\"\"\" WRAP \"\"\"", last);
    let (program, directory) = python();
    start_script(&program, &directory, &format!("{policy}-{template}"), &text)
}

/// Starts a script that says its port, in a directory.
pub(crate) fn start_script(program: &Path, directory: &Path, name: &str, text: &str) -> Server {
    let file = directory.join(format!("{}-{name}", std::process::id()));
    fs::write(&file, text).unwrap();
    let log = file.with_extension("log");
    let mut child = Command::new(program)
        .arg(&file)
        .current_dir(directory)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(fs::File::create(&log).unwrap())
        .spawn()
        .unwrap_or_else(|error| panic!("{} cannot be started: {error}", program.display()));
    let output = child.stdout.take().unwrap();
    let process = Running(child);
    let port = BufReader::new(output)
        .lines()
        .map_while(Result::ok)
        .find_map(|line| line.strip_prefix("PORT ")?.parse().ok());
    let complaint = fs::read_to_string(&log).unwrap_or_default();
    for read_by_now in [&file, &log] {
        let _ = fs::remove_file(read_by_now);
    }
    let Some(port) = port else {
        panic!("{name} does not start\n{complaint}\n{text}");
    };
    Server::started(port, process)
}

/// Builds an application of Next.js with the recipe as its middleware, and serves it.
pub(crate) fn start_next(recipe: &str) -> Server {
    let packages = node();
    let next = packages.join("node_modules/next/dist/bin/next");
    let next = next.display().to_string();
    Server::start(|| {
        let directory = Directory::within(&packages);
        copy(&sources().join("next"), &directory.0);
        fs::write(directory.0.join("middleware.ts"), recipe).unwrap();
        run(Command::new("node")
            .args([&next, "build"])
            .env("NEXT_TELEMETRY_DISABLED", "1")
            .current_dir(&directory.0));
        let port = free_port();
        let port_text = port.to_string();
        let arguments = [&next, "start", "-H", "127.0.0.1", "-p", &port_text];
        Start {
            program: "node".to_owned(),
            packages: "nodejs",
            arguments: arguments.map(str::to_owned).to_vec(),
            port,
            directory,
        }
    })
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &to);
        } else {
            fs::copy(&path, &to).unwrap();
        }
    }
}

/// Serves a script of PHP with the recipe prepended.
pub(crate) fn start_php(recipe: &str) -> Server {
    Server::start(|| {
        let directory = Directory::new();
        fs::write(directory.0.join("cors.php"), recipe).unwrap();
        let root = directory.0.join("public");
        fs::create_dir_all(&root).unwrap();
        fs::copy(sources().join("index.php"), root.join("index.php")).unwrap();
        let port = free_port();
        let prepended = directory.0.join("cors.php").display().to_string();
        Start {
            program: "php".to_owned(),
            packages: "php-cli",
            arguments: vec![
                "-d".to_owned(),
                format!("auto_prepend_file={prepended}"),
                "-d".to_owned(),
                "display_errors=0".to_owned(),
                "-S".to_owned(),
                format!("127.0.0.1:{port}"),
                "-t".to_owned(),
                root.display().to_string(),
            ],
            port,
            directory,
        }
    })
}

/// Serves an application of Rails with the recipe as an initializer.
pub(crate) fn start_rails(recipe: &str) -> Server {
    Server::start(|| {
        let directory = Directory::new();
        fs::write(directory.0.join("cors.rb"), recipe).unwrap();
        let rackup: PathBuf = directory.0.join("config.ru");
        fs::copy(sources().join("rails.ru"), &rackup).unwrap();
        let port = free_port();
        let bind = format!("tcp://127.0.0.1:{port}");
        let arguments = ["-e", "production", "-b", &bind, "config.ru"];
        Start {
            program: "puma".to_owned(),
            packages: "puma ruby-railties ruby-rack-cors",
            arguments: arguments.map(str::to_owned).to_vec(),
            port,
            directory,
        }
    })
}
