//! The tables of the page.

use jiff::Timestamp;
use maud::{Markup, html};

use crate::gateway::page::gate::Visit;
use crate::gateway::page::view::{Facts, act, csrf};
use crate::session::{Choice, Selection, Until};
use crate::status::ProfileStatus;

pub(super) fn profiles(facts: &Facts, visit: &Visit) -> Markup {
    html! {
        h2 { "Credentials" }
        div class="wide" { table {
            thead { tr { th class="key" { "profile" } th { "kind" } th { "state" } th { "expires" } th { "benches" } th class="number" { "pins" } th {} } }
            tbody {
                @for profile in &facts.report.auth.oauth.profiles {
                    @let is_off = facts.disabled.contains(&profile.profile_id);
                    @let (class, state) = state(profile, is_off);
                    tr {
                        td { code { (profile.profile_id) } @if let Some(print) = &profile.fingerprint { br; span class="note" { (print) } } }
                        td { (profile.kind) }
                        td class=(class) { (state) @if let Some(reason) = profile.reason.as_ref().filter(|_| !is_off) { br; span class="note" { (reason) } } }
                        td { (profile.expiry.at.as_deref().map_or_else(|| "never".to_owned(), |at| expiry(at, facts.now))) }
                        td { @for bench in &profile.health { (bench.class) " " (bench.until.as_deref().map_or("until its secret is replaced", |until| until)) br; } }
                        td class="number" { (profile.pins.count) }
                        td {
                            @if !profile.health.is_empty() { (act(visit, "clear", &[("profile", &profile.profile_id)], "Clear")) }
                            @if is_off { (act(visit, "enable", &[("profile", &profile.profile_id)], "Enable")) }
                            @else { (act(visit, "disable", &[("profile", &profile.profile_id)], "Disable")) }
                            @if profile.pins.count > 0 { (act(visit, "unpin-profile", &[("profile", &profile.profile_id)], "Unpin everywhere")) }
                        }
                    }
                }
            }
        } }
        @if facts.report.auth.oauth.profiles.is_empty() { p class="note" { "None yet: " code { "modelpin models auth add" } } }
    }
}

fn state(profile: &ProfileStatus, is_off: bool) -> (&'static str, &'static str) {
    match profile.expiry.state {
        _ if is_off => ("disabled", "disabled by an operator"),
        "expired" if !profile.refreshable => ("expired", "expired"),
        _ if !profile.health.is_empty() => ("benched", "benched"),
        _ if !profile.usable => ("unusable", "not usable"),
        "expiring" if !profile.refreshable => ("expiring", "expires soon"),
        _ => ("usable", "usable"),
    }
}

fn expiry(at: &str, now: Timestamp) -> String {
    let Ok(end) = at.parse::<Timestamp>() else { return at.to_owned() };
    let left = end.duration_since(now);
    let hours = left.as_hours().abs();
    let long = if hours >= 48 { format!("{} days", hours / 24) } else { format!("{hours} h") };
    let day = end.strftime("%Y-%m-%d");
    if left.is_negative() { format!("{day}, {long} ago") } else { format!("{day}, in {long}") }
}

pub(super) fn orders(facts: &Facts, visit: &Visit) -> Markup {
    let providers: Vec<&str> = {
        let mut providers: Vec<&str> =
            facts.report.auth.oauth.profiles.iter().map(|profile| profile.provider.as_str()).collect();
        providers.sort_unstable();
        providers.dedup();
        providers
    };
    html! {
        h2 { "Order" }
        @for provider in providers {
            @let order = facts.orders.get(provider);
            form method="post" action="/act" {
                (csrf(visit))
                input type="hidden" name="act" value="order";
                input type="hidden" name="provider" value=(provider);
                label { code { (provider) } " "
                    input name="order" size="60" value=(order.map_or("", |order| order.as_str())) placeholder="by last use; or the profiles in their order" aria-label=(format!("order of {provider}")); }
                " " button { "Set" }
                @if order.is_some() { " " button name="clear" value="yes" { "Clear" } }
            }
        }
    }
}

