//! The receipts.

use modelpin::receipt::{BillingClass, Receipt, ReceiptAttempt};
use modelpin::session::Source;

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
