//! Who did something.

use modelpin_chat::Sender;

use crate::inbound::wire::{Member, User};

/// A person, by the name that is shown where it was done: the one of that server, else the one everywhere.
pub(super) fn of(user: &User<'_>, member: Option<&Member<'_>>) -> Sender {
    let names = [member.and_then(|member| member.nick), user.global_name, user.username];
    let roles = member.map_or(&[][..], |member| &member.roles);
    Sender {
        id: user.id.get().to_string(),
        name: names.into_iter().flatten().map(str::trim).find(|name| !name.is_empty()).map(str::to_owned),
        roles: roles.iter().map(|role| role.get().to_string()).collect(),
    }
}
