//! What the development servers' proxies share: they make CORS needless.

use corscope_fetch::policy::Policy;

use crate::recipe::Rendered;

/// A proxy's configuration. It holds nothing of the policy.
pub(super) fn rendered(code: &str, _policy: &Policy) -> Rendered {
    Rendered {
        code: code.to_owned(),
        limits: vec![
            "a proxy applies no policy: the page and the API become one origin, and only while \
             the development server runs"
                .to_owned(),
        ],
    }
}
