//! One examination: everything that is there is gathered, and looked at by all checks.

use std::path::PathBuf;
use std::time::Duration;

use jiff::SignedDuration;

use crate::agent::AgentId;
use crate::app::{AppFault, AppOptions, Installation};
use crate::cli::arguments::Global;
use crate::cli::failure::Failure;
use crate::cli::models::status::probe::{self, ProbeOptions, Target};
use crate::cli::open::{again, options};
use crate::cli::output::Output;
use crate::cli::running;
use crate::config::{self, Draft};
use crate::doctor::{
    Agent, Code, Finding, Findings, Severity, Stores, gather, of_access, of_channels, of_config_order, of_copies,
    of_credentials, of_declared, of_files, of_hidden, of_locks, of_mounted, of_newer, of_orders, of_pins, of_policy,
    of_probes, of_running, of_served, of_stores, of_written,
};
use crate::looker::Asked;
use crate::mounts::Mounts;
use crate::profile::ExternalPaths;
use crate::status::{self, Report};

/// From how long before its end a credential counts as expiring, as `models status` has it.
const WARN: SignedDuration = SignedDuration::from_hours(24);

/// How long running programs have for an answer.
const PATIENCE: Duration = Duration::from_millis(200);

/// What is examined.
pub(crate) struct Case<'a> {
    pub(crate) global: &'a Global,
    pub(crate) invoked_as: &'a str,
}

/// How far an examination goes.
#[derive(Clone, Copy)]
pub(crate) enum Depth<'a> {
    /// The files.
    Files,
    /// And the programs that run on them.
    Running,
    /// And the providers.
    Probe(&'a ProbeOptions),
}

/// What was found.
pub(crate) struct Examined {
    pub(crate) findings: Vec<Finding>,
    /// The places that were looked at.
    pub(crate) looked: Vec<String>,
    /// What else is to be told.
    pub(crate) remarks: Vec<String>,
}

