//! `/help` and `/whoami`.

use crate::access::Role;
use crate::reply::{Draft, Whom, code, plain};
use crate::session::SessionKey;

/// Every form that can be typed, with one example each.
const FORMS: [(&str, &str); 13] = [
    ("/model", "what is chosen, with buttons"),
    ("/model list [provider] [page]", "models to choose from; then a number chooses: /model 3"),
    ("/model opus", "choose a model"),
    ("/model opus@work", "choose a model and pin the credential that answers"),
    ("/model @work", "pin a credential, keep the model"),
    ("/model @auto", "leave the credential to the auth order again"),
    ("/model opus once", "for the next message only; or for 2h"),
    ("/opus", "the same by alias; /opus some text asks once"),
    ("/model status", "everything: candidates, benches, last answer"),
    ("/model why", "how the present choice came about"),
    ("/model default", "drop model and credential"),
    ("/model undo", "back to what was chosen before"),
    ("/new", "begin a new conversation"),
];

/// What can be typed.
pub(crate) fn help() -> Draft {
    let mut draft = Draft::default();
    draft.line("Pins the model and the credential that answer in this chat.").blank();
    for (form, meaning) in FORMS {
        draft.spans(vec![code(form), plain(format!(" – {meaning}"))]);
    }
    draft
}

/// Who one is here, so that an operator can be told what to put on an allowlist.
pub(crate) fn whoami(whom: &Whom, name: Option<&str>, role: Role, session: &SessionKey) -> Draft {
    let Whom { person, chat } = whom;
    let role = match role {
        Role::Owner => "owner",
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
