//! `corscope demo`: runs the demo server, or prints what is in it.

use std::net::IpAddr;
use std::process::ExitCode;
use std::sync::Arc;

use clap::{Args, ValueEnum};

use super::end_signal::EndSignal;
use super::serving::here;
use super::ui::{Served, UiArgs, enter_presses};
use crate::debugger::Debugger;
use crate::demo::{DemoError, DemoServer, GROUPS, Places, catalogue, pages};

/// Runs a local server with one broken endpoint for each root cause, to try corscope on
#[derive(Args, Debug)]
pub(super) struct DemoArgs {
    /// Port to listen on; 0 takes any free one
    #[arg(long, value_name = "N", default_value_t = 8377)]
    port: u16,
    /// Loopback address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    bind: IpAddr,
    #[command(flatten)]
    ui: UiArgs,
    /// Print nothing but the server's URL
    #[arg(long, short)]
    quiet: bool,
    /// Print the endpoints and exit
    #[arg(long)]
    list: bool,
    /// How to print them
    #[arg(long, value_enum, default_value_t = ListFormat::Text, requires = "list")]
    format: ListFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ListFormat {
    Text,
    Json,
}

/// Runs until interrupted. Exit codes: 0 ended by the user, 2 an address that is not loopback,
/// 3 it cannot listen.
pub(super) fn run(args: DemoArgs) -> ExitCode {
    if args.list {
        let places = Places::planned(args.bind, args.port);
        let text = match args.format {
            ListFormat::Text => list_text(&places),
            ListFormat::Json => format!("{:#}\n", pages::catalogue_json(&places)),
        };
        print_out(&text);
        return ExitCode::SUCCESS;
    }
    here(serve(&args)).unwrap_or_else(|code| code)
}

async fn serve(args: &DemoArgs) -> ExitCode {
    let end = EndSignal::listen();
    let server = match DemoServer::start(args.bind, args.port).await {
        Ok(server) => server,
        Err(error @ DemoError::NotLoopback(_)) => return fail(2, &error.to_string()),
        Err(error) => return fail(3, &error.to_string()),
    };
    if args.quiet {
        print_out(&format!("{}/\n", server.places().here_origin()));
    } else {
        print_out(&welcome(server.places()));
    }
    let debugger = match Debugger::idle() {
        Ok(debugger) => Arc::new(debugger),
        Err(error) => return fail(3, &error),
    };
    debugger.suggest(server.places().try_page());
    let mut page = None;
    if args.ui.is_wanted(!args.quiet) {
        match args.ui.start(&debugger, !args.quiet).await {
            Ok(served) => page = Some(served),
            Err(code) => return code,
        }
    }
    if !args.quiet {
        print_out("Ctrl-C ends it.\n");
    }
    let ended = wait_for_end(end, page.as_ref()).await;
    debugger.end().await;
    ended
}

/// Until Ctrl-C; Enter prints another link to the page.
async fn wait_for_end(mut end: EndSignal, page: Option<&Served>) -> ExitCode {
    let mut entered = enter_presses();
    loop {
        tokio::select! {
            () = end.comes() => return ExitCode::SUCCESS,
            Some(()) = entered.recv() => if let Some(Ok(link)) = page.map(|it| it.links.issue()) {
                print_out(&format!("  {link}\n"));
            },
        }
    }
}

fn welcome(places: &Places) -> String {
    let healthy = catalogue::endpoints()
        .filter(|endpoint| endpoint.rule.is_none())
        .count();
    let broken = catalogue::endpoints().count() - healthy;
    let example = catalogue::endpoints()
        .find(|endpoint| endpoint.rule.is_some())
        .map_or_else(String::new, |endpoint| endpoint.command(places));
    format!(
        "corscope demo: {broken} endpoints broken on purpose, {healthy} healthy ones\n\n  \
         {here}/      the list, with a command for each\n  \
         {try_page}   the same in your browser\n\n\
         Try in another terminal:\n\n  {example}\n\n",
        here = places.here_origin(),
        try_page = places.try_page(),
    )
}

fn list_text(places: &Places) -> String {
    let mut text = String::new();
    for group in GROUPS {
        text.push_str(&format!("{}\n", group.title));
        for endpoint in group.endpoints {
            let rule = match endpoint.rule {
                Some(rule) if rule == endpoint.slug => String::new(),
                Some(rule) => format!(" ({rule})"),
                None => " (healthy)".to_owned(),
            };
            text.push_str(&format!(
                "  {}{rule}\n    {}\n    {}\n",
                endpoint.path(),
                endpoint.title,
                endpoint.command(places)
            ));
        }
        text.push('\n');
    }
    text.truncate(text.trim_end().len() + 1);
    text
}

/// A reader that has seen enough (`| head`) is no failure of ours.
fn print_out(text: &str) {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

#[expect(clippy::print_stderr, reason = "the command line's own error")]
fn fail(code: u8, message: &str) -> ExitCode {
    eprintln!("corscope: {message}");
    ExitCode::from(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_names_every_endpoint_with_its_command() {
        let places = Places::planned([127, 0, 0, 1].into(), 8377);
        let text = list_text(&places);
        for endpoint in catalogue::endpoints() {
            assert!(
                text.contains(&format!("  {}", endpoint.path())),
                "{}",
                endpoint.slug
            );
            assert!(
                text.contains(&endpoint.command(&places)),
                "{}",
                endpoint.slug
            );
        }
        assert!(text.ends_with('\n') && !text.ends_with("\n\n"));
    }

    #[test]
    fn the_welcome_gives_a_command_that_works_at_once() {
        let text = welcome(&Places::planned([127, 0, 0, 1].into(), 9000));
        assert!(text.contains("corscope check http://127.0.0.1:9000/acao-missing --from"));
        assert!(text.contains("http://localhost:9000/try"));
    }
}
