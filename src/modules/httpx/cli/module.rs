//! The native module `_httpx_cli`.

pub(in crate::modules) use _httpx_cli::module_def;

#[rustpython_vm::pymodule]
mod _httpx_cli {
    use rustpython_vm::builtins::{PyBytes, PyBytesRef, PyDictRef, PyStrRef, PyTuple};
    use rustpython_vm::class::PyClassImpl as _;
    use rustpython_vm::function::ArgIterable;
    use rustpython_vm::{
        AsObject as _, FromArgs, PyObjectRef, PyPayload as _, PyResult, VirtualMachine,
    };

    use crate::modules::httpx::cli::content_type::{self, Kind};
    use crate::modules::httpx::cli::head::{self, Fields};
    use crate::modules::httpx::cli::options::{self, Asked, Options};
    use crate::modules::httpx::cli::paint::{self, Ink, Paint};
    use crate::modules::httpx::cli::progress;
    use crate::modules::httpx::cli::{help, json_text};
    use crate::modules::json;

    /// The request that a command line asks for, as keyword arguments; None for the help text.
    #[pyfunction]
    fn parse(args: ArgIterable<PyStrRef>, vm: &VirtualMachine) -> PyResult<Option<PyDictRef>> {
        let args = args.iter(vm)?;
        let args = args.map(|arg| Ok(arg?.to_string_lossy().into_owned()));
        match options::parse(args.collect::<PyResult<_>>()?) {
            Ok(Asked::Help) => Ok(None),
            Ok(Asked::Request(options)) => keywords(*options, vm).map(Some),
            Err(message) => Err(vm.new_value_error(message)),
        }
    }

    fn keywords(options: Options, vm: &VirtualMachine) -> PyResult<PyDictRef> {
        let json = match &options.json {
            Some(text) => parse_json(text, vm)?,
            None => vm.ctx.none(),
        };
        let auth = options.auth.map(|auth| pair(auth, vm));
        let timeout = vm.ctx.new_float(options.timeout.unwrap_or(5.0));
        let keywords = vm.ctx.new_dict();
        for (name, value) in [
            ("url", text(options.url, vm)),
            ("method", optional(options.method, vm)),
            ("params", pairs(options.params, vm)),
            ("content", optional(options.content, vm)),
            ("data", pairs(options.data, vm)),
            ("files", pairs(options.files, vm)),
            ("json", json),
            ("headers", pairs(options.headers, vm)),
            ("cookies", pairs(options.cookies, vm)),
            ("auth", auth.unwrap_or_else(|| vm.ctx.none())),
            ("proxy", optional(options.proxy, vm)),
            ("timeout", timeout.into()),
            ("follow_redirects", flag(options.follow_redirects, vm)),
            ("verify", flag(!options.no_verify, vm)),
            ("http2", flag(options.http2, vm)),
            ("download", optional(options.download, vm)),
            ("verbose", flag(options.verbose, vm)),
        ] {
            keywords.set_item(name, value, vm)?;
        }
        Ok(keywords)
    }

    fn parse_json(text: &str, vm: &VirtualMachine) -> PyResult {
        json::loads(text.as_bytes(), vm).map_err(|error| {
            if error.fast_isinstance(vm.ctx.exceptions.value_error) {
                vm.new_value_error("Invalid value for '--json' / '-j': Not valid JSON")
            } else {
                error
            }
        })
    }

    fn text(text: String, vm: &VirtualMachine) -> PyObjectRef {
        vm.ctx.new_str(text).into()
    }

    fn optional(value: Option<String>, vm: &VirtualMachine) -> PyObjectRef {
        value.map_or_else(|| vm.ctx.none(), |value| text(value, vm))
    }

    fn flag(value: bool, vm: &VirtualMachine) -> PyObjectRef {
        vm.ctx.new_bool(value).into()
    }

    fn pair((name, value): (String, String), vm: &VirtualMachine) -> PyObjectRef {
        vm.ctx
            .new_tuple(vec![text(name, vm), text(value, vm)])
            .into()
    }

    fn pairs(pairs: Vec<(String, String)>, vm: &VirtualMachine) -> PyObjectRef {
        let pairs = pairs.into_iter().map(|it| pair(it, vm)).collect();
        vm.ctx.new_list(pairs).into()
    }

