//! The secrets in a document, one after the other.

use serde_json::Value;

use crate::profile::Document;
use crate::profile::seal::secret_fields;

impl Document {
    /// Calls `change` for each secret, with the profile it is of and the field it is in.
    pub(crate) fn each_secret(&mut self, mut change: impl FnMut(&str, &'static str, &mut String)) {
        let unbroken: Result<(), std::convert::Infallible> = self.try_each_secret(|id, field, value| {
            change(id, field, value);
            Ok(())
        });
        let Ok(()) = unbroken;
    }

    /// The same, until one fails.
    ///
    /// # Errors
    ///
    /// That one's.
    pub(crate) fn try_each_secret<E>(
        &mut self,
        mut change: impl FnMut(&str, &'static str, &mut String) -> Result<(), E>,
    ) -> Result<(), E> {
        let profiles = self.root.get_mut("profiles").and_then(Value::as_object_mut);
        for (id, entry) in profiles.into_iter().flatten() {
            let Some(entry) = entry.as_object_mut() else { continue };
            for field in secret_fields(entry) {
                if let Some(Value::String(value)) = entry.get_mut(field) {
                    change(id, field, value)?;
                }
            }
        }
        Ok(())
    }
}
