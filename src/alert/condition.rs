//! What needs an operator, read off the same report that `models status` prints.

use jiff::{SignedDuration, Timestamp};
use modelpin_delivery::Link;
use serde::{Deserialize, Serialize};

use crate::gateway::board::Shown;
use crate::health::FailureClass;
use crate::status::Report;

/// What passes by itself within so long is nothing that anybody has to be told of.
const PASSING: SignedDuration = SignedDuration::from_secs(60);

/// Something that needs an operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Condition {
    /// What it is about: `profile anthropic:work`, `provider openai`, `channel telegram:default`, `auth store`, `audit`.
    pub(crate) subject: String,
    /// How it stands.
    pub(crate) state: State,
    /// What happened, in words.
    pub(crate) text: String,
    /// The command that mends it.
    pub(crate) fix: String,
}

/// How something stands that needs an operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum State {
    /// It ends within the warn window.
    Expiring,
    /// It has ended.
    Expired,
    /// Its refresh token is no longer taken.
    NeedsLogin,
    /// Its account cannot pay.
    BillingDisabled,
    /// No credential of a provider in use can answer now.
    AllBenched,
    /// A store or the configuration cannot be read.
    Unreadable,
    /// A bot does not answer.
    ChannelDown,
    /// What is changed cannot be written down.
    AuditFailing,
}

impl State {
    /// The word for it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Expiring => "expiring",
            Self::Expired => "expired",
            Self::NeedsLogin => "needs-login",
            Self::BillingDisabled => "billing-disabled",
            Self::AllBenched => "all-benched",
            Self::Unreadable => "unreadable",
            Self::ChannelDown => "channel-down",
            Self::AuditFailing => "audit-failing",
        }
    }

    /// Whether people are not answered because of it, or soon will not be.
    pub(crate) fn is_urgent(self) -> bool {
        !matches!(self, Self::Expiring)
    }
}

/// What needs an operator, each subject once.
pub(crate) fn conditions(
    report: &Report,
    unreadable: &[String],
    board: &Shown,
    audit: Option<&str>,
    (now, command): (Timestamp, &dyn Fn(&str) -> String),
) -> Vec<Condition> {
    let mut all: Vec<Condition> = Vec::new();
    all.extend(report.auth.oauth.profiles.iter().filter(|profile| profile.in_use).filter_map(|profile| {
        let (id, provider) = (&profile.profile_id, &profile.provider);
        let renew = match profile.kind {
            "oauth" => command(&format!("models auth login --provider {provider}")),
            "token" if provider == "anthropic" => command(&format!("models auth setup-token --profile-id {id}")),
            "token" => command(&format!("models auth paste-token --provider {provider} --profile-id {id}")),
            _ => command(&format!("models auth add --provider {provider} --profile-id {id}")),
        };
        let class = |class: FailureClass| profile.health.iter().any(|bench| bench.class == class.as_str());
        let at = profile.expiry.at.as_deref().unwrap_or("-");
        let (state, text, fix) = match profile.expiry.state {
            _ if class(FailureClass::NeedsLogin) => {
                (State::NeedsLogin, format!("{id} needs a new login: its refresh token is no longer taken"), renew)
            }
            _ if class(FailureClass::Billing) => (
                State::BillingDisabled,
                format!("{id} is disabled: its account cannot pay"),
                command(&format!("models auth clear-cooldown {id}")),
            ),
            // What can be renewed is, when it is used.
            "expired" if !profile.refreshable => (State::Expired, format!("{id} has expired, at {at}"), renew),
            "expiring" if !profile.refreshable => (State::Expiring, format!("{id} expires at {at}"), renew),
            _ => return None,
        };
        Some(Condition { subject: format!("profile {id}"), state, text, fix })
    }));
    all.extend(report.auth.providers.iter().filter(|provider| provider.in_use).filter_map(|provider| {
        let name = &provider.provider;
        let own: Vec<_> = report
            .auth
            .oauth
            .profiles
            .iter()
            .filter(|profile| profile.provider == *name && !profile.health.is_empty())
            .collect();
        let all_of = report.auth.oauth.profiles.iter().filter(|profile| profile.provider == *name);
        let is_out =
            !own.is_empty() && provider.effective.kind == "profiles" && all_of.clone().all(|profile| !profile.usable);
        let ends = own
            .iter()
            .flat_map(|profile| &profile.health)
            .filter_map(|bench| bench.until.as_deref()?.parse::<Timestamp>().ok());
        // What is over in a minute need not be told.
        let is_lasting = ends.max().is_none_or(|end| end.duration_since(now) > PASSING);
        (is_out && is_lasting).then(|| Condition {
            subject: format!("provider {name}"),
            state: State::AllBenched,
            text: format!("every credential of {name} is benched, so nobody is answered with it"),
            fix: command("models status"),
        })
    }));
    if !unreadable.is_empty() {
        all.push(Condition {
            subject: "stores".to_owned(),
            state: State::Unreadable,
            text: unreadable.join("; "),
            fix: command("doctor"),
        });
    }
    all.extend(board.lines.iter().filter_map(|line| {
        let why = match &line.standing.link {
            Link::Down(why) | Link::Refused(why) => why.as_str(),
            Link::OtherPoller => "another program asks for its messages",
            Link::Starting | Link::Up | Link::Standby(_) | Link::Ended => return None,
        };
        let passes = matches!(line.standing.link, Link::Down(_) | Link::OtherPoller);
        if passes && now.duration_since(line.since) < PASSING {
            return None;
        }
        Some(Condition {
            subject: format!("channel {}", line.id),
            state: State::ChannelDown,
            text: format!("{} does not answer: {why}", line.id),
            fix: command("gateway --check"),
        })
    }));
    if let Some(why) = audit {
        all.push(Condition {
            subject: "audit".to_owned(),
            state: State::AuditFailing,
            text: format!("what is changed cannot be written down: {why}"),
            fix: command("audit --verify"),
        });
    }
    all
}
