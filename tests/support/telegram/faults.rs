//! What goes wrong on the way.

use std::collections::HashMap;
use std::time::Duration;

use crate::support::telegram::dice::Dice;

/// What becomes of a request instead of, or beside, what is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// 429 with so many seconds, and that chat is closed for so long.
    RetryAfter(u64),
    /// That status, with a body of the Bot API.
    Status(u16),
    /// A page of a proxy, with that status.
    Page(u16),
    /// 200 with half an answer; what was asked is done.
    HalfJson,
    /// The connection is dropped, and nothing is done.
    CutBefore,
    /// It is done, and the connection is dropped before the answer.
    CutAfter,
    /// Done, and answered so much later, by the clock of the fake.
    Late(Duration),
}

/// Faults by chance.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Storm {
    pub(crate) seed: u64,
    /// Of a hundred requests, so many meet a fault.
    pub(crate) percent: u64,
}

/// What has been arranged.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    planned: Vec<(String, Fault, usize)>,
    storm: Option<(Dice, u64)>,
    /// How many requests for updates meet another poller, by bot.
    pub(crate) other_pollers: HashMap<i64, usize>,
    /// What came of it, in order.
    pub(crate) met: Vec<(String, Fault)>,
}

impl Faults {
    /// The next `times` requests of that method meet it; `*` is every method.
    pub(crate) fn plan(&mut self, method: &str, fault: Fault, times: usize) {
        self.planned.push((method.to_owned(), fault, times));
    }

    pub(crate) fn storm(&mut self, storm: Option<Storm>) {
        self.storm = storm.map(|Storm { seed, percent }| (Dice::new(seed), percent));
    }

    /// Nothing goes wrong any more.
    pub(crate) fn calm(&mut self) {
        self.planned.clear();
        self.storm = None;
        self.other_pollers.clear();
    }

    /// What the request at hand meets.
    pub(crate) fn next(&mut self, method: &str, writes: bool) -> Option<Fault> {
        let found = self.drawn(method, writes);
        if let Some(fault) = &found {
            self.met.push((method.to_owned(), fault.clone()));
        }
        found
    }

    fn drawn(&mut self, method: &str, writes: bool) -> Option<Fault> {
        let planned = self.planned.iter().position(|(of, _, left)| *left > 0 && (of == "*" || of == method));
        if let Some(at) = planned {
            self.planned[at].2 -= 1;
            return Some(self.planned[at].1.clone());
        }
        let (dice, percent) = self.storm.as_mut()?;
        if dice.below(100) >= *percent {
            return None;
        }
        let fault = match dice.below(7) {
            0 if writes => Fault::RetryAfter(1 + dice.below(3)),
            0 | 1 => Fault::Status(500 + dice.below(5) as u16),
            2 => Fault::Page(502),
            3 => Fault::HalfJson,
            4 => Fault::CutBefore,
            5 => Fault::CutAfter,
            _ => Fault::Late(Duration::from_millis(dice.below(2_000))),
        };
        Some(fault)
    }
}
