//! The leases.

use std::time::Duration;

use modelpin_chat::BoxFuture;
use tokio::time::Instant;

use crate::store::{LeaseTable, Memory, StoreFault};

/// One that was taken.
#[derive(Debug)]
pub(super) struct Lease {
    holder: String,
    until: Instant,
}

impl LeaseTable for Memory {
    fn take_lease<'a>(
        &'a self,
        name: &'a str,
        holder: &'a str,
        lasting: Duration,
    ) -> BoxFuture<'a, Result<Option<String>, StoreFault>> {
        Box::pin(async move {
            let (mut tables, now) = (self.tables(), Instant::now());
            if let Some(lease) = tables.leases.get(name)
                && lease.holder != holder
                && lease.until > now
            {
                return Ok(Some(lease.holder.clone()));
            }
            tables.leases.insert(name.to_owned(), Lease { holder: holder.to_owned(), until: now + lasting });
            Ok(None)
        })
    }

    fn end_lease<'a>(&'a self, name: &'a str, holder: &'a str) -> BoxFuture<'a, Result<(), StoreFault>> {
        Box::pin(async move {
            let mut tables = self.tables();
            if tables.leases.get(name).is_some_and(|lease| lease.holder == holder) {
                tables.leases.remove(name);
            }
            Ok(())
        })
    }
}
