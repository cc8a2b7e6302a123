//! Letting go of what is old: no pin ever goes, nor anything that is younger than its limit.

mod beside;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use modelpin::health::{Bench, BenchScope, FailureClass};
use modelpin::history::{Role, Utterance};
use modelpin::menu::{Menu, MenuEntry, MenuId};
use modelpin::receipt::Receipt;
use modelpin::session::{Choice, Selection, Session, Source, Until};
use modelpin::store::{Cell, Cells, CollectedTable, Collection, Limits, collect, collectable};

use crate::store::copy::{KEYS, TABLES, rows};
use crate::store::support::{Place, ann, event, key, pinned, selection, session};
use crate::support::postgres::database;

/// Numbers that look thrown, the same each time.
struct Dice(u64);

impl Dice {
    fn of(seed: u64) -> Self {
        Self(0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(seed + 1))
    }

    fn throw(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 33) % sides
    }

    /// Some time within the last 500 days.
    fn moment(&mut self) -> Timestamp {
        ago(self.throw(500)) - SignedDuration::from_secs(i64::try_from(self.throw(80_000)).unwrap())
    }
}

const NOW: &str = "2026-11-26T12:00:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn ago(days: u64) -> Timestamp {
    now() - SignedDuration::from_hours(24 * i64::try_from(days).unwrap())
}

fn limits(sessions: Option<u64>, history: Option<u64>, receipts: Option<u64>, usage: Option<u64>) -> Limits {
    Limits {
        now: now(),
        sessions: sessions.map(ago),
        history: history.map(ago),
        receipts: receipts.map(ago),
        usage: usage.map(|days| ago(days).to_zoned(TimeZone::UTC).date()),
        benches: ago(30),
    }
}

fn usual() -> Limits {
    limits(Some(180), Some(180), Some(90), Some(400))
}

fn said(text: &str, at: Timestamp) -> Utterance {
    Utterance { role: Role::User, text: text.to_owned(), at }
}

fn receipt(peer: &str, at: Timestamp) -> Receipt {
    Receipt {
        at,
        session: key(peer),
        actor: ann(),
        event: Some(event("telegram/default/1")),
        model: None,
        profile: None,
        fingerprint: None,
        once: false,
        source: Source::User,
        reason: "pinned".to_owned(),
        class: None,
        requests: Vec::new(),
        attempts: Vec::new(),
        tokens_in: None,
        tokens_out: None,
        latency_ms: 1,
        outcome: "ok".to_owned(),
    }
}

fn menu(id: &str, peer: &str, expires: Timestamp) -> Menu {
    let entry = MenuEntry {
        label: "Opus".to_owned(),
        command: "/model opus".to_owned(),
        number: Some(1),
        list: None,
        current: false,
    };
    let shown = expires - SignedDuration::from_hours(1);
    Menu { id: MenuId(id.to_owned()), session: key(peer), actor: ann(), entries: vec![entry], shown, expires }
}

/// A session in which somebody chose something, or nobody.
fn thrown(dice: &mut Dice, peer: &str) -> Session {
    let updated = dice.moment();
    let chosen = |until: Until| Selection { until, ..selection("anthropic/claude-opus-4-6", "anthropic:work") };
    let passing = |until| Choice { lasting: None, passing: Some(chosen(until)) };
    let lasting = Choice { lasting: Some(chosen(Until::Changed)), passing: None };
    let (choice, previous) = match dice.throw(6) {
        0 => (lasting, None),
        1 => (passing(Until::NextTurn), None),
        // Over, and still to be told of.
        2 => (passing(Until::Time(updated)), Some(Choice::default())),
        // Only what could be gone back to.
        3 => (Choice::default(), Some(lasting)),
        _ => (Choice::default(), None),
    };
    Session { choice, previous, updated, ..session(peer) }
}

