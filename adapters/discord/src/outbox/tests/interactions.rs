//! Interactions that go wrong.

use std::time::Duration;

use modelpin_chat::{Kind, Placement, Reply, Visibility};
use rstest::rstest;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{said, with_button};
use crate::api::Code;
use crate::scripted::{Answer, Made, Stage, command, press, private_reply, reply};
use crate::way::Way;

const CHAT: Visibility = Visibility::Chat;
const PRIVATE: Visibility = Visibility::Private;

/// A script that refuses the acknowledgement.
fn too_late(made: &Made) -> Option<Answer> {
    made.line.ends_with("/callback").then(|| Answer::refused(404, Code::UnknownInteraction))
}

/// A script that refuses all that is said to an interaction, but takes the acknowledgement.
fn expired(code: Code) -> impl Fn(&Made) -> Option<Answer> + Send + Sync + 'static {
    move |made: &Made| made.line.contains("/webhooks/").then(|| Answer::refused(404, code))
}

#[tokio::test(start_paused = true)]
async fn what_is_shown_in_place_leaves_nothing_of_what_was_there() {
    let stage = Stage::new(|_| None);
    said(&stage, press(false), Kind::Channel, vec![reply("changed")]).await;
    let expected = json!({
        "content": "changed",
        "embeds": [],
        "components": [],
        "allowed_mentions": {"parse": [], "replied_user": false},
    });
    assert_eq!(stage.discord.made()[1].body, expected);
}

#[rstest]
#[case(command(CHAT), &["DELETE @original"])]
#[case(command(PRIVATE), &["DELETE @original"])]
#[case(press(false), &[])]
#[case(press(true), &[])]
#[tokio::test(start_paused = true)]
async fn where_nothing_is_said_nothing_is_left_thinking(#[case] way: Way, #[case] expected: &[&str]) {
    let stage = Stage::new(|_| None);
    said(&stage, way, Kind::Channel, Vec::new()).await;
    assert_eq!(stage.short(), expected);
}

#[rstest]
#[case(command(CHAT), reply("x"), Ok(()), &["POST messages"])]
#[case(command(PRIVATE), reply("x"), Ok(()), &["POST messages"])]
#[case(command(CHAT), private_reply("x"), Err("it is too late"), &[])]
#[case(press(false), reply("x"), Ok(()), &["PATCH messages/500"])]
#[case(press(false), private_reply("x"), Ok(()), &["PATCH messages/500"])]
#[case(press(true), reply("x"), Ok(()), &["POST messages"])]
#[case(press(true), private_reply("x"), Err("it is too late"), &[])]
#[case(press(false), Reply { placement: Placement::Aside, ..reply("x") }, Err("it is too late"), &[])]
#[tokio::test(start_paused = true)]
async fn what_was_acknowledged_too_late_is_answered_in_the_channel_if_all_may_see_it(
    #[case] way: Way,
    #[case] reply: Reply,
    #[case] outcome: Result<(), &str>,
    #[case] expected: &[&str],
) {
    let stage = Stage::new(too_late);
    let outcomes = said(&stage, way, Kind::Channel, vec![reply]).await;
    match (&outcomes[0], outcome) {
        (Ok(()), Ok(())) => {}
        (Err(why), Err(words)) => assert!(why.contains(words), "{why}"),
        (other, _) => unreachable!("{other:?}"),
    }
    assert_eq!(stage.short(), expected, "nothing is said to an interaction that is over");
}

#[tokio::test(start_paused = true)]
async fn the_pressed_message_is_changed_once() {
    let stage = Stage::new(too_late);
    said(&stage, press(false), Kind::Channel, vec![reply("one"), reply("two")]).await;
    assert_eq!(stage.short(), ["PATCH messages/500", "POST messages"]);
}

#[tokio::test(start_paused = true)]
async fn with_one_person_everything_may_be_said_openly() {
    let stage = Stage::new(too_late);
    let outcomes = said(&stage, command(PRIVATE), Kind::Dm, vec![private_reply("x")]).await;
    assert_eq!(outcomes, [Ok(())]);
    assert_eq!(stage.short(), ["POST messages"]);
}

#[rstest]
#[case(Code::UnknownWebhook)]
#[case(Code::InvalidWebhookToken)]
#[case(Code::UnknownInteraction)]
#[tokio::test(start_paused = true)]
async fn after_a_quarter_of_an_hour_the_channel_is_answered(#[case] code: Code) {
    let stage = Stage::new(expired(code));
    let outcomes = said(&stage, command(CHAT), Kind::Channel, vec![reply("one"), reply("two")]).await;
    assert_eq!(outcomes, [Ok(()), Ok(())]);
    assert_eq!(stage.short(), ["PATCH @original", "POST messages", "POST messages"], "it is asked once");
    let stage = Stage::new(expired(code));
    let outcomes = said(&stage, press(false), Kind::Channel, vec![reply("one"), reply("two")]).await;
    assert_eq!(outcomes, [Ok(()), Ok(())]);
    assert_eq!(stage.short(), ["PATCH @original", "PATCH messages/500", "POST messages"]);
    let stage = Stage::new(expired(code));
    let outcomes = said(&stage, command(PRIVATE), Kind::Channel, vec![private_reply("one")]).await;
    assert!(outcomes[0].is_err(), "{outcomes:?}");
    assert_eq!(stage.short(), ["PATCH @original"], "nobody else gets to see it");
}

