//! Arranging what goes wrong, and looking at what came.

use std::net::SocketAddr;

use serde_json::Value;

use crate::support::leaks::Leaks;
use crate::support::telegram::TelegramFake;
use crate::support::telegram::calls::Call;
use crate::support::telegram::faults::{Fault, Storm};
use crate::support::telegram::flood::Limits;
use crate::support::telegram::token::BotName;

impl TelegramFake {
    /// The next `times` requests of that method meet it; `*` is every method.
    pub(crate) fn fails(&self, method: &str, fault: Fault, times: usize) {
        self.shared.change(|world| world.faults.plan(method, fault, times));
    }

    /// Faults by chance, the same each time for the same seed.
    pub(crate) fn storm(&self, storm: Storm) {
        self.shared.change(|world| world.faults.storm(Some(storm)));
    }

    /// Nothing goes wrong any more, and no chat is closed for a while any more.
    pub(crate) fn calm(&self) {
        self.shared.change(|world| {
            world.faults.calm();
            world.flood.open_all();
        });
    }

    /// What went wrong so far, with the method.
    pub(crate) fn faults_met(&self) -> Vec<(String, Fault)> {
        self.shared.read(|world| world.faults.met.clone())
    }

    /// Cuts everybody off and refuses connections, until [`TelegramFake::online`].
    pub(crate) fn offline(&self) {
        self.shared.set_online(false);
    }

    pub(crate) fn online(&self) {
        self.shared.set_online(true);
    }

    /// Somebody else polls for that bot: the request that waits and the next `times` end with a conflict.
    pub(crate) fn another_poller(&self, bot: &BotName, times: usize) {
        self.shared.change(|world| {
            world.faults.other_pollers.insert(bot.id, times);
            world.bots.get_mut(&bot.id).unwrap().queue.poll += 1;
        });
    }

    /// Puts something into the queue of a bot that Telegram would not; returns its number.
    pub(crate) fn injects(&self, bot: &BotName, update: Value) -> i64 {
        self.shared.change(|world| world.bots.get_mut(&bot.id).unwrap().queue.push_odd(update))
    }

    /// Other limits, or none.
    pub(crate) fn limits(&self, limits: Option<Limits>) {
        self.shared.change(|world| world.flood.limits = limits);
    }

    /// How often a bot wrote to a chat while it was told to wait.
    pub(crate) fn impatience(&self) -> usize {
        self.shared.read(|world| world.flood.impatience)
    }

    /// How often a bot was told to wait because it wrote too fast, and not because that was arranged.
    pub(crate) fn overruns(&self) -> usize {
        self.shared.read(|world| world.flood.overruns)
    }

    /// What Telegram brings to a bot's webhook goes there, as the proxy would pass it on.
    pub(crate) fn proxy(&self, bot: &BotName, to: SocketAddr) {
        self.shared.change(|world| world.bots.get_mut(&bot.id).unwrap().proxy = Some(to));
    }

    /// How many updates wait for a bot.
    pub(crate) fn waiting(&self, bot: &BotName) -> usize {
        self.shared.read(|world| world.bots[&bot.id].queue.len())
    }

    /// The last update that a bot has confirmed.
    pub(crate) fn confirmed(&self, bot: &BotName) -> i64 {
        self.shared.read(|world| world.bots[&bot.id].queue.confirmed)
    }

    /// The kinds of updates that a bot asked for last.
    pub(crate) fn asked_for(&self, bot: &BotName) -> Option<Vec<String>> {
        self.shared.read(|world| world.bots[&bot.id].queue.asked.clone())
    }

    /// The commands in a bot's menu: `default`, `all_group_chats`, `chat:42`, and so on.
    pub(crate) fn menu(&self, bot: &BotName, scope: &str) -> Option<Vec<String>> {
        self.shared.read(|world| world.bots[&bot.id].menus.names(scope))
    }

    /// All that was asked.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.shared.read(|world| world.calls.clone())
    }

    /// All that was asked of that method.
    pub(crate) fn calls_of(&self, method: &str) -> Vec<Call> {
        self.shared.read(|world| world.calls.iter().filter(|call| call.method == method).cloned().collect())
    }

    /// The first secret in anything that was asked, and in which request. A token in the path is where it belongs.
    pub(crate) fn leaks<S: AsRef<str>>(&self, secrets: &[S]) -> Option<String> {
        let leaks = Leaks::of(secrets);
        self.shared.read(|world| {
            world.calls.iter().find_map(|call| {
                leaks.first_in(&call.raw).map(|found| format!("{} at {:?} holds {found}", call.method, call.at))
            })
        })
    }
}
