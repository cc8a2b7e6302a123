//! The port to the menus that were shown.

use modelpin_chat::BoxFuture;

use crate::menu::{Menu, MenuId};
use crate::session::SessionKey;
use crate::store::StoreFault;

/// The menus that were shown.
pub trait MenuTable: Send + Sync {
    /// Keeps a menu, and lets go of menus that expired before `menu.shown`; but not of those that are the last of their
    /// session, nor of those that are the last of it with numbers, because `/model 3` outlives the buttons.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when it could not be written.
    fn save_menu(&self, menu: Menu) -> BoxFuture<'_, Result<(), StoreFault>>;

    /// The menu of that id, expired or not, as long as it is kept.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when the state cannot be read.
    fn menu<'a>(&'a self, id: &'a MenuId) -> BoxFuture<'a, Result<Option<Menu>, StoreFault>>;

    /// The menu with numbered entries that was saved last in the session, expired or not.
    ///
    /// # Errors
    ///
    /// [`StoreFault`] when the state cannot be read.
    fn last_numbered<'a>(&'a self, key: &'a SessionKey) -> BoxFuture<'a, Result<Option<Menu>, StoreFault>>;
}
