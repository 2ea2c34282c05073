//! CORS done right. Endpoints take these parts and leave out or spoil exactly one.

use super::answer::Answer;
use super::request::Request;
use super::response::Response;

const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";

impl Response {
    pub(super) fn allow_origin(self, value: impl AsRef<str>) -> Self {
        self.header("Access-Control-Allow-Origin", value)
    }

    pub(super) fn allow_credentials(self) -> Self {
        self.header("Access-Control-Allow-Credentials", "true")
    }

    pub(super) fn allow_methods(self, value: &str) -> Self {
        self.header("Access-Control-Allow-Methods", value)
    }

    pub(super) fn allow_headers(self, value: &str) -> Self {
        self.header("Access-Control-Allow-Headers", value)
    }

    pub(super) fn vary_origin(self) -> Self {
        self.header("Vary", "Origin")
    }

    /// Echoes a page on the allow-list. `Vary: Origin` goes out even when nobody is let in, since
    /// a cache would otherwise hand that refusal to the next page.
    pub(super) fn granted(self, request: &Request) -> Self {
        match request.allowed_page() {
            Some(page) => self.allow_origin(page.to_string()),
            None => self,
        }
        .vary_origin()
    }

    /// The same with credentials.
    pub(super) fn granted_with_credentials(self, request: &Request) -> Self {
        self.granted(request).allow_credentials()
    }

    /// A preflight's answer with nothing wrong so far, lists of methods and headers to come.
    pub(super) fn open_preflight(request: &Request) -> Self {
        Self::new(204).granted_with_credentials(request)
    }

    /// A preflight's answer that lets the asked request through.
    pub(super) fn passing_preflight(request: &Request) -> Self {
        let response = Self::open_preflight(request).allow_methods(METHODS);
        match request.header("access-control-request-headers") {
            Some(names) => response.allow_headers(names),
            None => response,
        }
    }
}

/// The preflight is in order; the fault is in the response.
pub(super) fn on_response(request: &Request, response: Response) -> Answer {
    if request.is_options() {
        Response::passing_preflight(request)
    } else {
        response
    }
    .into()
}

/// The response is in order; the fault is in the preflight's answer.
pub(super) fn on_preflight(request: &Request, preflight: impl Into<Answer>) -> Answer {
    if request.is_options() {
        preflight.into()
    } else {
        Response::items().granted_with_credentials(request).into()
    }
}

/// All in order.
pub(super) fn healthy(request: &Request) -> Answer {
    on_response(request, Response::items().granted_with_credentials(request))
}
