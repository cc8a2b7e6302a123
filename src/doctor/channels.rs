//! Bots that cannot be served as they are configured, or are not served just now.

use std::path::Path;

use crate::config::{Config, Environment};
use crate::doctor::{Code, Finding, Severity};
use crate::gateway::bot::{Flaw, flaws};
use crate::status::Running;

/// The bots of the configuration at `path`. No secret is fetched and nobody is asked: `gateway --check` does that.
pub(crate) fn of_channels(config: &Config, environment: &Environment, path: &Path, check: &str) -> Vec<Finding> {
    let found = flaws(config, environment);
    let finding = |Flaw { channel, account, why, grave }: Flaw| {
        let (severity, what) = if grave {
            (Severity::Error, format!("{channel}:{account} cannot be served as it is configured: {why}"))
        } else {
            (Severity::Warning, format!("{channel}:{account}: {why}"))
        };
        Finding::new(Code::ChannelUnusable, severity, what, format!("mend that, then {check}")).at(path)
    };
    found.into_iter().map(finding).collect()
}

/// The bots that a running gateway does not serve just now.
pub(crate) fn of_served(running: &[Running]) -> Vec<Finding> {
    let served = running.iter().filter_map(|program| Some((program.pid, program.served.as_ref()?)));
    let down = served.flat_map(|(pid, served)| {
        let down = served.channels.iter().filter(|channel| channel.state != "up" && channel.state != "starting");
        down.map(move |channel| (pid, channel))
    });
    down.map(|(pid, told)| {
        let why = told.why.as_deref().unwrap_or("it is ending");
        let what = format!("{}:{} is {} in process {pid}: {why}", told.channel, told.account, told.state);
        Finding::new(Code::ChannelDown, Severity::Warning, what, "what it says; the log of that process has more")
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use crate::doctor::channels::of_served;
    use crate::gateway::told::{Served, Told};
    use crate::status::Running;

    #[test]
    fn a_bot_that_is_not_up_is_told_with_the_process() {
        let told = |account: &str, state: &str, why: Option<&str>| Told {
            channel: "telegram".to_owned(),
            account: account.to_owned(),
            name: None,
            bot: None,
            state: state.to_owned(),
            why: why.map(str::to_owned),
            since: String::new(),
        };
        let channels =
            vec![told("a", "up", None), told("b", "other-poller", Some("another poller")), told("c", "starting", None)];
        let gateway = Running {
            pid: 7,
            command: Some("gateway".to_owned()),
            version: None,
            since: None,
            answered: true,
            served: Some(Served { health: None, channels }),
            differences: Vec::new(),
        };
        let found = of_served(&[gateway]);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].what, "telegram:b is other-poller in process 7: another poller");
    }
}
