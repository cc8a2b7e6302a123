//! The table is in `fixtures/providers/failures.txt`: at least one line per rule.
#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;

use crate::catalog::ProviderId;
use crate::health::FailureClass::{
    Auth, Billing, ContextOverflow, Malformed, ModelNotFound, Overloaded, RateLimit, Server, Timeout,
};
use crate::provider::ErrorBody;

use super::rules::{GENERIC, RULES};
use super::{by_status, classify};

/// One line of the table.
struct Case {
    class: &'static str,
    provider: ProviderId,
    status: u16,
    body: &'static str,
}

fn cases() -> Vec<Case> {
    let lines = include_str!("../../../fixtures/providers/failures.txt").lines();
    let cases = lines.filter(|line| !line.starts_with('#')).map(|line| {
        let (class, rest) = line.split_once(' ').unwrap();
        let (provider, rest) = rest.trim_start().split_once(' ').unwrap();
        let rest = rest.trim_start();
        let (status, body) = rest.split_once(' ').unwrap_or((rest, ""));
        Case { class, provider: ProviderId::new(provider).unwrap(), status: status.parse().unwrap(), body }
    });
    cases.collect()
}

#[test]
fn each_line_has_its_class() {
    for Case { class, provider, status, body } in cases() {
        let found = classify(&provider, status, &ErrorBody::read(body.as_bytes()));
        assert_eq!(found.as_str(), class, "{provider} {status} {body}");
    }
}

/// A rule that never decides is dead, or hidden by one above it.
#[test]
fn each_rule_decides_some_line() {
    let mut unused: BTreeSet<String> = RULES.iter().chain(GENERIC).map(|rule| format!("{rule:?}")).collect();
    for Case { provider, status, body, .. } in cases() {
        let read = ErrorBody::read(body.as_bytes());
        let status = Some(status).filter(|status| *status >= 300).or(read.status);
        let decided = RULES.iter().find(|rule| rule.applies(&provider, status, &read));
        let generic = GENERIC.iter().find(|rule| status.is_none() && rule.applies(&provider, None, &read));
        if let Some(rule) = decided.or(generic) {
            unused.remove(&format!("{rule:?}"));
        }
    }
    assert!(unused.is_empty(), "no line of the table is decided by {unused:#?}");
}

#[test]
fn each_status_has_its_class() {
    let expected = [
        (400, Malformed),
        (401, Auth),
        (402, Billing),
        (403, Auth),
        (404, ModelNotFound),
        (405, Malformed),
        (408, Timeout),
        (410, ModelNotFound),
        (413, ContextOverflow),
        (422, Malformed),
        (429, RateLimit),
        (500, Server),
        (502, Server),
        (503, Server),
        (504, Timeout),
        (524, Timeout),
        (529, Overloaded),
    ];
    for (status, class) in expected {
        assert_eq!(by_status(status), class, "{status}");
    }
}
