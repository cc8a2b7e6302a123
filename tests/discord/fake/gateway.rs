//! The gateway: who is let in, what is told to whom, and what is told again.

use std::time::Duration;

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_websockets::{ClientBuilder, Error, MaybeTlsStream, Message, WebSocketStream};

use crate::discord::fake::TOKEN;
use crate::support::discord::{DiscordFake, World};

const ALL: u64 = 1 | 1 << 9 | 1 << 12 | 1 << 15;
const WITHOUT_CONTENT: u64 = 1 | 1 << 9 | 1 << 12;

/// A connection, made by hand.
struct Raw(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// What comes next.
#[derive(Debug, PartialEq)]
enum Next {
    Frame(Value),
    Closed(Option<u16>),
    Cut,
}

impl Raw {
    async fn connect(fake: &DiscordFake, query: &str) -> Self {
        let url = fake.shared.look(|world| world.gateway.url());
        Self(ClientBuilder::new().uri(&format!("{url}/{query}")).unwrap().connect().await.unwrap().0)
    }

    /// One that was greeted.
    async fn greeted(fake: &DiscordFake) -> Self {
        let mut raw = Self::connect(fake, "?v=10&encoding=json").await;
        let Next::Frame(hello) = raw.next().await else { panic!("no greeting") };
        assert_eq!((&hello["op"], &hello["d"]["heartbeat_interval"]), (&json!(10), &json!(41_250)));
        raw
    }

    /// One whose session has begun; with what it was told first.
    async fn let_in(fake: &DiscordFake, identify: Value) -> (Self, Value) {
        let mut raw = Self::greeted(fake).await;
        raw.sends(2, identify).await;
        let ready = raw.event().await;
        assert_eq!(ready["t"], "READY", "{ready}");
        (raw, ready["d"].clone())
    }

    async fn sends(&mut self, op: u64, data: Value) {
        self.says(json!({"op": op, "d": data}).to_string()).await;
    }

    async fn says(&mut self, text: String) {
        self.0.send(Message::text(text)).await.unwrap();
    }

    async fn next(&mut self) -> Next {
        match tokio::time::timeout(Duration::from_secs(10), self.0.next()).await.expect("something comes") {
            Some(Ok(message)) if message.is_close() => Next::Closed(message.as_close().map(|(code, _)| code.into())),
            Some(Ok(message)) => Next::Frame(serde_json::from_str(message.as_text().unwrap()).unwrap()),
            Some(Err(Error::Io(_) | Error::Protocol(_) | _)) | None => Next::Cut,
        }
    }

    /// The next event.
    async fn event(&mut self) -> Value {
        match self.next().await {
            Next::Frame(frame) if frame["op"] == 0 => frame,
            other => panic!("no event, but {other:?}"),
        }
    }

    /// The names of so many events, with what was written in them, and the number of the last.
    async fn events(&mut self, many: usize) -> (Vec<String>, u64) {
        let (mut names, mut last) = (Vec::new(), 0);
        for _ in 0..many {
            let event = self.event().await;
            let text = event["d"]["content"].as_str().map(|text| format!(" {text}")).unwrap_or_default();
            names.push(format!("{}{text}", event["t"].as_str().unwrap()));
            last = event["s"].as_u64().unwrap();
        }
        (names, last)
    }

    /// Ends it with that code.
    async fn closes(mut self, code: u16) {
        self.0.send(Message::close(Some(code.try_into().unwrap()), "")).await.unwrap();
        while let Some(Ok(_)) = self.0.next().await {}
    }
}

/// Who is to be let in.
fn identify(intents: u64, shard: [u64; 2]) -> Value {
    let properties = json!({"os": "x", "browser": "x", "device": "x"});
    json!({"token": TOKEN, "intents": intents, "shard": shard, "properties": properties})
}

fn resume(ready: &Value, sequence: u64) -> Value {
    json!({"token": TOKEN, "session_id": ready["session_id"], "seq": sequence})
}

fn start() -> DiscordFake {
    let fake = DiscordFake::start(TOKEN, "pinbot");
    fake.shared.clock.hold();
    fake
}

/// Says that the session is none.
fn invalid(resumable: bool) -> Next {
    Next::Frame(json!({"op": 9, "d": resumable, "s": null, "t": null}))
}

#[tokio::test]
async fn who_does_it_wrong_is_told_so_by_a_code() {
    let with = |name: &str, value: Value| {
        let mut data = identify(ALL, [0, 1]);
        data[name] = value;
        data
    };
    for (op, data, code) in [
        (2, with("token", json!("other")), 4004),
        (2, with("shard", json!([1, 1])), 4010),
        (2, with("intents", json!(1_u64 << 40)), 4013),
        (2, with("intents", json!("all")), 4013),
        (2, with("intents", json!(1 << 1)), 4014),
        (2, with("properties", json!({})), 4002),
        (3, json!({}), 4003),
        (6, json!({"token": "other", "session_id": "x", "seq": 1}), 4004),
        (77, json!({}), 4001),
    ] {
        let fake = start();
        let mut raw = Raw::greeted(&fake).await;
        raw.sends(op, data.clone()).await;
        assert_eq!(raw.next().await, Next::Closed(Some(code)), "{op} {data}");
    }
    let fake = start();
    for text in ["not JSON", "{}"] {
        let mut raw = Raw::greeted(&fake).await;
        raw.says(text.to_owned()).await;
        assert_eq!(raw.next().await, Next::Closed(Some(4002)), "{text}");
    }
    let (mut raw, _) = Raw::let_in(&fake, identify(ALL, [0, 1])).await;
    raw.sends(2, identify(ALL, [0, 1])).await;
    assert_eq!(raw.next().await, Next::Closed(Some(4005)), "it has a session");
}

#[tokio::test]
async fn what_the_portal_and_the_number_of_servers_forbid_is_forbidden() {
    let fake = start();
    fake.may_read(false);
    let mut raw = Raw::greeted(&fake).await;
    raw.sends(2, identify(ALL, [0, 1])).await;
    assert_eq!(raw.next().await, Next::Closed(Some(4014)));
    fake.shared.change(|world| world.gateway.servers_of_a_shard = 1);
    for number in [1, 2] {
        fake.guild(number, "Crew");
    }
    let mut raw = Raw::greeted(&fake).await;
    raw.sends(2, identify(WITHOUT_CONTENT, [0, 1])).await;
    assert_eq!(raw.next().await, Next::Closed(Some(4011)));
    Raw::let_in(&fake, identify(WITHOUT_CONTENT, [0, 2])).await;
    let mut raw = Raw::connect(&fake, "?v=9&encoding=json").await;
    assert_eq!(raw.next().await, Next::Closed(Some(4012)));
    assert_eq!(fake.complaints().len(), 1);
}

#[tokio::test]
async fn two_identify_after_one_another_and_so_often_a_day() {
    let fake = start();
    fake.shared.change(|world| world.gateway.remaining = 2);
    Raw::let_in(&fake, identify(ALL, [0, 2])).await;
    for (later, outcome) in [(0, false), (4, false), (1, true), (5, false)] {
        fake.shared.clock.advance(Duration::from_secs(later));
        let mut raw = Raw::greeted(&fake).await;
        raw.sends(2, identify(ALL, [1, 2])).await;
        match raw.next().await {
            Next::Frame(frame) if frame["t"] == "READY" => assert!(outcome, "{later}"),
            other => assert_eq!((other, outcome), (invalid(false), false), "{later}"),
        }
    }
    // With places of their own, they need not wait.
    let fake = start();
    fake.shared.change(|world| world.gateway.max_concurrency = 2);
    for number in [0, 1] {
        Raw::let_in(&fake, identify(ALL, [number, 2])).await;
    }
}

#[tokio::test]
async fn who_sends_too_much_is_closed() {
    let fake = start();
    let mut raw = Raw::greeted(&fake).await;
    for beat in 0..121 {
        raw.sends(1, Value::Null).await;
        let next = raw.next().await;
        if beat < 120 {
            assert!(matches!(next, Next::Frame(frame) if frame["op"] == 11), "{beat}");
        } else {
            assert_eq!(next, Next::Closed(Some(4008)));
        }
    }
    // It is counted by its own clock.
    let mut raw = Raw::greeted(&fake).await;
    for beat in 0..250 {
        fake.shared.clock.advance(Duration::from_secs(1));
        raw.sends(1, Value::Null).await;
        assert!(matches!(raw.next().await, Next::Frame(_)), "{beat}");
    }
}

#[tokio::test]
async fn a_heart_that_stands_still_is_dropped_and_one_that_beats_is_answered_unless_that_is_withheld() {
    let fake = start();
    let (mut raw, _) = Raw::let_in(&fake, identify(ALL, [0, 1])).await;
    for _ in 0..3 {
        fake.shared.clock.advance(Duration::from_mins(1));
        raw.sends(1, json!(1)).await;
        assert!(matches!(raw.next().await, Next::Frame(frame) if frame["op"] == 11));
    }
    fake.withhold_acks(true);
    raw.sends(1, json!(1)).await;
    fake.person(42, "Ann").says(fake.dm(&fake.person(42, "Ann")), "hello");
    let (told, _) = raw.events(2).await;
    assert_eq!(told, ["CHANNEL_CREATE", "MESSAGE_CREATE hello"], "no answer to the heartbeat came before");
    raw.sends(1, json!(900)).await;
    assert_eq!(raw.next().await, Next::Closed(Some(4007)), "so much was not told");
    let (mut raw, _) = {
        fake.shared.clock.advance(Duration::from_secs(5));
        Raw::let_in(&fake, identify(ALL, [0, 1])).await
    };
    fake.shared.clock.advance(Duration::from_secs(70));
    assert_eq!(raw.next().await, Next::Cut);
}

#[tokio::test]
async fn a_session_is_told_again_what_it_missed_and_then_goes_on() {
    let fake = start();
    let (ann, mention) = (fake.person(42, "Ann"), fake.mention());
    let dm = fake.dm(&ann);
    let (mut raw, ready) = Raw::let_in(&fake, identify(ALL, [0, 1])).await;
    ann.says(dm, "one");
    ann.says(dm, "two");
    let (told, last) = raw.events(2).await;
    assert_eq!((told, last), (vec!["MESSAGE_CREATE one".to_owned(), "MESSAGE_CREATE two".to_owned()], 3));
    drop(raw);
    fake.until("the end of the connection", || (fake.connections() == 0).then_some(())).await;
    ann.says(dm, &format!("{mention} three"));
    let mut raw = Raw::greeted(&fake).await;
    raw.sends(6, resume(&ready, 2)).await;
    ann.says(dm, "four");
    let (told, last) = raw.events(4).await;
    let three = format!("MESSAGE_CREATE {mention} three");
    assert_eq!(told[..2], ["MESSAGE_CREATE two", &three]);
    // What happens meanwhile comes before or after the word that all was told.
    let mut rest = told[2..].to_vec();
    rest.sort();
    assert_eq!((rest, last), (vec!["MESSAGE_CREATE four".to_owned(), "RESUMED".to_owned()], 6));
    drop(raw);
    for (session, outcome) in
        [(resume(&json!({"session_id": "none"}), 1), invalid(false)), (resume(&ready, 900), Next::Closed(Some(4007)))]
    {
        let mut raw = Raw::greeted(&fake).await;
        raw.sends(6, session.clone()).await;
        assert_eq!(raw.next().await, outcome, "{session}");
    }
}

#[tokio::test]
async fn a_session_is_forgotten_where_the_client_ends_it_and_kept_else() {
    for (code, outlives) in [(1000, false), (1001, false), (4000, true), (1012, true)] {
        let fake = start();
        let (raw, ready) = Raw::let_in(&fake, identify(ALL, [0, 1])).await;
        raw.closes(code).await;
        fake.until("the end of the connection", || (fake.connections() == 0).then_some(())).await;
        let mut raw = Raw::greeted(&fake).await;
        raw.sends(6, resume(&ready, 1)).await;
        match raw.next().await {
            Next::Frame(frame) if frame["t"] == "RESUMED" => assert!(outlives, "{code}"),
            other => assert_eq!((other, outlives), (invalid(false), false), "{code}"),
        }
    }
}

#[tokio::test]
async fn each_shard_is_told_what_happens_in_its_servers_and_the_first_what_is_private() {
    let fake = start();
    fake.shared.change(|world| world.gateway.max_concurrency = 2);
    let (even, odd) = (fake.guild(2, "Even"), fake.guild(1, "Odd"));
    let ann = fake.person(42, "Ann");
    for guild in [even, odd] {
        fake.joins(&ann, guild, &[]);
    }
    let (in_even, in_odd, dm) = (fake.channel(even, "general"), fake.channel(odd, "general"), fake.dm(&ann));
    let (mut first, ready) = Raw::let_in(&fake, identify(ALL, [0, 2])).await;
    assert_eq!(ready["guilds"], json!([{"id": even.to_string(), "unavailable": true}]));
    let (mut second, _) = Raw::let_in(&fake, identify(ALL, [1, 2])).await;
    for raw in [&mut first, &mut second] {
        let server = raw.event().await;
        assert_eq!((&server["t"], server["d"]["channels"].as_array().unwrap().len()), (&json!("GUILD_CREATE"), 1));
    }
    ann.says(dm, "in private");
    ann.says(in_odd, "odd");
    ann.says(in_even, "even");
    assert_eq!(first.events(2).await.0, ["MESSAGE_CREATE in private", "MESSAGE_CREATE even"]);
    assert_eq!(second.events(1).await.0, ["MESSAGE_CREATE odd"]);
    // A server that the bot is invited to is told as it happens, and one that throws it out as well.
    let new = fake.guild(4, "New");
    fake.throws_out(even);
    assert_eq!(first.events(2).await.0, ["GUILD_CREATE", "GUILD_DELETE"]);
    assert_eq!(fake.shared.look(World::guild_ids), [odd, new]);
}

#[tokio::test]
async fn who_may_not_read_is_told_only_what_is_for_the_bot() {
    let fake = start();
    let (ann, guild) = (fake.person(42, "Ann"), fake.guild(1, "Crew"));
    fake.joins(&ann, guild, &[]);
    let (channel, dm, mention) = (fake.channel(guild, "general"), fake.dm(&ann), fake.mention());
    let (mut raw, _) = Raw::let_in(&fake, identify(WITHOUT_CONTENT, [0, 1])).await;
    raw.event().await;
    ann.says(dm, "in private");
    let message = ann.says(channel, "to nobody");
    ann.says(channel, &format!("{mention} to the bot"));
    ann.edits(message, "to somebody");
    ann.deletes(message);
    let (told, _) = raw.events(5).await;
    let mentioned = format!("MESSAGE_CREATE {mention} to the bot");
    let wanted =
        ["MESSAGE_CREATE in private", "MESSAGE_CREATE ", mentioned.as_str(), "MESSAGE_UPDATE ", "MESSAGE_DELETE"];
    assert_eq!(told, wanted);
}
