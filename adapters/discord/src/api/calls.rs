//! The calls that are made, each with what is read of its result and no more: Discord may add to the rest at any time.

use std::time::Duration;

use modelpin_chat::{Completion, Visibility};
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use serenity::model::id::{ChannelId, MessageId};
use url::Url;

use crate::Identity;
use crate::api::{Api, Call, Fault, Route};
use crate::way::{Interaction, InteractionKind};

/// How long a short call may take.
const SHORT: Duration = Duration::from_secs(10);

/// How long the whole list of commands may take to be written: Discord looks at each.
const COMMANDS: Duration = Duration::from_secs(30);

/// What marks a message that one person alone sees.
const EPHEMERAL: u64 = 1 << 6;

/// What marks an application that may read what is written: in few servers, and in many, where Discord has looked at it.
const READS_MESSAGES: u64 = (1 << 18) | (1 << 19);

/// The most proposals that Discord shows, and the longest one, in characters.
const PROPOSALS: usize = 25;
const PROPOSAL: usize = 100;

/// Where the gateway is, and how it is to be entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Gateway {
    /// Its address.
    pub(crate) url: Url,
    /// How many shards Discord advises.
    pub(crate) shards: u32,
    /// How many of them may identify at once.
    pub(crate) max_concurrency: u32,
    /// How many times may still be identified today.
    pub(crate) remaining: u32,
    /// Of how many.
    pub(crate) total: u32,
    /// When it is as many again.
    pub(crate) reset_after: Duration,
}

/// Where the gateway is.
pub(crate) async fn gateway(api: &dyn Api) -> Result<Gateway, Fault> {
    #[derive(Deserialize)]
    struct Answer {
        url: Url,
        shards: u32,
        session_start_limit: Limit,
    }
    #[derive(Deserialize)]
    struct Limit {
        total: u32,
        remaining: u32,
        reset_after: u64,
        max_concurrency: u32,
    }
    let answer = ask(api, Route::Gateway).await?;
    let Answer { url, shards, session_start_limit: limit } = Answer::deserialize(answer)
        .map_err(|_| Fault::Passing("Discord does not say where its gateway is".to_owned()))?;
    Ok(Gateway {
        url,
        shards: shards.max(1),
        max_concurrency: limit.max_concurrency.max(1),
        remaining: limit.remaining,
        total: limit.total,
        reset_after: Duration::from_millis(limit.reset_after),
    })
}

/// Who the bot is.
pub(crate) async fn me(api: &dyn Api) -> Result<Identity, Fault> {
    let nameless = || Fault::Passing("Discord does not say who the bot is".to_owned());
    let user = ask(api, Route::User).await?;
    let (Some(id), Some(username)) = (snowflake(&user["id"]), user["username"].as_str()) else {
        return Err(nameless());
    };
    let application = ask(api, Route::Application).await?;
    let Some(number) = snowflake(&application["id"]) else { return Err(nameless()) };
    let flags = application["flags"].as_u64().unwrap_or(0);
    Ok(Identity { id, username: username.to_owned(), application: number, reads_messages: flags & READS_MESSAGES != 0 })
}

/// A channel, as Discord describes it.
pub(crate) async fn channel(api: &dyn Api, channel: u64) -> Result<Value, Fault> {
    match ask(api, Route::Channel(channel)).await? {
        channel @ Value::Object(_) => Ok(channel),
        _ => Err(Fault::Passing("Discord does not describe the channel".to_owned())),
    }
}

/// A server, as Discord describes it: without its channels.
pub(crate) async fn server(api: &dyn Api, server: u64) -> Result<Value, Fault> {
    match ask(api, Route::Server(server)).await? {
        server @ Value::Object(_) => Ok(server),
        _ => Err(Fault::Passing("Discord does not describe the server".to_owned())),
    }
}

/// What a person is in a server: the name there, and the roles.
pub(crate) async fn member(api: &dyn Api, server: u64, person: u64) -> Result<Value, Fault> {
    match ask(api, Route::Member { server, person }).await? {
        member @ Value::Object(_) => Ok(member),
        _ => Err(Fault::Passing("Discord does not describe the member".to_owned())),
    }
}

/// The messages in `channel` that follow on number `after`, `limit` at the most (100 is what Discord takes), in the order
/// in which they were written.
pub(crate) async fn messages_after(
    api: &dyn Api,
    channel: ChannelId,
    after: u64,
    limit: u8,
) -> Result<Vec<Value>, Fault> {
    match ask(api, Route::MessagesAfter { channel: channel.get(), after, limit: limit.clamp(1, 100) }).await? {
        Value::Array(mut messages) => {
            messages.sort_by_key(|message| snowflake(&message["id"]));
            Ok(messages)
        }
        _ => Err(Fault::Passing("Discord's answer holds no list of messages".to_owned())),
    }
}

/// The commands of the application are `commands` from now on, and no others: everywhere, or in `server`.
pub(crate) async fn overwrite_commands(
    api: &dyn Api,
    application: u64,
    server: Option<u64>,
    commands: &Value,
) -> Result<(), Fault> {
    let route = Route::Commands { application, server };
    make(api, Method::PUT, route, Some(commands.clone()), COMMANDS).await.map(drop)
}

/// A new message; returns its number.
pub(crate) async fn send_message(
    api: &dyn Api,
    channel: ChannelId,
    message: Value,
    patience: Duration,
) -> Result<MessageId, Fault> {
    let sent = make(api, Method::POST, Route::Messages(channel.get()), Some(mentioning_nobody(message)), patience);
    number_of(&sent.await?)
}

