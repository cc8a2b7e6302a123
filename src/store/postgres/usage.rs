//! The table of the counters.

use deadpool_postgres::{GenericClient, Transaction};
use jiff::civil::Date;
use modelpin_chat::BoxFuture;
use tokio_postgres::Row;

use crate::receipt::Receipt;
use crate::store::postgres::Postgres;
use crate::store::postgres::failure::Failure;
use crate::store::row::{broken, whole};
use crate::store::{StoreFault, UsageQuery, UsageTable};
use crate::usage::{Counted, Dimension, Tally, counted};

const ADD: &str =
    "INSERT INTO modelpin.usage AS kept (day, profile, person, session, model, fingerprint, turns, answers,
        requests, failures, tokens_in, tokens_out, cost_micros, subscription, unpriced)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
    ON CONFLICT (day, profile, person, session, model, fingerprint) DO UPDATE SET
        turns = kept.turns + excluded.turns, answers = kept.answers + excluded.answers,
        requests = kept.requests + excluded.requests, failures = kept.failures + excluded.failures,
        tokens_in = kept.tokens_in + excluded.tokens_in, tokens_out = kept.tokens_out + excluded.tokens_out,
        cost_micros = kept.cost_micros + excluded.cost_micros, subscription = kept.subscription + excluded.subscription,
        unpriced = kept.unpriced + excluded.unpriced";

/// Days as text sort as days; these come before and after all of them.
const FIRST: &str = "";
const LAST: &str = "~";

impl UsageTable for Postgres {
    fn usage<'a>(
        &'a self,
        dimension: Dimension,
        query: &'a UsageQuery,
    ) -> BoxFuture<'a, Result<Vec<(String, Tally)>, StoreFault>> {
        self.read((dimension, query.clone()), |client, (dimension, query)| Box::pin(sums(client, *dimension, query)))
    }
}

/// Adds what a receipt counts, in the transaction that is open.
pub(crate) async fn add(transaction: &Transaction<'_>, receipt: &Receipt) -> Result<(), Failure> {
    let statement = transaction.prepare_cached(ADD).await?;
    let mut rows = counted(receipt);
    // In one order for everybody, so that nobody waits for somebody who waits for them.
    rows.sort_by(|one, other| (&one.profile, &one.model).cmp(&(&other.profile, &other.model)));
    for Counted { day, session, user, model, profile, fingerprint, tally } in rows {
        let Tally { turns, answers, requests, failures, tokens_in, tokens_out, cost_micros, subscription, unpriced } =
            tally;
        let day = day.to_string();
        let [turns, answers, requests, failures, tokens_in, tokens_out, cost_micros, subscription, unpriced] =
            [turns, answers, requests, failures, tokens_in, tokens_out, cost_micros, subscription, unpriced].map(whole);
        transaction
            .execute(
                &statement,
                &[
                    &day,
                    &profile,
                    &user,
                    &session,
                    &model,
                    &fingerprint,
                    &turns,
                    &answers,
                    &requests,
                    &failures,
                    &tokens_in,
                    &tokens_out,
                    &cost_micros,
                    &subscription,
                    &unpriced,
                ],
            )
            .await?;
    }
    Ok(())
}

pub(crate) async fn sums(
    client: &impl GenericClient,
    dimension: Dimension,
    query: &UsageQuery,
) -> Result<Vec<(String, Tally)>, Failure> {
    let UsageQuery { from, to, profile, user } = query;
    let column = match dimension {
        // A word of the language here.
        Dimension::User => "person",
        other => other.as_str(),
    };
    let text = format!(
        "SELECT {column}, sum(turns)::BIGINT, sum(answers)::BIGINT, sum(requests)::BIGINT, sum(failures)::BIGINT,
            sum(tokens_in)::BIGINT, sum(tokens_out)::BIGINT, sum(cost_micros)::BIGINT, sum(subscription)::BIGINT,
            sum(unpriced)::BIGINT FROM modelpin.usage
        WHERE day BETWEEN $1 AND $2 AND ($3::TEXT IS NULL OR profile = $3) AND ($4::TEXT IS NULL OR person = $4)
        GROUP BY {column} ORDER BY {column}"
    );
    let day = |day: &Option<Date>, without: &str| day.map_or_else(|| without.to_owned(), |day| day.to_string());
    let statement = client.prepare_cached(&text).await?;
    let rows = client.query(&statement, &[&day(from, FIRST), &day(to, LAST), profile, user]).await?;
    rows.iter().map(|row| Ok((row.try_get(0)?, tally(row)?))).collect()
}

fn tally(row: &Row) -> Result<Tally, Failure> {
    let number = |column: usize| -> Result<u64, Failure> {
        let number: i64 = row.try_get(column)?;
        u64::try_from(number).map_err(|fault| broken("usage", &fault).into())
    };
    Ok(Tally {
        turns: number(1)?,
        answers: number(2)?,
        requests: number(3)?,
        failures: number(4)?,
        tokens_in: number(5)?,
        tokens_out: number(6)?,
        cost_micros: number(7)?,
        subscription: number(8)?,
        unpriced: number(9)?,
    })
}
