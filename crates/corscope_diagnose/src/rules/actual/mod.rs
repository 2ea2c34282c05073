use crate::rule::Rule;

mod acao_missing;

pub(super) static RULES: &[&Rule] = &[&acao_missing::RULE];
