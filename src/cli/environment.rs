//! The PYTHON* environment variables.

use super::refusal::Refusal;
use std::env;
use std::ffi::OsString;

/// Reads the PYTHON* variables, or none of them under `-E` and `-I`. An empty value counts as
/// unset, as in CPython.
pub(super) struct Environment {
    pub(super) ignored: bool,
}

impl Environment {
    fn raw(&self, name: &str) -> Option<OsString> {
        if self.ignored {
            return None;
        }
        env::var_os(name).filter(|value| !value.is_empty())
    }

    /// Whether the variable has a value, whatever it is.
    pub(super) fn is_set(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    /// The variable's value.
    ///
    /// # Errors
    /// A value that is not UTF-8: the interpreter's settings are Rust strings.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Refusal> {
        let Some(value) = self.raw(name) else {
            return Ok(None);
        };
        value.into_string().map(Some).map_err(|value| {
            Refusal::Setting(format!("{name} is not UTF-8: '{}'", value.display()))
        })
    }

    /// The variable as a level: its number, or 1 for any other text.
    pub(super) fn level(&self, name: &str) -> u8 {
        let Some(value) = self.raw(name) else {
            return 0;
        };
        value.to_str().and_then(|v| v.parse().ok()).unwrap_or(1)
    }

    /// The variable as a list of paths, separated as PATH is.
    pub(super) fn paths(&self, name: &str) -> Result<Vec<String>, Refusal> {
        let Some(value) = self.text(name)? else {
            return Ok(Vec::new());
        };
        Ok(env::split_paths(&value)
            .map(|path| path.to_string_lossy().into_owned())
            .collect())
    }
}
