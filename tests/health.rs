//! The table of failures: who is benched by what, until when, and what a failure more changes.

use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use modelpin::config::Cooldowns;
use modelpin::health::{Bench, FailureClass, Strike};
use modelpin::profile::Fingerprint;
use modelpin::store::{HealthTable, Memory, Sqlite};
use rstest::rstest;

const NOW: i64 = 1_800_000_000;

/// What is benched, as in the contract's table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Nobody,
    Pair,
    Credential,
    Model,
}

/// In seconds from the strike; `None` until the secret changes.
type Length = Option<i64>;

fn strike(class: FailureClass, retry_after: Option<u64>, after: i64) -> Strike {
    Strike {
        model: "anthropic/opus".parse().unwrap(),
        fingerprint: Some(Fingerprint::from_stored("secret of a")),
        class,
        retry_after: retry_after.map(Duration::from_secs),
        at: Timestamp::from_second(NOW + after).unwrap(),
    }
}

/// Notes a strike as a turn does.
async fn note(store: &dyn HealthTable, strike: Strike) {
    let Some(scope) = strike.scope() else { return };
    let of = scope.clone();
    let update = move |present: Option<&Bench>| Some(strike.bench(of.clone(), present, &Cooldowns::default()));
    store.update_bench(scope, Box::new(update)).await.unwrap();
}

async fn found(store: &dyn HealthTable) -> (Who, Length, u32) {
    let benches = store.benches().await.unwrap();
    let [bench] = benches.as_slice() else {
        assert!(benches.is_empty(), "{benches:?}");
        return (Who::Nobody, Some(0), 0);
    };
    let who = match (&bench.scope.fingerprint, &bench.scope.model) {
        (Some(_), Some(_)) => Who::Pair,
        (Some(_), None) => Who::Credential,
        (None, Some(_)) => Who::Model,
        (None, None) => panic!("a bench of everybody"),
    };
    (who, bench.until.map(|until| until.as_second() - NOW), bench.strikes)
}

#[rstest]
#[case::rate_limit(FailureClass::RateLimit, None, Who::Pair, Some(30), Some(31 + 60))]
#[case::rate_limit_with_a_time(FailureClass::RateLimit, Some(7), Who::Pair, Some(7), Some(8 + 7))]
#[case::spent_account(FailureClass::AccountLimit, None, Who::Credential, Some(30), Some(31 + 60))]
#[case::spent_until_a_time(FailureClass::AccountLimit, Some(3600), Who::Credential, Some(3600), Some(3601 + 3600))]
#[case::unpaid(FailureClass::Billing, None, Who::Credential, Some(5 * 3600), Some(5 * 3600 + 1 + 10 * 3600))]
#[case::refused(FailureClass::Auth, None, Who::Credential, None, None)]
#[case::foreign_client(FailureClass::ClientOnly, None, Who::Credential, None, None)]
#[case::overloaded(FailureClass::Overloaded, None, Who::Model, Some(10), Some(11 + 10))]
#[case::broken(FailureClass::Server, None, Who::Model, Some(10), Some(11 + 10))]
#[case::late(FailureClass::Timeout, None, Who::Model, Some(10), Some(11 + 10))]
#[case::malformed(FailureClass::Malformed, None, Who::Nobody, Some(0), Some(0))]
#[case::too_long(FailureClass::ContextOverflow, None, Who::Nobody, Some(0), Some(0))]
#[case::no_such_model(FailureClass::ModelNotFound, None, Who::Nobody, Some(0), Some(0))]
#[tokio::test]
async fn first_repeated_and_eight_at_once(
    #[case] class: FailureClass,
    #[case] retry_after: Option<u64>,
    #[case] who: Who,
    #[case] first: Length,
    #[case] again: Length,
) {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = Sqlite::open(&folder.path().join("modelpin.sqlite")).unwrap();
    let stores: [Arc<dyn HealthTable>; 2] = [Arc::new(Memory::new()), Arc::new(sqlite)];
    for store in stores {
        note(store.as_ref(), strike(class, retry_after, 0)).await;
        let (found_who, found_until, strikes) = found(store.as_ref()).await;
        assert_eq!((found_who, found_until), (who, first), "{class} at first");

        // Eight in parallel, all of them inside the window: one failure in the counter, the same deadline.
        let eight = (0..8).map(|_| {
            let store = store.clone();
            tokio::spawn(async move { note(store.as_ref(), strike(class, None, 1)).await })
        });
        for one in eight.collect::<Vec<_>>() {
            one.await.unwrap();
        }
        assert_eq!(found(store.as_ref()).await, (who, first, strikes), "{class} eight times inside the window");

        // Once more, a second after the window ended.
        let after = first.unwrap_or(3600) + 1;
        note(store.as_ref(), strike(class, retry_after, after)).await;
        let (found_who, found_until, _) = found(store.as_ref()).await;
        assert_eq!((found_who, found_until), (who, again), "{class} again");
    }
}

#[test]
fn a_long_bench_is_looked_into_by_one_request_a_quarter_of_an_hour() {
    let unpaid = strike(FailureClass::Billing, None, 0);
    let bench = unpaid.bench(unpaid.scope().unwrap(), None, &Cooldowns::default());
    let at = |minutes| Timestamp::from_second(NOW).unwrap() + SignedDuration::from_mins(minutes);
    assert!(!bench.may_be_probed(at(14)));
    assert!(bench.may_be_probed(at(15)));
    let looked = Strike { at: at(15), ..unpaid }.bench(bench.scope.clone(), Some(&bench), &Cooldowns::default());
    assert_eq!((looked.until, looked.strikes), (bench.until, 1), "looking does not make it longer");
    assert!(!looked.may_be_probed(at(29)));
    assert!(looked.may_be_probed(at(30)));
}
