//! What is printed on a button, understood as a person would.

use crate::support::bot::MODELS;
use crate::support::catalogue::{PROVIDERS, models, profiles};

/// What a button says that it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Printed {
    /// That model.
    Model(String),
    /// That profile.
    Profile(String),
    /// Back to what nobody chose.
    Default,
    /// Back to what was before.
    Undo,
    /// No profile in particular.
    AnyProfile,
    /// Another menu, or none any more.
    Way,
}

/// Everything that there may be.
pub(super) struct Names {
    pub(super) models: Vec<String>,
    pub(super) profiles: Vec<String>,
}

impl Names {
    pub(super) fn new() -> Self {
        let usual = MODELS.iter().map(|(model, _)| (*model).to_owned());
        let others = PROVIDERS[1..].iter().map(|provider| format!("{provider}:default"));
        let profiles = profiles().into_iter().chain(others).collect();
        Self { models: models().into_iter().chain(usual).collect(), profiles }
    }

    /// The alias of a model in a generation of the configuration: no alias ever stands for another model, so that it is
    /// known what was meant where it was printed.
    pub(super) fn alias(number: usize, generation: usize) -> String {
        format!("n{number}g{generation}")
    }

    /// What `label` says. Stops the test where it says nothing, or one of two things.
    #[track_caller]
    pub(super) fn read(&self, label: &str) -> Printed {
        let label = label.trim_end_matches(" ✓");
        match label {
            "Default" => return Printed::Default,
            "Undo" => return Printed::Undo,
            "By the auth order" => return Printed::AnyProfile,
            "All models" | "Next page ▶" | "◀ Page before" | "◀ Models" | "◀ Back" | "◀ All providers" | "Cancel" =>
            {
                return Printed::Way;
            }
            _ => {}
        }
        let counted = label.strip_suffix(')').and_then(|label| label.rsplit_once(" ("));
        if let Some((what, _)) = counted.filter(|(_, count)| count.bytes().all(|byte| byte.is_ascii_digit()))
            && (PROVIDERS.contains(&what) || ["Credentials", "All credentials"].contains(&what))
        {
            return Printed::Way;
        }
        let usual = MODELS.iter().find(|(_, alias)| *alias == label).map(|(model, _)| (*model).to_owned());
        if let Some(model) = usual.or_else(|| self.of_alias(label)) {
            return Printed::Model(model);
        }
        let id = label.trim_start_matches("@ ");
        let models = self.models.iter().filter(|model| shows(label, model)).cloned().map(Printed::Model);
        let profiles = self.profiles.iter().filter(|profile| shows(id, profile)).cloned().map(Printed::Profile);
        let mut meant: Vec<Printed> = models.chain(profiles).collect();
        assert_eq!(meant.len(), 1, "{label:?} says {meant:?}");
        meant.remove(0)
    }

    fn of_alias(&self, label: &str) -> Option<String> {
        let (number, generation) = label.strip_prefix('n')?.split_once('g')?;
        generation.parse::<usize>().ok()?;
        self.models.get(number.parse::<usize>().ok()?).cloned()
    }
}

/// Whether that is the name, or the name with something left out.
fn shows(label: &str, name: &str) -> bool {
    if !label.contains('…') {
        return label == name;
    }
    let pieces: Vec<&str> = label.split('…').collect();
    let [first, middle @ .., last] = &pieces[..] else { return false };
    let Some(mut rest) = name.strip_prefix(first).and_then(|rest| rest.strip_suffix(last)) else { return false };
    for piece in middle {
        let Some((_, behind)) = rest.split_once(piece) else { return false };
        rest = behind;
    }
    true
}
