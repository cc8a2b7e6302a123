//! What only one program may serve of all that share a database, on whatever machines they are.
//!
//! On one machine the kernel keeps that apart ([`crate::gateway::claim`]). Between machines a lease does, which its holder
//! renews: when the holder dies another takes over, [`LASTING`] later at the latest plus one [`RENEWAL`].

use std::process;
use std::sync::Arc;
use std::time::Duration;

use crate::store::{LeaseTable, StoreFault};

/// How long a lease is good without being renewed.
const LASTING: Duration = Duration::from_secs(20);

/// How often it is renewed, or asked for.
pub(crate) const RENEWAL: Duration = Duration::from_secs(5);

/// The leases, and who asks for them.
#[derive(Clone)]
pub(crate) struct Leases {
    table: Arc<dyn LeaseTable>,
    holder: String,
}

impl Leases {
    /// For this process. What it is called is for people, and for nobody else to be called so: `number` tells two processes
    /// with the same number on two machines of the same name apart.
    pub(crate) fn new(table: Arc<dyn LeaseTable>, number: u32) -> Self {
        let machine = rustix::system::uname().nodename().to_string_lossy().into_owned();
        Self { table, holder: format!("process {} on {machine} ({number:08x})", process::id()) }
    }

    /// Takes the lease of `name`, or keeps it; otherwise says who has it.
    ///
    /// # Errors
    /// It cannot be told who has it.
    pub(crate) async fn take(&self, name: &str) -> Result<Option<String>, StoreFault> {
        self.table.take_lease(name, &self.holder, LASTING).await
    }

    /// Lets go of it, so that another may take over at once.
    pub(crate) async fn end(&self, name: &str) {
        if let Err(fault) = self.table.end_lease(name, &self.holder).await {
            tracing::debug!(%fault, name, "a lease ends by itself");
        }
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
