//! Looking again and again, and telling what has changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use futures_util::future::join_all;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::alert::{Announcer, Condition, Hooks, State};
use crate::config::AlertsConfig;
use crate::store::{Store, StoreFault};

/// Before its subject, the name of the mark with what was told last.
const ALERT: &str = "alert:";

/// What is told, as it is kept until everybody has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Told {
    /// How it stands; `None` when it is over.
    state: Option<State>,
    /// Since when it was so.
    since: Timestamp,
    /// What happened, in words.
    text: String,
    /// The command that mends it.
    fix: String,
    /// Who still has to be told.
    left: Vec<String>,
}

/// An alert, ready to be delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Alert {
    /// What it is about.
    pub(crate) subject: String,
    /// How it stands; `None` when it is over.
    pub(crate) state: Option<State>,
    /// What happened, in words.
    pub(crate) text: String,
    /// The command that mends it.
    pub(crate) fix: String,
    /// Since when.
    pub(crate) at: Timestamp,
}

impl Alert {
    /// One line that says what happened.
    pub(crate) fn title(&self) -> String {
        match self.state {
            Some(state) => format!("modelpin: {} – {}", self.subject, state.as_str()),
            None => format!("modelpin: {} – fine again", self.subject),
        }
    }
}

/// Tells each change of what needs an operator. What was told is kept in the state, so that nothing is told twice, whichever
/// process looks and however often it is started.
pub(crate) struct AlertWatch {
    store: Arc<dyn Store>,
    announcer: Arc<dyn Announcer>,
    hooks: Hooks,
}

impl AlertWatch {
    pub(crate) fn new(store: Arc<dyn Store>, announcer: Arc<dyn Announcer>) -> Self {
        Self { store, announcer, hooks: Hooks::default() }
    }

    /// Compares what needs an operator now with what was told, and tells the difference to everybody that `config` names.
    /// Whom it cannot be told to is told with a later look.
    ///
    /// # Errors
    /// What was told cannot be read or written; it is told with a later look then.
    pub(crate) async fn look(
        &self,
        config: &AlertsConfig,
        conditions: &[Condition],
        now: Timestamp,
    ) -> Result<(), StoreFault> {
        let marks: BTreeMap<String, String> = self.store.marks(ALERT).await?.into_iter().collect();
        let targets = targets(config);
        for condition in conditions {
            let name = format!("{ALERT}{}", condition.subject);
            let known = marks.get(&name);
            let told: Option<Told> = known.and_then(|text| serde_json::from_str(text).ok());
            if told.as_ref().is_some_and(|told| told.state == Some(condition.state)) {
                continue;
            }
            let Condition { subject: _, state, text, fix } = condition.clone();
            let told = Told { state: Some(state), since: now, text, fix, left: targets.clone() };
            self.begin(&name, known.map(String::as_str), told, config).await?;
        }
        for (name, text) in &marks {
            let Some(subject) = name.strip_prefix(ALERT) else { continue };
            let Ok(told) = serde_json::from_str::<Told>(text) else { continue };
            let is_over = told.state.is_some() && conditions.iter().all(|condition| condition.subject != subject);
            if is_over {
                let told = Told { state: None, since: now, left: targets.clone(), ..told };
                self.begin(name, Some(text), told, config).await?;
            } else if !told.left.is_empty()
                && conditions
                    .iter()
                    .all(|condition| condition.subject != subject || told.state == Some(condition.state))
            {
                self.deliver(name, text.clone(), told, config).await?;
            }
        }
        Ok(())
    }

    /// Notes that something is to be told, and tells it, unless another process was first.
    async fn begin(
        &self,
        name: &str,
        known: Option<&str>,
        told: Told,
        config: &AlertsConfig,
    ) -> Result<(), StoreFault> {
        let text = serde_json::to_string(&told).unwrap_or_default();
        if !self.store.swap_mark(name, known, Some(&text), None).await?.value {
            return Ok(());
        }
        tracing::warn!(
            subject = name.trim_start_matches(ALERT),
            state = told.state.map(State::as_str),
            what = told.text,
            "an operator is told"
        );
        self.deliver(name, text, told, config).await
    }

    /// Tells it to whoever is left, and notes who still is.
    async fn deliver(&self, name: &str, text: String, told: Told, config: &AlertsConfig) -> Result<(), StoreFault> {
        let subject = name.trim_start_matches(ALERT).to_owned();
        let Told { state, since, text: what, fix, left } = &told;
        let alert = Alert { subject, state: *state, text: what.clone(), fix: fix.clone(), at: *since };
        let wanted = targets(config);
        let told_to = left.iter().filter(|target| wanted.contains(target)).map(async |target| {
            let done = self.tell(target, &alert, config).await;
            if let Err(why) = &done {
                tracing::warn!(
                    target = target.split(' ').next(),
                    why,
                    "an operator could not be told; it is tried again"
                );
            }
            done.is_err().then(|| target.clone())
        });
        let left: Vec<String> = join_all(told_to).await.into_iter().flatten().collect();
        let done = Told { left, ..told };
        // What is over and told is forgotten.
        let new =
            (done.state.is_some() || !done.left.is_empty()).then(|| serde_json::to_string(&done).unwrap_or_default());
        if new.as_deref() != Some(&text) {
            self.store.swap_mark(name, Some(&text), new.as_deref(), None).await?;
        }
        Ok(())
    }

    async fn tell(&self, target: &str, alert: &Alert, config: &AlertsConfig) -> Result<(), String> {
        for (index, hook) in config.webhooks.iter().enumerate() {
            if hook_name(index) == target {
                return self.hooks.post(hook, alert).await;
            }
        }
        for chat in &config.chats {
            if chat_name(chat) == target {
                return self.announcer.announce(chat, alert).await;
            }
        }
        // It is not configured any more.
        Ok(())
    }
}

/// Who is told. An address may hold a secret, so it goes by its place.
fn targets(config: &AlertsConfig) -> Vec<String> {
    let hooks = (0..config.webhooks.len()).map(hook_name);
    hooks.chain(config.chats.iter().map(chat_name)).collect()
}

fn hook_name(index: usize) -> String {
    format!("webhook {index}")
}

fn chat_name(chat: &crate::config::AlertChat) -> String {
    format!("chat {}:{}:{}", chat.channel, chat.account, chat.chat)
}
