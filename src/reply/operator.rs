//! What those are told who look after the bot.

use jiff::SignedDuration;

use crate::audit::{Entry, Link};
use crate::catalog::ProviderId;
use crate::profile::{Expiry, Profile};
use crate::reply::words::about;
use crate::reply::{Draft, Words, code, plain, strong};
use crate::session::{Choice, Selection, Session};
use crate::usage::{Dimension, Tally, money};

/// How many rows a message holds at the most.
const ROWS: usize = 40;

/// One credential of the overview.
pub(crate) struct CredentialLine {
    /// Its name.
    pub(crate) name: String,
    /// How it stands.
    pub(crate) state: String,
    /// When it ends, in words.
    pub(crate) expiry: Option<String>,
    /// In how many sessions it is pinned.
    pub(crate) pins: usize,
}

/// `/auth`: the credentials by provider.
pub(crate) fn credentials(providers: &[(ProviderId, Vec<CredentialLine>)], is_own: bool) -> Draft {
    let mut draft = Draft::default();
    if providers.iter().all(|(_, lines)| lines.is_empty()) {
        return if is_own {
            draft.line("You have brought no credential of your own.");
            draft.spans(vec![plain("To bring one: "), code("/auth add anthropic")]);
            draft
        } else {
            draft.line("There is no credential in the auth store.");
            draft.spans(vec![plain("To store one: "), code("modelpin models auth add")]);
            draft
        };
    }
    for (provider, lines) in providers.iter().filter(|(_, lines)| !lines.is_empty()) {
        draft.spans(vec![strong(provider.as_str())]);
        for CredentialLine { name, state, expiry, pins } in lines {
            let expiry = expiry.as_ref().map(|expiry| format!(" · {expiry}")).unwrap_or_default();
            let pins = match pins {
                0 => String::new(),
                1 => " · pinned in 1 session".to_owned(),
                more => format!(" · pinned in {more} sessions"),
            };
            draft.spans(vec![plain("  "), code(name), plain(format!(" – {state}{expiry}{pins}"))]);
        }
    }
    draft
}

/// When a credential ends, in words; `None` where it does not.
pub(crate) fn expiry(profile: &Profile, words: Words<'_>) -> Option<String> {
    match profile.expires() {
        Expiry::Never => None,
        Expiry::At(end) if end <= words.now => Some(format!("expired {} ago", about(apart(words, end)))),
        Expiry::At(end) => Some(format!("expires in {}", about(apart(words, end)))),
        Expiry::Invalid => Some("its end cannot be read".to_owned()),
    }
}

fn apart(words: Words<'_>, end: jiff::Timestamp) -> u64 {
    let apart: SignedDuration = end.duration_since(words.now);
    apart.as_secs().unsigned_abs()
}

/// `/sessions`: those in which something is chosen, one line each.
pub(crate) fn sessions(sessions: &[&Session], hidden: &dyn Fn(&Selection) -> bool, words: Words<'_>) -> Draft {
    let mut draft = Draft::default();
    if sessions.is_empty() {
        draft.line("No session has chosen anything that fits.");
        return draft;
    }
    for session in sessions.iter().take(ROWS) {
        let Choice { lasting, passing } = &session.choice;
        let chosen: Vec<String> =
            [passing, lasting].into_iter().flatten().map(|chosen| selection(chosen, hidden(chosen), words)).collect();
        let chosen = if chosen.is_empty() { "default".to_owned() } else { chosen.join(", over ") };
        draft.spans(vec![code(session.key.as_str()), plain(format!(" – {chosen}"))]);
    }
    more(&mut draft, sessions.len());
    draft
}

/// What is chosen, in one line. Of a credential that is hidden only that there is one is told.
pub(crate) fn selection(selection: &Selection, is_hidden: bool, words: Words<'_>) -> String {
    let model = selection.model.as_ref().map_or_else(|| "default".to_owned(), |model| words.model(model));
    let pin = selection.pin.as_ref().map(|pin| {
        if is_hidden { " with somebody's own credential".to_owned() } else { format!(" with {}", pin.profile) }
    });
    let by = words.actor(&selection.by);
    format!("{model}{} {}, by {by}", pin.unwrap_or_default(), words.lifetime(selection))
}

/// `/usage`.
pub(crate) fn usage(by: Dimension, sums: &[(String, Tally)], currency: &str) -> Draft {
    let mut draft = Draft::default();
    if sums.is_empty() {
        draft.line("Nothing was asked yet.");
        return draft;
    }
    draft.spans(vec![strong(format!("Usage by {by}"))]);
    let mut total = Tally::default();
    for (key, tally) in sums {
        total += *tally;
        if key != "-" || tally.turns > 0 {
            draft.spans(vec![code(key), plain(format!(" – {}", sum(tally, currency)))]);
        }
        if draft.blocks.len() > ROWS {
            break;
        }
    }
    more(&mut draft, sums.len());
    draft.spans(vec![strong("Total"), plain(format!(" – {}", sum(&total, currency)))]);
    draft
}

fn sum(tally: &Tally, currency: &str) -> String {
    let Tally { turns, failures, tokens_in, tokens_out, .. } = tally;
    let failed = if *failures > 0 { format!(", {failures} failed") } else { String::new() };
    let plural = if *turns == 1 { "" } else { "s" };
    format!("{turns} turn{plural}{failed}, {tokens_in} + {tokens_out} tokens, {}", money(tally, currency))
}

/// `/audit`: the rows, the last one first. Of what is hidden only that it was changed is told.
pub(crate) fn audit(links: &[Link], hidden: &dyn Fn(&Entry) -> bool, words: Words<'_>) -> Draft {
    let mut draft = Draft::default();
    if links.is_empty() {
        draft.line("Nothing was ever changed here.");
    }
    for link in links.iter().rev() {
        let Some(entry) = link.entry() else {
            draft.line(format!("{}. (this row cannot be read: `modelpin audit --verify`)", link.number));
            continue;
        };
        let Entry { at, actor, surface, kind, session, subject, before, after, reason, .. } = &entry;
        let what = session.as_ref().map(ToString::to_string).or_else(|| subject.clone()).unwrap_or_default();
        let (what, change) = if hidden(&entry) {
            ("somebody's own credential".to_owned(), String::new())
        } else {
            let [before, after] = [before, after].map(|text| text.as_deref().unwrap_or("–"));
            (what, format!(": {before} → {after}"))
        };
        let who = format!("{} ({})", words.actor(actor), surface.as_str());
        let mut spans = vec![plain(format!("{}. {} · {who} · {}", link.number, words.time(*at), kind.as_str()))];
        if !what.is_empty() {
            spans.extend([plain(" "), code(what)]);
        }
        spans.push(plain(format!("{change} ({reason})")));
        draft.spans(spans);
    }
    draft
}

fn more(draft: &mut Draft, all: usize) {
    if all > ROWS {
        draft.line(format!("… and {} more: the command line shows them all.", all - ROWS));
    }
}
