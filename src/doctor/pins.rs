//! Sessions that are pinned to profiles that are gone.

use jiff::Timestamp;

use crate::doctor::{Code, Finding, Repair, Severity};
use crate::profile::ProfileId;
use crate::session::{Choice, Pin, Selection, Session, rebound};
use crate::status::Facts;

/// The sessions of the agent whose pin leads nowhere.
pub(crate) fn of_pins(facts: &Facts<'_>) -> Vec<Finding> {
    let profiles = facts.moment.profiles;
    let auth = &facts.moment.settings.config.auth;
    // Who may use a profile that is not for everybody is asked when a person speaks, not here.
    let open = |id: &ProfileId| auth.profiles.get(id).is_none_or(|declared| declared.grants.is_none());
    let mut found = Vec::new();
    // What cannot be read may have them.
    if !facts.unreadable.is_empty() {
        return found;
    }
    for session in facts.sessions {
        let Some(selection) = session.choice.effective(facts.moment.now) else { continue };
        let Some(pin) = &selection.pin else { continue };
        let unread = profiles.rejected.iter().any(|bad| bad.id == pin.profile.as_str());
        if profiles.by_id.contains_key(&pin.profile) || unread {
            continue;
        }
        let to = rebound(selection, profiles, open).and_then(|selection| selection.pin);
        let what = format!("pinned to {}, which no store of this agent has: it answers nobody", pin.profile);
        let fix = match &to {
            Some(to) => format!("pin {}, which its account has logged in as since", to.profile),
            None => format!("clear the pin (the auth order answers then), or store {} again", pin.profile),
        };
        let repair = Repair::Pin { session: session.key.clone(), gone: pin.profile.clone(), to };
        let finding = Finding::new(Code::PinMissing, Severity::Error, what, fix);
        found.push(finding.of_session(&session.key).of_profile(&pin.profile).mended_by(Some(repair)));
    }
    found
}

/// The session with `to` pinned in the place of `gone`, or nothing. What was chosen before stays for an undo.
pub(crate) fn mended(session: &Session, gone: &ProfileId, to: Option<&Pin>, now: Timestamp) -> Session {
    let moved = |selection: &Selection| {
        if selection.pin.as_ref().is_none_or(|pin| pin.profile != *gone) {
            return Some(selection.clone());
        }
        let moved = Selection { pin: to.cloned(), ..selection.clone() };
        (moved.model.is_some() || moved.pin.is_some()).then_some(moved)
    };
    let choice = Choice {
        lasting: session.choice.lasting.as_ref().and_then(moved),
        passing: session.choice.passing.as_ref().and_then(moved),
    };
    if choice == session.choice {
        return session.clone();
    }
    Session { choice, previous: Some(session.choice.clone()), auto: None, updated: now, ..session.clone() }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]
mod tests {
    use jiff::Timestamp;

    use super::mended;
    use crate::session::{Pin, Selection, Session};

    fn pinned(profile: &str) -> Session {
        let session = Session::new("agent:main:telegram:default:dm:1".parse().unwrap(), Timestamp::UNIX_EPOCH);
        let mut selection = Selection::trial("anthropic/m".parse().unwrap(), Timestamp::UNIX_EPOCH);
        selection.pin = Some(Pin { profile: profile.parse().unwrap(), account: None, by: None });
        session.select(selection, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn a_pin_goes_or_moves_and_an_undo_brings_it_back() {
        let before = pinned("anthropic:gone");
        let gone = "anthropic:gone".parse().unwrap();
        let cleared = mended(&before, &gone, None, Timestamp::UNIX_EPOCH);
        let left = cleared.choice.lasting.clone().unwrap();
        assert_eq!((left.pin, left.model.map(|model| model.to_string())), (None, Some("anthropic/m".to_owned())));
        assert_eq!(cleared.undo(Timestamp::UNIX_EPOCH).unwrap().choice, before.choice);
        let to = Pin { profile: "anthropic:new".parse().unwrap(), account: None, by: None };
        let moved = mended(&before, &gone, Some(&to), Timestamp::UNIX_EPOCH);
        assert_eq!(moved.choice.lasting.unwrap().pin, Some(to));
    }

    #[test]
    fn another_pin_stays_as_it_is() {
        let before = pinned("anthropic:chosen-meanwhile");
        assert_eq!(mended(&before, &"anthropic:gone".parse().unwrap(), None, Timestamp::UNIX_EPOCH), before);
    }
}
