//! Answers: while they are written, when they are long, and what becomes of a message that must not stay.

use std::time::Duration;

use modelpin::demo::Script;

use crate::support::bot::{Bot, OPUS, invented};
use crate::support::telegram::Rights;
use crate::telegram::account::{Pace, Stage, on_telegram, served, started};

fn bot() -> Bot {
    Bot::new().profiles("anthropic:default anthropic:work")
}

#[test]
fn an_answer_grows_in_one_message() {
    let chat = started(bot().that_takes(Duration::from_millis(300)));
    let words: Vec<String> = (0..150).map(|number| format!("word{number}")).collect();
    let whole = words.join(" ");
    chat.provider().script(None, None, Script::says(&whole));
    served(&chat, Stage::new(), Pace::Hurried, |account| async move {
        let fake = &account.fake;
        let ann = fake.person(42, "Ann");
        let crew = fake.supergroup("Crew");
        fake.with(crew, &account.bot, Rights::Member);
        for (room, least) in [(fake.private(&ann, &account.bot), 6), (crew, 2)] {
            let began = fake.now();
            let asked = ann.says(room, "@first_bot count");
            account.settled().await;
            let took = fake.now().checked_sub(began).unwrap();
            let answers = fake.answers(room);
            let [answer] = &answers[..] else { panic!("{answers:#?}") };
            assert_eq!(answer.text, whole);
            assert_eq!(answer.reply_to, (room == crew).then_some(asked));
            // Each text is the one before and more: nothing that was read is taken away again.
            let texts: Vec<&str> = answer.former.iter().chain([&answer.text]).map(String::as_str).collect();
            assert!(texts.windows(2).all(|two| two[1].starts_with(two[0]) && two[1] != two[0]), "{texts:#?}");
            assert!(texts.len() > least, "{} in {took:?}", texts.len());
            assert!(texts.len() <= usize::try_from(took.as_secs()).unwrap() + 2, "{} in {took:?}", texts.len());
        }
        let calls = |method| fake.calls_of(method);
        assert_eq!(calls("sendMessage").len(), 2);
        let modified = |call: &&crate::support::telegram::Call| call.status() != Some(200);
        assert!(calls("editMessageText").iter().find(modified).is_none(), "it was edited for nothing");
        let typing = calls("sendChatAction");
        assert!(typing.iter().any(|call| call.int("chat_id") == Some(42)), "{typing:?}");
        (account, ())
    });
}

#[test]
fn a_long_answer_comes_in_pieces_that_stand_for_themselves() {
    let chat = started(bot());
    let prose: Vec<String> =
        (0..150).map(|number| format!("This is sentence **{number}** <of> many & more.")).collect();
    let code: Vec<String> = (0..180).map(|number| format!("let line_{number} = \"<{number}>\";")).collect();
    let text = format!("{}\n\n```rust\n{}\n```\n\nThat is all.", prose.join("\n"), code.join("\n"));
    assert!(text.len() > 10_000, "{}", text.len());
    chat.provider().script(None, None, Script::says(&text));
    served(&chat, Stage::new(), Pace::Hurried, |account| async move {
        let fake = &account.fake;
        let ann = fake.person(42, "Ann");
        let dm = fake.private(&ann, &account.bot);
        ann.says(dm, "write a lot");
        account.settled().await;
        let answers = fake.answers(dm);
        assert!((3..=5).contains(&answers.len()), "{}", answers.len());
        let whole: String = answers.iter().map(|answer| answer.text.clone() + "\n").collect();
        let lines: Vec<&str> = whole.lines().filter(|line| !line.is_empty()).collect();
        let expected: Vec<String> = prose.iter().map(|line| line.replace("**", "")).chain(code).collect();
        assert_eq!(lines[..lines.len() - 1], expected, "every line, whole and in order");
        assert_eq!(lines.last(), Some(&"That is all."));
        for answer in &answers {
            assert!(answer.text.encode_utf16().count() <= 4_096);
            let has_code = answer.text.contains("let line_");
            let marked = answer.entities.iter().any(|entity| entity["type"] == "pre" && entity["language"] == "rust");
            assert_eq!(marked, has_code, "{}", answer.text);
        }
        (account, ())
    });
}

#[test]
fn a_key_is_taken_out_of_the_chat_and_its_writer_is_warned() {
    let foreign = "sk-test-api03-ThisIsNobodysKey0123456789abcdefghij";
    let (chat, ()) = on_telegram(bot().plants(foreign.to_owned()), Pace::Hurried, |account| async move {
        let fake = &account.fake;
        let ann = fake.person(42, "Ann");
        let (ours, theirs) = (fake.supergroup("Ours"), fake.supergroup("Theirs"));
        fake.with(ours, &account.bot, Rights::Admin { deletes: true });
        fake.with(theirs, &account.bot, Rights::Member);
        let dm = fake.private(&ann, &account.bot);
        let known = invented("anthropic:work", 0);
        for (room, is_deleted) in [(dm, true), (ours, true), (theirs, false)] {
            for (key, text) in [(&*known, "/model opus "), (&known, "take this one: "), (foreign, "and this: ")] {
                let before = fake.answers(room).len();
                let message = ann.says(room, &format!("{text}{key}"));
                account.settled().await;
                assert_eq!(fake.shown(room, message).gone, is_deleted, "{room:?}");
                let answers = fake.answers(room);
                assert_eq!(answers.len(), before + 1, "one warning: {answers:#?}");
                let warning = &answers.last().unwrap().text;
                let outcome = if is_deleted { "has been deleted" } else { "delete it yourself" };
                assert!(warning.contains(outcome) && warning.contains("rotate"), "{warning}");
            }
        }
        // A key in what was written before is one as well.
        let message = ann.says(dm, "nothing to see");
        account.settled().await;
        let sent = fake.answers(dm).len();
        ann.edits(dm, message, &format!("now there is: {known}"));
        account.settled().await;
        assert_eq!(fake.answers(dm).len(), sent, "what is edited is not read at all");
        (account, ())
    });
    assert_eq!(chat.provider().count(), 1, "no key was talked about");
    let chat = chat.say("/model opus").chosen(OPUS);
    assert_eq!(chat.rows()["sessions"].len(), 1);
}
