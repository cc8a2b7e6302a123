//! Failures that the loopback provider was told to show.

use std::fmt;

/// What one credential is answered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// An error with this status, in the provider's own shape.
    Status {
        /// 400 to 599.
        status: u16,
        /// What the `Retry-After` header says, in seconds.
        retry_after: Option<u32>,
    },
    /// Nothing, ever.
    Hang,
    /// An answer that breaks off with an error.
    Cut,
    /// That the credential is for its provider's own client only.
    ClientOnly,
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status { status, retry_after: None } => write!(f, "{status}"),
            Self::Status { status, retry_after: Some(seconds) } => write!(f, "{status}:{seconds}"),
            Self::Hang => f.write_str("hang"),
            Self::Cut => f.write_str("cut"),
            Self::ClientOnly => f.write_str("client-only"),
        }
    }
}

/// One credential, on one model or all, and what it is answered with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The profile's id; `*` for all.
    pub profile: String,
    /// The provider's name of the model; `None` for all.
    pub model: Option<String>,
    /// What happens; `None` takes back what was set before.
    pub effect: Option<Effect>,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.profile)?;
        if let Some(model) = &self.model {
            write!(f, "/{model}")?;
        }
        match &self.effect {
            Some(effect) => write!(f, "={effect}"),
            None => f.write_str("=ok"),
        }
    }
}

/// A set of faults, in the order in which they were set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults(Vec<Fault>);

/// The text says no fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no fault: write `<profile>[/<model>]=<status>[:<seconds>]`, `=hang`, `=cut`, `=client-only` or `=ok`"
)]
pub struct InvalidFault(String);

impl Faults {
    /// Reads `anthropic:work=429:30`; several are separated by spaces or commas.
    ///
    /// # Errors
    /// [`InvalidFault`] names the first one that says nothing, and the form that is expected.
    pub fn parse(text: &str) -> Result<Self, InvalidFault> {
        let parts = text.split([' ', ',', '\t', '\n']).filter(|part| !part.is_empty());
        let faults = parts
            .map(|part| fault(part).ok_or_else(|| InvalidFault(part.to_owned())))
            .collect::<Result<Vec<_>, _>>()?;
        if faults.is_empty() { Err(InvalidFault(text.trim().to_owned())) } else { Ok(Self(faults)) }
    }

    /// Adds `changes`: each takes the place of what was set for the same profile and model; `ok` for a whole profile
    /// takes back what was set for its models too.
    pub fn merge(&mut self, changes: Self) {
        for change in changes.0 {
            self.0.retain(|fault| {
                let whole = change.effect.is_none() && change.model.is_none();
                let everything = whole && change.profile == "*";
                !(everything || fault.profile == change.profile && (whole || fault.model == change.model))
            });
            if change.effect.is_some() {
                self.0.push(change);
            }
        }
    }

    /// What is set for this profile on this model: the most particular one counts.
    pub fn effect(&self, profile: &str, model: &str) -> Option<Effect> {
        let fits = |fault: &&Fault| {
            (fault.profile == profile || fault.profile == "*") && fault.model.as_deref().is_none_or(|own| own == model)
        };
        let particular = |fault: &&Fault| (fault.model.is_some(), fault.profile != "*");
        self.0.iter().filter(fits).max_by_key(particular).and_then(|fault| fault.effect)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Fault> {
        self.0.iter()
    }

    /// Whether none is set.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn fault(text: &str) -> Option<Fault> {
    // A model may hold `=`; what follows the last one cannot.
    let (target, effect) = text.rsplit_once('=')?;
    let (profile, model) = match target.split_once('/') {
        Some((profile, model)) => (profile, Some(model)),
        None => (target, None),
    };
    if profile.is_empty() || model.is_some_and(str::is_empty) {
        return None;
    }
    let effect = match effect {
        "ok" => None,
        "hang" => Some(Effect::Hang),
        "cut" => Some(Effect::Cut),
        "client-only" => Some(Effect::ClientOnly),
        other => {
            let (status, seconds) = match other.split_once(':') {
                Some((status, seconds)) => (status, Some(seconds.parse().ok()?)),
                None => (other, None),
            };
            let status = status.parse().ok().filter(|status| (400..600).contains(status))?;
            Some(Effect::Status { status, retry_after: seconds })
        }
    };
    Some(Fault { profile: profile.to_owned(), model: model.map(str::to_owned), effect })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use super::{Effect, Faults};

    const TOO_MANY: Effect = Effect::Status { status: 429, retry_after: Some(30) };

    #[test]
    fn every_form_reads_back_as_it_was_written() {
        for text in [
            "anthropic:work=429:30",
            "anthropic:work/claude-opus-4-6=529",
            "openrouter:default/openai/gpt=5=hang",
            "*=cut",
            "a=client-only",
            "a=ok",
        ] {
            let faults = Faults::parse(text).unwrap();
            assert_eq!(faults.iter().map(ToString::to_string).collect::<Vec<_>>(), [text]);
        }
        assert_eq!(Faults::parse("a=429:30, b=hang").unwrap().iter().count(), 2);
    }

    #[test]
    fn what_says_nothing_is_refused_with_the_form() {
        for text in ["", "a", "a=", "=429", "a=200", "a=600", "a=429:", "a=429:soon", "a/=429", "a=nope", "a=429 b"] {
            assert!(Faults::parse(text).unwrap_err().to_string().contains("<profile>"), "{text}");
        }
    }

    #[test]
    fn the_most_particular_counts_and_ok_takes_it_back() {
        let mut faults = Faults::default();
        faults.merge(Faults::parse("*=hang a=429:30 a/m=cut").unwrap());
        assert_eq!(faults.effect("a", "m"), Some(Effect::Cut));
        assert_eq!(faults.effect("a", "n"), Some(TOO_MANY));
        assert_eq!(faults.effect("b", "m"), Some(Effect::Hang));
        faults.merge(Faults::parse("a=ok").unwrap());
        assert_eq!(faults.effect("a", "m"), Some(Effect::Hang));
        faults.merge(Faults::parse("*=ok").unwrap());
        assert!(faults.is_empty());
    }
}
