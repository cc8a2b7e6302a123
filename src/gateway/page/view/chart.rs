//! What was used, as a picture and in numbers.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::Date;
use maud::{Markup, html};

use crate::usage::{Tally, money};

/// The picture, in its own units.
const WIDTH: u64 = 700;
const HEIGHT: u64 = 120;
/// Below it stand the days.
const LABELS: u64 = 16;

/// Each of the days, also those on which nothing was used.
pub(super) fn whole(days: Vec<(String, Tally)>, from: Date, count: i64) -> Vec<(String, Tally)> {
    let known: BTreeMap<String, Tally> = days.into_iter().collect();
    let day = |number: i64| from.checked_add(number.days()).unwrap_or(from).to_string();
    (0..count).map(day).map(|day| (day.clone(), known.get(&day).copied().unwrap_or_default())).collect()
}

/// The last days as bars, and what each credential was used for in them.
pub(super) fn usage(days: &[(String, Tally)], used: &BTreeMap<String, Tally>, currency: &str) -> Markup {
    let most = days.iter().map(|(_, tally)| tally.turns).max().unwrap_or(0).max(1);
    let width = WIDTH / u64::try_from(days.len().max(1)).unwrap_or(1);
    html! {
        h2 { "Usage of the last " (days.len()) " days" }
        svg viewBox=(format!("0 0 {WIDTH} {}", HEIGHT + LABELS)) role="img" aria-label="turns by day" {
            @for (number, (day, tally)) in days.iter().enumerate() {
                @let x = u64::try_from(number).unwrap_or(0) * width;
                @let height = tally.turns * (HEIGHT - LABELS) / most;
                rect x=(x + 2) y=(HEIGHT - height) width=(width.saturating_sub(4)) height=(height) {
                    title { (day) ": " (tally.turns) " turns, " (tally.tokens_in + tally.tokens_out) " tokens, " (money(tally, currency)) }
                }
                text x=(x + 2) y=(HEIGHT + 12) { (day.get(5..).unwrap_or(day)) }
                @if tally.turns > 0 { text x=(x + 2) y=((HEIGHT - height).saturating_sub(3)) { (tally.turns) } }
            }
        }
        div class="wide" { table {
            thead { tr { th class="key" { "profile" } th class="number" { "turns" } th class="number" { "requests" } th class="number" { "failed" } th class="number" { "tokens in" } th class="number" { "out" } th class="number" { "cost" } } }
            tbody {
                @for (profile, tally) in used {
                    tr {
                        td { code { (profile) } }
                        @for number in [tally.turns, tally.requests, tally.failures, tally.tokens_in, tally.tokens_out] { td class="number" { (number) } }
                        td class="number" { (money(tally, currency)) }
                    }
                }
            }
        } }
    }
}
