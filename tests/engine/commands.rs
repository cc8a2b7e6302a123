//! Every form of command, and what it makes of the row.

use rstest::rstest;

use crate::support::bot::{Bot, Chat, GPT, HAIKU, OPUS, SONNET, line};

fn bot() -> Bot {
    Bot::new().profiles("anthropic:default anthropic:work openai:default openai:team")
}

fn pinned(model: &str, profile: &str) -> String {
    format!("{model}@{profile}")
}

#[test]
fn what_was_chosen_is_what_is_sent() {
    bot()
        .say("/model opus@work")
        .replies("anthropic:work")
        .chosen(&pinned(OPUS, "anthropic:work"))
        .say("hi")
        .on_wire("anthropic:work", OPUS)
        .say("/model gpt")
        .chosen(GPT)
        .say("hi")
        .on_wire("openai:default", GPT)
        .say("/model default")
        .chosen("-")
        .say("hi")
        .on_wire("anthropic:default", SONNET);
}

#[rstest]
#[case::alias("/model opus", OPUS)]
#[case::upper_case("/MODEL OPUS", OPUS)]
#[case::colon("/model: opus", OPUS)]
#[case::full_name("/model openai/gpt-5.4", GPT)]
#[case::model_id("/model claude-haiku-4-5", HAIKU)]
#[case::quoted("/model \"opus\"", OPUS)]
#[case::smart_quotes("/model “opus”", OPUS)]
#[case::session_flag("/model -s opus", OPUS)]
#[case::own_name("/model@pinbot opus", OPUS)]
#[case::no_break_space("/model\u{a0}opus", OPUS)]
#[case::alias_alone("/opus", OPUS)]
#[case::alias_upper("/Opus", OPUS)]
#[case::pinned("/model opus@work", "anthropic/claude-opus-4-6@anthropic:work")]
#[case::pinned_full("/model opus@anthropic:work", "anthropic/claude-opus-4-6@anthropic:work")]
#[case::pinned_apart("/model opus @work", "anthropic/claude-opus-4-6@anthropic:work")]
#[case::pinned_wide_at("/model opus＠work", "anthropic/claude-opus-4-6@anthropic:work")]
#[case::pinned_other_case("/model opus@WORK", "anthropic/claude-opus-4-6@anthropic:work")]
#[case::pinned_quoted(
    "/model \"anthropic/claude-opus-4-6\"@\"anthropic:work\"",
    "anthropic/claude-opus-4-6@anthropic:work"
)]
#[case::profile_alone("/model @work", "anthropic/claude-sonnet-4-6@anthropic:work")]
#[case::alias_pinned("/opus@work", "anthropic/claude-opus-4-6@anthropic:work")]
#[case::once("/model opus once", OPUS)]
#[case::limited("/model opus for 1h30m", OPUS)]
fn every_way_to_choose(#[case] text: &str, #[case] expected: &str) {
    bot().say(text).nothing_sent().chosen(expected);
}

#[rstest]
#[case::picker("/model")]
#[case::list("/model list")]
#[case::list_of_a_provider("/model list openai")]
#[case::models("/models")]
#[case::models_of_a_provider("/models openai 1")]
#[case::status("/model status")]
#[case::why("/model why")]
#[case::help("/help")]
#[case::whoami("/whoami")]
fn showing_changes_nothing(#[case] text: &str) {
    let chat = bot().say("/model opus@work");
    let before = chat.rows();
    let chat = chat.say(text).nothing_sent();
    assert!(!chat.text().is_empty());
    assert_eq!(chat.rows(), before);
}

#[test]
fn the_views_name_what_is_chosen() {
    let mut chat = bot().say("/model opus@work");
    for view in ["/model", "/model status", "/model why"] {
        chat = chat.say(view).replies(OPUS).replies("anthropic:work");
    }
    chat.say("/model status").replies("anthropic:default").replies("openai:default").say("/models").replies(GPT);
}

#[test]
fn the_status_shows_the_choice_and_the_default_where_they_differ() {
    bot().say("/model gpt").say("/model status").replies(GPT).replies(SONNET).replies("Ann");
}

#[test]
fn the_receipt_is_what_the_status_shows() {
    let chat = bot().say("/model opus@work").say("hi");
    let fingerprint = chat.receipt()["fingerprint"].as_str().unwrap().to_owned();
    chat.say("/model status").replies(&fingerprint);
}

#[test]
fn a_model_of_the_same_provider_keeps_the_pin() {
    bot()
        .say("/model opus@work")
        .say("/model sonnet")
        .replies("anthropic:work")
        .chosen(&pinned(SONNET, "anthropic:work"))
        .say("hi")
        .on_wire("anthropic:work", SONNET);
}

