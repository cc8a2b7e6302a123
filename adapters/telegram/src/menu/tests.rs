#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use modelpin_chat::{Audience, CommandEntry, Form, Visibility};
use proptest::prelude::{any, prop, prop_assert, prop_assert_eq, proptest};
use teloxide::types::{BotCommand, BotCommandScope, ChatId, Recipient};

use super::{Call, LeftOut, Menu, Why};

const BOT: u64 = 7001;

fn entry(name: &str, summary: &str) -> CommandEntry {
    CommandEntry {
        name: name.to_owned(),
        summary: summary.to_owned(),
        audience: Audience::Everybody,
        form: Form::empty(Visibility::Private),
    }
}

fn for_owners(name: &str, summary: &str) -> CommandEntry {
    CommandEntry { audience: Audience::Owners, ..entry(name, summary) }
}

fn menu(entries: &[CommandEntry], owners: &[&str]) -> Menu {
    let owners: Vec<String> = owners.iter().map(|owner| (*owner).to_owned()).collect();
    Menu::of(entries, &owners, BOT)
}

fn chat(id: i64) -> BotCommandScope {
    BotCommandScope::Chat { chat_id: Recipient::Id(ChatId(id)) }
}

fn size(commands: &[BotCommand]) -> usize {
    commands.iter().map(|command| command.command.len() + command.description.encode_utf16().count()).sum()
}

/// The list that everybody is shown.
fn list(menu: &Menu) -> Vec<BotCommand> {
    menu.calls(None)
        .into_iter()
        .find_map(|call| match call {
            Call::Set { scope: BotCommandScope::Default, commands } => Some(commands),
            Call::Set { .. } | Call::Delete { .. } => None,
        })
        .unwrap_or_default()
}

#[test]
fn everybody_groups_and_owners_are_told_theirs_and_leftovers_are_taken_away() {
    let menu = menu(&[entry("model", "Choose"), for_owners("auth", "Credentials"), entry("help", "Help")], &["42"]);
    let everybody = vec![BotCommand::new("model", "Choose"), BotCommand::new("help", "Help")];
    let owners = vec![
        BotCommand::new("model", "Choose"),
        BotCommand::new("auth", "Credentials"),
        BotCommand::new("help", "Help"),
    ];
    assert_eq!(
        menu.calls(None),
        [
            Call::Set { scope: BotCommandScope::Default, commands: everybody.clone() },
            Call::Set { scope: BotCommandScope::AllGroupChats, commands: everybody },
            Call::Delete { scope: BotCommandScope::AllPrivateChats },
            Call::Delete { scope: BotCommandScope::AllChatAdministrators },
            Call::Set { scope: chat(42), commands: owners },
        ]
    );
    assert_eq!(menu.left_out(), []);
}

#[test]
fn owners_without_commands_of_their_own_have_no_list_of_their_own() {
    let menu = menu(&[entry("model", "Choose")], &["42"]);
    assert!(menu.calls(None).iter().all(|call| call.owner().is_none()));
}

#[test]
fn without_commands_what_is_there_is_taken_away() {
    let menu = menu(&[], &["42"]);
    let scopes = [
        BotCommandScope::Default,
        BotCommandScope::AllGroupChats,
        BotCommandScope::AllPrivateChats,
        BotCommandScope::AllChatAdministrators,
    ];
    assert_eq!(menu.calls(None), scopes.map(|scope| Call::Delete { scope }));
}

#[test]
fn nothing_is_sent_where_nothing_changed() {
    let entries = [entry("model", "Choose"), for_owners("auth", "Credentials")];
    let before = menu(&entries, &["42", "43"]);
    assert_eq!(before.calls(Some(&before.mark(&[]))), []);
    assert_eq!(menu(&entries, &["43", "42", "42"]).calls(Some(&before.mark(&[]))), [], "the order of owners is none");
}

#[test]
fn everything_is_sent_anew_where_a_word_changed_or_the_bot_is_another_or_the_mark_is_spoilt() {
    let entries = [entry("model", "Choose")];
    let before = menu(&entries, &[]);
    let mark = before.mark(&[]);
    for now in [
        menu(&[entry("model", "Choose!")], &[]),
        menu(&[entry("models", "Choose")], &[]),
        menu(&[entry("model", "Choose"), for_owners("auth", "")], &[]),
        Menu::of(&entries, &[], BOT + 1),
    ] {
        assert_eq!(now.calls(Some(&mark)), now.calls(None), "{now:?}");
    }
    for spoilt in ["", " ", "abc", &mark.replace(' ', ""), &format!("{mark}x")] {
        assert_eq!(before.calls(Some(spoilt)), before.calls(None), "{spoilt:?}");
    }
}

#[test]
fn former_owners_lose_their_list_and_unreached_ones_are_tried_again() {
    let entries = [entry("model", "Choose"), for_owners("auth", "Credentials")];
    let before = menu(&entries, &["42", "43", "44"]);
    let mark = before.mark(&[ChatId(44)]);
    let told: Vec<_> = menu(&entries, &["43", "44", "45"]).calls(Some(&mark));
    let owners: Vec<_> = told.iter().map(|call| (call.owner(), matches!(call, Call::Delete { .. }))).collect();
    assert_eq!(owners, [(Some(ChatId(42)), true), (Some(ChatId(44)), false), (Some(ChatId(45)), false)]);
}

