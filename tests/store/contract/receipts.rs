//! The receipts.

use modelpin::receipt::{BillingClass, Receipt, ReceiptAttempt, ReceiptRequest};
use modelpin::session::Source;
use modelpin::store::UsageQuery;
use modelpin::usage::{Dimension, Tally};

use crate::store::support::{Place, ann, at, event, key};

fn receipt(peer: &str, second: i64) -> Receipt {
    Receipt {
        at: at(second),
        session: key(peer),
        actor: ann(),
        event: Some(event(&format!("telegram/default/{second}"))),
        model: Some("anthropic/claude-opus-4-6".to_owned()),
        profile: Some("anthropic:work".to_owned()),
        fingerprint: Some("0123456789ab".to_owned()),
        once: false,
        source: Source::User,
        reason: "pinned".to_owned(),
        class: Some(BillingClass::Metered),
        requests: Vec::new(),
        attempts: vec![ReceiptAttempt {
            model: "anthropic/claude-opus-4-6".to_owned(),
            profile: "env:ANTHROPIC_API_KEY".to_owned(),
            why: "cooling down".to_owned(),
        }],
        tokens_in: Some(12),
        tokens_out: None,
        latency_ms: 1234,
        outcome: "ok".to_owned(),
    }
}

pub(super) async fn the_last_receipt_is_the_one_recorded_last(place: &Place) {
    let (store, other) = (place.open(), place.open());
    assert_eq!(store.last_receipt(&key("42")).await.unwrap(), None);
    // A clock may be set back; the order of turns is the order they ended in.
    for second in [1_700_000_000, 1_700_000_009, 1_700_000_005] {
        store.record(receipt("42", second)).await.unwrap();
        assert_eq!(store.last_receipt(&key("42")).await.unwrap(), Some(receipt("42", second)));
        assert_eq!(other.last_receipt(&key("42")).await.unwrap(), Some(receipt("42", second)));
    }
}

pub(super) async fn receipts_of_sessions_do_not_mix(place: &Place) {
    let store = place.open();
    store.record(receipt("42", 1_700_000_000)).await.unwrap();
    store.record(receipt("43", 1_700_000_001)).await.unwrap();
    assert_eq!(store.last_receipt(&key("42")).await.unwrap(), Some(receipt("42", 1_700_000_000)));
    assert_eq!(store.last_receipt(&key("4")).await.unwrap(), None);
}

pub(super) async fn the_latest_come_first_whatever_session_they_are_of(place: &Place) {
    let store = place.open();
    for (peer, second) in [("42", 1), ("43", 2), ("42", 3)] {
        store.record(receipt(peer, second)).await.unwrap();
    }
    assert_eq!(place.open().latest_receipts(2).await.unwrap(), [receipt("42", 3), receipt("43", 2)]);
}

fn request(profile: &str, outcome: &str, tokens: Option<(u64, u64)>, cost_micros: Option<u64>) -> ReceiptRequest {
    ReceiptRequest {
        model: "anthropic/claude-opus-4-6".to_owned(),
        profile: profile.to_owned(),
        fingerprint: Some(format!("print of {profile}")),
        class: Some(BillingClass::Metered),
        outcome: outcome.to_owned(),
        tokens_in: tokens.map(|(read, _)| read),
        tokens_out: tokens.map(|(_, written)| written),
        cost_micros,
    }
}

pub(super) async fn what_receipts_count_can_be_summed_up_by_everything(place: &Place) {
    const DAY: i64 = 86_400;
    let (store, other) = (place.open(), place.open());
    let failed = request("anthropic:home", "rate_limit", None, None);
    let told = |peer, second, requests: Vec<ReceiptRequest>| {
        let fingerprint = Some("print of anthropic:work".to_owned());
        Receipt { requests, fingerprint, ..receipt(peer, second) }
    };
    let fine = || request("anthropic:work", "ok", Some((10, 2)), Some(300));
    store.record(told("42", 1, vec![failed.clone(), fine()])).await.unwrap();
    other.record(told("42", 2, vec![fine()])).await.unwrap();
    let refused = Receipt { outcome: "rate_limit".to_owned(), ..told("43", DAY, vec![failed]) };
    store.record(Receipt { profile: Some("anthropic:home".to_owned()), ..refused }).await.unwrap();
    let sums = async |by, query: UsageQuery| other.usage(by, &query).await.unwrap();
    let work =
        Tally { turns: 2, answers: 2, requests: 2, tokens_in: 20, tokens_out: 4, cost_micros: 600, ..Tally::default() };
    let home = Tally { turns: 1, requests: 2, failures: 2, ..Tally::default() };
    let by_profile = sums(Dimension::Profile, UsageQuery::default()).await;
    assert_eq!(by_profile, [("anthropic:home".to_owned(), home), ("anthropic:work".to_owned(), work)]);
    let first = Tally { requests: 3, failures: 1, ..work };
    let second = Tally { turns: 1, requests: 1, failures: 1, ..Tally::default() };
    let days = sums(Dimension::Day, UsageQuery::default()).await;
    assert_eq!(days, [("1970-01-01".to_owned(), first), ("1970-01-02".to_owned(), second)]);
    let sessions = sums(Dimension::Session, UsageQuery::default()).await;
    assert_eq!(sessions, [(key("42").to_string(), first), (key("43").to_string(), second)]);
    let later = UsageQuery { from: Some(jiff::civil::date(1970, 1, 2)), ..UsageQuery::default() };
    assert_eq!(sums(Dimension::Profile, later).await.len(), 1);
    let of_work = UsageQuery { profile: Some("anthropic:work".to_owned()), ..UsageQuery::default() };
    assert_eq!(sums(Dimension::Profile, of_work).await, [("anthropic:work".to_owned(), work)]);
    let of_nobody = UsageQuery { user: Some("telegram:1".to_owned()), ..UsageQuery::default() };
    assert_eq!(sums(Dimension::User, of_nobody).await, []);
}