async fn throw_state(place: &Place, dice: &mut Dice) {
    let store = place.open();
    for number in 0..60 {
        let peer = number.to_string();
        if dice.throw(8) > 0 {
            store.commit(thrown(dice, &peer)).await.unwrap();
        }
        for _ in 0..dice.throw(3) {
            let talk = vec![said("a", dice.moment()), said("b", dice.moment())];
            store.append(&key(&peer), 0, talk, 40).await.unwrap();
        }
        for _ in 0..dice.throw(3) {
            store.record(receipt(&peer, dice.moment())).await.unwrap();
        }
        if dice.throw(3) == 0 {
            let expires = if dice.throw(3) == 0 { now() + SignedDuration::from_mins(5) } else { dice.moment() };
            store.save_menu(menu(&format!("{peer}-menu"), &peer, expires)).await.unwrap();
        }
    }
    for number in 0..12 {
        let until = (dice.throw(4) > 0).then(|| dice.moment());
        let fingerprint = Some(modelpin::profile::Fingerprint::from_stored(&number.to_string()));
        let scope = BenchScope { provider: "anthropic".parse().unwrap(), fingerprint, model: None };
        let bench = Bench { scope: scope.clone(), class: FailureClass::Auth, strikes: 1, since: ago(500), until };
        store.update_bench(scope, Box::new(move |_| Some(bench.clone()))).await.unwrap();
    }
}

type Tables = Vec<BTreeMap<Vec<String>, Cells>>;

/// All rows, by table and key.
async fn all(place: &Place) -> Tables {
    let tables = rows(place.rows().as_ref(), 500).await;
    let keyed = |(table, rows): (usize, Vec<Cells>)| {
        rows.into_iter().map(|row| (row[..KEYS[table]].iter().map(|cell| format!("{cell:?}")).collect(), row)).collect()
    };
    tables.into_iter().enumerate().map(keyed).collect()
}

const SESSIONS: usize = 0;
const BENCHES: usize = 1;
const RECEIPTS: usize = 2;
const MENUS: usize = 3;
const HISTORY: usize = 4;
const USAGE: usize = 10;

fn number(cell: &Cell) -> i64 {
    let Cell::Whole(number) = cell else { panic!("{cell:?} is no number") };
    *number
}

fn text(cell: &Cell) -> &str {
    let Cell::Text(text) = cell else { panic!("{cell:?} is no text") };
    text
}

fn is_before(cell: &Cell, limit: Option<Timestamp>) -> bool {
    limit.is_some_and(|limit| i128::from(number(cell)) < limit.as_nanosecond())
}

/// The keys of the sessions that nobody uses, as the decisions say it.
fn unused(before: &Tables, limits: &Limits) -> BTreeSet<String> {
    let has = |table: usize, of: usize, time: usize, key: &str, since: Timestamp| {
        before[table].values().any(|row| text(&row[of]) == key && !is_before(&row[time], Some(since)))
    };
    let mut unused = BTreeSet::new();
    for row in before[SESSIONS].values() {
        let (key, updated, state) = (text(&row[0]), &row[4], &row[6]);
        let Some(limit) = limits.sessions else { continue };
        let state: serde_json::Value = match state {
            Cell::Text(state) => serde_json::from_str(state).unwrap(),
            _ => serde_json::json!({}),
        };
        let is_chosen = state.get("lasting").is_some() || state.get("passing").is_some();
        let is_touched = has(HISTORY, 1, 3, key, limit) || has(MENUS, 1, 3, key, limits.now);
        if !is_chosen && is_before(updated, Some(limit)) && !is_touched {
            unused.insert(key.to_owned());
        }
    }
    unused
}

/// Whether the row has to go.
fn has_to_go(table: usize, row: &Cells, unused: &BTreeSet<String>, limits: &Limits) -> bool {
    match table {
        SESSIONS => unused.contains(text(&row[0])),
        BENCHES => row[6] != Cell::Nothing && is_before(&row[6], Some(limits.benches)),
        RECEIPTS => is_before(&row[2], limits.receipts),
        MENUS => is_before(&row[3], Some(limits.now)),
        HISTORY => is_before(&row[3], limits.history) || unused.contains(text(&row[1])),
        USAGE => limits.usage.is_some_and(|day| text(&row[0]) < day.to_string().as_str()),
        _ => false,
    }
}

fn counted(collection: &Collection, name: &str) -> u64 {
    collection.tables.iter().find(|table| table.name == name).map_or(0, |table| table.rows)
}

const NAMES: [(usize, &str); 6] = [
    (SESSIONS, "sessions"),
    (BENCHES, "benches"),
    (RECEIPTS, "receipts"),
    (MENUS, "menus"),
    (HISTORY, "history"),
    (USAGE, "usage"),
];

