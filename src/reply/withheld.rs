//! What somebody is told who wrote a secret into a chat. Not a character of it is repeated.

use modelpin_chat::Withdrawal;

use crate::keyshape::Found;
use crate::reply::{Draft, code, plain};

/// A message that was withheld.
pub(crate) struct Withheld {
    /// What was seen in it.
    pub(crate) found: Found,
    /// What became of it in the chat; `None` where deleting it failed.
    pub(crate) withdrawal: Option<Withdrawal>,
    /// Whether an owner wrote it, and nobody else reads the answer: only they can store a credential.
    pub(crate) to_owner: bool,
}

/// What was seen, that it went nowhere, what became of the message, and what has to be done now.
pub(crate) fn withheld(withheld: &Withheld) -> Draft {
    let Withheld { found, withdrawal, to_owner } = withheld;
    // Whether a credential of this bot's own was recognised is nobody's business: anybody could try what they have.
    let (name, rotate, store) = match found {
        Found::Shaped(shape) => (shape.name, shape.rotate, shape.store),
        Found::Known => ("a credential", "Revoke it where it was issued, and make a new one.", None),
    };
    let mut draft = Draft::default();
    draft.line(format!("Your message holds what looks like {name}."));
    draft.line("It was neither sent to a model nor kept, and nothing was changed.");
    draft.line(match withdrawal {
        Some(Withdrawal::Gone) => "The message has been deleted.",
        Some(Withdrawal::Asked) => "Its deletion was asked for: if you still see the message, delete it yourself.",
        Some(Withdrawal::Impossible) => "A bot cannot delete the message here: delete it yourself.",
        None => "The message could not be deleted: delete it yourself.",
    });
    draft.line(format!("Others may have read it, so rotate it. {rotate}"));
    if let Some(store) = store.filter(|_| *to_owner) {
        draft.spans(vec![
            plain("The new one is typed where the bot runs, never in a chat: "),
            code(format!("modelpin models auth {store}")),
        ]);
    }
    draft
}
