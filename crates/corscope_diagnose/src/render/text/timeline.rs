//! The exchange as a short timeline: what is sent, what comes back, where it stops.

use corscope_fetch::{Answer, Header, HeaderList, Leg, Response};

use super::palette::Style;
use super::sheet::Sheet;
use crate::render::facts::{self, State};
use crate::render::headers;
use crate::render::printable;
use crate::render::report::Report;

/// More legs than this are shown by their ends, where nothing was found.
const MOST_LEGS: usize = 6;
/// More header lines of one message than this are counted.
const MOST_HEADERS: usize = 14;
/// Longer header lines and URLs are shown by their ends.
const MOST_COLUMNS: usize = 320;

/// Writes the timeline.
pub(super) fn timeline(sheet: &mut Sheet, report: &Report<'_>) {
    let legs = &report.sight.whole().legs;
    let states = facts::states(report);
    sheet.heading("The exchange", "");
    if legs.is_empty() {
        let text = "nothing is sent";
        sheet.prose(&[(Style::Plain, "  ")], "  ", Style::Plain, text);
    }
    stop_lines(sheet, report, None);
    let mut left_out = 0;
    for (index, (leg, state)) in legs.iter().zip(states).enumerate() {
        let is_end = index < 3 || index + 2 >= legs.len();
        let found = report
            .diagnostics
            .iter()
            .any(|it| it.leg_index == Some(index));
        if legs.len() > MOST_LEGS && !is_end && !found && !sheet.options.verbose {
            left_out += 1;
            continue;
        }
        count_legs(sheet, std::mem::take(&mut left_out));
        if index > 0 {
            sheet.blank();
        }
        leg_lines(sheet, report, index, leg, state);
    }
    count_legs(sheet, left_out);
}

fn count_legs(sheet: &mut Sheet, left_out: usize) {
    if left_out > 0 {
        sheet.blank();
        let text = format!("     {left_out} more like these");
        sheet.line(&[(Style::Dim, &text)]);
    }
}

fn leg_lines(sheet: &mut Sheet, report: &Report<'_>, index: usize, leg: &Leg, state: State) {
    let is_behind = state != State::Sent;
    let style = if is_behind { Style::Dim } else { Style::Plain };
    let number = format!("  {}  ", index + 1);
    let title = facts::leg_title(leg);
    let note = report.exchanges.get(index).and_then(Option::as_ref);
    let right = facts::leg_aside(state, note, sheet.signs.dot);
    let left = [(Style::Dim, &*number), (Style::Strong, &*title)];
    sheet.line_with_right(&left, &right);
    request_lines(sheet, leg, style);
    answer_lines(sheet, leg, is_behind && note.is_none(), style);
    stop_lines(sheet, report, Some(index));
}

fn request_lines(sheet: &mut Sheet, leg: &Leg, style: Style) {
    let arrow = format!("     {} ", sheet.signs.to_server);
    let line = format!("{} {}", leg.request.method, leg.request.url);
    let line = printable::elide(&line, MOST_COLUMNS, sheet.options.unicode).into_owned();
    sheet.verbatim(&[(Style::Code, &arrow)], "       ", style, &line);
    let list = &leg.request.header_list;
    header_lines(sheet, list, style, |_| true);
}

fn answer_lines(sheet: &mut Sheet, leg: &Leg, is_given: bool, style: Style) {
    let arrow = format!("     {} ", sheet.signs.to_page);
    let lead = [(Style::Code, &*arrow)];
    match &leg.answer {
        None => sheet.prose(&lead, "       ", Style::Unknown, "the answer is not known"),
        Some(Answer::Failure(failure)) => {
            let text = facts::failure_words(failure);
            sheet.verbatim(&lead, "       ", Style::Bad, &text);
        }
        Some(Answer::Response(response)) => {
            let mut status = facts::status_words(response.status);
            if is_given {
                status.push_str(", if it were sent");
            }
            sheet.verbatim(&lead, "       ", status_style(response, style), &status);
            header_lines(sheet, &response.header_list, style, |header| {
                headers::matters(response, header.name)
            });
        }
    }
}

fn status_style(response: &Response, style: Style) -> Style {
    match response.status {
        400.. if style == Style::Plain => Style::Bad,
        _ if style == Style::Plain => Style::Strong,
        _ => style,
    }
}

fn header_lines(
    sheet: &mut Sheet,
    list: &HeaderList,
    style: Style,
    matters: impl Fn(Header<'_>) -> bool,
) {
    const INDENT: &str = "         ";
    let verbose = sheet.options.verbose;
    let mut shown = 0;
    for header in list.iter().filter(|header| verbose || matters(*header)) {
        if shown == MOST_HEADERS && !verbose {
            break;
        }
        shown += 1;
        let name = printable::bytes(header.name);
        let value = headers::shown_value(header.name, header.value, verbose);
        let line = format!("{name}: {value}");
        let limit = if verbose { usize::MAX } else { MOST_COLUMNS };
        let line = printable::elide(line.trim_end(), limit, sheet.options.unicode).into_owned();
        let rest = format!("{INDENT}  ");
        sheet.verbatim(&[(Style::Plain, INDENT)], &rest, style, &line);
    }
    let more = list.len() - shown;
    if more > 0 {
        let plural = if more == 1 { "" } else { "s" };
        let text = format!("{INDENT}and {more} more header{plural}");
        sheet.line(&[(Style::Dim, &text)]);
    }
}

/// What is refused at a leg, or before the first: the browser's own stop, and what waits behind it.
fn stop_lines(sheet: &mut Sheet, report: &Report<'_>, index: Option<usize>) {
    let stops = facts::stops(report, index);
    let (lead, here) = match index {
        Some(_) => (format!("     {} ", sheet.signs.bad), "stops here"),
        None => (
            format!("  {} ", sheet.signs.bad),
            "stops before it sends anything",
        ),
    };
    let rest = " ".repeat(printable::width(&lead));
    if let Some(code) = stops.here {
        let text = format!("the browser {here}: {code}");
        sheet.prose(&[(Style::Bad, &lead)], &rest, Style::Bad, &text);
    }
    if !stops.later.is_empty() {
        let text = format!("after that: {}", stops.later.join(", "));
        sheet.prose(&[(Style::Unknown, &lead)], &rest, Style::Unknown, &text);
    }
    if index.is_none() && (stops.here.is_some() || !stops.later.is_empty()) {
        sheet.blank();
    }
}