    /// The help text.
    #[pyfunction]
    fn help(coloured: bool) -> String {
        help::help(Paint { coloured })
    }

    /// A line that says what went wrong.
    #[pyfunction]
    fn error_line(class: PyStrRef, message: PyStrRef, coloured: bool) -> String {
        let mut line = String::new();
        Paint { coloured }.put(&mut line, Ink::Failure, &class.to_string_lossy());
        let message = message.to_string_lossy();
        if !message.is_empty() {
            line.push_str(": ");
            line.push_str(&paint::printable(&message));
        }
        line.push('\n');
        line
    }

    #[derive(FromArgs)]
    struct RequestHead {
        #[pyarg(positional)]
        method: PyStrRef,
        #[pyarg(positional)]
        target: PyBytesRef,
        #[pyarg(positional)]
        version: PyStrRef,
        #[pyarg(positional)]
        fields: PyObjectRef,
        #[pyarg(positional)]
        coloured: bool,
    }

    /// The request line and the header fields.
    #[pyfunction]
    fn request_head(args: RequestHead, vm: &VirtualMachine) -> PyResult<String> {
        Ok(head::request(
            &args.method.to_string_lossy(),
            args.target.as_bytes(),
            &args.version.to_string_lossy(),
            &fields(&args.fields, vm)?,
            Paint {
                coloured: args.coloured,
            },
        ))
    }

    #[derive(FromArgs)]
    struct ResponseHead {
        #[pyarg(positional)]
        version: PyStrRef,
        #[pyarg(positional)]
        status: u16,
        #[pyarg(positional)]
        reason: PyStrRef,
        #[pyarg(positional)]
        fields: PyObjectRef,
        #[pyarg(positional)]
        coloured: bool,
    }

    /// The status line and the header fields.
    #[pyfunction]
    fn response_head(args: ResponseHead, vm: &VirtualMachine) -> PyResult<String> {
        Ok(head::response(
            &args.version.to_string_lossy(),
            args.status,
            &args.reason.to_string_lossy(),
            &fields(&args.fields, vm)?,
            Paint {
                coloured: args.coloured,
            },
        ))
    }

    /// What `Headers.raw` gives.
    fn fields(raw: &PyObjectRef, vm: &VirtualMachine) -> PyResult<Fields> {
        vm.extract_elements_with(raw, |field| {
            let bytes = |object: &PyObjectRef| Some(object.downcast_ref::<PyBytes>()?.to_vec());
            let pair = field.downcast_ref::<PyTuple>().map(|it| it.as_slice());
            let pair = match pair {
                Some([name, value]) => bytes(name).zip(bytes(value)),
                _ => None,
            };
            pair.ok_or_else(|| vm.new_type_error("header fields are pairs of bytes"))
        })
    }

    /// How to show a body of this Content-Type: as "json", "text" or "binary".
    #[pyfunction]
    fn kind(content_type: PyStrRef) -> &'static str {
        match content_type::kind(&content_type.to_string_lossy()) {
            Kind::Json => "json",
            Kind::Text => "text",
            Kind::Binary => "binary",
        }
    }

    /// JSON laid out as `json.dumps(value, indent=4)` does; on a terminal with the characters
    /// that it escapes.
    #[pyfunction]
    fn json_text(
        value: PyObjectRef,
        is_terminal: bool,
        coloured: bool,
        vm: &VirtualMachine,
    ) -> PyResult<String> {
        json_text::lay_out(&value, !is_terminal, Paint { coloured }, vm)
    }

    /// The text without what would steer a terminal.
    #[pyfunction]
    fn printable(text: PyStrRef) -> String {
        paint::printable(&text.to_string_lossy()).into_owned()
    }

    /// A progress bar for the download of `total` bytes, or of an unknown number.
    #[pyfunction]
    fn progress(name: PyStrRef, total: Option<u64>, vm: &VirtualMachine) -> PyObjectRef {
        let _ = progress::Progress::make_static_type();
        progress::Progress::new(&name.to_string_lossy(), total).into_pyobject(vm)
    }
}
