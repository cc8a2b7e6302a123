//! What was changed, said from the row that was committed.

use crate::reply::{Draft, Words, plain, strong};
use crate::resolver::Resolution;
use crate::session::{Choice, PinFate, Selection, Session};

/// A change that was committed.
pub(crate) struct Confirmed<'a> {
    /// The row as it now stands.
    pub(crate) session: &'a Session,
    /// What counts in the session now, its own or the chat's above.
    pub(crate) selection: Option<&'a Selection>,
    /// What became of the pin that was there before.
    pub(crate) fate: PinFate,
    /// Who will answer the next message.
    pub(crate) resolution: &'a Resolution,
    /// Whether an answer is being written that the change came too late for.
    pub(crate) running: bool,
    /// What kind of change it was.
    pub(crate) deed: Deed,
}

/// The kind of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Deed {
    /// A model, a credential or both were chosen.
    Chosen,
    /// Model and credential were dropped.
    Dropped,
    /// The last change was taken back.
    Undone,
    /// A new conversation was begun.
    Begun,
}

impl Deed {
    /// The word for it, for the audit.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Chosen => "chosen",
            Self::Dropped => "dropped",
            Self::Undone => "undone",
            Self::Begun => "new conversation",
        }
    }
}

/// The confirmation.
pub(crate) fn confirm(confirmed: &Confirmed<'_>, words: Words<'_>) -> Draft {
    let Confirmed { session, selection, fate, resolution, running, deed } = confirmed;
    let mut draft = Draft::default();
    let own = session.choice.effective(words.now);
    let inherited = own.is_none() && selection.is_some();
    let opening = match deed {
        Deed::Chosen => "Model set to ",
        Deed::Dropped if inherited => "Back to what is chosen in the chat above: ",
        Deed::Dropped => "Back to the default: ",
        Deed::Undone => "Taken back. Model: ",
        Deed::Begun => "New conversation. Model: ",
    };
    let model = selection.and_then(|selection| selection.model.as_ref()).unwrap_or(words.catalog.default_model());
    draft.spans(vec![plain(opening), strong(words.model(model)), plain(".")]);
    let still = if *fate == PinFate::Kept { "still " } else { "" };
    credential(&mut draft, *selection, resolution, still, words);
    match fate {
        PinFate::Dropped(old) if *deed == Deed::Chosen => {
            let fate = if session.choice.passing.is_some() { "rests meanwhile" } else { "is dropped" };
            draft.line(format!("The pin on {} {fate}: it belongs to another provider.", words.name(old.as_str())));
        }
        PinFate::Dropped(old) | PinFate::Released(old) => {
            draft.line(format!("{} is no longer pinned.", words.name(old.as_str())));
        }
        PinFate::None | PinFate::Pinned | PinFate::Kept => {}
    }
    if let Some(selection) = own {
        let back = match &session.choice.passing {
            Some(_) => format!("; then back to {}", back_to(&session.choice, words)),
            None => String::new(),
        };
        draft.line(format!("In force in this chat {}{back}.", words.lifetime(selection)));
    }
    if *running {
        draft.line("The answer that is being written was begun before; the change counts from the next message.");
    }
    draft
}

fn credential(
    draft: &mut Draft,
    selection: Option<&Selection>,
    resolution: &Resolution,
    still: &str,
    words: Words<'_>,
) {
    if let Some(pin) = selection.and_then(|selection| selection.pin.as_ref()) {
        draft.spans(vec![
            plain("Credential: "),
            strong(words.name(pin.profile.as_str())),
            plain(format!(", {still}pinned: no other answers.")),
        ]);
    } else if let Some(next) = resolution.next() {
        draft.line(format!("Credential: by the auth order, {} next.", words.credential(&next.credential)));
    } else if let Some(at) = resolution.first_free() {
        draft.line(format!("Credential: by the auth order; all are waiting, the first until {}.", words.until(at)));
    }
}

fn back_to(choice: &Choice, words: Words<'_>) -> String {
    match &choice.lasting {
        None => "the default".to_owned(),
        Some(selection) => {
            let model = selection.model.as_ref().map_or_else(|| "the default model".to_owned(), |m| words.model(m));
            match &selection.pin {
                Some(pin) => format!("{model} with {}", words.name(pin.profile.as_str())),
                None => model,
            }
        }
    }
}
