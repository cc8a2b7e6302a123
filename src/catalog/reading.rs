//! What `opus@work` means. An `@` is decided by the catalogue and the profiles, not by a pattern.

use std::fmt;
use std::ops::Range;

use crate::catalog::find::Look;
use crate::catalog::{Catalog, KnownProfiles, ModelRef, ProfileMatch, ProviderId, Unread, suggest};
use crate::directive::{Typed, Wanted};
use crate::profile::ProfileId;

/// What was asked for, in canonical names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// The model; `None` keeps the present one.
    pub model: Option<ModelRef>,
    /// What is to become of the credential.
    pub credential: Wish,
}

/// What is to become of the credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wish {
    /// Nothing was said about it.
    Keep,
    /// `@auto`: no pin.
    Auto,
    /// This one.
    Profile(ProfileId),
}

/// Written as the arguments of a `/model` that can be read in this way only.
impl fmt::Display for Read {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let model = self.model.as_ref().map(ToString::to_string).unwrap_or_default();
        let plain = !model.contains(|c: char| c == '@' || c.is_whitespace() || QUOTES.contains(&c));
        match (&self.credential, plain) {
            (Wish::Keep, true) => f.write_str(&model),
            (Wish::Keep, false) => f.write_str(&quoted(&model)),
            (Wish::Auto, true) => write!(f, "{model}@auto"),
            (Wish::Auto, false) => write!(f, "{}@auto", quoted(&model)),
            (Wish::Profile(id), _) if model.is_empty() => write!(f, "@{}", quoted(id.as_str())),
            (Wish::Profile(id), _) => write!(f, "{}@{}", quoted(&model), quoted(id.as_str())),
        }
    }
}

/// No name of a model with a profile's is longer, in bytes; what is, is not cut.
const LONGEST: usize = 512;

const QUOTES: [char; 3] = ['"', '\'', '`'];

fn quoted(text: &str) -> String {
    let mark = QUOTES.into_iter().find(|mark| !text.contains(*mark)).unwrap_or('"');
    format!("{mark}{text}{mark}")
}

/// What stands before an `@`.
enum Left {
    /// These may be meant: a listed model, or several of one name.
    Listed(Vec<ModelRef>),
    /// A name that nobody has listed.
    Unlisted(ModelRef),
    /// Nothing: the present model is kept.
    Present,
}

/// How much a complaint explains. When nothing can be read, the one that explains most is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    UnlistedModelsProfile,
    UnlistedNotAllowed,
    NotAllowed,
    Profile,
    ProfileOfAnother,
}

/// What has come of reading one token so far.
#[derive(Default)]
struct Outcome {
    readings: Vec<Read>,
    complaint: Option<(Weight, Unread)>,
}

impl Outcome {
    fn add(&mut self, reading: Read) {
        if !self.readings.contains(&reading) {
            self.readings.push(reading);
        }
    }

    /// Of two that explain as much, the first is made.
    fn complain(&mut self, weight: Weight, unread: Unread) {
        if self.complaint.as_ref().is_none_or(|(present, _)| weight > *present) {
            self.complaint = Some((weight, unread));
        }
    }

    fn finish(mut self, text: &str, span: &Range<usize>) -> Option<Result<Read, Unread>> {
        match self.readings.len() {
            0 => self.complaint.map(|(_, unread)| Err(unread)),
            1 => self.readings.pop().map(Ok),
            _ => {
                let readings = self.readings.iter().map(ToString::to_string).collect();
                Some(Err(Unread::Ambiguous { text: text.to_owned(), span: span.clone(), readings }))
            }
        }
    }
}

impl Catalog {
    /// Reads what a person named, in a session whose present model is `current`.
    ///
    /// A bare word is taken as a model first, and then cut at every `@` that has a model before and one of its
    /// provider's profiles behind. It is accepted if that leaves one reading. A model that is not listed counts only
    /// where it takes no profile's name for a part of its own.
    ///
    /// # Errors
    ///
    /// What is unknown, not allowed or ambiguous about it.
    pub fn read(&self, wanted: &Wanted, current: &ModelRef, known: &dyn KnownProfiles) -> Result<Read, Unread> {
        let reader = Reader { catalog: self, current, known };
        match wanted {
            Wanted::Word(word) => reader.word(word),
            Wanted::Parts { target, profile } => reader.parts(target.as_ref(), profile.as_ref()),
        }
    }
}

struct Reader<'a> {
    catalog: &'a Catalog,
    current: &'a ModelRef,
    known: &'a dyn KnownProfiles,
}

