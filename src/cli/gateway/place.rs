//! Where the state of the gateway can be asked for over HTTP.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

use crate::app::App;
use crate::gateway::health::{PORT, Place};

/// What was asked for on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HealthAt {
    Off,
    At(SocketAddr),
}

impl FromStr for HealthAt {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "off" {
            return Ok(Self::Off);
        }
        let here = |port| SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port);
        let at = text.parse().map(here).or_else(|_| text.replace("localhost", "127.0.0.1").parse());
        at.map(Self::At).map_err(|_| "write a port, an address with a port such as 127.0.0.1:18789, or `off`")
    }
}

/// Where it is to be: as asked for, else at the port that the environment or the configuration names, as in the family.
pub(crate) fn of(asked: Option<HealthAt>, app: &App) -> Place {
    match asked {
        Some(HealthAt::Off) => Place::Nowhere,
        Some(HealthAt::At(address)) => Place::At(address),
        None => Place::Preferred(app.gateway_port().unwrap_or(PORT)),
    }
}

#[cfg(test)]
mod tests {
    use super::HealthAt;

    #[test]
    fn a_port_alone_is_one_of_this_machine() {
        let at = |text: &str| {
            text.parse::<HealthAt>().map(|at| match at {
                HealthAt::Off => "off".to_owned(),
                HealthAt::At(address) => address.to_string(),
            })
        };
        assert_eq!(at("off").as_deref(), Ok("off"));
        assert_eq!(at("9000").as_deref(), Ok("127.0.0.1:9000"));
        assert_eq!(at("localhost:0").as_deref(), Ok("127.0.0.1:0"));
        assert_eq!(at("0.0.0.0:9000").as_deref(), Ok("0.0.0.0:9000"));
        assert_eq!(at("[::1]:9000").as_deref(), Ok("[::1]:9000"));
        for wrong in ["", "70000", "here", "127.0.0.1"] {
            assert!(at(wrong).is_err(), "{wrong}");
        }
    }
}
