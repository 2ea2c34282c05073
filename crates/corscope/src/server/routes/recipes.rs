//! `GET /api/recipes`, `POST /api/recipes/{stack}`: a policy as configuration.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use corscope_diagnose::recipe::{Assurance, Recipe, StackKind};
use corscope_diagnose::recipes::{RECIPES, by_name};
use corscope_fetch::policy::PolicyDocument;
use serde::{Deserialize, Serialize};

use super::policy::{FindingDocument, documents};
use crate::cli::recipe::verify;
use crate::server::fault::Fault;
use crate::server::reply::{Asked, json};

/// A recipe without its code.
#[derive(Serialize)]
pub(in crate::server) struct RecipeEntry {
    /// Its name.
    stack: &'static str,
    /// Other names people look for.
    aliases: &'static [&'static str],
    /// Its title.
    title: &'static str,
    /// `server`, `framework`, `platform` or `dev-proxy`.
    kind: &'static str,
    /// Whether our tests run it on the real stack.
    is_run: bool,
    /// What a reader should make of that.
    assurance: &'static str,
    /// The language of its code.
    language: &'static str,
    /// The file it belongs in.
    file: &'static str,
    /// Where in that file.
    place: &'static str,
    /// What goes wrong there.
    pitfalls: &'static [&'static str],
}

/// A policy as configuration.
#[derive(Serialize)]
pub(in crate::server) struct RenderedRecipe {
    /// The recipe.
    recipe: RecipeEntry,
    /// The configuration to paste; absent when the policy is refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<String>,
    /// What the stack cannot say, and what stands there instead.
    limits: Vec<String>,
    /// What is wrong or unwise in the policy.
    findings: Vec<FindingDocument>,
    /// The command that verifies it.
    #[serde(skip_serializing_if = "Option::is_none")]
    verify: Option<String>,
}

/// What to render.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::server) struct RecipeOrder {
    policy: PolicyDocument,
    /// Render it although the policy lets somebody in who should stay out.
    #[serde(default)]
    allow_unsafe: bool,
}

pub(super) async fn list() -> Response {
    let entries: Vec<RecipeEntry> = RECIPES.iter().map(|recipe| entry(recipe)).collect();
    json(&entries)
}

pub(super) async fn render(
    Path(stack): Path<String>,
    Asked(order): Asked<RecipeOrder>,
) -> Result<Response, Fault> {
    let recipe = by_name(&stack).ok_or_else(|| {
        Fault::new(
            StatusCode::NOT_FOUND,
            "no-such-recipe",
            "there is no recipe of that name",
            "choose one from the list of recipes",
        )
    })?;
    let policy = order.policy.build(order.allow_unsafe).ok();
    let rendered = policy.as_ref().map(|policy| (recipe.render)(policy));
    let (code, limits) = match rendered {
        Some(rendered) => (Some(rendered.code), rendered.limits),
        None => (None, Vec::new()),
    };
    Ok(json(&RenderedRecipe {
        recipe: entry(recipe),
        code,
        limits,
        findings: documents(&order.policy.lint()),
        verify: policy.as_ref().map(verify),
    }))
}

fn entry(recipe: &Recipe) -> RecipeEntry {
    RecipeEntry {
        stack: recipe.stack,
        aliases: recipe.aliases,
        title: recipe.title,
        kind: match recipe.kind {
            StackKind::Server => "server",
            StackKind::Framework => "framework",
            StackKind::Platform => "platform",
            StackKind::DevProxy => "dev-proxy",
        },
        is_run: recipe.assurance == Assurance::Run,
        assurance: recipe.assurance.words(),
        language: recipe.language,
        file: recipe.file,
        place: recipe.place,
        pitfalls: recipe.pitfalls,
    }
}
