//! Updates that are brought.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use url::Url;

use crate::support::telegram::clock::unix;
use crate::support::telegram::failure::Failure;
use crate::support::telegram::params::Params;
use crate::support::telegram::shared::Shared;
use crate::support::telegram::world::{Hook, World};

pub(crate) fn set(world: &mut World, bot: i64, params: &Params) -> Result<Value, Failure> {
    let url = params.text("url").unwrap_or_default();
    if url.is_empty() {
        return delete(world, bot, params);
    }
    let parsed = Url::parse(url).map_err(|_| Failure::bad("invalid webhook URL specified"))?;
    if parsed.scheme() != "https" {
        return Err(Failure::bad("bad webhook: An HTTPS URL must be provided for webhook"));
    }
    if !matches!(parsed.port_or_known_default(), Some(80 | 88 | 443 | 8443)) {
        return Err(Failure::bad("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"));
    }
    let secret = params.text("secret_token");
    let fine = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if secret.is_some_and(|secret| secret.is_empty() || secret.len() > 256 || !secret.chars().all(fine)) {
        return Err(Failure::bad("secret token contains unallowed characters"));
    }
    let kinds = params.structure("allowed_updates");
    let state = world.bots.get_mut(&bot).unwrap();
    if let Some(kinds) = kinds.as_ref().and_then(Value::as_array) {
        let kinds: Vec<String> = kinds.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        state.queue.allow(&kinds);
    }
    if params.flag("drop_pending_updates") {
        state.queue.clear();
    }
    state.hook = Some(Hook {
        url: url.to_owned(),
        secret: secret.map(str::to_owned),
        connections: params.int("max_connections").unwrap_or(40),
        busy: false,
        failures: 0,
        not_before: Duration::ZERO,
        error: None,
    });
    Ok(json!(true))
}

pub(crate) fn delete(world: &mut World, bot: i64, params: &Params) -> Result<Value, Failure> {
    let state = world.bots.get_mut(&bot).unwrap();
    state.hook = None;
    if params.flag("drop_pending_updates") {
        state.queue.clear();
    }
    Ok(json!(true))
}

pub(crate) fn info(world: &mut World, bot: i64, _: &Params) -> Result<Value, Failure> {
    let state = &world.bots[&bot];
    let mut info = json!({"url": "", "has_custom_certificate": false, "pending_update_count": state.queue.len()});
    if let Some(hook) = &state.hook {
        info["url"] = json!(hook.url);
        info["max_connections"] = json!(hook.connections);
        if let Some((moment, error)) = &hook.error {
            info["last_error_date"] = json!(unix(*moment));
            info["last_error_message"] = json!(error);
        }
    }
    if let Some(kinds) = &state.queue.asked {
        info["allowed_updates"] = json!(kinds);
    }
    Ok(info)
}

/// One update on its way.
struct Parcel {
    bot: i64,
    id: i64,
    body: String,
    address: Option<String>,
    secret: Option<String>,
}

/// Brings updates to those who want them brought, one bot beside the other, each in order; for ever.
pub(crate) async fn bring(shared: Arc<Shared>) {
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build().unwrap();
    loop {
        let next = shared.read(|world| {
            let hooks =
                world.bots.values().filter(|bot| bot.queue.first().is_some()).filter_map(|bot| bot.hook.as_ref());
            hooks.filter(|hook| !hook.busy).map(|hook| hook.not_before).min()
        });
        let moment = next.unwrap_or(shared.clock.now() + Duration::from_hours(1));
        let Some(parcel) = shared.until(moment, parcel).await else { continue };
        tokio::spawn(deliver(Arc::clone(&shared), client.clone(), parcel));
    }
}

/// What may be brought now; its bot is busy from then on.
fn parcel(world: &mut World) -> Option<Parcel> {
    let now = world.now;
    for (bot, state) in &mut world.bots {
        let (Some(hook), Some(update)) = (&mut state.hook, state.queue.first()) else { continue };
        if hook.busy || hook.not_before > now {
            continue;
        }
        hook.busy = true;
        let url = Url::parse(&hook.url).expect("it was looked at when it was set");
        let address = state.proxy.map(|proxy| {
            let query = url.query().map(|query| format!("?{query}")).unwrap_or_default();
            format!("http://{proxy}{}{query}", url.path())
        });
        let (id, body) = (update.id, update.value.to_string());
        return Some(Parcel { bot: *bot, id, body, address, secret: hook.secret.clone() });
    }
    None
}

async fn deliver(shared: Arc<Shared>, client: reqwest::Client, parcel: Parcel) {
    let Parcel { bot, id, body, address, secret } = parcel;
    let outcome = match address {
        None => Err("Connection refused".to_owned()),
        Some(address) => {
            let mut request = client.post(address).header("content-type", "application/json").body(body);
            if let Some(secret) = secret {
                request = request.header("x-telegram-bot-api-secret-token", secret);
            }
            match request.send().await {
                Ok(answer) if answer.status().is_success() => Ok(answer.text().await.unwrap_or_default()),
                Ok(answer) => Err(format!("Wrong response from the webhook: {}", answer.status())),
                Err(_) => Err("Connection refused".to_owned()),
            }
        }
    };
    shared.change(|world| {
        if outcome.as_ref().is_ok_and(|answer| answer.contains("\"method\"")) {
            world.complain("a webhook was answered with a method, which says nothing about whether it was done");
        }
        let now = world.now;
        let Some(state) = world.bots.get_mut(&bot) else { return };
        let Some(hook) = &mut state.hook else { return };
        hook.busy = false;
        match outcome {
            Ok(_) => {
                hook.failures = 0;
                state.queue.confirm(id + 1);
            }
            Err(why) => {
                hook.not_before = now + Duration::from_secs(1 << hook.failures.min(6));
                hook.failures += 1;
                hook.error = Some((now, why));
            }
        }
    });
}
