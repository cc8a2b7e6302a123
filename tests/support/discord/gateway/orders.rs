//! What is done to connections on demand.

use std::time::Duration;

use crate::support::discord::DiscordFake;

/// Something that is done to every connection that there is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Order {
    /// It is cut without a word.
    Cut,
    /// It is closed with a code.
    Close(u16),
    /// The client is asked to connect anew.
    Reconnect,
    /// The session is said to be over, or to be worth another try.
    Invalidate {
        /// Whether it can be taken up again.
        resumable: bool,
    },
}

impl DiscordFake {
    /// Cuts every connection to the gateway. Sessions can be taken up again.
    pub(crate) fn cut(&self) {
        self.order(Order::Cut);
    }

    /// Closes every connection with that code.
    pub(crate) fn close(&self, code: u16) {
        self.order(Order::Close(code));
    }

    /// Asks every client to connect anew.
    pub(crate) fn reconnect(&self) {
        self.order(Order::Reconnect);
    }

    /// Says that the sessions are over, or worth another try.
    pub(crate) fn invalidate(&self, resumable: bool) {
        self.order(Order::Invalidate { resumable });
    }

    /// From now on heartbeats stay without an answer, or do not.
    pub(crate) fn withhold_acks(&self, silent: bool) {
        self.shared.change(|world| world.gateway.is_silent = silent);
    }

    /// Forgets every session that nobody is connected to: it is too late to take it up.
    pub(crate) fn forget_sessions(&self) {
        self.shared.change(|world| world.gateway.sessions.retain(|_, session| session.is_connected()));
    }

    /// How often hearts are to beat, from the next connection on.
    pub(crate) fn heartbeat(&self, interval: Duration) {
        self.shared.change(|world| world.gateway.interval = interval);
    }

    /// How many connections there are that were let in.
    pub(crate) fn connections(&self) -> usize {
        self.shared.look(|world| world.gateway.sessions.values().filter(|session| session.is_connected()).count())
    }

    fn order(&self, order: Order) {
        self.shared.change(|world| {
            world.gateway.orders.push(order);
            world.gateway.wake();
        });
    }
}
