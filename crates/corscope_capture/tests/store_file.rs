//! The capture file: everything comes back, whatever happens to the program or the disk.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use corscope_capture::message::{Message, MessageKind, Sender};
use corscope_capture::row::{CorsOutcome, Judged, PreflightState};
use corscope_capture::store::{BUDGET, Retention, Store, StoreFault};
use corscope_fetch::exchange::{
    BrowserSaid, ConnectionFacts, Exchange, Failure, Hints, HttpVersion, Modified, ObservedBody,
    ObservedRequest, ObservedResponse, Side, Timing,
};
use corscope_fetch::request_init::{Api, CredentialsMode, Mode};

const SOON: Duration = Duration::from_secs(30);

/// A folder of its own for each test, gone afterwards.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let next = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("corscope-store-{}-{next}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn file(&self) -> PathBuf {
        self.0.join("capture.db")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn open(path: &Path) -> Store {
    Store::saving(path, BUDGET, Retention::default()).unwrap()
}

fn fault(path: &Path) -> (StoreFault, String, String) {
    let error = Store::saving(path, BUDGET, Retention::default())
        .err()
        .unwrap();
    let (said, mend) = (error.to_string(), error.mend());
    assert!(said.contains(path.to_str().unwrap()), "{said}");
    (error.fault, said, mend)
}

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (self.below(2) == 0).then(|| make(self))
    }

    fn bytes(&mut self) -> Vec<u8> {
        (0..self.below(40)).map(|_| self.below(256) as u8).collect()
    }

    fn text(&mut self) -> String {
        (0..self.below(12))
            .map(|_| ['a', 'é', '"', '\n', '\0', '😀'][self.below(6) as usize])
            .collect()
    }

    fn number(&mut self) -> u64 {
        [
            0,
            1,
            127,
            128,
            u64::from(u32::MAX),
            i64::MAX as u64,
            u64::MAX,
        ][self.below(7) as usize]
    }

    fn list(&mut self) -> corscope_fetch::HeaderList {
        (0..self.below(4))
            .map(|_| (self.bytes(), self.bytes()))
            .collect()
    }

    fn version(&mut self) -> HttpVersion {
        use HttpVersion::{Http2, Http3, Http10, Http11};
        [Http10, Http11, Http2, Http3][self.below(4) as usize]
    }

    fn body(&mut self) -> ObservedBody {
        ObservedBody {
            bytes: self.bytes(),
            len: self.number(),
        }
    }

    fn request(&mut self) -> ObservedRequest {
        ObservedRequest {
            method: self.text(),
            url: self.text(),
            version: self.version(),
            header_list: self.list(),
            raw_head: self.maybe(|dice| dice.bytes().into()),
            body: self.body(),
        }
    }

    fn response(&mut self) -> ObservedResponse {
        ObservedResponse {
            status: self.below(65_536) as u16,
            reason: self.bytes(),
            version: self.version(),
            header_list: self.list(),
            raw_head: self.maybe(|dice| dice.bytes().into()),
            informational: (0..self.below(3))
                .map(|_| (self.below(200) as u16, self.list()))
                .collect(),
            body: self.body(),
            trailers: self.list(),
        }
    }

    fn exchange(&mut self, id: u64) -> Exchange {
        let address = |dice: &mut Self| {
            ["127.0.0.1:80", "[2001:db8::1]:443"][dice.below(2) as usize]
                .parse()
                .unwrap()
        };
        Exchange {
            id,
            started: self.number(),
            request: self.request(),
            response: self.maybe(Self::response),
            failure: self.maybe(|dice| Failure {
                code: dice.text().into(),
                net_error: dice.maybe(|dice| dice.text().into()),
                side: [Side::Client, Side::Server, Side::Corscope][dice.below(3) as usize],
                message: dice.text(),
            }),
            timing: Timing {
                blocked: self.maybe(Self::number),
                dns: self.maybe(Self::number),
                connect: self.maybe(Self::number),
                tls: self.maybe(Self::number),
                send: self.maybe(Self::number),
                wait: self.maybe(Self::number),
                receive: self.maybe(Self::number),
                total: self.maybe(Self::number),
            },
            connection: ConnectionFacts {
                client: self.number(),
                server: self.number(),
                reused: self.below(2) == 0,
                remote_addr: self.maybe(address),
                upstream_proxy: self.maybe(Self::text),
                tls: self.maybe(Self::text),
                unverified: (0..self.below(3)).map(|_| self.text()).collect(),
            },
            hints: Hints {
                api: self.maybe(|_| Api::EventSource),
                mode: self.maybe(|_| Mode::NoCors),
                credentials: self.maybe(|_| CredentialsMode::Include),
                page_url: self.maybe(Self::text),
                paired_with: self.maybe(Self::number),
                browser: self.maybe(|dice| {
                    Box::new(BrowserSaid {
                        cors_error: dice.maybe(Self::text),
                        failed_parameter: dice.maybe(Self::text),
                        net_error: dice.maybe(Self::text),
                        console: (0..dice.below(3)).map(|_| dice.text()).collect(),
                    })
                }),
                resolved_addr: self.maybe(address),
            },
            modified: self.maybe(|dice| {
                Box::new(Modified {
                    request: dice.maybe(Self::request),
                    response: dice.maybe(Self::response),
                    by: (0..dice.below(3)).map(|_| dice.text()).collect(),
                })
            }),
            ended: true,
        }
    }

    fn judged(&mut self) -> Judged {
        Judged {
            cors: CorsOutcome::ALL[self.below(4) as usize],
            reasons: (0..self.below(3)).map(|_| self.text().into()).collect(),
            preflight: PreflightState::ALL[self.below(5) as usize],
            lna: self.maybe(|dice| dice.text().into()),
        }
    }
}

