//! What both parsers have in common.

use std::fmt;
use std::sync::atomic::{AtomicU16, Ordering::Relaxed};

use rustpython_vm::{
    Py, PyObject, PyPayload, PyResult, VirtualMachine,
    builtins::{PyBaseExceptionRef, PyBytes, PyType},
    common::lock::PyMutex,
    object::{Traverse, TraverseFn},
    pyclass,
};

use super::super::arguments::DataArg;
use super::super::errors;
use super::callbacks::Callbacks;
use super::facts::{Facts, Known};
use super::leniencies::LeniencyArgs;
use super::recent::Recent;
use crate::engine::http1::{Event, Kind, Leniency, Parser, Token};
use crate::modules::class::make_mutable;
use crate::modules::convert::bytes_like;

/// A parser of HTTP/1.x messages that calls the methods of a protocol.
#[pyclass(
    module = "httptools.parser.parser",
    name = "HttpParser",
    traverse = "manual"
)]
#[derive(PyPayload)]
pub(in super::super) struct HttpParser {
    /// Never held while Python code runs.
    work: PyMutex<Work>,
    facts: Facts,
    leniency: AtomicU16,
}

enum Work {
    /// `__init__` was not called.
    None,
    Idle(Box<Running>),
    /// `feed_data` has it.
    Busy,
}

struct Running {
    parser: Parser,
    callbacks: Callbacks,
    recent: Recent,
}

// SAFETY: each callback is visited once. While `feed_data` has them, they are its own.
unsafe impl Traverse for HttpParser {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        if let Some(work) = self.work.try_lock()
            && let Work::Idle(running) = &*work
        {
            running.callbacks.traverse(visit);
        }
    }
}

impl fmt::Debug for HttpParser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HttpParser")
    }
}

/// Has the work, and gives it back.
struct Feeding<'a> {
    owner: &'a HttpParser,
    running: Option<Box<Running>>,
}

impl Drop for Feeding<'_> {
    fn drop(&mut self) {
        if let Some(running) = self.running.take() {
            *self.owner.work.lock() = Work::Idle(running);
        }
    }
}

impl HttpParser {
    /// A parser whose `__init__` is still to come.
    pub(super) fn new() -> Self {
        Self {
            work: PyMutex::new(Work::None),
            facts: Facts::default(),
            leniency: AtomicU16::default(),
        }
    }

    /// Begins anew, for that protocol.
    pub(super) fn init(
        &self,
        kind: Kind,
        protocol: &PyObject,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let callbacks = Callbacks::of(kind, protocol, vm)?;
        let parser = Parser::new(kind);
        let mut work = self.work.lock();
        if matches!(*work, Work::Busy) {
            return Err(busy(vm));
        }
        self.facts.set(&parser);
        self.leniency.store(0, Relaxed);
        let running = Box::new(Running {
            parser,
            callbacks,
            recent: Recent::default(),
        });
        let before = std::mem::replace(&mut *work, Work::Idle(running));
        drop(work);
        // What it held may be a script's, and is dropped after the lock is gone.
        drop(before);
        Ok(())
    }

    pub(super) fn known(&self) -> Known {
        self.facts.get()
    }

    fn feed(&self, data: &[u8], vm: &VirtualMachine) -> PyResult<()> {
        let mut feeding = self.start_feeding(vm)?;
        match &mut feeding.running {
            Some(running) => self.run(running, data, vm),
            None => Ok(()),
        }
    }