/// Something else in a message of the bot's.
pub(crate) async fn edit_message(
    api: &dyn Api,
    channel: ChannelId,
    message: MessageId,
    edit: Value,
    patience: Duration,
) -> Result<(), Fault> {
    let route = Route::Message { channel: channel.get(), message: message.get() };
    make(api, Method::PATCH, route, Some(mentioning_nobody(edit)), patience).await.map(drop)
}

/// Takes a message away for everybody.
pub(crate) async fn delete_message(
    api: &dyn Api,
    channel: ChannelId,
    message: MessageId,
    patience: Duration,
) -> Result<(), Fault> {
    let route = Route::Message { channel: channel.get(), message: message.get() };
    make(api, Method::DELETE, route, None, patience).await.map(drop)
}

/// Shows for some seconds that the bot is writing.
pub(crate) async fn typing(api: &dyn Api, channel: ChannelId, patience: Duration) -> Result<(), Fault> {
    make(api, Method::POST, Route::Typing(channel.get()), None, patience).await.map(drop)
}

/// Tells Discord that an interaction has been seen, and that something will be said about it.
pub(crate) async fn acknowledge(api: &dyn Api, interaction: &Interaction, patience: Duration) -> Result<(), Fault> {
    let seen = match interaction.kind {
        InteractionKind::Command(Visibility::Chat) => json!({"type": 5}),
        InteractionKind::Command(Visibility::Private) => json!({"type": 5, "data": {"flags": EPHEMERAL}}),
        InteractionKind::Press { .. } => json!({"type": 6}),
    };
    make(api, Method::POST, Route::Callback(interaction.into()), Some(seen), patience).await.map(drop)
}

/// Shows proposals to somebody who is filling in a command. Those that Discord would not take are left out.
pub(crate) async fn answer_completion(
    api: &dyn Api,
    interaction: &Interaction,
    completions: &[Completion],
    patience: Duration,
) -> Result<(), Fault> {
    let fits = |completion: &&Completion| {
        !completion.label.trim().is_empty() && (1..=PROPOSAL).contains(&completion.value.chars().count())
    };
    let choice = |completion: &Completion| {
        let label: String = completion.label.chars().take(PROPOSAL).collect();
        json!({"name": label, "value": completion.value})
    };
    let choices: Vec<Value> = completions.iter().filter(fits).take(PROPOSALS).map(choice).collect();
    let answer = json!({"type": 8, "data": {"choices": choices}});
    make(api, Method::POST, Route::Callback(interaction.into()), Some(answer), patience).await.map(drop)
}

/// Something else in the first answer to an interaction, or in the message whose button was pressed; returns its number.
pub(crate) async fn edit_original(
    api: &dyn Api,
    interaction: &Interaction,
    edit: Value,
    patience: Duration,
) -> Result<MessageId, Fault> {
    let route = Route::Original(interaction.into());
    number_of(&make(api, Method::PATCH, route, Some(mentioning_nobody(edit)), patience).await?)
}

/// Takes it away.
pub(crate) async fn delete_original(api: &dyn Api, interaction: &Interaction, patience: Duration) -> Result<(), Fault> {
    make(api, Method::DELETE, Route::Original(interaction.into()), None, patience).await.map(drop)
}

/// One more answer to an interaction; returns its number. Never before the first one is there, for it would go into its
/// place, and be seen by whoever may see that.
pub(crate) async fn follow_up(
    api: &dyn Api,
    interaction: &Interaction,
    mut message: Value,
    visibility: Visibility,
    patience: Duration,
) -> Result<MessageId, Fault> {
    if visibility == Visibility::Private {
        message["flags"] = EPHEMERAL.into();
    }
    let route = Route::FollowUps(interaction.into());
    number_of(&make(api, Method::POST, route, Some(mentioning_nobody(message)), patience).await?)
}

/// Something else in one of these answers.
pub(crate) async fn edit_follow_up(
    api: &dyn Api,
    interaction: &Interaction,
    message: MessageId,
    edit: Value,
    patience: Duration,
) -> Result<(), Fault> {
    let route = Route::FollowUp { to: interaction.into(), message: message.get() };
    make(api, Method::PATCH, route, Some(mentioning_nobody(edit)), patience).await.map(drop)
}

/// Takes one of these answers away.
pub(crate) async fn delete_follow_up(
    api: &dyn Api,
    interaction: &Interaction,
    message: MessageId,
    patience: Duration,
) -> Result<(), Fault> {
    let route = Route::FollowUp { to: interaction.into(), message: message.get() };
    make(api, Method::DELETE, route, None, patience).await.map(drop)
}

async fn ask(api: &dyn Api, route: Route) -> Result<Value, Fault> {
    make(api, Method::GET, route, None, SHORT).await
}

async fn make(
    api: &dyn Api,
    method: Method,
    route: Route,
    body: Option<Value>,
    patience: Duration,
) -> Result<Value, Fault> {
    api.call(Call { method, route, body, patience }).await
}

/// What is said wakes nobody up: an answer may hold `@everyone` because somebody asked for it.
fn mentioning_nobody(mut message: Value) -> Value {
    message["allowed_mentions"] = json!({"parse": [], "replied_user": false});
    message
}

fn number_of(message: &Value) -> Result<MessageId, Fault> {
    let number = snowflake(&message["id"]).map(MessageId::new);
    number.ok_or_else(|| Fault::Passing("Discord does not say which message it is".to_owned()))
}

/// One of Discord's numbers, which are texts. None of them is 0.
fn snowflake(number: &Value) -> Option<u64> {
    number.as_str().and_then(|number| number.parse().ok()).filter(|number| *number != 0)
}

#[cfg(test)]
mod tests;
