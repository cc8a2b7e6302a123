//! What is heard and what is not, and what is done while Discord is slow or unwell.

use std::time::Duration;

use crate::discord::account::on_discord;
use crate::support::bot::Bot;

const PROFILES: &str = "anthropic:default anthropic:work";

#[test]
fn a_bot_that_may_not_read_messages_is_served_all_the_same() {
    on_discord(Bot::new().profiles(PROFILES), |mut account| async move {
        account.is_up().await;
        let fake = account.fake.clone();
        account.stop().await;
        fake.may_read(false);
        account.start();
        account.is_up().await;
        let (ann, guild) = (fake.person(42, "Ann"), fake.guild(1, "Crew"));
        fake.joins(&ann, guild, &[]);
        let (channel, dm) = (fake.channel(guild, "general"), fake.dm(&ann));
        ann.says(channel, "/model opus");
        ann.says(channel, &format!("{} /model opus@work", fake.mention()));
        let said = fake.said(channel, 1).await;
        assert!(said.text.contains("anthropic:work"), "{}", said.text);
        let slash = ann.slash(channel, "model", Some("status"), &[]);
        let status = fake.until("the status", || slash.original()).await;
        assert_eq!(status.only_for, Some(42));
        ann.says(dm, "/model opus@work");
        assert!(fake.said(dm, 1).await.text.contains("anthropic:work"));
        account.settled().await;
        assert_eq!(fake.answers(channel).len(), 2, "what it may not read it does not hear");
        (account, ())
    });
}

#[test]
fn in_a_server_the_bot_answers_who_speaks_to_it() {
    let (chat, ()) = on_discord(Bot::new().profiles(PROFILES), |account| async move {
        account.is_up().await;
        let fake = account.fake.clone();
        let (ann, guild) = (fake.person(42, "Ann"), fake.guild(1, "Crew"));
        fake.joins(&ann, guild, &[]);
        let channel = fake.channel(guild, "general");
        ann.says(channel, "To nobody in particular.");
        ann.says(channel, "/model opus@work");
        let said = fake.said(channel, 1).await;
        ann.replies(channel, said.id, "And what do you say?");
        let answer = fake.until("an answer", || {
            fake.answers(channel).into_iter().find(|shown| shown.text.contains("And what do you say?"))
        });
        answer.await;
        account.settled().await;
        assert_eq!(fake.answers(channel).len(), 2);
        (account, ())
    });
    assert_eq!(chat.provider().seen().len(), 1);
}

#[test]
fn an_interaction_is_acknowledged_while_everything_else_takes_ten_seconds() {
    on_discord(Bot::new().profiles(PROFILES), |account| async move {
        account.is_up().await;
        let fake = account.fake.clone();
        let ann = fake.person(42, "Ann");
        let dm = fake.dm(&ann);
        // Time goes by fifty times as fast here.
        fake.delays("/messages", Duration::from_millis(200));
        // And the first acknowledgement is lost on the way.
        fake.fails("POST", "/callback", 502, 1);
        let slash = ann.slash(dm, "model", Some("status"), &[]);
        let after = fake.until("an acknowledgement", || slash.acknowledged_after()).await;
        assert!(after < Duration::from_secs(3), "{after:?}");
        assert!(slash.original().is_none());
        fake.until("the status", || slash.original()).await;
        (account, ())
    });
}

#[test]
fn the_servers_of_a_bot_are_dealt_out_over_its_shards() {
    on_discord(Bot::new().profiles(PROFILES), |mut account| async move {
        account.is_up().await;
        let fake = account.fake.clone();
        account.stop().await;
        fake.shared.change(|world| world.gateway.shards = 2);
        fake.heartbeat(Duration::from_secs(20));
        fake.forget_sessions();
        let ann = fake.person(42, "Ann");
        let guilds = [fake.guild(1, "One"), fake.guild(2, "Two")];
        account.start();
        fake.until("two connections", || (fake.connections() == 2).then_some(())).await;
        account.is_up().await;
        for guild in guilds {
            fake.joins(&ann, guild, &[]);
            let channel = fake.channel(guild, "general");
            ann.says(channel, &format!("{} /model opus@work", fake.mention()));
            assert!(fake.said(channel, 1).await.text.contains("anthropic:work"));
        }
        (account, ())
    });
}
