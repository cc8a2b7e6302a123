//! How much Discord takes.
//!
//! Its documentation tells no numbers but that of all calls together; those of a kind are what its answers were seen to say.

use std::collections::HashMap;
use std::time::Duration;

use axum::http::HeaderMap;
use serde_json::{Value, json};

/// What one bot may call in a second, whatever it is. Calls that answer an interaction do not count.
const ALL: Rate = Rate { name: "all", most: 50, within: Duration::from_secs(1) };

/// How many calls of a kind are taken in what time.
#[derive(Debug, Clone, Copy)]
struct Rate {
    name: &'static str,
    most: usize,
    within: Duration,
}

/// When calls were made, by what they are counted under.
#[derive(Default)]
pub(super) struct Rates(HashMap<(&'static str, String), Vec<Duration>>);

/// What Discord says of a call: how much is left of its kind, or that it is too much.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counted {
    rate: Rate,
    left: usize,
    /// How long until all of it is there again.
    after: Duration,
    /// Whether the call is one too many.
    pub(super) is_too_much: bool,
}

impl Rates {
    /// Counts a call; `None` where its kind has no limit of its own.
    pub(super) fn count(&mut self, method: &str, parts: &[&str], now: Duration) -> Option<Counted> {
        let is_of_an_interaction = matches!(parts, ["interactions" | "webhooks", ..]);
        if !is_of_an_interaction {
            let all = self.enter(ALL, String::new(), now);
            if all.is_too_much {
                return Some(all);
            }
        }
        let (rate, under) = kind(method, parts)?;
        Some(self.enter(rate, under, now))
    }

    fn enter(&mut self, rate: Rate, under: String, now: Duration) -> Counted {
        let calls = self.0.entry((rate.name, under)).or_default();
        calls.retain(|at| now < *at + rate.within);
        let is_too_much = calls.len() >= rate.most;
        if !is_too_much {
            calls.push(now);
        }
        let after = calls.first().map_or(rate.within, |first| (*first + rate.within).saturating_sub(now));
        Counted { rate, left: rate.most - calls.len(), after, is_too_much }
    }
}

/// How much is taken of a kind of call, and what it is counted under.
fn kind(method: &str, parts: &[&str]) -> Option<(Rate, String)> {
    let rate = |name, most, seconds| Rate { name, most, within: Duration::from_secs(seconds) };
    let (rate, under) = match (method, parts) {
        ("POST", ["channels", channel, "messages"]) => (rate("messages", 5, 5), channel),
        ("PATCH", ["channels", channel, "messages", _]) => (rate("edits", 5, 5), channel),
        ("DELETE", ["channels", channel, "messages", _]) => (rate("deletions", 5, 1), channel),
        ("POST", ["channels", channel, "typing"]) => (rate("typing", 5, 5), channel),
        ("PUT", ["applications", application, .., "commands"]) => (rate("commands", 5, 20), application),
        ("POST", ["webhooks", _, token]) => (rate("follow-ups", 5, 2), token),
        ("PATCH", ["webhooks", _, token, ..]) => (rate("answers", 5, 2), token),
        _ => return None,
    };
    Some((rate, (*under).to_owned()))
}

impl Counted {
    /// A call that is one too many although nobody has counted.
    pub(super) fn made_up() -> Self {
        let rate = Rate { name: "made-up", most: 5, within: Duration::from_secs(3) };
        Self { rate, left: 0, after: rate.within, is_too_much: true }
    }

    /// What it is counted as.
    pub(super) fn kind(&self) -> &'static str {
        self.rate.name
    }

    /// What is answered to a call that is one too many.
    pub(super) fn refusal(&self) -> Value {
        let seconds = self.after.as_secs_f64();
        json!({"message": "You are being rate limited.", "retry_after": seconds, "global": self.is_of_all()})
    }

    /// What the head of each answer says.
    pub(super) fn tell(&self, headers: &mut HeaderMap) {
        let mut set = |name: &'static str, value: String| headers.insert(name, value.parse().unwrap());
        if self.is_of_all() {
            set("x-ratelimit-global", "true".to_owned());
        } else {
            set("x-ratelimit-bucket", self.rate.name.to_owned());
            set("x-ratelimit-limit", self.rate.most.to_string());
            set("x-ratelimit-remaining", self.left.to_string());
            set("x-ratelimit-reset", format!("{:.3}", self.after.as_secs_f64()));
            set("x-ratelimit-reset-after", format!("{:.3}", self.after.as_secs_f64()));
        }
        if self.is_too_much {
            set("retry-after", self.after.as_secs_f64().ceil().to_string());
            set("x-ratelimit-scope", if self.is_of_all() { "global" } else { "user" }.to_owned());
        }
    }

    fn is_of_all(&self) -> bool {
        self.rate.name == ALL.name
    }
}
