//! What is heard and what is not, and what is done while Discord is slow or unwell.

use std::time::Duration;

use modelpin_delivery::Link;
use modelpin_discord::ServeFault;

use crate::discord::account::on_discord;
use crate::support::bot::Bot;
use crate::support::discord::World;

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
        let (ann, channel) = account.crew();
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

#[test]
fn what_only_another_configuration_mends_ends_it_and_says_what_to_do() {
    for (code, words) in [
        (4004, "Copy it anew from the developer portal"),
        (4010, "the range of `shards` has to be within its total"),
        (4011, "raise the total of `shards`"),
        (4013, "no such intents"),
        (4014, "switch \"Message Content Intent\" on"),
    ] {
        on_discord(Bot::new().profiles(PROFILES), |mut account| async move {
            account.is_up().await;
            account.fake.close(code);
            let (ended, link) = account.ends().await;
            let fault = ended.unwrap_err();
            let is_of_token = matches!(fault, ServeFault::TokenRefused { .. });
            assert_eq!(is_of_token, code == 4004, "{fault:?}");
            assert!(fault.to_string().contains(words), "{fault}");
            assert_eq!(link, Link::Refused(fault.to_string()));
            assert_eq!(account.fake.shared.look(|world| world.gateway.identifies), 1, "it is not tried again");
            (account, ())
        });
    }
}

#[test]
fn the_end_does_not_wait_for_what_discord_does_not_take() {
    let (chat, asked) = on_discord(Bot::new().profiles(PROFILES), |mut account| async move {
        account.is_up().await;
        let fake = account.fake.clone();
        let dm = fake.dm(&fake.person(42, "Ann"));
        // Nothing is taken any more: what is under way waits.
        fake.fails("POST", "/messages", 503, usize::MAX);
        fake.person(42, "Ann").says(dm, "/model opus@work");
        fake.until("an attempt", || (fake.count("POST", "/messages") > 0).then_some(())).await;
        let begun = fake.now();
        account.stop().await;
        let took = fake.now().saturating_sub(begun);
        assert!(took <= Duration::from_secs(10), "{took:?}");
        assert_eq!(account.inbox.pending(), 1, "it is taken up at the next start");
        fake.shared.change(World::calm);
        account.start();
        let said = fake.said(dm, 1).await;
        assert!(said.text.contains("anthropic:work"), "{}", said.text);
        account.settled().await;
        (account, fake.answers(dm).len())
    });
    assert_eq!((asked, chat.provider().seen().len()), (1, 0));
}
