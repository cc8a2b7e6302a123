//! What happens in servers while the bot is there.

use std::time::Duration;

use crate::discord::account::on_discord;
use crate::support::bot::Bot;

const PROFILES: &str = "anthropic:default anthropic:work";

#[test]
fn a_message_counts_as_it_was_written_and_once() {
    let (chat, ()) = on_discord(Bot::new().profiles(PROFILES), |account| async move {
        account.is_up().await;
        let fake = account.fake.clone();
        let ann = fake.person(42, "Ann");
        let dm = fake.dm(&ann);
        let question = ann.says(dm, "What is this?");
        // Discord has found what the link leads to.
        ann.edits(question, "What is this?");
        ann.edits(question, "/model opus@work");
        let choice = ann.says(dm, "/model haiku@default");
        ann.deletes(choice);
        fake.until("both answers", || (fake.answers(dm).len() >= 2).then_some(())).await;
        account.settled().await;
        tokio::time::sleep(Duration::from_secs(5)).await;
        let said: Vec<String> = fake.answers(dm).into_iter().map(|shown| shown.text).collect();
        assert_eq!(said.len(), 2, "{said:?}");
        assert!(said.iter().all(|text| !text.contains("anthropic:work")), "an edit is no command: {said:?}");
        (account, ())
    });
    assert_eq!(chat.provider().seen().len(), 1);
}

#[test]
fn the_bots_own_role_is_the_bot() {
    on_discord(Bot::new().profiles(PROFILES), |account| async move {
        account.is_up().await;
        let fake = account.fake.clone();
        let (ann, channel) = account.crew();
        ann.says(channel, "<@&7> /model opus@work");
        ann.says(channel, &format!("<@&{}> /model opus@work", fake.role_of_the_bot(channel.guild.unwrap())));
        let said = fake.said(channel, 1).await;
        assert!(said.text.contains("anthropic:work"), "{}", said.text);
        account.settled().await;
        assert_eq!(fake.answers(channel).len(), 1, "another role is not");
        (account, ())
    });
}

#[test]
fn servers_and_channels_come_and_go_and_nothing_is_asked_for_them() {
    on_discord(Bot::new().profiles(PROFILES), |account| async move {
        account.is_up().await;
        let fake = account.fake.clone();
        let ann = fake.person(42, "Ann");
        let lost = fake.guild(1, "Lost");
        fake.joins(&ann, lost, &[]);
        fake.channel(lost, "general");
        fake.throws_out(lost);
        let guild = fake.guild(2, "Found");
        fake.joins(&ann, guild, &[]);
        let (gone, channel) = (fake.channel(guild, "gone"), fake.channel(guild, "general"));
        fake.closes(gone);
        fake.renames(channel, "general-2");
        let thread = fake.thread(channel, "a thread");
        for (place, profile) in [(channel, "work"), (thread, "default")] {
            ann.says(place, &format!("{} /model opus@{profile}", fake.mention()));
            let said = fake.said(place, 1).await;
            assert!(said.text.contains(&format!("anthropic:{profile}")), "{}", said.text);
        }
        // Each is a session of its own.
        ann.says(channel, &format!("{} /model status", fake.mention()));
        let status = fake.said(channel, 2).await;
        assert!(status.text.contains("Credential: **anthropic:work**"), "{}", status.text);
        let asked = fake.count("GET", "/channels/") + fake.count("GET", "/guilds/");
        assert_eq!(asked, 0, "it was all told");
        (account, ())
    });
}
