//! Alerts, said by the bots themselves.

use std::sync::Arc;
use std::time::Duration;

use modelpin_chat::{Block, BoxFuture, Placement, Reply, Span, Visibility};

use crate::alert::{Alert, Announcer};
use crate::config::AlertChat;
use crate::gateway::channel::Roster;

/// How long a platform may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Says alerts in the chats that they are configured for, through the accounts that are configured.
pub(crate) struct Herald(pub(crate) Arc<dyn Roster>);

impl Announcer for Herald {
    fn announce<'a>(&'a self, chat: &'a AlertChat, alert: &'a Alert) -> BoxFuture<'a, Result<(), String>> {
        Box::pin(async move {
            let wanted = self.0.current().await;
            let is_it = |entry: &&crate::gateway::channel::Entry| {
                entry.id.channel.eq_ignore_ascii_case(&chat.channel)
                    && entry.id.account.eq_ignore_ascii_case(&chat.account)
            };
            let entry = wanted.entries.iter().find(is_it);
            let entry = entry.ok_or_else(|| format!("there is no account {}:{}", chat.channel, chat.account))?;
            let ready = entry.ready.as_ref().map_err(Clone::clone)?;
            let said = ready.channel.announce(chat.chat.clone(), reply(alert));
            tokio::time::timeout(PATIENCE, said).await.unwrap_or_else(|_| Err("the platform takes too long".to_owned()))
        })
    }
}

fn reply(alert: &Alert) -> Reply {
    let mut blocks = vec![Block::Line(vec![Span::Strong(alert.title())]), Block::line(alert.text.clone())];
    if alert.state.is_some() {
        let fix = vec![Span::Plain("To mend it: ".to_owned()), Span::Code(alert.fix.clone())];
        blocks.push(Block::Line(fix));
    }
    Reply {
        blocks,
        choices: Vec::new(),
        visibility: Visibility::Chat,
        placement: Placement::InPlace,
        session: String::new(),
        receipt: None,
    }
}
