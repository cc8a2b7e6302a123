//! Lists of people in the configuration.

/// Whether the list admits the person: by name, or by `*` for everybody.
pub(super) fn admits(list: &[String], channel: &str, id: &str) -> bool {
    list.iter().any(|entry| entry.trim() == "*") || names(list, channel, id)
}

/// Whether the list names the person: the plain id, `channel:id` or `user:id`. Case does not matter.
///
/// Only ids count. Display names can be taken by anybody, so an entry such as `@ann` admits nobody.
pub(super) fn names(list: &[String], channel: &str, id: &str) -> bool {
    list.iter().any(|entry| is(entry, channel, id))
}

/// Whether the list names one of the roles: the plain id, `channel:id` or `role:id`.
///
/// Only ids count here as well: what a role is called can be changed by whoever runs the server.
pub(super) fn names_role(list: &[String], channel: &str, roles: &[String]) -> bool {
    list.iter().any(|entry| {
        let entry = entry.trim();
        let is_prefix = |prefix: &str| prefix.eq_ignore_ascii_case(channel) || prefix.eq_ignore_ascii_case("role");
        let bare = entry.split_once(':').filter(|(prefix, _)| is_prefix(prefix)).map_or(entry, |(_, id)| id).trim();
        roles.iter().any(|role| !role.is_empty() && bare.eq_ignore_ascii_case(role))
    })
}

/// Whether the entry names that id.
pub(super) fn is(entry: &str, channel: &str, id: &str) -> bool {
    let entry = entry.trim();
    let bare = entry.split_once(':').filter(|(prefix, _)| is_prefix(prefix, channel)).map_or(entry, |(_, id)| id);
    !id.is_empty() && bare.trim().eq_ignore_ascii_case(id)
}

fn is_prefix(prefix: &str, channel: &str) -> bool {
    let short = channel == "telegram" && prefix.eq_ignore_ascii_case("tg");
    short || prefix.eq_ignore_ascii_case(channel) || prefix.eq_ignore_ascii_case("user")
}