#[test]
fn every_field_comes_back_equal() {
    let folder = Folder::new();
    let mut dice = Dice(42);
    let mut wanted = Vec::new();
    {
        let store = open(&folder.file());
        for id in 1..=500 {
            let (exchange, judged) = (dice.exchange(id), dice.judged());
            store.put_judged(exchange.clone(), judged.clone());
            wanted.push((exchange, judged));
        }
        assert!(store.pin(9, true) && store.flush(SOON));
    }
    // With hardly any memory, so that all comes from the file.
    let store = Store::saving(&folder.file(), 1, Retention::default()).unwrap();
    assert_eq!(store.stats().rows, 0);
    for (exchange, judged) in wanted {
        let row = store.find(exchange.id).unwrap().unwrap();
        assert_eq!((&*row.exchange, &row.judged), (&exchange, &judged));
        assert_eq!(row.pinned, exchange.id == 9);
    }
    assert!(store.find(501).unwrap().is_none());
    assert_eq!(store.put(Exchange::default()), 501, "the numbers go on");
}

#[test]
fn an_older_capture_is_in_memory_again_and_its_messages_in_the_file() {
    let folder = Folder::new();
    let message = Message {
        at: 7,
        sender: Sender::Server,
        kind: MessageKind::Event,
        bytes: b"data: \xff".to_vec(),
        len: 900,
    };
    {
        let store = open(&folder.file());
        let id = store.put(Exchange::default());
        assert!(store.message(id, message.clone()));
        assert!(store.update(id, |exchange| exchange.request.method = "PUT".into()));
    }
    let store = open(&folder.file());
    let row = store.get(1).unwrap();
    assert_eq!(row.exchange.request.method, "PUT");
    assert!(row.exchange.ended, "nobody observes it any more");
    assert_eq!(store.saved_messages(1).unwrap(), [message]);
}

#[test]
fn the_file_is_private_and_for_one_corscope_at_a_time() {
    let folder = Folder::new();
    let store = open(&folder.file());
    assert!(matches!(fault(&folder.file()).0, StoreFault::InUse));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(folder.file())
            .unwrap()
            .permissions()
            .mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    drop(store);
    open(&folder.file());
}

#[test]
fn files_that_are_no_captures_are_left_alone() {
    let folder = Folder::new();
    let text = folder.0.join("notes.txt");
    std::fs::write(&text, "not a database, ".repeat(100)).unwrap();
    assert!(matches!(fault(&text).0, StoreFault::NotADatabase));
    assert!(
        std::fs::read_to_string(&text)
            .unwrap()
            .starts_with("not a database")
    );

    let foreign = folder.0.join("foreign.db");
    let connection = rusqlite::Connection::open(&foreign).unwrap();
    connection.execute_batch("CREATE TABLE theirs (x)").unwrap();
    drop(connection);
    assert!(matches!(fault(&foreign).0, StoreFault::NotOurs));

    drop(open(&folder.file()));
    let connection = rusqlite::Connection::open(folder.file()).unwrap();
    connection.pragma_update(None, "user_version", 999).unwrap();
    drop(connection);
    let (newer, said, _) = fault(&folder.file());
    assert!(
        matches!(newer, StoreFault::Newer { found: 999, .. }),
        "{said}"
    );

    let nowhere = folder.0.join("no/such/folder/x.db");
    assert!(matches!(fault(&nowhere).0, StoreFault::Io(_)));
}

