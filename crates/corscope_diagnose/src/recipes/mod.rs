//! The recipes, one stack a file; this is the one list.

mod actix;
mod angular;
mod apache;
mod aspnet_core;
mod aws_api_gateway;
mod axum;
mod azure_app_service;
mod azure_blob;
mod azure_functions;
mod caddy;
mod cloudflare_workers;
mod cloudfront;
mod dev_proxy;
mod django;
mod envoy;
mod express;
mod fastapi;
mod fastify;
mod firebase_functions;
mod flask;
mod gcs;
mod go_jub0bs;
mod go_net_http;
mod go_rs_cors;
mod haproxy;
mod hono;
mod iis;
mod javascript;
mod koa;
mod kong;
mod lambda_function_url;
mod laravel;
mod lighttpd;
mod literal;
mod nestjs;
mod netlify;
mod next_rewrites;
mod nextjs;
mod nginx;
mod php;
mod plan;
mod python;
mod quoting;
mod rails;
mod rust_origins;
mod s3;
mod spring;
mod stated;
mod supabase_functions;
mod traefik;
mod vercel;
mod vite;
mod web;
mod webpack;

use corscope_fetch::{Header, HeaderList};

use crate::recipe::Recipe;

/// All recipes, in the order of `corscope recipe --list`.
pub static RECIPES: &[&Recipe] = &[
    &nginx::RECIPE,
    &apache::RECIPE,
    &caddy::RECIPE,
    &haproxy::RECIPE,
    &lighttpd::RECIPE,
    &traefik::RECIPE,
    &envoy::RECIPE,
    &kong::RECIPE,
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
    &aws_api_gateway::RECIPE,
    &lambda_function_url::RECIPE,
    &s3::RECIPE,
    &cloudfront::RECIPE,
    &gcs::RECIPE,
    &firebase_functions::RECIPE,
    &azure_app_service::RECIPE,
    &azure_functions::RECIPE,
    &azure_blob::RECIPE,
    &cloudflare_workers::RECIPE,
    &vercel::RECIPE,
    &netlify::RECIPE,
    &supabase_functions::RECIPE,
    &vite::RECIPE,
    &webpack::RECIPE,
    &next_rewrites::RECIPE,
    &angular::RECIPE,
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

/// A header line that betrays a stack.
#[derive(Clone, Copy, Debug)]
pub struct Betrayal<'h> {
    /// The stack's recipe.
    pub recipe: &'static Recipe,
    /// The line.
    pub header: Header<'h>,
    /// What the line's value starts with, in lower case; empty where the name is enough.
    pub start: &'static str,
}

/// The stacks that response headers betray, each once, in the order of [`RECIPES`].
pub fn betrayed(list: &HeaderList) -> Vec<Betrayal<'_>> {
    let line = |recipe: &'static Recipe| {
        recipe.signs.iter().find_map(|(name, start)| {
            list.lines_named(name).find_map(|(_, header)| {
                let begins = header.trimmed().get(..start.len());
                begins
                    .is_some_and(|begins| begins.eq_ignore_ascii_case(start.as_bytes()))
                    .then_some(Betrayal {
                        recipe,
                        header,
                        start,
                    })
            })
        })
    };
    RECIPES.iter().filter_map(|recipe| line(recipe)).collect()
}
