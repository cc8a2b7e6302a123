//! `gateway.*`.

use secrecy::SecretString;
use url::Url;

use crate::config::field::Field;
use crate::config::{GatewayConfig, KeyFault};

pub(crate) fn gateway(field: &Field<'_>) -> Result<GatewayConfig, KeyFault> {
    let token = field.get("auth")?.get("token")?;
    let written = token.string()?.filter(|token| !token.trim().is_empty());
    let public = field.get("publicUrl")?;
    let is_address = |url: &Url| matches!(url.scheme(), "http" | "https") && url.has_host();
    let wrong = || public.wrong("an address, `https://bot.example.org`");
    let read = |text| Url::parse(text).ok().filter(is_address).ok_or_else(wrong);
    let public_url = public.text()?.map(read).transpose()?;
    Ok(GatewayConfig { public_url, port: port(&field.get("port")?)?, token: written.map(SecretString::from) })
}

/// A port.
pub(crate) fn port(field: &Field<'_>) -> Result<Option<u16>, KeyFault> {
    let port = field.whole(1, i64::from(u16::MAX), "a port, 1 to 65535")?;
    Ok(port.and_then(|port| u16::try_from(port).ok()))
}