impl Case<'_> {
    /// The installation as far as it can be read; why its configuration cannot be, where that is so.
    pub(crate) fn installation(&self) -> Result<(Installation, Option<String>), Failure> {
        match Installation::open_with(self.options(None), true) {
            Ok(installation) => Ok((installation, None)),
            Err(AppFault::Config(fault)) => {
                Ok((Installation::open_unconfigured(self.options(None))?, Some(fault.to_string())))
            }
            Err(fault) => Err(fault.into()),
        }
    }

    fn options(&self, agent: Option<&AgentId>) -> AppOptions {
        let options = options(self.global, self.invoked_as);
        AppOptions { agent: agent.map(ToString::to_string).or(options.agent.clone()), ..options }
    }

    /// The line to type for a command about `agent`, on the same installation.
    fn line(&self, agent: &AgentId, usual: &AgentId, rest: &str) -> String {
        let named = self.global.agent.is_some() || agent != usual;
        let global = Global { agent: named.then(|| agent.to_string()), ..self.global.clone() };
        again(&global, self.invoked_as, rest)
    }

    /// Looks at everything; without `--probe`, nothing but files is asked, and the programs that run on them.
    pub(crate) fn examine(&self, depth: Depth<'_>, output: &mut Output) -> Result<Examined, Failure> {
        let (installation, unconfigured) = self.installation()?;
        let (settings, places) = (installation.settings(), installation.places());
        let agents = Agent::all(places, &settings.config);
        let stores = Stores::read(&agents, places, installation.auth_store());
        let paths: Vec<PathBuf> = agents.iter().map(Agent::store).collect();
        let read = config::load(&places.config_path, &settings.environment);
        let files = read.map_or_else(|_| vec![places.config_path.clone()], |loaded| loaded.files);
        let external = ExternalPaths::of(&settings.environment);
        let sinks = gather(places, &settings.config, &files, &agents, &external);
        let command = |agent: &AgentId, rest: &str| self.line(agent, installation.agent(), rest);
        let mut findings = Findings::default();
        findings.add(of_files(&sinks, &places.state_dir, rustix::process::geteuid().as_raw()));
        findings.add(of_locks(&paths, installation.now()));
        findings.add(of_mounted(&paths, &Mounts::of_this_machine()));
        findings.add(of_stores(&stores, &command));
        findings.add(of_copies(&stores, &command));
        findings.add(of_newer(&stores, places, &command));
        if let Some(why) = &unconfigured {
            let fix = "mend it; what it says could not be checked until then";
            let finding = Finding::new(Code::ConfigUnreadable, Severity::Error, why.clone(), fix);
            findings.add([finding.at(&places.config_path)]);
        } else {
            // What it says can be read, and so can be what is written.
            findings
                .add(Draft::read(&places.config_path).ok().and_then(|draft| of_written(&draft, &places.config_path)));
            let usual = installation.agent();
            for agent in agents.iter().filter(|agent| self.global.agent.is_none() || agent.id == *usual) {
                self.examine_agent(&agent.id, usual, &stores, depth, &mut findings, output)?;
            }
        }
        let mut looked: Vec<String> = sinks.iter().map(|place| place.path.display().to_string()).collect();
        looked.sort_unstable();
        Ok(Examined { findings: findings.sorted(), looked, remarks: installation.warnings.clone() })
    }

    /// How it stands for one agent.
    fn examine_agent(
        &self,
        agent: &AgentId,
        usual: &AgentId,
        stores: &Stores,
        depth: Depth<'_>,
        findings: &mut Findings,
        output: &mut Output,
    ) -> Result<(), Failure> {
        let installation = Installation::open_with(self.options(Some(agent)), true)?;
        let command = |rest: &str| self.line(agent, usual, rest);
        let asked = Asked { agent_named: false, warn: WARN, command: &command };
        let (report, targets): (Report, Result<Vec<Target>, String>) = installation.look(asked, |survey, facts| {
            let report = status::report(survey, facts);
            let config = &facts.moment.settings.config;
            let path = &facts.places.config_path;
            let (found, in_use) = of_credentials(survey, &report, facts);
            findings.add(found);
            findings.add(of_declared(facts, stores, &in_use));
            findings.add(of_orders(stores, &in_use, &|agent, rest| self.line(agent, usual, rest)));
            findings.add(of_config_order(config, path, stores, &in_use));
            findings.add(of_hidden(survey, facts));
            findings.add(of_pins(facts));
            findings.add(of_access(config, &facts.moment.settings.catalog, path));
            findings.add(of_policy(config, path));
            let environment = &facts.moment.settings.environment;
            findings.add(of_channels(config, environment, path, &self.line(usual, usual, "gateway --check")));
            let told =
                |why: &&String| stores.0.iter().flat_map(|own| &own.faults).any(|fault| fault.to_string() == **why);
            findings.add(facts.unreadable.iter().filter(|why| !told(why)).map(|why| {
                let fix = "put a good copy in its place, or move it away: the pins in it are lost then";
                let finding = Finding::new(Code::StateUnreadable, Severity::Error, why.clone(), fix);
                finding.at(&facts.places.database())
            }));
            let targets = match depth {
                Depth::Files | Depth::Running => Ok(Vec::new()),
                Depth::Probe(options) => probe::targets(survey, facts, options),
            };
            (report, targets)
        });
        if agent != usual {
            return Ok(());
        }
        match depth {
            Depth::Files => return Ok(()),
            Depth::Running => {}
            Depth::Probe(options) => {
                let targets = targets.map_err(Failure::Misuse)?;
                let probes = probe::run(targets, options, self.global, self.invoked_as, output)?;
                findings.add(of_probes(&probes, &command));
            }
        }
        let own = serde_json::to_value(&report).map_err(|fault| Failure::Unexpected(fault.to_string()))?;
        let running = running::ask(&installation.places().state_dir, &own, PATIENCE);
        findings.add(of_running(&running));
        findings.add(of_served(&running));
        Ok(())
    }
}
