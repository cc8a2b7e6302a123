//! The chat line `/demo …`.

use crate::demo::faults::Faults;
use crate::demo::loopback::LoopbackProvider;
use crate::profile::ProfileId;

const USAGE: &str = "Type `/demo fail <profile>[/<model>]=<status>[:<seconds>]` (or `=hang`, `=cut`, `=client-only`, `=ok`), \
                     `/demo ok` to end all failures, `/demo` to see what is set.";

impl LoopbackProvider {
    /// Obeys a chat line that begins with `/demo` and says what came of it; `None` for any other line.
    pub fn command(&self, line: &str) -> Option<String> {
        let mut words = line.trim().splitn(2, char::is_whitespace);
        if !words.next()?.eq_ignore_ascii_case("/demo") {
            return None;
        }
        let rest = words.next().unwrap_or_default().trim();
        let (verb, arguments) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        Some(match (verb, arguments.trim()) {
            ("", "") => self.described(),
            ("ok", "") => {
                if let Ok(all) = Faults::parse("*=ok") {
                    self.change_faults(all);
                }
                "Every credential works again. A cooldown that has begun ends by itself.".to_owned()
            }
            ("fail", "") => USAGE.to_owned(),
            ("fail", arguments) => match self.checked(arguments) {
                Ok(faults) => {
                    self.change_faults(faults);
                    self.described()
                }
                Err(words) => words,
            },
            _ => USAGE.to_owned(),
        })
    }

    /// The faults that `text` asks for, all of profiles that exist.
    ///
    /// # Errors
    /// What to say instead: what is wrong, and what can be typed.
    pub fn checked(&self, text: &str) -> Result<Faults, String> {
        let faults = Faults::parse(text).map_err(|fault| fault.to_string())?;
        let known = self.profiles();
        let exists = |name: &str| name == "*" || known.iter().any(|id| id.as_str() == name);
        let stranger = faults.iter().find(|fault| !exists(&fault.profile)).map(|fault| fault.profile.clone());
        match stranger {
            None => Ok(faults),
            Some(stranger) => {
                let names: Vec<&str> = known.iter().map(ProfileId::as_str).collect();
                Err(format!("No profile `{stranger}` here. There are: {}.", names.join(", ")))
            }
        }
    }

    fn described(&self) -> String {
        let faults = self.faults();
        if faults.is_empty() {
            return format!("Nothing is set to fail. {USAGE}");
        }
        let set: Vec<String> = faults.iter().map(|fault| format!("`{fault}`")).collect();
        format!("Set to fail: {}. `/demo ok` ends that.", set.join(", "))
    }
}
