//! An account that lives through a bad day: disks that are full, gateways that hang up, programs that end at the wrong
//! moment.

use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use modelpin_delivery::Link;
use modelpin_discord::ServeFault;
use serde_json::json;

use crate::discord::account::{Account, on_discord};
use crate::support::bot::Bot;
use crate::support::discord::{Person, Place, Shown, World};
use crate::support::inbox::Trouble;

const PROFILES: &str = "anthropic:default anthropic:work";
const CHOICE: &str = "/model opus@work";

/// How often a session was begun, and taken up again.
fn sessions(account: &Account) -> (usize, usize) {
    account.fake.shared.look(|world| (world.gateway.identifies, world.gateway.resumes))
}

/// Ann, and her private chat.
fn ann(account: &Account) -> (Person, Place) {
    let ann = account.fake.person(42, "Ann");
    let dm = account.fake.dm(&ann);
    (ann, dm)
}

/// Forgets the session of an account that has ended: it is too late to take it up.
async fn forget_sessions(account: &Account) {
    account.fake.until("the end of the connection", || (account.fake.connections() == 0).then_some(())).await;
    account.fake.forget_sessions();
}

/// Waits for one confirmation, and that there is no other.
async fn confirmed_once(account: &Account, place: Place) {
    let is_confirmed = |shown: &&Shown| shown.only_for.is_none() && shown.text.contains("anthropic:work");
    let count = || account.fake.answers(place).iter().filter(is_confirmed).count();
    account.fake.until("a confirmation", || (count() > 0).then_some(())).await;
    account.settled().await;
    assert_eq!(count(), 1);
}

#[test]
fn what_was_missed_before_a_session_is_not_lost_when_it_cannot_be_kept_at_once() {
    on_discord(Bot::new().profiles(PROFILES), |mut account| async move {
        account.is_up().await;
        let (ann, dm) = ann(&account);
        ann.says(dm, "/whoami");
        account.fake.said(dm, 1).await;
        account.settled().await;
        account.stop().await;
        // The next session begins after this was written.
        forget_sessions(&account).await;
        ann.says(dm, CHOICE);
        account.inbox.has(Trouble::Full);
        account.start();
        account.fake.until("a new session", || (sessions(&account).0 == 2).then_some(())).await;
        // Long enough for notes to be written.
        tokio::time::sleep(Duration::from_secs(12)).await;
        account.dies().await;
        account.inbox.has(Trouble::None);
        account.start();
        confirmed_once(&account, dm).await;
        (account, ())
    });
}

#[test]
fn what_comes_again_after_a_program_has_died_is_known() {
    let (chat, ()) = on_discord(Bot::new().profiles(PROFILES), |mut account| async move {
        account.is_up().await;
        let (ann, dm) = ann(&account);
        ann.says(dm, "/whoami");
        account.fake.said(dm, 1).await;
        // Long enough for the session to be remembered.
        tokio::time::sleep(Duration::from_secs(8)).await;
        for round in 0..6 {
            ann.says(dm, CHOICE);
            ann.says(dm, "What is this?");
            account.fake.said(dm, 3 + 2 * round).await;
            account.settled().await;
            // What was just said is not remembered yet as read, so Discord tells it again.
            account.dies().await;
            account.start();
        }
        account.is_up().await;
        account.fake.until("the sessions", || (sessions(&account).1 >= 6).then_some(())).await;
        ann.says(dm, "/whoami");
        account.fake.said(dm, 14).await;
        account.settled().await;
        assert_eq!(account.fake.answers(dm).len(), 14, "nothing is done twice");
        (account, ())
    });
    assert_eq!(chat.provider().seen().len(), 6);
}

#[test]
fn a_disk_that_is_full_for_a_while_keeps_nobody_waiting_for_a_sign_and_loses_nothing() {
    on_discord(Bot::new().profiles(PROFILES), |account| async move {
        account.is_up().await;
        let (ann, dm) = ann(&account);
        account.inbox.has(Trouble::Full);
        ann.says(dm, CHOICE);
        let status = ann.slash(dm, "model", Some("status"), &[]);
        let after = account.fake.until("an acknowledgement", || status.acknowledged_after()).await;
        assert!(after < Duration::from_secs(3), "{after:?}");
        tokio::time::sleep(Duration::from_secs(30)).await;
        assert!(account.fake.answers(dm).iter().all(|shown| shown.text.is_empty()), "nothing is done that is not kept");
        account.inbox.has(Trouble::None);
        account.fake.until("the status", || status.original()).await;
        confirmed_once(&account, dm).await;
        (account, ())
    });
}