impl Reader<'_> {
    fn word(&self, word: &Typed) -> Result<Read, Unread> {
        let text = word.text.as_str();
        let mut outcome = Outcome::default();
        let whole = self.catalog.look(text);
        match &whole {
            Look::Listed(model) => outcome.add(keeping(model.clone())),
            Look::Several(models) => models.iter().for_each(|model| outcome.add(keeping(model.clone()))),
            Look::Beyond(_) | Look::Unlisted(_) | Look::Barred(_) | Look::Nothing => {}
        }
        if text.len() > LONGEST {
            return outcome.finish(text, &word.span).unwrap_or_else(|| Err(self.unknown_model(word)));
        }
        // From the right, so that of two ways to cut the one with the longer model is complained about.
        let cuts = || text.rmatch_indices('@').map(|(at, _)| at);
        cuts().for_each(|at| self.cut(word, at, &mut outcome));
        if outcome.readings.is_empty() {
            cuts().for_each(|at| self.complain_of_cut(word, at, &mut outcome));
        }
        if outcome.readings.is_empty() {
            // Only now: this compares with every name that the provider has.
            let whole = self.catalog.settle(whole);
            if let Look::Barred(model) = &whole {
                let weight =
                    if self.catalog.bars(model) { Weight::NotAllowed } else { Weight::UnlistedNotAllowed };
                outcome.complain(weight, self.not_allowed(model, word.span.clone()));
            }
            if let Look::Unlisted(model) = whole {
                match &mut outcome.complaint {
                    None => outcome.add(keeping(model)),
                    Some((_, Unread::UnknownProfile { or_model, .. })) => *or_model = Some(keeping(model).to_string()),
                    Some(_) => {}
                }
            }
        }
        outcome.finish(text, &word.span).unwrap_or_else(|| Err(self.unknown_model(word)))
    }

    /// The word cut at the `@` at byte `at`.
    fn cut(&self, word: &Typed, at: usize, outcome: &mut Outcome) {
        let (target, name) = (&word.text[..at], &word.text[at + 1..]);
        let left = if target.is_empty() {
            Left::Present
        } else {
            match self.catalog.look(target) {
                Look::Listed(model) => Left::Listed(vec![model]),
                Look::Several(models) => Left::Listed(models),
                look @ Look::Beyond(_) if self.is_profile(&look, name) => match self.catalog.settle(look) {
                    Look::Unlisted(model) => Left::Unlisted(model),
                    Look::Listed(_) | Look::Several(_) | Look::Beyond(_) | Look::Barred(_) | Look::Nothing => return,
                },
                Look::Beyond(_) | Look::Unlisted(_) | Look::Barred(_) | Look::Nothing => return,
            }
        };
        self.attach(left, name, part(word, at + 1..word.text.len()), outcome);
    }

    /// Why a cut whose left side is not on the list gave no reading. This compares with every name of the provider.
    fn complain_of_cut(&self, word: &Typed, at: usize, outcome: &mut Outcome) {
        let name = &word.text[at + 1..];
        let look = self.catalog.look(&word.text[..at]);
        let meant = self.is_profile(&look, name);
        match self.catalog.settle(look) {
            Look::Unlisted(model) => {
                self.attach(Left::Unlisted(model), name, part(word, at + 1..word.text.len()), outcome);
            }
            Look::Barred(model) => {
                let certain = meant || self.catalog.bars(&model);
                let weight = if certain { Weight::NotAllowed } else { Weight::UnlistedNotAllowed };
                outcome.complain(weight, self.not_allowed(&model, part(word, 0..at)));
            }
            Look::Listed(_) | Look::Several(_) | Look::Beyond(_) | Look::Nothing => {}
        }
    }

    /// Whether `name` is surely a profile's at the provider of a model that is not on the list.
    fn is_profile(&self, look: &Look, name: &str) -> bool {
        let (Look::Beyond(model) | Look::Barred(model)) = look else { return false };
        is_auto(name)
            || matches!(self.known.find(&model.provider, name), ProfileMatch::One(_) | ProfileMatch::Several(_))
    }

    fn parts(&self, target: Option<&Typed>, profile: Option<&Typed>) -> Result<Read, Unread> {
        let mut outcome = Outcome::default();
        let left = match target {
            None => Left::Present,
            Some(target) => match self.catalog.settle(self.catalog.look(&target.text)) {
                Look::Listed(model) | Look::Unlisted(model) => Left::Listed(vec![model]),
                Look::Several(models) => Left::Listed(models),
                Look::Barred(model) => return Err(self.not_allowed(&model, target.span.clone())),
                Look::Beyond(_) | Look::Nothing => {
                    return Err(Unread::UnknownModel {
                        text: target.text.clone(),
                        span: target.span.clone(),
                        nearest: suggest::models(self.catalog, &target.text),
                    });
                }
            },
        };
        match (left, profile) {
            (left, Some(profile)) => self.attach(left, &profile.text, profile.span.clone(), &mut outcome),
            (Left::Listed(models), None) => models.into_iter().for_each(|model| outcome.add(keeping(model))),
            (Left::Unlisted(model), None) => outcome.add(keeping(model)),
            (Left::Present, None) => outcome.add(Read { model: None, credential: Wish::Keep }),
        }
        let all = target.or(profile);
        let text = all.map(|typed| typed.text.clone()).unwrap_or_default();
        let span = all.map(|typed| typed.span.clone()).unwrap_or_default();
        // Every way through leaves a reading or a complaint.
        outcome.finish(&text, &span).unwrap_or(Err(Unread::UnknownModel { text, span, nearest: Vec::new() }))
    }

    /// The profile `name` at each provider that `left` may mean.
    fn attach(&self, left: Left, name: &str, span: Range<usize>, outcome: &mut Outcome) {
        let unlisted = matches!(left, Left::Unlisted(_));
        let candidates: Vec<Option<ModelRef>> = match left {
            Left::Listed(models) => models.into_iter().map(Some).collect(),
            Left::Unlisted(model) => vec![Some(model)],
            Left::Present => vec![None],
        };
        let before = outcome.readings.len();
        let mut misses = Vec::new();
        for model in candidates {
            let provider = model.as_ref().unwrap_or(self.current).provider.clone();
            if is_auto(name) {
                outcome.add(Read { model, credential: Wish::Auto });
                continue;
            }
            match self.known.find(&provider, name) {
                ProfileMatch::One(id) => outcome.add(Read { model, credential: Wish::Profile(id) }),
                ProfileMatch::Several(ids) => {
                    for id in ids {
                        outcome.add(Read { model: model.clone(), credential: Wish::Profile(id) });
                    }
                }
                ProfileMatch::Elsewhere(id, owner) => misses.push((provider, Some((id, owner)))),
                ProfileMatch::None => misses.push((provider, None)),
            }
        }
        if outcome.readings.len() > before {
            return;
        }
        for (provider, elsewhere) in misses {
            let weight = match (unlisted, &elsewhere) {
                (true, _) => Weight::UnlistedModelsProfile,
                (false, Some(_)) => Weight::ProfileOfAnother,
                (false, None) => Weight::Profile,
            };
            outcome.complain(weight, self.no_such_profile(name, span.clone(), provider, elsewhere));
        }
    }

    fn no_such_profile(
        &self,
        name: &str,
        span: Range<usize>,
        provider: ProviderId,
        elsewhere: Option<(ProfileId, ProviderId)>,
    ) -> Unread {
        if let Some((id, belongs_to)) = elsewhere {
            return Unread::ProfileElsewhere { id, span, belongs_to, wanted: provider };
        }
        let known = self.known.of(&provider);
        if name.trim().is_empty() {
            return Unread::NoProfileNamed { span, provider, known };
        }
        let nearest = suggest::profiles(name, &known);
        Unread::UnknownProfile { name: name.to_owned(), span, provider, known, nearest, or_model: None }
    }

    fn not_allowed(&self, model: &ModelRef, span: Range<usize>) -> Unread {
        let mut allowed = suggest::models(self.catalog, &model.to_string());
        if allowed.is_empty() {
            let all = self.catalog.offered.iter().flat_map(|(_, models)| models);
            let name = |model| self.catalog.alias_of(model).map_or_else(|| ToString::to_string(model), ToString::to_string);
            allowed = all.take(5).map(name).collect();
        }
        Unread::NotAllowed { model: model.clone(), span, allowed }
    }

    /// Nothing in the word is known; the part that comes nearest to a model is named.
    fn unknown_model(&self, word: &Typed) -> Unread {
        let text = word.text.as_str();
        let cuts = text.match_indices('@').map(|(at, _)| &text[..at]).take(4);
        let (cut, nearest) =
            suggest::likeliest(self.catalog, [text].into_iter().chain(cuts)).unwrap_or((text, Vec::new()));
        Unread::UnknownModel { text: cut.to_owned(), span: part(word, 0..cut.len()), nearest }
    }
}

fn keeping(model: ModelRef) -> Read {
    Read { model: Some(model), credential: Wish::Keep }
}

fn is_auto(name: &str) -> bool {
    name.eq_ignore_ascii_case("auto")
}

/// Where a part of the word stands in the message: exactly, unless characters were dropped or replaced in reading it.
fn part(word: &Typed, bytes: Range<usize>) -> Range<usize> {
    if word.span.len() == word.text.len() {
        word.span.start + bytes.start..word.span.start + bytes.end
    } else {
        word.span.clone()
    }
}
