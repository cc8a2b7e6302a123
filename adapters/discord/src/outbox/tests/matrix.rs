//! Who sees what: as it was acknowledged, and as it is said.

use modelpin_chat::{Kind, Placement, Reply, Visibility};
use rstest::rstest;

use super::said;
use crate::scripted::{Stage, command, press, private_reply, reply};
use crate::way::Way;

const CHAT: Visibility = Visibility::Chat;
const PRIVATE: Visibility = Visibility::Private;

fn a_reply(visibility: Visibility, placement: Placement) -> Reply {
    Reply { placement, visibility, ..reply("said") }
}

#[rstest]
// A command: the sign of thinking becomes the answer, where both are seen by the same people.
#[case(command(CHAT), CHAT, Placement::InPlace, &["PATCH @original"])]
#[case(command(CHAT), CHAT, Placement::Aside, &["PATCH @original"])]
#[case(command(CHAT), PRIVATE, Placement::InPlace, &["DELETE @original", "POST follow-up 64"])]
#[case(command(CHAT), PRIVATE, Placement::Aside, &["DELETE @original", "POST follow-up 64"])]
#[case(command(PRIVATE), CHAT, Placement::InPlace, &["DELETE @original", "POST follow-up"])]
#[case(command(PRIVATE), CHAT, Placement::Aside, &["DELETE @original", "POST follow-up"])]
#[case(command(PRIVATE), PRIVATE, Placement::InPlace, &["PATCH @original"])]
#[case(command(PRIVATE), PRIVATE, Placement::Aside, &["PATCH @original"])]
// A press: a remark is for who pressed alone. What all see goes out of a menu that one sees.
#[case(press(false), CHAT, Placement::InPlace, &["PATCH @original"])]
#[case(press(false), PRIVATE, Placement::InPlace, &["PATCH @original"])]
#[case(press(false), CHAT, Placement::Aside, &["POST follow-up 64"])]
#[case(press(false), PRIVATE, Placement::Aside, &["POST follow-up 64"])]
#[case(press(true), CHAT, Placement::InPlace, &["DELETE @original", "POST follow-up"])]
#[case(press(true), PRIVATE, Placement::InPlace, &["PATCH @original"])]
#[case(press(true), CHAT, Placement::Aside, &["POST follow-up 64"])]
#[case(press(true), PRIVATE, Placement::Aside, &["POST follow-up 64"])]
#[tokio::test(start_paused = true)]
async fn a_reply_is_seen_by_whom_it_is_for(
    #[case] way: Way,
    #[case] visibility: Visibility,
    #[case] placement: Placement,
    #[case] expected: &[&str],
) {
    for kind in [Kind::Channel, Kind::Dm] {
        let stage = Stage::new(|_| None);
        let outcomes = said(&stage, way.clone(), kind, vec![a_reply(visibility, placement)]).await;
        assert_eq!(outcomes, [Ok(())]);
        assert_eq!(with_flags(&stage), expected, "{kind}");
        assert!(stage.discord.lines()[0].ends_with("/callback"), "it is acknowledged before anything else");
        assert_eq!(stage.discord.lines().iter().filter(|line| line.ends_with("/callback")).count(), 1);
    }
}

/// The calls beside the acknowledgement, with the flags of what they say.
fn with_flags(stage: &Stage) -> Vec<String> {
    let flags = stage.discord.made().into_iter().skip(1).map(|made| made.body["flags"].as_u64());
    let flagged = |(line, flags): (String, Option<u64>)| match flags {
        Some(flags) => format!("{line} {flags}"),
        None => line,
    };
    stage.short().into_iter().zip(flags).map(flagged).collect()
}

#[rstest]
#[case(command(CHAT), &[CHAT, CHAT, PRIVATE], &["PATCH @original", "POST follow-up", "POST follow-up 64"])]
#[case(command(CHAT), &[PRIVATE, CHAT], &["DELETE @original", "POST follow-up 64", "POST follow-up"])]
#[case(command(PRIVATE), &[CHAT, PRIVATE], &["DELETE @original", "POST follow-up", "POST follow-up 64"])]
#[case(press(false), &[CHAT, CHAT], &["PATCH @original", "POST follow-up"])]
#[case(press(true), &[PRIVATE, CHAT], &["PATCH @original", "POST follow-up"])]
#[case(press(true), &[CHAT, PRIVATE], &["DELETE @original", "POST follow-up", "POST follow-up 64"])]
#[tokio::test(start_paused = true)]
async fn further_replies_follow(#[case] way: Way, #[case] replies: &[Visibility], #[case] expected: &[&str]) {
    let stage = Stage::new(|_| None);
    let replies = replies.iter().map(|visibility| a_reply(*visibility, Placement::InPlace)).collect();
    said(&stage, way, Kind::Channel, replies).await;
    assert_eq!(with_flags(&stage), expected);
}

#[tokio::test(start_paused = true)]
async fn a_long_reply_goes_on_for_the_same_people() {
    let stage = Stage::new(|_| None);
    said(&stage, command(PRIVATE), Kind::Channel, vec![private_reply(&"x".repeat(4_500))]).await;
    assert_eq!(with_flags(&stage), ["PATCH @original", "POST follow-up 64", "POST follow-up 64"]);
    let stage = Stage::new(|_| None);
    said(&stage, command(CHAT), Kind::Channel, vec![reply(&"x".repeat(2_500))]).await;
    assert_eq!(with_flags(&stage), ["PATCH @original", "POST follow-up"]);
}

#[tokio::test(start_paused = true)]
async fn a_remark_leaves_the_menu_for_the_reply_that_comes_after() {
    let stage = Stage::new(|_| None);
    let replies = vec![a_reply(CHAT, Placement::Aside), a_reply(CHAT, Placement::InPlace)];
    said(&stage, press(false), Kind::Channel, replies).await;
    assert_eq!(with_flags(&stage), ["POST follow-up 64", "PATCH @original"]);
}
