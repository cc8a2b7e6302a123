//! The tables, as both kinds of database have them.

use crate::store::copy::{Cell, Cells};

/// A table.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    /// Those of the key first.
    pub(crate) columns: &'static [Column],
    /// How many of them make the key.
    key: usize,
}

/// A column.
#[derive(Debug)]
pub(crate) struct Column {
    /// What SQLite calls it.
    pub(crate) name: &'static str,
    #[cfg_attr(not(feature = "postgres"), allow(dead_code, reason = "SQLite says itself what is in a column"))]
    pub(crate) kind: Kind,
}

/// What is in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Text.
    Text,
    /// Text with any character, which PostgreSQL keeps as JSON.
    Said,
    /// A number.
    Whole,
    /// 0 or 1 in SQLite.
    Flag,
}

impl Column {
    /// What PostgreSQL calls it: `user` is a word of its language.
    #[cfg(feature = "postgres")]
    pub(crate) fn elsewhere(&self) -> &'static str {
        if self.name == "user" { "person" } else { self.name }
    }
}

impl Table {
    /// The columns of the key.
    pub(crate) fn key(&self) -> &'static [Column] {
        &self.columns[..self.key]
    }

    /// Where the table of that name is among all.
    pub(crate) fn at(name: &str) -> Option<usize> {
        TABLES.iter().position(|table| table.name == name)
    }

    /// The key, and behind it the columns of those names; all columns where none are named.
    pub(crate) fn with(&self, names: Option<&[&str]>) -> Vec<&'static Column> {
        let Some(names) = names else { return self.columns.iter().collect() };
        let others = self.columns[self.key..].iter().filter(|column| names.contains(&column.name));
        self.key().iter().chain(others).collect()
    }

    /// The key of a row.
    pub(crate) fn key_of(&self, row: &[Cell]) -> Cells {
        row[..self.key].to_vec()
    }
}

const fn text(name: &'static str) -> Column {
    Column { name, kind: Kind::Text }
}

const fn whole(name: &'static str) -> Column {
    Column { name, kind: Kind::Whole }
}

const fn flag(name: &'static str) -> Column {
    Column { name, kind: Kind::Flag }
}

/// All of them but the leases, which are of the moment.
pub(crate) const TABLES: &[Table] = &[
    Table {
        name: "sessions",
        key: 1,
        columns: &[
            text("key"),
            whole("revision"),
            whole("conversation"),
            whole("created"),
            whole("updated"),
            text("parent"),
            text("state"),
        ],
    },
    Table {
        name: "benches",
        key: 3,
        columns: &[
            text("provider"),
            text("fingerprint"),
            text("model"),
            text("class"),
            whole("strikes"),
            whole("since"),
            whole("until"),
        ],
    },
    Table {
        name: "receipts",
        key: 1,
        columns: &[whole("id"), text("session"), whole("at"), flag("answered"), text("body")],
    },
    Table {
        name: "menus",
        key: 1,
        columns: &[
            text("id"),
            text("session"),
            whole("shown"),
            whole("expires"),
            flag("numbered"),
            flag("superseded"),
            text("body"),
        ],
    },
    Table {
        name: "history",
        key: 1,
        columns: &[
            whole("id"),
            text("session"),
            whole("conversation"),
            whole("at"),
            text("role"),
            Column { name: "text", kind: Kind::Said },
        ],
    },
    Table {
        name: "inbox",
        key: 1,
        columns: &[whole("arrival"), text("mailbox"), whole("number"), whole("at"), text("body")],
    },
    Table { name: "notes", key: 2, columns: &[text("mailbox"), text("name"), text("value")] },
    Table { name: "audit", key: 1, columns: &[whole("number"), whole("at"), text("body"), text("hash")] },
    Table { name: "audit_head", key: 1, columns: &[whole("one"), whole("number"), text("hash")] },
    Table { name: "marks", key: 1, columns: &[text("name"), text("value")] },
    Table {
        name: "usage",
        key: 6,
        columns: &[
            text("day"),
            text("profile"),
            text("user"),
            text("session"),
            text("model"),
            text("fingerprint"),
            whole("turns"),
            whole("answers"),
            whole("requests"),
            whole("failures"),
            whole("tokens_in"),
            whole("tokens_out"),
            whole("cost_micros"),
            whole("subscription"),
            whole("unpriced"),
        ],
    },
];
