//! Exceptions of scripts on their way through the engine.

use std::fmt;

use runtime_bridge::Homing;
use rustpython_vm::builtins::PyBaseExceptionRef;

use crate::engine::{BoxError, Error};

/// What Python code raised behind one of the engine's traits.
pub(crate) struct Raised(Homing<PyBaseExceptionRef>);

impl Raised {
    /// The exception as the engine takes it.
    pub(crate) fn boxed(exception: PyBaseExceptionRef) -> BoxError {
        Box::new(Self(Homing::new(exception)))
    }

    /// The exception as an error of the engine.
    pub(crate) fn error(exception: PyBaseExceptionRef) -> Error {
        Error::user(Self::boxed(exception))
    }

    /// The very exception that was raised.
    ///
    /// # Errors
    /// Gives the error back when it is none of Python code.
    pub(crate) fn out_of(error: Error) -> Result<PyBaseExceptionRef, Error> {
        Self::out_of_box(error.into_user()?).map_err(Error::user)
    }

    /// As [`out_of`](Self::out_of), for what [`boxed`](Self::boxed) made.
    ///
    /// # Errors
    /// Gives the error back when it is none of Python code.
    pub(crate) fn out_of_box(error: BoxError) -> Result<PyBaseExceptionRef, BoxError> {
        error.downcast::<Self>().map(|raised| raised.0.into_inner())
    }
}

impl fmt::Display for Raised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Python code raised an exception")
    }
}

impl fmt::Debug for Raised {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Raised")
    }
}

impl std::error::Error for Raised {}
