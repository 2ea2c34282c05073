//! `corscope recipe`: a policy as the configuration of a stack.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use corscope_diagnose::recipe::{Assurance, Recipe, Rendered, StackKind};
use corscope_diagnose::recipes::{RECIPES, by_name};
use corscope_fetch::policy::{Finding, OriginPattern, Policy, PolicyDocument};
use corscope_fetch::safelist::is_safelisted_method;
use serde_json::{Value, json};

use super::nearest::nearest;
use super::output::{self, ALLOWED, FAILED, fail};
use super::policy::{self, Problem};
use super::shell::quoted;

/// Prints a policy as the configuration of a server, framework or platform
#[derive(Args, Debug)]
pub(super) struct RecipeArgs {
    /// The stack, such as nginx or express (--list shows all)
    #[arg(required_unless_present = "list")]
    stack: Option<String>,
    /// List the stacks
    #[arg(long, conflicts_with = "stack")]
    list: bool,
    /// An origin that may read, https://*.example.com for subdomains, * for all; may be repeated
    #[arg(long = "origin", value_name = "ORIGIN")]
    origins: Vec<String>,
    /// A method to allow beside GET, HEAD and POST; may be repeated
    #[arg(long = "method", value_name = "METHOD")]
    methods: Vec<String>,
    /// A request-header's name to allow; may be repeated
    #[arg(long = "header", value_name = "NAME")]
    headers: Vec<String>,
    /// A response-header's name that scripts may read; may be repeated
    #[arg(long, value_name = "NAME")]
    expose: Vec<String>,
    /// Allow requests with credentials
    #[arg(long)]
    credentials: bool,
    /// How long a preflight may be remembered
    #[arg(long, value_name = "SECONDS", allow_negative_numbers = true)]
    max_age: Option<i64>,
    /// Take the policy from a file (TOML or JSON; - reads standard input)
    #[arg(long, value_name = "FILE", conflicts_with_all = ["origins", "methods", "headers", "expose", "credentials", "max_age"])]
    policy: Option<PathBuf>,
    /// Print the recipe although the policy lets somebody in who should stay out
    #[arg(long)]
    allow_unsafe: bool,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

/// Exit codes: 0 printed, 2 an unknown stack, a refused policy or bad input, 3 a file cannot be
/// read.
pub(super) fn run(args: &RecipeArgs) -> ExitCode {
    let text = match &args.stack {
        None => Ok(list(args.format)),
        Some(stack) => recipe(args, stack),
    };
    match text {
        Ok(text) => match output::print(&text) {
            Ok(()) => ExitCode::from(ALLOWED),
            Err(error) => fail(FAILED, &format!("standard output: {error}")),
        },
        Err(problem) => fail(problem.code, &problem.message),
    }
}

fn recipe(args: &RecipeArgs, stack: &str) -> Result<String, Problem> {
    let recipe = known(stack).map_err(Problem::input)?;
    let document = match &args.policy {
        Some(file) => policy::read(file)?,
        None => document(args)?,
    };
    let policy = policy::build(&document, args.allow_unsafe)?;
    let findings = document.lint();
    let rendered = (recipe.render)(&policy);
    Ok(match args.format {
        Format::Text => text(recipe, &policy, &rendered, &findings),
        Format::Json => to_json_lines(&document_of(recipe, &policy, &rendered, &findings)),
    })
}

fn document(args: &RecipeArgs) -> Result<PolicyDocument, Problem> {
    if args.origins.is_empty() {
        let message = "nobody is allowed: add --origin https://app.example.com (or --policy FILE)";
        return Err(Problem::input(message.to_owned()));
    }
    Ok(PolicyDocument {
        origins: args.origins.clone(),
        methods: args.methods.clone(),
        headers: args.headers.clone(),
        expose: args.expose.clone(),
        credentials: args.credentials,
        max_age: args.max_age,
        private_network: false,
    })
}

/// The recipe of a stack; the problem with an unknown one names the nearest.
pub(super) fn known(stack: &str) -> Result<&'static Recipe, String> {
    if let Some(recipe) = by_name(stack) {
        return Ok(recipe);
    }
    let names = RECIPES
        .iter()
        .flat_map(|recipe| std::iter::once(recipe.stack).chain(recipe.aliases.iter().copied()));
    let mut message = format!("no recipe for {stack:?}");
    let near = nearest(stack, names, 3);
    if near.is_empty() {
        message.push_str("; corscope recipe --list shows all");
    } else {
        let _ = write!(message, "; did you mean {}?", near.join(", "));
    }
    Err(message)
}

