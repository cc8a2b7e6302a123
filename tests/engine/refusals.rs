//! Every rule that refuses: it is named, it says what would do, and nothing at all is changed.

use serde_json::json;

use crate::support::bot::{Bot, Chat, OPUS};

/// A chat with a choice that could be lost.
fn chat() -> Chat {
    let entry = json!({"type": "token", "expires": 1_700_000_000_000_i64});
    let bot = Bot::new().profiles("anthropic:default anthropic:work openai:default");
    bot.profile("anthropic:ended", entry).say("/model opus@work").say("hi")
}

#[test]
fn an_unknown_name_is_refused_with_the_nearest() {
    chat().refuses("/model sonet", "sonnet").refuses("/model anthropic/claude-opus-4-7", "claude-opus-4-6");
}

#[test]
fn what_is_not_on_the_allowlist_is_refused_with_what_is() {
    chat().refuses("/model openai/gpt-4.1", "allowed");
}

#[test]
fn an_unknown_profile_is_refused_with_those_there_are() {
    chat().refuses("/model opus@wrok", "anthropic:work").refuses("/model @nobody", "anthropic:default");
}

#[test]
fn another_providers_profile_is_refused() {
    chat().refuses("/model opus@openai:default", "openai");
}

#[test]
fn an_expired_profile_is_refused() {
    chat().refuses("/model opus@ended", "expired");
}

#[test]
fn a_model_without_a_credential_is_refused() {
    // At its own address: what is on this machine may want no credential.
    let groq = json!({"agents": {"defaults": {"models": {"groq/llama-3.3-70b-versatile": {"alias": "llama"}}}}});
    let chat = Bot::new().profiles("anthropic:default").config(groq).say("/model opus");
    let chat = chat.refuses("/model llama", "credential").refuses("/llama", "credential");
    chat.refuses("/llama and a question", "credential").replies("groq");
}

#[test]
fn what_can_be_read_in_two_ways_is_refused_with_both() {
    let models = json!({"agents": {"defaults": {"models": {"openai/claude-opus-4-6": {}}}}});
    let bot = Bot::new().profiles("anthropic:default openai:default").config(models);
    bot.start().refuses("/model claude-opus-4-6", "openai/claude-opus-4-6").replies(OPUS);
}

#[test]
fn a_malformed_command_is_refused_where_it_went_wrong() {
    chat()
        .refuses("/model opus please", "please")
        .refuses("/model opus@", "@")
        .refuses("/model opus for ever", "ever")
        .refuses("/model opus once more", "more")
        .refuses("/model -g opus", "-g")
        .refuses("/model \"opus", "opus")
        .refuses("/model list openai 77", "77")
        .refuses("/models nobody", "nobody");
}

#[test]
fn there_is_nothing_to_undo_at_first() {
    Bot::new().profiles("anthropic:default").start().refuses("/model undo", "nothing");
}

#[test]
fn undo_does_not_bring_back_what_is_not_allowed_any_more() {
    let chat = chat().say("/model gpt");
    let chat = chat.with_config(json!({"agents": {"defaults": {"models": {OPUS: null}}}}));
    chat.refuses("/model undo", "allowed");
    let chat = self::chat().say("/model gpt").without_profile("anthropic:work");
    chat.refuses("/model undo", "anthropic:work");
}

#[test]
fn a_refusal_is_for_the_person_alone() {
    chat().refuses("/model nonsense", "nonsense").in_private();
}
