//! Answering from the files of a folder, and from nothing outside of it.

use std::path::{Path, PathBuf};

use corscope_fetch::HeaderList;
use corscope_fetch::exchange::{ObservedRequest, ObservedResponse};
use percent_encoding::percent_decode_str;

use super::action_document::MapFolderDocument;
use super::answer::{make_readable, response, told};
use super::edit::read_file;
use super::forward::{check_strip, without_prefix};
use super::matcher::Place;
use super::mistake::Mistakes;

/// A folder that answers.
pub(super) struct Folder {
    root: PathBuf,
    strip: String,
    readable: bool,
}

impl Folder {
    pub(super) fn build(
        document: &MapFolderDocument,
        at: &str,
        directory: &Path,
        mistakes: &mut Mistakes,
    ) -> Option<Self> {
        check_strip(&document.strip, at, mistakes);
        let folder_at = format!("{at}.folder");
        let mend = "write a folder's path, relative to the rules file";
        if document.folder.as_os_str().is_empty() {
            mistakes.add(folder_at, "no folder", mend);
            return None;
        }
        // Links are followed once, here, so that what is served can be compared with it.
        match directory.join(&document.folder).canonicalize() {
            Ok(root) if root.is_dir() => Some(Self {
                root,
                strip: document.strip.clone(),
                readable: document.readable,
            }),
            _ => {
                let problem = format!("there is no folder {}", document.folder.display());
                mistakes.add(folder_at, problem, mend);
                None
            }
        }
    }

    pub(super) async fn make(&self, request: &ObservedRequest) -> ObservedResponse {
        if !matches!(request.method.as_str(), "GET" | "HEAD") {
            let problem = format!("a file does not answer {}", request.method);
            return told(request, 405, &problem);
        }
        let path = match self.locate(&request.url) {
            Ok(path) => path,
            Err((status, problem)) => return told(request, status, &problem),
        };
        let content_type = content_type(&path);
        match read_file(path).await {
            Ok(bytes) => {
                let mut list = HeaderList::new();
                list.push("Content-Type", content_type);
                list.push("Cache-Control", "no-store");
                if self.readable {
                    make_readable(request, &mut list);
                }
                response(request, 200, list, bytes)
            }
            Err(problem) => told(request, 404, &problem),
        }
    }

    /// The file for a URL; else the status to answer with, and why.
    fn locate(&self, url: &str) -> Result<PathBuf, (u16, String)> {
        let outside = || (403, "this path leads out of the folder".to_owned());
        let missing = || (404, "there is no such file in the folder".to_owned());
        let place = Place::of(url).ok_or_else(missing)?;
        let rest = without_prefix(place.path(), &self.strip).ok_or_else(missing)?;
        let mut path = self.root.clone();
        for segment in rest.split('/').filter(|segment| !segment.is_empty()) {
            let name = percent_decode_str(segment)
                .decode_utf8()
                .map_err(|_| missing())?;
            // Each segment is one name: nothing that goes up, is hidden, or holds a separator.
            let is_hidden = name.starts_with('.') && name != ".well-known";
            if is_hidden || name.contains(['/', '\\', ':', '\0']) {
                return Err(outside());
            }
            path.push(&*name);
        }
        if path.is_dir() {
            path.push("index.html");
        }
        let path = path.canonicalize().map_err(|_| missing())?;
        if path.starts_with(&self.root) {
            Ok(path)
        } else {
            Err(outside())
        }
    }
}

fn content_type(path: &Path) -> &'static str {
    let extension = path.extension().and_then(|it| it.to_str()).unwrap_or("");
    match extension.to_ascii_lowercase().as_str() {
        "html" | "htm" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" | "md" => "text/plain; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "xml" => "application/xml",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/x-icon",
        "woff" => "font/woff",
        "woff2" => "font/woff2",
        "ttf" => "font/ttf",
        "otf" => "font/otf",
        "mp3" => "audio/mpeg",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        "pdf" => "application/pdf",
        "wasm" => "application/wasm",
        "zip" => "application/zip",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(root: &Path) -> Folder {
        let document = MapFolderDocument {
            folder: root.to_owned(),
            strip: "/static".into(),
            readable: true,
        };
        Folder::build(&document, "x", Path::new("."), &mut Mistakes::default()).unwrap()
    }

    #[tokio::test]
    async fn only_files_inside_are_served() {
        let scratch = std::env::temp_dir().join(format!("corscope-folder-{}", std::process::id()));
        let root = scratch.join("root");
        std::fs::create_dir_all(root.join("sub")).unwrap();
        std::fs::write(scratch.join("secret.txt"), "secret").unwrap();
        std::fs::write(root.join("a.json"), "{}").unwrap();
        std::fs::write(root.join(".env"), "KEY=1").unwrap();
        std::fs::write(root.join("sub/index.html"), "hi").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(scratch.join("secret.txt"), root.join("link.txt")).unwrap();
        let folder = folder(&root);
        for (path, status, body) in [
            ("/static/a.json?q=1", 200, "{}"),
            ("/static/sub/", 200, "hi"),
            ("/static/sub", 200, "hi"),
            ("/static/none", 404, ""),
            ("/staticky/a.json", 404, ""),
            ("/static/../secret.txt", 403, ""),
            ("/static/%2e%2e/secret.txt", 403, ""),
            ("/static/..%2fsecret.txt", 403, ""),
            ("/static/..%5csecret.txt", 403, ""),
            ("/static/sub/..%2f..%2f..%2fsecret.txt", 403, ""),
            ("/static/a.json%00", 403, ""),
            ("/static//etc/passwd", 404, ""),
            ("/static/%2fetc/passwd", 403, ""),
            ("/static/.env", 403, ""),
            ("/static/c:/x", 403, ""),
            #[cfg(unix)]
            ("/static/link.txt", 403, ""),
        ] {
            let request = ObservedRequest {
                method: "GET".into(),
                url: format!("https://api.test{path}"),
                header_list: [("Origin", "https://a.test")].into_iter().collect(),
                ..ObservedRequest::default()
            };
            let got = folder.make(&request).await;
            assert_eq!(got.status, status, "{path}");
            assert!(!got.body.bytes.starts_with(b"secret"), "{path}");
            if status == 200 {
                assert_eq!(got.body.bytes, body.as_bytes(), "{path}");
            }
            assert_eq!(
                got.header_list
                    .get("Access-Control-Allow-Origin")
                    .as_deref(),
                Some(&b"https://a.test"[..])
            );
        }
        std::fs::remove_dir_all(scratch).unwrap();
    }
}
