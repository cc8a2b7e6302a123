//! What a person or a script is told: what was found, what was written, and what to type next.

use serde::Serialize;

use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::models::auth::Case;
use crate::cli::onboard::found::Found;
use crate::cli::onboard::greeting::Answer;
use crate::cli::onboard::plan::{Plan, Service, Variable};
use crate::cli::onboard::preview::shortened;
use crate::cli::onboard::printed;
use crate::cli::onboard::setting::Setting;
use crate::cli::onboard::write::Written;
use crate::cli::open::again;
use crate::gateway::bot::is_any_configured;
use crate::profile::Fingerprint;
use crate::settings::Loaded;

/// What was done.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    state_dir: String,
    config: String,
    credentials: Vec<Credential>,
    variables: Vec<Token>,
    /// What the configuration says now, a line each.
    settings: Vec<String>,
    /// The files that were written; none where everything was as it should be.
    written: Vec<String>,
    /// The copies that were kept of what they held.
    copies: Vec<String>,
    service: Option<Unit>,
    /// What came back when hello was said.
    pub(crate) first_message: Option<Answer>,
    notes: Vec<String>,
    /// The line to type next.
    next: String,
}

#[derive(Serialize)]
struct Credential {
    id: String,
    provider: String,
    #[serde(rename = "type")]
    kind: &'static str,
    fingerprint: Option<String>,
}

#[derive(Serialize)]
struct Token {
    name: &'static str,
    fingerprint: String,
}

#[derive(Serialize)]
struct Unit {
    name: String,
    /// Whether systemd starts it with the next login; `None` where it was only printed.
    enabled: Option<bool>,
    text: String,
}

/// Says where everything is, and what is there.
pub(crate) fn introduce(found: &Found, case: &mut Case<'_>) {
    let places = case.installation.places();
    let short = |path| shortened(path, places.home());
    let mut lines = vec![
        format!("Layout: {}", places.layout),
        format!("State:  {}", short(&places.state_dir)),
        format!("Config: {}", short(&places.config_path)),
    ];
    let there = found.lines(case);
    if there.is_empty() {
        lines.push("Nothing is set up here yet.".to_owned());
    } else {
        lines.push("There already:".to_owned());
        lines.extend(there.iter().map(|line| format!("  {}", modelpin_terminal::visible(line))));
    }
    lines.push("Nothing is written before you have seen all of it. Ctrl-C ends without a trace.".to_owned());
    case.output.talk(&(lines.join("\n") + "\n"));
}

/// Whether there is a bot that a gateway would serve.
fn has_bot(settings: &Loaded) -> bool {
    is_any_configured(&settings.config, &settings.environment)
}

impl Report {
    /// The report of what was `written` for `plan`.
    pub(crate) fn of(plan: &Plan, written: Written, case: &Case<'_>) -> Self {
        let Written { files, settings, enabled, mut notes } = written;
        let places = case.installation.places();
        if let (Some(Service::Installed(unit)), Some(true)) = (&plan.service, enabled) {
            notes.push(format!("To start the service now: systemctl --user start {}", unit.file_name()));
        }
        let settings_now = case.installation.settings();
        let agent = case.installation.agent();
        let own = settings_now.config.agents.list.iter().find(|entry| entry.id == *agent);
        if plan.settings.iter().any(|setting| matches!(setting, Setting::Model(_)))
            && let Some(model) = own.and_then(|entry| entry.primary.as_ref())
        {
            notes.push(format!("{agent} has a model of its own in `agents.list`, {model}, and goes on using it"));
        }
        let credentials = plan.credentials.iter().map(|new| Credential {
            id: new.id.to_string(),
            provider: new.profile.provider.to_string(),
            kind: new.kind(),
            fingerprint: new.fingerprint().map(|fingerprint| fingerprint.to_string()),
        });
        let token = |Variable { channel, secret }: &Variable| Token {
            name: channel.variable(),
            fingerprint: Fingerprint::of(secret).to_string(),
        };
        let service = plan.service.as_ref().map(|service| {
            let (Service::Installed(unit) | Service::Printed(unit)) = service;
            Unit { name: unit.file_name(), enabled, text: unit.text.clone() }
        });
        Self {
            state_dir: places.state_dir.display().to_string(),
            config: places.config_path.display().to_string(),
            credentials: credentials.collect(),
            variables: plan.variables.iter().map(token).collect(),
            settings,
            written: files.iter().map(|(file, _)| file.display().to_string()).collect(),
            copies: files.iter().filter_map(|(_, copy)| copy.as_ref()).map(|copy| copy.display().to_string()).collect(),
            service,
            first_message: None,
            notes,
            next: again(case.global, case.invoked_as, if has_bot(&settings_now) { "gateway" } else { "chat" }),
        }
    }

    /// Says what was written, as it is known before the model was asked anything.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub(crate) fn tell(&self, plan: &Plan, case: &mut Case<'_>) -> Result<(), Failure> {
        if case.global.json {
            return Ok(());
        }
        if let Some(unit) = printed(plan) {
            case.output.data(&unit.text)?;
        }
        let mut lines: Vec<String> = self.written.iter().map(|file| format!("written: {file}")).collect();
        if lines.is_empty() && printed(plan).is_none() {
            lines.push("nothing had to be written".to_owned());
        }
        lines.extend(self.copies.iter().map(|copy| format!("as it was before: {copy}")));
        lines.extend(self.settings.iter().map(|setting| format!("set: {setting}")));
        if let (Some(service), Some(true)) = (&self.service, self.service.as_ref().and_then(|service| service.enabled))
        {
            lines.push(format!("switched on: {}", service.name));
        }
        if printed(plan).is_some() {
            // Standard output is the unit, and nothing else.
            case.output.talk(&modelpin_terminal::visible(&lines.join("\n")));
        } else {
            case.output.data(&(modelpin_terminal::visible(&lines.join("\n")) + "\n"))?;
        }
        for note in &self.notes {
            // A line to type stays as it is.
            let end = if note.contains('\n') || note.ends_with('.') { "" } else { "." };
            case.output.talk(&modelpin_terminal::visible(&format!("Note: {note}{end}")));
        }
        Ok(())
    }

    /// Says what the model answered, and what to type next. Where an answer was `asked_for` by a script, none is a failure.
    ///
    /// # Errors
    /// Standard output cannot be written.
    pub(crate) fn end(&self, asked_for: bool, case: &mut Case<'_>) -> Result<Exit, Failure> {
        if case.global.json {
            case.output.json(self)?;
        } else {
            if let Some(Answer { text, .. }) = &self.first_message {
                case.output.talk(&format!("\n{}", modelpin_terminal::visible(text)));
            }
            case.output.talk(&format!("\nNext: {}", self.next));
        }
        let is_missing = self.first_message.as_ref().is_some_and(|answer| !answer.answered);
        Ok(if asked_for && is_missing { Exit::Unexpected } else { Exit::Ok })
    }
}
