//! The recipes, one stack a file; this is the one list.

mod actix;
mod apache;
mod aspnet_core;
mod axum;
mod caddy;
mod django;
mod express;
mod fastapi;
mod fastify;
mod flask;
mod go_jub0bs;
mod go_net_http;
mod go_rs_cors;
mod haproxy;
mod hono;
mod iis;
mod javascript;
mod koa;
mod laravel;
mod lighttpd;
mod literal;
mod nestjs;
mod nextjs;
mod nginx;
mod php;
mod plan;
mod python;
mod quoting;
mod rails;
mod rust_origins;
mod spring;
mod stated;

use crate::recipe::Recipe;

/// All recipes, in the order of `corscope recipe --list`.
pub static RECIPES: &[&Recipe] = &[
    &nginx::RECIPE,
    &apache::RECIPE,
    &caddy::RECIPE,
    &haproxy::RECIPE,
    &lighttpd::RECIPE,
    &iis::RECIPE,
    &express::RECIPE,
    &fastify::RECIPE,
    &koa::RECIPE,
    &hono::RECIPE,
    &nestjs::RECIPE,
    &nextjs::RECIPE,
    &flask::RECIPE,
    &fastapi::RECIPE,
    &django::RECIPE,
    &axum::RECIPE,
    &actix::RECIPE,
    &go_jub0bs::RECIPE,
    &go_rs_cors::RECIPE,
    &go_net_http::RECIPE,
    &spring::RECIPE,
    &aspnet_core::RECIPE,
    &rails::RECIPE,
    &laravel::RECIPE,
    &php::RECIPE,
];

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
