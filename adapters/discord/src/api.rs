//! Discord's HTTP API, as far as this crate calls it.

mod calls;
mod code;
mod fault;
mod http;
mod limits;
mod route;

use std::time::Duration;

use modelpin_chat::BoxFuture;
use reqwest::Method;
use serde_json::Value;

pub(crate) use crate::api::calls::{
    Gateway, acknowledge, answer_completion, channel, delete_follow_up, delete_message, delete_original,
    edit_follow_up, edit_message, edit_original, follow_up, gateway, me, member, messages_after, overwrite_commands,
    send_message, server, typing,
};
pub(crate) use crate::api::code::Code;
pub(crate) use crate::api::fault::Fault;
pub(crate) use crate::api::http::{Http, is_loopback};
pub(crate) use crate::api::route::Route;

/// What carries a call to Discord. Behind it, nothing needs a network to be tested.
pub(crate) trait Api: Send + Sync {
    /// Makes a call and returns what is answered; within [`Call::patience`], or with a [`Fault::Passing`]. Never waits for
    /// room: where Discord would take no such call now, it returns [`Fault::Busy`] at once.
    fn call(&self, call: Call) -> BoxFuture<'_, Result<Value, Fault>>;
}

/// One call. It is printed nowhere, for the body holds the text of messages.
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) route: Route,
    pub(crate) body: Option<Value>,
    /// How long it may take.
    pub(crate) patience: Duration,
}
