#![allow(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::Arc;
use std::time::Duration;

use modelpin_chat::{Audience, CommandEntry, Form, Visibility};

use super::bring_up_to_date;
use crate::api::Code;
use crate::scripted::{Answer, Drawer, Made, Stage};
use crate::{Clock, Options, Registration, Shards};

const EVERYWHERE: &str = "PUT /applications/9/commands";

fn options(summary: &str, registration: Registration) -> Options {
    let form = Form::empty(Visibility::Private);
    let entry =
        CommandEntry { name: "help".to_owned(), summary: summary.to_owned(), audience: Audience::Everybody, form };
    Options {
        account: "default".to_owned(),
        token: "TEST".to_owned().into(),
        api_url: None,
        shards: Shards::Automatic,
        commands: vec![entry],
        registration,
        clock: Clock(Arc::new(Duration::default)),
        patience: Duration::ZERO,
    }
}

/// The calls that one start makes.
async fn calls(
    inbox: &Drawer,
    options: &Options,
    script: impl Fn(&Made) -> Option<Answer> + Send + Sync + 'static,
) -> Vec<String> {
    let stage = Stage::new(script);
    bring_up_to_date(&stage.line, inbox, options, 9).await;
    stage.discord.lines()
}

#[tokio::test(start_paused = true)]
async fn discord_is_told_once_and_again_when_something_has_changed() {
    let inbox = Drawer::default();
    let one = options("One line", Registration::Everywhere);
    assert_eq!(calls(&inbox, &one, |_| None).await, [EVERYWHERE]);
    for _ in 0..50 {
        assert_eq!(calls(&inbox, &one, |_| None).await, [""; 0]);
    }
    let other = options("Another line", Registration::Everywhere);
    assert_eq!(calls(&inbox, &other, |_| None).await, [EVERYWHERE]);
}

#[tokio::test(start_paused = true)]
async fn what_was_not_taken_is_tried_at_the_next_start_and_what_did_not_arrive_at_once() {
    let inbox = Drawer::default();
    let one = options("One line", Registration::Everywhere);
    let refused = |_: &Made| Some(Answer::refused(403, Code::MissingAccess));
    assert_eq!(calls(&inbox, &one, refused).await, [EVERYWHERE]);
    let late = |made: &Made| match made.nth {
        0 => Some(Answer::passing()),
        1 => Some(Answer::busy(30)),
        _ => None,
    };
    assert_eq!(calls(&inbox, &one, late).await, [EVERYWHERE; 3]);
    assert_eq!(calls(&inbox, &one, |_| None).await, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn where_they_are_not_offered_any_more_they_are_taken_away() {
    let inbox = Drawer::default();
    calls(&inbox, &options("One line", Registration::Everywhere), |_| None).await;
    let stage = Stage::new(|_| None);
    let servers = options("One line", Registration::Servers(vec![5, 6]));
    bring_up_to_date(&stage.line, &inbox, &servers, 9).await;
    let made = stage.discord.made();
    let told: Vec<(&str, usize)> =
        made.iter().map(|made| (made.line.as_str(), made.body.as_array().unwrap().len())).collect();
    let server = "PUT /applications/9/guilds/";
    let of = [format!("{server}5/commands"), format!("{server}6/commands")];
    assert_eq!(told, [(EVERYWHERE, 0), (&of[0], 1), (&of[1], 1)]);
    let fewer = options("One line", Registration::Servers(vec![6]));
    let stage = Stage::new(|_| None);
    bring_up_to_date(&stage.line, &inbox, &fewer, 9).await;
    assert_eq!(stage.discord.lines(), [&of[0][..]], "the other one has them");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_refuses_them_is_tried_again_alone() {
    let inbox = Drawer::default();
    let servers = options("One line", Registration::Servers(vec![5, 6, 7]));
    let path = |server: u64| format!("PUT /applications/9/guilds/{server}/commands");
    let refuses =
        |server: u64| move |made: &Made| (made.line == path(server)).then(|| Answer::refused(403, Code::MissingAccess));
    assert_eq!(calls(&inbox, &servers, refuses(6)).await, [path(5), path(6), path(7)]);
    assert_eq!(calls(&inbox, &servers, refuses(6)).await, [path(6)]);
    assert_eq!(calls(&inbox, &servers, |_| None).await, [path(6)]);
    assert_eq!(calls(&inbox, &servers, |_| None).await, [""; 0]);
    let other = options("Another line", Registration::Servers(vec![5, 6, 7]));
    assert_eq!(calls(&inbox, &other, |_| None).await, [path(5), path(6), path(7)]);
}
