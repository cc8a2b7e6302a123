use std::sync::Arc;

use modelpin::audit::{Demand, Entry, Kind, Surface, Verifier};
use modelpin::session::Actor;
use modelpin::store::{CommitFault, Store};

use crate::store::support::{Place, at, key, pinned};

fn entry(second: i64, after: &str) -> Entry {
    Entry {
        at: at(second),
        actor: Actor { channel: "telegram".to_owned(), id: "42".to_owned(), name: Some("Änn".to_owned()) },
        surface: Surface::Text,
        kind: Kind::Pin,
        session: Some(key("42")),
        subject: None,
        before: None,
        after: Some(after.to_owned()),
        reason: "chosen".to_owned(),
        profiles: vec!["anthropic:work".to_owned()],
    }
}

fn demand(after: &str) -> Demand {
    Demand { entry: entry(1, after), required: true }
}

async fn told(store: &Arc<dyn Store>) -> Vec<String> {
    let links = store.links(0, None, 1_000).await.unwrap();
    let mut verifier = Verifier::new(None);
    for link in &links {
        verifier.take(link);
    }
    assert_eq!(verifier.end(store.head().await.unwrap()).flaws, []);
    links.iter().map(|link| link.entry().unwrap().after.unwrap()).collect()
}

pub(super) async fn rows_come_back_in_order_and_are_whole(place: &Place) {
    let store = place.open();
    assert_eq!(store.head().await.unwrap(), None);
    for number in 1..=5_i64 {
        let link = store.log_change(entry(number, &format!("row {number}"))).await.unwrap();
        assert_eq!((link.number, link.entry()), (number.unsigned_abs(), Some(entry(number, &format!("row {number}")))));
    }
    assert_eq!(told(&place.open()).await, ["row 1", "row 2", "row 3", "row 4", "row 5"]);
    let of = |links: Vec<modelpin::audit::Link>| links.iter().map(|link| link.number).collect::<Vec<_>>();
    assert_eq!(of(store.links(1, None, 2).await.unwrap()), [2, 3]);
    assert_eq!(of(store.links(0, Some(at(4)), 9).await.unwrap()), [4, 5]);
    assert_eq!(of(store.last_links(2).await.unwrap()), [4, 5]);
}

/// A change that was not made has no row, and one that was has one.
pub(super) async fn a_row_is_written_with_its_change_or_not_at_all(place: &Place) {
    let store = place.open();
    let row = store.commit_audited(pinned("42", "anthropic:work"), demand("first")).await.unwrap();
    assert!(row.unaudited.is_none());
    let stale = store.commit_audited(pinned("42", "anthropic:home"), demand("stale")).await;
    assert!(matches!(stale, Err(CommitFault::Conflict(Some(now))) if now == row.value));
    assert_eq!(told(&store).await, ["first"]);
}

pub(super) async fn of_many_writers_each_row_has_its_place(place: &Place) {
    let stores = [place.open(), place.open()];
    let mut writing = tokio::task::JoinSet::new();
    for number in 0..60_i64 {
        let store = Arc::clone(&stores[usize::from(number % 2 == 0)]);
        writing.spawn(async move { store.log_change(entry(number, &number.to_string())).await.unwrap().number });
    }
    let mut numbers: Vec<u64> = writing.join_all().await;
    numbers.sort_unstable();
    assert!(numbers.into_iter().eq(1..=60));
    assert_eq!(told(&stores[0]).await.len(), 60);
}

pub(super) async fn a_mark_changes_only_from_what_was_expected(place: &Place) {
    let (store, other) = (place.open(), place.open());
    assert_eq!(other.marks("disabled:").await.unwrap(), []);
    let swap = async |expected: Option<&str>, new: Option<&str>, demand| {
        store.swap_mark("disabled:a", expected, new, demand).await.unwrap().value
    };
    assert!(!swap(Some("x"), Some("1"), Some(demand("never"))).await);
    assert!(swap(None, Some("1"), Some(demand("set"))).await);
    assert!(!swap(None, Some("2"), None).await);
    assert!(swap(Some("1"), Some("2"), None).await);
    store.swap_mark("other", None, Some("y"), None).await.unwrap();
    for seen_by in [&store, &other, &place.open()] {
        assert_eq!(seen_by.marks("disabled:").await.unwrap(), [("disabled:a".to_owned(), "2".to_owned())]);
    }
    assert!(swap(Some("2"), None, Some(demand("gone"))).await);
    for seen_by in [&store, &other] {
        assert_eq!(seen_by.marks("disabled:").await.unwrap(), []);
    }
    assert_eq!(told(&store).await, ["set", "gone"]);
}
