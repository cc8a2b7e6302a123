//! What the page shows.

mod chart;

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use maud::{DOCTYPE, Markup, html};

use crate::app::Asked;
use crate::audit::Link;
use crate::gateway::board::Shown;
use crate::gateway::page::Page;
use crate::gateway::page::gate::{Said, Visit};
use crate::receipt::Receipt;
use crate::session::{Choice, Selection, Session, Until};
use crate::status::{ProfileStatus, Report};
use crate::store::UsageQuery;
use crate::turn::DISABLED;
use crate::usage::{Dimension, Tally};

/// How much of each is shown.
const SESSIONS: usize = 100;
const RECEIPTS: usize = 15;
const AUDIT: usize = 15;
const DAYS: i64 = 14;

/// What is shown.
pub(super) struct Facts {
    report: Report,
    board: Shown,
    sessions: Vec<Arc<Session>>,
    more_sessions: bool,
    receipts: Vec<Receipt>,
    audit: Vec<Link>,
    days: Vec<(String, Tally)>,
    used: BTreeMap<String, Tally>,
    orders: BTreeMap<String, String>,
    disabled: Vec<String>,
    currency: String,
    can_answer: bool,
    trouble: Vec<String>,
    now: Timestamp,
}

impl Facts {
    /// Tells one state of the page from another; what only counts down is the same.
    pub(super) fn digest(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        let profiles: Vec<String> = self
            .report
            .auth
            .oauth
            .profiles
            .iter()
            .map(|profile| {
                let ProfileStatus { profile_id, status, usable, health, fingerprint, pins, .. } = profile;
                format!("{profile_id} {status} {usable} {health:?} {fingerprint:?} {}", pins.count)
            })
            .collect();
        let sessions: Vec<(String, u64)> =
            self.sessions.iter().map(|session| (session.key.to_string(), session.revision)).collect();
        let receipts: Vec<String> =
            self.receipts.iter().map(|receipt| format!("{} {}", receipt.at, receipt.session)).collect();
        let audit = self.audit.last().map(|link| link.number);
        let board = format!("{:?}", self.board.told());
        (profiles, sessions, receipts, audit, board, &self.orders, &self.disabled, &self.trouble).hash(&mut hasher);
        hasher.finish()
    }
}

