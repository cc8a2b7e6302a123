//! Profiles by their names, and by who may see them.

use modelpin::catalog::{KnownProfiles, ProfileIndex, ProfileMatch, ProviderId};
use modelpin::profile::ProfileId;
use rstest::rstest;

fn id(text: &str) -> ProfileId {
    ProfileId::new(text).unwrap()
}

fn provider(text: &str) -> ProviderId {
    ProviderId::new(text).unwrap()
}

fn index() -> ProfileIndex {
    [
        ("work", "openai"),
        ("anthropic:work", "anthropic"),
        ("Z.AI:Home", "zai"),
        ("openai:work", "openai"),
        ("openai:WORK", "openai"),
        ("odd:one", "anthropic"),
    ]
    .into_iter()
    .map(|(profile, owner)| (id(profile), provider(owner)))
    .collect()
}

#[rstest]
#[case("openai", "work", ProfileMatch::One(id("work")))]
#[case("openai", "WORK", ProfileMatch::One(id("openai:WORK")))]
#[case("openai", "Work", ProfileMatch::Several(vec![id("work"), id("openai:work"), id("openai:WORK")]))]
#[case("anthropic", "work", ProfileMatch::One(id("anthropic:work")))]
#[case("anthropic", "ANTHROPIC:Work", ProfileMatch::One(id("anthropic:work")))]
#[case("anthropic", "odd:one", ProfileMatch::One(id("odd:one")))]
#[case("anthropic", "one", ProfileMatch::None)]
#[case("zai", "Home", ProfileMatch::One(id("Z.AI:Home")))]
#[case("zai", "home", ProfileMatch::One(id("Z.AI:Home")))]
#[case("zai", "zai:Home", ProfileMatch::One(id("Z.AI:Home")))]
#[case("zai", "z.ai:home", ProfileMatch::One(id("Z.AI:Home")))]
#[case("zai", "openai:work", ProfileMatch::Elsewhere(id("openai:work"), provider("openai")))]
#[case("zai", "ODD:ONE", ProfileMatch::Elsewhere(id("odd:one"), provider("anthropic")))]
#[case("zai", "work", ProfileMatch::Elsewhere(id("work"), provider("openai")))]
fn a_name_finds_its_profile(#[case] owner: &str, #[case] name: &str, #[case] expected: ProfileMatch) {
    assert_eq!(index().find(&provider(owner), name), expected);
}

#[test]
fn a_profile_that_one_may_not_see_is_not_there() {
    let index = index();
    let seen = index.seen_by(|profile| profile.as_str() != "openai:WORK" && profile.as_str() != "work");
    assert_eq!(seen.find(&provider("openai"), "openai:WORK"), ProfileMatch::One(id("openai:work")));
    assert_eq!(seen.find(&provider("openai"), "work"), ProfileMatch::One(id("openai:work")));
    assert_eq!(seen.find(&provider("zai"), "work"), ProfileMatch::None);
    assert_eq!(seen.of(&provider("openai")), [id("openai:work")]);
    let blind = index.seen_by(|_| false);
    assert_eq!(blind.find(&provider("zai"), "openai:work"), ProfileMatch::None);
    assert_eq!(blind.of(&provider("anthropic")), []);
}

#[test]
fn the_profiles_of_a_provider_keep_the_order_of_the_store() {
    assert_eq!(index().of(&provider("openai")), [id("work"), id("openai:work"), id("openai:WORK")]);
}
