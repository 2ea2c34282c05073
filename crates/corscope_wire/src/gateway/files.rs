//! Serves a folder's files: what a page is made of, and nothing beside it.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use corscope_fetch::exchange::ObservedResponse;
use percent_encoding::percent_decode_str;
use tokio::task::spawn_blocking;

use super::config::GatewayError;
use super::exchange::refusal;
use super::media_type::media_type;

/// Bytes read at once.
const PIECE: u64 = 256 * 1024;

/// A folder that is served.
#[derive(Clone, Debug)]
pub(crate) struct Folder {
    /// With all links resolved, so that what is outside can be told.
    root: Arc<Path>,
}

/// A file to send.
pub(crate) struct File {
    /// The answer's head.
    pub(crate) response: ObservedResponse,
    pub(crate) len: u64,
    file: Option<fs::File>,
}

impl Folder {
    pub(crate) fn open(path: PathBuf) -> Result<Self, GatewayError> {
        let opened = path.canonicalize().and_then(|root| {
            // Read once: a folder that cannot be listed cannot be served.
            fs::read_dir(&root).map(|_| root)
        });
        match opened {
            Ok(root) => Ok(Self { root: root.into() }),
            Err(source) => Err(GatewayError::Folder { path, source }),
        }
    }

    /// The file at `path` of a URL. A page's address that no file has is the page itself: apps of one
    /// page choose their addresses by themselves. `known`: the value of `If-None-Match`.
    pub(crate) async fn find(
        &self,
        path: String,
        accepts_page: bool,
        known: Option<Vec<u8>>,
    ) -> Result<File, ObservedResponse> {
        let folder = self.clone();
        let asked = path.clone();
        let found = spawn_blocking(move || {
            let path = path.split('?').next().unwrap_or_default();
            match folder.locate(path) {
                Err(404) if accepts_page && !has_extension(path) => {
                    folder.locate("/index.html").map_err(|_| 404)
                }
                located => located,
            }
        });
        match found.await {
            Ok(Ok((path, file))) => File::of(&path, file, known.as_deref())
                .map_err(|error| refusal(500, &format!("the file cannot be read: {error}"))),
            Ok(Err(308)) => Err(redirect(&asked)),
            Ok(Err(403)) => Err(refusal(403, "the file may not be read")),
            _ => Err(refusal(404, "there is no such file")),
        }
    }

    /// Opens the file that `path` means; the error is a status.
    fn locate(&self, path: &str) -> Result<(PathBuf, fs::File), u16> {
        let decoded = percent_decode_str(path)
            .decode_utf8()
            .map_err(|_| 404_u16)?;
        let mut real = self.root.to_path_buf();
        for segment in decoded.split('/').filter(|segment| !segment.is_empty()) {
            // `.env` and `.git` lie beside many a page; `.well-known` is meant for all.
            let is_hidden = segment.starts_with('.') && segment != ".well-known";
            if is_hidden || segment.contains(['\\', '\0', ':']) {
                return Err(404);
            }
            real.push(segment);
        }
        let mut real = real.canonicalize().map_err(status)?;
        if real.is_dir() {
            if !path.ends_with('/') {
                return Err(308);
            }
            real = real.join("index.html").canonicalize().map_err(status)?;
        }
        // A link may lead anywhere.
        if !real.starts_with(&self.root) {
            return Err(404);
        }
        let file = fs::File::open(&real).map_err(status)?;
        match file.metadata() {
            Ok(facts) if facts.is_file() => Ok((real, file)),
            _ => Err(404),
        }
    }
}

fn has_extension(path: &str) -> bool {
    path.rsplit('/')
        .next()
        .is_some_and(|name| name.contains('.'))
}

fn status(error: io::Error) -> u16 {
    match error.kind() {
        io::ErrorKind::PermissionDenied => 403,
        _ => 404,
    }
}

/// To the same path with a slash. Named by its last segment alone: `//host` would lead elsewhere.
fn redirect(path: &str) -> ObservedResponse {
    let path = path.split('?').next().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    let mut response = refusal(308, "a folder's address ends with a slash");
    response.header_list.push("Location", format!(" ./{name}/"));
    response
}

impl File {
    fn of(path: &Path, file: fs::File, known: Option<&[u8]>) -> io::Result<Self> {
        let facts = file.metadata()?;
        let len = facts.len();
        let changed = facts.modified()?.duration_since(UNIX_EPOCH);
        let changed = changed.unwrap_or_default().as_nanos();
        let tag = format!("\"{len:x}-{changed:x}\"");
        let is_known = known.is_some_and(|known| {
            known
                .split(|byte| *byte == b',')
                .map(<[u8]>::trim_ascii)
                .any(|one| one.strip_prefix(b"W/").unwrap_or(one) == tag.as_bytes())
        });
        let mut response = ObservedResponse {
            status: if is_known { 304 } else { 200 },
            ..ObservedResponse::default()
        };
        let list = &mut response.header_list;
        list.push("Content-Type", [" ", media_type(path)].concat());
        list.push("Cache-Control", " no-cache");
        list.push("ETag", format!(" {tag}"));
        if !is_known {
            list.push("Content-Length", format!(" {len}"));
        }
        Ok(Self {
            response,
            len: if is_known { 0 } else { len },
            file: Some(file),
        })
    }

    /// The next bytes, of `left` that are to come.
    pub(crate) async fn piece(&mut self, left: u64) -> io::Result<Vec<u8>> {
        let Some(mut file) = self.file.take() else {
            return Ok(Vec::new());
        };
        let read = spawn_blocking(move || {
            let mut bytes = Vec::new();
            let read = file.by_ref().take(left.min(PIECE)).read_to_end(&mut bytes);
            (file, read.map(|_| bytes))
        });
        let (file, bytes) = read.await.map_err(io::Error::other)?;
        self.file = Some(file);
        bytes
    }
}
