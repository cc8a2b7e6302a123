//! What is chosen in a session, in the words of the audit.

use crate::audit::{Entry, Kind, Surface};
use crate::session::{Actor, Choice, Selection, Session, Until};

/// What is chosen, in words: `anthropic/claude-opus-4-6@anthropic:work`, with what holds for a while behind it; `None`
/// where nothing is.
pub(crate) fn choice_text(choice: &Choice) -> Option<String> {
    let Choice { lasting, passing } = choice;
    let parts: Vec<String> = [lasting, passing].into_iter().flatten().map(selection_text).collect();
    (!parts.is_empty()).then(|| parts.join("; "))
}

fn selection_text(selection: &Selection) -> String {
    let model = selection.model.as_ref().map_or_else(|| "default".to_owned(), ToString::to_string);
    let pin = selection.pin.as_ref().map(|pin| format!("@{}", pin.profile)).unwrap_or_default();
    let until = match selection.until {
        Until::Changed => String::new(),
        Until::NextTurn => " once".to_owned(),
        Until::Time(end) => format!(" until {end:.0}"),
    };
    format!("{model}{pin}{until}")
}

/// The entry for a change of what is chosen in a session; `None` where that stays as it was.
pub(crate) fn change_of_choice(
    before: &Session,
    after: &Session,
    actor: Actor,
    surface: Surface,
    reason: &str,
) -> Option<Entry> {
    if before.choice == after.choice {
        return None;
    }
    let mut profiles: Vec<String> = [&before.choice, &after.choice]
        .into_iter()
        .flat_map(|choice| [&choice.lasting, &choice.passing])
        .flatten()
        .filter_map(|selection| selection.pin.as_ref())
        .map(|pin| pin.profile.to_string())
        .collect();
    profiles.sort();
    profiles.dedup();
    Some(Entry {
        at: after.updated,
        actor,
        surface,
        kind: Kind::Pin,
        session: Some(after.key.clone()),
        subject: None,
        before: choice_text(&before.choice),
        after: choice_text(&after.choice),
        reason: reason.to_owned(),
        profiles,
    })
}