#[test]
fn a_model_of_another_provider_drops_the_pin_and_says_so() {
    bot()
        .say("/model opus@work")
        .say("/model gpt")
        .replies("anthropic:work")
        .chosen(GPT)
        .say("/model opus")
        .chosen(OPUS)
        .say("hi")
        .on_wire("anthropic:default", OPUS);
}

#[test]
fn auto_drops_the_pin_alone() {
    bot()
        .say("/model opus@work")
        .say("/model @auto")
        .replies("anthropic:work")
        .chosen(OPUS)
        .say("/model sonnet@work")
        .say("/model opus@auto")
        .chosen(OPUS);
}

#[test]
fn once_is_used_up_by_one_message() {
    bot()
        .say("/model gpt@team")
        .say("/model opus@work once")
        .chosen(&pinned(OPUS, "anthropic:work"))
        .say("hi")
        .on_wire("anthropic:work", OPUS)
        .chosen(&pinned(GPT, "openai:team"))
        .say("hi")
        .on_wire("openai:team", GPT);
}

#[test]
fn once_outlives_a_turn_that_nobody_answered() {
    bot()
        .say("/model opus@work once")
        .fails("anthropic:work=400")
        .say("hi")
        .chosen(&pinned(OPUS, "anthropic:work"))
        .fails("*=ok")
        .say("hi")
        .on_wire("anthropic:work", OPUS)
        .chosen("-");
}

#[test]
fn a_time_runs_out() {
    bot()
        .say("/model haiku")
        .say("/model opus@work for 2h")
        .later(7_100)
        .say("hi")
        .on_wire("anthropic:work", OPUS)
        .chosen(&pinned(OPUS, "anthropic:work"))
        .later(101)
        .chosen(HAIKU)
        .say("hi")
        .on_wire("anthropic:default", HAIKU);
}

#[test]
fn undo_goes_back_and_twice_forth_again() {
    bot()
        .say("/model opus@work")
        .say("/model gpt")
        .say("/model undo")
        .replies("anthropic:work")
        .chosen(&pinned(OPUS, "anthropic:work"))
        .say("hi")
        .on_wire("anthropic:work", OPUS)
        .say("/model undo")
        .chosen(GPT)
        .say("/model default")
        .say("/model undo")
        .chosen(GPT);
}

#[test]
fn an_alias_with_a_text_asks_once_and_leaves_the_choice() {
    let chat = bot().say("/model gpt@team").say("/opus@work what is\ntwo and two?");
    let chat = chat.on_wire("anthropic:work", OPUS).chosen(&pinned(GPT, "openai:team"));
    let body = chat.provider().seen().pop().unwrap().body;
    assert_eq!(body["messages"][0]["content"], "what is\ntwo and two?");
    chat.say("hi").on_wire("openai:team", GPT);
}

#[test]
fn what_follows_a_command_is_sent_after_it() {
    let chat = bot().say("/model opus@work\nhello\nthere").on_wire("anthropic:work", OPUS);
    assert_eq!(asked(&chat), "hello\nthere");
    let chat = chat.say("/new and a word").on_wire("anthropic:default", SONNET);
    assert_eq!(asked(&chat), "and a word");
}

#[test]
fn what_follows_a_refused_command_is_not_sent() {
    bot().start().refuses("/model nonsense\nhello", "nonsense").refuses("/model opus@nobody\nhello", "nobody");
}

#[rstest]
#[case::unknown_word("/unknown word")]
#[case::later_in_the_text("tell me what /model does")]
#[case::a_path("/usr/bin/env is a path")]
#[case::an_ordinary_word("listing")]
fn what_is_no_command_goes_to_the_model_untouched(#[case] text: &str) {
    let chat = bot().say(text).on_wire("anthropic:default", SONNET).chosen("-");
    assert_eq!(asked(&chat), text);
}

#[test]
fn a_command_for_another_bot_is_met_with_silence() {
    bot().say("/model@OtherBot opus").stays_silent().nothing_sent().chosen("-");
}

#[test]
fn a_choice_says_who_when_and_for_how_long() {
    let chat = bot().say("/model opus@work for 2h").replies("2h");
    let row = chat.row().unwrap();
    let choice = row.choice.passing.as_ref().unwrap();
    assert_eq!((choice.by.id.as_str(), choice.by.name.as_deref()), ("42", Some("Ann")));
    assert_eq!(line(row.choice.lasting.as_ref()), "-");
    assert_eq!(row.revision, 1);
}

/// The text of the last message that reached the provider.
fn asked(chat: &Chat) -> String {
    let body = chat.provider().seen().pop().unwrap().body;
    body["messages"].as_array().unwrap().last().unwrap()["content"].as_str().unwrap().to_owned()
}
