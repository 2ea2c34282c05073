//! Applications with a recipe pasted in, on loopback, stopped by their process ids.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// A framework that recipes are pasted into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framework {
    Express,
    Fastify,
    Koa,
    Hono,
    Nestjs,
    Flask,
    Fastapi,
    Django,
}

/// A running application.
pub(crate) struct App {
    pub(crate) port: u16,
    /// Dropped before what it watches, whose process id is somebody else's afterwards.
    _watchdog: Running,
    _process: Running,
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

impl Framework {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Express => "express",
            Self::Fastify => "fastify",
            Self::Koa => "koa",
            Self::Hono => "hono",
            Self::Nestjs => "nestjs",
            Self::Flask => "flask",
            Self::Fastapi => "fastapi",
            Self::Django => "django",
        }
    }

    const fn is_python(self) -> bool {
        matches!(self, Self::Flask | Self::Fastapi | Self::Django)
    }

    /// Starts it.
    ///
    /// # Panics
    /// When it cannot be installed or does not start.
    pub(crate) fn start(self, policy: &str, recipe: &str) -> App {
        let (program, directory) = if self.is_python() {
            python()
        } else {
            (PathBuf::from("node"), node())
        };
        let template = if self.is_python() {
            format!("{}_app.py", self.name())
        } else {
            format!("{}.mjs", self.name())
        };
        let text = self.paste(
            &fs::read_to_string(sources().join(&template)).unwrap(),
            recipe,
        );
        let number = std::process::id();
        let file = directory.join(format!("{number}-{policy}-{template}"));
        fs::write(&file, &text).unwrap();
        let log = file.with_extension("log");
        let mut child = Command::new(&program)
            .arg(&file)
            .current_dir(&directory)
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
            panic!("{} does not start\n{complaint}\n{text}", self.name());
        };
        App {
            port,
            _watchdog: watch_over(&process),
            _process: process,
        }
    }

    fn paste(self, template: &str, recipe: &str) -> String {
        // Node 20 knows no types.
        let recipe = recipe
            .replace("(origin: string): boolean", "(origin)")
            .replace("(req: any, callback)", "(req, callback)");
        if !self.is_python() {
            assert!(template.contains("/* RECIPE */"));
            return template.replace("/* RECIPE */", &recipe);
        }
        assert!(template.contains("\"\"\" RECIPE \"\"\""));
        let (first, last) = recipe
            .split_once("\n# app.py: ")
            .or_else(|| recipe.split_once("\n# main.py: "))
            .unwrap_or((&recipe, ""));
        let last = last.split_once('\n').map_or("", |(_, line)| line);
        template
            .replace("\"\"\" RECIPE \"\"\"", first)
            .replace("\"\"\" WRAP \"\"\"", last)
    }
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

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../e2e/frameworks")
}

static INSTALLING: Mutex<()> = Mutex::new(());

/// A directory in which `install` has run once for what `list` says.
fn installed(name: &str, list: &str, install: impl FnOnce(&Path)) -> PathBuf {
    let _one_at_a_time = INSTALLING.lock().unwrap_or_else(PoisonError::into_inner);
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let wanted = fs::read_to_string(sources().join(list)).unwrap();
    let stamp = directory.join("installed");
    if fs::read_to_string(&stamp).unwrap_or_default() != wanted {
        let _ = fs::remove_dir_all(&directory); // of an older list
        fs::create_dir_all(&directory).unwrap();
        install(&directory);
        fs::write(&stamp, wanted).unwrap();
    }
    directory
}

fn node() -> PathBuf {
    installed("framework-node", "package-lock.json", |directory| {
        for file in ["package.json", "package-lock.json"] {
            fs::copy(sources().join(file), directory.join(file)).unwrap();
        }
        run(Command::new("npm")
            .args(["ci", "--silent", "--no-audit", "--no-fund"])
            .current_dir(directory));
    })
}

fn python() -> (PathBuf, PathBuf) {
    let directory = installed("framework-python", "requirements.txt", |directory| {
        run(Command::new("python3")
            .args(["-m", "venv", "venv"])
            .current_dir(directory));
        run(Command::new(directory.join("venv/bin/python"))
            .args(["-m", "pip", "install", "--quiet", "-r"])
            .arg(sources().join("requirements.txt"))
            .current_dir(directory));
    });
    (directory.join("venv/bin/python"), directory)
}

fn run(command: &mut Command) {
    let output = command.output().unwrap_or_else(|error| {
        panic!("{command:?}: {error}; Debian: apt-get install npm python3-venv")
    });
    assert!(
        output.status.success(),
        "{command:?}:\n{}{}\nwithout a network: CORSCOPE_SKIP_REAL_SERVERS=1",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}
