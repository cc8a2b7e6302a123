//! Lists of people in the configuration.

/// Whether the list admits the person: by name, or by `*` for everybody.
pub(super) fn admits(list: &[String], channel: &str, id: &str) -> bool {
    list.iter().any(|entry| entry.trim() == "*") || names(list, channel, id)
}

/// Whether the list names the person: the plain id, `channel:id` or `user:id`. Case does not matter.
///
/// Only ids count. Display names can be taken by anybody, so an entry such as `@ann` admits nobody.
pub(super) fn names(list: &[String], channel: &str, id: &str) -> bool {
    list.iter().any(|entry| {
        let entry = entry.trim();
        let bare = entry
            .split_once(':')
            .filter(|(prefix, _)| prefix.eq_ignore_ascii_case(channel) || prefix.eq_ignore_ascii_case("user"))
            .map_or(entry, |(_, id)| id);
        !id.is_empty() && bare.eq_ignore_ascii_case(id)
    })
}
