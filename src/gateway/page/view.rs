//! What the page shows.

mod chart;
pub(super) mod doors;
mod tables;

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use maud::{DOCTYPE, Markup, html};

use crate::audit::Link;
use crate::gateway::board::Shown;
use crate::gateway::page::Page;
use crate::gateway::page::gate::{Said, Visit};
use crate::looker::Asked;
use crate::receipt::Receipt;
use crate::session::Session;
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
        (tables::profiles(facts, visit))
        (tables::orders(facts, visit))
        (tables::sessions(facts, visit))
        (chart::usage(&facts.days, &facts.used, &facts.currency))
        (tables::receipts(facts))
        (tables::audit(facts))
    }
}

/// A button that does one thing.
pub(super) fn act(visit: &Visit, act: &str, values: &[(&str, &str)], label: &str) -> Markup {
    html! {
        form class="inline" method="post" action="/act" {
            (csrf(visit))
            input type="hidden" name="act" value=(act);
            @for (name, value) in values { input type="hidden" name=(name) value=(value); }
            button { (label) }
        } " "
    }
}

pub(super) fn csrf(visit: &Visit) -> Markup {
    html! { input type="hidden" name="csrf" value=(visit.csrf); }
}

pub(super) fn document(title: &str, is_live: bool, body: &Markup) -> Markup {
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
