//! `modelpin sessions pin` and `unpin`

use clap::Args;
use serde::Serialize;

use crate::cli::Exit;
use crate::cli::arguments::Global;
use crate::cli::desk::at_desk;
use crate::cli::failure::Failure;
use crate::cli::open::find;
use crate::cli::output::Output;
use crate::directive::{self, Command, Directive, Message};
use crate::operator::find_profile;

/// Choose model and credential of a session; it is told so with its next answer
#[derive(Debug, Args)]
pub(crate) struct Pin {
    /// The session's key, or an end of it that no other has
    session: String,
    /// What is chosen, as behind /model: `opus@work`, `@work`, `opus for 2h`
    #[arg(required = true, num_args = 1.., value_name = "SELECTION")]
    selection: Vec<String>,
}

/// Take the credential off a session, or off all; its model stays
#[derive(Debug, Args)]
pub(crate) struct Unpin {
    /// The session's key, or an end of it that no other has
    #[arg(required_unless_present = "of_profile", conflicts_with = "of_profile")]
    session: Option<String>,
    /// Off every session that this profile is pinned in
    #[arg(long, value_name = "ID")]
    of_profile: Option<String>,
}

/// What was chosen.
#[derive(Serialize)]
struct Pinned {
    session: String,
    model: Option<String>,
    profile: Option<String>,
}

/// What was taken off.
#[derive(Serialize)]
struct Unpinned {
    sessions: Vec<String>,
}

/// Pins it.
pub(crate) fn pin(pin: &Pin, global: &Global, invoked_as: &str, output: &mut Output) -> Result<Exit, Failure> {
    let typed = pin.selection.join(" ");
    let read = directive::read(&format!("/model: {typed}"), "");
    let Ok(Message::Command(Command { directive: Directive::Select { wanted, lifetime }, following: None })) = read
    else {
        return Err(Failure::Misuse(format!("`{typed}` is no selection: write `opus@work`, `@work` or `opus for 2h`")));
    };
    let installation = find(global, invoked_as, output)?;
    let (key, chosen) = at_desk(&installation, output, async |desk| {
        let key = desk.find_session(&pin.session).await?;
        let chosen = desk.pin(&key, &wanted, lifetime, &|_| true).await?;
        Ok((key, chosen))
    })?;
    let pinned = Pinned {
        session: key.to_string(),
        model: chosen.model.as_ref().map(ToString::to_string),
        profile: chosen.pin.as_ref().map(|pin| pin.profile.to_string()),
    };
    if global.json {
        output.json(&pinned)?;
    } else {
        let [model, profile] = [&pinned.model, &pinned.profile].map(|text| text.as_deref().unwrap_or("-"));
        output.data(&modelpin_terminal::visible(&format!("{}\t{model}\t{profile}\n", pinned.session)))?;
        output.talk("It is told so with its next answer.");
    }
    Ok(Exit::Ok)
}

/// Takes it off.
pub(crate) fn unpin(unpin: &Unpin, global: &Global, invoked_as: &str, output: &mut Output) -> Result<Exit, Failure> {
    let installation = find(global, invoked_as, output)?;
    let profiles = installation.auth_store().current().profiles;
    let sessions = at_desk(&installation, output, async |desk| match (&unpin.session, &unpin.of_profile) {
        (Some(session), _) => {
            let key = desk.find_session(session).await?;
            Ok(if desk.unpin_session(&key).await? { vec![key] } else { Vec::new() })
        }
        (None, Some(profile)) => {
            // One that is gone from the store may be pinned all the same.
            let exact = crate::profile::ProfileId::new(profile);
            let id = match (find_profile(&profiles, profile, &|_| true), exact) {
                (Ok(id), _) => id,
                (Err(_), Some(id)) if profile.contains(':') => id,
                (Err(trouble), _) => return Err(trouble),
            };
            Ok(desk.unpin_profile(&id).await?.sessions)
        }
        (None, None) => Ok(Vec::new()),
    })?;
    let sessions: Vec<String> = sessions.iter().map(ToString::to_string).collect();
    if global.json {
        output.json(&Unpinned { sessions })?;
        return Ok(Exit::Ok);
    }
    output.data(&sessions.iter().map(|key| format!("{key}\n")).collect::<String>())?;
    output.talk(if sessions.is_empty() { "Nothing was pinned." } else { "They are told so with their next answer." });
    Ok(Exit::Ok)
}
