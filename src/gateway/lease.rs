//! What only one program may serve of all that share a database, on whatever machines they are.
//!
//! On one machine the kernel keeps that apart ([`crate::gateway::claim`]). Between machines a lease does, which its holder
//! renews: when the holder dies another takes over, [`LASTING`] later at the latest plus one [`RENEWAL`].

use std::sync::Arc;
use std::time::Duration;

use crate::store::{LeaseHolder, LeaseTable, StoreFault};

/// How long a lease is good without being renewed.
const LASTING: Duration = Duration::from_secs(20);

/// How often it is renewed, or asked for.
pub(crate) const RENEWAL: Duration = Duration::from_secs(5);

/// The leases on bots, and who asks for them.
#[derive(Clone)]
pub(crate) struct Leases(LeaseHolder);

impl Leases {
    /// For this process, with a number that no other one has.
    pub(crate) fn new(table: Arc<dyn LeaseTable>, number: u32) -> Self {
        Self(LeaseHolder::new(table, number, LASTING))
    }

    /// [`LeaseHolder::take`].
    ///
    /// # Errors
    /// It cannot be told who has it.
    pub(crate) async fn take(&self, name: &str) -> Result<Option<String>, StoreFault> {
        self.0.take(name).await
    }

    /// [`LeaseHolder::end`].
    pub(crate) async fn end(&self, name: &str) {
        self.0.end(name).await;
    }

    /// Keeps the lease of `name` for as long as this is polled; ends when somebody else has it, and says who.
    ///
    /// While the database is away nobody can take it, and nothing that was chosen can be known or changed: whoever has it
    /// goes on, so that people are told so.
    pub(crate) async fn lost(&self, name: &str) -> String {
        loop {
            tokio::time::sleep(RENEWAL).await;
            match self.take(name).await {
                Ok(None) => {}
                Ok(Some(other)) => return other,
                Err(fault) => tracing::warn!(%fault, name, "a lease could not be renewed"),
            }
        }
    }
}
