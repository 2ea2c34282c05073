//! The request that a whole `curl` command makes.

use corscope_fetch::request_init::{Body, BodyType};

use super::super::Given;
use super::super::browser_headers::{self, Source};
use super::super::error::{InputError, quoted};
use super::command::Command;
use super::{PLACE, target};

impl Command {
    fn has_header(&self, name: &str) -> bool {
        self.headers
            .iter()
            .any(|header| header.name.eq_ignore_ascii_case(name))
            || self
                .removed
                .iter()
                .any(|removed| removed.eq_ignore_ascii_case(name))
    }

    /// What the flags come to, by curl's defaults, sorted by who sets what in a browser.
    pub(super) fn finish(mut self) -> Result<Given, InputError> {
        let Some((url_place, url)) = self.url.take() else {
            let mend = "add the URL, such as curl 'https://api.example.com/x'";
            return Err(InputError::new(PLACE, "there is no URL", mend));
        };
        if self.data.is_some() && !self.form.is_empty() {
            let mend = "keep either -d or -F; one body is sent";
            return Err(InputError::new(
                PLACE,
                "there is a body (-d) and a form (-F)",
                mend,
            ));
        }
        let source = if browser_headers::is_browser_copy(&self.headers) {
            Source::BrowserCopy
        } else {
            Source::Command
        };
        if self.is_get {
            self.query.extend(self.data.take());
        }
        let url = target::read(&url_place, &url, self.is_glob_off, &self.query)?;
        for note in url.notes {
            self.given.note(note);
        }
        if let Some(basic) = url
            .authorization
            .filter(|_| !self.has_header("Authorization"))
        {
            self.push(url_place, "Authorization", &basic)?;
        }
        self.add_content_type()?;
        let has_body = self.data.is_some() || !self.form.is_empty();
        self.given.init.url = url.text;
        self.given.init.method = self.method.take().unwrap_or_else(|| {
            match (self.is_head, has_body) {
                (true, _) => "HEAD",
                (false, true) => "POST",
                (false, false) => "GET",
            }
            .to_owned()
        });
        self.take_body();
        browser_headers::sort(&mut self.given, self.headers, source)?;
        Ok(self.given)
    }

    /// What curl adds to data that has no type yet.
    fn add_content_type(&mut self) -> Result<(), InputError> {
        if self.data.is_none() {
            return Ok(());
        }
        let place = || PLACE.to_owned();
        if self.is_json && !self.has_header("Accept") {
            self.push(place(), "Accept", "application/json")?;
        }
        if !self.has_header("Content-Type") {
            let (flag, value) = match self.is_json {
                true => ("--json", "application/json"),
                false => ("-d", "application/x-www-form-urlencoded"),
            };
            self.push(place(), "Content-Type", value)?;
            self.given
                .note(format!("curl adds Content-Type: {value} for {flag}"));
        }
        Ok(())
    }

    fn take_body(&mut self) {
        if !self.form.is_empty() {
            let form = std::mem::take(&mut self.form);
            for file in &form.files {
                let file = quoted(file);
                self.given
                    .note(format!("the file {file} is not read; its part is empty"));
            }
            let (body, boundary) = form.finish();
            self.given.init.body = Some(body);
            self.given.multipart_boundary = Some(boundary);
        } else if let Some(data) = self.data.take() {
            self.given.init.body = Some(Body {
                kind: BodyType::String,
                data,
                content_type: None,
            });
        }
    }
}
