//! How an account stands.

/// How an account stands, for whoever supervises it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The bot's user name, without `@`, once Telegram has said it.
    pub bot: Option<String>,
    /// The connection.
    pub link: Link,
}

/// The connection of an account to Telegram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// It was not there yet.
    Starting,
    /// Updates come.
    Up,
    /// Telegram cannot be reached, or does not answer as it should; it is tried again. Says why.
    Down(String),
    /// Somebody else asks for the same bot's updates; it is tried again.
    OtherPoller,
    /// Telegram does not know the token: nothing is tried again until the account is started anew.
    Refused(String),
    /// The end was asked for.
    Ended,
}
