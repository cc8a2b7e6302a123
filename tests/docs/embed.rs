//! `examples/embed.rs` does what README.md says of it.

#[path = "../../examples/embed.rs"]
#[allow(dead_code, reason = "`main` and the way to the standard output are for the example on its own")]
mod example;

use std::sync::Arc;

use modelpin::app::AppOptions;
use modelpin::config::Environment;
use modelpin::demo::{DemoState, LoopbackProvider};

use crate::docs::markdown::{block, readme};
use crate::docs::transcripts::{HandClock, Kept, options};

const SOURCE: &str = include_str!("../../examples/embed.rs");

async fn heard(options: AppOptions) -> Vec<String> {
    let kept = Kept::default();
    example::talk(options, &kept).await.unwrap();
    kept.0.into_inner().unwrap().iter().map(modelpin_chat::Reply::plain_text).collect()
}

#[tokio::test]
async fn a_bot_of_ones_own_answers_with_the_pinned_credential() {
    let provider = LoopbackProvider::builder().demo_profiles().start().await.unwrap();
    let state = DemoState::create(&provider).unwrap();
    let replies = heard(options(&state, Arc::new(HandClock::at("2026-03-02T09:00:00Z")))).await;
    assert_eq!(replies.len(), 3, "{replies:?}");
    assert!(replies[0].contains("Credential: anthropic:work, pinned"), "{}", replies[0]);
    assert!(replies[1].contains("(anthropic:work)"), "{}", replies[1]);
    assert!(replies[2].contains("Credential: anthropic:work (pinned)"), "{}", replies[2]);
    let seen = provider.seen();
    assert_eq!(seen.len(), 1, "one message was for a model");
}

#[tokio::test]
async fn without_a_configuration_nobody_is_let_in() {
    let home = tempfile::tempdir().unwrap();
    let options = AppOptions {
        state_dir: Some(home.path().to_owned()),
        layout: Some("modelpin".to_owned()),
        environment: Environment::default(),
        ..AppOptions::of_this_process("mybot")
    };
    let replies = heard(options).await;
    assert!(!replies.is_empty(), "a refusal is visible");
    assert!(replies.iter().all(|reply| !reply.contains("Model set to")), "{replies:?}");
}

#[test]
fn the_readme_shows_the_code_of_the_example() {
    // The indentation is that of the function around it.
    let flat = |text: &str| text.lines().map(str::trim).collect::<Vec<_>>().join("\n");
    let shown = block(&readme(), "rust");
    assert!(shown.lines().count() > 3);
    assert!(flat(SOURCE).contains(&flat(&shown)), "this is not in examples/embed.rs:\n{shown}");
}
