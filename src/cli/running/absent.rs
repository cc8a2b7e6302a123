//! Where there are no sockets with a path.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::gateway::board::Board;
use crate::looker::Looker;
use crate::status::Running;

/// Nobody can be asked.
pub(crate) fn ask(_folder: &Path, _own: &Value, _patience: Duration) -> Vec<Running> {
    Vec::new()
}

/// Nobody can ask.
pub(crate) fn serve(
    _looker: Looker,
    _command: &'static str,
    _since: Timestamp,
    _: Option<(Board, Option<SocketAddr>)>,
) -> Option<()> {
    None
}
