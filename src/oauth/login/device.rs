//! One login that is confirmed on another device (RFC 8628).

use std::time::Duration;

use secrecy::SecretString;

use crate::oauth::login::Grant;

/// What a person has to type where, and for how long that counts.
#[derive(Debug)]
pub(crate) struct DeviceLogin {
    /// What the endpoint knows this login by.
    pub(crate) code: SecretString,
    /// What the person types.
    pub(crate) user_code: String,
    /// Where.
    pub(crate) address: String,
    /// The address with the code in it, where there is one.
    pub(crate) whole_address: Option<String>,
    /// For so long.
    pub(crate) lasts: Duration,
    /// How often it may be asked for.
    pub(crate) pace: Pace,
}

/// How often may be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pace(Duration);

/// What asking came to.
#[derive(Debug)]
pub(crate) enum Polled {
    /// Nothing yet.
    Pending,
    /// Nothing yet, and it is asked too often.
    SlowDown,
    /// The person said no.
    Denied,
    /// It has taken too long.
    Expired,
    /// It is done.
    Granted(Grant),
}

impl Pace {
    /// What the standard has where nothing is said.
    const USUAL: Duration = Duration::from_secs(5);
    /// No endpoint is asked more often, whatever it says.
    const LEAST: Duration = Duration::from_millis(100);
    /// And none less often while a person waits.
    const MOST: Duration = Duration::from_mins(1);
    /// What is added each time that it was too often.
    const STEP: Duration = Duration::from_secs(5);

    /// The one that an endpoint asks for, in seconds.
    pub(crate) fn of(seconds: Option<f64>) -> Self {
        let said = seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        Self(said.unwrap_or(Self::USUAL).clamp(Self::LEAST, Self::MOST))
    }

    /// Until it may be asked again.
    pub(crate) fn wait(self) -> Duration {
        self.0
    }

    /// The one after it was too often.
    pub(crate) fn slower(self) -> Self {
        Self((self.0 + Self::STEP).min(Self::MOST))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Pace;

    #[test]
    fn it_is_asked_as_often_as_the_endpoint_wants_and_less_often_after_each_complaint() {
        assert_eq!(Pace::of(None).wait(), Duration::from_secs(5));
        assert_eq!(Pace::of(Some(2.0)).wait(), Duration::from_secs(2));
        assert_eq!(Pace::of(Some(2.0)).slower().slower().wait(), Duration::from_secs(12));
        for nonsense in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e300] {
            let wait = Pace::of(Some(nonsense)).wait();
            assert!((Pace::LEAST..=Pace::MOST).contains(&wait), "{nonsense}: {wait:?}");
        }
        assert_eq!((0..100).fold(Pace::of(None), |pace, _| pace.slower()).wait(), Pace::MOST);
    }
}
