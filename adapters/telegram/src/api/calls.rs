//! The calls that are made, each with what is read of its result and no more: Telegram may add to the rest at any time.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use teloxide::payloads::{
    AnswerCallbackQuery, DeleteMessage, DeleteMyCommands, EditMessageText, SendChatAction, SendMessage, SetMyCommands,
};
use url::Url;

use crate::Identity;
use crate::api::{ALLOWED_UPDATES, Api, Fault};

/// How long a short call may take.
const SHORT: Duration = Duration::from_secs(10);

/// How long a call that asks for updates may take beyond the time it asks to be held.
const GRACE: Duration = Duration::from_secs(15);

/// Who the bot is.
pub(crate) async fn get_me(api: &dyn Api) -> Result<Identity, Fault> {
    let me = api.call("getMe", json!({}), SHORT).await?;
    let (Some(id), Some(username)) = (me["id"].as_u64(), me["username"].as_str()) else {
        return Err(Fault::Passing("Telegram does not say who the bot is".to_owned()));
    };
    Ok(Identity {
        id,
        username: username.to_owned(),
        name: me["first_name"].as_str().unwrap_or(username).to_owned(),
        joins_groups: me["can_join_groups"].as_bool().unwrap_or(true),
        reads_groups: me["can_read_all_group_messages"].as_bool().unwrap_or(false),
    })
}

/// Whether somebody administers a chat.
pub(crate) async fn is_admin(api: &dyn Api, chat: i64, user: u64, patience: Duration) -> Result<bool, Fault> {
    let member = api.call("getChatMember", json!({"chat_id": chat, "user_id": user}), patience).await?;
    Ok(matches!(member["status"].as_str(), Some("creator" | "administrator")))
}

/// The updates from `offset` on, or all that are there. Telegram holds the call as long as there are none, `hold` at the
/// most, and forgets those before `offset`.
pub(crate) async fn get_updates(api: &dyn Api, offset: Option<u64>, hold: Duration) -> Result<Vec<Value>, Fault> {
    let mut arguments = json!({"limit": 100, "timeout": hold.as_secs(), "allowed_updates": ALLOWED_UPDATES});
    if let Some(offset) = offset {
        arguments["offset"] = offset.into();
    }
    match api.call("getUpdates", arguments, hold + GRACE).await? {
        Value::Array(updates) => Ok(updates),
        _ => Err(Fault::Passing("Telegram's answer holds no list of updates".to_owned())),
    }
}

/// Telegram brings updates to `url` from now on, one after the other, with `secret` to prove who brings them.
pub(crate) async fn set_webhook(api: &dyn Api, url: &Url, secret: &str) -> Result<(), Fault> {
    // Several connections would carry updates of one chat past each other.
    let arguments =
        json!({"url": url, "secret_token": secret, "max_connections": 1, "allowed_updates": ALLOWED_UPDATES});
    api.call("setWebhook", arguments, SHORT).await.map(drop)
}

/// What Telegram says of the webhook.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct WebhookInfo {
    /// Where it brings updates to; empty if nowhere.
    pub(crate) url: String,
    /// When it last failed to, in seconds since 1970.
    pub(crate) last_error_date: Option<i64>,
    /// Why.
    pub(crate) last_error_message: Option<String>,
}

/// How the webhook stands.
pub(crate) async fn get_webhook_info(api: &dyn Api) -> Result<WebhookInfo, Fault> {
    let info = api.call("getWebhookInfo", json!({}), SHORT).await?;
    WebhookInfo::deserialize(info)
        .map_err(|_| Fault::Passing("Telegram does not say how the webhook stands".to_owned()))
}

/// Telegram brings nothing any more. What waits there goes on waiting.
pub(crate) async fn delete_webhook(api: &dyn Api) -> Result<(), Fault> {
    api.call("deleteWebhook", json!({"drop_pending_updates": false}), SHORT).await.map(drop)
}

/// A new message; returns its number.
pub(crate) async fn send_message(api: &dyn Api, message: &SendMessage, patience: Duration) -> Result<i32, Fault> {
    let sent = api.call("sendMessage", written(message)?, patience).await?;
    let id = sent["message_id"].as_i64().and_then(|id| i32::try_from(id).ok());
    id.ok_or_else(|| Fault::Passing("Telegram does not say which message it sent".to_owned()))
}

/// Another text for a message of the bot's.
pub(crate) async fn edit_message(api: &dyn Api, edit: &EditMessageText, patience: Duration) -> Result<(), Fault> {
    api.call("editMessageText", written(edit)?, patience).await.map(drop)
}

/// Takes a message away for everybody.
pub(crate) async fn delete_message(api: &dyn Api, message: &DeleteMessage, patience: Duration) -> Result<(), Fault> {
    api.call("deleteMessage", written(message)?, patience).await.map(drop)
}

/// Ends the waiting sign on a button.
pub(crate) async fn answer_press(api: &dyn Api, answer: &AnswerCallbackQuery, patience: Duration) -> Result<(), Fault> {
    api.call("answerCallbackQuery", written(answer)?, patience).await.map(drop)
}

/// Shows for some seconds that the bot is writing.
pub(crate) async fn typing(api: &dyn Api, action: &SendChatAction, patience: Duration) -> Result<(), Fault> {
    api.call("sendChatAction", written(action)?, patience).await.map(drop)
}

/// A list for the menu of some people.
pub(crate) async fn set_commands(api: &dyn Api, commands: &SetMyCommands) -> Result<(), Fault> {
    api.call("setMyCommands", written(commands)?, SHORT).await.map(drop)
}

/// No list of their own for some people.
pub(crate) async fn delete_commands(api: &dyn Api, commands: &DeleteMyCommands) -> Result<(), Fault> {
    api.call("deleteMyCommands", written(commands)?, SHORT).await.map(drop)
}

fn written(arguments: &impl Serialize) -> Result<Value, Fault> {
    serde_json::to_value(arguments)
        .map_err(|_| Fault::Refused { code: 400, description: "the request cannot be written as JSON".to_owned() })
}
