//! A prescription: the recipe of the stack that answered, for exactly the policy which the proved
//! remedy says that this fetch needs.

use corscope_fetch::policy::{Finding, FindingKind, PolicyDocument};

use super::layers::{Layer, layers};
use super::{Recipe, Rendered};
use crate::diagnostic::{Applicability, Diagnostic, Who};
use crate::sight::Sight;

/// A recipe for one exchange.
#[derive(Clone, Debug)]
pub struct Prescription {
    /// The recipe.
    pub recipe: &'static Recipe,
    /// The policy: that of the proved remedy.
    pub policy: PolicyDocument,
    /// The policy as configuration.
    pub rendered: Rendered,
    /// The layers that the answers betray.
    pub layers: Vec<Layer>,
    /// Whether the user named the stack.
    pub is_asked: bool,
}

/// What can be prescribed.
#[derive(Clone, Debug)]
pub enum Prescribed {
    /// Configuration.
    Recipe(Box<Prescription>),
    /// None: no answer betrays its stack.
    NoStack,
    /// None: a policy for this page would let somebody in who should stay out, or mean nothing.
    Refused(&'static Recipe, Vec<Finding>),
}

/// Prescribes what mends a blocked fetch, for the stack that the user `asked` for or else the one
/// that the answers betray. `None` when no response header is proved to help.
pub fn prescribe(
    sight: &Sight<'_>,
    diagnostics: &[Diagnostic],
    asked: Option<&'static Recipe>,
) -> Option<Prescribed> {
    sight.play.verdict.blocked_by()?;
    let policy = proved_policy(diagnostics)?;
    let fault = sight.faults().first()?;
    let layers = layers(sight, fault);
    let Some(recipe) = asked.or_else(|| layers.first().map(|layer| layer.recipe)) else {
        return Some(Prescribed::NoStack);
    };
    Some(match policy.build(false) {
        Err(findings) => Prescribed::Refused(recipe, findings),
        Ok(built) => Prescribed::Recipe(Box::new(Prescription {
            recipe,
            rendered: (recipe.render)(&built),
            policy: policy.clone(),
            layers,
            is_asked: asked.is_some(),
        })),
    })
}

/// The policy of the proved remedy that lets in no more than it must.
fn proved_policy(diagnostics: &[Diagnostic]) -> Option<&PolicyDocument> {
    let first = diagnostics.iter().find(|diagnostic| diagnostic.first)?;
    let mut proved: Vec<_> = first
        .explanation
        .remedies
        .iter()
        .filter(|remedy| remedy.proved && remedy.who == Who::Server)
        .filter_map(|remedy| Some((remedy.applicability, remedy.policy.as_ref()?)))
        .collect();
    proved.sort_by_key(|(applicability, _)| *applicability != Applicability::Narrow);
    proved.first().map(|(_, policy)| *policy)
}

impl Prescription {
    /// Why this stack, in sentences; foreign text stands between backticks.
    pub fn reasons(&self) -> Vec<String> {
        let stack = self.recipe.stack;
        let own = self.layers.iter().find(|it| it.recipe.stack == stack);
        let others = || self.layers.iter().filter(|it| it.recipe.stack != stack);
        let mut reasons = Vec::new();
        reasons.push(match own {
            Some(own) => format!("{}.", betrayal(own)),
            None => format!("{} was asked for with `--stack`.", self.recipe.title),
        });
        if own.is_some_and(Layer::is_edge) && others().next().is_none() && !self.is_asked {
            reasons.push("It hides what stands behind it: `--stack` writes for that.".to_owned());
        }
        for other in others() {
            let betrayal = betrayal(other);
            reasons.push(match own {
                None => format!("{betrayal}."),
                Some(_) if self.is_asked => format!("{betrayal}, too."),
                Some(own) if own.at_fault && !other.at_fault && other.depth() < own.depth() => {
                    let own = own.software();
                    format!("{betrayal} behind it, but {own} wrote the answer at fault itself.")
                }
                Some(_) => format!(
                    "{betrayal} in front of it, but what stands innermost also answers those who \
                     reach it by another way."
                ),
            });
        }
        if others().next().is_some() {
            reasons.push(
                "Let one layer alone send CORS headers: two `Access-Control-Allow-Origin` lines \
                 block everybody."
                    .to_owned(),
            );
        }
        reasons.extend(self.methods_of_another_case());
        reasons
    }

    /// The policy is right, and yet it does not help: software refuses such methods before it comes
    /// to CORS.
    fn methods_of_another_case(&self) -> Option<String> {
        let is_odd = |finding: &Finding| finding.kind == FindingKind::MethodCase;
        let words = "Mend the page first, so that it sends its method in capitals: most servers \
                     answer another spelling with 400, whatever their headers allow.";
        (self.policy.lint().iter().any(is_odd)).then(|| words.to_owned())
    }
}

fn betrayal(layer: &Layer) -> String {
    let line = layer.line().replace('`', "'");
    format!("`{line}` on {} betrays {}", layer.place, layer.software())
}
