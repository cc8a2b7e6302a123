//! Channels in which the bot may not do everything.

use std::time::Duration;

use crate::discord::account::{Account, on_discord, on_discord_with};
use crate::support::bot::{Bot, invented};
use crate::support::discord::{Person, Place, Right};

const PROFILES: &str = "anthropic:default anthropic:work";
const CHOICE: &str = "/model opus@work";

/// What somebody pastes by mistake.
fn key() -> String {
    let [one, other] = [0, 1].map(|generation| invented("pasted", generation));
    format!("sk-ant-api03-{}-{}", &one[8..], &other[8..])
}

/// Ann in a channel in which the bot lacks a right.
fn scene(account: &Account, right: Option<Right>) -> (Person, Place) {
    let (ann, channel) = account.crew();
    if let Some(right) = right {
        account.fake.denies(channel, right);
    }
    (ann, channel)
}

#[test]
fn a_key_that_somebody_wrote_is_deleted_where_the_bot_may_and_else_it_is_said_who_has_to() {
    for (right, wanted) in [(None, "deleted"), (Some(Right::Manage), "delete it yourself")] {
        on_discord(Bot::new().profiles(PROFILES), |account| async move {
            account.is_up().await;
            let (ann, channel) = scene(&account, right);
            let message = ann.says(channel, &format!("{} {}", account.fake.mention(), key()));
            let said = account.fake.said(channel, 1).await;
            assert!(said.text.contains(wanted), "{right:?}: {}", said.text);
            assert_eq!(account.fake.is_there(message), right.is_some());
            assert_eq!(account.fake.count("DELETE", "/messages/"), 1, "it is tried once");
            (account, ())
        });
    }
}

#[test]
fn where_the_bot_may_show_no_cards_it_says_the_same_in_plain_words() {
    on_discord_with(Bot::new().profiles(PROFILES), |account, _, _| async move {
        account.is_up().await;
        let (ann, channel) = scene(&account, Some(Right::Embed));
        ann.says(channel, &format!("{} /model status", account.fake.mention()));
        let status = account.fake.said(channel, 1).await;
        for part in ["anthropic:default", "anthropic:work", "sonnet"] {
            assert!(status.text.contains(part), "{}", status.text);
        }
        ann.says(channel, &format!("{} {CHOICE}", account.fake.mention()));
        assert!(account.fake.said(channel, 2).await.text.contains("anthropic:work"));
        account
    });
}

#[test]
fn a_channel_in_which_nothing_can_be_said_holds_up_no_other_and_nothing_is_tried_for_ever() {
    for right in [Right::Send, Right::View] {
        on_discord(Bot::new().profiles(PROFILES), |account| async move {
            account.is_up().await;
            let (ann, channel) = scene(&account, Some(right));
            let dm = account.fake.dm(&ann);
            for _ in 0..3 {
                ann.says(channel, &format!("{} {CHOICE}", account.fake.mention()));
            }
            ann.says(dm, CHOICE);
            let said = account.fake.said(dm, 1).await;
            assert!(said.text.contains("anthropic:work"), "{}", said.text);
            account.settled().await;
            assert!(account.fake.answers(channel).is_empty());
            let tried = account.fake.count("POST", &format!("/channels/{}/messages", channel.channel));
            tokio::time::sleep(Duration::from_mins(2)).await;
            let later = account.fake.count("POST", &format!("/channels/{}/messages", channel.channel));
            assert_eq!(tried, later, "{right:?}: nothing is tried again");
            // What is filled in can be answered even there.
            let slash = ann.slash(channel, "model", Some("status"), &[]);
            let status = account.fake.until("the status", || slash.original()).await;
            assert!(status.text.contains("anthropic:work"), "{}", status.text);
            (account, ())
        });
    }
}