    fn start_feeding(&self, vm: &VirtualMachine) -> PyResult<Feeding<'_>> {
        let mut work = self.work.lock();
        match std::mem::replace(&mut *work, Work::Busy) {
            Work::Idle(running) => Ok(Feeding {
                owner: self,
                running: Some(running),
            }),
            Work::Busy => Err(busy(vm)),
            Work::None => {
                *work = Work::None;
                Err(vm.new_runtime_error("the parser's __init__() was not called"))
            }
        }
    }

    fn run(&self, running: &mut Running, data: &[u8], vm: &VirtualMachine) -> PyResult<()> {
        let Running {
            parser,
            callbacks,
            recent,
        } = running;
        let mut at = 0;
        loop {
            let token = self.advance(parser, data, &mut at, vm)?;
            let Some(event) = parser.event(&token, data) else {
                return Ok(());
            };
            match event {
                Event::Upgrade => return Err(errors::upgrade(at, vm)),
                Event::MessageBegin => recent.rewind(),
                _ => {}
            }
            if let Some(callback) = callbacks.for_event(&event)
                && let Err(raised) = callback.call(&event, recent, vm)
            {
                parser.fail(callback.error());
                return Err(errors::of_callback(callback.error(), raised, vm));
            }
        }
    }

    fn advance(
        &self,
        parser: &mut Parser,
        data: &[u8],
        at: &mut usize,
        vm: &VirtualMachine,
    ) -> PyResult<Token> {
        // A callback may have changed it.
        parser.set_leniency(Leniency::from_bits(self.leniency.load(Relaxed)));
        let token = parser.advance(data, at);
        // From field to field, and within a body, nothing changes that is worth the while.
        if !token.as_ref().is_ok_and(Token::is_frequent) {
            self.facts.set(parser);
        }
        token.map_err(|error| errors::of_parser(error, vm))
    }
}

fn busy(vm: &VirtualMachine) -> PyBaseExceptionRef {
    vm.new_runtime_error(
        "the parser is at work: a callback of it, or another thread, cannot feed it as well",
    )
}

#[pyclass(flags(BASETYPE, HAS_DICT, HAS_WEAKREF, DISALLOW_INSTANTIATION))]
impl HttpParser {
    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        make_mutable(class);
    }

    /// Parses the next bytes, which may be any part of a message or of several, and calls the
    /// protocol's methods.
    ///
    /// Raises HttpParserError, and for all further data the same again, if they are malformed;
    /// HttpParserCallbackError if a callback raised an exception, which is its __context__;
    /// HttpParserUpgrade, whose argument is the offset in the data, if another protocol follows.
    #[pymethod]
    fn feed_data(zelf: &Py<Self>, args: DataArg, vm: &VirtualMachine) -> PyResult<()> {
        let DataArg { data } = args;
        if let Some(bytes) = data.downcast_ref::<PyBytes>() {
            return zelf.feed(bytes.as_bytes(), vm);
        }
        // A callback may change what is not bytes.
        let copy = bytes_like(&data, vm).ok_or_else(|| {
            let class = data.class();
            let name = class.name();
            vm.new_type_error(format!("a bytes-like object is required, not '{name}'"))
        })?;
        zelf.feed(&copy, vm)
    }

    /// The version of the message: "1.1".
    #[pymethod]
    fn get_http_version(zelf: &Py<Self>) -> String {
        let (major, minor) = zelf.known().version;
        format!("{major}.{minor}")
    }

    /// Whether the connection may be used for another message; known from on_headers_complete to
    /// on_message_complete.
    #[pymethod]
    fn should_keep_alive(zelf: &Py<Self>) -> bool {
        zelf.known().keep_alive
    }

    /// Whether the message asks for another protocol; known from on_headers_complete on.
    #[pymethod]
    fn should_upgrade(zelf: &Py<Self>) -> bool {
        zelf.known().upgrade
    }

    /// Lets malformed messages pass. Each leniency makes request smuggling possible; None leaves one
    /// as it is.
    #[pymethod]
    fn set_dangerous_leniencies(
        zelf: &Py<Self>,
        args: LeniencyArgs,
        vm: &VirtualMachine,
    ) -> PyResult<()> {
        let leniency = Leniency::from_bits(zelf.leniency.load(Relaxed));
        let leniency = args.apply(leniency, vm)?;
        zelf.leniency.store(leniency.bits(), Relaxed);
        Ok(())
    }
}