/// Looks everything up; `None` where the gateway is about to end.
pub(super) async fn facts(page: &Page) -> Option<Facts> {
    let command = |rest: &str| format!("modelpin {rest}");
    let asked = Asked { agent_named: false, warn: SignedDuration::from_hours(24), command: &command };
    let seen = page.looker.look(asked).await?;
    let engine = page.looker.engine()?;
    let (store, now) = (&engine.sources().store, page.clock.now());
    let mut trouble = seen.unreadable;
    let mut sessions = taken(store.list("", SESSIONS + 1).await, &mut trouble);
    let more_sessions = sessions.len() > SESSIONS;
    sessions.truncate(SESSIONS);
    let today = now.to_zoned(TimeZone::UTC).date();
    let from = today.checked_sub((DAYS - 1).days()).unwrap_or(today);
    let query = UsageQuery { from: Some(from), ..UsageQuery::default() };
    let days = taken(store.usage(Dimension::Day, &query).await, &mut trouble);
    let used = taken(store.usage(Dimension::Profile, &query).await, &mut trouble).into_iter().collect();
    let orders = engine
        .sources()
        .auth_store
        .current()
        .profiles
        .order
        .iter()
        .map(|(provider, ids)| {
            (provider.to_string(), ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
        })
        .collect();
    let marks = taken(store.marks(DISABLED).await, &mut trouble);
    Some(Facts {
        sessions,
        more_sessions,
        receipts: taken(store.latest_receipts(RECEIPTS).await, &mut trouble),
        audit: taken(store.last_links(AUDIT).await, &mut trouble),
        days: chart::whole(days, from, DAYS),
        used,
        orders,
        disabled: marks.iter().filter_map(|(name, _)| name.strip_prefix(DISABLED)).map(str::to_owned).collect(),
        currency: engine.sources().settings.current().config.usage.currency.clone(),
        report: seen.report,
        board: page.board.now(),
        can_answer: seen.can_answer,
        trouble,
        now,
    })
}

/// What was read; nothing, and why, where it cannot be.
fn taken<T>(read: Result<Vec<T>, crate::store::StoreFault>, trouble: &mut Vec<String>) -> Vec<T> {
    read.unwrap_or_else(|fault| {
        let fault = fault.to_string();
        if !trouble.contains(&fault) {
            trouble.push(fault);
        }
        Vec::new()
    })
}

/// The way in.
pub(super) fn login(refused: Option<&str>) -> Markup {
    document(
        "modelpin: log in",
        false,
        &html! {
            div class="login" {
                h1 { "modelpin" }
                @if let Some(refused) = refused { p class="said refused" role="alert" { (refused) } }
                form method="post" action="/login" {
                    // For those who have their tokens kept by name.
                input name="username" autocomplete="username" value="operator" hidden;
                label for="token" { "Token of this gateway" }
                    input id="token" name="token" type="password" autocomplete="current-password" required autofocus;
                    button { "Log in" }
                }
                p class="note" { "It is in the file " code { "modelpin-page.token" } " of the state directory, unless " code { "gateway.auth.token" } " says another." }
            }
        },
    )
}

/// All of it.
pub(super) fn page(facts: &Facts, visit: &Visit) -> Markup {
    document(
        "modelpin",
        true,
        &html! {
            header {
                h1 { "modelpin" }
                span class="note" { (facts.now.strftime("%Y-%m-%d %H:%M:%S UTC")) }
                a id="stale" href="/" hidden { "Something has changed: look again" }
                form method="post" action="/logout" { (csrf(visit)) button { "Log out" } }
            }
            @if let Some(Said { done, text }) = &visit.said {
                p class=(if *done { "said" } else { "said refused" }) role="status" { (text) }
            }
            main data-seen=(facts.digest()) { (main(facts, visit)) }
        },
    )
}

/// The part that changes.
pub(super) fn main(facts: &Facts, visit: &Visit) -> Markup {
    html! {
        @for trouble in &facts.trouble { p class="said refused" { (trouble) } }
        p {
            @if facts.can_answer { span class="up" { "A message can be answered." } }
            @else { span class="down" { "Nobody could be answered now." } }
            @for told in facts.board.told() {
                " · " (told.channel) ":" (told.account) " "
                span class=(if told.state == "up" { "up" } else { "down" }) { (told.state) }
                @if let Some(why) = &told.why { " (" (why) ")" }
            }
        }
        (profiles(facts, visit))
        (orders(facts, visit))
        (sessions(facts, visit))
        (chart::usage(&facts.days, &facts.used, &facts.currency))
        (receipts(facts))
        (audit(facts))
    }
}

fn profiles(facts: &Facts, visit: &Visit) -> Markup {
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

fn orders(facts: &Facts, visit: &Visit) -> Markup {
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

fn sessions(facts: &Facts, visit: &Visit) -> Markup {
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

fn receipts(facts: &Facts) -> Markup {
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

fn audit(facts: &Facts) -> Markup {
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

/// A button that does one thing.
fn act(visit: &Visit, act: &str, values: &[(&str, &str)], label: &str) -> Markup {
    html! {
        form class="inline" method="post" action="/act" {
            (csrf(visit))
            input type="hidden" name="act" value=(act);
            @for (name, value) in values { input type="hidden" name=(name) value=(value); }
            button { (label) }
        } " "
    }
}

fn csrf(visit: &Visit) -> Markup {
    html! { input type="hidden" name="csrf" value=(visit.csrf); }
}

fn document(title: &str, is_live: bool, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                // There is none, and nobody needs to ask for it.
                link rel="icon" href="data:,";
                link rel="stylesheet" href="/page.css";
                @if is_live {
                    noscript { meta http-equiv="refresh" content="30"; }
                    script src="/page.js" defer {}
                }
            }
            body { (body) }
        }
    }
}