pub(super) fn sessions(facts: &Facts, visit: &Visit) -> Markup {
    let chosen = facts.sessions.iter().filter(|session| session.choice != Choice::default());
    html! {
        h2 { "Sessions" }
        div class="wide" { table {
            thead { tr { th class="key" { "session" } th { "chosen" } th { "since" } th { "by" } th {} } }
            tbody {
                @for session in chosen {
                    @for selection in [&session.choice.passing, &session.choice.lasting].into_iter().flatten() {
                        tr {
                            td { code { (session.key) } }
                            td { (selected(selection)) }
                            td { (selection.since.strftime("%Y-%m-%d %H:%M")) }
                            td { (selection.by.name.as_deref().unwrap_or(&selection.by.id)) }
                            td { @if selection.pin.is_some() { (act(visit, "unpin", &[("session", session.key.as_str())], "Unpin")) } }
                        }
                    }
                }
            }
        } }
        @if facts.more_sessions { p class="note" { "There are more: " code { "modelpin sessions list" } } }
        details {
            summary { "Pin a session" }
            form method="post" action="/act" {
                (csrf(visit))
                input type="hidden" name="act" value="pin";
                p { label { "Session " input name="session" size="48" list="keys" required placeholder="agent:main:telegram:default:dm:42"; } }
                datalist id="keys" { @for session in &facts.sessions { option value=(session.key) {} } }
                p { label { "Selection " input name="selection" size="32" required placeholder="opus@work, @work, opus for 2h"; } }
                button { "Pin" }
            }
        }
    }
}

fn selected(selection: &Selection) -> Markup {
    html! {
        @if let Some(model) = &selection.model { code { (model) } } @else { "default model" }
        @if let Some(pin) = &selection.pin { " with " code { (pin.profile) } }
        @match selection.until {
            Until::Changed => {},
            Until::NextTurn => { " once" },
            Until::Time(end) => { " until " (end.strftime("%Y-%m-%d %H:%M UTC")) },
        }
    }
}

pub(super) fn receipts(facts: &Facts) -> Markup {
    html! {
        h2 { "Last answers" }
        div class="wide" { table {
            thead { tr { th { "at" } th class="key" { "session" } th { "model" } th { "profile" } th { "outcome" } th class="number" { "tokens" } th class="number" { "ms" } } }
            tbody {
                @for receipt in &facts.receipts {
                    tr {
                        td { (receipt.at.strftime("%m-%d %H:%M:%S")) }
                        td { code { (receipt.session) } }
                        td { (receipt.model.as_deref().unwrap_or("–")) }
                        td { code { (receipt.profile.as_deref().unwrap_or("–")) } br; span class="note" { (receipt.reason) } }
                        td class=(if receipt.is_answer() { "usable" } else { "expired" }) { (receipt.outcome) }
                        td class="number" { (receipt.tokens_in.unwrap_or(0)) " + " (receipt.tokens_out.unwrap_or(0)) }
                        td class="number" { (receipt.latency_ms) }
                    }
                }
            }
        } }
    }
}

pub(super) fn audit(facts: &Facts) -> Markup {
    html! {
        h2 { "Who changed what" }
        div class="wide" { table {
            thead { tr { th class="number" { "row" } th { "at" } th { "who" } th { "kind" } th class="key" { "what" } th { "change" } } }
            tbody {
                @for link in facts.audit.iter().rev() {
                    tr {
                        td class="number" { (link.number) }
                        @if let Some(entry) = link.entry() {
                            td { (entry.at.strftime("%m-%d %H:%M:%S")) }
                            td { (entry.actor.name.as_deref().unwrap_or(&entry.actor.id)) " (" (entry.surface.as_str()) ")" }
                            td { (entry.kind.as_str()) }
                            td { code { (entry.session.as_ref().map(ToString::to_string).or(entry.subject).unwrap_or_default()) } }
                            td { (entry.before.as_deref().unwrap_or("–")) " → " (entry.after.as_deref().unwrap_or("–")) br; span class="note" { (entry.reason) } }
                        } @else {
                            td colspan="5" class="expired" { "this row cannot be read: " code { "modelpin audit --verify" } }
                        }
                    }
                }
            }
        } }
    }
}