async fn what_is_old_goes_and_nothing_else(place: &Place, seed: u64) {
    let mut dice = Dice::of(seed);
    throw_state(place, &mut dice).await;
    let limits = match seed % 4 {
        0 => usual(),
        1 => limits(Some(30), None, Some(1), Some(32)),
        2 => limits(None, Some(10), None, None),
        _ => limits(Some(20), Some(200), Some(300), Some(100)),
    };
    let before = all(place).await;
    let foreseen = collectable(place.look().unwrap().as_ref(), &limits).await.unwrap();
    assert!(all(place).await == before, "{seed}: nothing was to be changed");
    let gone = collect(place.collected().as_ref(), &limits).await.unwrap();
    assert_eq!(foreseen, gone, "{seed}");
    let (after, unused) = (all(place).await, unused(&before, &limits));
    for table in 0..TABLES {
        for (key, row) in &before[table] {
            let goes = has_to_go(table, row, &unused, &limits);
            let expected = (!goes).then_some(row);
            assert_eq!(after[table].get(key), expected, "{seed}: table {table}, {key:?}");
        }
        assert!(after[table].len() <= before[table].len(), "{seed}: a row came from nowhere");
    }
    for (table, name) in NAMES {
        assert_eq!(counted(&gone, name), (before[table].len() - after[table].len()) as u64, "{seed}: {name}");
    }
    let again = collect(place.collected().as_ref(), &limits).await.unwrap();
    assert!(again.tables.iter().all(|CollectedTable { rows, .. }| *rows == 0), "{seed}: {again:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_sqlite_what_is_old_goes_and_nothing_else() {
    for seed in 0..12 {
        what_is_old_goes_and_nothing_else(&Place::sqlite(), seed).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_postgres_what_is_old_goes_and_nothing_else() {
    for seed in 0..8 {
        let Some(database) = database() else { return };
        what_is_old_goes_and_nothing_else(&Place::Postgres(database), seed).await;
    }
}

fn old(peer: &str) -> Session {
    Session { updated: ago(400), ..session(peer) }
}

/// More than go in one transaction.
async fn many_go_batch_by_batch(place: &Place) {
    let store = place.open();
    for peer in 0..2_300 {
        store.commit(old(&peer.to_string())).await.unwrap();
    }
    store.commit(pinned("x", "anthropic:work")).await.unwrap();
    let gone = collect(place.collected().as_ref(), &usual()).await.unwrap();
    assert_eq!(counted(&gone, "sessions"), 2_300);
    let left = store.list("", 9).await.unwrap();
    assert_eq!(left.iter().map(|session| session.key.clone()).collect::<Vec<_>>(), [key("x")]);
}

async fn what_makes_no_sense_is_left_and_counted(place: &Place) {
    let store = place.open();
    store.commit(old("1")).await.unwrap();
    store.commit(old("2")).await.unwrap();
    drop(store);
    place.execute("UPDATE sessions SET state = '{\"lasting\": 7}' WHERE key LIKE '%:1'");
    let gone = collect(place.collected().as_ref(), &usual()).await.unwrap();
    assert_eq!((counted(&gone, "sessions"), gone.unreadable), (1, 1));
    assert_eq!(all(place).await[SESSIONS].len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_sqlite_many_go_batch_by_batch() {
    many_go_batch_by_batch(&Place::sqlite()).await;
    what_makes_no_sense_is_left_and_counted(&Place::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn in_postgres_many_go_batch_by_batch() {
    let Some(database) = database() else { return };
    many_go_batch_by_batch(&Place::Postgres(database)).await;
    let Some(database) = crate::support::postgres::database() else { return };
    what_makes_no_sense_is_left_and_counted(&Place::Postgres(database)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dry_run_changes_no_byte_of_a_file() {
    let place = Place::sqlite();
    throw_state(&place, &mut Dice::of(99)).await;
    let folder = place.path().parent().unwrap().to_path_buf();
    let before = fs::read(place.path()).unwrap();
    let foreseen = collectable(place.look().unwrap().as_ref(), &usual()).await.unwrap();
    assert!(foreseen.tables.iter().all(|table| table.rows > 0), "{foreseen:?}");
    assert!(fs::read(place.path()).unwrap() == before, "something was changed");
    assert_eq!(fs::read_dir(folder).unwrap().count(), 1, "something was made beside it");
}
