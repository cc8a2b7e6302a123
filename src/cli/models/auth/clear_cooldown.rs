//! `modelpin models auth clear-cooldown`

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::models::auth::{Case, deed};
use crate::health::{Bench, FailureClass};
use crate::operator::{Cleared as Desked, clear_benches};
use crate::profile::{Fingerprint, Profile, ProfileId, Profiles, Secrets};

/// Let credentials be tried again at once; a running chat honours it with its next message
#[derive(Debug, Args)]
pub(crate) struct ClearCooldown {
    /// Which ones
    #[arg(required_unless_present = "all")]
    profiles: Vec<ProfileId>,
    /// All of them, and what is held against models whoever asks
    #[arg(long, conflicts_with = "profiles")]
    all: bool,
}

/// What was cleared, and what was not.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Cleared {
    benches: Vec<ClearedBench>,
    /// What other programs had noted in the auth store.
    windows: Vec<ClearedWindow>,
    /// The files that it was taken out of.
    files: Vec<String>,
    /// Models of the same providers that stay benched, whoever asks.
    models: Vec<ClearedBench>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ClearedBench {
    /// The profile whose secret was benched; `None` for a model that was, or for a secret that is no longer stored.
    profile: Option<ProfileId>,
    provider: String,
    model: Option<String>,
    class: FailureClass,
    until: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ClearedWindow {
    profile: ProfileId,
    until: String,
    file: String,
}

/// Clears them in the state that all processes share, and in the family's `usageStats`.
pub(crate) fn run(clear: &ClearCooldown, case: &mut Case<'_>) -> Result<Exit, Failure> {
    let ClearCooldown { profiles: named, all } = clear;
    let stored = case.current()?.profiles;
    if let Some(unknown) = named.iter().find(|id| !stored.by_id.contains_key(*id)) {
        let look = case.command("list");
        return Err(Failure::Misuse(format!("there is no profile {unknown}; to see them all: {look}")));
    }
    let meant: Vec<&Profile> = stored.all().filter(|profile| *all || named.contains(&profile.id)).collect();
    let prints_of = fingerprints(&meant, *all, case)?;
    let owner =
        |print: &Fingerprint| prints_of.iter().find(|(_, prints)| prints.contains(print)).map(|(id, _)| id.clone());
    let is_meant = |bench: &Bench| *all || bench.scope.fingerprint.as_ref().is_some_and(|print| owner(print).is_some());
    let Desked { benches, others } = cleared(case, named, is_meant)?;
    let now = case.installation.now();
    let said = |bench: &Bench| ClearedBench {
        profile: bench.scope.fingerprint.as_ref().and_then(owner),
        provider: bench.scope.provider.to_string(),
        model: bench.scope.model.as_ref().map(ToString::to_string),
        class: bench.class,
        until: bench.until.map(|until| format!("{until:.0}")),
    };
    let stays = |bench: &&Bench| {
        let of_meant = meant.iter().any(|profile| profile.provider == bench.scope.provider);
        bench.scope.fingerprint.is_none() && of_meant && bench.holds(now)
    };
    let models = others.iter().filter(stays).map(said).collect();
    let windows = clear_windows(case, &meant, &stored, now)?;
    let mut files: Vec<String> = windows.iter().map(|window| window.file.clone()).collect();
    files.dedup();
    say(&Cleared { benches: benches.iter().map(said).collect(), windows, files, models }, case)
}

fn say(cleared: &Cleared, case: &mut Case<'_>) -> Result<Exit, Failure> {
    if case.global.json {
        case.output.json(cleared)?;
        return Ok(Exit::Ok);
    }
    let Cleared { benches, windows, files, models } = cleared;
    for ClearedBench { profile, provider, model, class, until } in benches {
        let who = profile.as_ref().map_or_else(|| provider.clone(), ToString::to_string);
        let model = model.as_ref().map(|model| format!(" on {model}")).unwrap_or_default();
        let line = format!("{who}{model}: {class}, {} – cleared\n", ending(until.as_deref()));
        case.output.data(&modelpin_terminal::visible(&line))?;
    }
    for ClearedWindow { profile, until, file: _ } in windows {
        let line = format!("{profile}: noted by another program, until {until} – cleared\n");
        case.output.data(&modelpin_terminal::visible(&line))?;
    }
    for file in files {
        case.output.talk(&format!(
            "Use noted by other programs was taken out of {file}. One that runs may note it again; it has its own \
             command to clear it."
        ));
    }
    if benches.is_empty() && windows.is_empty() {
        case.output.talk("Nothing was benched.");
    }
    for ClearedBench { provider, model, class, until, profile: _ } in models {
        let model = model.as_deref().unwrap_or_default();
        let all = case.command("clear-cooldown --all");
        let until = ending(until.as_deref());
        let line = format!("{provider}/{model} stays benched whoever asks: {class}, {until}. To clear that too: {all}");
        case.output.talk(&modelpin_terminal::visible(&line));
    }
    Ok(Exit::Ok)
}

fn ending(until: Option<&str>) -> String {
    until.map_or_else(|| "for good".to_owned(), |until| format!("until {until}"))
}

/// The fingerprints that the benches of each profile are kept by. What a reference leads to is fetched, for nothing else
/// says which benches are its own; where `all` go, whosever they are, nobody goes there.
fn fingerprints(meant: &[&Profile], all: bool, case: &Case<'_>) -> Result<Vec<(ProfileId, Vec<Fingerprint>)>, Failure> {
    let settings = case.installation.settings();
    let home = settings.environment.home();
    let lookup = |name: &str| settings.environment.secret(name);
    let secrets = Secrets::new(&settings.config.secrets, home.as_deref(), &lookup);
    let prints = |profile: &&Profile| {
        let mut prints = profile.fingerprints();
        if prints.is_empty() && !all {
            let secret = secrets.of(profile).map_err(|fault| {
                let all = case.command("clear-cooldown --all");
                Failure::Unexpected(format!(
                    "{fault}. Nothing was cleared; to clear all there is, whosever it is: {all}"
                ))
            })?;
            prints.push(Fingerprint::of(&secret));
        }
        Ok((profile.id.clone(), prints))
    };
    meant.iter().map(prints).collect()
}

/// Takes away the benches that are `meant`, and returns them as they were, and the others.
fn cleared(case: &mut Case<'_>, named: &[ProfileId], meant: impl Fn(&Bench) -> bool) -> Result<Desked, Failure> {
    // Where nothing was ever kept, nobody is benched.
    if !case.installation.has_state() {
        return Ok(Desked { benches: Vec::new(), others: Vec::new() });
    }
    case.at_desk(async |desk| clear_benches(desk, named, meant).await)
}

/// Takes away the windows that other programs noted and that still hold: in whichever of the agent's stores they are,
/// since such a program may note in one what it knows from the other.
fn clear_windows(
    case: &mut Case<'_>,
    meant: &[&Profile],
    stored: &Profiles,
    now: Timestamp,
) -> Result<Vec<ClearedWindow>, Failure> {
    let store = case.installation.auth_store();
    let mut places = vec![store.own(), store.main()];
    places.dedup_by(|a, b| a.path == b.path);
    let mut cleared = Vec::new();
    for place in places {
        for Profile { id, .. } in meant {
            let Some(until) = stored.usage.get(id).and_then(|usage| usage.cooling(None, now)) else { continue };
            // Where there is nothing to clear, nothing is locked.
            if case.installation.auth_store().stored(&place)?.clear_windows(id) {
                let before = Some(format!("cooling until {until:.0}, noted by another program"));
                let deed = deed(id, before, None, "windows cleared");
                let written = case.audited(deed, |store| store.edit(&place, |document| document.clear_windows(id)))?;
                let file = written.path.display().to_string();
                cleared.push(ClearedWindow { profile: id.clone(), until: format!("{until:.0}"), file });
            }
        }
    }
    Ok(cleared)
}
