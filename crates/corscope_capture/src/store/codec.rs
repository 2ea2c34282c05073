//! Requests and responses as bytes, for what no search looks into. Header lists may hold any byte,
//! so that neither text nor JSON would do.

use corscope_fetch::exchange::{
    HttpVersion, Modified, ObservedBody, ObservedRequest, ObservedResponse,
};
use corscope_fetch::header_list::HeaderList;

const VERSIONS: [HttpVersion; 4] = [
    HttpVersion::Http10,
    HttpVersion::Http11,
    HttpVersion::Http2,
    HttpVersion::Http3,
];

/// Writes; everything has its length before it.
#[derive(Default)]
pub(super) struct Encoder(pub(super) Vec<u8>);

impl Encoder {
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    fn optional<T>(&mut self, value: Option<T>, write: impl FnOnce(&mut Self, T)) {
        self.number(value.is_some().into());
        if let Some(value) = value {
            write(self, value);
        }
    }

    fn version(&mut self, version: HttpVersion) {
        let place = VERSIONS.iter().position(|other| *other == version);
        self.number(place.unwrap_or(1) as u64);
    }

    fn header_list(&mut self, list: &HeaderList) {
        self.number(list.len() as u64);
        for header in list.iter() {
            self.bytes(header.name);
            self.bytes(header.value);
        }
    }

    /// All of a request but its method, URL and body's bytes.
    pub(super) fn request(&mut self, request: &ObservedRequest) {
        self.version(request.version);
        self.header_list(&request.header_list);
        self.optional(request.raw_head.as_deref(), Self::bytes);
        self.number(request.body.len);
    }

    /// All of a response but its status and body's bytes.
    pub(super) fn response(&mut self, response: &ObservedResponse) {
        self.version(response.version);
        self.bytes(&response.reason);
        self.header_list(&response.header_list);
        self.optional(response.raw_head.as_deref(), Self::bytes);
        self.number(response.informational.len() as u64);
        for (status, list) in &response.informational {
            self.number((*status).into());
            self.header_list(list);
        }
        self.header_list(&response.trailers);
        self.number(response.body.len);
    }

    pub(super) fn modified(&mut self, modified: &Modified) {
        self.optional(modified.request.as_ref(), |out, request| {
            out.bytes(request.method.as_bytes());
            out.bytes(request.url.as_bytes());
            out.request(request);
            out.bytes(&request.body.bytes);
        });
        self.optional(modified.response.as_ref(), |out, response| {
            out.number(response.status.into());
            out.response(response);
            out.bytes(&response.body.bytes);
        });
        self.number(modified.by.len() as u64);
        for by in &modified.by {
            self.bytes(by.as_bytes());
        }
    }
}

/// Reads what [`Encoder`] wrote; `None` where it cannot have written that.
pub(super) struct Decoder<'a>(pub(super) &'a [u8]);

impl<'a> Decoder<'a> {
    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.number()?).ok()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    fn text(&mut self) -> Option<String> {
        String::from_utf8(self.bytes()?.to_vec()).ok()
    }

    fn optional<T>(&mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Option<Option<T>> {
        match self.number()? {
            0 => Some(None),
            _ => read(self).map(Some),
        }
    }

    fn version(&mut self) -> Option<HttpVersion> {
        VERSIONS.get(usize::try_from(self.number()?).ok()?).copied()
    }

    fn header_list(&mut self) -> Option<HeaderList> {
        let mut list = HeaderList::new();
        for _ in 0..self.number()? {
            list.push(self.bytes()?, self.bytes()?);
        }
        Some(list)
    }

    pub(super) fn request(&mut self, method: String, url: String) -> Option<ObservedRequest> {
        Some(ObservedRequest {
            method,
            url,
            version: self.version()?,
            header_list: self.header_list()?,
            raw_head: self.optional(|it| Some(it.bytes()?.into()))?,
            body: ObservedBody {
                bytes: Vec::new(),
                len: self.number()?,
            },
        })
    }

    pub(super) fn response(&mut self, status: u16) -> Option<ObservedResponse> {
        let mut response = ObservedResponse {
            status,
            version: self.version()?,
            reason: self.bytes()?.to_vec(),
            header_list: self.header_list()?,
            raw_head: self.optional(|it| Some(it.bytes()?.into()))?,
            ..ObservedResponse::default()
        };
        for _ in 0..self.number()? {
            let status = u16::try_from(self.number()?).ok()?;
            response.informational.push((status, self.header_list()?));
        }
        response.trailers = self.header_list()?;
        response.body.len = self.number()?;
        Some(response)
    }

    pub(super) fn modified(&mut self) -> Option<Modified> {
        let request = self.optional(|it| {
            let (method, url) = (it.text()?, it.text()?);
            let mut request = it.request(method, url)?;
            request.body.bytes = it.bytes()?.to_vec();
            Some(request)
        })?;
        let response = self.optional(|it| {
            let status = u16::try_from(it.number()?).ok()?;
            let mut response = it.response(status)?;
            response.body.bytes = it.bytes()?.to_vec();
            Some(response)
        })?;
        let mut by = Vec::new();
        for _ in 0..self.number()? {
            by.push(self.text()?);
        }
        Some(Modified {
            request,
            response,
            by,
        })
    }
}
