//! `channels.*`, as far as it says who may do what.

use indexmap::IndexMap;

use crate::config::field::Field;
use crate::config::{
    AccessConfig, ChannelConfig, GroupConfig, GuildChannelConfig, GuildConfig, KeyFault, MembersConfig, Policy,
    RoomConfig,
};

/// The channels whose policies and groups are read. Others of the family have keys of these names with a meaning of
/// their own, which is nobody's fault.
const SERVED: [&str; 3] = ["defaults", "telegram", "discord"];

pub(crate) fn channels(field: &Field<'_>) -> Result<IndexMap<String, ChannelConfig>, KeyFault> {
    let mut channels = IndexMap::new();
    for (name, field) in field.members()? {
        // Keys beside the channels that are none (`modelByChannel`) have no such lists, so they do no harm.
        let served = SERVED.contains(&name);
        let mut account_access = IndexMap::new();
        if served {
            for (id, account) in field.get("accounts")?.members()? {
                account_access.insert(id.to_owned(), access(&account, served)?);
            }
        }
        channels.insert(name.to_owned(), ChannelConfig { access: access(&field, served)?, account_access });
    }
    Ok(channels)
}

fn access(field: &Field<'_>, served: bool) -> Result<AccessConfig, KeyFault> {
    // Where Discord's list and policy used to be.
    let dm = field.get("dm")?;
    let allow_from = match field.get("allowFrom")?.ids()? {
        Some(own) => Some(own),
        None => dm.get("allowFrom")?.ids()?,
    };
    let mut access =
        AccessConfig { allow_from, group_allow_from: field.get("groupAllowFrom")?.ids()?, ..AccessConfig::default() };
    if served {
        access.dm_policy = match policy(&field.get("dmPolicy")?, true)? {
            None if dm.get("enabled")?.flag()? == Some(false) => Some(Policy::Disabled),
            None => policy(&dm.get("policy")?, true)?,
            Some(own) => Some(own),
        };
        access.group_policy = policy(&field.get("groupPolicy")?, false)?;
        access.groups = groups(&field.get("groups")?)?;
        access.guilds = guilds(&field.get("guilds")?)?;
    }
    Ok(access)
}

fn groups(field: &Field<'_>) -> Result<Option<IndexMap<String, GroupConfig>>, KeyFault> {
    if field.present().is_none() {
        return Ok(None);
    }
    let mut groups = IndexMap::new();
    for (id, group) in field.members()? {
        let mut topics = IndexMap::new();
        for (topic, field) in group.get("topics")?.members()? {
            topics.insert(topic.trim().to_owned(), room(&field)?);
        }
        groups.insert(id.trim().to_owned(), GroupConfig { room: room(&group)?, topics });
    }
    Ok(Some(groups))
}

fn guilds(field: &Field<'_>) -> Result<Option<IndexMap<String, GuildConfig>>, KeyFault> {
    if field.present().is_none() {
        return Ok(None);
    }
    let mut guilds = IndexMap::new();
    for (id, guild) in field.members()? {
        let mut channels = IndexMap::new();
        for (channel, field) in guild.get("channels")?.members()? {
            channels.insert(channel.trim().to_owned(), guild_channel(&field)?);
        }
        let guild = GuildConfig {
            slug: guild.get("slug")?.string()?,
            require_mention: guild.get("requireMention")?.flag()?,
            members: members(&guild)?,
            channels,
        };
        guilds.insert(id.trim().to_owned(), guild);
    }
    Ok(Some(guilds))
}

fn guild_channel(field: &Field<'_>) -> Result<GuildChannelConfig, KeyFault> {
    // The older word and the newer one; whichever says no is heard.
    let enabled = [field.get("allow")?.flag()?, field.get("enabled")?.flag()?];
    Ok(GuildChannelConfig {
        enabled: enabled.into_iter().flatten().reduce(|one, other| one && other),
        require_mention: field.get("requireMention")?.flag()?,
        members: members(field)?,
    })
}

fn members(field: &Field<'_>) -> Result<MembersConfig, KeyFault> {
    Ok(MembersConfig { users: field.get("users")?.ids()?, roles: field.get("roles")?.ids()? })
}

fn room(field: &Field<'_>) -> Result<RoomConfig, KeyFault> {
    Ok(RoomConfig {
        enabled: field.get("enabled")?.flag()?,
        require_mention: field.get("requireMention")?.flag()?,
        policy: policy(&field.get("groupPolicy")?, false)?,
        allow_from: field.get("allowFrom")?.ids()?,
    })
}

fn policy(field: &Field<'_>, private: bool) -> Result<Option<Policy>, KeyFault> {
    match field.text()? {
        None => Ok(None),
        Some("allowlist") => Ok(Some(Policy::Allowlist)),
        Some("pairing") if private => Ok(Some(Policy::Allowlist)),
        Some("open") => Ok(Some(Policy::Open)),
        Some("disabled") => Ok(Some(Policy::Disabled)),
        Some(_) if private => Err(field.wrong("`pairing`, `allowlist`, `open` or `disabled`")),
        Some(_) => Err(field.wrong("`allowlist`, `open` or `disabled`")),
    }
}
