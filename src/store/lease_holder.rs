//! One process, as it asks for leases.

use std::process;
use std::sync::Arc;
use std::time::Duration;

use crate::store::{LeaseTable, StoreFault};

/// A process that takes leases, each for as long as `lasting` unless it is renewed.
#[derive(Clone)]
pub(crate) struct LeaseHolder {
    table: Arc<dyn LeaseTable>,
    called: String,
    lasting: Duration,
}

impl LeaseHolder {
    /// This process. What it is called is for people, and for nobody else to be called so: `number` tells two processes
    /// with the same number on two machines of the same name apart.
    pub(crate) fn new(table: Arc<dyn LeaseTable>, number: u32, lasting: Duration) -> Self {
        let machine = rustix::system::uname().nodename().to_string_lossy().into_owned();
        Self { table, called: format!("process {} on {machine} ({number:08x})", process::id()), lasting }
    }

    /// Takes the lease of `name`, or keeps it; otherwise says who has it.
    ///
    /// # Errors
    /// It cannot be told who has it.
    pub(crate) async fn take(&self, name: &str) -> Result<Option<String>, StoreFault> {
        self.table.take_lease(name, &self.called, self.lasting).await
    }

    /// Lets go of it, so that another may take over at once.
    pub(crate) async fn end(&self, name: &str) {
        if let Err(fault) = self.table.end_lease(name, &self.called).await {
            tracing::debug!(%fault, name, "a lease ends by itself");
        }
    }
}
