//! The stream classes, which are Python's: packages derive from several of them at once.

use rustpython_vm::{
    AsObject, PyObject, PyObjectRef, PyResult, VirtualMachine,
    builtins::{PyBytesRef, PyTuple},
};

/// The base classes, and `ByteStream`.
const BASES: &str = "httpx._streams";
/// Those that derive from them.
const DERIVED: &str = "httpx._content_streams";

fn class(module: &'static str, name: &'static str, vm: &VirtualMachine) -> PyResult {
    let names = PyTuple::new_ref(vec![vm.ctx.new_str(name).into()], &vm.ctx);
    vm.import_from(module, names, 0)?.get_attr(name, vm)
}

/// In which ways a stream can be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct StreamKind {
    /// By blocking calls.
    pub(super) sync: bool,
    /// By coroutines.
    pub(super) asynchronous: bool,
}

impl StreamKind {
    pub(super) const SYNC: Self = Self {
        sync: true,
        asynchronous: false,
    };
    pub(super) const ASYNC: Self = Self {
        sync: false,
        asynchronous: true,
    };
    pub(super) const BOTH: Self = Self {
        sync: true,
        asynchronous: true,
    };

    /// The kind of a script's stream, by its base classes.
    pub(super) fn of(stream: &PyObject, vm: &VirtualMachine) -> PyResult<Self> {
        Ok(Self {
            sync: stream.is_instance(&*class(BASES, "SyncByteStream", vm)?, vm)?,
            asynchronous: stream.is_instance(&*class(BASES, "AsyncByteStream", vm)?, vm)?,
        })
    }
}

/// A `ByteStream` of these bytes.
pub(super) fn of_bytes(bytes: PyBytesRef, vm: &VirtualMachine) -> PyResult {
    class(BASES, "ByteStream", vm)?.call((bytes,), vm)
}

/// The bytes of a `ByteStream`; `None` for any other stream, subclasses included.
pub(super) fn held_by(stream: &PyObject, vm: &VirtualMachine) -> PyResult<Option<PyBytesRef>> {
    if !stream.class().is(&class(BASES, "ByteStream", vm)?) {
        return Ok(None);
    }
    Ok(stream.get_attr("_stream", vm)?.downcast().ok())
}

/// The stream that a script's iterable or file is read through.
pub(super) fn of_iterable(iterable: &PyObject, vm: &VirtualMachine) -> PyResult {
    class(DERIVED, "IteratorByteStream", vm)?.call((iterable.to_owned(),), vm)
}

/// The same for an asynchronous iterable.
pub(super) fn of_async_iterable(iterable: &PyObject, vm: &VirtualMachine) -> PyResult {
    class(DERIVED, "AsyncIteratorByteStream", vm)?.call((iterable.to_owned(),), vm)
}

/// The stream of what was pickled, or sent already.
pub(super) fn unattached(vm: &VirtualMachine) -> PyResult {
    class(DERIVED, "UnattachedStream", vm)?.call((), vm)
}

/// The stream over a request body of the engine's.
pub(super) fn of_body(body: PyObjectRef, vm: &VirtualMachine) -> PyResult {
    class(DERIVED, "BodyStream", vm)?.call((body,), vm)
}

/// The native object inside of a stream that [`of_body`] gave.
pub(super) fn body_of(stream: &PyObject, vm: &VirtualMachine) -> PyResult<Option<PyObjectRef>> {
    if !stream.class().is(&class(DERIVED, "BodyStream", vm)?) {
        return Ok(None);
    }
    stream.get_attr("_body", vm).map(Some)
}

/// The stream over a response's content that the engine brings.
pub(super) fn of_content(content: PyObjectRef, kind: StreamKind, vm: &VirtualMachine) -> PyResult {
    let name = match kind {
        StreamKind::ASYNC => "AsyncResponseStream",
        _ => "ResponseStream",
    };
    class(DERIVED, name, vm)?.call((content,), vm)
}

/// Whether a class has a special method.
pub(super) fn has(object: &PyObject, name: &'static str, vm: &VirtualMachine) -> bool {
    object.class().get_attr(vm.ctx.intern_str(name)).is_some()
}

/// Whether a stream can be read only once: an iterator, or a file.
pub(super) fn is_one_shot(stream: &PyObject, vm: &VirtualMachine) -> PyResult<bool> {
    let inner = vm.get_attribute_opt(stream, "_stream")?;
    let source = inner.as_deref().unwrap_or(stream);
    let is_iterator = has(source, "__next__", vm) || has(source, "__anext__", vm);
    Ok(is_iterator || has(source, "read", vm) || has(source, "aread", vm))
}
