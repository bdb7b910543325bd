//! The loggers `websockets.client` and `websockets.server`.
//!
//! Nothing here imports `logging`, but for an error: a script that has not imported it has nobody
//! who listens, and an error is told on stderr then, as `logging` does.

use rustpython_vm::{
    PyObject, PyObjectRef, PyResult, VirtualMachine,
    builtins::{PyBaseExceptionRef, PyDict},
    function::{FuncArgs, KwArgs},
    object::{Traverse, TraverseFn},
};

/// A level of `logging`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Debug,
    Info,
    Warning,
    Error,
}

impl Level {
    fn number(self) -> i32 {
        match self {
            Self::Debug => 10,
            Self::Info => 20,
            Self::Warning => 30,
            Self::Error => 40,
        }
    }
}

/// Where the records of a connection or a server go.
#[derive(Clone)]
pub(super) enum Source {
    /// The logger of this name.
    Named(&'static str),
    /// What the script gave as `logger=`.
    Given(PyObjectRef),
}

// SAFETY: the one object is visited once.
unsafe impl Traverse for Source {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        if let Self::Given(logger) = self {
            visit(logger);
        }
    }
}

impl Source {
    /// `logger=`, or the logger of this name.
    pub(super) fn new(given: Option<PyObjectRef>, name: &'static str, vm: &VirtualMachine) -> Self {
        match given {
            Some(logger) if !vm.is_none(&logger) => Self::Given(logger),
            _ => Self::Named(name),
        }
    }

    /// The logger itself. Imports `logging`.
    pub(super) fn logger(&self, vm: &VirtualMachine) -> PyResult {
        match self {
            Self::Given(logger) => Ok(logger.clone()),
            Self::Named(name) => {
                let logging = vm.import("logging", 0)?;
                logging.get_attr("getLogger", vm)?.call((*name,), vm)
            }
        }
    }

    /// The logger, if it takes records of this level.
    pub(super) fn listening(
        &self,
        level: Level,
        vm: &VirtualMachine,
    ) -> PyResult<Option<PyObjectRef>> {
        let unheard = matches!(level, Level::Debug | Level::Info);
        if unheard && matches!(self, Self::Named(_)) && !is_imported(vm)? {
            return Ok(None);
        }
        let logger = self.logger(vm)?;
        let enabled = vm.call_method(&logger, "isEnabledFor", (level.number(),))?;
        Ok(enabled.try_to_bool(vm)?.then_some(logger))
    }
}

fn is_imported(vm: &VirtualMachine) -> PyResult<bool> {
    let modules = vm.sys_module.get_attr("modules", vm)?;
    let modules = modules.downcast_ref::<PyDict>();
    let logging = modules.map(|modules| modules.get_item_opt("logging", vm));
    let Some(logging) = logging.transpose()?.flatten() else {
        return Ok(false);
    };
    // Missing while `logging` itself is being imported.
    Ok(vm.get_attribute_opt(&logging, "getLogger")?.is_some())
}

/// What a connection has as `logger`: one whose records say which connection they are about.
pub(super) fn adapter(connection: &PyObject, source: &Source, vm: &VirtualMachine) -> PyResult {
    let proxy = vm.import("weakref", 0)?.get_attr("proxy", vm)?;
    let extra = vm.ctx.new_dict();
    let websocket = proxy.call((connection.to_owned(),), vm)?;
    extra.set_item("websocket", websocket, vm)?;
    let class = vm.import("logging", 0)?.get_attr("LoggerAdapter", vm)?;
    class.call((source.logger(vm)?, extra), vm)
}

/// Logs about a connection, or about what `of` is else. What goes wrong in it is shown and no
/// more: a connection does not end for its log.
pub(super) fn log(
    of: &PyObject,
    source: &Source,
    level: Level,
    text: &str,
    args: Vec<PyObjectRef>,
    exception: Option<&PyBaseExceptionRef>,
    vm: &VirtualMachine,
) {
    let write = || match source.listening(level, vm)? {
        Some(_) => {
            let logger = of.get_attr("logger", vm)?;
            record(&logger, level, text, args, exception, vm)
        }
        None => Ok(()),
    };
    if let Err(error) = write() {
        vm.run_unraisable(error, None, of.to_owned());
    }
}

/// As [`log`], about no connection.
pub(super) fn log_to(
    source: &Source,
    level: Level,
    text: &str,
    args: Vec<PyObjectRef>,
    exception: Option<&PyBaseExceptionRef>,
    vm: &VirtualMachine,
) {
    let write = || match source.listening(level, vm)? {
        Some(logger) => record(&logger, level, text, args, exception, vm),
        None => Ok(()),
    };
    if let Err(error) = write() {
        vm.run_unraisable(error, None, vm.ctx.none());
    }
}

fn record(
    logger: &PyObject,
    level: Level,
    text: &str,
    args: Vec<PyObjectRef>,
    exception: Option<&PyBaseExceptionRef>,
    vm: &VirtualMachine,
) -> PyResult<()> {
    let mut positional = vec![
        vm.ctx.new_int(level.number()).into(),
        vm.ctx.new_str(text).into(),
    ];
    positional.extend(args);
    let keywords = exception.map(|it| ("exc_info".to_owned(), it.clone().into()));
    let call = FuncArgs::new(positional, KwArgs::from_iter(keywords));
    logger.get_attr("log", vm)?.call(call, vm).map(drop)
}
