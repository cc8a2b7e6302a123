//! Times, and how they are printed beside what is asked.

use std::time::Duration;

/// Times that were taken, in no order.
pub(crate) struct Figures(Vec<f64>);

impl Figures {
    pub(crate) fn new(expected: usize) -> Self {
        Self(Vec::with_capacity(expected))
    }

    pub(crate) fn add(&mut self, time: Duration) {
        self.0.push(time.as_secs_f64() * 1e6);
    }

    pub(crate) fn join(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// In microseconds; 50 is the median.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        sorted[(sorted.len() - 1) * percent / 100]
    }

    /// A line: median, p99, and whether the percentile asked for is within its target.
    pub(crate) fn print(&self, what: &str, target: Option<(usize, Duration)>) {
        let (median, p99) = (self.percentile(50), self.percentile(99));
        print!("  {what:<44} median {median:>9.2} µs   p99 {p99:>9.2} µs");
        if let Some((percent, limit)) = target {
            let limit = limit.as_secs_f64() * 1e6;
            let name = if percent > 50 { "p99" } else { "median" };
            print!("   target {name} ≤ {limit} µs: {}", verdict(self.percentile(percent) <= limit));
        }
        println!();
    }
}

/// A line: so many times something, and whether that is within `limit`.
pub(crate) fn ratio(what: &str, times: f64, limit: f64) {
    println!("    {what:<56} {times:>8.2}×   target ≤ {limit}×: {}", verdict(times <= limit));
}

pub(crate) fn verdict(met: bool) -> &'static str {
    if met { "met" } else { "NOT MET" }
}
