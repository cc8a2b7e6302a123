//! The table of the menus.

use modelpin_chat::BoxFuture;
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::menu::{Menu, MenuId};
use crate::session::SessionKey;
use crate::store::row::MenuRow;
use crate::store::sqlite::Sqlite;
use crate::store::sqlite::cache::Effect;
use crate::store::sqlite::failure::Failure;
use crate::store::sqlite::job::Written;
use crate::store::{MenuTable, StoreFault};

/// REPLACE, not an update: a menu that is saved again counts as the latest.
const SAVE: &str = "INSERT OR REPLACE INTO menus (id, session, shown, expires, numbered, body)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
/// A menu with numbers stands in for all before it, one without only for those without.
const SUPERSEDE: &str = "UPDATE menus SET superseded = 1
    WHERE session = ?1 AND superseded = 0 AND id <> ?2 AND numbered <= ?3";
/// A few at a time, so that no menu takes long to show; each save takes more away than it brings.
const LET_GO: &str = "DELETE FROM menus WHERE id IN
    (SELECT id FROM menus WHERE superseded = 1 AND expires < ?1 ORDER BY expires LIMIT 64)";
const BY_ID: &str = "SELECT id, session, shown, expires, numbered, body FROM menus WHERE id = ?1";
const LAST_NUMBERED: &str = "SELECT id, session, shown, expires, numbered, body FROM menus
    WHERE session = ?1 AND superseded = 0 AND numbered = 1";

impl MenuTable for Sqlite {
    fn save_menu(&self, menu: Menu) -> BoxFuture<'_, Result<(), StoreFault>> {
        Box::pin(self.writer.write(move |db| save(db, &menu)))
    }

    fn menu<'a>(&'a self, id: &'a MenuId) -> BoxFuture<'a, Result<Option<Menu>, StoreFault>> {
        Box::pin(async move { self.read(|db| one(db, BY_ID, &id.0)) })
    }

    fn last_numbered<'a>(&'a self, key: &'a SessionKey) -> BoxFuture<'a, Result<Option<Menu>, StoreFault>> {
        Box::pin(async move { self.read(|db| one(db, LAST_NUMBERED, key.as_str())) })
    }
}

fn save(db: &Connection, menu: &Menu) -> Written<()> {
    let MenuRow { id, session, shown, expires, numbered, body } = MenuRow::of(menu)?;
    db.prepare_cached(SAVE)?.execute(params![id, session, shown, expires, numbered, body])?;
    db.prepare_cached(SUPERSEDE)?.execute(params![session, id, numbered])?;
    db.prepare_cached(LET_GO)?.execute([shown])?;
    Ok((Effect::Elsewhere, ()))
}

fn one(db: &Connection, query: &str, by: &str) -> Result<Option<Menu>, Failure> {
    let row = db.prepare_cached(query)?.query_row([by], columns).optional()?;
    Ok(row.map(MenuRow::read).transpose()?)
}

fn columns(row: &Row<'_>) -> rusqlite::Result<MenuRow> {
    Ok(MenuRow {
        id: row.get(0)?,
        session: row.get(1)?,
        shown: row.get(2)?,
        expires: row.get(3)?,
        numbered: row.get(4)?,
        body: row.get(5)?,
    })
}
