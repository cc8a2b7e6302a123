//! Bringing an alert to whoever is to be told.

use std::time::Duration;

use modelpin_chat::BoxFuture;
use once_cell::sync::OnceCell;
use reqwest::Client;
use reqwest::redirect::Policy;
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::alert::watch::Alert;
use crate::config::{AlertChat, AlertHook, HookFormat};

/// How long one delivery may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// Who can say something in a chat without having been spoken to.
pub(crate) trait Announcer: Send + Sync {
    /// Says it there.
    ///
    /// # Errors
    /// Why it was not said, in words.
    fn announce<'a>(&'a self, chat: &'a AlertChat, alert: &'a Alert) -> BoxFuture<'a, Result<(), String>>;
}

/// The way to webhooks; made when it is first needed.
#[derive(Default)]
pub(crate) struct Hooks(OnceCell<Client>);

impl Hooks {
    /// Posts an alert.
    ///
    /// # Errors
    /// Why it did not arrive, in words without the address.
    pub(crate) async fn post(&self, hook: &AlertHook, alert: &Alert) -> Result<(), String> {
        let client = || {
            Client::builder()
                .user_agent(concat!("modelpin/", env!("CARGO_PKG_VERSION")))
                .timeout(PATIENCE)
                // What is sent is for that address alone.
                .redirect(Policy::none())
                .build()
        };
        let client = self.0.get_or_try_init(client).map_err(|fault| fault.without_url().to_string())?;
        let Alert { subject, state, text, fix, at } = alert;
        let request = client.post(hook.url.expose_secret());
        let sentence = match state {
            Some(_) => format!("{text}\nTo mend it: {fix}"),
            None => format!("It was: {text}"),
        };
        let request = match hook.format {
            HookFormat::Json => request.json(&json!({
                "subject": subject,
                "state": state.map_or("recovered", |state| state.as_str()),
                "text": text,
                "fix": state.map(|_| fix),
                "at": format!("{at:.0}"),
            })),
            HookFormat::Slack => request.json(&json!({"text": format!("*{}*\n{sentence}", alert.title())})),
            HookFormat::Ntfy => {
                let (priority, tag) = match state {
                    Some(state) if state.is_urgent() => ("high", "rotating_light"),
                    Some(_) => ("default", "warning"),
                    None => ("low", "white_check_mark"),
                };
                // A header has no room for other characters than those of ASCII.
                let title: String = alert.title().chars().map(|c| if c.is_ascii() { c } else { '-' }).collect();
                request.header("Title", title).header("Priority", priority).header("Tags", tag).body(sentence)
            }
        };
        let answer = request.send().await.map_err(|fault| fault.without_url().to_string())?;
        let status = answer.status();
        if status.is_success() { Ok(()) } else { Err(format!("it was answered with {status}")) }
    }
}
