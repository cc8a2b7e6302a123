//! What a refusal says beside its kind: where, and what would have done.

use modelpin::agent::AgentId;
use modelpin::catalog::{Catalog, Found, ProfileIndex, ProviderId, Unread};
use modelpin::config::Config;
use modelpin::directive::{Typed, Wanted};
use modelpin::profile::ProfileId;

fn refused(word: &str, typed_bytes: usize) -> Unread {
    let catalog = Catalog::new(&Config::default(), &AgentId::main());
    let index: ProfileIndex = ["anthropic:work", "anthropic:home", "anthropic:woods"]
        .into_iter()
        .map(|id| (ProfileId::new(id).unwrap(), ProviderId::new("anthropic").unwrap()))
        .collect();
    let wanted = Wanted::Word(Typed { text: word.to_owned(), span: 7..7 + typed_bytes });
    catalog.read(&wanted, catalog.default_model(), &index).unwrap_err()
}

#[test]
fn the_part_that_is_unknown_is_pointed_at() {
    assert_eq!(refused("opus@wrok", 9).span(), 12..16);
    assert_eq!(refused("sonet@work", 10).span(), 7..12);
    assert_eq!(refused("opus@", 5).span(), 12..12);
    assert_eq!(refused("opus@wrok", 12).span(), 7..19, "all of it, where characters were dropped in reading");
}

#[test]
fn the_profiles_that_there_are_come_with_the_nearest() {
    let Unread::UnknownProfile { known, nearest, .. } = refused("opus@wrok", 9) else {
        unreachable!("opus is a model, so the profile is what is unknown");
    };
    assert_eq!(known.len(), 3);
    assert_eq!(nearest.first().map(ProfileId::as_str), Some("anthropic:work"));
}

#[test]
fn at_most_five_names_come_near_one_for_each_model() {
    let catalog = Catalog::new(&Config::default(), &AgentId::main());
    let Found::Unknown { nearest } = catalog.find("gemini-3-") else { unreachable!("nothing is guessed") };
    assert_eq!(nearest, ["gemini", "google/gemini-3-pro-preview", "google/gemini-3-flash-preview"]);
    let Found::Unknown { nearest } = catalog.find("claude") else { unreachable!("nothing is guessed") };
    assert_eq!(nearest.len(), 5, "{nearest:?}");
}

#[test]
fn a_monstrous_word_is_refused_at_once() {
    let word = "opus@".repeat(20_000);
    let started = std::time::Instant::now();
    assert!(matches!(refused(&word, word.len()), Unread::UnknownModel { .. }));
    assert!(started.elapsed().as_secs() < 1);
}
