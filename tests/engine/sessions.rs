//! Whose session is whose, what a topic takes from its group, and how long a choice lasts.

use modelpin::demo::Script;
use modelpin_chat::{Kind, Thread};
use rstest::rstest;
use serde_json::json;

use crate::support::bot::{Bot, Chat, GPT, HAIKU, MINI, OPUS, SONNET, conversation};

fn bot() -> Bot {
    Bot::new().profiles("anthropic:default anthropic:work openai:default")
}

#[test]
fn each_person_and_each_channel_has_a_session_of_its_own() {
    bot()
        .say("/model opus@work")
        .dm("telegram", "43")
        .chosen("-")
        .say("hi")
        .on_wire("anthropic:default", SONNET)
        .dm("discord", "42")
        .chosen("-")
        .say("/model gpt")
        .group("telegram", "42")
        .chosen("-")
        .dm("telegram", "42")
        .say("hi")
        .on_wire("anthropic:work", OPUS)
        .dm("discord", "42")
        .say("hi")
        .on_wire("openai:default", GPT);
}

#[test]
fn one_session_for_all_private_chats_where_the_operator_wants_it() {
    bot()
        .config(json!({"session": {"dmScope": "main"}}))
        .say("/model opus@work")
        .dm("discord", "43")
        .say("hi")
        .on_wire("anthropic:work", OPUS)
        .group("telegram", "-100")
        .say("hi")
        .on_wire("anthropic:default", SONNET);
}

#[test]
fn a_group_has_one_session_for_all_its_members() {
    bot()
        .start()
        .group("telegram", "-100")
        .say("/model opus@work")
        .by("43")
        .say("hi")
        .on_wire("anthropic:work", OPUS)
        .group("telegram", "-200")
        .say("hi")
        .on_wire("anthropic:default", SONNET);
}

#[test]
fn a_topic_uses_its_groups_choice_model_and_credential_together() {
    bot()
        .start()
        .group("telegram", "-100")
        .say("/model opus@work")
        .topic("telegram", "-100", "7")
        .say("/model status")
        .replies("anthropic:work")
        .replies("chat above")
        .say("hi")
        .on_wire("anthropic:work", OPUS)
        .chosen("-")
        // A pin of the group is kept by what is chosen over it, as if it were the topic's own.
        .say("/model haiku")
        .chosen(&format!("{HAIKU}@anthropic:work"))
        .say("/model gpt")
        .say("hi")
        .on_wire("openai:default", GPT)
        .group("telegram", "-100")
        .say("hi")
        .on_wire("anthropic:work", OPUS)
        .topic("telegram", "-100", "7")
        .say("/model default")
        .say("hi")
        .on_wire("anthropic:work", OPUS);
}

#[test]
fn a_topic_that_drops_its_choice_is_told_what_the_group_has() {
    let chat = Bot::new().profiles("anthropic:default anthropic:work openai:default").start();
    let chat =
        chat.group("telegram", "-100").say("/model haiku@work").topic("telegram", "-100", "7").say("/model opus");
    let chat = chat.say("/model default").replies(HAIKU).replies("anthropic:work").says_nothing_of(SONNET);
    let chat = chat.say("/model gpt").say("/model undo").replies(HAIKU);
    chat.say("/new").replies(HAIKU).say("hi").on_wire("anthropic:work", HAIKU);
}

#[test]
fn nothing_flows_sideways_or_up() {
    bot()
        .start()
        .topic("telegram", "-100", "7")
        .say("/model opus@work")
        .topic("telegram", "-100", "8")
        .say("hi")
        .on_wire("anthropic:default", SONNET)
        .group("telegram", "-100")
        .say("hi")
        .on_wire("anthropic:default", SONNET)
        .at(conversation("telegram", Kind::Group, "-100", Some(Thread::Thread("7".to_owned()))))
        .say("hi")
        .on_wire("anthropic:default", SONNET);
}

#[test]
fn what_is_chosen_for_one_message_of_a_group_is_not_for_every_message_of_its_topics() {
    bot()
        .start()
        .group("telegram", "-100")
        .say("/model opus@work once")
        .topic("telegram", "-100", "7")
        .say("hi")
        .on_wire("anthropic:default", SONNET)
        .group("telegram", "-100")
        .say("hi")
        .on_wire("anthropic:work", OPUS);
}

#[test]
fn ids_cannot_spell_another_sessions_key() {
    bot().start().group("telegram", "-100:topic:7").say("/model opus@work").topic("telegram", "-100", "7").chosen("-");
}

#[test]
fn a_new_conversation_drops_the_pin_and_the_history_and_says_so() {
    let chat = bot().say("/model opus@work").say("remember the word plum").say("/new").replies("anthropic:work");
    let chat = chat.chosen("-").say("which word?").on_wire("anthropic:default", SONNET);
    assert_eq!(messages(&chat), ["which word?"]);
    chat.say("/reset").chosen("-");
}

