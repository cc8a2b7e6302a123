//! `access.*`.

use indexmap::IndexMap;

use crate::config::field::Field;
use crate::config::{AccessPolicy, ChatPolicy, KeyFault, Pair, Rank, RolesConfig};

pub(crate) fn access(field: &Field<'_>) -> Result<AccessPolicy, KeyFault> {
    let roles = field.get("roles")?;
    let list = |name: &str| -> Result<Vec<String>, KeyFault> { Ok(roles.get(name)?.ids()?.unwrap_or_default()) };
    let mut chats = IndexMap::new();
    for (key, chat) in field.get("chats")?.members()? {
        chats.insert(key.trim().to_owned(), self::chat(&chat)?);
    }
    Ok(AccessPolicy {
        roles: RolesConfig { owner: list("owner")?, operator: list("operator")?, member: list("member")? },
        chats,
        bring_own: field.get("bringOwn")?.flag()?.unwrap_or(true),
    })
}

fn chat(field: &Field<'_>) -> Result<ChatPolicy, KeyFault> {
    let pairs = field.get("pairs")?;
    let read = |text: &String| Pair::read(text).ok_or_else(|| pairs.wrong("`model@profile`, with `*` for any"));
    Ok(ChatPolicy {
        switch_model: rank(&field.get("switchModel")?)?,
        choose_credential: rank(&field.get("chooseCredential")?)?,
        pairs: pairs.ids()?.map(|texts| texts.iter().map(read).collect()).transpose()?,
    })
}

fn rank(field: &Field<'_>) -> Result<Option<Rank>, KeyFault> {
    Ok(match field.text()? {
        None => None,
        Some("member") => Some(Rank::Member),
        Some("operator") => Some(Rank::Operator),
        Some("owner") => Some(Rank::Owner),
        Some(_) => return Err(field.wrong("`member`, `operator` or `owner`")),
    })
}
