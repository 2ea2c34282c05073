//! The recipes, one stack a file; this is the one list.

mod nginx;

use crate::recipe::Recipe;

/// All recipes, in the order of `corscope recipe --list`.
pub static RECIPES: &[&Recipe] = &[&nginx::RECIPE];

/// The recipe of a stack, by its name or an alias.
pub fn by_name(name: &str) -> Option<&'static Recipe> {
    RECIPES.iter().copied().find(|recipe| {
        recipe.stack.eq_ignore_ascii_case(name)
            || recipe
                .aliases
                .iter()
                .any(|alias| alias.eq_ignore_ascii_case(name))
    })
}

/// The recipe of the stack that a response betrays.
pub fn by_signs(response: &corscope_fetch::Response) -> Option<&'static Recipe> {
    RECIPES.iter().copied().find(|recipe| {
        recipe.signs.iter().any(|(name, start)| {
            response.header_list.lines_named(name).any(|(_, header)| {
                let value = header.trimmed().to_ascii_lowercase();
                value.starts_with(start.as_bytes())
            })
        })
    })
}
