//! The table of the leases.

use std::time::Duration;

use modelpin_chat::BoxFuture;

use crate::store::postgres::Postgres;
use crate::store::{LeaseTable, StoreFault};

/// By the clock of the database, in milliseconds since 1970.
macro_rules! now {
    () => {
        "(extract(epoch FROM clock_timestamp()) * 1000)::BIGINT"
    };
}

/// Nothing comes back where somebody else has it.
const TAKE: &str = concat!(
    "INSERT INTO modelpin.leases AS kept (name, holder, until) VALUES ($1, $2, ",
    now!(),
    " + $3) ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
        WHERE kept.holder = excluded.holder OR kept.until <= ",
    now!(),
    " RETURNING holder"
);
const WHO: &str = "SELECT holder FROM modelpin.leases WHERE name = $1";
const END: &str = "DELETE FROM modelpin.leases WHERE name = $1 AND holder = $2";

impl LeaseTable for Postgres {
    fn take_lease<'a>(
        &'a self,
        name: &'a str,
        holder: &'a str,
        lasting: Duration,
    ) -> BoxFuture<'a, Result<Option<String>, StoreFault>> {
        let lasting = i64::try_from(lasting.as_millis()).unwrap_or(i64::MAX);
        self.write((name.to_owned(), holder.to_owned(), lasting), |transaction, (name, holder, lasting)| {
            Box::pin(async move {
                if transaction.query_opt(TAKE, &[name, holder, lasting]).await?.is_some() {
                    return Ok(None);
                }
                let row = transaction.query_opt(WHO, &[name]).await?;
                // Let go of between the two: whoever asks again gets it.
                Ok(Some(row.map(|row| row.try_get(0)).transpose()?.unwrap_or_default()))
            })
        })
    }

    fn end_lease<'a>(&'a self, name: &'a str, holder: &'a str) -> BoxFuture<'a, Result<(), StoreFault>> {
        self.read((name.to_owned(), holder.to_owned()), |client, (name, holder)| {
            Box::pin(async move {
                client.execute(END, &[name, holder]).await?;
                Ok(())
            })
        })
    }
}