fn text(recipe: &Recipe, policy: &Policy, rendered: &Rendered, findings: &[Finding]) -> String {
    let mut text = format!("{}\n", recipe.title);
    // A String takes every write.
    let _ = writeln!(text, "file:  {}", recipe.file);
    let _ = writeln!(text, "place: {}", recipe.place);
    let _ = writeln!(text, "state: {}", recipe.assurance.words());
    let (unsafe_ones, notes): (Vec<_>, Vec<_>) = findings
        .iter()
        .cloned()
        .partition(|finding| finding.kind.is_unsafe());
    section(
        &mut text,
        "UNSAFE, printed because of --allow-unsafe",
        &said(&unsafe_ones),
    );
    let _ = write!(text, "\n{}", rendered.code);
    if !rendered.code.ends_with('\n') {
        text.push('\n');
    }
    section(
        &mut text,
        "What this stack does otherwise than the policy says",
        &rendered.limits,
    );
    section(&mut text, "Pitfalls", recipe.pitfalls);
    section(&mut text, "Notes on the policy", &said(&notes));
    let _ = writeln!(text, "\nVerify it:\n  {}", verify(policy));
    text
}

fn section<T: AsRef<str>>(text: &mut String, title: &str, lines: &[T]) {
    if lines.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n{title}:");
    for line in lines {
        let _ = writeln!(text, "- {}", line.as_ref());
    }
}

fn said(findings: &[Finding]) -> Vec<String> {
    findings
        .iter()
        .map(|finding| format!("{}: {}; {}", finding.at, finding.problem, finding.mend))
        .collect()
}

fn document_of(
    recipe: &Recipe,
    policy: &Policy,
    rendered: &Rendered,
    findings: &[Finding],
) -> Value {
    let findings: Vec<Value> = findings
        .iter()
        .map(|finding| {
            json!({
                "level": finding.kind.level(),
                "code": finding.kind.code(),
                "at": finding.at,
                "problem": finding.problem,
                "mend": finding.mend,
            })
        })
        .collect();
    let mut document = entry(recipe);
    let more = json!({
        "place": recipe.place,
        "code": rendered.code,
        "limits": rendered.limits,
        "pitfalls": recipe.pitfalls,
        "findings": findings,
        "verify": verify(policy),
    });
    if let (Value::Object(document), Value::Object(more)) = (&mut document, more) {
        document.extend(more);
    }
    document
}

fn list(format: Format) -> String {
    if format == Format::Json {
        let entries: Vec<Value> = RECIPES.iter().map(|recipe| entry(recipe)).collect();
        return to_json_lines(&Value::Array(entries));
    }
    let width = RECIPES
        .iter()
        .map(|recipe| recipe.stack.len())
        .max()
        .unwrap_or_default();
    let mut text = String::new();
    for (kind, title) in [
        (StackKind::Server, "Servers and proxies"),
        (StackKind::Framework, "Frameworks"),
        (StackKind::Platform, "Platforms"),
        (StackKind::DevProxy, "Development proxies"),
    ] {
        let recipes: Vec<_> = RECIPES
            .iter()
            .filter(|recipe| recipe.kind == kind)
            .collect();
        if recipes.is_empty() {
            continue;
        }
        let blank = if text.is_empty() { "" } else { "\n" };
        let _ = writeln!(text, "{blank}{title}:");
        for recipe in recipes {
            let state = match recipe.assurance {
                Assurance::Run => "run",
                Assurance::Rendered => "rendered, not run",
            };
            let _ = writeln!(
                text,
                "  {:width$}  {} ({state})",
                recipe.stack, recipe.title
            );
        }
    }
    text
}

/// What a recipe is, without its code.
pub(super) fn entry(recipe: &Recipe) -> Value {
    json!({
        "stack": recipe.stack,
        "aliases": recipe.aliases,
        "title": recipe.title,
        "kind": match recipe.kind {
            StackKind::Server => "server",
            StackKind::Framework => "framework",
            StackKind::Platform => "platform",
            StackKind::DevProxy => "dev-proxy",
        },
        "assurance": match recipe.assurance {
            Assurance::Run => "run",
            Assurance::Rendered => "rendered",
        },
        "language": recipe.language,
        "file": recipe.file,
    })
}

fn to_json_lines(document: &Value) -> String {
    format!("{document:#}\n")
}

/// The command that asks the server for everything the policy allows.
pub(crate) fn verify(policy: &Policy) -> String {
    let origin = match policy.origins.first() {
        Some(OriginPattern::Exact(origin)) => origin.serialized().to_owned(),
        Some(OriginPattern::Subdomains { scheme, suffix }) => format!("{scheme}://app{suffix}"),
        Some(OriginPattern::Any) | None => "https://app.example.com".to_owned(),
    };
    let mut words = vec![
        "corscope check https://api.example.com/path --from".to_owned(),
        quoted(&origin),
    ];
    let wanted = policy
        .methods
        .iter()
        .find(|method| *method != "*" && !is_safelisted_method(method.as_bytes()));
    if let Some(method) = wanted {
        words.push(format!("-X {}", quoted(method)));
    }
    for name in policy.headers.iter().filter(|name| *name != "*") {
        words.push(format!("-H {}", quoted(&format!("{name}: 1"))));
    }
    if policy.credentials {
        words.push("--credentials include".to_owned());
    }
    for name in policy.expose.iter().filter(|name| *name != "*") {
        words.push(format!("--read {}", quoted(name)));
    }
    words.join(" ")
}
