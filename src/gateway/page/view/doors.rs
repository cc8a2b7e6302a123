//! The pages of those who are not in: logging in, and bringing a credential of one's own.

use maud::{Markup, html};

use crate::gateway::page::view::document;
use crate::operator::Invitation;
use crate::profile::ProfileId;

/// The way in.
pub(crate) fn login(refused: Option<&str>) -> Markup {
    document(
        "modelpin: log in",
        false,
        &html! {
            div class="login" {
                h1 { "modelpin" }
                @if let Some(refused) = refused { p class="said refused" role="alert" { (refused) } }
                form method="post" action="/login" {
                    // For those who have their tokens kept by name.
                input name="username" autocomplete="username" value="operator" hidden;
                label for="token" { "Token of this gateway" }
                    input id="token" name="token" type="password" autocomplete="current-password" required autofocus;
                    button { "Log in" }
                }
                p class="note" { "It is in the file " code { "modelpin-page.token" } " of the state directory, unless " code { "gateway.auth.token" } " says another." }
            }
        },
    )
}

/// Where somebody brings a credential of their own.
pub(crate) fn own(token: &str, invitation: &Invitation, providers: &[String], wrong: Option<&str>) -> Markup {
    let Invitation { person, provider, until } = invitation;
    let name = person.name.as_deref().unwrap_or(&person.id);
    document(
        "modelpin: a key of your own",
        false,
        &html! {
            div class="login" {
                h1 { "A key of your own" }
                p { "For " strong { (name) } ", on " (person.channel) ". It is stored on the machine of the bot, and answers you alone." }
                @if let Some(wrong) = wrong { p class="said refused" role="alert" { (wrong) } }
                form method="post" action=(format!("/own/{token}")) autocomplete="off" {
                    @match provider {
                        Some(provider) => { p { "Provider: " code { (provider) } } },
                        None => {
                            p { label { "Provider " select name="provider" required {
                                @for provider in providers { option { (provider) } }
                            } } }
                        },
                    }
                    input name="username" autocomplete="username" value=(name) hidden;
                    label for="secret" { "API key, or what " code { "claude setup-token" } " prints" }
                    input id="secret" name="secret" type="password" autocomplete="off" required autofocus;
                    button { "Store it" }
                }
                p class="note" { "This page is good once, until " (until.strftime("%H:%M UTC")) "." }
            }
        },
    )
}

/// After it was brought.
pub(crate) fn brought(id: &ProfileId) -> Markup {
    let short = id.as_str().split_once(':').map_or(id.as_str(), |(_, short)| short);
    document(
        "modelpin: stored",
        false,
        &html! {
            div class="login" {
                h1 { "Stored" }
                p class="said" role="status" { code { (id) } " answers you alone." }
                p { "To be answered with it, write to the bot: " code { "/model @" (short) } }
                p { "To take it out again: " code { "/auth remove " (id) } }
            }
        },
    )
}

/// Where there is nothing to be brought any more.
pub(crate) fn over() -> Markup {
    document(
        "modelpin: over",
        false,
        &html! {
            div class="login" {
                h1 { "This page is over" }
                p class="said refused" role="alert" { "It was used, or it is older than 15 minutes. Nothing was stored now." }
                p { "Write " code { "/auth add" } " to the bot for a new one." }
            }
        },
    )
}