#[test]
fn a_new_conversation_can_be_taken_back_as_far_as_the_choice_goes() {
    bot().say("/model opus@work").say("/new").say("/model undo").chosen(&format!("{OPUS}@anthropic:work"));
}

#[test]
fn a_new_conversation_keeps_the_pin_where_the_operator_wants_it() {
    let chat = bot().config(json!({"session": {"onNew": "keep"}})).say("/model opus@work").say("one");
    let chat = chat.say("/new").replies("anthropic:work").chosen(&format!("{OPUS}@anthropic:work")).say("two");
    assert_eq!(messages(&chat), ["two"]);
    chat.on_wire("anthropic:work", OPUS);
}

#[test]
fn a_restart_changes_nothing() {
    let chat = bot().say("/model opus@work").say("one").say("/model gpt once");
    let before = chat.rows();
    let chat = chat.restart().restart();
    assert_eq!(chat.rows(), before);
    let chat = chat.say("two").on_wire("openai:default", GPT).say("three").on_wire("anthropic:work", OPUS);
    assert_eq!(messages(&chat).len(), 5);
    chat.say("/model default").restart().say("/model undo").chosen(&format!("{OPUS}@anthropic:work"));
}

#[test]
fn a_changed_default_is_shown_beside_the_pin_and_moves_nobody_who_chose() {
    let chat = bot().say("/model opus@work").dm("telegram", "43").say("hi").on_wire("anthropic:default", SONNET);
    let chat = chat.with_config(json!({"agents": {"defaults": {"model": {"primary": GPT}}}}));
    chat.say("hi")
        .on_wire("openai:default", GPT)
        .dm("telegram", "42")
        .say("/model status")
        .replies(OPUS)
        .replies(GPT)
        .say("hi")
        .on_wire("anthropic:work", OPUS);
}

#[test]
fn choosing_the_default_by_name_is_a_choice() {
    let chat = bot().say(&format!("/model {SONNET}")).chosen(SONNET);
    chat.with_config(json!({"agents": {"defaults": {"model": {"primary": GPT}}}}))
        .say("hi")
        .on_wire("anthropic:default", SONNET);
}

#[test]
fn silence_begins_a_new_conversation_where_the_operator_wants_it_and_leaves_the_pin() {
    let idle = json!({"session": {"reset": {"mode": "idle", "idleMinutes": 60}}});
    let chat = bot().config(idle).say("/model opus@work").say("one").later(3_590).say("two");
    assert_eq!(messages(&chat).len(), 3);
    let chat = chat.later(3_700).say("three").on_wire("anthropic:work", OPUS);
    assert_eq!(messages(&chat), ["three"]);
}

#[test]
fn commands_of_one_session_are_answered_while_another_answer_is_written() {
    let chat = bot().say("/model opus@work").fails("anthropic:work=hang").begin("take your time");
    let chat = chat.say("/model gpt").replies("next message").chosen(GPT).stop();
    chat.outcome("stopped").chosen(GPT).say("hi").on_wire("openai:default", GPT);
}

/// The turn that runs ends on what it began with, the next one begins with the new choice, and both receipts say so.
#[rstest]
#[case::typed("/model gpt", "openai:default", GPT)]
#[case::alias("/gpt", "openai:default", GPT)]
#[case::pressed("press", "openai:default", GPT)]
#[case::of_the_credential("/model @default", "anthropic:default", OPUS)]
#[case::dropped("/model default", "anthropic:default", SONNET)]
#[case::taken_back("/model undo", "openai:default", MINI)]
#[case::begun_anew("/new", "anthropic:default", SONNET)]
fn a_change_during_a_turn_counts_from_the_next_and_says_so(
    #[case] change: &str,
    #[case] profile: &str,
    #[case] model: &str,
) {
    let slow = Script::ok().delay(std::time::Duration::from_millis(1_500)).times(1);
    let chat = bot().say("/model mini").say("/model opus@work").say("/model").scripted(None, None, slow);
    let chat = chat.begin("take your time");
    let chat = if change == "press" { chat.press("gpt") } else { chat.say(change) };
    let chat = chat.replies("the change counts from the next message").finish().answered_by("anthropic:work", OPUS);
    let chat = chat.say("and now?").on_wire(profile, model);
    assert_eq!(messages(&chat).len(), if change == "/new" { 1 } else { 3 }, "whose conversation it was");
    chat.say("/model").says_nothing_of("the change counts from the next message");
}

fn messages(chat: &Chat) -> Vec<String> {
    let body = chat.provider().seen().pop().unwrap().body;
    let all = body["messages"].as_array().unwrap();
    all.iter().map(|message| message["content"].as_str().unwrap().to_owned()).collect()
}
