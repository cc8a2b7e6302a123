//! What holds for every message, and for every command that can be built.

#![allow(clippy::panic, reason = "a test stops at the first surprise")]

use std::time::Duration;

use modelpin::directive::{
    Command, Directive, LONGEST, Lifetime, Message, Operation, OrderWish, Typed, Wanted, duration, duration_text, read,
};
use modelpin::usage::Dimension;
use proptest::option;
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};
use proptest::test_runner::RngSeed;

use crate::directive::laws::{BOT, check};

/// Pieces that the grammar cares about, so that random messages get past its first byte.
fn piece() -> impl Strategy<Value = String> {
    let words = vec![
        "/",
        "model",
        "models",
        "new",
        "reset",
        "help",
        "opus",
        "list",
        "profiles",
        "status",
        "for",
        "once",
        "2h",
        "1h30m",
        "3",
        "0",
        "@",
        "@",
        "@mybot",
        "@other",
        ":",
        " ",
        " ",
        " ",
        "\n",
        "\r\n",
        "\u{A0}",
        "\u{200B}",
        "\u{FEFF}",
        "\u{FF20}",
        "\u{2028}",
        "\"",
        "\"",
        "'",
        "`",
        "“",
        "”",
        "\\",
        "\\@",
        "\\\"",
        "\\u{40}",
        "-s",
        "--session",
        "-g",
        "—x",
        "page=2",
        "all",
        "é",
        "🙂",
    ];
    prop_oneof![
        8 => proptest::sample::select(words).prop_map(str::to_owned),
        1 => any::<char>().prop_map(String::from),
    ]
}

fn message() -> impl Strategy<Value = String> {
    let pieces = proptest::collection::vec(piece(), 0..14).prop_map(|pieces| pieces.concat());
    let begun = (
        proptest::sample::select(vec![
            "/model ",
            "/model",
            "/models ",
            "/new",
            "/",
            "/auth ",
            "/auth order ",
            "/pin ",
            "/unpin ",
            "/usage by ",
            "/sessions ",
            "/audit",
            "\u{FEFF}\n/model@mybot:",
        ]),
        pieces,
    )
        .prop_map(|(begin, rest)| format!("{begin}{rest}"));
    prop_oneof![6 => begun, 1 => any::<String>(), 1 => any::<String>().prop_map(|text| format!("/{text}"))]
}

/// A name of any kind: whatever a store or a catalogue may hold, as long as it is not blank.
fn name() -> impl Strategy<Value = Typed> {
    let ids = vec![
        "opus",
        "anthropic:me@example.com",
        "openai/gpt-5.4",
        "m@q8_0",
        "cloudflare/@cf/openai/x",
        "ollama/llama3.2:70b",
        "google:me+tag@example.com",
        "a~b",
        "my key",
        "мой ключ",
        "list",
        "profiles",
        "3",
        "-s",
        "once",
        "all",
        "page=2",
        "\"",
        "\\",
        "a\u{200B}b",
        "two\nlines",
        "\u{FF20}",
        "@",
        "opus@",
        "“x”",
        "`x`",
        "it's",
        "\\u{40}",
        " edges ",
    ];
    let built = proptest::collection::vec(piece(), 1..6).prop_map(|pieces| pieces.concat());
    prop_oneof![proptest::sample::select(ids).prop_map(str::to_owned), built, any::<String>()]
        .prop_filter("a name is not blank", |text| text.chars().any(char::is_alphanumeric))
        .prop_map(|text| Typed::from(text.as_str()))
}

fn parts() -> impl Strategy<Value = Wanted> {
    prop_oneof![
        name().prop_map(|target| Wanted::Parts { target: Some(target), profile: None }),
        name().prop_map(|profile| Wanted::Parts { target: None, profile: Some(profile) }),
        (name(), name()).prop_map(|(target, profile)| Wanted::Parts { target: Some(target), profile: Some(profile) }),
    ]
}

/// A word with an `@` may hold anything; one without is what can be typed without quotes.
fn word() -> impl Strategy<Value = Wanted> {
    let split = (option::of(name()), name()).prop_map(|(target, profile)| {
        format!("{}@{}", target.map(|target| target.text).unwrap_or_default(), profile.text)
    });
    prop_oneof![
        split.prop_filter("a word does not end in @", |text| !text.ends_with('@')),
        "[a-z][a-z0-9._:/+~-]{0,12}".prop_filter("a keyword is no word", |text| {
            !["list", "profiles", "status", "why", "default", "reset", "undo"].contains(&text.as_str())
        }),
    ]
    .prop_map(|text| Wanted::Word(Typed::from(text.as_str())))
}

fn lifetime() -> impl Strategy<Value = Lifetime> {
    let seconds = 1..=LONGEST.as_secs();
    prop_oneof![
        Just(Lifetime::Lasting),
        Just(Lifetime::Once),
        seconds.prop_map(|seconds| Lifetime::For(Duration::from_secs(seconds))),
    ]
}

/// Text for a model: anything in which there is something to see.
fn text() -> impl Strategy<Value = String> {
    let built = proptest::collection::vec(piece(), 1..8).prop_map(|pieces| pieces.concat());
    prop_oneof![
        built,
        any::<String>(),
        Just("  indented\n".to_owned()),
        Just(":) hi".to_owned()),
        Just("\n\nx".to_owned())
    ]
    .prop_filter("text is not blank", |text| text.chars().any(char::is_alphanumeric))
}

