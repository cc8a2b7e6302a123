//! Which store what is brought belongs to.

use serde_json::{Map, Value};

use crate::agent::AgentId;
use crate::openclaw::{AgentPart, Source};
use crate::profile::Brought;

/// What one agent's store is to hold.
pub struct Wanted {
    /// Whose store.
    pub agent: AgentId,
    /// What it is to hold, beside what it holds.
    pub brought: Brought,
}

/// What each store is to hold, main's first.
///
/// All agents read main's store, so what they share goes there, with main's own over it; an agent's own store is to have
/// only what is different from that. Where main's own hides something that is shared, the other agents keep what they
/// had.
pub fn wanted(source: &Source) -> Vec<Wanted> {
    let is_main = |part: &&AgentPart| part.agent.is_main();
    let shared = source.shared.clone().unwrap_or_default();
    let mut main = shared.clone();
    for part in source.agents.iter().filter(is_main) {
        overlay(&mut main, &part.own);
    }
    let others = source.agents.iter().filter(|part| !part.agent.is_main()).map(|part| {
        let mut seen = shared.clone();
        overlay(&mut seen, &part.own);
        Wanted { agent: part.agent.clone(), brought: different(&seen, &main, &part.own) }
    });
    let others: Vec<_> = others.filter(|wanted| !wanted.brought.is_empty()).collect();
    let first = Wanted { agent: AgentId::main(), brought: main };
    std::iter::once(first).filter(|wanted| !wanted.brought.is_empty()).chain(others).collect()
}

fn overlay(under: &mut Brought, over: &Brought) {
    let Brought { profiles, order, last_good, usage } = over;
    for (below, above) in [
        (&mut under.profiles, profiles),
        (&mut under.order, order),
        (&mut under.last_good, last_good),
        (&mut under.usage, usage),
    ] {
        below.extend(above.clone());
    }
}

/// What an agent that saw `seen` has to have of its own to see it over `main`.
fn different(seen: &Brought, main: &Brought, own: &Brought) -> Brought {
    let part = |seen: &Map<String, Value>, main: &Map<String, Value>| -> Map<String, Value> {
        let differs = |(key, value): &(&String, &Value)| main.get(*key) != Some(*value);
        seen.iter().filter(differs).map(|(key, value)| (key.clone(), value.clone())).collect()
    };
    let profiles = part(&seen.profiles, &main.profiles);
    let mut usage = part(&seen.usage, &main.usage);
    // What is noted about a profile goes where that goes.
    usage.retain(|id, _| profiles.contains_key(id) || own.usage.contains_key(id));
    Brought { order: part(&seen.order, &main.order), last_good: part(&own.last_good, &main.last_good), profiles, usage }
}
