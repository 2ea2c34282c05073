//! The layers of software that the answers of one server betray, and which of them to configure.

use corscope_fetch::{Fault, HeaderList};
use url::Url;

use super::{Recipe, StackKind};
use crate::recipes::betrayed;
use crate::scenario::latin1;
use crate::sight::Sight;

/// A layer, and the header line that betrays it.
#[derive(Clone, Debug)]
pub struct Layer {
    /// Its recipe.
    pub recipe: &'static Recipe,
    /// The header's name, as sent.
    pub name: String,
    /// Its value; of a cookie no more than what betrays.
    pub value: String,
    /// Whose answer carries it, for sentences: `the preflight's answer`.
    pub place: &'static str,
    /// Whether that is the answer at fault.
    pub at_fault: bool,
}

impl Layer {
    /// The header line.
    pub fn line(&self) -> String {
        format!("{}: {}", self.name, self.value)
    }

    /// The software alone, without the library that the recipe uses.
    pub fn software(&self) -> &'static str {
        let title = self.recipe.title;
        let end = [" with ", " (", ", "]
            .iter()
            .filter_map(|mark| title.find(mark))
            .min();
        end.map_or(title, |end| &title[..end])
    }

    /// Whether it stands at the edge of the network and hides what is behind it.
    pub(super) fn is_edge(&self) -> bool {
        matches!(self.recipe.stack, "cloudfront" | "cloudflare-workers")
    }

    /// How far it stands from the client: the application first, what the client talks to last.
    pub(super) fn depth(&self) -> u8 {
        match self.recipe.kind {
            StackKind::Framework => 0,
            StackKind::DevProxy | StackKind::Server => 1,
            StackKind::Platform => 2 + u8::from(self.is_edge()),
        }
    }
}

/// The layers that the server at a fault's leg betrays, the one to configure first: the innermost
/// of those on the answer at fault, which wrote it, or else the innermost of all.
pub(super) fn layers(sight: &Sight<'_>, fault: &Fault) -> Vec<Layer> {
    let Some(url) = sight.url(fault) else {
        return Vec::new();
    };
    let mut found: Vec<Layer> = Vec::new();
    for (index, leg) in sight.whole().legs.iter().enumerate() {
        if let Some(response) = leg.response()
            && leg.request.url.origin() == url.origin()
        {
            let place = match leg.request.preflight {
                true => "the preflight's answer",
                false => "the request's answer",
            };
            let at_fault = fault.leg == Some(index);
            add(&mut found, &response.header_list, place, at_fault);
        }
    }
    for probe in sight.probes() {
        if Url::parse(&probe.url).is_ok_and(|it| it.origin() == url.origin()) {
            add(&mut found, &probe.headers.0, "a probe's answer", false);
        }
    }
    found.sort_by_key(|layer| (!layer.at_fault, layer.depth())); // stable: else as recipes are listed
    found
}

fn add(found: &mut Vec<Layer>, list: &HeaderList, place: &'static str, at_fault: bool) {
    for betrayal in betrayed(list) {
        let earlier = found
            .iter_mut()
            .find(|layer| layer.recipe.stack == betrayal.recipe.stack);
        if earlier
            .as_ref()
            .is_some_and(|layer| layer.at_fault || !at_fault)
        {
            continue;
        }
        let value = match betrayal.header.is("set-cookie") {
            true => format!("{}…", betrayal.start), // the rest may be a session
            false => latin1(betrayal.header.trimmed()).into_owned(),
        };
        let layer = Layer {
            recipe: betrayal.recipe,
            name: latin1(betrayal.header.name).into_owned(),
            value,
            place,
            at_fault,
        };
        match earlier {
            Some(earlier) => *earlier = layer,
            None => found.push(layer),
        }
    }
}
