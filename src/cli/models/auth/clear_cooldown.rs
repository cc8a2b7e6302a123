//! `modelpin models auth clear-cooldown`

use clap::Args;
use serde::Serialize;

use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::models::auth::Case;
use crate::health::{Bench, FailureClass};
use crate::profile::{Fingerprint, Profile, ProfileId};

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

/// What was cleared.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Cleared {
    benches: Vec<ClearedBench>,
    /// Files in which other programs had noted a window, which is taken out too.
    files: Vec<String>,
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

/// Clears them in the state that all processes share, and in the family's `usageStats`.
pub(crate) fn run(clear: &ClearCooldown, case: &mut Case<'_>) -> Result<Exit, Failure> {
    let ClearCooldown { profiles: named, all } = clear;
    let stored = case.current()?.profiles;
    if let Some(unknown) = named.iter().find(|id| !stored.by_id.contains_key(*id)) {
        let look = case.command("list");
        return Err(Failure::Misuse(format!("there is no profile {unknown}; to see them all: {look}")));
    }
    let meant: Vec<&Profile> = stored.by_id.values().filter(|profile| *all || named.contains(&profile.id)).collect();
    let owner = |print: &Fingerprint| meant.iter().find(|profile| profile.fingerprints().contains(print));
    let is_meant = |bench: &Bench| *all || bench.scope.fingerprint.as_ref().is_some_and(|print| owner(print).is_some());
    let mut cleared = Cleared { benches: Vec::new(), files: Vec::new() };
    for bench in clear_benches(case, is_meant)? {
        let profile = bench.scope.fingerprint.as_ref().and_then(owner).map(|profile| profile.id.clone());
        cleared.benches.push(ClearedBench {
            profile,
            provider: bench.scope.provider.to_string(),
            model: bench.scope.model.map(|model| model.to_string()),
            class: bench.class,
            until: bench.until.map(|until| format!("{until:.0}")),
        });
    }
    let now = case.installation.now();
    let waits =
        |profile: &&&Profile| stored.usage.get(&profile.id).is_some_and(|usage| usage.cooling(None, now).is_some());
    for profile in meant.iter().filter(waits) {
        let written =
            case.installation.auth_store().edit(&profile.origin, |document| document.clear_usage(&profile.id))?;
        let file = written.path.display().to_string();
        if written.changed && !cleared.files.contains(&file) {
            cleared.files.push(file);
        }
    }
    say(&cleared, case)
}

fn say(cleared: &Cleared, case: &mut Case<'_>) -> Result<Exit, Failure> {
    if case.global.json {
        case.output.json(cleared)?;
        return Ok(Exit::Ok);
    }
    for bench in &cleared.benches {
        let who = bench.profile.as_ref().map_or_else(|| bench.provider.clone(), ToString::to_string);
        let model = bench.model.as_ref().map(|model| format!(" on {model}")).unwrap_or_default();
        let until = bench.until.as_ref().map_or_else(|| "for good".to_owned(), |until| format!("until {until}"));
        let line = format!("{who}{model}: {}, {until} – cleared\n", bench.class);
        case.output.data(&modelpin_terminal::visible(&line))?;
    }
    for file in &cleared.files {
        case.output.talk(&format!("Use noted by other programs was taken out of {file}."));
    }
    if cleared.benches.is_empty() && cleared.files.is_empty() {
        case.output.talk("Nothing was benched.");
    }
    Ok(Exit::Ok)
}

/// Takes away the benches that are `meant`, and returns them as they were.
fn clear_benches(case: &Case<'_>, meant: impl Fn(&Bench) -> bool) -> Result<Vec<Bench>, Failure> {
    let Some(store) = case.installation.open_state()? else { return Ok(Vec::new()) };
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    runtime.block_on(async {
        let benches: Vec<Bench> = store.benches().await?.iter().filter(|bench| meant(bench)).cloned().collect();
        for bench in &benches {
            store.update_bench(bench.scope.clone(), Box::new(|_| None)).await?;
        }
        Ok(benches)
    })
}
