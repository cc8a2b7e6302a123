//! Minutes of everything that can go wrong on the way, and programs that die in the middle of it.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use modelpin_delivery::Link;
use serde_json::json;

use crate::support::bot::{Bot, HAIKU, OPUS, SONNET};
use crate::support::telegram::{Fault, Person, Rights, Room, Storm};
use crate::telegram::account::{Pace, on_telegram};
use crate::telegram::changes::Changes;
use crate::telegram::lasting::{Lasting, Program};

/// How often everybody writes, and how many times.
const EVERY: Duration = Duration::from_secs(8);
const ROUNDS: usize = 42;

/// In these rounds the program is killed while it works on what was written, in this one it is asked to end.
const KILLED: [usize; 6] = [4, 11, 17, 23, 30, 37];
const ENDED: usize = 26;

/// Who only asks. They are answered by the default model.
const ASKING: i64 = 3;

const PROFILES: &str =
    "anthropic:p01 anthropic:p02 anthropic:p03 anthropic:p04 anthropic:p05 anthropic:p06 anthropic:p07";

/// A person who asks, and where.
struct Asker {
    person: Person,
    room: Room,
}

/// What everybody does in the storm.
struct Cast {
    choosing: Vec<Changes>,
    asking: Vec<Asker>,
}

impl Cast {
    fn of(lasting: &Lasting) -> Self {
        let Lasting { fake, bot, .. } = lasting;
        let person = |id| fake.person(id, "One of many");
        let ann = person(100);
        let (crew, forum) = (fake.supergroup("Crew"), fake.forum("Themes"));
        for room in [crew, forum] {
            fake.with(room, bot, Rights::Member);
        }
        let mut rooms: Vec<(Person, Room, usize)> =
            (1..=5).map(|id| (person(id), fake.private(&person(id), bot), 1)).collect();
        rooms.push((person(100), crew, 1));
        // A group takes twenty messages a minute, its topics all together.
        rooms.extend(["Plans", "Past", "Rest"].map(|topic| (person(100), fake.topic(forum, topic, &ann), 3)));
        let models = [OPUS, HAIKU, SONNET];
        let profiles: Vec<&str> = PROFILES.split(' ').collect();
        let choosing = rooms
            .into_iter()
            .zip(1..)
            .map(|((person, room, every), seed)| Changes::new(person, room, every, seed, &models, &profiles));
        let asking = (200..200 + ASKING).map(|id| Asker { person: person(id), room: fake.private(&person(id), bot) });
        Self { choosing: choosing.collect(), asking: asking.collect() }
    }

    fn write(&mut self, round: usize) {
        for changes in &mut self.choosing {
            changes.write(round);
        }
        for Asker { person, room } in &self.asking {
            person.says(*room, &format!("question {round}."));
        }
    }
}

/// What goes wrong beside the storm.
async fn strike(program: &Program<'_>, round: usize) {
    let Program { fake, bot, .. } = program;
    let odd = match round {
        6 => json!({"message": {"message_id": "no number"}}),
        7 => json!(["no", "update"]),
        8 => json!({"callback_query": {"id": 7}}),
        13 => {
            fake.offline();
            tokio::time::sleep(Duration::from_secs(25)).await;
            return fake.online();
        }
        // Several are pending when it is killed: they were carried out, and nobody was told.
        16 | 36 => return fake.fails("sendMessage", Fault::RetryAfter(30), 6),
        20 => return fake.another_poller(bot, 4),
        33 => return fake.fails("getUpdates", Fault::CutAfter, 3),
        _ => return,
    };
    fake.injects(bot, odd);
}

