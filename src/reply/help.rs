//! `/help` and `/whoami`.

use crate::access::Role;
use crate::directive::{OWN_FORMS, forms, operator_forms};
use crate::reply::{Draft, Whom, code, plain};
use crate::session::SessionKey;

/// What can be typed.
pub(crate) fn help(is_operator: bool, brings_own: bool) -> Draft {
    let mut draft = Draft::default();
    draft.line("Pins the model and the credential that answer in this chat.").blank();
    for (form, meaning) in forms() {
        draft.spans(vec![code(form), plain(format!(" – {meaning}"))]);
    }
    let more = [(brings_own, &OWN_FORMS[..], "A credential of your own:")];
    for (_, forms, title) in more.into_iter().filter(|(is_theirs, ..)| *is_theirs) {
        draft.blank().line(title);
        for (form, meaning) in forms {
            draft.spans(vec![code(*form), plain(format!(" – {meaning}"))]);
        }
    }
    if is_operator {
        draft.blank().line("For operators, in private:");
        for (form, meaning) in operator_forms() {
            draft.spans(vec![code(form), plain(format!(" – {meaning}"))]);
        }
    }
    draft
}

/// Who one is here, so that an operator can be told what to put on an allowlist.
pub(crate) fn whoami(whom: &Whom, name: Option<&str>, role: Role, session: &SessionKey) -> Draft {
    let Whom { person, chat } = whom;
    let role = match role {
        Role::Owner => "owner",
        Role::Operator => "operator",
        Role::Member => "member",
        Role::Stranger => "on no allowlist",
    };
    let mut draft = Draft::default();
    if let Some(name) = name {
        draft.line(format!("You are {name}."));
    }
    draft.spans(vec![plain("Id: "), code(person), plain(format!(" ({role})"))]);
    if let Some(chat) = chat {
        draft.spans(vec![plain("Chat: "), code(chat)]);
    }
    draft.spans(vec![plain("Session: "), code(session.as_str())]);
    draft
}