#[tokio::test(start_paused = true)]
async fn an_answer_of_which_the_first_part_was_shown_goes_on_in_the_channel() {
    // The first reply is in time, the second is not, and shows in a message of its own.
    let stage = Stage::new(|made: &Made| {
        (made.at > Duration::from_mins(15) && made.line.contains("/webhooks/"))
            .then(|| Answer::refused(404, Code::UnknownWebhook))
    });
    let dealt = stage.deal(command(CHAT), Kind::Channel, |outbox| {
        Box::pin(async move {
            outbox.send(reply("in time")).await.unwrap();
            sleep(Duration::from_mins(16)).await;
            outbox.send(reply("late")).await.unwrap();
        })
    });
    dealt.await.unwrap();
    assert_eq!(stage.short(), ["PATCH @original", "POST follow-up", "POST messages"]);
}

#[rstest]
#[case(command(CHAT), reply("x"), Value::Null)]
#[case(command(PRIVATE), private_reply("x"), json!(64))]
#[case(press(false), reply("x"), Value::Null)]
#[case(press(true), private_reply("x"), json!(64))]
#[tokio::test(start_paused = true)]
async fn an_answer_that_somebody_took_away_comes_below(#[case] way: Way, #[case] reply: Reply, #[case] flags: Value) {
    let stage =
        Stage::new(|made: &Made| made.line.contains("@original").then(|| Answer::refused(404, Code::UnknownMessage)));
    assert_eq!(said(&stage, way, Kind::Channel, vec![reply]).await, [Ok(())]);
    assert_eq!(stage.short(), ["PATCH @original", "POST follow-up"]);
    assert_eq!(stage.discord.made()[2].body["flags"], flags);
}

#[tokio::test(start_paused = true)]
async fn a_form_that_discord_refuses_goes_plain_into_the_same_place() {
    let stage = Stage::new(|made: &Made| {
        (made.body["components"].as_array().is_some_and(|rows| !rows.is_empty()))
            .then(|| Answer::refused(400, Code::InvalidForm))
    });
    let menu = Reply { visibility: PRIVATE, ..with_button("menu") };
    assert_eq!(said(&stage, command(PRIVATE), Kind::Channel, vec![menu]).await, [Ok(())]);
    assert_eq!(stage.short(), ["PATCH @original", "PATCH @original"]);
    assert_eq!(stage.discord.texts(), ["menu", "menu"]);
}

#[tokio::test(start_paused = true)]
async fn what_is_for_one_never_goes_into_the_place_of_what_all_see() {
    // The first answer cannot be taken away, and what follows would go into its place.
    let stubborn = |made: &Made| made.line.starts_with("DELETE").then(|| Answer::refused(403, Code::MissingAccess));
    let stage = Stage::new(stubborn);
    let outcomes = said(&stage, command(CHAT), Kind::Channel, vec![private_reply("secret")]).await;
    assert!(outcomes[0].is_err());
    assert_eq!(stage.discord.texts(), [""; 0]);
    let stage = Stage::new(stubborn);
    let outcomes = said(&stage, command(PRIVATE), Kind::Channel, vec![reply("for all")]).await;
    assert_eq!(outcomes, [Ok(())]);
    assert_eq!(stage.short(), ["DELETE @original", "POST messages"]);
}

#[tokio::test(start_paused = true)]
async fn an_acknowledgement_that_nobody_answered_is_taken_for_one() {
    let stage = Stage::new(|made: &Made| made.line.ends_with("/callback").then(Answer::passing));
    assert_eq!(said(&stage, command(CHAT), Kind::Channel, vec![reply("x")]).await, [Ok(())]);
    assert_eq!(stage.short(), ["PATCH @original"]);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_said_before_the_acknowledgement_is_through() {
    let stage = Stage::new(|made: &Made| {
        made.line.ends_with("/callback").then(|| Answer::ok(Value::Null).after(Duration::from_secs(1)))
    });
    said(&stage, command(CHAT), Kind::Channel, vec![reply("x")]).await;
    assert!(stage.discord.made()[1].at >= Duration::from_secs(1), "{:?}", stage.discord.made());
}

#[tokio::test(start_paused = true)]
async fn an_interaction_has_a_sign_of_its_own() {
    let stage = Stage::new(|_| None);
    let dealt = stage.deal(command(PRIVATE), Kind::Channel, |outbox| {
        Box::pin(async move {
            outbox.typing().await;
            sleep(Duration::from_secs(20)).await;
            outbox.send(private_reply("done")).await.unwrap();
        })
    });
    dealt.await.unwrap();
    assert_eq!(stage.short(), ["PATCH @original"]);
}
