//! What only the bots of Discord have in `channels.discord`.

use crate::config::KeyFault;
use crate::config::discord::{ExtentConfig, ShardsConfig};
use crate::config::field::Field;
use crate::config::typed::bot_account::More;

/// More shards than any bot has.
const MOST: i64 = 65_536;

impl More for ExtentConfig {
    const TOKEN: &'static str = "token";

    fn read(field: &Field<'_>) -> Result<Self, KeyFault> {
        let servers = field.get("registerIn")?;
        let register_in = match servers.ids()? {
            None => None,
            Some(ids) => {
                let ids = ids.iter().map(|id| id.parse().ok().filter(|id| *id != 0)).collect::<Option<Vec<u64>>>();
                Some(ids.ok_or_else(|| servers.wrong("a list of ids of servers, which are digits alone"))?)
            }
        };
        // None at all is as good as nothing said: who wants no command anywhere does not serve the bot.
        Ok(Self { shards: shards(&field.get("shards")?)?, register_in: register_in.filter(|ids| !ids.is_empty()) })
    }

    fn over(self, common: &Self) -> Self {
        Self {
            shards: self.shards.or(common.shards),
            register_in: self.register_in.or_else(|| common.register_in.clone()),
        }
    }
}

/// `auto`, or `{total, range: [first, last]}`.
fn shards(field: &Field<'_>) -> Result<Option<ShardsConfig>, KeyFault> {
    let expected = "`auto`, or {total, range: [first, last]}";
    match field.present() {
        None => return Ok(None),
        Some(value) if value == "auto" => return Ok(Some(ShardsConfig::Auto)),
        Some(value) if !value.is_object() => return Err(field.wrong(expected)),
        Some(_) => {}
    }
    let count = |field: &Field<'_>, least| -> Result<Option<u32>, KeyFault> {
        let number = field.whole(least, MOST, "a number of shards")?;
        Ok(number.and_then(|number| u32::try_from(number).ok()))
    };
    let total = field.get("total")?;
    let total = count(&total, 1)?.ok_or_else(|| total.wrong("how many shards there are in all"))?;
    let range = field.get("range")?;
    let range = match range.elements()?.as_deref() {
        None => None,
        Some([first, last]) => {
            let ends = (count(first, 0)?, count(last, 0)?);
            let (Some(first), Some(last)) = ends else { return Err(range.wrong("the first and the last shard")) };
            Some((first, last))
        }
        Some(_) => return Err(range.wrong("the first and the last shard")),
    };
    Ok(Some(ShardsConfig::Part { total, range }))
}
