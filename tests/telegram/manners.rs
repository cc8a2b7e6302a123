//! Who is heard, what is taken for a command, and where the bot keeps quiet.

use modelpin_chat::{Kind, Thread};
use serde_json::json;

use crate::support::bot::{Bot, Chat, HAIKU, OPUS, SONNET, conversation};
use crate::support::telegram::{Rights, Room, Shown};
use crate::telegram::account::{Account, Pace, on_telegram};

fn bot() -> Bot {
    Bot::new().profiles("anthropic:default anthropic:work anthropic:me openai:team")
}

/// The last message there, when all has been dealt with: until then, an answer may be shown in part.
async fn last(account: &Account, room: Room) -> Shown {
    account.settled().await;
    account.fake.answers(room).pop().expect("an answer")
}

/// Who was on the wire with what, oldest first.
fn wire(chat: &Chat) -> Vec<(String, String)> {
    let seen = chat.provider().seen().into_iter();
    seen.map(|seen| (seen.profile.unwrap().to_string(), format!("{}/{}", seen.provider, seen.model))).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(profile, model)| ((*profile).to_owned(), (*model).to_owned())).collect()
}

#[test]
fn people_who_talk_to_each_other_are_left_alone_until_they_name_the_bot() {
    let (chat, crew) = on_telegram(bot(), Pace::Hurried, |account| async move {
        let fake = &account.fake;
        let (ann, ben) = (fake.person(42, "Ann"), fake.person(43, "Ben"));
        let crew = fake.supergroup("Crew");
        fake.with(crew, &account.bot, Rights::Member);
        let lunch = ann.says(crew, "lunch?");
        ben.replies(crew, lunch, "in ten minutes");
        ben.says(crew, "/model@OtherBot opus");
        ben.says(crew, "/shrug fine");
        ben.says(crew, "type /model opus if you like");
        ben.says(crew, "@other_bot /model opus");
        ann.forwards(crew, &ben, "/model opus");
        account.settled().await;
        assert_eq!(fake.answers(crew), [], "nobody has asked the bot anything");
        // Commands need no mention, with the name of the bot and without; a suffix that is none is a profile's.
        ann.says(crew, "/model@first_bot opus@work");
        let set = last(&account, crew).await;
        assert!(set.text.contains("opus") && set.text.contains("anthropic:work"), "{}", set.text);
        ann.says(crew, "@first_bot who is there?");
        let said = last(&account, crew).await;
        assert!(said.text.contains("claude-opus-4-6 here.") && said.text.contains("(anthropic:work)"), "{}", said.text);
        // An answer to the bot is said to the bot.
        let asked = ben.replies(crew, said.id, "and who are you?");
        let again = last(&account, crew).await;
        assert_eq!(again.reply_to, Some(asked));
        ann.says(crew, "/haiku@me");
        let set = last(&account, crew).await;
        assert!(set.text.contains("haiku") && set.text.contains("anthropic:me"), "{}", set.text);
        ben.says(crew, "ever so quiet");
        ben.says(crew, "what about it, @first_bot?");
        let said = last(&account, crew).await;
        assert!(said.text.contains("claude-haiku-4-5 here."), "{}", said.text);
        account.settled().await;
        assert_eq!(fake.answers(crew).len(), 5);
        (account, crew.chat.to_string())
    });
    assert_eq!(wire(&chat), pairs(&[("anthropic:work", OPUS), ("anthropic:work", OPUS), ("anthropic:me", HAIKU)]));
    chat.group("telegram", &crew).chosen(&format!("{HAIKU}@anthropic:me"));
}

#[test]
fn what_is_edited_or_passed_on_changes_nothing() {
    let (chat, plans) = on_telegram(bot(), Pace::Hurried, |account| async move {
        let fake = &account.fake;
        let (ann, ben) = (fake.person(42, "Ann"), fake.person(43, "Ben"));
        let forum = fake.forum("Themes");
        fake.with(forum, &account.bot, Rights::Member);
        let (dm, plans) = (fake.private(&ann, &account.bot), fake.topic(forum, "Plans", &ben));
        for room in [dm, plans] {
            let command = ann.says(room, "/model opus@work");
            assert!(last(&account, room).await.text.contains("anthropic:work"));
            ann.edits(room, command, "/model haiku@me");
            let talk = ann.says(room, "hello @first_bot");
            assert!(last(&account, room).await.text.contains("claude-opus-4-6 here."));
            ann.edits(room, talk, "/model haiku@me");
            ann.edits(room, talk, "hello again @first_bot");
            ann.forwards(room, &ben, "/model haiku@me");
        }
        // In private, what is passed on is for the bot to talk about.
        let said = last(&account, dm).await;
        assert!(said.text.contains("claude-opus-4-6 here.") && said.text.contains("/model haiku@me"), "{}", said.text);
        account.settled().await;
        assert_eq!([dm, plans].map(|room| fake.answers(room).len()), [3, 2]);
        // The words below a picture are words like any.
        ann.captions(dm, "/model haiku@me");
        assert!(last(&account, dm).await.text.contains("anthropic:me"));
        (account, plans)
    });
    assert_eq!(wire(&chat), pairs(&[("anthropic:work", OPUS); 3]));
    let chat = chat.chosen(&format!("{HAIKU}@anthropic:me"));
    let topic = Thread::Topic(plans.topic.unwrap().to_string());
    let there = conversation("telegram", Kind::Group, &plans.chat.to_string(), Some(topic));
    chat.at(there).chosen(&format!("{OPUS}@anthropic:work"));
}

