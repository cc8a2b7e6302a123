//! The roster of a program that was built without any channel.

use modelpin_chat::BoxFuture;

use crate::gateway::channel::{Roster, Wanted};

/// Nobody is there to be served.
pub(crate) struct Nobody;

impl Roster for Nobody {
    fn current(&self) -> BoxFuture<'_, Wanted> {
        let trouble = "this program was built without any channel: build it with the feature `telegram`".to_owned();
        Box::pin(async { Wanted { trouble: vec![trouble], ..Wanted::default() } })
    }
}
