//! A form and the line that says the same are the same command.

use std::time::Duration;

use modelpin::directive::{Command, Directive, Lifetime, Message, Typed, Wanted, duration_text, line_of, read};
use modelpin_chat::Invocation;
use proptest::option;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use proptest::test_runner::RngSeed;

use crate::directive::laws::BOT;

/// A name as it could be filled in: nothing that is cleared away, no quotes around all of it, no `@` at its ends.
fn name() -> impl Strategy<Value = String> {
    let shaped = "[a-z0-9@:/\"'`“\\\\. +~é-]{1,14}";
    let word = prop_oneof![Just("list"), Just("3"), Just("once"), Just("auto"), Just("m@q8_0"), Just("-s"), Just(":")];
    prop_oneof![shaped.prop_map(String::from), word.prop_map(String::from)].prop_filter("a name", |name| {
        name.trim() == name && !name.is_empty() && !name.starts_with(['@', '"']) && !name.ends_with('@')
    })
}

fn lifetime() -> impl Strategy<Value = Lifetime> {
    prop_oneof![
        Just(Lifetime::Lasting),
        Just(Lifetime::Once),
        (1..315_360_000_u64).prop_map(|seconds| Lifetime::For(Duration::from_secs(seconds))),
    ]
}

/// What a form can say, with the form that says it.
fn expressed() -> impl Strategy<Value = (Invocation, Directive)> {
    let page = || option::of(1..=u32::MAX);
    let selection = (name(), name(), 0..3_u8, lifetime()).prop_map(|(model, profile, which, lifetime)| {
        let (target, profile) = (Typed::from(model.as_str()), Typed::from(profile.as_str()));
        let (wanted, target, profile) = match which {
            0 if target.text.contains('@') => (Wanted::Word(target.clone()), Some(target), None),
            0 | 1 => {
                let parts = Wanted::Parts { target: Some(target.clone()), profile: Some(profile.clone()) };
                (parts, Some(target), Some(profile))
            }
            _ => (Wanted::Parts { target: None, profile: Some(profile.clone()) }, None, Some(profile)),
        };
        let length = match lifetime {
            Lifetime::Lasting => None,
            Lifetime::Once => Some("once".to_owned()),
            Lifetime::For(length) => Some(duration_text(length)),
        };
        let values =
            [("model", target.map(|name| name.text)), ("profile", profile.map(|name| name.text)), ("lifetime", length)];
        (form("model", Some("set"), values), Directive::Select { wanted, lifetime })
    });
    let list = (option::of(name()), page()).prop_map(|(provider, page)| {
        let values = [("provider", provider.clone()), ("page", page.map(|page| page.to_string()))];
        let provider = provider.as_deref().map(Typed::from);
        (form("models", None, values), Directive::List { provider, page })
    });
    let profiles = page().prop_map(|page| {
        let values = [("page", page.map(|page| page.to_string()))];
        (form("model", Some("profiles"), values), Directive::Profiles { page })
    });
    let new =
        option::of(name()).prop_map(|text| (form("new", None, [("text", text.clone())]), Directive::New { text }));
    let plain = prop_oneof![
        Just(("pick", Directive::Picker)),
        Just(("status", Directive::Status)),
        Just(("why", Directive::Why)),
        Just(("default", Directive::Default)),
        Just(("undo", Directive::Undo)),
    ];
    let plain = plain.prop_map(|(way, directive)| (form("model", Some(way), []), directive));
    prop_oneof![selection, list, profiles, new, plain]
}

fn form<const N: usize>(command: &str, subcommand: Option<&str>, values: [(&str, Option<String>); N]) -> Invocation {
    let values = values.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
    Invocation { command: command.to_owned(), subcommand: subcommand.map(str::to_owned), values }
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(11), cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn a_form_is_the_command_that_is_typed((invocation, directive) in expressed()) {
        let command = Command { directive, following: None };
        let typed = command.to_string();
        prop_assert_eq!(line_of(&invocation), Ok(typed.clone()));
        prop_assert_eq!(read(&typed, BOT), Ok(Message::Command(command)));
    }

    #[test]
    fn whatever_is_filled_in_is_a_command_or_a_fault(
        model in any::<String>(), profile in any::<String>(), lifetime in any::<String>(), way in 0..4_usize,
    ) {
        let values = [("model", model), ("profile", profile), ("lifetime", lifetime)].map(|(name, value)| {
            (if way == 3 { "text" } else { name }, Some(value))
        });
        let (command, subcommand) = [("model", Some("set")), ("model", Some("list")), ("models", None), ("new", None)][way];
        match line_of(&form(command, subcommand, values)) {
            Ok(line) => prop_assert!(matches!(read(&line, BOT), Ok(Message::Command(_))), "{line:?}"),
            Err(fault) => prop_assert!(!fault.to_string().is_empty()),
        }
    }
}
