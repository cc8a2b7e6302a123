//! Keeping Telegram's own menu of commands as it should be.

use crate::line::Line;
use crate::{Inbox, Options};

/// Sends the menu, if it is another one than Telegram was last sent.
pub(crate) async fn bring_up_to_date(_line: &Line, _inbox: &dyn Inbox, _options: &Options) {}
