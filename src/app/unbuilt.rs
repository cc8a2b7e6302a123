//! What stands in for a channel that was not built in.

use crate::app::parts::Parts;
use crate::app::roster::Served;
#[cfg(not(feature = "discord"))]
use crate::gateway::bot::discord::Discord;
#[cfg(not(feature = "telegram"))]
use crate::gateway::bot::telegram::Telegram;
use crate::gateway::bot::{Bot, Platform};
use crate::gateway::channel::{Question, Ready};
use crate::settings::Loaded;

#[cfg(not(feature = "discord"))]
impl Served for Discord {
    fn ready(_: &Parts, _: &Loaded, _: &str, _: Bot<Self>) -> Result<Ready, String> {
        Err(why::<Self>())
    }

    fn question(_: &str, _: Bot<Self>) -> Result<Question, String> {
        Err(why::<Self>())
    }
}

#[cfg(not(feature = "telegram"))]
impl Served for Telegram {
    fn ready(_: &Parts, _: &Loaded, _: &str, _: Bot<Self>) -> Result<Ready, String> {
        Err(why::<Self>())
    }

    fn question(_: &str, _: Bot<Self>) -> Result<Question, String> {
        Err(why::<Self>())
    }
}

fn why<P: Platform>() -> String {
    format!("this program was built without {}: build it with the feature `{}`", P::TITLE, P::NAME)
}