#[test]
fn nothing_is_lost_nor_done_twice_in_minutes_of_faults_and_crashes() {
    let mut lasting = Lasting::start(Bot::new().profiles(PROFILES));
    let mut cast = Cast::of(&lasting);
    let began = lasting.fake.now();
    lasting.fake.storm(Storm { seed: 11, percent: 25 });
    let mut pending = Vec::new();
    let mut rounds: VecDeque<usize> = (0..ROUNDS).collect();
    while !rounds.is_empty() {
        pending.push(lasting.served(async |program| {
            while let Some(round) = rounds.pop_front() {
                cast.write(round);
                strike(program, round).await;
                if KILLED.contains(&round) {
                    // Here after a moment, there in the middle of the answers.
                    tokio::time::sleep(Duration::from_millis(300 * round as u64 % 2_000)).await;
                    program.is_killed().await;
                    return program.pending().await;
                }
                if round == ENDED {
                    program.ends().await;
                    return program.pending().await;
                }
                tokio::time::sleep(EVERY).await;
            }
            assert!(lasted(program, began), "{:?}", program.fake.now().checked_sub(began).unwrap());
            program.fake.calm();
            program.has_dealt_with_all().await;
            program.ends().await;
            0
        }));
    }
    let killed = pending.len() - 1;
    assert_eq!(killed, KILLED.len() + 1);
    assert!(
        pending.iter().filter(|pending| **pending > 0).count() >= 3,
        "they died in the middle of work: {pending:?}"
    );
    let met = lasting.fake.faults_met();
    assert!(met.len() >= 100, "{}", met.len());
    for changes in &cast.choosing {
        changes.check(&lasting.fake, &lasting.session(changes.room));
    }
    let asked: Vec<String> = (0..ROUNDS).map(|round| format!("question {round}.")).collect();
    for Asker { room, .. } in &cast.asking {
        let mut answered: Vec<usize> = Vec::new();
        let mut broken_off = 0;
        for answer in lasting.fake.answers(*room) {
            match asked.iter().rposition(|asked| answer.text.contains(asked.as_str())) {
                Some(at) => answered.push(at),
                None => broken_off += 1,
            }
        }
        // What showed of an answer when the program died stays there, above the whole one.
        assert!(broken_off <= killed, "{broken_off}");
        assert!(answered.is_sorted(), "{answered:?}");
        answered.dedup();
        assert_eq!(answered, (0..ROUNDS).collect::<Vec<_>>());
    }
    let chat = lasting.end(cast.choosing.len() + cast.asking.len());
    let mut sent: HashMap<String, usize> = HashMap::new();
    for seen in chat.provider().seen() {
        *sent.entry(seen.body["messages"].as_array().unwrap().last().unwrap()["content"].to_string()).or_default() += 1;
    }
    assert_eq!(sent.len(), ROUNDS, "{sent:?}");
    // A question whose answer was being written when the program died is asked once more.
    let most = usize::try_from(ASKING).unwrap() * (ROUNDS + KILLED.len());
    assert!(sent.values().sum::<usize>() <= most, "{sent:?}");
}

/// Whether it took as long as it has to.
fn lasted(program: &Program<'_>, began: Duration) -> bool {
    program.fake.now().checked_sub(began).unwrap() >= Duration::from_mins(5)
}

/// A row has room for so many changes that nobody was told of yet; the rest waits, and is not forgotten either.
#[test]
fn many_changes_that_nobody_was_told_of_are_made_once_whatever_dies() {
    const WRITTEN: usize = 90;
    let mut lasting = Lasting::start(Bot::new().profiles(PROFILES));
    let fake = lasting.fake.clone();
    let person = fake.person(1, "Ann");
    let room = fake.private(&person, &lasting.bot);
    let profiles: Vec<&str> = PROFILES.split(' ').collect();
    let mut changes = Changes::new(person, room, 1, 5, &[OPUS, HAIKU], &profiles);
    lasting.served(async |program| {
        // Telegram takes what is asked for, and is silent about what is said.
        fake.fails("sendMessage", Fault::RetryAfter(60), usize::MAX);
        (0..WRITTEN).for_each(|round| changes.write(round));
        fake.until("all to be taken", || (fake.waiting(program.bot) == 0).then_some(())).await;
        tokio::time::sleep(Duration::from_secs(30)).await;
        assert_eq!(program.pending().await, WRITTEN);
        program.is_killed().await;
    });
    let made = lasting.session(room).revision;
    assert!(made >= 40, "{made} of them are made without anybody being told");
    fake.calm();
    lasting.served(async |program| {
        program.has_dealt_with_all().await;
        program.ends().await;
    });
    changes.check(&fake, &lasting.session(room));
    lasting.end(1);
}

#[test]
fn another_poller_is_said_and_passes_by_itself() {
    on_telegram(Bot::new().profiles("anthropic:default"), Pace::Hurried, |account| async move {
        let fake = &account.fake;
        fake.until("a connection", || (account.link() == Link::Up).then_some(())).await;
        fake.another_poller(&account.bot, 3);
        fake.until("the conflict", || (account.link() == Link::OtherPoller).then_some(())).await;
        let ann = fake.person(42, "Ann");
        let dm = fake.private(&ann, &account.bot);
        ann.says(dm, "/model opus");
        assert!(fake.next_message(dm).await.text.contains("claude-opus-4-6"));
        fake.until("a connection", || (account.link() == Link::Up).then_some(())).await;
        (account, ())
    });
}
