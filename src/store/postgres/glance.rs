//! Looking at the state without writing a byte: for a command that is over at once.

use std::sync::Arc;

use deadpool_postgres::Object;

use crate::session::Session;
use crate::store::postgres::failure::Failure;
use crate::store::postgres::{Postgres, benches, end_of, marks, schema, sessions, usage};
use crate::store::{Glance, StoreFault, Wanted};
use crate::usage::Dimension;

/// The rows of those sessions in which something is chosen, or was.
const CHOSEN: &str = "SELECT key, revision, conversation, created, updated, parent, state FROM modelpin.sessions
    WHERE key >= $1 AND key < $2
        AND (strpos(state, '\"lasting\":{') > 0 OR strpos(state, '\"passing\":{') > 0) ORDER BY key";

impl Postgres {
    /// Looks for what is `wanted`. The caller waits for it, whatever it runs on.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when it cannot be read.
    pub fn glance(&self, wanted: Wanted) -> Result<Glance, StoreFault> {
        let shown = self.shown().to_path_buf();
        self.wait(self.look((wanted, shown), |client, (wanted, shown)| {
            Box::pin(async move {
                // Nobody has kept anything here yet, and looking is no reason to begin.
                if schema::found(client, shown).await? == 0 {
                    Ok(Glance::default())
                } else {
                    look(client, wanted).await
                }
            })
        }))
    }
}

async fn look(client: &Object, wanted: &Wanted) -> Result<Glance, Failure> {
    let Wanted { prefix, marks: named, queries } = wanted;
    let rows = client.query(CHOSEN, &[prefix, &end_of(prefix)]).await?;
    let sessions: Vec<Arc<Session>> = rows.iter().map(sessions::read).collect::<Result<_, _>>()?;
    let mut sums = Vec::with_capacity(queries.len());
    for query in queries {
        sums.push(usage::sums(client, Dimension::Profile, query).await?);
    }
    Ok(Glance { benches: benches::all(client).await?, sessions, marks: marks::all(client, named).await?, sums })
}
