#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use proptest::prelude::{Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};
use rstest::rstest;

use super::{Naming, byte, of};
use crate::inbound::Me;
use crate::inbound::wire::{Entity, User};

fn me() -> Me {
    Me { id: 7001, username: "PinBot".to_owned() }
}

fn user(id: u64) -> User {
    User { id, is_bot: true, first_name: "Pin".to_owned(), last_name: None }
}

/// An entity over the first place where `piece` stands in `text`, counted as Telegram counts.
fn over(text: &str, piece: &str, kind: &str, id: Option<u64>) -> Entity {
    let at = text.find(piece).unwrap();
    Entity {
        kind: kind.to_owned(),
        offset: text[..at].encode_utf16().count(),
        length: piece.encode_utf16().count(),
        user: id.map(user),
    }
}

#[rstest]
#[case("@PinBot /model", "@PinBot", "mention", None, true, "/model")]
#[case("@pinbot: /model", "@pinbot", "mention", None, true, "/model")]
#[case("  @PINBOT,hello", "@PINBOT", "mention", None, true, "hello")]
#[case("@PinBot", "@PinBot", "mention", None, true, "")]
#[case("@PinBot\nsecond line", "@PinBot", "mention", None, true, "second line")]
#[case("@PinBot\u{a0}/model", "@PinBot", "mention", None, true, "/model")]
#[case("@PinBot's opinion", "@PinBot", "mention", None, true, "@PinBot's opinion")]
#[case("hello @PinBot", "@PinBot", "mention", None, true, "hello @PinBot")]
#[case("👩‍👩‍👧 Grüße 🇩🇪 @PinBot!", "@PinBot", "mention", None, true, "👩‍👩‍👧 Grüße 🇩🇪 @PinBot!")]
#[case("@PinBott /model", "@PinBott", "mention", None, false, "@PinBott /model")]
#[case("@OtherBot /model", "@OtherBot", "mention", None, false, "@OtherBot /model")]
#[case("Mr 🦀 Pin, /model", "Mr 🦀 Pin", "text_mention", Some(7001), true, "/model")]
#[case("Ann /model", "Ann", "text_mention", Some(42), false, "Ann /model")]
#[case("Pin /model", "Pin", "text_mention", None, false, "Pin /model")]
#[case("/model@PinBot opus", "/model@PinBot", "bot_command", None, true, "/model@PinBot opus")]
#[case(" /model@pinbot", "/model@pinbot", "bot_command", None, true, " /model@pinbot")]
#[case("/model@OtherBot", "/model@OtherBot", "bot_command", None, false, "/model@OtherBot")]
#[case("/opus@work", "/opus@work", "bot_command", None, false, "/opus@work")]
#[case("/model", "/model", "bot_command", None, false, "/model")]
#[case("type /model@PinBot", "/model@PinBot", "bot_command", None, false, "type /model@PinBot")]
#[case("@PinBot /model", "@PinBot", "code", None, false, "@PinBot /model")]
#[case("@PinBot /model", "@PinBot", "of_tomorrow", None, false, "@PinBot /model")]
fn one_entity(
    #[case] text: &str,
    #[case] piece: &str,
    #[case] kind: &str,
    #[case] id: Option<u64>,
    #[case] is_named: bool,
    #[case] rest: &str,
) {
    assert_eq!(of(text, &[over(text, piece, kind, id)], &me()), Naming { is_named, rest });
}

#[test]
fn without_an_entity_nobody_is_named() {
    assert_eq!(of("@PinBot hello", &[], &me()), Naming { is_named: false, rest: "@PinBot hello" });
}

#[test]
fn a_mention_of_another_before_ours_stays_with_ours() {
    let text = "@OtherBot @PinBot hello";
    let entities = [over(text, "@OtherBot", "mention", None), over(text, "@PinBot", "mention", None)];
    assert_eq!(of(text, &entities, &me()), Naming { is_named: true, rest: text });
}

#[test]
fn a_bot_without_a_name_is_never_named() {
    let nameless = Me { id: 7001, username: String::new() };
    for (text, kind) in [("@ hello", "mention"), ("/model@", "bot_command")] {
        let piece = text.split(' ').next().unwrap();
        assert_eq!(of(text, &[over(text, piece, kind, None)], &nameless), Naming { is_named: false, rest: text });
    }
}

/// `🦀` is two units: an entity that begins or ends inside of it is none.
#[rstest]
#[case(1, 7)]
#[case(0, 1)]
#[case(2, 99)]
#[case(usize::MAX, 1)]
#[case(2, usize::MAX)]
#[case(9, 0)]
fn an_entity_that_fits_nowhere_says_nothing(#[case] offset: usize, #[case] length: usize) {
    let text = "🦀@PinBot";
    let entity = Entity { kind: "text_mention".to_owned(), offset, length, user: Some(user(7001)) };
    assert_eq!(of(text, &[entity], &me()), Naming { is_named: false, rest: text });
}

proptest! {
    #[test]
    fn offsets_are_those_of_utf16(text in ".{0,12}") {
        let mut units = 0;
        for (at, c) in text.char_indices() {
            prop_assert_eq!(byte(&text, units), Some(at));
            if c.len_utf16() == 2 {
                prop_assert_eq!(byte(&text, units + 1), None);
            }
            units += c.len_utf16();
        }
        prop_assert_eq!(byte(&text, units), Some(text.len()));
        prop_assert_eq!(byte(&text, units + 1), None);
    }

    #[test]
    fn what_is_left_is_the_end_of_the_text(text in "[ @:,a🦀é\n]{0,6}(@PinBot)?[ :,b🦀]{0,4}", entities in entities()) {
        let Naming { is_named, rest } = of(&text, &entities, &me());
        prop_assert!(text.ends_with(rest));
        prop_assert!(is_named || rest == text);
    }
}

fn entities() -> impl Strategy<Value = Vec<Entity>> {
    let kind = prop_oneof!["mention", "text_mention", "bot_command", "bold"];
    let entity = (kind, 0..14_usize, 0..14_usize, any::<bool>()).prop_map(|(kind, offset, length, ours)| Entity {
        kind,
        offset,
        length,
        user: Some(user(if ours { 7001 } else { 42 })),
    });
    prop::collection::vec(entity, 0..4)
}
