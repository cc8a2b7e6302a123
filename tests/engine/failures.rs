//! The table of failures, end to end: what each answer of a provider benches, until when, and who is answered all the same.
//!
//! The lines are in `fixtures/health/failures.txt`.

mod answer;
mod row;

use std::collections::BTreeMap;

use modelpin::profile::Fingerprint;
use rstest::rstest;

use crate::engine::failures::answer::{Format, answer};
use crate::engine::failures::row::{Elsewhere, Row, rows};
use crate::support::bot::{Bot, Chat, invented};

/// A session that fails, as the person who writes in it.
const FAILING: &str = "9";

/// What is benched: the credential and the model, `*` for all; its class; the seconds it lasts from the last strike; strikes.
type Benches = BTreeMap<(String, String), (String, Option<i64>, u32)>;

/// Every session is pinned to what the line is about before anything fails.
fn pinned(format: Format, people: &[(&str, &str, &str)]) -> Chat {
    let mut chat = Bot::new().profiles("anthropic:a anthropic:b openai:a openai:b").start();
    for (person, credential, model) in people {
        let pin = format!("/model {model}@{}:{credential}", format.provider());
        chat = chat.dm("telegram", person).say(&pin);
    }
    chat
}

fn benches(chat: &Chat) -> Benches {
    let name = |print: &Fingerprint| {
        let ids = ["anthropic:a", "anthropic:b", "openai:a", "openai:b"];
        let found = ids.iter().find(|id| Fingerprint::of(&invented(id, 0).into()) == *print);
        (*found.expect("a known secret")).to_owned()
    };
    let benches = chat.run(chat.app().store().benches()).unwrap();
    let all = || "*".to_owned();
    let bench = |bench: &modelpin::health::Bench| {
        let model = bench.scope.model.as_ref().map_or_else(all, |model| format!("{}/{model}", bench.scope.provider));
        let lasts = bench.until.map(|until| (until.as_millisecond() - bench.since.as_millisecond() + 500) / 1000);
        let who = bench.scope.fingerprint.as_ref().map_or_else(all, name);
        ((who, model), (bench.class.to_string(), lasts, bench.strikes))
    };
    benches.iter().map(bench).collect()
}

/// The one row that is expected, or none.
fn expected(row: &Row, format: Format, (seconds, strikes): (Option<i64>, u32)) -> Benches {
    let (credential, model) = (format!("{}:a", format.provider()), format.model().to_owned());
    let all = || "*".to_owned();
    let scope = match row.benched.as_str() {
        "nobody" => return Benches::new(),
        "pair" => (credential, model),
        "credential" => (credential, all()),
        "model" => (all(), model),
        other => panic!("{other} says not who is benched"),
    };
    Benches::from([(scope, (row.class.clone(), seconds, strikes))])
}

/// `people` write at once, and `row` happens to all of them. Whoever waits for a bench to end is told to stop that.
fn fails(mut chat: Chat, row: &Row, format: Format, people: &[&str]) -> Chat {
    let (script, patience) = answer(&row.answer, format);
    let model = format.model().split_once('/').unwrap().1;
    chat = chat.scripted(Some(&format!("{}:a", format.provider())), Some(model), script).with_config(patience);
    let (sent, failed) = (chat.provider().count(), chat.failures());
    for person in people {
        chat = chat.dm("telegram", person).begin_unsent("hi");
    }
    chat = chat.until_failed(failed + people.len());
    assert_eq!(chat.provider().count(), sent + people.len(), "{}: each sends one request", row.answer);
    for _ in people {
        chat = chat.stop().outcome(&row.class);
    }
    chat.provider().clear_scripts();
    chat.with_config(answer::PATIENT.clone())
}

/// What becomes of a message in the session of `person`, now that the provider is well.
fn elsewhere(chat: Chat, person: &str, (credential, model): (&str, &str), expected: Elsewhere) -> Chat {
    let chat = chat.dm("telegram", person);
    match expected {
        Elsewhere::Answered => chat.say("hi").on_wire(credential, model),
        Elsewhere::Refused => chat.say("hi").nothing_sent().outcome("nothing_sent").replies("/model"),
        // Had it been sent, stopping it would be another outcome.
        Elsewhere::Waits => chat.begin_unsent("hi").stop().nothing_sent().outcome("nothing_sent"),
    }
}

#[rstest]
#[case::anthropic(Format::Anthropic)]
#[case::openai(Format::OpenAi)]
fn each_failure_benches_what_it_says_and_again_after_the_window(#[case] format: Format) {
    let (a, b) = (format!("{}:a", format.provider()), format!("{}:b", format.provider()));
    let (model, other) = (format.model(), format.other());
    for row in rows(format) {
        let people = [(FAILING, "a", model), ("1", "a", model), ("2", "a", other), ("3", "b", model)];
        let chat = fails(pinned(format, &people), &row, format, &[FAILING]);
        assert_eq!(benches(&chat), expected(&row, format, row.first), "{format:?} {}", row.answer);

        let chat = elsewhere(chat, "1", (&a, model), row.same);
        let chat = elsewhere(chat, "2", (&a, other), row.other);
        let chat = elsewhere(chat, "3", (&b, model), row.another);

        let chat = match row.first.0 {
            Some(seconds) => fails(chat.later(seconds.unsigned_abs() + 1), &row, format, &[FAILING]),
            None => chat.later(90 * 86_400).dm("telegram", FAILING).say("hi").nothing_sent(),
        };
        assert_eq!(benches(&chat), expected(&row, format, row.again), "{format:?} {} again", row.answer);
    }
}

#[rstest]
#[case::anthropic(Format::Anthropic)]
#[case::openai(Format::OpenAi)]
fn eight_failures_at_once_are_one(#[case] format: Format) {
    let eight = ["11", "12", "13", "14", "15", "16", "17", "18"];
    for row in rows(format) {
        let people = eight.map(|person| (person, "a", format.model()));
        let chat = fails(pinned(format, &people), &row, format, &eight);
        let mut found = benches(&chat);
        // The window is that of the first of them; what was noted last is the eighth.
        for (_, lasts, _) in found.values_mut() {
            let whole = row.first.0.filter(|whole| lasts.is_some_and(|left| left <= *whole && left > *whole - 5));
            *lasts = whole.or(*lasts);
        }
        assert_eq!(found, expected(&row, format, row.first), "{format:?} {}", row.answer);
    }
}
