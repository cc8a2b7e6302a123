//! Serving, from the first account to the last.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::sync::{mpsc, watch};
use tokio::time::{MissedTickBehavior, interval};

use crate::app::App;
use crate::cli::Exit;
use crate::cli::failure::Failure;
use crate::cli::gateway::signals::{Signal, Signals};
use crate::cli::gateway::{alerts, service_manager};
use crate::cli::output::Output;
use crate::cli::running;
use crate::gateway::board::{Board, Shown};
use crate::gateway::channel::{AccountId, Roster, Wanted};
use crate::gateway::health::{Health, Place};
use crate::gateway::lock::{GatewayLock, Unlocked};
use crate::gateway::metrics::Metrics;
use crate::gateway::page::{Page, PageToken};
use crate::gateway::supervisor::Supervisor;

/// How often the configuration is looked at; a look that finds nothing new costs as much as asking for a few files.
const LOOK: Duration = Duration::from_secs(2);

/// How long everything has to come to its end, and what hangs after that. Together less than ten seconds.
const PATIENCE: Duration = Duration::from_secs(9);
pub(super) const LAST_MOMENT: Duration = Duration::from_millis(500);

/// Serves `wanted` and what is configured after it, until a signal ends it.
pub(super) async fn run(
    app: &App,
    roster: Arc<dyn Roster>,
    wanted: Wanted,
    place: Place,
    command: impl Fn(&str) -> String + Send + Sync + 'static,
    output: &mut Output,
) -> Result<Exit, Failure> {
    let state_dir = &app.places().state_dir;
    let _lock = match GatewayLock::take(state_dir) {
        Ok(lock) => Some(lock),
        Err(Unlocked::Held(pid)) => return Err(held(pid, app)),
        Err(Unlocked::Broken(fault)) => {
            let dir = state_dir.display();
            output.talk(&format!("whether another gateway serves {dir} cannot be told: {fault}"));
            None
        }
    };
    let mut signals = Signals::of_process()?;
    let (clock, since) = (app.clock(), app.clock().now());
    let board = Board::new(clock);
    let more = pages(app, &board);
    let (more, page) = match page_token(app) {
        Ok(token) => {
            let page = Page::new(app.looker(), board.clone(), app.clock(), &token);
            let path = token.path().map(|path| path.display().to_string());
            (more.merge(page.routes()), Some(path.unwrap_or_else(|| "gateway.auth.token".to_owned())))
        }
        Err(fault) => {
            output.talk(&format!("there is no page for operators: its token cannot be kept: {fault}"));
            (more, None)
        }
    };
    let health = Health::start(place, board.clone(), app.looker(), since, more);
    let health = health.await.map_err(|fault| no_health(place, &fault))?;
    let address = health.as_ref().map(Health::address);
    if let (Some(address), Some(_)) = (address, &page) {
        let settings = app.engine().sources().settings.current();
        let public =
            settings.config.gateway.public_url.as_ref().map(|url| url.as_str().trim_end_matches('/').to_owned());
        app.engine().has_page_at(public.unwrap_or_else(|| format!("http://{address}")));
    }
    let _answering = running::serve(app.looker(), "gateway", since, Some((board.clone(), address)));
    let mut supervisor = Supervisor::new(board.clone(), app.leases());
    supervisor.follow(&wanted);
    let names: Vec<String> = wanted.entries.iter().map(|entry| entry.id.to_string()).collect();
    let state = address.map(|address| format!(" Its state: http://{address}/healthz.")).unwrap_or_default();
    let page =
        address.zip(page).map(|(address, token)| format!(" Its page: http://{address}/, with the token in {token}."));
    let page = page.unwrap_or_default();
    output.talk(&format!("Serving {}.{state}{page} Ctrl-C ends.", names.join(", ")));
    let alerts = alerts::start(app, roster.clone(), board.clone(), command);
    let (look, looks) = watch::channel(());
    let mut news = follow(roster, looks);
    let mut changes = board.changes();
    let mut pulse = interval(service_manager::pulse().unwrap_or(LOOK));
    pulse.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut end_wanted = app.engine().end_wanted();
    service_manager::ready();
    tell(&board.now());
    loop {
        tokio::select! {
            signal = signals.next() => match signal {
                Signal::End => break,
                Signal::Look => look.send_replace(()),
            },
            Ok(_) = end_wanted.wait_for(|wanted| *wanted) => break,
            Some(wanted) = news.recv() => supervisor.follow(&wanted),
            Ok(()) = changes.changed() => tell(&changes.borrow_and_update()),
            _ = pulse.tick() => {
                service_manager::alive();
                // A change of who may do what is told when it is made, not with the next message.
                app.engine().note_policy();
            }
        }
    }
    drop(news);
    alerts.abort();
    service_manager::stopping();
    output.talk("Ending: what is under way is brought to its end. The same again ends at once.");
    let late = tokio::select! {
        late = supervisor.stop(PATIENCE) => late,
        () = again(&mut signals) => Vec::new(),
    };
    if !late.is_empty() {
        let late: Vec<String> = late.iter().map(AccountId::to_string).collect();
        output.talk(&format!(
            "{} did not come to an end: what was under way is taken up at the next start.",
            late.join(", ")
        ));
    }
    Ok(Exit::Ok)
}

/// What lets operators into the page.
fn page_token(app: &App) -> io::Result<PageToken> {
    match &app.engine().sources().settings.current().config.gateway.token {
        Some(token) => Ok(PageToken::configured(token)),
        None => PageToken::in_file(&app.places().state_dir),
    }
}

/// What is served beside the state of the gateway.
fn pages(app: &App, board: &Board) -> Router {
    match Metrics::start(app.looker(), board.clone(), app.clock()) {
        Ok(metrics) => metrics.routes(),
        Err(fault) => {
            tracing::error!(%fault, "nothing is measured");
            Router::new()
        }
    }
}

/// Looks at the configuration every now and then, and when told to; what is wanted now comes out at the other end.
fn follow(roster: Arc<dyn Roster>, mut looks: watch::Receiver<()>) -> mpsc::Receiver<Wanted> {
    let (sender, news) = mpsc::channel(1);
    tokio::spawn(async move {
        loop {
            tokio::select! {
                () = tokio::time::sleep(LOOK) => {}
                told = looks.changed() => if told.is_err() { return },
            }
            if sender.send(roster.current().await).await.is_err() {
                return;
            }
        }
    });
    news
}

/// Waits for another wish to end.
async fn again(signals: &mut Signals) {
    while signals.next().await != Signal::End {}
}

fn tell(shown: &Shown) {
    service_manager::status(&shown.summary());
}

fn held(pid: Option<u32>, app: &App) -> Failure {
    let dir = app.places().state_dir.display();
    let (who, how) = pid.map_or_else(
        || ("another gateway".to_owned(), "stop it".to_owned()),
        |pid| (format!("a gateway (process {pid})"), format!("`kill {pid}` stops it")),
    );
    Failure::Unexpected(format!(
        "{who} serves {dir} already, and a second one would answer everything twice: {how}; a changed configuration counts \
         without a restart"
    ))
}

fn no_health(place: Place, fault: &io::Error) -> Failure {
    let at = match place {
        Place::At(address) => address.to_string(),
        Place::Preferred(_) | Place::Nowhere => "this machine".to_owned(),
    };
    Failure::Unexpected(format!("/healthz cannot be at {at}: {fault}. Name another address with --health, or `off`"))
}
