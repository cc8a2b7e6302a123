//! The table of the menus.

use deadpool_postgres::{Object, Transaction};
use modelpin_chat::BoxFuture;

use crate::menu::{Menu, MenuId};
use crate::session::SessionKey;
use crate::store::postgres::Postgres;
use crate::store::postgres::failure::Failure;
use crate::store::row::MenuRow;
use crate::store::{MenuTable, StoreFault};

/// A menu that is saved again counts as the latest.
const SAVE: &str = "INSERT INTO modelpin.menus (id, session, shown, expires, numbered, superseded, body)
    VALUES ($1, $2, $3, $4, $5, FALSE, $6)
    ON CONFLICT (id) DO UPDATE SET session = excluded.session, shown = excluded.shown, expires = excluded.expires,
        numbered = excluded.numbered, superseded = FALSE, body = excluded.body";
/// A menu with numbers stands in for all before it, one without only for those without.
const SUPERSEDE: &str = "UPDATE modelpin.menus SET superseded = TRUE
    WHERE session = $1 AND NOT superseded AND id <> $2 AND numbered <= $3";
/// A few at a time, so that no menu takes long to show; each save takes more away than it brings. Those that somebody else
/// is letting go are left to them.
const LET_GO: &str = "DELETE FROM modelpin.menus WHERE id IN
    (SELECT id FROM modelpin.menus WHERE superseded AND expires < $1 ORDER BY expires LIMIT 64 FOR UPDATE SKIP LOCKED)";
const BY_ID: &str = "SELECT id, session, shown, expires, numbered, body FROM modelpin.menus WHERE id = $1";
/// Two that were shown in one session at the same moment, by two processes, may both be its last.
const LAST_NUMBERED: &str = "SELECT id, session, shown, expires, numbered, body FROM modelpin.menus
    WHERE session = $1 AND NOT superseded AND numbered ORDER BY shown DESC LIMIT 1";

impl MenuTable for Postgres {
    fn save_menu(&self, menu: Menu) -> BoxFuture<'_, Result<(), StoreFault>> {
        self.write(menu, |transaction, menu| Box::pin(save(transaction, menu)))
    }

    fn menu<'a>(&'a self, id: &'a MenuId) -> BoxFuture<'a, Result<Option<Menu>, StoreFault>> {
        self.read(id.0.clone(), |client, id| Box::pin(one(client, BY_ID, id)))
    }

    fn last_numbered<'a>(&'a self, key: &'a SessionKey) -> BoxFuture<'a, Result<Option<Menu>, StoreFault>> {
        self.read(key.to_string(), |client, key| Box::pin(one(client, LAST_NUMBERED, key)))
    }
}

async fn save(transaction: &Transaction<'_>, menu: &Menu) -> Result<(), Failure> {
    let MenuRow { id, session, shown, expires, numbered, body } = MenuRow::of(menu)?;
    let save = transaction.prepare_cached(SAVE).await?;
    transaction.execute(&save, &[&id, &session, &shown, &expires, &numbered, &body]).await?;
    let supersede = transaction.prepare_cached(SUPERSEDE).await?;
    transaction.execute(&supersede, &[&session, &id, &numbered]).await?;
    let let_go = transaction.prepare_cached(LET_GO).await?;
    transaction.execute(&let_go, &[&shown]).await?;
    Ok(())
}

async fn one(client: &Object, query: &str, by: &str) -> Result<Option<Menu>, Failure> {
    let statement = client.prepare_cached(query).await?;
    let Some(row) = client.query_opt(&statement, &[&by]).await? else { return Ok(None) };
    let row = MenuRow {
        id: row.try_get(0)?,
        session: row.try_get(1)?,
        shown: row.try_get(2)?,
        expires: row.try_get(3)?,
        numbered: row.try_get(4)?,
        body: row.try_get(5)?,
    };
    Ok(Some(row.read()?))
}
