//! The `httptools` module.

mod arguments;
mod errors;
mod message;
mod parser;
mod url;

pub(super) use _httptools::module_def;

#[rustpython_vm::pymodule]
mod _httptools {
    use rustpython_vm::builtins::PyModule;
    use rustpython_vm::class::PyClassImpl;
    use rustpython_vm::{Py, PyResult, VirtualMachine, extend_module};

    use super::arguments::{DataArg, UrlArg};
    use super::message::{ParsedRequest, ParsedResponse};
    use super::parser::{HttpParser, HttpRequestParser, HttpResponseParser};
    use super::{errors, message, parser, url};

    pub(crate) fn module_exec(vm: &VirtualMachine, module: &Py<PyModule>) -> PyResult<()> {
        __module_exec(vm, module);
        errors::register(vm, module)?;
        extend_module!(vm, module, {
            "HttpParser" => HttpParser::make_static_type(),
            "HttpRequestParser" => HttpRequestParser::make_static_type(),
            "HttpResponseParser" => HttpResponseParser::make_static_type(),
            "URL" => url::ParsedUrl::make_static_type(),
            "ParsedRequest" => ParsedRequest::make_static_type(),
            "ParsedResponse" => ParsedResponse::make_static_type(),
        });
        parser::describe(vm);
        Ok(())
    }

    /// Cuts a URL into scheme (also: schema), host, port, path, query, fragment and userinfo.
    ///
    /// The parts of a str are str, those of bytes are bytes; a missing part is None.
    #[pyfunction]
    fn parse_url(args: UrlArg, vm: &VirtualMachine) -> PyResult<url::ParsedUrl> {
        url::parse(&args.url, vm)
    }

    /// Parses one whole HTTP/1.x request: method, path, version, headers and body.
    #[pyfunction]
    fn parse_request(args: DataArg, vm: &VirtualMachine) -> PyResult<ParsedRequest> {
        message::parse_request(&args.data, vm)
    }

    /// Parses one whole HTTP/1.x response: status_code, reason, version, headers and body.
    #[pyfunction]
    fn parse_response(args: DataArg, vm: &VirtualMachine) -> PyResult<ParsedResponse> {
        message::parse_response(&args.data, vm)
    }
}
