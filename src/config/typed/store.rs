//! `store.*`.

use std::path::PathBuf;

use secrecy::SecretString;

use crate::config::field::Field;
use crate::config::{KeyFault, StoreConfig};

pub(crate) fn store(field: &Field<'_>) -> Result<StoreConfig, KeyFault> {
    let url = field.get("url")?;
    let written = url.string()?.filter(|url| !url.trim().is_empty());
    let is_known = |url: &String| ["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme));
    if written.as_ref().is_some_and(|url| !is_known(url)) {
        return Err(url.wrong("an address, `postgres://user:password@host/database`"));
    }
    let ca = field.get("ca")?.string()?.filter(|path| !path.trim().is_empty());
    Ok(StoreConfig { url: written.map(SecretString::from), ca: ca.map(PathBuf::from) })
}
