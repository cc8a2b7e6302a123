//! The benches.

use modelpin::health::{Bench, BenchScope, FailureClass};
use modelpin::profile::Fingerprint;

use crate::store::support::{Place, at};

fn scope(fingerprint: Option<&str>, model: Option<&str>) -> BenchScope {
    BenchScope {
        provider: "anthropic".parse().unwrap(),
        fingerprint: fingerprint.map(Fingerprint::from_stored),
        model: model.map(|model| format!("anthropic/{model}").parse::<modelpin::catalog::ModelRef>().unwrap().model),
    }
}

fn bench(scope: &BenchScope, class: FailureClass, strikes: u32) -> Bench {
    Bench { scope: scope.clone(), class, strikes, since: at(1_700_000_000), until: Some(at(1_700_000_030)) }
}

pub(super) async fn a_bench_comes_back_as_it_was(place: &Place) {
    let store = place.open();
    let classes = [
        FailureClass::RateLimit,
        FailureClass::Billing,
        FailureClass::Auth,
        FailureClass::ClientOnly,
        FailureClass::Overloaded,
        FailureClass::Server,
        FailureClass::Timeout,
        FailureClass::Malformed,
        FailureClass::ContextOverflow,
        FailureClass::ModelNotFound,
    ];
    for class in classes {
        let scope = scope(Some("0123456789ab"), Some("claude-opus-4-6"));
        let written = Bench { until: None, ..bench(&scope, class, 3) };
        let update = written.clone();
        store.update_bench(scope, Box::new(move |_| Some(update.clone()))).await.unwrap();
        assert_eq!(*store.benches().await.unwrap(), std::slice::from_ref(&written));
        assert_eq!(*place.open().benches().await.unwrap(), [written]);
    }
}

pub(super) async fn an_update_sees_what_was_there(place: &Place) {
    let (store, other) = (place.open(), place.open());
    let scope = scope(Some("a"), None);
    let first = bench(&scope, FailureClass::Billing, 1);
    let (seen, given) = (first.clone(), first.clone());
    store
        .update_bench(
            scope.clone(),
            Box::new(move |before| {
                assert!(before.is_none());
                Some(given.clone())
            }),
        )
        .await
        .unwrap();
    assert_eq!(*other.benches().await.unwrap(), [first]);
    let update = move |before: Option<&Bench>| {
        assert_eq!(before, Some(&seen));
        before.map(|before| Bench { strikes: before.strikes + 1, ..before.clone() })
    };
    other.update_bench(scope.clone(), Box::new(update)).await.unwrap();
    assert_eq!(*store.benches().await.unwrap(), [bench(&scope, FailureClass::Billing, 2)]);
}

pub(super) async fn none_takes_the_bench_away(place: &Place) {
    let (store, scope) = (place.open(), scope(None, Some("m")));
    let written = bench(&scope, FailureClass::Server, 1);
    store.update_bench(scope.clone(), Box::new(move |_| Some(written.clone()))).await.unwrap();
    assert_eq!(store.benches().await.unwrap().len(), 1);
    store.update_bench(scope.clone(), Box::new(|_| None)).await.unwrap();
    assert!(store.benches().await.unwrap().is_empty());
    store
        .update_bench(scope, Box::new(|before| before.map(|bench| Bench { strikes: bench.strikes, ..bench.clone() })))
        .await
        .unwrap();
    assert!(store.benches().await.unwrap().is_empty());
}

pub(super) async fn scopes_do_not_mix(place: &Place) {
    let store = place.open();
    let scopes = [scope(Some("a"), None), scope(Some("a"), Some("m")), scope(None, Some("m")), scope(Some("b"), None)];
    for (strikes, scope) in (1..).zip(&scopes) {
        // The scope of the answer does not count: it is kept where it was asked for.
        let written = bench(&scopes[0], FailureClass::RateLimit, strikes);
        store.update_bench(scope.clone(), Box::new(move |_| Some(written.clone()))).await.unwrap();
    }
    let benches = store.benches().await.unwrap();
    assert_eq!(benches.len(), 4);
    for (strikes, scope) in (1..).zip(&scopes) {
        assert!(benches.contains(&bench(scope, FailureClass::RateLimit, strikes)));
    }
}

pub(super) async fn no_strike_of_many_writers_is_lost(place: &Place) {
    let mut writers = Vec::new();
    for store in [place.open(), place.open()].into_iter().cycle().take(8) {
        writers.push(tokio::spawn(async move {
            for _ in 0..10 {
                let scope = scope(Some("a"), None);
                let at = scope.clone();
                let strike = move |before: Option<&Bench>| {
                    Some(bench(&at, FailureClass::RateLimit, before.map_or(0, |before| before.strikes) + 1))
                };
                store.update_bench(scope, Box::new(strike)).await.unwrap();
            }
        }));
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(place.open().benches().await.unwrap()[0].strikes, 80);
}

pub(super) async fn an_update_that_panics_changes_nothing(place: &Place) {
    let (store, scope) = (place.open(), scope(Some("a"), None));
    let (panicking, at) = (place.open(), scope.clone());
    let task = tokio::spawn(async move { panicking.update_bench(at, Box::new(|_| panic!("on purpose"))).await });
    assert!(!matches!(task.await, Ok(Ok(()))), "it must not be confirmed");
    let written = bench(&scope, FailureClass::Auth, 1);
    store.update_bench(scope, Box::new(move |before| before.is_none().then(|| written.clone()))).await.unwrap();
    assert_eq!(store.benches().await.unwrap().len(), 1);
}
