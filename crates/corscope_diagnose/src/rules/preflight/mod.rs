use crate::rule::Rule;

mod preflight_requires_auth;

pub(super) static RULES: &[&Rule] = &[&preflight_requires_auth::RULE];