#[test]
fn a_stranger_is_told_once_and_then_nothing() {
    let access = json!({"channels": {"telegram": {"allowFrom": ["42"], "groupAllowFrom": ["42"]}}});
    let (chat, ()) = on_telegram(bot().config(access), Pace::Hurried, |account| async move {
        let fake = &account.fake;
        let (ann, eve) = (fake.person(42, "Ann"), fake.person(66, "Eve"));
        let crew = fake.supergroup("Crew");
        fake.with(crew, &account.bot, Rights::Member);
        let dm = fake.untouched(&eve, &account.bot);
        eve.says(dm, "hello?");
        let told = last(&account, dm).await;
        assert!(told.text.contains("66") && told.text.contains("/whoami"), "{}", told.text);
        for text in ["hello?", "/model", "/model opus", "/model list", "/new", "is anybody there?"] {
            eve.says(dm, text);
        }
        // Talk of hers in a group is none of the bot's business; a command is told no, once.
        eve.says(crew, "@first_bot hello?");
        account.settled().await;
        assert_eq!((fake.answers(dm).len(), fake.answers(crew).len()), (1, 0));
        eve.says(crew, "/model opus");
        eve.says(crew, "/model haiku");
        account.settled().await;
        assert_eq!((fake.answers(dm).len(), fake.answers(crew).len()), (1, 1));
        // What an operator needs to let her in, she is told whenever she asks.
        eve.says(dm, "/whoami");
        assert!(last(&account, dm).await.text.contains("66"));
        ann.says(crew, "@first_bot hello");
        account.settled().await;
        assert_eq!(fake.answers(crew).len(), 2);
        (account, ())
    });
    assert_eq!(wire(&chat), pairs(&[("anthropic:default", SONNET)]));
    assert_eq!(chat.rows()["receipts"].len(), 1);
}

#[test]
fn a_group_that_wants_no_mention_and_one_that_is_not_listed() {
    let groups = json!({"-1002000000001": {"requireMention": false}});
    let access = json!({"channels": {"telegram": {"groups": groups}}});
    let (chat, ()) = on_telegram(bot().config(access), Pace::Hurried, |account| async move {
        let fake = &account.fake;
        let ann = fake.person(42, "Ann");
        let (listed, other) = (fake.supergroup("Listed"), fake.supergroup("Other"));
        assert_eq!(listed.chat, -1_002_000_000_001);
        for room in [listed, other] {
            fake.with(room, &account.bot, Rights::Member);
            ann.says(room, "good morning");
            ann.says(room, "@first_bot good morning");
        }
        account.settled().await;
        assert_eq!((fake.answers(listed).len(), fake.answers(other).len()), (2, 0));
        (account, ())
    });
    assert_eq!(wire(&chat), pairs(&[("anthropic:default", SONNET); 2]));
}

#[test]
fn who_writes_in_the_name_of_a_chat_is_that_chat() {
    // The first group and the first channel of the fake.
    let access = json!({"channels": {"telegram": {"groupAllowFrom": ["-1002000000001", "-1004000000001"]}}});
    let (chat, (crew, news)) = on_telegram(bot().config(access), Pace::Hurried, |account| async move {
        let fake = &account.fake;
        let ann = fake.person(42, "Ann");
        let (crew, news, other) = (fake.supergroup("Crew"), fake.channel("News"), fake.channel("Other"));
        assert_eq!((crew.chat, news.chat), (-1_002_000_000_001, -1_004_000_000_001));
        fake.with(crew, &account.bot, Rights::Member);
        fake.with(news, &account.bot, Rights::Admin { deletes: false });
        // Nobody knows which administrator it is: it is the group that may.
        ann.says_anonymously(crew, "/model opus@work");
        assert!(last(&account, crew).await.text.contains("anthropic:work"));
        ann.says_anonymously(crew, "@first_bot hello");
        assert!(last(&account, crew).await.text.contains("(anthropic:work)"));
        for message in [ann.says(crew, "/model haiku"), ann.says_as(crew, other, "/model haiku")] {
            account.settled().await;
            let told = fake.answers(crew).into_iter().find(|answer| answer.reply_to == Some(message));
            assert!(told.is_some_and(|told| told.text.contains("not on the list")), "{message}");
        }
        // A post that Telegram passes on into the group is no command there, and nobody's question.
        let before = fake.answers(crew).len();
        ann.linked_post(crew, news, "/model haiku");
        account.settled().await;
        assert_eq!(fake.answers(crew).len(), before);
        let post = fake.posts(news, "/model haiku@me");
        account.settled().await;
        let said = fake.transcript(news).into_iter().find(|message| message.reply_to == Some(post)).expect("an answer");
        assert!(said.text.contains("anthropic:me"), "{}", said.text);
        (account, (crew.chat.to_string(), news.chat.to_string()))
    });
    let chat = chat.group("telegram", &crew).chosen(&format!("{OPUS}@anthropic:work"));
    chat.at(conversation("telegram", Kind::Channel, &news, None)).chosen(&format!("{HAIKU}@anthropic:me"));
}