#[test]
fn more_than_there_is_room_for_comes_again_after_the_end() {
    on_discord(Bot::new().profiles(PROFILES), |mut account| async move {
        account.is_up().await;
        let fake = account.fake.clone();
        let (ann, channel) = account.crew();
        account.inbox.has(Trouble::Full);
        for number in 0..4_500 {
            ann.says(channel, &format!("To nobody in particular, {number}."));
        }
        ann.says(channel, &format!("{} {CHOICE}", fake.mention()));
        // The queue fills up.
        tokio::time::sleep(Duration::from_secs(20)).await;
        let begun = fake.now();
        account.stop().await;
        assert!(fake.now().saturating_sub(begun) <= Duration::from_secs(10), "the end waits for no room");
        account.inbox.has(Trouble::None);
        account.start();
        confirmed_once(&account, channel).await;
        assert_eq!(account.inbox.known(), 4_501);
        (account, ())
    });
}

#[test]
fn the_end_waits_for_no_disk_that_hangs() {
    on_discord(Bot::new().profiles(PROFILES), |mut account| async move {
        account.is_up().await;
        let (ann, dm) = ann(&account);
        let ends_soon = async |account: &mut Account| {
            let begun = account.fake.now();
            account.stop().await;
            let after = account.fake.now().saturating_sub(begun);
            assert!(after <= Duration::from_secs(12), "{after:?}");
        };
        // Long enough for the session to be remembered.
        tokio::time::sleep(Duration::from_secs(8)).await;
        account.inbox.has(Trouble::Hanging);
        ann.says(dm, CHOICE);
        tokio::time::sleep(Duration::from_secs(8)).await;
        ends_soon(&mut account).await;
        // And it hangs as it begins.
        account.start();
        tokio::time::sleep(Duration::from_secs(2)).await;
        ends_soon(&mut account).await;
        account.inbox.has(Trouble::None);
        account.start();
        confirmed_once(&account, dm).await;
        (account, ())
    });
}

#[test]
fn what_was_kept_waits_until_discord_says_where_it_was_written() {
    on_discord(Bot::new().profiles(PROFILES), |mut account| async move {
        account.is_up().await;
        let fake = account.fake.clone();
        let (ann, channel) = account.crew();
        let thread = fake.thread(channel, "a thread");
        fake.fails("POST", "/messages", 503, 1_000);
        for place in [channel, thread] {
            ann.says(place, &format!("{} {CHOICE}", fake.mention()));
        }
        fake.until("both to be kept", || (account.inbox.pending() == 2).then_some(())).await;
        account.dies().await;
        fake.shared.change(World::calm);
        // The next run knows of no channel, and Discord says nothing for some minutes.
        fake.fails("GET", "/channels/", 500, 20);
        fake.fails("GET", "/guilds/", 500, 5);
        account.start();
        for place in [channel, thread] {
            confirmed_once(&account, place).await;
        }
        (account, ())
    });
}

#[test]
fn who_is_let_in_by_a_name_is_let_in_after_a_restart_too() {
    let lists = json!({"groupPolicy": "allowlist", "guilds": {"crew": {"channels": {"general": {"allow": true}}}}});
    let bot = Bot::new().profiles(PROFILES).config(json!({"channels": {"discord": lists}}));
    on_discord(bot, |mut account| async move {
        account.is_up().await;
        let fake = account.fake.clone();
        let (ann, channel) = account.crew();
        let thread = fake.thread(channel, "a thread");
        ann.says(channel, &format!("{} /whoami", fake.mention()));
        fake.said(channel, 1).await;
        account.settled().await;
        account.stop().await;
        account.start();
        account.is_up().await;
        assert_eq!(sessions(&account), (1, 1), "the session goes on, and nobody tells the servers anew");
        let slash = ann.slash(channel, "model", Some("set"), &[("model", "opus"), ("profile", "anthropic:work")]);
        let after = fake.until("an acknowledgement", || slash.acknowledged_after()).await;
        assert!(after < Duration::from_secs(3), "{after:?}");
        confirmed_once(&account, channel).await;
        ann.says(thread, &format!("{} {CHOICE}", fake.mention()));
        confirmed_once(&account, thread).await;
        assert_eq!(fake.count("GET", "/guilds/"), 1, "a name is asked for once");
        (account, ())
    });
}

