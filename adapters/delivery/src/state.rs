//! How an account stands.

/// How an account stands, for whoever supervises it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// What the bot goes by there, without `@`, once the platform has said it.
    pub bot: Option<String>,
    /// The connection.
    pub link: Link,
}

/// The connection of an account to its platform.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// It was not there yet.
    Starting,
    /// What people write comes in.
    Up,
    /// The platform cannot be reached, or does not answer as it should; it is tried again. Says why.
    Down(String),
    /// Somebody else takes what is meant for the bot; it is tried again.
    OtherPoller,
    /// Another process serves it with the same state, and this one takes over when that ends. Says which. No channel says
    /// so by itself: whoever supervises it does.
    Standby(String),
    /// It cannot be served as it is configured: nothing is tried again until the account is started anew. Says why.
    Refused(String),
    /// The end was asked for.
    Ended,
}