#[test]
fn what_telegram_does_not_take_is_left_out_and_named() {
    let long = "a".repeat(33);
    let entries = [
        entry("GPT_5", "Ask GPT"),
        entry("gpt-5", "no"),
        entry("", "no"),
        entry("große", "no"),
        entry(&long, "no"),
        entry("gpt_5", "no"),
        entry(&long[1..], "  two\n lines\t"),
        entry("bare", " \n"),
    ];
    let menu = menu(&entries, &["@ann", "0", "-100", "telegram:42", "42"]);
    let descriptions: Vec<_> = list(&menu).into_iter().map(|command| (command.command, command.description)).collect();
    let expected = [("gpt_5", "Ask GPT"), (&long[1..], "two lines"), ("bare", "bare")];
    assert_eq!(descriptions, expected.map(|(name, text)| (name.to_owned(), text.to_owned())));
    let left_out = [
        ("gpt-5", Why::Name),
        ("", Why::Name),
        ("große", Why::Name),
        (&long, Why::Name),
        ("gpt_5", Why::Twice),
        ("@ann", Why::Owner),
        ("0", Why::Owner),
        ("-100", Why::Owner),
        ("telegram:42", Why::Owner),
    ];
    assert_eq!(menu.left_out(), left_out.map(|(what, why)| LeftOut { what: what.to_owned(), why }));
    assert!(menu.left_out()[0].to_string().starts_with("`/gpt-5` is not in Telegram's menu: "));
}

#[test]
fn the_hundred_and_first_command_is_left_out() {
    let entries: Vec<_> = (0..101).map(|n| entry(&format!("c{n}"), "x")).collect();
    let menu = menu(&entries, &[]);
    assert_eq!(list(&menu).len(), 100);
    assert_eq!(menu.left_out(), [LeftOut { what: "c100".to_owned(), why: Why::TooMany }]);
}

#[test]
fn a_description_ends_where_telegram_ends_it() {
    let fits = "é".repeat(256);
    let too_long = format!("{fits}é");
    let list = list(&menu(&[entry("a", &fits), entry("b", &too_long), entry("c", &"🦀".repeat(200))], &[]));
    assert_eq!(list[0].description, fits);
    assert_eq!(list[1].description, format!("{}…", "é".repeat(255)));
    assert_eq!(list[2].description, format!("{}…", "🦀".repeat(127)));
}

#[test]
fn the_longest_descriptions_give_way_to_the_budget() {
    let entries: Vec<_> = (0..100).map(|n| entry(&format!("c{n:02}"), if n < 50 { "short" } else { LONG })).collect();
    let list = list(&menu(&entries, &[]));
    assert_eq!(list.len(), 100);
    assert!(list[..50].iter().all(|command| command.description == "short"));
    // 5,700 without 100 names of three and 50 times "short" leaves 103 for each of the other 50.
    assert!(list[50..].iter().all(|command| command.description == format!("{}…", &LONG[..102])), "{list:?}");
    assert_eq!(size(&list), 5_700);
}

const LONG: &str = "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789\
                    0123456789012345678901234567890123456789";

#[test]
fn too_much_is_tried_with_four_fifths_until_nothing_is_left() {
    let commands: Vec<_> = (0..100).map(|n| BotCommand::new(format!("c{n}"), "x")).collect();
    let mut call = Call::Set { scope: BotCommandScope::Default, commands };
    let mut sizes = Vec::new();
    while let Call::Set { commands, .. } = &call {
        sizes.push(commands.len());
        assert_eq!(commands[0].command, "c0");
        call = call.shorter().unwrap();
    }
    assert_eq!(sizes[..5], [100, 80, 64, 51, 40]);
    assert!(sizes.windows(2).all(|pair| pair[1] < pair[0]) && sizes.last() == Some(&1));
    assert_eq!(call, Call::Delete { scope: BotCommandScope::Default });
    assert_eq!(call.shorter(), None);
}

proptest! {
    #[test]
    fn whatever_is_given_the_lists_are_within_the_limits(
        given in prop::collection::vec(("[a-cA-C0-9_é-]{0,34}", "[a-z é🦀\n]{0,400}", any::<bool>()), 0..130),
    ) {
        let entries: Vec<_> = given
            .iter()
            .map(|(name, summary, all)| if *all { entry(name, summary) } else { for_owners(name, summary) })
            .collect();
        let menu = menu(&entries, &["42"]);
        for call in menu.calls(None) {
            let Call::Set { commands, scope } = call else { continue };
            prop_assert!((1..=100).contains(&commands.len()));
            prop_assert!(size(&commands) <= 5_700);
            for BotCommand { command, description } in &commands {
                prop_assert!((1..=32).contains(&command.len()));
                prop_assert!(command.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_')));
                prop_assert!((1..=256).contains(&description.encode_utf16().count()));
            }
            if scope == chat(42) {
                prop_assert_eq!(commands.len() + menu.left_out().len(), entries.len());
            }
        }
        prop_assert_eq!(menu.calls(Some(&menu.mark(&[]))), []);
    }
}