#[test]
fn a_damaged_file_is_named_with_its_mend() {
    let folder = Folder::new();
    {
        let store = open(&folder.file());
        let mut dice = Dice(3);
        for id in 1..=500 {
            store.put(dice.exchange(id));
        }
    }
    let mut bytes = std::fs::read(folder.file()).unwrap();
    bytes[100..].fill(0xa5);
    std::fs::write(folder.file(), &bytes).unwrap();
    let (damaged, said, mend) = fault(&folder.file());
    assert!(matches!(damaged, StoreFault::Corrupt(_)), "{said}");
    assert!(mend.contains(".recover"), "{mend}");
}

#[test]
fn when_the_disk_is_full_exchanges_stay_in_memory() {
    let folder = Folder::new();
    let store = open(&folder.file());
    // A limit on the pages makes SQLite say what a full disk makes it say.
    store.limit_pages_for_tests(20);
    let mut dice = Dice(5);
    for id in 1..=5_000 {
        store.put(dice.exchange(id));
    }
    let until = Instant::now() + SOON;
    while store.stats().saving.unwrap().failed.is_none() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(10));
    }
    let saving = store.stats().saving.unwrap();
    let failed = saving.failed.unwrap();
    assert!(matches!(failed.fault, StoreFault::DiskFull), "{failed}");
    assert!(saving.lost > 0 && failed.mend().contains("in memory only"));
    assert_eq!(store.put(Exchange::default()), 5_001);
    assert!(store.get(5_001).is_some() && !store.flush(SOON));
}

#[test]
fn what_is_too_old_or_too_much_goes_but_the_pinned_stay() {
    let folder = Folder::new();
    let filler = |id| {
        let mut exchange = Exchange {
            id,
            ended: true,
            ..Exchange::default()
        };
        exchange.request.body.bytes = vec![7; 10_000];
        exchange
    };
    {
        let store = open(&folder.file());
        for id in 1..=1_000 {
            store.put(filler(id));
        }
        store.pin(1, true);
    }
    let retention = Retention {
        max_bytes: Some(3_000_000),
        max_age: None,
    };
    {
        let store = Store::saving(&folder.file(), 1, retention).unwrap();
        store.put(filler(0));
    }
    let size = std::fs::metadata(folder.file()).unwrap().len();
    assert!(size < 4_000_000, "{size}");
    let store = Store::saving(&folder.file(), 1, Retention::default()).unwrap();
    assert!(store.find(1).unwrap().is_some() && store.find(2).unwrap().is_none());
    assert!(store.find(1_001).unwrap().is_some());
    drop(store);
    // These were started in 1970.
    let retention = Retention {
        max_age: Some(Duration::from_secs(3600)),
        max_bytes: None,
    };
    {
        let store = Store::saving(&folder.file(), 1, retention).unwrap();
        store.put(filler(0));
    }
    let store = Store::saving(&folder.file(), 1, Retention::default()).unwrap();
    assert!(store.find(1).unwrap().is_some() && store.find(1_001).unwrap().is_none());
}

const CHILD: &str = "CORSCOPE_TEST_CAPTURE";

/// Not a test of its own: what the next one kills.
#[test]
fn child_that_captures_until_it_is_killed() {
    let Some(path) = std::env::var_os(CHILD) else {
        return;
    };
    let store = open(Path::new(&path));
    let mut dice = Dice(11);
    for id in 1.. {
        store.put(dice.exchange(id));
        if id % 50 == 0 {
            assert!(store.flush(SOON));
            println!("committed {id}");
        }
    }
}

#[cfg(unix)]
#[test]
fn a_kill_loses_nothing_that_was_committed() {
    use std::io::{BufRead, BufReader};
    let folder = Folder::new();
    for round in 1..=2 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "child_that_captures_until_it_is_killed",
                "--nocapture",
            ])
            .env(CHILD, folder.file())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let committed = lines.map_while(Result::ok).filter_map(|line| {
            line.rsplit_once("committed ")
                .and_then(|(_, id)| id.parse::<u64>().ok())
        });
        let committed = committed.take(6).last().unwrap();
        // SIGKILL.
        child.kill().unwrap();
        child.wait().unwrap();
        let store = open(&folder.file());
        let mut dice = Dice(11);
        for id in 1..=committed {
            let row = store.find(id).unwrap();
            assert_eq!(
                row.map(|row| row.exchange.clone()),
                Some(Arc::new(dice.exchange(id))),
                "round {round}"
            );
        }
    }
}