#[test]
fn nothing_is_proposed_late_and_everything_in_order_where_a_place_is_not_known_yet() {
    on_discord(Bot::new().profiles(PROFILES), |mut account| async move {
        account.is_up().await;
        let fake = account.fake.clone();
        let (ann, channel) = account.crew();
        account.stop().await;
        account.start();
        account.is_up().await;
        let proposed = ann.types(&fake, channel, ("model", Some("set")), &[], ("model", "opus")).await;
        assert!(!proposed.is_empty(), "the first letter is answered as well");
        account.stop().await;
        account.start();
        account.is_up().await;
        // While it is asked what the channel is, more comes.
        fake.delays("/channels/", Duration::from_millis(100));
        for number in 0..8 {
            let profile = ["default", "work"][number % 2];
            ann.says(channel, &format!("{} /model opus@{profile}", fake.mention()));
        }
        let all = || (fake.answers(channel).len() == 8).then_some(());
        fake.until("eight confirmations", all).await;
        let said: Vec<bool> = fake.answers(channel).iter().map(|shown| shown.text.contains("anthropic:work")).collect();
        assert_eq!(said, [false, true].repeat(4));
        (account, ())
    });
}

#[test]
fn a_gateway_that_lets_in_and_hangs_up_is_not_hammered() {
    on_discord(Bot::new().profiles(PROFILES), |account| async move {
        account.is_up().await;
        let fake = account.fake.clone();
        let begun = fake.now();
        for round in 0..12 {
            fake.close(4000);
            let again = || (sessions(&account).1 > round).then_some(());
            fake.until("a connection that is made anew", again).await;
        }
        let took = fake.now().saturating_sub(begun);
        assert!(took > Duration::from_mins(2), "twelve connections in {took:?}");
        // One that has lasted is made anew at once.
        tokio::time::sleep(Duration::from_secs(70)).await;
        let begun = fake.now();
        fake.close(4000);
        fake.until("a connection that is made anew", || (sessions(&account).1 > 12).then_some(())).await;
        let took = fake.now().saturating_sub(begun);
        assert!(took < Duration::from_secs(5), "{took:?}");
        (account, ())
    });
}

#[test]
fn a_gateway_that_is_not_on_this_computer_is_not_called() {
    for url in ["wss://gateway.discord.example", "ws://192.0.2.1:9/"] {
        on_discord(Bot::new().profiles(PROFILES), |mut account| async move {
            account.is_up().await;
            account.stop().await;
            account.fake.leads_to(Some(url.to_owned()));
            account.start();
            let (ended, link) = account.ends().await;
            let Err(ServeFault::Refused { why, .. }) = ended else { panic!("{ended:?}") };
            assert!(why.contains("nothing was sent there"), "{why}");
            assert!(matches!(link, Link::Refused(_)), "{link:?}");
            account.fake.leads_to(None);
            (account, ())
        });
    }
}

#[test]
fn where_nobody_answers_it_is_asked_again_where_the_gateway_is() {
    on_discord(Bot::new().profiles(PROFILES), |mut account| async move {
        account.is_up().await;
        account.stop().await;
        forget_sessions(&account).await;
        // It takes connections, and says nothing.
        let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        account.fake.leads_to(Some(format!("ws://{}", silent.local_addr().unwrap())));
        let before = account.fake.count("GET", "/gateway/bot");
        account.start();
        let is_down = || matches!(account.link(), Link::Down(_)).then_some(());
        account.fake.until("that it is down", is_down).await;
        account.fake.leads_to(None);
        account.is_up().await;
        assert!(account.fake.count("GET", "/gateway/bot") >= before + 2);
        (account, ())
    });
}
