//! Telegram's Bot API, as far as this crate calls it.

mod calls;
mod fault;
mod http;

use std::time::Duration;

use modelpin_chat::BoxFuture;
use serde_json::Value;

pub(crate) use crate::api::calls::{
    WebhookInfo, answer_press, delete_commands, delete_message, delete_webhook, edit_message, get_me, get_updates,
    get_webhook_info, is_admin, send_message, set_commands, set_webhook, typing,
};
pub(crate) use crate::api::fault::Fault;
pub(crate) use crate::api::http::Http;

/// The kinds of update that are asked for. Telegram keeps the others to itself.
pub(crate) const ALLOWED_UPDATES: [&str; 3] = ["message", "channel_post", "callback_query"];

/// What carries a call to Telegram. Behind it, nothing needs a network to be tested.
pub(crate) trait Api: Send + Sync {
    /// Calls `method` and returns its result; within `patience`, or with a [`Fault::Passing`].
    fn call(&self, method: &'static str, arguments: Value, patience: Duration) -> BoxFuture<'_, Result<Value, Fault>>;

    /// Lets go of every connection there is, so that the next call makes a new one.
    fn renew(&self);
}
