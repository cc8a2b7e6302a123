//! The conversation in the form that every API takes.

use crate::history::{Role, Utterance};

/// One message on the wire.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub(crate) struct WireMessage {
    role: Role,
    content: String,
}

/// The conversation with the person first and the two taking turns, without blank messages: some APIs refuse anything
/// else, and none minds.
pub(crate) fn messages(conversation: &[Utterance]) -> Vec<WireMessage> {
    let mut messages: Vec<WireMessage> = Vec::new();
    for utterance in conversation.iter().filter(|utterance| !utterance.text.trim().is_empty()) {
        match messages.last_mut() {
            None if utterance.role == Role::Assistant => {}
            Some(last) if last.role == utterance.role => {
                last.content.push_str("\n\n");
                last.content.push_str(&utterance.text);
            }
            Some(_) | None => messages.push(WireMessage { role: utterance.role, content: utterance.text.clone() }),
        }
    }
    messages
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::messages;
    use crate::history::{Role, Utterance};

    #[test]
    fn turns_alternate_and_begin_with_the_person() {
        let said = |role, text: &str| Utterance { role, text: text.to_owned(), at: Timestamp::UNIX_EPOCH };
        let conversation = [
            said(Role::Assistant, "cut off"),
            said(Role::User, "a"),
            said(Role::User, "b"),
            said(Role::Assistant, " \n"),
            said(Role::User, "c"),
            said(Role::Assistant, "d"),
            said(Role::User, "e"),
        ];
        let wire = messages(&conversation);
        let short: Vec<(Role, &str)> = wire.iter().map(|message| (message.role, message.content.as_str())).collect();
        assert_eq!(short, [(Role::User, "a\n\nb\n\nc"), (Role::Assistant, "d"), (Role::User, "e")]);
        assert!(messages(&[said(Role::User, "  ")]).is_empty());
    }
}
