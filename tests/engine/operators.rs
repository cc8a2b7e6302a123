//! What operators do from a chat.

use modelpin::demo::Script;
use serde_json::json;

use crate::support::bot::{Bot, Chat, HAIKU, OPUS, SONNET};

/// Ann (42) owns the bot, Cid (44) is an operator, Bob (43) a member with a credential of his own.
fn bot() -> Bot {
    let own =
        json!({"provider": "anthropic", "mode": "api_key", "grants": {"users": ["telegram:43"], "owners": false}});
    Bot::new().profiles("anthropic:default anthropic:work anthropic:bob openai:team").config(json!({
        "access": {"roles": {"owner": ["telegram:42"], "operator": ["telegram:44"], "member": ["telegram:43"]}},
        "auth": {"profiles": {"anthropic:bob": own}, "order": {"anthropic": ["anthropic:default", "anthropic:work", "anthropic:bob"]}},
    }))
}

/// Cid, in private.
fn operator() -> Chat {
    bot().start().dm("telegram", "44")
}

const COMMANDS: [&str; 12] = [
    "/auth",
    "/auth clear work",
    "/auth order anthropic work",
    "/auth order anthropic clear",
    "/auth disable work",
    "/auth enable work",
    "/sessions",
    "/pin agent:main:telegram:default:dm:43 opus",
    "/unpin work",
    "/usage by user",
    "/audit",
    "/reload",
];

#[test]
fn they_are_for_operators_and_answered_where_nobody_reads_along() {
    for command in COMMANDS {
        // To a member, that is the list of their own.
        let told = if command == "/auth" { "no credential of your own" } else { "only an operator" };
        let chat = bot().start().dm("telegram", "43").refuses(command, told);
        let chat = chat.dm("telegram", "666").say(command).replies(told).nothing_sent();
        let chat = chat.group("telegram", "-100").by("44").refuses(command, "in private");
        let chat = chat.dm("telegram", "44").say(command).in_private().says_nothing_of("only an operator");
        drop(chat);
    }
    bot().start().dm("telegram", "44").refuses("/drain", "no gateway");
}

#[test]
fn forms_do_what_lines_do_and_are_answered_to_who_filled_them_in() {
    let chat = bot().start().channel("-100", None).by("44");
    let chat = chat.with_config(json!({"access": {"roles": {"operator": ["44"]}}})).later(3);
    let chat = chat.fill("auth list", &[]).in_private().replies("anthropic:work");
    let chat = chat.fill("auth disable", &[("profile", "work")]).in_private().replies("switched off");
    let chat = chat.fill("usage", &[("by", "model")]).in_private().fill("audit", &[("count", "5")]).in_private();
    let chat = chat
        .replies("anthropic:work: on → off")
        .fill("auth order", &[("provider", "anthropic"), ("profiles", "work default")]);
    chat.replies("Order of anthropic: anthropic:work, anthropic:default.");
}

#[test]
fn what_is_switched_off_answers_nobody_until_it_is_switched_on() {
    let chat = operator().say("/model opus@work").say("/auth disable work").replies("anthropic:work is switched off");
    let chat = chat.say("hello").nothing_sent().replies("switched off by an operator");
    let chat = chat.refuses("/model sonnet@work", "switched off");
    // Rotation passes it over, in every process and after a restart.
    let chat = chat.say("/model sonnet@auto").restart().say("/auth disable default").say("hello");
    let chat = chat
        .nothing_sent()
        .replies("switched off")
        .say("/auth enable default")
        .say("hello")
        .on_wire("anthropic:default", SONNET);
    let chat = chat.beside().engine(1).say("/auth enable work").engine(0).say("/model opus@work");
    chat.say("hello").on_wire("anthropic:work", OPUS);
}

#[test]
fn an_order_is_set_shown_and_cleared() {
    let chat = operator()
        .say("/auth order anthropic work default")
        .replies("Order of anthropic: anthropic:work, anthropic:default.");
    assert_eq!(chat.auth()["order"]["anthropic"], json!(["anthropic:work", "anthropic:default"]));
    let chat =
        chat.say("hello").on_wire("anthropic:work", SONNET).say("/auth order anthropic").replies("anthropic:work, ");
    let chat = chat.refuses("/auth order anthropic nosuch", "there is no profile `nosuch`");
    let chat = chat.refuses("/auth order anthropic team", "there is no profile `team`");
    let chat = chat.say("/auth order anthropic clear").replies("no order of its own");
    assert_eq!(chat.auth().get("order"), None);
}

#[test]
fn a_bench_is_cleared() {
    let chat = operator()
        .scripted(Some("anthropic:work"), None, Script::status(429).header("retry-after", "3600").times(1))
        .say("/model opus@work")
        .say("hello")
        .replies("rate");
    let chat =
        chat.say("/auth").replies("anthropic:work").replies("rate").say("/auth clear work").replies("off its bench");
    let chat = chat.say("hello").on_wire("anthropic:work", OPUS);
    chat.say("/auth clear work").replies("was not benched");
}

