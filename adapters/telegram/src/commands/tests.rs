#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::time::Duration;

use modelpin_chat::{Audience, BoxFuture, CommandEntry, Form, Inbound, Outbox, Visibility};
use tokio::time::sleep;

use crate::Options;
use crate::scripted::{Answer, Drawer, Made, Scene, options};

fn ignore(_inbound: Inbound, _outbox: &dyn Outbox) -> BoxFuture<'_, ()> {
    Box::pin(std::future::ready(()))
}

fn with_commands(count: usize) -> Options {
    let entry = |number: usize| CommandEntry {
        name: format!("c{number}"),
        summary: "does something".to_owned(),
        audience: if number == 0 { Audience::Owners } else { Audience::Everybody },
        form: Form::empty(Visibility::Private),
    };
    Options { commands: (0..count).map(entry).collect(), owners: vec!["7".to_owned()], ..options() }
}

fn set(scene: &Scene) -> Vec<Made> {
    scene.telegram.made("setMyCommands")
}

#[tokio::test(start_paused = true)]
async fn the_menu_is_sent_once_and_again_only_when_it_is_another_one() {
    let scene = Scene::begin_as(with_commands(3), Drawer::default(), ignore, |_| None);
    sleep(Duration::from_secs(1)).await;
    let sent = set(&scene);
    assert_eq!(sent.len(), 3, "everybody's, the groups', the owner's");
    assert!(sent.iter().any(|made| made.arguments["scope"]["chat_id"] == 7), "{sent:?}");
    let remembered = scene.inbox.remembered.lock().unwrap().clone();

    let again = |count: usize| {
        let inbox = Drawer::default();
        *inbox.remembered.lock().unwrap() = remembered.clone();
        Scene::begin_as(with_commands(count), inbox, ignore, |_| None)
    };
    let same = again(3);
    let other = again(4);
    sleep(Duration::from_secs(1)).await;
    assert_eq!(set(&same), []);
    assert_eq!(set(&other).len(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_owner_that_has_not_written_yet_is_told_the_next_time() {
    let unknown = |made: &Made| {
        (made.method == "setMyCommands" && made.arguments["scope"]["chat_id"] == 7)
            .then(|| Answer::refused(400, "Bad Request: chat not found"))
    };
    let scene = Scene::begin_as(with_commands(3), Drawer::default(), ignore, unknown);
    sleep(Duration::from_secs(1)).await;
    let inbox = Drawer::default();
    *inbox.remembered.lock().unwrap() = scene.inbox.remembered.lock().unwrap().clone();
    let next = Scene::begin_as(with_commands(3), inbox, ignore, |_| None);
    sleep(Duration::from_secs(1)).await;
    let sent = set(&next);
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].arguments["scope"]["chat_id"], 7);
}

#[tokio::test(start_paused = true)]
async fn a_menu_that_is_too_much_is_made_shorter() {
    let too_much = |made: &Made| {
        let count = made.arguments["commands"].as_array().map_or(0, Vec::len);
        (made.method == "setMyCommands" && count > 10)
            .then(|| Answer::refused(400, "Bad Request: BOT_COMMANDS_TOO_MUCH"))
    };
    let scene = Scene::begin_as(with_commands(20), Drawer::default(), ignore, too_much);
    sleep(Duration::from_secs(1)).await;
    let taken = set(&scene).iter().filter(|made| made.arguments["commands"].as_array().unwrap().len() <= 10).count();
    assert_eq!(taken, 3);
    assert!(!scene.inbox.remembered.lock().unwrap().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_menu_that_is_not_taken_is_not_said_to_be_and_nobody_waits_for_it() {
    let scene = Scene::begin_as(with_commands(3), Drawer::default(), ignore, |made: &Made| {
        (made.method == "setMyCommands").then(|| Answer::refused(400, "Bad Request: no"))
    });
    let slow = Scene::begin_as(with_commands(3), Drawer::default(), ignore, |made: &Made| {
        (made.method == "setMyCommands" && made.at < Duration::from_mins(1)).then(Answer::passing)
    });
    sleep(Duration::from_secs(1)).await;
    assert!(scene.inbox.remembered.lock().unwrap().is_empty());
    assert_eq!(slow.link(), modelpin_delivery::Link::Up, "it is sent beside everything else");
    sleep(Duration::from_mins(10)).await;
    assert!(!slow.inbox.remembered.lock().unwrap().is_empty());
}
