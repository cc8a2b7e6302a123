//! Commands that are filled in, and menus that can be closed.

use modelpin::clock::Clock as _;
use modelpin_chat::{Reply, Visibility};
use serde_json::json;

use crate::support::bot::{self, Bot, Chat, OPUS, SONNET, invented};

fn start() -> Chat {
    Bot::new()
        .profiles("anthropic:default anthropic:work anthropic:me@example.com")
        .config(json!({"channels": {"discord": {"allowFrom": ["42"], "guilds": {"10": {"users": ["42"], "roles": ["70"]}}}}}))
        .start()
        .dm("discord", "42")
}

#[test]
fn a_form_does_what_the_line_does() {
    for (command, values, line) in [
        ("model pick", &[][..], "/model"),
        ("model set", &[("model", "opus")], "/model opus"),
        ("model set", &[("model", "opus@work")], "/model opus@work"),
        ("model set", &[("model", "opus"), ("profile", "work"), ("lifetime", "2d")], "/model \"opus\"@\"work\" for 2d"),
        ("model set", &[("profile", "anthropic:me@example.com")], "/model @anthropic:me@example.com"),
        ("model set", &[("model", "opsu")], "/model opsu"),
        ("model list", &[("provider", "anthropic"), ("page", "1")], "/model list anthropic 1"),
        ("model list", &[("provider", "nobody")], "/models nobody"),
        ("model profiles", &[], "/model profiles"),
        ("model status", &[], "/model status"),
        ("model why", &[], "/model why"),
        ("model default", &[], "/model default"),
        ("model undo", &[], "/model undo"),
        ("models", &[("page", "9")], "/models 9"),
        ("reset", &[], "/new"),
        ("help", &[], "/help"),
        ("whoami", &[], "/whoami"),
    ] {
        let (filled, typed) = (start().fill(command, values), start().say(line));
        // Of a long answer the beginning; it goes on with places that are each bot's own.
        let begin = |reply: &Reply| reply.plain_text().lines().take(3).map(str::to_owned).collect::<Vec<_>>();
        let plain = |chat: &Chat| chat.heard().iter().map(|reply| (begin(reply), reply.visibility)).collect::<Vec<_>>();
        assert!(!filled.heard().is_empty(), "{command}");
        assert_eq!(plain(&filled), plain(&typed), "{command} {values:?}");
        // The clock goes on between the two.
        let chosen =
            |chat: &Chat| bot::line(chat.row().as_ref().and_then(|row| row.choice.effective(chat.clock.now())));
        assert_eq!(chosen(&filled), chosen(&typed), "{command} {values:?}");
    }
}

#[test]
fn the_answer_is_for_those_that_the_form_says_it_is_for() {
    let entries = modelpin::directive::command_entries();
    for entry in entries {
        let (name, ways) = match entry.form {
            modelpin_chat::Form::Fields { answers, .. } => (entry.name.clone(), vec![(entry.name, answers)]),
            modelpin_chat::Form::Subcommands(ways) => {
                let name = entry.name;
                let all = ways.into_iter().map(|way| (format!("{name} {}", way.name), way.answers)).collect();
                (name, all)
            }
        };
        for (command, answers) in ways {
            let values: &[(&str, &str)] = if command == "model set" { &[("model", "opus")] } else { &[] };
            // There has to be something to take back.
            let chat = start().say("/model sonnet").fill(&command, values);
            let shown: Vec<Visibility> = chat.heard().iter().map(|reply: &Reply| reply.visibility).collect();
            assert_eq!(shown, [answers], "{name}: {command}");
        }
    }
}

#[test]
fn a_new_conversation_begins_with_what_was_filled_in() {
    start().fill("new", &[("text", "hello\nyou")]).on_wire("anthropic:default", SONNET);
}

#[test]
fn a_form_that_cannot_be_read_changes_nothing_and_names_the_field() {
    for (values, words) in [
        (&[][..], "`model`, `profile`"),
        (&[("model", "opus"), ("lifetime", "soon")], "`lifetime`"),
        (&[("model", "opus@")], "`model`"),
    ] {
        start().fill("model set", values).replies(words).in_private().nothing_sent().chosen("-");
    }
    start().by("43").fill("model set", &[]).replies("/whoami").says_nothing_of("`model`");
}

#[test]
fn a_secret_in_a_field_is_withheld() {
    for field in ["model", "profile", "lifetime"] {
        let [one, other] = [0, 1].map(|generation| invented("filled in", generation));
        let secret = format!("sk-ant-api03-{}-{}", &one[8..], &other[8..]);
        let chat = start().fill("model set", &[(field, &secret)]).nothing_sent().chosen("-").says_nothing_of(&secret);
        assert_eq!(chat.heard.withdrawn(), [0], "{field}");
    }
}

#[test]
fn a_menu_that_is_closed_changes_nothing() {
    for menu in ["/model", "/model list", "/model profiles"] {
        let chat = start().say("/model opus").say(menu);
        assert!(chat.heard()[0].choices.concat().iter().any(|choice| choice.list.is_some()), "{menu}");
        let chat = chat.press("Cancel").replies("Nothing was changed").chosen(OPUS);
        assert!(chat.heard()[0].choices.is_empty());
    }
}

#[test]
fn what_holds_is_marked_in_its_list() {
    let chat = start().say("/model opus@work").say("/model");
    let current: Vec<_> = chat.heard()[0].choices.concat().into_iter().filter(|choice| choice.current).collect();
    let marked: Vec<_> = current.iter().map(|choice| (choice.list.as_deref(), choice.label.as_str())).collect();
    assert_eq!(marked, [(Some("Model"), "opus ✓"), (Some("Credential"), "@ anthropic:work ✓")]);
}

#[test]
fn a_thread_shows_and_uses_what_is_chosen_above_until_it_chooses_itself() {
    let chat = start().channel("20", None).fill("model set", &[("model", "opus"), ("profile", "work")]);
    let chat = chat.channel("20", Some("30"));
    assert_eq!(chat.key().as_str(), "agent:main:discord:default:channel:20:thread:30");
    let chat = chat.fill("model pick", &[]).replies("as chosen in the chat above").say("hi");
    let chat = chat.on_wire("anthropic:work", OPUS);
    let chat = chat.fill("model set", &[("model", "sonnet"), ("profile", "default")]).say("hi");
    let chat = chat.on_wire("anthropic:default", SONNET).channel("20", None).say("hi").on_wire("anthropic:work", OPUS);
    chat.channel("20", Some("31")).say("hi").on_wire("anthropic:work", OPUS);
}

#[test]
fn a_role_lets_somebody_in_where_they_have_it() {
    let chat = start().channel("20", None).by("43").fill("model pick", &[]).replies("/whoami").in_private();
    let chat = chat.with_role("70").fill("model pick", &[]).replies("Model:");
    chat.dm("discord", "43").refuses("/model", "/whoami");
}
