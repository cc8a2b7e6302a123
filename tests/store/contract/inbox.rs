//! What channels have delivered.

use modelpin::store::{Delivery, Waiting};

use crate::store::support::{Place, at};

const BOT: &str = "telegram:123456";

fn delivery(number: u64) -> Delivery {
    Delivery { number, body: format!(r#"{{"update_id":{number},"text":"ä"}}"#) }
}

fn deliveries(numbers: impl IntoIterator<Item = u64>) -> Vec<Delivery> {
    numbers.into_iter().map(delivery).collect()
}

pub(super) async fn what_is_received_waits_in_its_order(place: &Place) {
    let inbox = place.inbox();
    assert_eq!(inbox.waiting(BOT).await.unwrap(), Waiting::default());
    assert_eq!(inbox.receive(BOT, deliveries([7, 8]), at(10)).await.unwrap(), [true, true]);
    // After a silence the numbers begin anew, at any.
    assert_eq!(inbox.receive(BOT, deliveries([3]), at(20)).await.unwrap(), [true]);
    let waiting = place.inbox().waiting(BOT).await.unwrap();
    assert_eq!(waiting, Waiting { deliveries: deliveries([7, 8, 3]), last: Some((3, at(20))) });
    assert_eq!(inbox.waiting("telegram:1").await.unwrap(), Waiting::default(), "another bot's");
    assert_eq!(inbox.receive(BOT, Vec::new(), at(30)).await.unwrap(), [] as [bool; 0]);
}

pub(super) async fn nothing_is_received_twice(place: &Place) {
    let inbox = place.inbox();
    inbox.receive(BOT, deliveries([1, 2]), at(10)).await.unwrap();
    inbox.dealt_with(BOT, vec![2], at(11)).await.unwrap();
    let again = vec![Delivery { number: 1, body: "other".to_owned() }, delivery(2), delivery(3), delivery(3)];
    assert_eq!(place.inbox().receive(BOT, again, at(12)).await.unwrap(), [false, false, true, false]);
    assert_eq!(inbox.waiting(BOT).await.unwrap().deliveries, deliveries([1, 3]), "each stays as it came first");
    assert_eq!(inbox.receive("telegram:1", deliveries([1]), at(13)).await.unwrap(), [true], "another bot's");
}

pub(super) async fn what_was_dealt_with_waits_no_longer(place: &Place) {
    let inbox = place.inbox();
    inbox.receive(BOT, deliveries([1, 2, 3]), at(10)).await.unwrap();
    inbox.dealt_with(BOT, vec![3, 1], at(11)).await.unwrap();
    inbox.dealt_with(BOT, vec![1], at(12)).await.unwrap();
    let waiting = place.inbox().waiting(BOT).await.unwrap();
    assert_eq!((waiting.deliveries, waiting.last.unwrap().0), (deliveries([2]), 3));
    inbox.dealt_with(BOT, Vec::new(), at(13)).await.unwrap();
}

pub(super) async fn what_was_never_kept_is_known_when_it_was_dealt_with(place: &Place) {
    let inbox = place.inbox();
    inbox.dealt_with(BOT, vec![5], at(10)).await.unwrap();
    assert_eq!(inbox.waiting(BOT).await.unwrap(), Waiting { deliveries: Vec::new(), last: Some((5, at(10))) });
    assert_eq!(inbox.known(BOT, vec![6, 5], at(11)).await.unwrap(), [false, true]);
    assert_eq!(inbox.receive(BOT, deliveries([5, 6]), at(11)).await.unwrap(), [false, true]);
    assert_eq!(place.inbox().known(BOT, vec![6], at(999_999)).await.unwrap(), [true], "it waits, however long");
    assert_eq!(inbox.known(BOT, vec![5], at(999_999)).await.unwrap(), [false], "that was long ago");
}

pub(super) async fn a_number_that_was_dealt_with_long_ago_is_new(place: &Place) {
    let inbox = place.inbox();
    inbox.receive(BOT, deliveries([1, 2]), at(0)).await.unwrap();
    inbox.dealt_with(BOT, vec![1], at(0)).await.unwrap();
    let days = |days: i64| at(days * 24 * 3600);
    assert_eq!(inbox.receive(BOT, deliveries([1]), days(1)).await.unwrap(), [false]);
    assert_eq!(inbox.receive(BOT, deliveries([1, 2]), days(3)).await.unwrap(), [true, false], "2 waits still");
    assert_eq!(inbox.waiting(BOT).await.unwrap().deliveries, deliveries([2, 1]));
}

pub(super) async fn no_more_are_remembered_than_need_be(place: &Place) {
    let inbox = place.inbox();
    inbox.receive(BOT, deliveries([0]), at(10)).await.unwrap();
    for first in (1..2_000).step_by(100) {
        inbox.receive(BOT, deliveries(first..first + 100), at(10)).await.unwrap();
        inbox.dealt_with(BOT, (first..first + 100).collect(), at(10)).await.unwrap();
    }
    let again = inbox.receive(BOT, deliveries(0..2_001), at(10)).await.unwrap();
    assert!(!again[0], "what waits is never let go");
    assert!(again[1], "the first ones are forgotten");
    assert!(again[2_001 - 1_024..].iter().all(|is_new| !is_new), "the last thousand are known");
}

pub(super) async fn notes_are_kept_by_name(place: &Place) {
    let inbox = place.inbox();
    assert_eq!(inbox.note(BOT, "commands").await.unwrap(), None);
    for value in ["1f", "1f", "2e"] {
        inbox.put_note(BOT, "commands", value.to_owned()).await.unwrap();
        assert_eq!(place.inbox().note(BOT, "commands").await.unwrap().as_deref(), Some(value));
    }
    assert_eq!(inbox.note(BOT, "other").await.unwrap(), None);
    assert_eq!(inbox.note("telegram:1", "commands").await.unwrap(), None);
}
