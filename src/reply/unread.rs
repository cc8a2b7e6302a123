//! Names that cannot be read: which part, why, and what to type instead.

use crate::catalog::Unread;
use crate::directive::caret;
use crate::profile::ProfileId;
use crate::reply::{Draft, Words, code, plain};

/// How many profiles an answer lists at the most.
const LISTED: usize = 8;

/// Says what in `text` could not be read.
pub(crate) fn unread(draft: &mut Draft, unread: &Unread, text: &str, words: Words<'_>) {
    match unread {
        Unread::UnknownModel { text, nearest, span: _ } => {
            draft.line(format!("No model is called `{text}`, so nothing was changed."));
            suggest(draft, "Did you mean ", nearest);
            draft.spans(vec![code("/model list"), plain(" shows what there is.")]);
        }
        Unread::NotAllowed { model, allowed, span: _ } => {
            draft.line(format!("{model} is not allowed here, so nothing was changed."));
            suggest(draft, "Allowed are, among others: ", allowed);
            draft.spans(vec![code("/model list"), plain(" shows all that is allowed.")]);
        }
        Unread::Ambiguous { text, readings, span: _ } => {
            draft.line(format!("`{text}` can mean several things, so nothing was changed. Type the one you mean:"));
            for reading in readings {
                draft.spans(vec![plain("  "), code(format!("/model {reading}"))]);
            }
        }
        Unread::UnknownProfile { name, provider, known, nearest, or_model, span: _ } => {
            draft.line(format!("{provider} has no profile `{name}`, so nothing was changed."));
            suggest(draft, "Did you mean ", &named(nearest, words));
            profiles(draft, provider.as_str(), known, words);
            if let Some(model) = or_model {
                draft.spans(vec![plain("If that is the name of a model: "), code(format!("/model {model}"))]);
            }
        }
        Unread::NoProfileNamed { provider, known, span: _ } => {
            draft.line("A profile has to follow the `@`, so nothing was changed.");
            profiles(draft, provider.as_str(), known, words);
        }
        Unread::ProfileElsewhere { id, belongs_to, wanted, span: _ } => {
            let id = words.name(id.as_str());
            draft.line(format!("{id} is a profile of {belongs_to}, not of {wanted}, so nothing was changed."));
            draft.spans(vec![
                plain("Choose a model of "),
                code(format!("/model list {belongs_to}")),
                plain(" to use it."),
            ]);
        }
    }
    if !text.is_empty() {
        draft.blocks.insert(1, modelpin_chat::Block::Preformatted(caret(text, &unread.span())));
    }
}

fn suggest(draft: &mut Draft, opening: &str, names: &[String]) {
    if !names.is_empty() {
        let end = if opening.ends_with("mean ") { "?" } else { "." };
        draft.line(format!("{opening}{}{end}", names.join(", ")));
    }
}

fn profiles(draft: &mut Draft, provider: &str, known: &[ProfileId], words: Words<'_>) {
    if known.is_empty() {
        let add = format!("modelpin models auth add --provider {provider}");
        draft.spans(vec![
            plain(format!("There is no profile of {provider} at all. An operator adds one with ")),
            code(add),
        ]);
        return;
    }
    let mut names = named(known, words);
    let more = names.len().saturating_sub(LISTED);
    names.truncate(LISTED);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    draft.line(format!("Profiles of {provider}: {}{more}.", names.join(", ")));
}

fn named(profiles: &[ProfileId], words: Words<'_>) -> Vec<String> {
    profiles.iter().map(|profile| words.name(profile.as_str())).collect()
}
