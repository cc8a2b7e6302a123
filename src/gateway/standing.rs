//! How an account stands, in words.

use modelpin_delivery::{Link, State};

/// Before anything was tried.
pub(crate) fn starting() -> State {
    State { bot: None, link: Link::Starting }
}

/// One word for programs.
pub(crate) fn word(link: &Link) -> &'static str {
    match link {
        Link::Starting => "starting",
        Link::Up => "up",
        Link::Down(_) => "down",
        Link::OtherPoller => "other-poller",
        Link::Standby(_) => "standby",
        Link::Refused(_) => "refused",
        Link::Ended => "ended",
    }
}

/// Why it is not up, in words.
pub(crate) fn why(link: &Link) -> Option<&str> {
    match link {
        Link::Down(why) | Link::Standby(why) | Link::Refused(why) => Some(why),
        // Only Telegram has such ones.
        Link::OtherPoller => Some(
            "another poller: another program asks for this bot's messages. Stop it, or have @BotFather give out a new token",
        ),
        Link::Starting | Link::Up | Link::Ended => None,
    }
}

/// All of it in a few words.
pub(crate) fn shown(State { bot, link }: &State) -> String {
    let name = bot.as_ref().map(|bot| format!(" as @{bot}")).unwrap_or_default();
    let why = why(link).map(|why| format!(": {why}")).unwrap_or_default();
    format!("{}{name}{why}", word(link))
}
