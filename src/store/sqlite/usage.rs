//! The table of the counters.

use jiff::civil::Date;
use modelpin_chat::BoxFuture;
use rusqlite::{Connection, params};

use crate::receipt::Receipt;
use crate::store::row::whole;
use crate::store::sqlite::Sqlite;
use crate::store::sqlite::failure::Failure;
use crate::store::{StoreFault, UsageQuery, UsageTable};
use crate::usage::{Counted, Dimension, Tally, counted};

const ADD: &str = "INSERT INTO usage (day, profile, user, session, model, fingerprint, turns, answers, requests,
        failures, tokens_in, tokens_out, cost_micros, subscription, unpriced)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
    ON CONFLICT DO UPDATE SET turns = turns + excluded.turns, answers = answers + excluded.answers,
        requests = requests + excluded.requests, failures = failures + excluded.failures,
        tokens_in = tokens_in + excluded.tokens_in, tokens_out = tokens_out + excluded.tokens_out,
        cost_micros = cost_micros + excluded.cost_micros, subscription = subscription + excluded.subscription,
        unpriced = unpriced + excluded.unpriced";

/// Days as text sort as days; these come before and after all of them.
const FIRST: &str = "";
const LAST: &str = "~";

impl UsageTable for Sqlite {
    fn usage<'a>(
        &'a self,
        dimension: Dimension,
        query: &'a UsageQuery,
    ) -> BoxFuture<'a, Result<Vec<(String, Tally)>, StoreFault>> {
        Box::pin(async move { self.read(|db| sums(db, dimension, query)) })
    }
}

/// Adds what a receipt counts, in the transaction that is open.
pub(crate) fn add(db: &Connection, receipt: &Receipt) -> Result<(), Failure> {
    for Counted { day, session, user, model, profile, fingerprint, tally } in counted(receipt) {
        let Tally { turns, answers, requests, failures, tokens_in, tokens_out, cost_micros, subscription, unpriced } =
            tally;
        db.prepare_cached(ADD)?.execute(params![
            day.to_string(),
            profile,
            user,
            session,
            model,
            fingerprint,
            whole(turns),
            whole(answers),
            whole(requests),
            whole(failures),
            whole(tokens_in),
            whole(tokens_out),
            whole(cost_micros),
            whole(subscription),
            whole(unpriced)
        ])?;
    }
    Ok(())
}

pub(crate) fn sums(db: &Connection, dimension: Dimension, query: &UsageQuery) -> Result<Vec<(String, Tally)>, Failure> {
    let UsageQuery { from, to, profile, user } = query;
    // The names of columns are ours.
    let column = dimension.as_str();
    let of = |column: &str, number: u8, is_asked: bool| {
        if is_asked { format!("AND {column} = ?{number}") } else { format!("AND ?{number} IS NULL") }
    };
    let (of_profile, of_user) = (of("profile", 3, profile.is_some()), of("user", 4, user.is_some()));
    let text = format!(
        "SELECT {column}, sum(turns), sum(answers), sum(requests), sum(failures), sum(tokens_in), sum(tokens_out),
            sum(cost_micros), sum(subscription), sum(unpriced) FROM usage
        WHERE day BETWEEN ?1 AND ?2 {of_profile} {of_user} GROUP BY {column} ORDER BY {column}"
    );
    let day = |day: &Option<Date>, without: &str| day.map_or_else(|| without.to_owned(), |day| day.to_string());
    let mut statement = db.prepare_cached(&text)?;
    let rows = statement.query_map(params![day(from, FIRST), day(to, LAST), profile, user], |row| {
        let tally = Tally {
            turns: row.get(1)?,
            answers: row.get(2)?,
            requests: row.get(3)?,
            failures: row.get(4)?,
            tokens_in: row.get(5)?,
            tokens_out: row.get(6)?,
            cost_micros: row.get(7)?,
            subscription: row.get(8)?,
            unpriced: row.get(9)?,
        };
        Ok((row.get(0)?, tally))
    })?;
    rows.map(|row| Ok(row?)).collect()
}
