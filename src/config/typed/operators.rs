//! `audit.*`, `usage.*` and `alerts.*`.

use secrecy::SecretString;
use url::Url;

use crate::catalog::{ModelRef, ProviderId};
use crate::config::field::Field;
use crate::config::{
    AlertChat, AlertHook, AlertsConfig, AuditConfig, DEFAULT_ACCOUNT, HookFormat, KeyFault, UsageConfig,
};
use crate::profile::ProfileId;
use crate::usage::{Budget, Measure, Period, Price, Prices, Scope, Then};

/// No counter of a budget is larger: a thousand million million.
const MOST: i64 = 1_000_000_000_000_000;

pub(crate) fn audit(field: &Field<'_>) -> Result<AuditConfig, KeyFault> {
    Ok(AuditConfig { required: field.get("required")?.flag()?.unwrap_or(false) })
}

pub(crate) fn usage(field: &Field<'_>) -> Result<UsageConfig, KeyFault> {
    let currency = field.get("currency")?.string()?.filter(|text| !text.trim().is_empty());
    let mut prices = Prices::default();
    for (model, price) in field.get("prices")?.members()? {
        let key = price_key(model).ok_or_else(|| price.wrong("under a model, `provider/model` or `provider/*`"))?;
        let read = |name: &str| {
            let field = price.get(name)?;
            let wrong = || field.wrong("what a million tokens cost, 0 or more");
            field.present().and_then(serde_json::Value::as_f64).filter(|number| *number >= 0.0).ok_or_else(wrong)
        };
        prices.0.insert(key, Price { input: read("input")?, output: read("output")? });
    }
    let budgets = field.get("budgets")?.elements()?.unwrap_or_default();
    Ok(UsageConfig {
        currency: currency.unwrap_or_else(|| UsageConfig::default().currency),
        prices,
        budgets: budgets.iter().map(budget).collect::<Result<_, _>>()?,
    })
}

fn price_key(model: &str) -> Option<String> {
    if let Some(provider) = model.strip_suffix("/*") {
        return Some(format!("{}/*", ProviderId::new(provider)?));
    }
    Some(model.parse::<ModelRef>().ok()?.to_string())
}

fn budget(field: &Field<'_>) -> Result<Budget, KeyFault> {
    let word = |name: &str| Ok(field.get(name)?.string()?.map(|text| text.trim().to_owned()));
    let scope = match (word("profile")?, word("user")?) {
        (Some(profile), None) if profile == "*" || ProfileId::new(&profile).is_some() => Scope::Profile(profile),
        (None, Some(user)) if user == "*" || user.split_once(':').is_some_and(|(_, id)| !id.is_empty()) => {
            Scope::User(user)
        }
        (Some(_), None) => return Err(field.wrong("the id of a `profile`, or `*` for each")),
        (None, Some(_)) => return Err(field.wrong("a `user` as `channel:id`, or `*` for each")),
        (Some(_), Some(_)) | (None, None) => return Err(field.wrong("a budget of a `profile` or of a `user`")),
    };
    let per = field.get("per")?;
    let period = match per.text()? {
        Some("day") => Period::Day,
        Some("month") => Period::Month,
        Some(_) | None => return Err(per.wrong("`day` or `month`")),
    };
    let count = |name: &str| {
        let counter = field.get(name)?.whole(0, MOST, "a whole number, 0 or more")?;
        Ok(counter.and_then(|counter| u64::try_from(counter).ok()))
    };
    let limit = match (field.get("cost")?.positive()?, count("tokens")?, count("turns")?) {
        (Some(cost), None, None) => Measure::Cost(cost),
        (None, Some(tokens), None) => Measure::Tokens(tokens),
        (None, None, Some(turns)) => Measure::Turns(turns),
        _ => return Err(field.wrong("one of `cost`, `tokens` and `turns`")),
    };
    let then = field.get("then")?;
    let then = match then.text()? {
        None | Some("warn") => Then::Warn,
        Some("stop") => Then::Stop,
        Some(_) => return Err(then.wrong("`warn` or `stop`")),
    };
    Ok(Budget { scope, period, limit, then })
}

pub(crate) fn alerts(field: &Field<'_>) -> Result<AlertsConfig, KeyFault> {
    let chats = field.get("chats")?;
    let wrong = || chats.wrong("chats as `telegram:42`, or with the account, `telegram:second:42`");
    let read = |text: &String| chat(text).ok_or_else(wrong);
    let hooks = field.get("webhooks")?.elements()?.unwrap_or_default();
    Ok(AlertsConfig {
        chats: chats.ids()?.unwrap_or_default().iter().map(read).collect::<Result<_, _>>()?,
        webhooks: hooks.iter().map(hook).collect::<Result<_, _>>()?,
    })
}

fn chat(text: &str) -> Option<AlertChat> {
    let parts: Vec<&str> = text.split(':').map(str::trim).collect();
    let (channel, account, chat) = match parts[..] {
        [channel, chat] => (channel, DEFAULT_ACCOUNT, chat),
        [channel, account, chat] => (channel, account, chat),
        _ => return None,
    };
    let is_whole = !channel.is_empty() && !account.is_empty() && !chat.is_empty();
    is_whole.then(|| AlertChat { channel: channel.to_owned(), account: account.to_owned(), chat: chat.to_owned() })
}

fn hook(field: &Field<'_>) -> Result<AlertHook, KeyFault> {
    let url = field.get("url")?;
    let is_address = |text: &&str| Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    let address = url.text()?.filter(is_address).ok_or_else(|| url.wrong("an address, `https://…`"))?;
    let named = field.get("format")?;
    let format = match named.text()? {
        None | Some("json") => HookFormat::Json,
        Some("slack") => HookFormat::Slack,
        Some("ntfy") => HookFormat::Ntfy,
        Some(_) => return Err(named.wrong("`json`, `slack` or `ntfy`")),
    };
    Ok(AlertHook { url: SecretString::from(address), format })
}
