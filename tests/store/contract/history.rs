//! The running conversations.

use modelpin::history::{Role, Utterance};
use modelpin::store::Store;

use crate::store::support::{Place, at, key};

fn said(texts: &[&str]) -> Vec<Utterance> {
    let roles = [Role::User, Role::Assistant].into_iter().cycle();
    let utterances = (1_700_000_000..).zip(roles).zip(texts);
    utterances.map(|((second, role), text)| Utterance { role, text: (*text).to_owned(), at: at(second) }).collect()
}

async fn texts(store: &dyn Store, peer: &str, conversation: u64, limit: usize) -> Vec<String> {
    let kept = store.history(&key(peer), conversation, limit).await.unwrap();
    kept.into_iter().map(|utterance| utterance.text).collect()
}

pub(super) async fn utterances_come_back_in_order(place: &Place) {
    let store = place.open();
    let talk = said(&["Hello", "Hi", "日本語 \u{0} \"'", ""]);
    store.append(&key("42"), 1, talk[..2].to_vec(), 10).await.unwrap();
    store.append(&key("42"), 1, talk[2..].to_vec(), 10).await.unwrap();
    assert_eq!(place.open().history(&key("42"), 1, 10).await.unwrap(), talk);
}

pub(super) async fn no_more_than_asked_for_and_the_latest_of_them(place: &Place) {
    let store = place.open();
    store.append(&key("42"), 1, said(&["a", "b", "c"]), 10).await.unwrap();
    assert_eq!(texts(&*store, "42", 1, 2).await, ["b", "c"]);
    assert!(texts(&*store, "42", 1, 0).await.is_empty());
}

pub(super) async fn no_more_is_kept_than_asked_for(place: &Place) {
    let store = place.open();
    store.append(&key("42"), 1, said(&["a", "b", "c"]), 2).await.unwrap();
    assert_eq!(texts(&*store, "42", 1, 10).await, ["b", "c"]);
    store.append(&key("42"), 1, said(&["d"]), 2).await.unwrap();
    assert_eq!(texts(&*store, "42", 1, 10).await, ["c", "d"]);
}

pub(super) async fn conversations_and_sessions_do_not_mix(place: &Place) {
    let store = place.open();
    store.append(&key("42"), 2, said(&["a"]), 1).await.unwrap();
    store.append(&key("43"), 1, said(&["b"]), 1).await.unwrap();
    store.append(&key("42"), 1, said(&["late"]), 1).await.unwrap();
    assert_eq!(texts(&*store, "42", 2, 10).await, ["a"]);
    assert_eq!(texts(&*store, "43", 1, 10).await, ["b"]);
    assert_eq!(texts(&*store, "42", 1, 10).await, ["late"]);
    assert!(texts(&*store, "42", 3, 10).await.is_empty());
    assert!(texts(&*store, "4", 1, 10).await.is_empty());
}

pub(super) async fn a_new_conversation_ends_the_earlier_ones(place: &Place) {
    let store = place.open();
    store.append(&key("42"), 1, said(&["a"]), 9).await.unwrap();
    store.append(&key("43"), 1, said(&["b"]), 9).await.unwrap();
    store.append(&key("42"), 2, said(&["c"]), 9).await.unwrap();
    assert!(texts(&*store, "42", 1, 10).await.is_empty());
    assert_eq!(texts(&*store, "42", 2, 10).await, ["c"]);
    assert_eq!(texts(&*store, "43", 1, 10).await, ["b"], "another session's");
}

pub(super) async fn nothing_is_kept_of_none(place: &Place) {
    let store = place.open();
    store.append(&key("42"), 1, said(&["a", "b"]), 9).await.unwrap();
    store.append(&key("42"), 1, Vec::new(), 1).await.unwrap();
    assert_eq!(texts(&*store, "42", 1, 10).await, ["b"]);
    store.append(&key("42"), 1, said(&["c"]), 0).await.unwrap();
    assert!(texts(&*store, "42", 1, 10).await.is_empty());
}

pub(super) async fn the_last_utterance_is_the_latest(place: &Place) {
    let store = place.open();
    assert_eq!(store.last_utterance(&key("42")).await.unwrap(), None);
    store.append(&key("42"), 1, said(&["a", "b", "c"]), 9).await.unwrap();
    store.append(&key("43"), 1, said(&["a"]), 9).await.unwrap();
    assert_eq!(store.last_utterance(&key("42")).await.unwrap(), Some(at(1_700_000_002)));
}
