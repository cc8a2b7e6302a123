//! Why Discord closes a connection.

use crate::ServeFault;

/// What only another configuration can mend, of the codes that Discord closes a connection with; `None` where the
/// connection may be made anew. The codes stand in Discord's documentation of the gateway.
pub(super) fn fatal(account: &str, code: Option<u16>) -> Option<ServeFault> {
    let account = account.to_owned();
    let why = match code? {
        4004 => {
            let why = "Discord does not know it. Copy it anew from the developer portal, page Bot".to_owned();
            return Some(ServeFault::TokenRefused { account, why });
        }
        4010 => "there is no such shard: the range of `shards` has to be within its total",
        4011 => "the bot is in too many servers for so few shards: raise the total of `shards`",
        4012 => "Discord no longer speaks the version of its gateway that is spoken here: a newer modelpin is needed",
        4013 => "Discord knows no such intents: a newer modelpin is needed",
        4014 => {
            "the bot may not read messages: switch \"Message Content Intent\" on in the developer portal, page Bot, \
             under Privileged Gateway Intents"
        }
        _ => return None,
    };
    Some(ServeFault::Refused { account, why: why.to_owned() })
}

/// In words.
pub(super) fn told(code: Option<u16>) -> String {
    match code {
        Some(code) => format!("Discord's gateway has closed the connection ({code})"),
        None => "Discord's gateway has closed the connection".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::fatal;

    #[test]
    fn only_what_waiting_does_not_mend_ends_an_account() {
        for code in [None, Some(1000), Some(1001), Some(1006), Some(4999)] {
            assert_eq!(fatal("default", code), None, "{code:?}");
        }
        for code in 4000..=4014 {
            let is_fatal = matches!(code, 4004 | 4010..=4014);
            assert_eq!(fatal("default", Some(code)).is_some(), is_fatal, "{code}");
        }
    }
}
