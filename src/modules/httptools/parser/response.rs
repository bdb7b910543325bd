//! `HttpResponseParser`.

use std::fmt;

use rustpython_vm::{
    Py, PyResult, VirtualMachine,
    builtins::PyType,
    function::FuncArgs,
    object::{Traverse, TraverseFn},
    pyclass,
    types::{Constructor, Initializer},
};

use super::super::arguments::ProtocolArg;
use super::base::HttpParser;
use crate::engine::http1::Kind;
use crate::modules::class::make_mutable;

/// A parser of HTTP/1.x responses that arrive in pieces of any size.
///
/// It calls those of these methods that `protocol` has when the parser is made:
/// on_message_begin(), on_status(status), on_header(name, value), on_headers_complete(), on_body(body),
/// on_chunk_header(), on_chunk_complete(), on_message_complete(). All arguments are bytes; what
/// on_status(status) and on_body get may be a piece.
#[pyclass(
    module = "httptools.parser.parser",
    name = "HttpResponseParser",
    base = HttpParser,
    traverse = "manual"
)]
#[repr(transparent)]
pub(in super::super) struct HttpResponseParser(HttpParser);

// SAFETY: that of its one field.
unsafe impl Traverse for HttpResponseParser {
    fn traverse(&self, visit: &mut TraverseFn<'_>) {
        self.0.traverse(visit);
    }
}

impl fmt::Debug for HttpResponseParser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HttpResponseParser")
    }
}

impl Constructor for HttpResponseParser {
    type Args = FuncArgs;

    fn py_new(_class: &Py<PyType>, _args: FuncArgs, _vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Self(HttpParser::new()))
    }
}

impl Initializer for HttpResponseParser {
    type Args = ProtocolArg;

    fn init(zelf: &Py<Self>, args: ProtocolArg, vm: &VirtualMachine) -> PyResult<()> {
        zelf.0.init(Kind::Response, &args.protocol, vm)
    }
}

#[pyclass(with(Constructor, Initializer), flags(BASETYPE, HAS_DICT, HAS_WEAKREF))]
impl HttpResponseParser {
    #[extend_class]
    fn extend_class(_ctx: &rustpython_vm::Context, class: &'static Py<PyType>) {
        make_mutable(class);
    }

    /// The status code of the response, an int.
    #[pymethod]
    fn get_status_code(zelf: &Py<Self>) -> u16 {
        zelf.0.known().status
    }
}
