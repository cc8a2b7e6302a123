//! What those need who look after a bot, in the plainest words.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jiff::Timestamp;
use modelpin_chat::BoxFuture;

use crate::audit::{Demand, Entry, Head, Link};
use crate::receipt::Receipt;
use crate::store::memory::{Memory, Tables};
use crate::store::{AuditLog, Audited, MarkTable, StoreFault, UsageQuery, UsageTable};
use crate::usage::{Counted, Dimension, Tally, counted};

impl Tables {
    pub(super) fn append(&mut self, entry: &Entry) -> Result<Link, StoreFault> {
        let broken = |why: String| StoreFault::Broken { path: PathBuf::from("memory"), why };
        let body = serde_json::to_string(entry).map_err(|fault| broken(fault.to_string()))?;
        let link = Link::after(self.audit.last().map(Link::head).as_ref(), body);
        self.audit.push(link.clone());
        Ok(link)
    }

    pub(super) fn count(&mut self, receipt: &Receipt) {
        for next in counted(receipt) {
            let same = |other: &&mut Counted| Counted { tally: next.tally, ..(**other).clone() } == next;
            match self.counted.iter_mut().find(same) {
                Some(same) => same.tally += next.tally,
                None => self.counted.push(next),
            }
        }
    }
}

impl AuditLog for Memory {
    fn log_change(&self, entry: Entry) -> BoxFuture<'_, Result<Link, StoreFault>> {
        Box::pin(async move { self.tables().append(&entry) })
    }

    fn links(
        &self,
        after: u64,
        since: Option<Timestamp>,
        limit: usize,
    ) -> BoxFuture<'_, Result<Vec<Link>, StoreFault>> {
        Box::pin(async move {
            let tables = self.tables();
            let is_late = |link: &&Link| since.is_none_or(|since| link.entry().is_some_and(|entry| entry.at >= since));
            let links = tables.audit.iter().filter(|link| link.number > after).filter(is_late);
            Ok(links.take(limit).cloned().collect())
        })
    }

    fn last_links(&self, limit: usize) -> BoxFuture<'_, Result<Vec<Link>, StoreFault>> {
        Box::pin(async move {
            let tables = self.tables();
            Ok(tables.audit[tables.audit.len().saturating_sub(limit)..].to_vec())
        })
    }

    fn head(&self) -> BoxFuture<'_, Result<Option<Head>, StoreFault>> {
        Box::pin(async move { Ok(self.tables().audit.last().map(Link::head)) })
    }
}

impl UsageTable for Memory {
    fn usage<'a>(
        &'a self,
        dimension: Dimension,
        query: &'a UsageQuery,
    ) -> BoxFuture<'a, Result<Vec<(String, Tally)>, StoreFault>> {
        Box::pin(async move {
            let UsageQuery { from, to, profile, user } = query;
            let tables = self.tables();
            let asked = tables.counted.iter().filter(|counted| {
                from.is_none_or(|from| counted.day >= from)
                    && to.is_none_or(|to| counted.day <= to)
                    && profile.as_ref().is_none_or(|profile| counted.profile == *profile)
                    && user.as_ref().is_none_or(|user| counted.user == *user)
            });
            let mut sums: BTreeMap<String, Tally> = BTreeMap::new();
            for counted in asked {
                *sums.entry(counted.key(dimension)).or_default() += counted.tally;
            }
            Ok(sums.into_iter().collect())
        })
    }
}

impl MarkTable for Memory {
    fn marks<'a>(&'a self, prefix: &'a str) -> BoxFuture<'a, Result<Vec<(String, String)>, StoreFault>> {
        Box::pin(async move {
            let tables = self.tables();
            let named = tables.marks.iter().filter(|(name, _)| name.starts_with(prefix));
            Ok(named.map(|(name, value)| (name.clone(), value.clone())).collect())
        })
    }

    fn swap_mark<'a>(
        &'a self,
        name: &'a str,
        expected: Option<&'a str>,
        new: Option<&'a str>,
        demand: Option<Demand>,
    ) -> BoxFuture<'a, Result<Audited<bool>, StoreFault>> {
        Box::pin(async move {
            let mut tables = self.tables();
            if tables.marks.get(name).map(String::as_str) != expected {
                return Ok(Audited::whole(false));
            }
            match new {
                Some(new) => tables.marks.insert(name.to_owned(), new.to_owned()),
                None => tables.marks.remove(name),
            };
            if let Some(demand) = demand {
                tables.append(&demand.entry)?;
            }
            Ok(Audited::whole(true))
        })
    }
}
