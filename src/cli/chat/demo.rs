//! `modelpin chat --demo`: everything real but the providers and the keys.

use std::sync::Arc;
use std::time::Duration;

use modelpin_chat::Handler;

use crate::app::{App, AppOptions};
use crate::cli::failure::Failure;
use crate::config::Environment;
use crate::demo::{DemoHandler, DemoState, Faults, LoopbackProvider};

/// Between two pieces of an answer: slow enough to be seen, quick enough not to be waited for.
const PACE: Duration = Duration::from_millis(25);

/// A running demonstration. Its state directory is removed, and its provider stopped, when it is dropped.
pub(crate) struct Demo {
    pub(crate) handler: Arc<dyn Handler>,
    // Before the state: the database is closed before its directory is removed.
    _app: App,
    _state: DemoState,
}

impl Demo {
    /// Starts one whose providers fail as `faults` say.
    pub(crate) async fn start(faults: &[String], invoked_as: &str) -> Result<Self, Failure> {
        let provider = LoopbackProvider::builder().demo_profiles().pace(PACE).start().await?;
        let mut told = Faults::default();
        for fault in faults {
            told.merge(provider.checked(fault).map_err(Failure::Misuse)?);
        }
        provider.change_faults(told);
        let state = DemoState::create(&provider)?;
        let options = AppOptions {
            state_dir: Some(state.path().to_owned()),
            layout: Some("modelpin".to_owned()),
            // Nothing of this machine: a real key in the environment has no business in a demonstration.
            environment: Environment::default(),
            ..AppOptions::of_this_process(invoked_as)
        };
        let app = App::open(options)?;
        let handler = Arc::new(DemoHandler::new(app.engine(), Arc::new(provider), app.agent().clone()));
        Ok(Self { handler, _app: app, _state: state })
    }
}
