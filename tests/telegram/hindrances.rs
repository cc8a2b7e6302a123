//! Commands and buttons while something else does not work.

use std::time::{Duration, Instant};

use modelpin::demo::Script;

use crate::support::bot::{Bot, HAIKU, OPUS, line};
use crate::support::telegram::Rights;
use crate::telegram::account::{Pace, Stage, served, started};

/// A command and a press are to be answered within this.
const SOON: Duration = Duration::from_secs(1);

fn bot() -> Bot {
    Bot::new().profiles("anthropic:default anthropic:work")
}

#[test]
fn commands_and_buttons_wait_for_no_provider_that_hangs() {
    let chat = &started(bot());
    chat.provider().script(None, None, Script::hang());
    served(chat, Stage::new(), Pace::Real, |account| async move {
        let fake = &account.fake;
        let ann = fake.person(42, "Ann");
        let (dm, crew) = (fake.private(&ann, &account.bot), fake.supergroup("Crew"));
        fake.with(crew, &account.bot, Rights::Member);
        for room in [dm, crew] {
            ann.says(room, "@first_bot hello?");
        }
        fake.until("two turns", || (chat.provider().count() == 2).then_some(())).await;
        for room in [dm, crew] {
            for text in ["/model status", "/model"] {
                let asked = Instant::now();
                ann.says(room, text);
                let said = fake.next_message(room).await;
                assert!(asked.elapsed() < SOON && said.text.contains("claude-sonnet-4-6"), "{}", said.text);
            }
            let menu = fake.answers(room).pop().unwrap();
            let press = ann.presses(room, menu.id, "opus");
            assert!(fake.answered(&press).await.after < SOON);
            let became = fake.becomes(room, menu.id, |shown| shown.text != menu.text).await;
            assert!(became.text.contains("claude-opus-4-6"), "{}", became.text);
        }
        assert_eq!(chat.provider().count(), 2);
        (account, ())
    });
    assert_eq!(line(chat.row().unwrap().choice.lasting.as_ref()), OPUS);
}

#[test]
fn a_press_is_answered_though_nothing_can_be_written() {
    let chat = &started(bot());
    served(chat, Stage::new(), Pace::Real, |account| async move {
        let fake = &account.fake;
        let ann = fake.person(42, "Ann");
        let dm = fake.private(&ann, &account.bot);
        ann.says(dm, "/model");
        let menu = fake.next_message(dm).await;
        let held = chat.hold_state();
        let press = ann.presses(dm, menu.id, "haiku");
        assert!(fake.answered(&press).await.after < SOON);
        let asked = Instant::now();
        ann.says(dm, "/model status");
        let said = fake.next_message(dm).await;
        assert!(asked.elapsed() < SOON && said.text.contains("claude-sonnet-4-6"), "{}", said.text);
        drop(held);
        // What was printed, late; or the person was told that it is not so.
        account.settled().await;
        let became = fake.shown(dm, menu.id).text;
        let is_set = became.contains("Model set to haiku");
        assert!(is_set || became.to_lowercase().contains("nothing was changed"), "{became}");
        let row = chat.app().store().load(&chat.key()).await.unwrap();
        let chosen = line(row.as_ref().and_then(|row| row.choice.lasting.as_ref()));
        assert_eq!(chosen, if is_set { HAIKU } else { "-" }, "{became}");
        (account, ())
    });
}

#[test]
fn an_answer_follows_a_group_that_becomes_another() {
    let chat = &started(bot().that_takes(Duration::from_millis(400)));
    served(chat, Stage::new(), Pace::Hurried, |account| async move {
        let fake = &account.fake;
        let ann = fake.person(42, "Ann");
        let old = fake.group("Crew");
        fake.with(old, &account.bot, Rights::Member);
        ann.says(old, "@first_bot hello?");
        fake.until("a turn", || (chat.provider().count() == 1).then_some(())).await;
        let new = fake.upgrades(old, &ann);
        account.settled().await;
        let answers = fake.answers(new);
        assert_eq!(answers.len(), 1, "{answers:#?}");
        assert!(answers[0].text.contains("claude-sonnet-4-6 here.") && answers[0].text.contains("hello?"));
        ann.says(new, "/model opus@work");
        account.settled().await;
        assert_eq!(fake.answers(new).len(), 2);
        (account, ())
    });
}
