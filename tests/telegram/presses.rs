//! Buttons.

use std::time::Duration;

use serde_json::json;

use crate::support::bot::{Bot, line};
use crate::support::telegram::{Person, Rights, Room, Shown};
use crate::telegram::account::{Account, Pace, on_telegram};

/// A press is to be answered within this.
const SOON: Duration = Duration::from_secs(1);

fn bot() -> Bot {
    Bot::new().profiles("anthropic:default anthropic:work openai:team")
}

/// Ann's menu in a group that Ben is in as well.
async fn menu_of_ann(account: &Account) -> (Person, Person, Room, Shown) {
    let fake = &account.fake;
    let (ann, ben) = (fake.person(42, "Ann"), fake.person(43, "Ben"));
    let crew = fake.supergroup("Crew");
    fake.with(crew, &account.bot, Rights::Member);
    ann.says(crew, "/model");
    let menu = fake.next_message(crew).await;
    (ann, ben, crew, menu)
}

#[test]
fn a_press_is_answered_and_the_menu_becomes_what_came_of_it() {
    on_telegram(bot(), Pace::Real, |account| async move {
        let fake = &account.fake;
        let ann = fake.person(42, "Ann");
        let dm = fake.private(&ann, &account.bot);
        ann.says(dm, "/model");
        let menu = fake.next_message(dm).await;
        let press = ann.presses(dm, menu.id, "opus");
        let answered = fake.answered(&press).await;
        assert!(answered.after < SOON, "{answered:?}");
        let became = fake.becomes(dm, menu.id, |shown| shown.text != menu.text).await;
        assert!(became.text.contains("claude-opus-4-6"), "{}", became.text);
        // The same button once more, as a client may send that still shows the old message.
        let token = menu.keyboard.iter().flatten().find(|button| button.label == "opus").unwrap().token.clone();
        let again = ann.sends_press(dm, menu.id, &token);
        assert!(fake.answered(&again).await.after < SOON);
        // And of a message that is gone.
        ann.says(dm, "/model");
        let menu = fake.next_message(dm).await;
        ann.deletes(dm, menu.id);
        let token = menu.keyboard.iter().flatten().find(|button| button.label == "haiku").unwrap().token.clone();
        let gone = ann.sends_press(dm, menu.id, &token);
        assert!(fake.answered(&gone).await.after < SOON);
        let said = fake.next_message(dm).await;
        assert!(said.text.contains("claude-haiku-4-5"), "{}", said.text);
        // What nobody printed.
        let forged = ann.sends_press(dm, said.id, "forged");
        assert!(fake.answered(&forged).await.after < SOON);
        (account, ())
    });
}

#[test]
fn a_button_does_nothing_for_who_may_not_write_there() {
    let access = json!({"channels": {"telegram": {"groupAllowFrom": ["42"]}}});
    on_telegram(bot().config(access), Pace::Real, |account| async move {
        let fake = &account.fake;
        let (ann, ben, crew, menu) = menu_of_ann(&account).await;
        let press = ben.presses(crew, menu.id, "opus");
        assert!(fake.answered(&press).await.after < SOON);
        let press = ann.presses(crew, menu.id, "haiku");
        fake.answered(&press).await;
        let became = fake.becomes(crew, menu.id, |shown| shown.text != menu.text).await;
        assert!(became.text.contains("claude-haiku-4-5"), "{}", became.text);
        assert_eq!(became.former, [menu.text], "it was changed for nobody else");
        (account, ())
    });
}

#[test]
fn a_button_of_another_user_selects_nothing_and_says_so() {
    let (chat, crew) = on_telegram(bot(), Pace::Real, |account| async move {
        let fake = &account.fake;
        let (_ann, ben, crew, menu) = menu_of_ann(&account).await;
        for label in ["opus", "@ anthropic:work", "All models", "Undo"] {
            let press = ben.presses(crew, menu.id, label);
            let answered = fake.answered(&press).await;
            assert!(answered.after < SOON && answered.alert, "{answered:?}");
            assert!(answered.text.contains("somebody else") && answered.text.contains("/model"), "{answered:?}");
        }
        account.settled().await;
        assert_eq!(fake.answers(crew), [menu], "nothing but the alert is to be seen of it");
        (account, crew)
    });
    chat.group("telegram", &crew.chat.to_string()).by("43").chosen("-");
}

#[test]
fn a_number_chooses_what_was_printed_beside_it_in_that_chat() {
    let (chat, chosen) = on_telegram(bot(), Pace::Real, |account| async move {
        let fake = &account.fake;
        let ann = fake.person(42, "Ann");
        let crew = fake.supergroup("Crew");
        fake.with(crew, &account.bot, Rights::Member);
        let dm = fake.private(&ann, &account.bot);
        ann.says(dm, "/model list");
        let list = fake.next_message(dm).await;
        let entry = list.text.lines().find(|line| line.trim_start().starts_with("4. ")).expect("a fourth model");
        let model = entry.split_whitespace().nth(1).unwrap().to_owned();
        // No list was shown there.
        ann.says(crew, "/model 4");
        assert!(fake.next_message(crew).await.text.contains("/model list"));
        ann.says(dm, "/model 4");
        let set = fake.next_message(dm).await;
        assert!(set.text.contains(model.split_once('/').unwrap().1), "{model}: {}", set.text);
        ann.says(dm, "/model 40");
        assert!(fake.next_message(dm).await.text.contains("40 is not on the list"));
        (account, model)
    });
    assert_eq!(line(chat.row().unwrap().choice.lasting.as_ref()), chosen);
    assert_eq!(chat.rows()["sessions"].len(), 1);
}