#[test]
fn a_session_is_pinned_and_unpinned_from_outside_and_told_so_once() {
    let bob = "agent:main:telegram:default:dm:43";
    let chat = operator().say(&format!("/pin {bob} opus@work")).replies("told so");
    let chat = chat.dm("telegram", "43").say("hello").on_wire("anthropic:work", OPUS).replies("operator has chosen");
    let chat = chat.say("hello").on_wire("anthropic:work", OPUS).says_nothing_of("operator");
    let chat = chat.dm("telegram", "44").say("/sessions").replies(bob).replies("anthropic:work");
    let chat = chat.say(&format!("/unpin {bob}")).replies("taken off");
    let chat = chat.dm("telegram", "43").say("hello").on_wire("anthropic:default", OPUS).replies("operator has taken");
    let chat = chat.say("hello").on_wire("anthropic:default", OPUS).says_nothing_of("operator has taken");
    let chat = chat.dm("telegram", "44").say(&format!("/unpin {bob}")).replies("No credential is pinned");
    // By the end of the key, where only one ends so.
    let chat = chat.say("/pin 43 haiku for 2h").dm("telegram", "43").say("hello").on_wire("anthropic:default", HAIKU);
    chat.dm("telegram", "44").refuses("/pin 99 haiku", "there is no session `99`");
}

#[test]
fn unpinning_a_profile_tells_every_session_that_it_was_pinned_in() {
    let mut chat = operator().say("/model opus@work").dm("telegram", "42").say("/model haiku@work");
    chat = chat.group("telegram", "-100").by("42").say("/model opus@work").dm("telegram", "44");
    chat = chat.say("/unpin work").replies("taken off 3 sessions");
    chat = chat.say("hello").on_wire("anthropic:default", OPUS).replies("operator has taken");
    chat = chat.dm("telegram", "42").say("hello").on_wire("anthropic:default", HAIKU).replies("operator has taken");
    chat = chat
        .group("telegram", "-100")
        .by("42")
        .say("hello")
        .on_wire("anthropic:default", OPUS)
        .replies("operator has taken");
    chat = chat.say("hello").says_nothing_of("operator has taken");
    chat.dm("telegram", "44").say("/unpin work").replies("pinned in no session");
}

/// A profile that an operator may not use is one that is not there; whose bot it is looks after all of them.
#[test]
fn somebody_elses_own_credential_does_not_exist_for_an_operator() {
    let mut chat =
        bot().start().dm("telegram", "43").say("/model opus@bob").say("hello").on_wire("anthropic:bob", OPUS);
    chat = chat.dm("telegram", "44");
    for command in ["/auth", "/sessions", "/usage", "/audit 40", "/sessions bob", "/auth order anthropic"] {
        chat = chat.say(command).says_nothing_of("anthropic:bob");
    }
    for (of_bob, of_nobody) in [
        ("/auth disable anthropic:bob", "/auth disable anthropic:xyz"),
        ("/auth clear anthropic:bob", "/auth clear anthropic:xyz"),
        ("/auth enable anthropic:bob", "/auth enable anthropic:xyz"),
        ("/unpin anthropic:bob", "/unpin anthropic:xyz"),
        ("/pin agent:main:telegram:default:dm:44 opus@bob", "/pin agent:main:telegram:default:dm:44 opus@xyz"),
        ("/auth order anthropic bob", "/auth order anthropic xyz"),
    ] {
        let (rows, other) = (chat.rows(), chat.say(of_nobody).text().replace("xyz", "bob"));
        chat = bot_again(other.as_str(), of_bob, rows);
    }
    let chat = bot()
        .start()
        .dm("telegram", "43")
        .say("/model opus@bob")
        .dm("telegram", "42")
        .say("/auth")
        .replies("anthropic:bob");
    let chat = chat.say("/auth disable bob").replies("anthropic:bob is switched off").dm("telegram", "43");
    chat.say("hello").nothing_sent().replies("switched off");
}

/// The same bot anew, in which Cid says `command` and reads `text`, and nothing is changed.
fn bot_again(text: &str, command: &str, _: impl Sized) -> Chat {
    let chat = bot().start().dm("telegram", "43").say("/model opus@bob").say("hello").dm("telegram", "44");
    let before = chat.rows();
    let chat = chat.say(command);
    assert_eq!(chat.text(), text, "{command}");
    assert_eq!(chat.rows(), before, "{command}");
    chat
}

#[test]
fn help_tells_them_to_those_who_may() {
    let chat = operator().say("/help").replies("/auth disable work").dm("telegram", "43").say("/help");
    chat.says_nothing_of("/auth disable");
}

#[test]
fn what_cannot_be_read_again_is_said() {
    let chat = operator().say("/reload").replies("4 credentials");
    chat.write_config("{ nonsense");
    chat.say("/reload").replies("Not good");
}