fn operation() -> impl Strategy<Value = Operation> {
    let order = prop_oneof![
        Just(OrderWish::Show),
        Just(OrderWish::Clear),
        proptest::collection::vec(name(), 1..4).prop_map(OrderWish::Set),
    ];
    prop_oneof![
        proptest::sample::select(vec![Operation::Auth, Operation::Reload, Operation::Drain]),
        option::of(name()).prop_map(|provider| Operation::Add { provider }),
        option::of(name()).prop_map(|filter| Operation::Sessions { filter }),
        name().prop_map(|profile| Operation::Remove { profile }),
        name().prop_map(|profile| Operation::Clear { profile }),
        name().prop_map(|profile| Operation::Disable { profile }),
        name().prop_map(|profile| Operation::Enable { profile }),
        name().prop_map(|subject| Operation::Unpin { subject }),
        (name(), order).prop_map(|(provider, order)| Operation::Order { provider, order }),
        (name(), prop_oneof![parts(), word()], lifetime()).prop_map(|(session, wanted, lifetime)| Operation::Pin {
            session,
            wanted,
            lifetime
        }),
        proptest::sample::select(Dimension::ALL.to_vec()).prop_map(|by| Operation::Usage { by }),
        option::of(1..=u32::MAX).prop_map(|count| Operation::Audit { count }),
    ]
}

fn directive() -> impl Strategy<Value = Directive> {
    prop_oneof![
        3 => operation().prop_map(Directive::Operate),
        5 => of_everybody(),
    ]
}

fn of_everybody() -> impl Strategy<Value = Directive> {
    prop_oneof![
        Just(Directive::Picker),
        Just(Directive::Status),
        Just(Directive::Why),
        Just(Directive::Default),
        Just(Directive::Undo),
        Just(Directive::Help),
        Just(Directive::Whoami),
        (1..=u32::MAX).prop_map(Directive::Number),
        (option::of(name()), option::of(1..=u32::MAX)).prop_map(|(provider, page)| Directive::List { provider, page }),
        option::of(1..=u32::MAX).prop_map(|page| Directive::Profiles { page }),
        (prop_oneof![parts(), word()], lifetime())
            .prop_map(|(wanted, lifetime)| Directive::Select { wanted, lifetime }),
    ]
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        (directive(), option::of(text())).prop_map(|(directive, following)| Command { directive, following }),
        option::of(text()).prop_map(|text| Command { directive: Directive::New { text }, following: None }),
    ]
}

proptest! {
    // The same cases at every run; new ones are the business of `fuzz/`.
    #![proptest_config(ProptestConfig {
        cases: 4_000,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(0x6d6f_6465_6c70_696e),
        ..ProptestConfig::default()
    })]

    #[test]
    fn any_message_points_into_itself_and_is_written_and_read_as_the_same(message in message()) {
        check(&message);
    }

    #[test]
    fn what_was_built_is_written_and_read_as_the_same(command in command()) {
        let canonical = command.to_string();
        prop_assert_eq!(&read(&canonical, BOT), &Ok(Message::Command(command)), "{:?}", canonical);
    }

    #[test]
    fn the_place_of_a_bare_word_says_the_word(target in "[a-zа-я0-9._:/+~-]{1,8}(@[a-zа-я0-9._:/+~-]{1,8})?", blanks in " [ \t\u{A0}\u{200B}]{0,4}") {
        let message = format!("/model {blanks}x{target}{blanks}once");
        let Ok(Message::Command(command)) = read(&message, BOT) else { panic!("{message:?} is no command") };
        let Directive::Select { wanted: Wanted::Word(word), .. } = command.directive else { panic!("{message:?}") };
        prop_assert_eq!(&message[word.span.clone()], format!("x{target}"));
    }

    #[test]
    fn a_message_is_plain_when_no_slash_is_seen_first(message in message(), before in "[ \t\r\n\u{A0}\u{200B}]{0,3}") {
        let message = format!("{before}{message}");
        let unseen = |c: char| c.is_whitespace() || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}');
        if message.chars().find(|c| !unseen(*c)) != Some('/') {
            prop_assert_eq!(read(&message, BOT), Ok(Message::Plain));
        }
    }

    #[test]
    fn blanks_before_a_command_change_nothing_but_places(message in message(), before in "[ \t\r\n\u{A0}\u{200B}]{0,3}") {
        let (moved, here) = (read(&format!("{before}{message}"), BOT), read(&message, BOT));
        match (moved, here) {
            (Err(moved), Err(here)) => {
                prop_assert_eq!(moved.at().start, here.at().start + before.len());
                prop_assert_eq!(moved.expected(), here.expected());
            }
            (moved, here) => prop_assert_eq!(moved, here),
        }
    }

    #[test]
    fn durations_are_written_as_they_are_read(seconds in 1..=LONGEST.as_secs()) {
        let time = Duration::from_secs(seconds);
        prop_assert_eq!(duration(&duration_text(time)), Some(time));
    }

    #[test]
    fn any_text_is_a_duration_or_none(text in "[0-9dhmsDHMS. +-]{0,24}") {
        prop_assert!(duration(&text).is_none_or(|time| !time.is_zero() && time <= LONGEST));
    }
}
