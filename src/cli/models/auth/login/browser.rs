//! Opening a browser, where there is one and the person sits before it.

use std::process::{Command, Stdio};

use crate::config::Environment;

/// What is set where the person sits at another machine: a browser that opens here is not seen.
const ELSEWHERE: [&str; 4] = ["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY", "MOSH_CONNECTION"];

/// What is set where there is a screen to open it on.
const SCREENS: [&str; 2] = ["WAYLAND_DISPLAY", "DISPLAY"];

/// The program that opens an address; `None` where a browser is not opened by itself.
pub(crate) fn opener(environment: &Environment) -> Option<&'static str> {
    if ELSEWHERE.iter().any(|name| environment.var(name).is_some()) {
        None
    } else if cfg!(target_os = "macos") {
        Some("open")
    } else if cfg!(unix) && SCREENS.iter().any(|name| environment.var(name).is_some()) {
        Some("xdg-open")
    } else {
        None
    }
}

/// Has `opener` open `address`, in which there is no secret. Whether that works is seen by the person: the address is
/// shown all the same.
pub(crate) fn open(opener: &str, address: &str) {
    let started =
        Command::new(opener).arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    if let Err(fault) = started {
        tracing::debug!(opener, %fault, "no browser was opened");
    }
}

#[cfg(test)]
mod tests {
    use super::{ELSEWHERE, opener};
    use crate::config::Environment;

    fn over(names: &[&str]) -> Option<&'static str> {
        let environment: Environment = names.iter().map(|name| ((*name).to_owned(), "x".to_owned())).collect();
        opener(&environment)
    }

    #[test]
    fn a_browser_opens_only_before_the_person() {
        let here = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
        assert_eq!(over(&[]), cfg!(target_os = "macos").then_some(here));
        assert_eq!(over(&["DISPLAY"]), Some(here));
        assert_eq!(over(&["WAYLAND_DISPLAY", "HOME"]), Some(here));
        for remote in ELSEWHERE {
            assert_eq!(over(&["DISPLAY", remote]), None, "{remote}");
        }
    }
}
